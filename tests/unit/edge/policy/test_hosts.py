"""Fields that name an origin's own address, on the way there and back."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from edge.model import fields
from edge.policy.addresses import Naming
from edge.policy.hosts import Translation

INNER = Naming(url="http://10.0.0.5:9000", scheme="http", host="shop.example")
LEAKING_ONLY = Translation(naming=INNER, target="/product/1")
EVERYTHING = Translation(naming=INNER, target="/product/1", own_host=True, bodies=True)


class Case(NamedTuple):
    id: str
    name: str
    value: str
    becomes: str
    with_bodies: str | None = None
    """When that differs."""


CASES = [
    Case("a redirect to the inside", "Location", "http://10.0.0.5:9000/basket", "http://shop.example/basket"),
    Case("a redirect that forgot the port", "Location", "http://10.0.0.5/basket", "http://shop.example/basket"),
    Case("a redirect without a host", "Location", "/basket", "/basket"),
    Case("a redirect elsewhere", "Location", "https://pay.example/?back=/", "https://pay.example/?back=/"),
    Case("a redirect to where visitors are", "Location", "http://shop.example/basket", "http://shop.example/basket"),
    Case("a redirect to tls", "Location", "https://10.0.0.5:9000/basket", "https://shop.example/basket"),
    Case(
        "a redirect elsewhere and back",
        "Location",
        "https://pay.example/?back=http%3A%2F%2F10.0.0.5%3A9000%2F",
        "https://pay.example/?back=http%3A%2F%2F10.0.0.5%3A9000%2F",
    ),
    Case("where the content is", "Content-Location", "http://10.0.0.5:9000/a", "http://shop.example/a"),
    Case("links", "Link", '<http://10.0.0.5:9000/a>; rel="next", </b>', '<http://shop.example/a>; rel="next", </b>'),
    Case("a refresh", "Refresh", "5; url=http://10.0.0.5:9000/a", "5; url=http://shop.example/a"),
    Case("the name in another case", "LOCATION", "http://10.0.0.5:9000/a", "http://shop.example/a"),
    Case(
        "who may read it",
        "Access-Control-Allow-Origin",
        "http://10.0.0.5:9000",
        "http://10.0.0.5:9000",
        "http://shop.example",
    ),
    Case(
        "where scripts may come from",
        "Content-Security-Policy",
        "script-src 'self' http://10.0.0.5:9000",
        "script-src 'self' http://10.0.0.5:9000",
        "script-src 'self' http://shop.example",
    ),
    Case("any other field", "X-Debug", "http://10.0.0.5:9000", "http://10.0.0.5:9000"),
    Case("a cookie of the inside", "Set-Cookie", "a=b; Domain=10.0.0.5; Path=/", "a=b; Path=/"),
    Case("with a dot, in another case", "Set-Cookie", "a=b; Path=/; dOMAIN=.10.0.0.5", "a=b; Path=/"),
    Case("a cookie of a host alone", "Set-Cookie", "a=b; Path=/", "a=b; Path=/"),
    Case("a cookie of the visitor's domain", "Set-Cookie", "a=b; Domain=example", "a=b; Domain=example"),
    Case("a cookie whose value speaks of a domain", "Set-Cookie", "a=Domain=10.0.0.5", "a=Domain=10.0.0.5"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_field_on_its_way_to_the_visitor(case: Case) -> None:
    pairs = ((case.name, case.value),)
    assert LEAKING_ONLY.answered(pairs, changed=False) == ((case.name, case.becomes),)
    assert EVERYTHING.answered(pairs, changed=False) == ((case.name, case.with_bodies or case.becomes),)


def test_a_domain_that_the_visitors_host_belongs_to_stays() -> None:
    naming = Naming(url="http://shop.example:9000", scheme="http", host="www.shop.example:8080")
    pairs = (("Set-Cookie", "a=b; Domain=shop.example"),)
    assert Translation(naming=naming, target="/").answered(pairs, changed=False) == pairs


def test_a_redirect_to_tls_on_an_origin_asked_over_tls_does_not_go_round_for_ever() -> None:
    naming = Naming(url="https://inner.example", scheme="http", host="shop.example")
    there = Translation(naming=naming, target="/a?b=c")
    answered = there.answered((("Location", "https://inner.example/a?b=c"),), changed=False)
    assert answered == (("Location", "https://shop.example/a?b=c"),)
    elsewhere = there.answered((("Location", "https://inner.example/login"),), changed=False)
    assert elsewhere == (("Location", "http://shop.example/login"),)


@pytest.mark.parametrize(
    ("content_type", "is_text"),
    [
        ("text/html; charset=utf-8", True),
        ("TEXT/HTML", True),
        ("application/xhtml+xml", True),
        ("text/css", True),
        ("text/xml", True),
        ("application/xml", True),
        ("application/rss+xml", True),
        ("text/javascript", True),
        ("application/javascript", True),
        ("application/x-javascript", True),
        ("application/json", True),
        ("application/ld+json", True),
        ("application/manifest+json", True),
        ("image/svg+xml", True),
        ("text/plain", True),
        ("text/event-stream", False),
        ("image/png", False),
        ("application/octet-stream", False),
        ("application/jsonp-not", False),
        ("application/pdf", False),
        ("", False),
    ],
)
def test_bodies_that_are_text_are_changed(content_type: str, is_text: bool) -> None:
    assert EVERYTHING.changes_body(fields({"Content-Type": content_type})) is is_text
    assert not LEAKING_ONLY.changes_body(fields({"Content-Type": content_type}))


@pytest.mark.parametrize(("coding", "readable"), [("gzip", True), ("x-gzip", True), ("identity", True), ("br", False)])
def test_only_what_can_be_decoded_is_changed(coding: str, readable: bool) -> None:
    received = fields({"Content-Type": "text/html", "Content-Encoding": coding})
    assert EVERYTHING.changes_body(received) is readable


def test_fields_about_the_bytes_go_with_them() -> None:
    pairs = (
        *(("Content-Type", "text/html"), ("Content-Length", "9"), ("Content-Encoding", "gzip"), ("ETag", '"1"')),
        *(("Accept-Ranges", "bytes"), ("Digest", "x"), ("Content-MD5", "x"), ("Repr-Digest", "x")),
    )
    assert EVERYTHING.answered(pairs, changed=True) == (("Content-Type", "text/html"), ("ETag", '"1"'))
    assert EVERYTHING.answered(pairs, changed=False) == pairs


ASKED = (
    ("Host", "shop.example"),
    ("Origin", "http://shop.example"),
    ("Referer", "http://shop.example/product/1?a=b"),
    ("Accept-Encoding", "br, gzip"),
    ("Range", "bytes=0-9"),
    ("If-Range", '"1"'),
)


def test_a_request_stays_as_it_is_when_nothing_is_to_be_replaced_in_what_it_brings() -> None:
    assert LEAKING_ONLY.asked(ASKED) == ASKED


def test_an_origin_that_sees_its_own_host_sees_its_own_page() -> None:
    asked = dict(Translation(naming=INNER, target="/x", own_host=True).asked(ASKED))
    assert asked["Origin"] == "http://10.0.0.5:9000"
    assert asked["Referer"] == "http://10.0.0.5:9000/product/1?a=b"
    assert asked["Accept-Encoding"] == "br, gzip"


@pytest.mark.parametrize("page", ["http://evil.example", "http://shop.example.evil", "https://shop.example", "null"])
def test_a_page_of_another_site_stays_one(page: str) -> None:
    asked = dict(EVERYTHING.asked((("Origin", page), ("Referer", f"{page}/"))))
    assert (asked["Origin"], asked["Referer"]) == (page, f"{page}/")


def test_a_body_that_will_be_read_is_asked_for_whole_and_without_coding() -> None:
    asked = dict(EVERYTHING.asked(ASKED))
    assert asked["Accept-Encoding"] == "identity"
    assert not {"Range", "If-Range"} & set(asked)


@pytest.mark.parametrize(
    ("path", "kept"), [("/film.mp4", True), ("/a.jpg?v=1", True), ("/a.css", False), ("/a", False)]
)
def test_parts_of_pictures_and_films_can_still_be_asked_for(path: str, kept: bool) -> None:
    asked = dict(Translation(naming=INNER, target=path, bodies=True).asked(ASKED))
    assert ("Range" in asked) is kept
