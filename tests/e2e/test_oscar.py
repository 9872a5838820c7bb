"""A real shop behind the edge: django-oscar, unchanged, filled by its own importers, with prices from the tables."""

from __future__ import annotations

import csv
import http.client
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import pytest
from PIL import Image

from edge.config.kinds import kind_specs
from edge.config.load import load
from loadtest.processes import environment, free_port, running
from loadtest.visiting import Operator, Reply, get
from renderers.cut import compile_page
from renderers.fragments import Scope, compile_fill, fragment
from renderers.page import Page, Slot, Values, origin_bytes
from renderers.sinks import to_bytes

pytestmark = pytest.mark.oscar

HERE = Path(__file__).parent / "oscar"
CONFIG = HERE / "vitrine.toml"
VITRINE = str(Path(sys.executable).with_name("vitrine"))
TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]*')
MINUTE = re.compile(r'(?<=<meta name="created" content=")[^"]*')


class Product(NamedTuple):
    """A line of the imported catalogue, and where Oscar shows it."""

    upc: str
    title: str
    price: str
    quantity: int
    path: str


def catalogue() -> dict[str, Product]:
    """By title. Oscar numbers products in the order of the import and redirects to the whole path of a product."""
    with (HERE / "catalogue.csv").open(newline="") as lines:
        rows = list(csv.reader(lines))
    return {
        row[3]: Product(row[2], row[3], row[7], int(row[8]), f"/catalogue/{slug}_{number}/")
        for number, (row, slug) in enumerate(zip(rows, SLUGS, strict=True), start=1)
    }


SLUGS = (
    "practical-django-projects",
    "97-things-every-programmer-should-know",
    "crime-punishment-unabridged",
    "die-verwandlung-the-metamorphosis-fur-anfanger",
    "lounge-chair-in-walnut",
    "refectory-table-for-twelve",
    "desk-lamp",
    "lampshade-sample",
)
PRODUCTS = catalogue()
BOOK = PRODUCTS["Practical Django Projects"]
SOLD_OUT = PRODUCTS["Die Verwandlung / The Metamorphosis: für Anfänger"]
CHAIR = PRODUCTS["Lounge Chair in Walnut"]
TABLE = PRODUCTS["Refectory Table for Twelve"]
LAMP = PRODUCTS["Desk Lamp"]
GIVEAWAY = PRODUCTS["Lampshade Sample"]
ADD_CHAIR = "/basket/add/5/"
CATEGORY = "/catalogue/category/home_4/"


@dataclass(slots=True)
class Shop:
    """Oscar in a process of its own. ``scratch`` holds its database, its pictures and its log."""

    scratch: Path
    port: int = field(default_factory=free_port)
    _running: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *words: str) -> list[str]:
        """The command line of one of its management commands."""
        return ["env", f"SHOP_DATA={self.scratch}", sys.executable, str(HERE / "manage.py"), *words]

    def do(self, *words: str) -> None:
        """Carry out a management command."""
        subprocess.run(self.manage(*words), check=True, env=environment(), capture_output=True, timeout=60)

    def start(self) -> None:
        command = self.manage("runserver", f"127.0.0.1:{self.port}", "--noreload", "--insecure")
        self._running.enter_context(running(command, log=self.scratch / "log", ready_url=f"{self.url}/catalogue/"))

    def stop(self) -> None:
        self._running.close()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """For as long as the block."""
        self.stop()
        try:
            yield
        finally:
            self.start()


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge in front of the shop."""

    url: str
    admin_url: str
    data: Path

    def get(self, product: Product, **headers: str) -> Reply:
        return get(self.url, product.path, headers)

    def put(self, table: str, product: Product, row: Values) -> None:
        Operator(self.admin_url, self.data).put(table, product.upc, dict(row))

    def do(self, *words: str) -> str:
        """What a command line about this edge prints."""
        command = [VITRINE, words[0], *words[1:], "--admin", self.admin_url, "--data", str(self.data)]
        done = subprocess.run(command, check=True, env=environment(), capture_output=True, text=True, timeout=60)
        return done.stdout


@contextmanager
def edge_before(shop: Shop, scratch: Path, config: Path) -> Iterator[Edge]:
    started = Edge(f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}", scratch / "data")
    command = [
        *(VITRINE, "serve", "--config", str(config), "--origin", shop.url, "--data", str(started.data)),
        *("--listen", urlsplit(started.url).netloc, "--admin", urlsplit(started.admin_url).netloc),
    ]
    with running(command, log=scratch / "log", ready_url=f"{started.admin_url}/readyz"):
        yield started


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    started = Shop(tmp_path_factory.mktemp("oscar"))
    started.do("migrate", "--run-syncdb")
    started.do("oscar_import_catalogue", str(HERE / "catalogue.csv"))
    started.do("oscar_import_catalogue_images", str(pictures(started.scratch / "pictures")))
    started.start()
    yield started
    started.stop()


def pictures(folder: Path) -> Path:
    """One picture for each product, named by its UPC as Oscar's importer wants it."""
    folder.mkdir()
    for number, product in enumerate(PRODUCTS.values()):
        Image.new("RGB", (480, 400), (30 * number, 120, 200)).save(folder / f"{product.upc}.png")
    return folder


