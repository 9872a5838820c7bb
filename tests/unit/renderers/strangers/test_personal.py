from __future__ import annotations

import time

import pytest

from renderers.strangers.personal import personal, somebodys, visible_lines

ALWAYS = [
    ("<p>Hello, Anna</p>", "Anna"),
    ("<p>Hello, <b>Anna</b>!</p>", "Anna"),
    ("<header>Hi, <span>Anna</span>! <a>Log out</a></header>", "Anna"),
    ("<li class=greet>Welcome, Veronica Costello!</li>", "Veronica Costello"),
    ("<li>Welcome back, O'Neill</li>", "O'Neill"),
    ("<p>Hallo Jürgen!</p>", "Jürgen"),
    ("<p>Guten Tag, Frau Müller.</p>", "Frau Müller"),
    ("<p>Bonjour, Zoé</p>", "Zoé"),
    ("<p>Logged in as <em>Anna</em></p>", "Anna"),
    ("<p>Signed in as anna@example.com</p>", "anna@example.com"),
    ("<p>Angemeldet als: Berta</p>", "Berta"),
    ("<a>My account: Anna Smith</a>", "Anna Smith"),
    ("<a>Mein Konto (Berta)</a>", "Berta"),
    ("<p>Hello Anna (not Anna? <a>Log out</a>)</p>", "Anna"),
    ("<p>Hello,\n    Anna\n</p>", "Anna"),
]

NEVER = [
    "<p>Hello, world!</p>",
    "<p>Hello, Guest</p>",
    "<p>Hallo Gast!</p>",
    "<p>Hello! Sign in or register</p>",
    "<p>Welcome to Our Shop</p>",
    "<p>Welcome, Dear Customers!</p>",
    "<h1>Hello Kitty Mug</h1>",
    "<h1>Hello Kitty!</h1>",
    "<h2>Hello, Summer!</h2>",
    "<p>Hi there, Anna wrote this review</p>",
    "<p>Hi, I bought this for my son. Great!</p>",
    "<a>My account</a><a>Orders</a>",
    "<a>My Account: Orders</a>",
    "<p>Not Sure? Ask us</p>",
    "<p>Delphi, Greece</p>",
    "<p>Write to shop@example.com about order no. 100017</p>",
    "<script>say('Hello, Anna')</script><!-- Hello, Anna -->",
    f"<p>{'A long review that goes on. ' * 5}Hello, Anna!</p>",
]


@pytest.mark.parametrize(("source", "name"), ALWAYS)
def test_a_greeting_by_name_is_personal_whoever_sees_it(source: str, name: str) -> None:
    (finding,) = personal(source.encode("cp1252"), "cp1252")
    assert repr(name) in finding.why
    assert name in finding.text


@pytest.mark.parametrize("source", NEVER)
def test_what_a_shop_says_to_everybody_is_not(source: str) -> None:
    assert personal(source.encode(), "utf-8") == ()


DIFFERING = [
    ("a@example.com", "b@example.com", "e-mail address"),
    ("x", "Write to b@example.com", "e-mail address"),
    ("Order #100017", "Order #100018", "order or customer number"),
    ("Bestellnr. 100017", "", "order or customer number"),
    ("Hello, Anna", "Sign in", "speaks to 'Anna'"),
]


@pytest.mark.parametrize(("first", "second", "why"), DIFFERING)
def test_what_only_one_of_two_texts_has_is_personal(first: str, second: str, why: str) -> None:
    for pair in ((first, second), (second, first)):
        found = somebodys(*pair)
        assert found is not None
        assert why in found.why


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Write to shop@example.com. 1", "Write to shop@example.com. 2"),
        ("Order no. 100017, 3 left", "Order no. 100017, 2 left"),
        ("Size 12", "Size 13"),
        ("Chair", "Table"),
    ],
)
def test_what_both_have_is_the_shops(first: str, second: str) -> None:
    assert somebodys(first, second) is None


def test_lines_are_what_inline_elements_do_not_end() -> None:
    source = b"<p>a <b>b</b>\nc</p><div>d<br>e</div><script>f</script><!-- g -->h &amp; i"
    assert list(visible_lines(source)) == ["a b c", "d", "e", "h & i"]


@pytest.mark.parametrize(
    "text",
    ["<!-- " * 100_000, "Hello, Anna " * 40_000, "a@" * 100_000, "1" * 300_000, "order " * 80_000, " " * 500_000],
)
def test_no_page_takes_long(text: str) -> None:
    started = time.process_time()
    personal(text.encode(), "utf-8")
    somebodys(text, f"{text} x")
    assert time.process_time() - started < 3
