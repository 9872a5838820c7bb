"""Finding the running node: its admin address and a token, from flags, the configuration or the data directory."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import click

from edge.cli.client import Client
from edge.cli.output import Failure
from edge.config.schema import Address, Listen

CONFIG = Path("vitrine.toml")
_DATA = Path("data")


class Flags(NamedTuple):
    """What the command line says about where the node is."""

    admin: str | None
    data: Path | None
    config: Path | None


def node_command(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that find the node, and pass it ``client`` and ``as_json``."""

    @click.option("--admin", metavar="URL", help="Address of the node's admin API.")
    @click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="The node's data directory.")
    @click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The node's configuration file.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @wraps(function)
    def command(*args: object, admin: str | None, data: Path | None, config: Path | None, **rest: object) -> None:
        function(*args, client=find_node(Flags(admin, data, config)), **rest)

    return command


def find_node(flags: Flags) -> Client:
    """A client of the node the flags mean. Raises Failure.

    The address the running node wrote into its data directory comes before the one in the file: flags of ``serve`` may
    have changed it. A file that is faulty elsewhere still says where the node is.
    """
    config = _read_config(flags.config)
    data = flags.data or _configured_data(config, flags.config or CONFIG)
    address = flags.admin or _written_address(data) or _configured_address(config)
    return Client(_base_url(address), _token(data))


def _read_config(path: Path | None) -> dict[str, object]:
    try:
        return tomllib.loads((path or CONFIG).read_text("utf-8-sig"))
    except FileNotFoundError as exc:
        if path is not None:
            raise Failure(f"there is no file {path}", "write the configuration's path after --config") from exc
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        if path is not None:
            raise Failure(f"{path} cannot be read: {exc}", f"see vitrine check --config {path}") from exc
        return {}


def _configured_data(config: dict[str, object], path: Path) -> Path:
    data = _text(config, "node", "data")
    return path.parent / data if data else _DATA


def _configured_address(config: dict[str, object]) -> str:
    written = _text(config, "listen", "admin")
    try:
        return Address.parse(written) if written else Listen().admin
    except ValueError as exc:
        raise Failure(f"[listen] admin: {exc}", "or say --admin URL") from exc


def _text(config: dict[str, object], section: str, key: str) -> str:
    table = config.get(section)
    value = table.get(key) if isinstance(table, dict) else None
    return value if isinstance(value, str) else ""


def _written_address(data: Path) -> str:
    try:
        return (data / "run" / "admin.addr").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _base_url(address: str) -> str:
    """``http://host:port``. A node that listens on every interface is reached over loopback."""
    if "://" in address:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise click.BadParameter(f"{address!r} is not a URL such as http://127.0.0.1:8081", param_hint="--admin")
        return f"{parts.scheme}://{parts.netloc}"
    try:
        listen = Address.parse(address)
    except ValueError as exc:
        raise click.BadParameter(str(exc), param_hint="--admin") from exc
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listen.host, listen.host)  # noqa: S104 - read, not listened on
    return f"http://[{host}]:{listen.port}" if ":" in host else f"http://{host}:{listen.port}"


def _token(data: Path) -> str | None:
    """The token to send: VITRINE_TOKEN, else the one the node keeps for this machine; None when there is neither."""
    if token := os.environ.get("VITRINE_TOKEN", "").strip():
        return token
    path = data / "admin.token"
    try:
        return path.read_text("ascii").strip()
    except PermissionError as exc:
        remedy = "run as the node's user, or set VITRINE_TOKEN"
        raise Failure(f"{path} is not yours to read", remedy) from exc
    except (OSError, UnicodeDecodeError):
        return None