@pytest.fixture(scope="module")
def edge(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    with edge_before(shop, tmp_path_factory.mktemp("edge"), CONFIG) as started:
        yield started


def compiled(body: bytes, product: Product) -> Page:
    """The page as the renderers cut it on their own; nothing of it may be refused or missing."""
    kind = next(kind for kind in kind_specs(load(CONFIG)) if kind.name == "product")
    result = compile_page(body, kind, content_type="text/html; charset=utf-8", url_path=product.path)
    assert (result.refused, result.absent) == ((), ())
    return result.page


def fetched(url: str) -> bytes:
    """The body as it comes, not as text."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().read()
    finally:
        connection.close()


def settled(body: bytes) -> bytes:
    """The body without what two fetches of Oscar's page differ in: the visitor's token, and the minute of the fetch."""
    text = body.decode()
    assert len(TOKEN.findall(text)) >= 2
    assert len(MINUTE.findall(text)) == 1
    return MINUTE.sub("MINUTE", TOKEN.sub("TOKEN", text)).encode()


def rows_of(page: Page) -> dict[str, Values]:
    return {reading.table: reading.values for reading in page.readings}


def filled(page: Page, slot: Slot) -> bytes:
    """The slot printed by its fill from what the page itself says; the visitor's token stays the origin's."""
    if slot.visitor:
        return slot.origin
    scope = Scope(rows_of(page), None, None)
    return to_bytes(slot.sink, fragment(compile_fill(slot.fill), slot.sink, slot.learnt, scope), page.charset)


class Shown(NamedTuple):
    """What a product page says, read in each place on its own."""

    price: str
    price_table: list[str]
    stock: str
    stock_class: str
    stock_table: str


def shown(page: str) -> Shown:
    def one(pattern: str) -> str:
        found: list[str] = re.findall(pattern, page, re.DOTALL)
        assert len(found) == 1, pattern
        return found[0].strip()

    return Shown(
        one(r'<p class="price_color">(.*?)</p>'),
        re.findall(r"<th>Price \(..cl\. tax\)</th><td>(.*?)</td>", page),
        one(r'<p class="[a-z]+ availability">.*?</i>(.*?)</p>'),
        one(r'<p class="([a-z]+) availability">'),
        one(r"<th>Availability</th>\s*<td>(.*?)</td>"),
    )


def tokens(page: str) -> set[str]:
    return set(TOKEN.findall(page))


def cookie(reply: Reply, name: str) -> str:
    match = re.match(rf"{name}=([^;]*)", reply.fields.get("set-cookie", ""))
    assert match is not None, reply.fields
    return match[1]


def form(token: str, quantity: int = 1) -> dict[str, str]:
    """The fields of the form below the price."""
    return {"csrfmiddlewaretoken": token, "quantity": str(quantity)}


def post(url: str, path: str, fields: Mapping[str, str], cookies: str) -> tuple[int, list[str]]:
    """Status, and the cookies set, of a form that a browser sends."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies, "Origin": url}
    try:
        connection.request("POST", path, urlencode(fields), headers)
        response = connection.getresponse()
        response.read()
        return response.status, [line.partition(";")[0] for line in response.headers.get_all("Set-Cookie", [])]
    finally:
        connection.close()


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS)
def test_a_page_filled_from_what_it_says_is_oscars_byte_for_byte(shop: Shop, product: Product) -> None:
    body = fetched(shop.url + product.path)
    page = compiled(body, product)
    assert page.sku == product.upc
    assert rows_of(page)["inventory"] == {"quantity": product.quantity}
    assert float(str(rows_of(page)["prices"]["amount"])) == float(product.price)
    pieces = [page.segments[0]]
    for slot, segment in zip(page.slots, page.segments[1:], strict=True):
        pieces += (filled(page, slot), segment)
    assert b"".join(pieces) == origin_bytes(page) == body


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS)
def test_through_the_edge_a_page_is_oscars_byte_for_byte_with_and_without_rows(
    shop: Shop, edge: Edge, product: Product
) -> None:
    body = fetched(shop.url + product.path)
    first, second = edge.get(product), edge.get(product)
    assert (first.status, second.status) == (200, 200)
    assert first.from_store or "; stored" in first.cache_status, first.cache_status
    assert second.from_store, second.cache_status
    assert settled(fetched(edge.url + product.path)) == settled(body)
    for table, row in rows_of(compiled(body, product)).items():
        edge.put(table, product, row)
    again = edge.get(product)
    assert again.from_store
    assert again.fields["etag"] != second.fields["etag"], "the rows have not reached the page"
    assert settled(fetched(edge.url + product.path)) == settled(body)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("24.5", "£24.50"),
        ("1299", "£1,299.00"),
        ("1000000.01", "£1,000,000.01"),
        ("0.07", "£0.07"),
        ("28.99", "£28.99"),
    ],
)
def test_a_price_in_the_table_shows_in_the_very_next_response(edge: Edge, amount: str, text: str) -> None:
    before = edge.get(BOOK)
    edge.put("prices", BOOK, {"amount": amount, "currency": "GBP"})
    reply = edge.get(BOOK)
    assert reply.from_store
    now, then = shown(reply.text), shown(before.text)
    assert (now.price, now.price_table) == (text, [text, text])
    assert settled(reply.text.replace(text, then.price).encode()) == settled(before.text.encode()), (
        "nothing else changed"
    )


