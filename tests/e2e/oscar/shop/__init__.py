"""A shop as ``django-admin startproject`` and Oscar's guide "Building your own shop" make it; it knows of no edge."""
