from __future__ import annotations

from origin_adapters.feeds.item import BadItem, FeedBroken, Item, canonical, item


def test_patches_are_canonical_and_keep_what_is_said_to_be_none() -> None:
    made = item(3, "A", {"inventory": {"quantity": "12", "availability": "in stock", "restock_at": None}})
    assert made == Item(3, "A", {"inventory": {"quantity": 12, "availability": "InStock", "restock_at": None}})


def test_a_value_no_table_takes_makes_the_item_bad_and_names_its_field() -> None:
    made = item(3, "A", {"prices": {"amount": "-5"}, "products": {"name": "Chair"}})
    assert isinstance(made, BadItem)
    assert (made.line, made.key) == (3, "A")
    assert made.reason.startswith("prices.amount: ")
    assert "; " in made.reason


def test_an_item_that_states_nothing_is_bad() -> None:
    assert isinstance(item(3, "A", {}), BadItem)


def test_rows_of_declared_tables_hold_any_field() -> None:
    assert canonical("labels", {"eco": "yes", "old": None}) == {"eco": "yes", "old": None}


def test_a_broken_feed_names_its_line_if_there_is_one() -> None:
    assert str(FeedBroken(4, "it ends", "send it whole")) == "line 4: it ends; send it whole"
    assert str(FeedBroken(None, "it is empty", "fill it")) == "it is empty; fill it"
