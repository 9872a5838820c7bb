"""Kinds of storefront by name: what may not be shared there, and what is nobody's concern. Never imports edge."""

from __future__ import annotations

from origin_adapters.contract import Adapter, Token
from origin_adapters.django import DJANGO
from origin_adapters.evershop import EVERSHOP
from origin_adapters.generic import GENERIC
from origin_adapters.magento import MAGENTO
from origin_adapters.opencart import OPENCART
from origin_adapters.shopify import SHOPIFY
from origin_adapters.woocommerce import WOOCOMMERCE

__all__ = ["NAMES", "Adapter", "Token", "adapter"]

_ADAPTERS = {known.name: known for known in (DJANGO, EVERSHOP, GENERIC, MAGENTO, OPENCART, SHOPIFY, WOOCOMMERCE)}

NAMES = tuple(sorted(_ADAPTERS))
"""Every name :func:`adapter` knows."""


def adapter(name: str) -> Adapter:
    """The adapter of that name. Raises ValueError naming the known ones."""
    try:
        return _ADAPTERS[name]
    except KeyError:
        raise ValueError(f"there is no adapter {name!r}; known: {', '.join(NAMES)}") from None
