"""What buyers are said to have written about a product."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from loadtest.storefront.catalogue import Product
from loadtest.storefront.dice import Dice
from loadtest.storefront.wording import (
    LUKEWARM_TITLES,
    QUESTIONS,
    REVIEW_CLOSINGS,
    REVIEW_MIDDLES,
    REVIEW_OPENINGS,
    REVIEW_TITLES,
    REVIEWERS,
    TOWNS,
)

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")


class Review(msgspec.Struct, frozen=True):
    """One review. ``stars`` is 1 to 5."""

    author: str
    town: str
    date: str
    stars: int
    title: str
    text: str
    helpful: int


class Opinion(msgspec.Struct, frozen=True):
    """All reviews of one product with their average."""

    reviews: tuple[Review, ...]
    average: float
    """Mean of the stars, to one decimal place."""
    shares: tuple[tuple[int, int], ...]
    """(stars, percent of reviews), five stars first."""


@lru_cache(maxsize=512)
def opinion(product: Product) -> Opinion:
    """The product's reviews: between eighteen and twenty-four, always the same ones."""
    count = Dice(product.sku).whole("reviews", 18, 24)
    reviews = tuple(_review(product, number) for number in range(count))
    average = round(sum(review.stars for review in reviews) / count, 1)
    shares = tuple(
        (stars, round(100 * sum(review.stars == stars for review in reviews) / count)) for stars in (5, 4, 3, 2, 1)
    )
    return Opinion(reviews, average, shares)


@lru_cache(maxsize=512)
def questions(product: Product) -> tuple[tuple[str, str], ...]:
    """What visitors asked about the product, with the shop's answers."""
    facts = {**_facts(product), "material": product.material}
    return tuple((asked.format_map(facts), answer.format_map(facts)) for asked, answer in QUESTIONS)


def _review(product: Product, number: int) -> Review:
    dice = Dice(f"{product.sku}/review/{number}")
    stars = dice.pick("stars", (5, 5, 5, 5, 4, 4, 4, 3))
    sentences = (
        _in_turn(product, REVIEW_OPENINGS, number),
        *dice.sample("middle", REVIEW_MIDDLES, dice.whole("length", 2, 4)),
        dice.pick("closing", REVIEW_CLOSINGS),
    )
    return Review(
        author=f"{_in_turn(product, REVIEWERS, number)} {chr(ord('A') + dice.whole('initial', 0, 22))}.",
        town=dice.pick("town", TOWNS),
        date=f"{dice.whole('day', 1, 28)} {dice.pick('month', _MONTHS)} 2026",
        stars=stars,
        title=_in_turn(product, REVIEW_TITLES if stars > 3 else LUKEWARM_TITLES, number),
        text=" ".join(sentences).format_map(_facts(product)),
        helpful=dice.whole("helpful", 0, 23),
    )


def _in_turn(product: Product, options: tuple[str, ...], number: int) -> str:
    """All options once, in an order of the product's own, before any comes again."""
    return Dice(product.sku).sample("turn", options, len(options))[number % len(options)]


def _facts(product: Product) -> dict[str, str]:
    return {"kind": product.kind.name, "colour": product.colour.name, "series": product.series}
