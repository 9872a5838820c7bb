from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from edge.config.load import load, overridden
from edge.config.schema import BUILT_IN_TABLES, Address, Config, Duration, Origin, Size
from edge.errors import ConfigError

Write = Callable[..., Path]

WHOLE = """
[node]
name = "edge-1"
data = "var"
[listen]
http = "0.0.0.0:8080"
admin = "127.0.0.1:8081"
trusted_proxies = ["10.0.0.0/8"]
[admin]
tokens = [
  {name = "ci", scopes = ["purge"], hash = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
]
[store]
size = "8GiB"
max_object = "8MiB"
[[origins]]
name = "shop"
url = "http://127.0.0.1:9000"
hosts = ["Shop.example"]
host_header = "preserve"
adapter = "generic"
connect_timeout = "1s"
first_byte_timeout = "10s"
max_connections = 100
health = {path = "/healthz", interval = "2s"}
[cache]
default_ttl = "0s"
ignore_query = ["utm_*"]
bypass_cookies = ["sessionid"]
key_cookies = []
[[pages]]
name = "product"
match = ["/product/*"]
sku = "json-ld:sku"
ttl = "10m"
grace = "1h"
error_grace = "30d"
[[pages.slots]]
name = "price"
at = "css:.price"
fill = "{{ prices.amount | money }}"
[[pages.slots]]
name = "banner"
at = "css:.banner"
template = "banner.html.j2"
[[pages.slots]]
name = "teaser-price"
each = "css:.product-card"
sku = "css:a@data-sku"
at = "css:.price"
fill = "{{ prices.amount | money }}"
[tables.prices]
key = "sku"
max_age = "24h"
[tables.labels]
[geo]
database = "city.mmdb"
"""
GOLDEN = sorted((Path(__file__).parents[3] / "golden" / "config").glob("*.txt"))
"""Each a faulty file, a line of dashes, and what is said of it."""
ORIGIN = '[[origins]]\nurl = "http://127.0.0.1:9000"\n'
PAGE = ORIGIN + '[[pages]]\nname = "p"\nmatch = ["/p/*"]\nsku = "json-ld:sku"\n'
SLOT = PAGE + '[[pages.slots]]\nname = "s"\nat = "css:.p"\n'


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a configuration and its templates; gives the path."""

    def written(text: str | bytes, **templates: str) -> Path:
        (tmp_path / "templates").mkdir(exist_ok=True)
        for name, source in templates.items():
            (tmp_path / "templates" / f"{name}.html.j2").write_text(source)
        path = tmp_path / "vitrine.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


def problems(path: Path) -> tuple[str, ...]:
    """Faults with the folder left out."""
    with pytest.raises(ConfigError) as caught:
        load(path)
    return tuple(problem.replace(f"{path.parent}/", "") for problem in caught.value.problems)


def test_the_documented_file_is_read(write: Write, tmp_path: Path) -> None:
    (tmp_path / "city.mmdb").touch()
    config = load(write(WHOLE, banner="{{ promotions.html }}"))
    assert config.node.data == tmp_path / "var"
    assert config.store.size == Size(8 * 2**30)
    assert config.origins[0].hosts == ("shop.example",)
    assert config.pages[0].error_grace == Duration(30 * 86_400)
    assert [slot.fill for slot in config.pages[0].slots][1] == "{{ promotions.html }}"
    assert config.tables["prices"].max_age == Duration(86_400)
    assert config.geo is not None
    assert config.geo.database == tmp_path / "city.mmdb"
    assert set(config.all_tables) == {*BUILT_IN_TABLES, "labels"}


def test_one_origin_is_a_whole_file(write: Write, tmp_path: Path) -> None:
    config = load(write(ORIGIN))
    assert (config.origins[0].url, config.node.data) == ("http://127.0.0.1:9000", tmp_path / "data")


def test_where_it_is_started_does_not_move_the_data(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(ORIGIN)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert load(Path("../vitrine.toml")).node.data.resolve() == tmp_path / "data"


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf" + ORIGIN.encode(), ORIGIN.replace("\n", "\r\n").encode()])
def test_files_of_windows_editors_are_read(text: bytes, write: Write) -> None:
    assert load(write(text)).origins[0].url == "http://127.0.0.1:9000"


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_each_fault_names_line_and_remedy(path: Path, write: Write) -> None:
    text, _, want = path.read_text().partition("----------\n")
    templates = {"good": "{{ prices.amount }}", "bad": "{{ prices.amount }}\n{{ oops", "lost": "{{ nowhere.at }}"}
    found = problems(write(text, **templates))
    assert "\n".join(found) + "\n" == want
    assert all("; " in problem for problem in found)


class Syntax(NamedTuple):
    id: str
    text: bytes
    want: str


SYNTAX = [
    Syntax("a duration without quotes", b"[x]\nttl = 10m\n", "vitrine.toml:2: this is not TOML: "),
    Syntax(
        "a key twice",
        b"[x]\na = 1\na = 2\n",
        "vitrine.toml:3: this is not TOML: cannot overwrite a value; write it once",
    ),
    Syntax(
        "a section twice", b"[x]\n[x]\n", "vitrine.toml:2: this is not TOML: cannot declare ('x',) twice; write it once"
    ),
    Syntax("a key without value", b"[x]\na\n", "vitrine.toml:2: this is not TOML: "),
    Syntax("an end inside a text", b'a = """x\n\n', "vitrine.toml:3: this is not TOML: "),
    Syntax(
        "bytes that are no UTF-8", b"a = 1\nb = '\xff'\n", "vitrine.toml:2: this is not UTF-8; save the file as UTF-8"
    ),
]


