"""Load tests: a demo storefront, Locust scenarios against any shop, and the comparison of direct with edge."""
