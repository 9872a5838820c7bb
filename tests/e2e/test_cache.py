"""Routes that are no page kind, where the RFCs decide; and what a visitor's write makes stale."""

from __future__ import annotations

from itertools import count

import pytest
from aiohttp import web

from tests.conftest import Node, ScriptedOrigin, eventually
from tests.e2e.conftest import product_page

NUMBERS = count(1)
Shop = tuple[ScriptedOrigin, Node]


@pytest.fixture
def path() -> str:
    return f"/list-{next(NUMBERS)}"


def stored(node: Node, path: str, headers: dict[str, str] | None = None) -> None:
    """Have it stored. Whoever leads a fill is answered before it is."""
    eventually(lambda: "; hit" in node.ask(path, headers=headers).cache_status, f"{path} is stored")


def test_what_may_be_stored_is_sent_again_from_the_store(small_shop: Shop, path: str) -> None:
    origin, node = small_shop
    origin.says(path, "one", cache_control="max-age=600", content_type="text/plain", etag='"v1"')
    assert node.ask(path).cache_status == "vitrine; fwd=uri-miss; fwd-status=200; stored"
    stored(node, path)
    asked = origin.times(path)
    told = node.ask(path, headers={"If-None-Match": '"v1"'})
    assert (told.status, told.body, told.field("etag")) == (304, b"", '"v1"')
    assert origin.times(path) == asked


@pytest.mark.parametrize("cache_control", ["private", "no-store", "max-age=0"])
def test_what_may_not_be_stored_is_fetched_each_time(small_shop: Shop, path: str, cache_control: str) -> None:
    origin, node = small_shop
    origin.says(path, "mine", content_type="text/plain", cache_control=cache_control)
    for number in range(1, 4):
        told = node.ask(path)
        assert "hit" not in told.cache_status.replace("hit-for-miss", "")
        assert "; stored" not in told.cache_status
        assert origin.times(path) == number


def test_a_response_that_sets_a_cookie_is_its_visitors_alone(small_shop: Shop, path: str) -> None:
    origin, node = small_shop
    origin.says(path, "hello", cache_control="public, max-age=600", set_cookie="id=1")
    for _ in range(2):
        told = node.ask(path)
        assert told.field("set-cookie") == "id=1"
        assert "; hit" not in told.cache_status


def test_variants_are_kept_apart(small_shop: Shop, path: str) -> None:
    origin, node = small_shop

    async def by_language(request: web.BaseRequest) -> web.StreamResponse:
        language = request.headers.get("Accept-Language", "none")
        return web.Response(text=language, headers={"Vary": "Accept-Language", "Cache-Control": "max-age=600"})

    origin.answers(path, by_language)
    for language in ("de", "fr"):
        stored(node, path, {"Accept-Language": language})
    for language in ("de", "fr"):
        assert node.ask(path, headers={"Accept-Language": language}).text == language


def test_a_stale_copy_is_validated_and_sent_again(small_shop: Shop, path: str) -> None:
    origin, node = small_shop

    async def validated(request: web.BaseRequest) -> web.StreamResponse:
        fields = {"ETag": '"v1"', "Cache-Control": "max-age=600"}
        if request.headers.get("If-None-Match") == '"v1"':
            return web.Response(status=304, headers=fields)
        return web.Response(text="the whole", headers=fields)

    origin.answers(path, validated)
    stored(node, path)
    told = node.ask(path, headers={"Cache-Control": "no-cache"})
    assert told.text == "the whole"
    assert "fwd=stale" in told.cache_status
    assert origin.asked[-1].headers["If-None-Match"] == '"v1"'


# ------------------------------------------------------------------------------- what a write makes stale


def test_a_write_makes_what_it_wrote_to_stale_before_it_is_answered(small_shop: Shop, path: str) -> None:
    origin, node = small_shop
    origin.says(path, "before", cache_control="max-age=600, stale-while-revalidate=600")
    stored(node, path)
    origin.says(path, "after", cache_control="max-age=600")
    assert node.ask(path, "POST", body=b"change").status == 200
    told = node.ask(path)
    assert told.text == "after"
    assert "fwd=stale" in told.cache_status


def test_a_write_makes_what_its_answer_names_stale(small_shop: Shop, path: str) -> None:
    origin, node = small_shop
    origin.says(path, "before", cache_control="max-age=600")
    stored(node, path)
    origin.says(path, "after", cache_control="max-age=600")
    origin.says(f"{path}-edit", status=303, location=path)
    node.ask(f"{path}-edit", "POST", body=b"change")
    assert node.ask(path).text == "after"


@pytest.mark.parametrize("status", [400, 404, 409, 500])
def test_a_write_that_failed_makes_nothing_stale(small_shop: Shop, path: str, status: int) -> None:
    origin, node = small_shop
    origin.says(path, "before", cache_control="max-age=600")
    stored(node, path)

    async def refuse_writes(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status if request.method == "POST" else 200, text="after")

    origin.answers(path, refuse_writes)
    assert node.ask(path, "POST").status == status
    assert node.ask(path).text == "before"


def test_a_write_makes_every_variant_stale(small_shop: Shop, path: str) -> None:
    origin, node = small_shop
    for language in ("de", "fr"):
        origin.says(path, "before", cache_control="max-age=600", vary="Accept-Language")
        stored(node, path, {"Accept-Language": language})
    origin.says(path, "after", cache_control="max-age=600", vary="Accept-Language")
    node.ask(path, "POST")
    for language in ("de", "fr"):
        assert node.ask(path, headers={"Accept-Language": language}).text == "after"


def test_the_way_back_to_a_product_page_does_not_make_it_stale(small_shop: Shop) -> None:
    origin, node = small_shop
    path = f"/product/written-{next(NUMBERS)}"
    origin.says(path, product_page(), content_type="text/html")
    stored(node, path)
    origin.says("/basket/add", status=302, location=path)
    node.ask("/basket/add", "POST", body=b"sku=A-1")
    assert node.ask(path).cache_status.startswith("vitrine; hit; ttl=")
    assert "detail" not in node.ask(path).cache_status


def test_a_write_to_a_product_page_refreshes_it_behind_the_visitors_back(small_shop: Shop) -> None:
    origin, node = small_shop
    path = f"/product/written-{next(NUMBERS)}"
    origin.says(path, product_page(), content_type="text/html")
    stored(node, path)
    reviewed = product_page(extra="<p>A review</p>")
    origin.says(path, reviewed, content_type="text/html")
    node.ask(path, "POST", body=b"review")
    told = node.ask(path)
    assert told.status == 200
    assert "hit" in told.cache_status
    assert "detail=grace" in told.cache_status
    eventually(lambda: node.ask(path).text == reviewed, "the refreshed page shows")


def test_what_was_made_stale_still_serves_when_the_origin_fails(small_shop: Shop, path: str) -> None:
    origin, node = small_shop
    origin.says(path, "before", cache_control="max-age=600, stale-if-error=600")
    stored(node, path)
    node.ask(path, "POST")
    origin.says(path, "broken", status=503)
    told = node.ask(path)
    assert (told.status, told.text) == (200, "before")
    assert "detail=stale-if-error" in told.cache_status
