from __future__ import annotations

import base64
import random

import pytest

from renderers.strangers.generated import (
    decoded,
    generated_ids,
    in_disguise,
    machine_made,
    opaque,
    random_pair,
    renamed,
)

IDS = [
    ("tab-5f3e1c", "tab-9ab2d4"),
    ("65f1a2b3c4d5e", "65f1a2b3c9f01"),
    ("a b-17 c", "a b-18 c"),
    ("item-9", "item-12"),
    ("id_XkTz9Q", "id_pQ2rsT"),
]

NO_IDS = [
    ("user-17", "user-18"),
    ("cartItem3", "cartItem5"),
    ("anna77", "berta12"),
    ("Anna", "Berta"),
    ("a", "b"),
    ("tab-17", "tab-17 tab-18"),
    ("tab-17", "panel-17"),
    ("x y", "x/y"),
    ("QW5uYSBTbWl0aDE3", "QmVydGEgTWlsbGVy"),
]


@pytest.mark.parametrize(("first", "second"), IDS)
def test_ids_made_up_for_a_copy_correspond(first: str, second: str) -> None:
    assert generated_ids(first, second)


@pytest.mark.parametrize(("first", "second"), NO_IDS)
def test_ids_that_may_mean_somebody_do_not(first: str, second: str) -> None:
    assert not generated_ids(first, second)


@pytest.mark.parametrize("length", [8, 13, 32])
def test_random_ids_are_known_for_what_they_are(length: int) -> None:
    numbers = random.Random(length)
    pairs = [[f"q-{''.join(numbers.choices('0123456789abcdef', k=length))}" for _ in range(2)] for _ in range(500)]
    assert sum(generated_ids(*pair) for pair in pairs) > 495


@pytest.mark.parametrize(
    ("first", "second", "random"),
    [
        ("css-1q2w3e4r", "css-5t6z7u8i", True),
        ("8f14e45fceea167a", "c9f0f895fb98ab91", True),
        ("hero-v12", "hero-v13", False),
        ("variant-1q2w3e4r", "variant-5t6z7u8i", True),
        ("user-1q2w3e4r", "user-5t6z7u8i", False),
        ("anna77", "berta12", False),
        ("100017", "100018", False),
    ],
)
def test_random_parts_are_longer_than_versions(first: str, second: str, *, random: bool) -> None:
    assert random_pair(first, second) is (random and not first.startswith("variant"))


@pytest.mark.parametrize(
    ("text", "machine"),
    [
        ("17", True),
        ("5f3e1c", True),
        ("aB3dE5fG", True),
        ("anna77", False),
        ("Anna", False),
        ("abc", False),
        ("", False),
    ],
)
def test_numbers_and_random_runs_are_machine_made(text: str, machine: bool) -> None:
    assert machine_made(text) is machine


def test_readable_text_in_base64_is_in_disguise() -> None:
    assert in_disguise(base64.b64encode(b"Anna Smith").decode())
    assert in_disguise(f"x={base64.urlsafe_b64encode('Jürgen?>'.encode()).decode()}")
    assert not in_disguise("8f14e45fceea167a")
    assert not opaque(base64.b64encode(b"Anna Smith 17").decode())


@pytest.mark.parametrize(("value", "text"), [("QW5uYQ==", "Anna"), ("QW5uYQ", "Anna"), ("QQ=Q", None), ("/w==", None)])
def test_base64_is_decoded_with_and_without_padding(value: str, text: str | None) -> None:
    assert decoded(value) == text


def test_a_text_becomes_the_other_when_ids_are_exchanged() -> None:
    names = {"tab-1a": "tab-9b"}
    assert renamed("#tab-1a > a { }", "#tab-9b > a { }", names)
    assert not renamed("#tab-1a > a { }", "#tab-9b > b { }", names)
    assert not renamed("#tab-1a1 { }", "#tab-9b1 { }", names)
    assert not renamed("same", "same", {})
