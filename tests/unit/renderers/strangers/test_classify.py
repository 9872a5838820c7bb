"""Every trap that real shops set, by name: what differs, and what it is."""

from __future__ import annotations

import base64
import gzip
from typing import NamedTuple

import pytest

from renderers.compare import Difference, Kind, View, compare

SECRET, OTHER_SECRET = "Wq3eRt5yUi0pAsDfGhJkLzXcVbNm1234", "zZ9xXcCvVbBnNmMaAsSdDfFgGhHjJkK1"
SESSION, OTHER_SESSION = "9f86d081884c7d659a2feaa0c55ad015", "60303ae22b998861bce3b28f33eec1be"
MASKED = "bdfhjlnprtvxzBDFHJLNPRTVXZ02468aXt8l0EiNbBlMZT6KdQkXqgGXI0DeVY14"
OTHER_MASKED = "acegikmoqsuwyACEGIKMOQSUWY13579bz1dD5mOJbtVJbMeE60sPhVn0s5ycEhJ2"
COOKIES = {"csrftoken": SECRET, "sessionid": SESSION, "lang": "en-GB", "basket": "3"}
OTHER_COOKIES = {"csrftoken": OTHER_SECRET, "sessionid": OTHER_SESSION, "lang": "en-GB", "basket": "5"}


def found(first: str, second: str) -> tuple[Difference, ...]:
    views = (
        View(body=f"<html><body><main>{html}</main></body></html>".encode(), cookies=cookies)
        for html, cookies in ((first, COOKIES), (second, OTHER_COOKIES))
    )
    return compare(*views).differences


class Trap(NamedTuple):
    """A pattern with ``%`` where the strangers' values stand."""

    id: str
    html: str
    first: str
    second: str
    where: str = ""
    why: str = ""
    cookie: str | None = None

    def compared(self) -> tuple[Difference, ...]:
        return found(self.html.replace("%", self.first), self.html.replace("%", self.second))


TOKENS = [
    Trap("a double-submit token", "<input type=hidden name=csrf_token value=%>", SECRET, OTHER_SECRET,
         "css:input[name='csrf_token']@value", "value of the cookie csrftoken", "csrftoken"),
    Trap("a token masked as Django does", '<input type="hidden" name="csrfmiddlewaretoken" value="%">', MASKED,
         OTHER_MASKED, "css:input[name='csrfmiddlewaretoken']@value", "value of the cookie csrftoken", "csrftoken"),
    Trap("a masked token in a script", "<script>var cfg = {\"csrf\": \"%\"};</script>", MASKED, OTHER_MASKED,
         "json:script#/csrf", "value of the cookie csrftoken", "csrftoken"),
    Trap("a token of the session, known by its field", "<input type=hidden name=form_key value=%>",
         "ZPYrs7QDBxWjsnQK", "k9JHc7dPp3LmWq2x", "css:input[name='form_key']@value", "hidden field form_key"),
    Trap("a random value in a hidden field without a telling name", "<input type=hidden name=_x value=%>",
         "ZPYrs7QDBxWjsnQK", "k9JHc7dPp3LmWq2x", "css:input[name='_x']@value", "hidden field _x"),
    Trap("a token in a meta", "<meta name=csrf-token content='%='>", "ZPYrs7QDBxWjsnQK", "k9JHc7dPp3LmWq2x",
         "css:meta[name='csrf-token']@content", "token by its name"),
    Trap("a nonce of a script", '<script nonce="%">f()</script>', "dGhpcyBpcyBh", "bm90aGVyIG9u", "css:script@nonce"),
    Trap("a nonce in a script", "<script>wp = {\"ajax\": {\"nonce\": \"%\"}}</script>", "a1b2c3d4e5", "f6a7b8c9d0",
         "json:script#/ajax/nonce", "token by its name"),
    Trap("a session id in a state", "<script id=state type='application/json'>{\"s\":{\"id\":\"%\"},\"n\":1}</script>",
         SESSION, OTHER_SESSION, "json:script[type='application/json']#/s/id", "cookie sessionid", "sessionid"),
    Trap("a session cookie in a text", "<p class=trace>%</p>", SESSION, OTHER_SESSION, "css:.trace",
         "value of the cookie sessionid", "sessionid"),
    Trap("a session id in links", "<a href='/p?PHPSESSID=%&amp;x=1'>x</a>", SESSION, OTHER_SESSION, "css:a@href",
         "has the value of the cookie sessionid in it", "sessionid"),
    Trap("a session id in code", "<script>start('%')</script>", SESSION, OTHER_SESSION, "css:script",
         "value of the cookie sessionid", "sessionid"),
    Trap("a session id in a comment", "<p>x</p><!-- session % -->", SESSION, OTHER_SESSION, "css:main",
         "has the value of the cookie sessionid in it", "sessionid"),
    Trap("a session id as an id", "<i id='%'></i>", SESSION, OTHER_SESSION, "css:i@id", "cookie",
         "sessionid"),
    Trap("a session id in base64", "<i data-state='%'></i>",
         base64.b64encode(f'{{"s":"{SESSION}"}}'.encode()).decode(),
         base64.b64encode(f'{{"s":"{OTHER_SESSION}"}}'.encode()).decode(), "css:i@data-state", "in it", "sessionid"),
    Trap("a nonce in a link", "<a href='/add?id=1&_wpnonce=%'>x</a>", "a1b2c3d4e5", "f6a7b8c9d0", "css:a@href",
         "parameter _wpnonce"),
]  # fmt: skip

