"""Kinds of storefront by name: what may not be shared there, and what is nobody's concern. Never imports edge."""

from __future__ import annotations

from origin_adapters.contract import Adapter
from origin_adapters.generic import GENERIC

__all__ = ["NAMES", "Adapter", "adapter"]

_ADAPTERS = {known.name: known for known in (GENERIC,)}

NAMES = tuple(sorted(_ADAPTERS))
"""Every name :func:`adapter` knows."""


def adapter(name: str) -> Adapter:
    """The adapter of that name. Raises ValueError naming the known ones."""
    try:
        return _ADAPTERS[name]
    except KeyError:
        raise ValueError(f"there is no adapter {name!r}; known: {', '.join(NAMES)}") from None
