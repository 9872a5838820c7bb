"""The aiohttp shell: from a visitor's request to the bytes of the answer. Decisions are made in edge.policy."""
