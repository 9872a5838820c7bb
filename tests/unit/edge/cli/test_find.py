from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import click
import pytest

from edge.cli.find import Flags, find_node
from edge.cli.output import Failure


class Case(NamedTuple):
    id: str
    files: dict[str, str]
    flags: Flags
    environment: str
    want: tuple[str, str | None]
    """Base URL and token."""


NOTHING = Flags(None, None, None)
CONFIG = '[node]\ndata = "var"\n[listen]\nadmin = "10.0.0.1:8181"\n'
CASES = [
    Case("nothing said and nothing there", {}, NOTHING, "", ("http://127.0.0.1:8081", None)),
    Case(
        "a node of the working directory",
        {"data/run/admin.addr": "127.0.0.1:5", "data/admin.token": "t\n"},
        NOTHING,
        "",
        ("http://127.0.0.1:5", "t"),
    ),
    Case(
        "the file of the working directory",
        {"vitrine.toml": CONFIG, "var/admin.token": "t"},
        NOTHING,
        "",
        ("http://10.0.0.1:8181", "t"),
    ),
    Case(
        "a running node knows better than its file",
        {"vitrine.toml": CONFIG, "var/run/admin.addr": "127.0.0.1:6"},
        NOTHING,
        "",
        ("http://127.0.0.1:6", None),
    ),
    Case(
        "another file",
        {"b/x.toml": CONFIG, "b/var/admin.token": "t"},
        Flags(None, None, Path("b/x.toml")),
        "",
        ("http://10.0.0.1:8181", "t"),
    ),
    Case(
        "a data directory",
        {"vitrine.toml": CONFIG, "d/run/admin.addr": "127.0.0.1:7", "d/admin.token": "d"},
        Flags(None, Path("d"), None),
        "",
        ("http://127.0.0.1:7", "d"),
    ),
    Case(
        "a file broken elsewhere",
        {"vitrine.toml": CONFIG + "[[pages]]\nttl = 3\n[nonsense]"},
        NOTHING,
        "",
        ("http://10.0.0.1:8181", None),
    ),
    Case("a file broken altogether", {"vitrine.toml": "not toml"}, NOTHING, "", ("http://127.0.0.1:8081", None)),
    Case(
        "an address said",
        {"vitrine.toml": CONFIG},
        Flags("http://edge-2:9/", None, None),
        "x",
        ("http://edge-2:9", "x"),
    ),
    Case("an address without scheme", {}, Flags("edge-2:9", None, None), "", ("http://edge-2:9", None)),
    Case("an address under TLS", {}, Flags("https://edge-2", None, None), "", ("https://edge-2", None)),
    Case("a token of the environment first", {"data/admin.token": "t"}, NOTHING, " e ", ("http://127.0.0.1:8081", "e")),
    Case(
        "every interface means loopback",
        {"vitrine.toml": '[listen]\nadmin = ":8181"'},
        NOTHING,
        "",
        ("http://127.0.0.1:8181", None),
    ),
    Case("in IPv6 too", {"vitrine.toml": '[listen]\nadmin = "[::]:8181"'}, NOTHING, "", ("http://[::1]:8181", None)),
]


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_the_node_is_found(case: Case, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in case.files.items():
        (elsewhere / name).parent.mkdir(parents=True, exist_ok=True)
        (elsewhere / name).write_text(text)
    monkeypatch.setenv("VITRINE_TOKEN", case.environment)
    client = find_node(case.flags)
    assert (client.base_url, client.token) == case.want


@pytest.mark.parametrize("address", ["ftp://a", "http://", "edge-2", "edge-2:http"])
def test_an_address_that_is_none_is_wrong_usage(address: str) -> None:
    with pytest.raises(click.BadParameter):
        find_node(Flags(address, None, None))


def test_a_file_that_was_named_must_be_there_and_readable(elsewhere: Path) -> None:
    with pytest.raises(Failure, match="there is no file"):
        find_node(Flags(None, None, Path("gone.toml")))
    (elsewhere / "x.toml").write_text("not toml")
    with pytest.raises(Failure, match="see vitrine check"):
        find_node(Flags(None, None, Path("x.toml")))


def test_a_wrong_address_in_the_file_is_named(elsewhere: Path) -> None:
    (elsewhere / "vitrine.toml").write_text('[listen]\nadmin = "nowhere"\n')
    with pytest.raises(Failure, match=r"\[listen\] admin"):
        find_node(NOTHING)
