"""A stored page, today's rows and a visitor become the bytes of one response. Nothing here waits."""
