from __future__ import annotations

import pytest

from edge.config.kinds import kind_specs
from edge.config.schema import Config, Origin, PageKind, SlotTable
from renderers.page import KindSpec, SlotSpec


def test_a_page_kind_becomes_what_the_renderers_need_of_it() -> None:
    slot = SlotTable(name="s", at="css:.p", fill="{{ prices.amount }}", each="css:li", sku="css:a@id", all=True)
    kind = PageKind(name="p", match=("/p/*",), sku="json-ld:sku", currency="EUR", slots=(slot,))
    want = SlotSpec(name="s", at="css:.p", fill="{{ prices.amount }}", each="css:li", sku="css:a@id", all=True)
    config = Config(origins=(Origin(url="http://a"),), pages=(kind,))
    assert kind_specs(config) == (KindSpec(name="p", sku="json-ld:sku", currency="EUR", slots=(want,)),)


def test_a_template_that_was_not_read_in_is_a_bug() -> None:
    kind = PageKind(name="p", match=("/p/*",), slots=(SlotTable(name="s", at="css:.p", template="x"),))
    with pytest.raises(ValueError, match="has not been read in"):
        kind_specs(Config(origins=(Origin(url="http://a"),), pages=(kind,)))
