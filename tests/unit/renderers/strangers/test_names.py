from __future__ import annotations

import pytest

from renderers.strangers.names import id_in_doubt, in_doubt, means_position, means_rendering, means_token, words


def test_words_are_split_at_case_and_signs() -> None:
    assert words("cartItemID-x_yZ9 Größe") == {"cart", "item", "id", "x", "y", "z", "größe"}


@pytest.mark.parametrize(
    "name", ["csrf", "XSRF-TOKEN", "form_key", "formKey", "_wpnonce", "apiToken", "authenticity_token"]
)
def test_tokens_are_named_so(name: str) -> None:
    assert means_token(name)


@pytest.mark.parametrize("name", ["keyboard", "keywords", "monkey", "sku", "id", "class"])
def test_other_names_are_no_tokens(name: str) -> None:
    assert not means_token(name)


@pytest.mark.parametrize(
    "text", ["customerId", "basket-count", "data-session", "Your last visit", "warenkorb", "price"]
)
def test_what_speaks_of_somebody_is_in_doubt(text: str) -> None:
    assert in_doubt(text)


def test_short_words_in_random_ids_do_not_count() -> None:
    assert in_doubt("my-1f")
    assert not id_in_doubt("x-1my2f")
    assert id_in_doubt("x-1user2f")


@pytest.mark.parametrize("name", ["requestId", "trace_id", "a.b.renderTime", "generatedAt", "timestamp", "uniqid"])
def test_values_about_the_rendering(name: str) -> None:
    assert means_rendering(name)


@pytest.mark.parametrize("name", ["id", "userId", "nowhere", "time", "productId"])
def test_values_about_something_else(name: str) -> None:
    assert not means_rendering(name)


def test_places_in_a_list() -> None:
    assert means_position("data-slide-index")
    assert not means_position("data-id")
