"""``vitrine inspect``: a live product page of a shop nobody has described yet, and the configuration for it."""
