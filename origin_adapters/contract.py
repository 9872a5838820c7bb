"""What an adapter says about one kind of storefront."""

from __future__ import annotations

import msgspec


class Adapter(msgspec.Struct, frozen=True, kw_only=True):
    """Defaults for origins of one kind; the configuration overrules each of them. Cookie names may hold ``*``."""

    name: str
    """As ``adapter = "..."`` in the configuration."""
    bypass_cookies: tuple[str, ...]
    """Cookies whose bearer has a basket or is signed in: he never gets a stored page, nor is his page stored."""
    harmless: tuple[str, ...] = ()
    """Cookies that scripts in the browser set and read, and that no storefront's server builds a page from."""
