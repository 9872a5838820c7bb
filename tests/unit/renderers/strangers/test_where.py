from __future__ import annotations

import time
from typing import NamedTuple

import pytest

from renderers.compare import Kind, View, compare
from renderers.strangers.copies import Copy
from renderers.strangers.values import Range
from renderers.strangers.where import Frozen, Locator
from renderers.targets import TargetError


class Case(NamedTuple):
    """A page with ``%`` where two strangers' copies differ."""

    id: str
    html: str
    want: str


CASES = [
    Case("by the name of a field", "<input name=a><input name=b value=%>", "css:input[name='b']@value"),
    Case("by an id", "<p id=who>%</p><p>x</p>", "css:#who"),
    Case("by a class", "<p class='a b'>x</p><p class='a c'>%</p>", "css:.c"),
    Case("by two classes together", "<p class='a b'>%</p><p class=a>x</p><p class=b>x</p>", "css:p.a.b"),
    Case("by its name alone", "<h1>%</h1><p>x</p>", "css:h1"),
    Case("inside an element with a class", "<div class=x><b>%</b></div><div class=y><b>1</b></div>", "css:.x b"),
    Case("step by step", "<div><b>1</b></div><div><b>%</b></div>", "css:body > div:nth-child(2) > b:nth-child(1)"),
    Case("not by a generated id", "<p id=tab-5f3e1c class=x>%</p><p>x</p>", "css:.x"),
    Case("not by a class that is another's", "<p class='x v%'>1</p><p>x</p>", "css:.x@class"),
    Case("a text among elements by what is around it", "<p>a <b>x</b> %</p>", "css:p"),
    Case("the JSON of a script", "<script id=s>a = {\"b\": [{\"c/d\": \"%\"}]}</script><script>x()</script>",
         "json:#s#/b/0/c~1d"),
    Case("code by its script", "<script id=s>f('%')</script><script>x()</script>", "css:#s"),
    Case("an attribute that cannot be written in a target", "<i @click='%'>x</i>", "css:i"),
    Case("what a parser moves", "<table><b>%</b><tr><td>x</table>", "css:b"),
    Case("what no element is around", "%", "css:html"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_difference_is_found(case: Case) -> None:
    views = (View(body=case.html.replace("%", value).encode()) for value in ("Anna", "Berta"))
    assert [difference.where for difference in compare(*views).differences] == [case.want]


def test_what_only_the_second_page_has_is_found_there() -> None:
    first, second = (View(body=f"<main><p>x</p>{more}</main>".encode()) for more in ("", "<p>Anna</p>"))
    for views in ((first, second), (second, first)):
        assert [difference.where for difference in compare(*views).differences] == ["css:main"]


def test_a_page_in_another_charset_is_searched_in_its_own_bytes() -> None:
    views = (View(body=f"<p>größer</p><b>{text}</b>".encode("cp1252"), charset="cp1252") for text in ("ä", "öö"))
    (difference,) = compare(*views).differences
    assert (difference.where, difference.first, difference.second) == ("css:b", "ä", "öö")


def test_freezing_an_element_includes_its_tags_and_what_is_missing_elsewhere() -> None:
    page = '<main>%s<p class="x" data-a="1">%s</p></main>'
    first, second = (View(body=(page % texts).encode()) for texts in (("", "a"), ("<div class=tip>T</div>", "b")))
    kinds = {
        freeze: [difference.kind for difference in compare(first, second, freeze=freeze).differences]
        for freeze in ((), ("css:.tip",), ("css:.tip", "css:.x"), ("css:main",), ("css:.absent",))
    }
    assert kinds == {
        (): [Kind.OTHER] * 2,
        ("css:.tip",): [Kind.NOISE, Kind.OTHER],
        ("css:.tip", "css:.x"): [Kind.NOISE] * 2,
        ("css:main",): [Kind.NOISE] * 2,
        ("css:.absent",): [Kind.OTHER] * 2,
    }


@pytest.mark.parametrize(
    ("html", "freeze"),
    [
        ("<i data-a='%'></i>", "css:i@data-a"),
        ('<script>s = {"a": "%"}</script>', "json:script#/a"),
        ("<script>f('%')</script>", "css:script"),
        ("<i data-a='%'></i>", "css:i"),
        ("<p>%", "css:html"),
    ],
)
def test_values_scripts_and_whole_pages_can_be_frozen(html: str, freeze: str) -> None:
    first, second = (View(body=html.replace("%", value).encode()) for value in ("Anna", "Berta"))
    (difference,) = compare(first, second, freeze=[freeze]).differences
    assert (difference.kind, difference.why[:7]) == (Kind.NOISE, "frozen:")


def test_a_token_is_never_frozen() -> None:
    first, second = (View(body=f"<p>{n * 20}</p>".encode(), cookies={"sid": n * 20}) for n in ("a1", "b2"))
    assert [difference.kind for difference in compare(first, second, freeze=["css:p"]).differences] == [Kind.TOKEN]


def test_a_wrong_target_of_a_freeze_is_told_even_when_nothing_differs() -> None:
    with pytest.raises(TargetError):
        compare(View(body=b"x"), View(body=b"x"), freeze=["p"])


def test_frozen_places_may_overlap() -> None:
    frozen = Frozen([Range(5, 9), Range(0, 3), Range(2, 4)])
    source = b"0123456789"
    held = [(0, 4), (3, 4), (5, 9), (6, 6)]
    assert [frozen.holds(Range(*place), source) for place in held] == [True] * 4
    assert not frozen.holds(Range(3, 6), source)
    assert frozen.holds(Range(3, 6), b"abc   defg")
    assert not Frozen([])


def test_an_element_the_parser_made_stands_for_the_page() -> None:
    copy = Copy(View(body=b"<p>x"))
    assert Locator(copy, copy).ranges("css:body") == [Range(0, 4)]


def test_looking_up_has_an_end() -> None:
    pages = ["".join(f"<div class='c{n}x'><p>{n + more}</p></div>" for n in range(4_000)) for more in (0, 1)]
    started = time.process_time()
    found = compare(*(View(body=page.encode()) for page in pages))
    assert time.process_time() - started < 3
    assert found.refuses
