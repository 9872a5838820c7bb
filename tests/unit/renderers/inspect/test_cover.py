from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from renderers.inspect.cover import Cover, Scope, cover, hits, value_at
from renderers.inspect.places import Field, Form, Place
from renderers.locate import parse, select


def scope(
    markup: str, right: str, *, inside: str = "", fill: str = "{{ prices.amount }}", harmless: bool = False
) -> Scope:
    """A page whose right places are what a selector finds."""
    tree: LexborHTMLParser = parse(markup.encode())
    places = [Place(Field.PRICE, Form.TEXT, node, inside, "", fill) for node in select(tree, right)]
    return Scope(tree, {place.spot: place for place in places}, lambda _node, _inside: harmless)


def targets(found: Cover) -> list[tuple[str, list[int]]]:
    return [(target.at, sorted(target.places)) for target in found.targets]


def test_one_target_covers_the_place_on_every_page() -> None:
    page = "<div class=buy><b class=price>$%d</b></div><div class=card><b class=price>$9</b></div>"
    found = cover([scope(page % 5, ".buy b"), scope(page % 6, ".buy b")])
    assert targets(found) == [("css:.buy .price", [0, 1])]
    assert found.left == ()


def test_pages_that_say_it_differently_get_a_target_each() -> None:
    plain = "<div class=buy><p class=price><span class=amount>$5</span></p></div>"
    sale = "<div class=buy><p class=price><del><span class=amount>$9</span></del><ins>"
    sale += "<span class=amount>$5</span></ins></p>"
    found = cover([scope(plain, "span"), scope(sale, "ins span")])
    assert [at for _, at in targets(found)] == [[0], [1]]
    assert found.left == ()


def test_a_target_that_also_hits_something_else_is_none() -> None:
    found = cover([scope("<p><b>$5</b></p>", "b"), scope("<p><b>$7</b></p>", "no-such-element")])
    assert found.targets == ()
    assert [index for index, _ in found.left] == [0]


def test_a_hit_that_says_nothing_does_no_harm() -> None:
    found = cover([scope("<p class=x><b>$5</b></p>", "b"), scope("<p class=x><b></b></p>", "i", harmless=True)])
    assert targets(found) == [("css:.x b", [0])]


def test_no_two_targets_share_a_place() -> None:
    page = "<div class=a><b class=price>$5</b></div><div class=b><b class=price>$5</b></div>"
    found = cover([scope(page, "b"), scope(page, "b")])
    assert targets(found) == [("css:.a .price", [0, 1]), ("css:.b .price", [0, 1])]


def test_places_that_are_filled_differently_share_no_target() -> None:
    markup = "<div class=x><b class=price>$5</b></div>"
    found = cover([scope(markup, "b"), scope(markup, "b", fill="{{ prices.list_amount }}")])
    assert found.targets == ()


def test_a_script_that_cannot_be_read_is_no_place_to_point_into() -> None:
    good, bad = '<script class=s>a = {"price": 5}</script>', "<script>b = {price: 5}</script>"
    found = cover([scope(good + bad, ".s", inside="#/price")])
    assert targets(found) == [("json:script.s#/price", [0])]


def test_what_stands_in_a_place() -> None:
    (script, bold) = select(parse(b'<script>a = {"b": ["c"]}</script><b title="d"><i>e</i></b>'), "script, b")
    assert [value_at(script, "#/b/0"), value_at(bold, "@title"), value_at(bold, "")] == ["c", "d", "<i>e</i>"]


blocks = st.tuples(
    st.sampled_from(["a", "b", "a b", ""]), st.sampled_from(["price", "was", "price was"]), st.booleans()
)


@given(st.lists(st.lists(blocks, max_size=4), min_size=1, max_size=3))
def test_targets_hit_right_places_once_and_no_place_twice(pages: list[list[tuple[str, str, bool]]]) -> None:
    scopes = [
        scope(
            "".join(
                f'<div class="{outer}"><b class="{inner}"{" data-right" if right else ""}>$5</b></div>'
                for outer, inner, right in page
            ),
            "[data-right]",
        )
        for page in pages
    ]
    found = cover(scopes)
    covered = [(index, place.spot) for target in found.targets for index, place in target.places.items()]
    left = [(index, place.spot) for index, place in found.left]
    assert sorted(covered + left) == sorted((index, spot) for index, one in enumerate(scopes) for spot in one.right)
    for target in found.targets:
        for index, one in enumerate(scopes):
            expected = [target.places[index].node.mem_id] if index in target.places else []
            assert [node.mem_id for node in hits(one.root, target.at.removeprefix("css:"), "")] == expected


def test_two_places_in_a_card_need_a_target_each() -> None:
    (card,) = select(parse(b"<li><p><b class=price>$5</b></p><i><b class=price>$5</b></i></li>"), "li")
    places = [Place(Field.PRICE, Form.TEXT, node, "", "", "x") for node in select(card, "b")]
    found = cover([Scope(card, {place.spot: place for place in places}, lambda _node, _inside: False)])
    assert [len(target.places) for target in found.targets] == [1, 1]
    assert all(len(list(hits(card, target.at.removeprefix("css:"), ""))) == 1 for target in found.targets)