def test_a_price_in_another_currency_leaves_the_page_as_oscar_wrote_it(edge: Edge) -> None:
    edge.put("prices", TABLE, {"amount": "9000", "currency": "EUR"})
    reply = edge.get(TABLE)
    assert (shown(reply.text).price, shown(reply.text).price_table) == ("£10,450.00", ["£10,450.00"] * 2)


def test_a_giveaway_gets_a_price_and_back(edge: Edge) -> None:
    edge.get(BOOK)  # the format of prices is not to be learnt from a page that says "Free"
    edge.get(GIVEAWAY)
    edge.do("refresh", edge.url + GIVEAWAY.path)
    edge.put("prices", GIVEAWAY, {"amount": "2.50", "currency": "GBP"})
    priced = shown(edge.get(GIVEAWAY).text)
    edge.put("prices", GIVEAWAY, {"amount": "0", "currency": "GBP"})
    free = shown(edge.get(GIVEAWAY).text)
    assert (priced.price, priced.price_table) == ("£2.50", ["£2.50", "£2.50"])
    assert (free.price, free.price_table) == ("Free", ["£0.00", "£0.00"])


def test_stock_in_the_table_shows_in_the_very_next_response(edge: Edge) -> None:
    edge.get(SOLD_OUT)  # how Oscar says that there is none
    edge.get(LAMP)
    edge.do("refresh", edge.url + LAMP.path)
    edge.put("inventory", LAMP, {"quantity": 3})
    few = shown(edge.get(LAMP).text)
    edge.put("inventory", LAMP, {"quantity": 0})
    none = shown(edge.get(LAMP).text)
    assert (few.stock, few.stock_table, few.stock_class) == (*["In stock (3 available)"] * 2, "instock")
    assert (none.stock, none.stock_table, none.stock_class) == (*["Unavailable"] * 2, "outofstock")


def test_every_visitor_gets_a_token_of_his_own_and_oscar_accepts_it(edge: Edge) -> None:
    strangers = [edge.get(CHAIR) for _ in range(8)]
    secrets = [cookie(reply, "csrftoken") for reply in strangers]
    assert [tokens(reply.text) for reply in strangers] == [{secret} for secret in secrets]
    assert len(set(secrets)) == len(secrets)
    back = edge.get(CHAIR, Cookie=f"csrftoken={secrets[0]}")
    assert (tokens(back.text), back.from_store, "set-cookie" in back.fields) == ({secrets[0]}, True, False)
    for secret in secrets:
        status, set_cookies = post(edge.url, ADD_CHAIR, form(secret), f"csrftoken={secret}")
        assert (status, {line.partition("=")[0] for line in set_cookies}) == (302, {"messages", "oscar_open_basket"})
    refused, _ = post(edge.url, ADD_CHAIR, form(secrets[0]), f"csrftoken={secrets[1]}")
    assert refused == 403


def test_who_has_a_basket_sees_it_on_the_product_page(edge: Edge) -> None:
    secret = cookie(edge.get(CHAIR), "csrftoken")
    _, set_cookies = post(edge.url, ADD_CHAIR, form(secret, quantity=2), f"csrftoken={secret}")
    reply = edge.get(CHAIR, Cookie="; ".join(set_cookies))
    assert "fwd=bypass" in reply.cache_status
    assert re.search(r"Basket total:</strong>\s*£2,598.00", reply.text)
    assert "have been added to your basket" in reply.text
    assert "£2,598.00" not in edge.get(CHAIR).text