@pytest.mark.parametrize("case", SYNTAX, ids=[case.id for case in SYNTAX])
def test_what_is_not_toml_is_one_problem_with_its_line(case: Syntax, write: Write) -> None:
    (problem,) = problems(write(case.text))
    assert problem.startswith(case.want)
    assert "; " in problem


def test_a_value_without_quotes_is_shown_with_them(write: Write) -> None:
    (problem,) = problems(write("[[pages]]\nttl = 10m\n"))
    assert problem.endswith('; write texts, durations and sizes in quotes: ttl = "10m"')


def test_all_faults_come_at_once_in_the_order_of_the_file(write: Write) -> None:
    page = '[[pages]]\nmatch = ["x"]\nttl = "x"\n[geo]\n'
    text = '[nod]\n[store]\nsize = 1\n[[origins]]\nurl = "x"\nhosts = ["a b"]\n' + page
    found = problems(write(text))
    assert [int(problem.split(":")[1]) for problem in found] == [1, 3, 5, 6, 7, 8, 9, 10]


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file; write its path with --config"):
        load(tmp_path / "vitrine.toml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path)


def test_a_template_reached_through_a_link_to_elsewhere_is_refused(write: Write, tmp_path: Path) -> None:
    path = write(SLOT + 'template = "link.html.j2"')
    (tmp_path / "secret").write_text("x")
    os.symlink(tmp_path / "secret", tmp_path / "templates" / "link.html.j2")
    assert "lies outside" in problems(path)[0]


def test_an_origin_alone_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = overridden(None, origin="http://127.0.0.1:9000")
    assert config == Config(origins=(Origin(url="http://127.0.0.1:9000"),), node=config.node)
    assert config.node.data == tmp_path / "data"


def test_flags_override_the_file(write: Write, tmp_path: Path) -> None:
    config = overridden(
        load(write(ORIGIN + 'name = "shop"\n')),
        origin="http://127.0.0.1:9999",
        listen=":80",
        admin="[::1]:0",
        data=tmp_path / "d",
        workers=7,
    )
    assert (config.origins[0].name, config.origins[0].url) == ("shop", "http://127.0.0.1:9999")
    assert (config.listen.http, config.listen.admin.port) == (Address("0.0.0.0:80"), 0)
    assert (config.node.data, config.node.workers) == (tmp_path / "d", 7)


def test_flags_left_out_leave_the_file_alone(write: Write) -> None:
    config = load(write(ORIGIN))
    assert overridden(config, origin=None, workers=None) == config


def test_every_wrong_flag_is_named() -> None:
    with pytest.raises(ConfigError) as caught:
        overridden(None, origin="shop", listen="8080", admin="x:y", workers=0)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == [
        "--origin", "--listen", "--admin", "--workers"
    ]  # fmt: skip


def test_without_file_and_origin_there_is_nothing_to_serve() -> None:
    with pytest.raises(ConfigError, match="write --origin http"):
        overridden(None)


def test_one_flag_cannot_stand_for_two_origins(write: Write) -> None:
    config = load(write(ORIGIN + '[[origins]]\nname = "b"\nurl = "http://b"\nhosts = ["b"]'))
    with pytest.raises(ConfigError, match="the file has 2 origins"):
        overridden(config, origin="http://127.0.0.1:9999")


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 5000, "a = " + "{a=" * 5000, "[node]\nworkers = 1" + "0" * 5000],
    ids=["lists", "tables", "digits"],
)
def test_what_would_break_the_reader_is_a_fault_of_the_file(text: str, write: Write) -> None:
    with pytest.raises(ConfigError, match=r"vitrine\.toml:\d+: "):
        load(write(text))


@pytest.mark.parametrize(
    "fill", ["{{ " + "(" * 2000 + "prices.amount" + ")" * 2000 + " }}", "{{ prices.amount" + " + 1" * 3000 + " }}"]
)
def test_a_fill_nested_beyond_reason_is_a_fault_of_its_line(fill: str, write: Write) -> None:
    text = f"""[[origins]]
url = "http://127.0.0.1:9000"
[[pages]]
name = "product"
match = ["/product/*"]
sku = "json-ld:sku"
[[pages.slots]]
name = "price"
at = "css:.price"
fill = "{fill}"
"""
    with pytest.raises(ConfigError, match=r"vitrine\.toml:10: .*nested too deeply"):
        load(write(text))
