"""The demo shop: an ordinary server-rendered storefront that knows nothing of the edge in front of it."""
