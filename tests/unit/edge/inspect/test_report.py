from __future__ import annotations

import io
import json

from msgspec.structs import replace
from rich.console import Console

from edge.fill.origin import OriginClient
from edge.inspect.canary import Sighting
from edge.inspect.conclusion import Inspection, conclude
from edge.inspect.gathering import gather
from edge.inspect.report import document, print_canary, print_report
from edge.inspect.visiting import shop_at
from tests.storefronts import magento, opencart
from tests.storefronts.serving import serving


async def look(shop: str) -> Inspection:
    make, target = {
        "magento": (magento.application, "/album.html"),
        "opencart": (opencart.application, "/index.php?route=product/product&product_id=34"),
    }[shop]
    async with serving(lambda _: make()) as url, OriginClient((shop_at(url),)) as client:
        return conclude(await gather(client, url + target))


def printed(inspection: Inspection) -> str:
    out = io.StringIO()
    print_report(Console(file=out, width=120), inspection)
    return out.getvalue()


async def test_a_person_reads_it_in_a_minute() -> None:
    text = printed(await look("magento"))
    assert len(text.splitlines()) < 50
    for told in (
        "Album",
        "SKU woo-album by css:[itemprop='sku']; $15.00 (USD)",
        "proven on 5 product pages",
        "css:input[name='form_key']@value",
        "each visitor's own",
        "PHPSESSID (session)",
        "no-store: no cache may keep it",
        "This page would be stored, with",
    ):
        assert told in text


async def test_what_the_page_does_not_say_is_said_to_be_missing() -> None:
    assert "the page does not say which currency" in printed(await look("opencart"))


async def test_what_stands_in_the_way_comes_last() -> None:
    text = printed(replace(await look("opencart"), obstacles=("css:.greeting: it greets by name",)))
    assert text.rstrip().endswith("css:.greeting: it greets by name")
    assert "would be relayed, not stored" in text


async def test_programs_get_the_same() -> None:
    inspection = await look("magento")
    found = json.loads(json.dumps(document(inspection)))
    assert found["product"] == {
        "name": "Album",
        "sku": "woo-album",
        "price": "15",
        "list_price": None,
        "currency": "USD",
        "availability": None,
    }
    assert found["stored"] is True
    assert {slot["field"] for slot in found["slots"]} >= {"price", "list-price", "stock"}
    assert [slot["fill"] for slot in found["visitor_slots"]] == ['{{ visitor.csrf("form_key") }}']


def test_a_canary_tells_what_it_saw() -> None:
    out = io.StringIO()
    seen = Sighting(url="http://a/", differences=(), alike=True, kept_out=("sessionid", None), leaks=("the name",))
    print_canary(Console(file=out, width=120), seen)
    text = out.getvalue()
    assert "Visitor A: sessionid keeps them out of the store" in text
    assert "Visitor B: no cookie of theirs" in text
    assert "the page of a stranger" in text
    assert "this would be stored:\n  the name" in text
