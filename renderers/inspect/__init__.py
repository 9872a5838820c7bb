"""What a product page nobody has described yet says, where, and how a page kind would point there. Pure."""
