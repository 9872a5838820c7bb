"""Distances against known ones, lists in every spelling people use."""

from __future__ import annotations

from math import pi
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.place import Place
from geo.regions import EARTH_RADIUS_M, distance_m, in_countries, in_regions, near

BERLIN = Place(country="DE", region="DE-BE", city="Berlin", lat=52.52, lon=13.405)
latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)


class Trip(NamedTuple):
    id: str
    start: tuple[float, float]
    end: tuple[float, float]
    km: float


TRIPS = [
    Trip("Berlin to Hamburg", (52.5200, 13.4050), (53.5511, 9.9937), 255.3),
    Trip("London to New York", (51.5074, -0.1278), (40.7128, -74.0060), 5570.2),
    Trip("one degree of the equator, across the date line", (0.0, 179.5), (0.0, -179.5), 111.195),
    Trip("Land's End to John o' Groats", (50.06639, -5.71472), (58.64389, -3.07000), 968.9),
    Trip("a quarter of the way round, pole to equator", (90.0, 0.0), (0.0, 77.0), 10007.6),
    Trip("across the street", (52.520000, 13.405000), (52.520100, 13.405000), 0.0111),
]


@pytest.mark.parametrize("trip", TRIPS, ids=lambda trip: trip.id)
def test_distances_are_those_of_the_globe(trip: Trip) -> None:
    assert distance_m(*trip.start, *trip.end) / 1000 == pytest.approx(trip.km, rel=0.005)


@given(lat=latitudes, lon=longitudes, other_lat=latitudes, other_lon=longitudes)
def test_distance_is_symmetric_and_never_more_than_half_way_round(
    lat: float, lon: float, other_lat: float, other_lon: float
) -> None:
    there = distance_m(lat, lon, other_lat, other_lon)
    assert 0 <= there <= pi * EARTH_RADIUS_M
    assert distance_m(other_lat, other_lon, lat, lon) == pytest.approx(there, abs=1e-3)


@given(lat=latitudes, lon=longitudes)
def test_a_point_is_at_no_distance_from_itself_and_farthest_from_its_antipode(lat: float, lon: float) -> None:
    assert distance_m(lat, lon, lat, lon) == 0
    assert distance_m(lat, lon, -lat, lon + 180) == pytest.approx(pi * EARTH_RADIUS_M, rel=1e-6)


def test_a_place_is_near_within_the_radius_and_not_outside() -> None:
    away = distance_m(52.52, 13.405, 52.40, 13.06)
    assert near(BERLIN, 52.40, 13.06, away)
    assert not near(BERLIN, 52.40, 13.06, away - 1)


@pytest.mark.parametrize("place", [None, Place(), Place(country="DE", lat=52.5), Place(lon=13.4)])
def test_a_place_without_coordinates_is_near_nothing(place: Place | None) -> None:
    assert not near(place, 52.5, 13.4, 1e9)


def test_a_place_on_the_null_meridian_and_equator_has_coordinates() -> None:
    assert near(Place(lat=0.0, lon=0.0), 0.0, 0.0, 1)


class Listed(NamedTuple):
    id: str
    place: Place | None
    names: list[str]
    matches: bool


COUNTRIES = [
    Listed("as written in ISO 3166-1", BERLIN, ["FR", "DE"], True),
    Listed("in lower case, with a stray space", BERLIN, ["fr", " de"], True),
    Listed("another country", BERLIN, ["FR"], False),
    Listed("a region is no country", BERLIN, ["DE-BE"], False),
    Listed("no list", BERLIN, [], False),
    Listed("nobody knows where", None, ["DE"], False),
    Listed("a place without a country", Place(lat=1.0, lon=1.0), ["DE", ""], False),
    Listed("a place written in lower case", Place(country="de"), ["DE"], True),
]
REGIONS = [
    Listed("as written in ISO 3166-2", BERLIN, ["DE-BY", "DE-BE"], True),
    Listed("without the country", BERLIN, ["be"], True),
    Listed("in lower case", BERLIN, ["de-be"], True),
    Listed("the same subdivision of another country", BERLIN, ["CH-BE"], False),
    Listed("another subdivision", BERLIN, ["BY", "DE-BY"], False),
    Listed("a country is no region", BERLIN, ["DE"], False),
    Listed("an empty cell in a list", BERLIN, [""], False),
    Listed("nobody knows where", None, ["DE-BE"], False),
    Listed("a country alone", Place(country="DE"), ["DE-BE", ""], False),
]


@pytest.mark.parametrize("case", COUNTRIES, ids=lambda case: case.id)
def test_countries_are_matched(case: Listed) -> None:
    assert in_countries(case.place, case.names) is case.matches


@pytest.mark.parametrize("case", REGIONS, ids=lambda case: case.id)
def test_regions_are_matched_with_or_without_their_country(case: Listed) -> None:
    assert in_regions(case.place, case.names) is case.matches
