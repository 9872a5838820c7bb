"""Where a visitor is, as far as his address tells."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Place(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a database says of one address. None: it does not say."""

    country: str | None = None
    """ISO 3166-1 alpha-2 in capitals: ``DE``."""
    region: str | None = None
    """ISO 3166-2 in capitals with its country: ``DE-BE``."""
    city: str | None = None
    """English name."""
    lat: float | None = None
    """Degrees north, WGS 84; present exactly when ``lon`` is."""
    lon: float | None = None
    """Degrees east."""

    def mapping(self) -> dict[str, object]:
        """The same as templates and promotions see it, unknown fields left out."""
        named = {"country": self.country, "region": self.region, "city": self.city, "lat": self.lat, "lon": self.lon}
        return {name: value for name, value in named.items() if value is not None}


def located(mapping: Mapping[str, object]) -> Place:
    """The place that :meth:`Place.mapping` gave."""
    return msgspec.convert(mapping, Place)
