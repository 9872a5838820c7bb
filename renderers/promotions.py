"""Which promotion holds for a product, a time and a place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from renderers.page import Values


class Promotions:
    """Promotions by the products they concern. ``rows``: (key, validated values)."""

    def __init__(self, rows: Iterable[tuple[str, Values]]) -> None:
        raise NotImplementedError

    def active(
        self, sku: str, tags: Sequence[str], *, now_ms: int, place: Mapping[str, object] | None
    ) -> tuple[Values | None, int | None]:
        """The promotion shown, None without one, and the Unix ms at which another may be."""
        raise NotImplementedError
