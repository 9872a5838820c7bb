from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from edge.config.kinds import kind_specs
from edge.config.load import load
from edge.fill.origin import OriginClient
from edge.inspect.conclusion import Inspection, conclude
from edge.inspect.gathering import gather
from edge.inspect.visiting import shop_at
from edge.inspect.writing import configuration, quoted
from renderers.compare import Difference, Kind, Range
from renderers.inspect.addresses import Pattern
from tests.storefronts import magento, woocommerce
from tests.storefronts.serving import serving


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_of_a_page_survives_the_file(text: str) -> None:
    assert tomllib.loads(f"a = {quoted(text)}") == {"a": text}


@pytest.fixture
async def woo() -> Inspection:
    async with serving(woocommerce.application) as url, OriginClient((shop_at(url),)) as client:
        return conclude(await gather(client, f"{url}/product/album/"))


def written(inspection: Inspection, folder: Path) -> str:
    """The file's text, after `check` found nothing wrong with it."""
    file = folder / "vitrine.toml"
    file.write_text(configuration(inspection), "utf-8")
    assert kind_specs(load(file))
    return file.read_text("utf-8")


async def test_the_file_says_what_was_found_and_why(woo: Inspection, tmp_path: Path) -> None:
    tree = tomllib.loads(written(woo, tmp_path))
    (origin,) = tree["origins"]
    assert origin["url"] == woo.url.removesuffix("/product/album/")
    assert (origin["adapter"], origin["host_header"], origin["rewrite_host"]) == ("woocommerce", "origin", True)
    (kind,) = tree["pages"]
    assert (kind["name"], kind["match"], kind["sku"]) == ("product", ["/product/*"], "json-ld:sku")
    assert [slot["name"] for slot in kind["slots"]] == [slot.spec.name for slot in woo.proposal.slots]
    assert tree["feeds"] == [{"name": "pages", "format": "page", "url": "/product-sitemap.xml", "interval": "5m"}]


async def test_visitor_slots_are_written_for_all_their_places(tmp_path: Path) -> None:
    async with serving(lambda _: magento.application()) as url, OriginClient((shop_at(url),)) as client:
        inspection = conclude(await gather(client, f"{url}/album.html"))
    (kind,) = tomllib.loads(written(inspection, tmp_path))["pages"]
    (slot,) = [slot for slot in kind["slots"] if "visitor" in slot["fill"]]
    assert (slot["at"], slot["all"]) == ("css:input[name='form_key']@value", True)


def difference(kind: Kind, where: str) -> Difference:
    return Difference(
        kind=kind,
        where=where,
        first="x\ny",
        second="z",
        why="text",
        first_at=Range(0, 1),
        second_at=Range(0, 1),
        proposal=f'freeze = ["{where}"]',
    )


async def test_what_is_undecided_is_told_and_not_decided(woo: Inspection, tmp_path: Path) -> None:
    kinds = {"css:.a": Kind.OTHER, "css:.b": Kind.TOKEN, "css:.c": Kind.NOISE}
    open_ones = tuple(difference(kind, where) for where, kind in kinds.items())
    text = written(replace(woo, differences=open_ones), tmp_path)
    assert "pages are relayed" in text
    assert '#   freeze = ["css:.a"]' in text
    assert "css:.b" in text
    assert "stored as first seen:\n#   css:.c" in text
    assert "freeze" not in tomllib.loads(text)["pages"][0]


async def test_pages_that_are_no_products_get_a_kind_before_theirs(woo: Inspection, tmp_path: Path) -> None:
    match = Pattern(("/c/*_*/",), ("/c/category/*", "/c/*_*/*/"), "a remark")
    text = written(replace(woo, match=match), tmp_path)
    kinds = tomllib.loads(text)["pages"]
    assert [(kind["name"], kind["match"], kind.get("ttl")) for kind in kinds] == [
        ("other-1", ["/c/category/*"], "0s"),
        ("other-2", ["/c/*_*/*/"], "0s"),
        ("product", ["/c/*_*/"], "10m"),
    ]
    assert "# a remark." in text


async def test_a_limit_of_the_shop_is_kept_well_under(woo: Inspection, tmp_path: Path) -> None:
    text = written(replace(woo, caching=replace(woo.caching, limit_per_minute=300)), tmp_path)
    assert tomllib.loads(text)["origins"][0]["pace"] == "150/m"
