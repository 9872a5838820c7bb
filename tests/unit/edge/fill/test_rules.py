"""The operator's decisions as the filler reads them."""

from __future__ import annotations

from edge.fill.rules import FillRules, OriginRule
from edge.policy.key import KeyRule


def test_an_origin_that_nothing_is_said_of_is_treated_like_any() -> None:
    rules = FillRules(keys={"shop": KeyRule(origin="shop")}, origins={"shop": OriginRule(pace=5.0)})
    assert rules.origin("shop").pace == 5.0
    assert rules.origin("other") == OriginRule()
