"""Which promotion holds for a product, a time and a place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from geo.place import Place as Located
from geo.place import located
from geo.regions import in_countries, in_regions, near
from renderers.fields import instant_ms
from renderers.page import Values

Place = Mapping[str, object]
"""Where the visitor is, as ``geo.place.Place.mapping`` says it."""

_ALWAYS = -(2**63)
_NEVER = 2**63


class _Promotion(msgspec.Struct, frozen=True):
    key: str
    values: Values
    starts_at_ms: int
    ends_at_ms: int


class Promotions:
    """Promotions by the products they concern.

    ``rows``: (key, validated values, Unix ms from which the row is too old to hold; None: never).
    """

    def __init__(self, rows: Iterable[tuple[str, Values, int | None]]) -> None:
        self._by_sku: dict[str, list[_Promotion]] = {}
        self._by_tag: dict[str, list[_Promotion]] = {}
        self._for_all: list[_Promotion] = []
        for key, values, expires_ms in rows:
            ends_at_ms = _instant(values, "ends_at", _NEVER)
            if expires_ms is not None:
                ends_at_ms = min(ends_at_ms, expires_ms)
            promotion = _Promotion(key, values, _instant(values, "starts_at", _ALWAYS), ends_at_ms)
            for sku in _texts(values.get("skus")):
                self._by_sku.setdefault(sku, []).append(promotion)
            for tag in _texts(values.get("tags")):
                self._by_tag.setdefault(tag, []).append(promotion)
            if values.get("all") is True:
                self._for_all.append(promotion)

    def active(
        self, sku: str, tags: Sequence[str], *, now_ms: int, place: Place | None
    ) -> tuple[Values | None, int | None]:
        """The promotion shown for a product, and the Unix ms of the next edge among all that concern it.

        ``starts_at`` is the first instant of a promotion, ``ends_at`` the first after it. Among several the one that
        started last is shown, then the one with the lowest key. A promotion for a place is not shown to a visitor
        whose place is not known.
        """
        chosen: _Promotion | None = None
        edge = _NEVER
        for promotion in self._concerning(sku, tags):
            for instant in (promotion.starts_at_ms, promotion.ends_at_ms):
                if now_ms < instant < edge:
                    edge = instant
            if not promotion.starts_at_ms <= now_ms < promotion.ends_at_ms or not concerns(promotion.values, place):
                continue
            if chosen is None or (-promotion.starts_at_ms, promotion.key) < (-chosen.starts_at_ms, chosen.key):
                chosen = promotion
        return (None if chosen is None else chosen.values), (None if edge == _NEVER else edge)

    def _concerning(self, sku: str, tags: Sequence[str]) -> Iterator[_Promotion]:
        yield from self._by_sku.get(sku, ())
        for tag in tags:
            yield from self._by_tag.get(tag, ())
        yield from self._for_all


def concerns(promotion: Mapping[str, object], place: Place | None) -> bool:
    """Whether a promotion is for visitors at ``place``: every condition it has must hold."""
    here = None if place is None else located(place)
    countries, regions = _texts(promotion.get("countries")), _texts(promotion.get("regions"))
    if (countries and not in_countries(here, countries)) or (regions and not in_regions(here, regions)):
        return False
    circle = promotion.get("near")
    return not isinstance(circle, Mapping) or _within(here, circle)


def _within(here: Located | None, circle: Mapping[str, object]) -> bool:
    match [circle.get(name) for name in ("lat", "lon", "radius_m")]:
        case [int() | float() as lat, int() | float() as lon, int() | float() as radius_m]:
            return near(here, lat, lon, radius_m)
        case _:
            return False


def _instant(values: Values, field: str, absent: int) -> int:
    value = values.get(field)
    found = instant_ms(value) if isinstance(value, str) else None
    return absent if found is None else found


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []
