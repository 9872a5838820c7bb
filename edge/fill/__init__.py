"""The miss path: asking origins, collapsing requests, judging, cutting and storing what they answer."""
