"""What an adapter says about one kind of storefront.

Cookie names may hold ``*``. Requests are named by patterns: a path glob (``*`` is any run, slashes too), then, after a
question mark, the parameters that have to be there, in any order: ``/cart/add*``, ``?add-to-cart``,
``/index.php?route=checkout/cart*``. Without a path the pattern holds on every path, a parameter without a value for
every value.
"""

from __future__ import annotations

import string

import msgspec

ALPHANUMERIC = string.ascii_letters + string.digits


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A form token that the platform takes from the visitor's own cookie, whoever made it (double submit)."""

    cookie: str
    field: str
    """Name of the form field that has to hold the cookie's value."""
    alphabet: str
    length: int
    """Characters of a minted one. The platform refuses another length or alphabet."""


class Adapter(msgspec.Struct, frozen=True, kw_only=True):
    """Defaults for origins of one kind; the configuration overrules or extends each of them."""

    name: str
    """As ``adapter = "..."`` in the configuration."""
    bypass_cookies: tuple[str, ...]
    """Cookies whose bearer has a basket or is signed in: he never gets a stored page, nor is his page stored."""
    fleeting_cookies: tuple[str, ...] = ()
    """Those bypass cookies that come and go with a single page. They do not testify to a basket that lasts."""
    harmless: tuple[str, ...] = ()
    """Cookies that scripts in the browser set and read, and that no storefront's server builds a page from."""
    tokens: tuple[Token, ...] = ()
    """Form tokens that may be minted for a visitor. All others are bound to the origin's own session."""
    mutating_get: tuple[str, ...] = ()
    """Requests that change something although they are GET. Never stored, fetched ahead, repeated or shared."""
    harmless_paths: tuple[str, ...] = ()
    """Requests after which every page looks as before to the visitor who made them, whatever their method."""
    preserve_host: bool = True
    """False: the platform knows one host, that of its own settings, and redirects to it or names it in its pages
    whatever Host says. Unless visitors use that very host, such an origin needs ``host_header = "origin"`` and
    ``rewrite_host = true``."""