NOISE = [
    Trap("a uniqid", "<div class=tab id='tab-%'>x</div>", "65f1a2b3c4d5e", "65f1a2b3c9f01", "css:.tab@id"),
    Trap("a uniqid that a label refers to", "<label for=q%>x</label>", "65f1a2b3c4d5e", "65f1a2b3c9f01",
         "css:label@for", "generated id"),
    Trap("a uniqid that an aria attribute refers to", "<i aria-labelledby='a b%'></i>", "65f1a2b3c4d5e",
         "65f1a2b3c9f01", "css:i@aria-labelledby", "generated id"),
    Trap("a uniqid that a link refers to", "<a href='#c%'>x</a>", "65f1a2b3c4d5e", "65f1a2b3c9f01", "css:a@href",
         "generated id"),
    Trap("a uniqid in a data attribute", "<i data-block='b%'></i>", "65f1a2b3c4d5e", "65f1a2b3c9f01",
         "css:i@data-block", "generated"),
    Trap("a counter in an id", "<i id='select2-%-x'></i>", "9", "12", "css:i@id", "generated id"),
    Trap("a generated class", "<i class='a css-%'></i>", "1q2w3e4r", "5t6z7u8i", "css:.a@class", "generated class"),
    Trap("a time", "<p class=made>Page made 12:30:% on 1 May 2024</p>", "01", "02", "css:.made", "a time"),
    Trap("a product created recently", "<p class=recently-created>Added % ago</p>", "3 minutes", "4 minutes",
         "css:.recently-created", "a time"),
    Trap("a time in an attribute", "<time datetime='2024-05-01T12:30:%Z'>x</time>", "01", "02", "css:time@datetime"),
    Trap("a time in a state", "<script>s = {\"now\": %}</script>", "1714566601", "1714566602", "json:script#/now"),
    Trap("how long a page took", "<p>x</p><!-- generated in %s by web-1 -->", "0.12", "0.3", "css:main", "a comment"),
    Trap("the place in a list", "<i data-position=%></i>", "1", "2", "css:i@data-position", "place in a list"),
    Trap("a number that keeps a pixel out of caches", "<img src='https://ads.example/p.gif?a=1&rnd=%'>", "8372612345",
         "9918273645", "css:img@src", "out of caches"),
    Trap("blank space", "<p>x</p>%<p>y</p>", "\n", "\n\n  ", "css:main", "blank space"),
    Trap("blank space in a text", "<p>x %y</p>", " ", "\n", "css:p", "written otherwise"),
    Trap("attributes in another order", "<i %></i>", "a=1 b='2'", 'b="2" a="1"', "css:i", "written otherwise"),
    Trap("an entity", "<p>a%b</p>", "&amp;", "&#38;", "css:p", "written otherwise"),
    Trap("members in another order", "<script>s = {%}</script>", '"a": 1, "b": 2', '"b": 2, "a": 1', "css:script"),
]  # fmt: skip

