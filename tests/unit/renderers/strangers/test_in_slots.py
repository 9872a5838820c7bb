from __future__ import annotations

import pytest

from renderers.compare import Covered, Difference, Kind, Range, View, compare


def found(first: str, second: str, *, visitor: bool) -> tuple[Difference, ...]:
    """What differs in two pages that are one slot between two words."""
    views = [
        View(
            body=f"<p>a {text} b</p>".encode(),
            cookies={"sid": cookie},
            covered=(Covered(Range(5, 5 + len(text.encode())), visitor),),
        )
        for text, cookie in ((first, "a1b2c3d4e5"), (second, "f6g7h8i9j0"))
    ]
    return compare(*views).differences


@pytest.mark.parametrize("pair", [("€5.00", "€6.00"), ("5 left", "<b>Sold out</b>"), ("", "x")])
def test_what_a_slot_covers_is_not_compared(pair: tuple[str, str]) -> None:
    assert found(*pair, visitor=False) == found(*pair, visitor=True) == ()


@pytest.mark.parametrize(
    ("first", "second", "why", "personal"),
    [
        ("a1b2c3d4e5", "f6g7h8i9j0", "value of the cookie sid", False),
        ("Hello, Anna!", "Sign in", "speaks to 'Anna'", True),
        ("For a@example.com", "For b@example.com", "e-mail address", True),
    ],
)
def test_only_a_visitor_slot_covers_what_is_somebodys(first: str, second: str, why: str, personal: bool) -> None:
    assert found(first, second, visitor=True) == ()
    (difference,) = found(first, second, visitor=False)
    assert (difference.kind, difference.personal) == (Kind.OTHER, personal)
    assert why in difference.why
    assert (difference.first, difference.second) == (first, second)


def test_a_slot_that_only_one_page_has_is_looked_into_as_well() -> None:
    body = b"<p>a b@example.com</p>"
    views = View(body=body, covered=(Covered(Range(5, 18)),)), View(body=b"<p>a </p>")
    assert {difference.personal for difference in compare(*views).differences} == {True, False}


@pytest.mark.parametrize("at", [Range(0, 99), Range(9, 4), Range(4, 4)])
def test_ranges_that_are_none_cover_nothing(at: Range) -> None:
    views = (View(body=f"<p>{name}</p>".encode(), covered=(Covered(at),)) for name in ("Anna", "Otto"))
    assert len(compare(*views).differences) == 1
