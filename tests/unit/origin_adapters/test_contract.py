"""Adapters by name."""

from __future__ import annotations

import pytest

import origin_adapters
from origin_adapters.contract import Adapter


@pytest.mark.parametrize("name", origin_adapters.NAMES)
def test_every_known_name_gives_the_adapter_of_that_name(name: str) -> None:
    assert origin_adapters.adapter(name).name == name


def test_generic_is_known() -> None:
    assert "generic" in origin_adapters.NAMES


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"there is no adapter 'shopfy'; known: django, .*, shopify"):
        origin_adapters.adapter("shopfy")


def test_an_adapter_cannot_be_changed_by_one_of_the_origins_that_share_it() -> None:
    with pytest.raises(AttributeError):
        Adapter(name="x", bypass_cookies=()).bypass_cookies = ("y",)  # type: ignore[misc]
