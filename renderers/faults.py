"""Why a fragment cannot be made."""

from __future__ import annotations


class Missing(LookupError):
    """A row, field or wording the fill needs is not there: this slot keeps the origin's bytes."""


class Unprintable(ValueError):
    """A value that this sink or format cannot hold: every slot of that (sku, table) keeps the origin's bytes."""