OTHERS = [
    Trap("a basket's count", "<a class=cart href=/cart>% items</a>", "0", "3", "css:.cart", "text in <a>"),
    Trap("a basket's count for screen readers", "<a href=/cart aria-label='Cart, % items'>x</a>", "0", "3",
         "css:a@aria-label"),
    Trap("a basket's count in a data attribute", "<i data-count=%></i>", "0", "3", "css:i@data-count"),
    Trap("a basket in a state", "<script>s={\"cart\":{\"n\":%}}</script>", "0", "3", "json:script#/cart/n"),
    Trap("a basket that one does not have", "<div class=top>%</div>", "", "<div class=mini>Thing</div>", "css:.top",
         "the first page does not have"),
    Trap("a price", "<p class=price>%</p>", "€10.99", "€9.99", "css:.price", "amount of money"),
    Trap("a currency", "<p class=price>%</p>", "€10.00", "$12.00", "css:.price", "amount of money"),
    Trap("a currency's name", "<p class=cur>%</p>", "EUR", "USD", "css:.cur", "text in <p>"),
    Trap("a price in microdata", "<meta itemprop=price content=%>", "10.99", "9.99",
         "css:meta[itemprop='price']@content"),
    Trap("a stock count that moved", "<p class=stock>% left</p>", "5", "4", "css:.stock", "quantity"),
    Trap("a class of an experiment", "<div class='hero hero-%'>x</div>", "a", "b", "css:.hero@class", "experiment"),
    Trap("a class of an experiment with a version", "<div class='hero exp12-%'>x</div>", "v1", "v2", "css:.hero@class"),
    Trap("an attribute of an experiment", "<div class=hero data-variant=%>x</div>", "a1b2c3", "d4e5f6",
         "css:.hero@data-variant"),
    Trap("a tracking pixel with the visitor's id", "<img src='https://ads.example/p.gif?uid=%'>", "8372612345",
         "9918273645", "css:img@src"),
    Trap("another host", "<a href='https://%/p/1'>x</a>", "web-1.internal", "web-2.internal", "css:a@href",
         "names another host (web-1.internal, web-2.internal)"),
    Trap("another image server", "<img src='//img%.shop.example/a.png'>", "1", "2", "css:img@src", "another host"),
    Trap("a name without a greeting", "<p class=me>%</p>", "Anna", "Berta", "css:.me"),
    Trap("a name in a comment", "<p>x</p><!-- for % -->", "Anna", "Berta", "css:main", "comment that says something"),
    Trap("a month's name for a name", "<p>x</p><!-- for % -->", "Jan", "April", "css:main"),
    Trap("a nickname in a data attribute", "<i data-x=%></i>", "anna77", "berta12", "css:i@data-x"),
    Trap("a nickname for an id", "<i id=%></i>", "anna77", "berta12", "css:i@id"),
    Trap("a name in base64", "<i data-x=%></i>", "QW5uYSBTbWl0aDE3", "QmVydGEgTWlsbGVy", "css:i@data-x"),
    Trap("a user's number in an id", "<i id='user-%'></i>", "17", "18", "css:i@id"),
    Trap("a customer's number in a data attribute", "<i data-ref=%></i>", "100017", "100018", "css:i@data-ref"),
    Trap("a visitor's last visit", "<p class=v>Your last visit: %</p>", "2024-05-01", "2024-05-02", "css:.v"),
    Trap("a value of a visible field", "<input name=qty value=%>", "1", "2", "css:input[name='qty']@value"),
    Trap("words in a hidden field", "<input type=hidden name=group value=%>", "retail", "wholesale",
         "css:input[name='group']@value"),
    Trap("a choice", "<option value=eur%>EUR</option>", " selected", "", "css:option", "on one page only"),
    Trap("a short cookie's value", "<i data-index=%></i>", "3", "5", "css:i@data-index", "cookie basket"),
    Trap("an attribute that is there twice", "<i a=1 a=%></i>", "x", "y", "css:i"),
    Trap("an event handler", "<a onclick='f(%)'>x</a>", "17", "18", "css:a"),
    Trap("a style", "<style>.a{order:%}</style>", "1", "2", "css:style", "a style"),
    Trap("other code", "<script>%</script>", "f()", "f(); g(1)", "css:script", "more than single values"),
    Trap("a list of another length", "<script>s = {\"a\": [%]}</script>", "1", "1, 2", "css:script"),
    Trap("another element", "<div class=top>%</div>", "<a>x</a>", "<b>y</b>", "css:.top", "do not correspond"),
]  # fmt: skip

PERSONAL = [
    Trap("a greeting", "<p class=hi>Hello, <b>%</b>!</p>", "Anna", "Berta", "css:b", "it speaks to"),
    Trap("a greeting of one of them", "<p class=hi>%</p>", "Sign in", "Willkommen zurück, Berta!", "css:.hi", "Berta"),
    Trap("a signed-in name", "<p class=hi>Logged in as %</p>", "Anna", "Berta Miller", "css:.hi", "it speaks to"),
    Trap("an e-mail address", "<p class=mail>%</p>", "anna@example.com", "berta@example.com", "css:.mail",
         "e-mail address"),
    Trap("an e-mail address in an attribute", "<input name=e value=%>", "anna@example.com", "",
         "css:input[name='e']@value", "e-mail address"),
    Trap("an e-mail address in a state", "<script>s={\"m\":\"%\"}</script>", "anna\\u0040example.com",
         "berta\\u0040example.com", "json:script#/m", "e-mail address"),
    Trap("an order's number", "<p class=o>Order #%</p>", "100017", "100018", "css:.o", "order or customer number"),
    Trap("an order's number in an element of its own", "<p>Your order no. <b>%</b></p>", "R-100017", "R-100018",
         "css:b", "order or customer number"),
    Trap("an e-mail address in a block", "<div class=top>%</div>", "", "<p>You</p><p>berta@example.com</p>", "css:.top",
         "e-mail address"),
    Trap("an e-mail address in a comment", "<!-- %@example.com -->", "a1", "b2", "css:main", "e-mail address"),
]  # fmt: skip


