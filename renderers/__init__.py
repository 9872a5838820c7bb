"""How an origin's HTML becomes a stored page, and how its slots get their bytes. Pure; never imports edge."""
