"""Which promotion holds for a product, a time and a place."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from renderers.fields import instant_ms
from renderers.page import Values

Place = Mapping[str, object]
"""Where the visitor is: ``country`` (DE), ``region`` (BY), ``lat``, ``lon`` in degrees; the unknown is left out."""

_EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (IUGG R1)."""
_ALWAYS = -(2**63)
_NEVER = 2**63


class _Promotion(msgspec.Struct, frozen=True):
    key: str
    values: Values
    starts_at_ms: int
    ends_at_ms: int


class Promotions:
    """Promotions by the products they concern. ``rows``: (key, validated values)."""

    def __init__(self, rows: Iterable[tuple[str, Values]]) -> None:
        self._by_sku: dict[str, list[_Promotion]] = {}
        self._by_tag: dict[str, list[_Promotion]] = {}
        self._for_all: list[_Promotion] = []
        for key, values in rows:
            promotion = _Promotion(
                key, values, _instant(values, "starts_at", _ALWAYS), _instant(values, "ends_at", _NEVER)
            )
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
    place = place or {}
    countries, regions, near = promotion.get("countries"), promotion.get("regions"), promotion.get("near")
    country, region = place.get("country"), place.get("region")
    if countries and country not in _texts(countries):
        return False
    if regions and not {region, f"{country}-{region}"} & set(_texts(regions)):
        return False
    return not isinstance(near, Mapping) or within(place, near)


def within(place: Place, near: Mapping[str, object]) -> bool:
    """Whether ``place`` is at most ``radius_m`` metres from ``lat``, ``lon``; never when its own are unknown."""
    here, there, radius_m = _point(place), _point(near), near.get("radius_m")
    if here is None or there is None or not isinstance(radius_m, int | float):
        return False
    return distance_m(here, there) <= radius_m


def _point(where: Mapping[str, object]) -> tuple[float, float] | None:
    lat, lon = where.get("lat"), where.get("lon")
    return (lat, lon) if isinstance(lat, int | float) and isinstance(lon, int | float) else None


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great-circle distance in metres between two (latitude, longitude) in degrees (haversine formula)."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *other))
    chord = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def _instant(values: Values, field: str, absent: int) -> int:
    value = values.get(field)
    found = instant_ms(value) if isinstance(value, str) else None
    return absent if found is None else found


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []
