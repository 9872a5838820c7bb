"""Judging one value of ``vitrine.toml`` that its type alone cannot."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import origin_adapters
from edge.config.report import suggestion
from edge.config.schema import Feed, Health, Origin, PageKind, Section, SlotTable, Store
from renderers.targets import TargetError, parse_selector, parse_sku, parse_target

Finding = str | None
"""What is wrong; what to write. None when nothing is."""

_SMALLEST_STORE = 2**20
_SHORTEST_S = 1
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token (RFC 9110 §5.6.2)."""
_OURS = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "if-modified-since", "if-none-match", "range"}
    | {"te", "trailer", "transfer-encoding", "upgrade"}
)


def judge(kind: type[Section], key: str, value: object) -> Finding:
    """What is wrong with the value of ``key`` in a table of that kind, wherever it was written."""
    judgement = _JUDGES.get((kind, key))
    return judgement(value) if judgement is not None else None


def _parsed_by(parse: Callable[[str], object]) -> Callable[[str], Finding]:
    """A judgement from a parser of the renderers, whose errors already say what to write."""

    def judgement(text: str) -> Finding:
        try:
            parse(text)
        except TargetError as exc:
            return str(exc)
        return None

    return judgement


def _judge_adapter(name: str) -> Finding:
    if name in origin_adapters.NAMES:
        return None
    return f"there is no adapter {name!r}; {suggestion(name, origin_adapters.NAMES)}"


def _judge_url(url: str) -> Finding:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as exc:
        return f"{url} is not a URL ({exc}); write one such as http://127.0.0.1:9000"
    if not parts.hostname or port == 0:
        return f"{url} names no host and port to connect to; write one such as http://127.0.0.1:9000"
    if parts.username is not None:
        return f"{url} holds a password, which is not sent; write the URL without it"
    return None


def _judge_feed_url(url: str) -> Finding:
    return None if url.startswith("/") else _judge_url(url)


def _judge_interval(interval: float) -> Finding:
    return None if interval >= _SHORTEST_S else 'no shop is asked more often than once a second; write "5m"'


def _judge_headers(headers: Mapping[str, str]) -> Finding:
    for name, value in headers.items():
        if not _FIELD_NAME.fullmatch(name):
            return f"{name!r} cannot be the name of a header field; write a name such as Authorization"
        if name.lower() in _OURS:
            return f"{name} is written by the node itself; leave it out"
        if not value.isprintable() or not value.isascii():
            return f"the value of {name} cannot be sent; write printable ASCII characters"
    return None


def _judge_positive(duration: float) -> Finding:
    return None if duration > 0 else 'no time at all would fail every request; write a longer one, such as "1s"'


def _judge_store_size(size: int) -> Finding:
    return None if size >= _SMALLEST_STORE else 'a store this small holds no page; write at least "1MiB"'


def _judge_match(patterns: tuple[str, ...]) -> Finding:
    return None if patterns else 'no path belongs to this page kind; write match = ["/product/*"]'


def _judge_freeze(targets: tuple[str, ...]) -> Finding:
    return next((finding for target in targets if (finding := _parsed_by(parse_target)(target))), None)


_JUDGES: Mapping[tuple[type[Section], str], Callable[..., Finding]] = {
    (SlotTable, "at"): _parsed_by(parse_target),
    (SlotTable, "each"): _parsed_by(parse_selector),
    (SlotTable, "sku"): _parsed_by(parse_sku),
    (PageKind, "sku"): _parsed_by(parse_sku),
    (PageKind, "match"): _judge_match,
    (PageKind, "freeze"): _judge_freeze,
    (Origin, "adapter"): _judge_adapter,
    (Origin, "url"): _judge_url,
    (Origin, "connect_timeout"): _judge_positive,
    (Origin, "first_byte_timeout"): _judge_positive,
    (Health, "interval"): _judge_positive,
    (Feed, "url"): _judge_feed_url,
    (Feed, "interval"): _judge_interval,
    (Feed, "headers"): _judge_headers,
    (Store, "size"): _judge_store_size,
    (Store, "tables_size"): _judge_store_size,
}
