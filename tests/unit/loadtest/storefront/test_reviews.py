"""Reviews that read like reviews."""

from __future__ import annotations

from loadtest.storefront.catalogue import build_catalogue
from loadtest.storefront.reviews import opinion, questions

PRODUCTS = build_catalogue().products[::25]


def test_the_average_is_that_of_the_stars_shown() -> None:
    for product in PRODUCTS:
        told = opinion(product)
        assert told.average == round(sum(review.stars for review in told.reviews) / len(told.reviews), 1)
        assert abs(sum(share for _, share in told.shares) - 100) <= 2


def test_no_two_reviews_of_a_product_begin_alike_within_sight() -> None:
    for product in PRODUCTS:
        first = [review.text.split(".")[0] for review in opinion(product).reviews[:8]]
        assert len(set(first)) == 8


def test_every_sentence_is_filled_in() -> None:
    for product in PRODUCTS:
        texts = [review.text for review in opinion(product).reviews] + [
            text for pair in questions(product) for text in pair
        ]
        assert not [text for text in (*texts, *product.description) if "{" in text or "}" in text]