def named(traps: list[Trap]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("trap", traps, ids=[trap.id for trap in traps])


def the_one(trap: Trap, kind: Kind) -> Difference:
    (difference,) = trap.compared()
    assert (difference.kind, difference.where) == (kind, trap.where)
    assert trap.why in difference.why
    return difference


@named(TOKENS)
def test_a_visitors_secret_is_a_token(trap: Trap) -> None:
    assert the_one(trap, Kind.TOKEN).cookie == trap.cookie


@named(NOISE)
def test_what_is_nobodys_is_noise(trap: Trap) -> None:
    the_one(trap, Kind.NOISE)


@named(OTHERS)
def test_what_may_be_somebodys_is_other(trap: Trap) -> None:
    assert not the_one(trap, Kind.OTHER).personal


@named(PERSONAL)
def test_personal_data_that_differs_always_refuses(trap: Trap) -> None:
    difference = the_one(trap, Kind.OTHER)
    assert difference.personal
    assert difference.proposal.startswith("#")


CARDS = [f"<li class=card><a href=/p/{i}>Book {i}</a> <b>€{i}.99</b></li>" for i in range(5)]


def test_related_products_in_another_order_are_noise() -> None:
    (difference,) = found(f"<ul>{''.join(CARDS)}</ul>", f"<ul>{''.join(CARDS[::-1])}</ul>")
    assert (difference.kind, difference.where) == (Kind.NOISE, "css:ul")


def test_other_related_products_are_not() -> None:
    differences = found(f"<ul>{''.join(CARDS[:4])}</ul>", f"<ul>{''.join(CARDS[1:])}</ul>")
    assert {difference.kind for difference in differences} == {Kind.OTHER}


@pytest.mark.parametrize(
    "lists", [("<li>Empty", "<li>Thing, €5<li>Other, €6"), ("<li>Book<li>Map", "<li>Lamp<li>Chair<li>Map")]
)
def test_lists_of_the_visitors_own_are_other(lists: tuple[str, str]) -> None:
    differences = found(*(f"<ul class=mini>{items}</ul>" for items in lists))
    assert {difference.kind for difference in differences} == {Kind.OTHER}


def test_items_of_a_state_in_another_order_are_noise() -> None:
    state = "<script>s = [%s]</script>"
    (difference,) = found(state % '{"id": 1}, {"id": 2}', state % '{"id": 2}, {"id": 1}')
    assert difference.kind is Kind.NOISE


def test_tokens_inside_shuffled_blocks_stay_tokens() -> None:
    def cards(token: str) -> list[str]:
        return [f"<li>Book {i}<input type=hidden name=csrf value={token}></li>" for i in range(3)]

    differences = found("".join(cards(SECRET)), "".join(cards(OTHER_SECRET)[::-1]))
    kinds = [difference.kind for difference in differences]
    assert sorted(kind.value for kind in kinds) == ["noise", "token", "token", "token"]
    assert {d.slot.at for d in differences if d.slot} == {"css:input[name='csrf']@value"}


def test_what_refers_to_a_generated_id_is_noise_wherever_it_stands() -> None:
    page = (
        "<div id=slider-%></div><style>#slider-% a { color: red }</style><script>new Slider('#slider-%');</script>"
        "<a onclick=\"show('slider-%')\" data-target='#slider-%'>x</a>"
    )
    differences = found(page.replace("%", "5f3e1c"), page.replace("%", "9ab2d4"))
    assert [difference.kind for difference in differences] == [Kind.NOISE] * 5


def test_an_e_mail_address_that_both_see_is_the_shops() -> None:
    page = "<p class=x>% Write to shop@example.com</p>"
    (difference,) = found(page.replace("%", "One."), page.replace("%", "Two."))
    assert not difference.personal


def test_a_cookie_that_both_hold_alike_is_no_secret() -> None:
    first, second = (
        View(body=f"<p>site-default-en made 12:30:0{n}</p>".encode(), cookies={"site": "default-en"}) for n in (1, 2)
    )
    assert [difference.kind for difference in compare(first, second).differences] == [Kind.NOISE]


def test_compressed_bodies_are_other() -> None:
    one, two = (View(body=gzip.compress(text.encode(), mtime=0)) for text in ("<p>1</p>" * 9, "<p>2</p>" * 9))
    assert {difference.kind for difference in compare(one, two).differences} == {Kind.OTHER}


def test_pages_that_are_not_in_their_charset_are_other() -> None:
    (difference,) = compare(View(body=b"\x1b$B\xff", charset="iso2022_jp"), View(body=b"x")).differences
    assert difference.kind is Kind.OTHER
