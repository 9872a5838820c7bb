"""Whether a place lies where a rule says: countries, regions, circles. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt

from geo.place import Place

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius R1 of the GRS 80 ellipsoid (Moritz 2000), in metres."""


def distance_m(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance in metres between two points in degrees.

    The haversine formula (Sinnott, "Virtues of the Haversine", 1984): exact on a sphere also for points metres apart;
    the earth's flattening leaves an error below 0.6 %, far below that of any address database.
    """
    north = radians(other_lat - lat)
    east = radians(other_lon - lon)
    chord = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord)))


def near(place: Place | None, lat: float, lon: float, radius_m: float) -> bool:
    """Whether the place is known and at most ``radius_m`` metres from the point."""
    if place is None or place.lat is None or place.lon is None:
        return False
    return distance_m(place.lat, place.lon, lat, lon) <= radius_m


def in_countries(place: Place | None, countries: Iterable[str]) -> bool:
    """Whether the place's country is listed (ISO 3166-1 alpha-2, any case). An unknown country is in no list."""
    if place is None or place.country is None:
        return False
    country = place.country.upper()
    return any(listed.strip().upper() == country for listed in countries)


def in_regions(place: Place | None, regions: Iterable[str]) -> bool:
    """Whether the place's region is listed: ``DE-BE``, or ``BE`` for that subdivision of whatever country, any case.

    Subdivision codes repeat between countries (``BE`` is Berlin and Bern): lists that mix countries need the prefix.
    """
    if place is None or place.region is None:
        return False
    region = place.region.upper()
    subdivision = region.partition("-")[2]
    return any(listed.strip().upper() in (region, subdivision) for listed in regions)