def test_a_token_that_nobody_declared_gets_a_slot_by_itself(shop: Shop, tmp_path: Path) -> None:
    config = tmp_path / "vitrine.toml"
    slots = re.split(r"(?=^\[\[pages)", CONFIG.read_text(), flags=re.MULTILINE)
    config.write_text("".join(slot for slot in slots if 'name = "csrf"' not in slot))
    with edge_before(shop, tmp_path, config) as edge:
        replies = [edge.get(CHAIR) for _ in range(2)]
        assert replies[1].from_store, replies[1].cache_status
        for reply in replies:
            assert tokens(reply.text) == {cookie(reply, "csrftoken")}
        assert tokens(replies[0].text) != tokens(replies[1].text)
        secret = cookie(replies[1], "csrftoken")
        status, set_cookies = post(edge.url, ADD_CHAIR, form(secret), f"csrftoken={secret}")
        assert status == 302
        assert any(line.startswith("oscar_open_basket=") for line in set_cookies)
        assert "a slot was added by itself" in (tmp_path / "log").read_text()


def test_what_a_merchant_changes_in_oscar_wins_over_an_older_row(shop: Shop, edge: Edge, tmp_path: Path) -> None:
    edge.put("prices", TABLE, {"amount": "9999", "currency": "GBP"})
    assert shown(edge.get(TABLE).text).price == "£9,999.00"
    line = next(line for line in (HERE / "catalogue.csv").read_text().splitlines() if TABLE.upc in line)
    (tmp_path / "dearer.csv").write_text(line.replace(TABLE.price, "11250.00"))
    try:
        shop.do("oscar_import_catalogue", str(tmp_path / "dearer.csv"))
        edge.do("refresh", edge.url + TABLE.path)
        assert shown(edge.get(TABLE).text).price == "£11,250.00"
        edge.put("prices", TABLE, {"amount": "9998", "currency": "GBP"})
        assert shown(edge.get(TABLE).text).price == "£9,998.00"
    finally:
        shop.do("oscar_import_catalogue", str(HERE / "catalogue.csv"))


def test_while_oscar_is_stopped_product_pages_load_with_new_prices(shop: Shop, edge: Edge) -> None:
    edge.get(CHAIR)
    get(edge.url, CATEGORY)
    with shop.stopped():
        edge.put("prices", CHAIR, {"amount": "1199", "currency": "GBP"})
        edge.put("inventory", CHAIR, {"quantity": 1})
        reply = edge.get(CHAIR)
        seen = shown(reply.text)
        assert (reply.status, seen.price, seen.price_table) == (200, "£1,199.00", ["£1,199.00", "£1,199.00"])
        assert seen.stock == "In stock (1 available)"
        assert tokens(reply.text) == {cookie(reply, "csrftoken")}
        for stale in (get(edge.url, CATEGORY), edge.get(CHAIR, Cookie="oscar_open_basket=somebodys")):
            assert (stale.status, stale.from_store) == (200, True), stale.cache_status
        assert get(edge.url, "/accounts/login/").status in {502, 503}
    edge.put("prices", CHAIR, {"amount": "1099", "currency": "GBP"})
    assert shown(edge.get(CHAIR).text).price == "£1,099.00"
    assert eventually(edge, CATEGORY, "; stored").status == 200
    assert get(edge.url, "/accounts/login/").status == 200


def test_fifty_first_views_of_fifty_products_at_once_all_succeed(shop: Shop, edge: Edge, tmp_path: Path) -> None:
    """Its SQLite fails some of such a burst on its own; what a second attempt mends nobody sees, nor is it stored."""
    with (HERE / "catalogue.csv").open(newline="") as lines:
        like = next(csv.reader(lines))
    with (tmp_path / "burst.csv").open("w", newline="") as lines:
        csv.writer(lines).writerows([*like[:2], f"burst-{n}", f"Burst {n}", *like[4:]] for n in range(50))
    shop.do("oscar_import_catalogue", str(tmp_path / "burst.csv"))
    first = len(PRODUCTS) + 1
    paths = [f"/catalogue/burst-{n}_{first + n}/" for n in range(50)]
    with ThreadPoolExecutor(50) as crowd:
        replies = list(crowd.map(lambda path: get(edge.url, path), paths))
    assert [reply.cache_status for reply in replies if reply.status != 200] == []
    again = [get(edge.url, path) for path in paths]
    assert {reply.status for reply in again} == {200}
    assert sum(reply.from_store for reply in again) > 40, "the gate may have been without an answer for a few"


def eventually(edge: Edge, path: str, outcome: str) -> Reply:
    """The first answer whose Cache-Status says so; the edge looks for an origin that is down every few seconds."""
    until = time.monotonic() + 20
    while outcome not in (reply := get(edge.url, path)).cache_status:
        assert time.monotonic() < until, reply.cache_status
        time.sleep(0.1)
    return reply
