from __future__ import annotations

import contextlib
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderers.targets import (
    CssTarget,
    JsonLdSku,
    JsonTarget,
    MetaSku,
    PathSku,
    SkuRule,
    Target,
    TargetError,
    parse_selector,
    parse_sku,
    parse_target,
)

LD = "script[type='application/ld+json']"


class Case(NamedTuple):
    at: str
    want: Target


CASES = [
    Case("css:.price", CssTarget(".price")),
    Case("css:.price, .amount", CssTarget(".price, .amount")),
    Case("css:meta[itemprop=price]@content", CssTarget("meta[itemprop=price]", "content")),
    Case("css:a[href='mailto:x@y.example']", CssTarget("a[href='mailto:x@y.example']")),
    Case("css:.card@Data-Price", CssTarget(".card", "data-price")),
    Case(f"json:{LD}#/offers/price", JsonTarget(LD, ("offers", "price"))),
    Case("json:script#state#/a/0", JsonTarget("script#state", ("a", "0"))),
    Case("json:script[data-x='#/a']#/b", JsonTarget("script[data-x='#/a']", ("b",))),
    Case("json:script#/a~1b/c~0d/~01", JsonTarget("script", ("a/b", "c~d", "~1"))),
    Case("json:script#/", JsonTarget("script", ("",))),
]


@pytest.mark.parametrize("case", CASES, ids=[case.at for case in CASES])
def test_a_target_is_read(case: Case) -> None:
    assert parse_target(case.at) == case.want


WRONG = [
    (".price", "write css:SELECTOR"),
    ("xpath://p", "write css:SELECTOR"),
    ("css:", "is not a CSS selector"),
    ("css:p[", "is not a CSS selector"),
    ("css:@content", "is not a CSS selector"),
    ("css:a@onclick", "is run by the browser"),
    ("css:iframe@SrcDoc", "is run by the browser"),
    ("json:script", "has no pointer"),
    ("json:#/a", "is not a CSS selector"),
    ("json:script#/a~2", "RFC 6901"),
]


@pytest.mark.parametrize(("at", "message"), WRONG, ids=[at for at, _ in WRONG])
def test_a_wrong_target_says_what_to_write(at: str, message: str) -> None:
    with pytest.raises(TargetError, match=message):
        parse_target(at)


SKUS: list[tuple[str, SkuRule]] = [
    ("json-ld:sku", JsonLdSku(("sku",))),
    ("json-ld:offers/0/sku", JsonLdSku(("offers", "0", "sku"))),
    ("json-ld:offers.sku", JsonLdSku(("offers", "sku"))),
    ("css:[data-sku]@data-sku", CssTarget("[data-sku]", "data-sku")),
    ("path:/p/([^/]+)", PathSku("/p/([^/]+)")),
    ("meta:product:retailer_item_id", MetaSku("product:retailer_item_id")),
]


@pytest.mark.parametrize(("spec", "want"), SKUS, ids=[spec for spec, _ in SKUS])
def test_a_sku_setting_is_read(spec: str, want: SkuRule) -> None:
    assert parse_sku(spec) == want


@pytest.mark.parametrize("spec", ["sku", "json-ld:", "path:(", "css:p[", "header:x"])
def test_a_wrong_sku_setting_is_refused(spec: str) -> None:
    with pytest.raises(TargetError):
        parse_sku(spec)


@pytest.mark.parametrize("at", ["css:.card@data-x", "json:script#/a", ".card"])
def test_each_names_elements_only(at: str) -> None:
    with pytest.raises(TargetError):
        parse_selector(at)


@given(st.text(max_size=30))
def test_anything_written_is_a_target_or_a_target_error(text: str) -> None:
    for prefix in ("css:", "json:", "", "path:", "meta:"):
        for parse in (parse_target, parse_selector, parse_sku):
            with contextlib.suppress(TargetError):
                assert parse(prefix + text) is not None
