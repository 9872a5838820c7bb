"""What templates and promotions see of a place."""

from __future__ import annotations

import pytest

from geo.place import Place, located


def test_a_mapping_names_only_what_is_known() -> None:
    assert Place(country="DE", lat=0.0, lon=13.4).mapping() == {"country": "DE", "lat": 0.0, "lon": 13.4}
    assert Place().mapping() == {}


def test_a_full_place_maps_every_field_under_its_own_name() -> None:
    place = Place(country="DE", region="DE-BE", city="Berlin", lat=52.5, lon=13.4)
    assert place.mapping() == {"country": "DE", "region": "DE-BE", "city": "Berlin", "lat": 52.5, "lon": 13.4}


def test_a_place_cannot_be_changed_by_one_of_the_requests_that_share_it() -> None:
    with pytest.raises(AttributeError):
        Place().country = "DE"  # type: ignore[misc]


@pytest.mark.parametrize(
    "place", [Place(), Place(country="DE"), Place(country="DE", region="DE-BE", lat=52.5, lon=13.4)]
)
def test_a_place_comes_back_from_its_mapping(place: Place) -> None:
    assert located(place.mapping()) == place
