"""Product pages written out in tests, read as inspect reads them."""

from __future__ import annotations

from renderers.inspect.facts import Facts, read_facts
from renderers.inspect.sample import read_sample

HOST = "http://shop.example"


def read(markup: str, path: str = "/product/cup") -> Facts:
    """One page of the shop at ``HOST``."""
    return read_facts(read_sample(HOST + path, markup.encode(), "text/html; charset=utf-8"))


def shop(template: str, *products: dict[str, str]) -> list[Facts]:
    """The pages of several products, all from one template. A product is at ``/product/NAME``."""
    return [read(template.format(**one), f"/product/{one['name']}") for one in products]
