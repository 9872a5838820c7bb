"""Judging one value of ``vitrine.toml`` that its type alone cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import origin_adapters
from edge.config.report import suggestion
from edge.config.schema import Health, Origin, PageKind, Section, SlotTable, Store
from renderers.targets import TargetError, parse_selector, parse_sku, parse_target

Finding = str | None
"""What is wrong; what to write. None when nothing is."""

_SMALLEST_STORE = 2**20


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


def _judge_positive(duration: float) -> Finding:
    return None if duration > 0 else 'no time at all would fail every request; write a longer one, such as "1s"'


def _judge_store_size(size: int) -> Finding:
    return None if size >= _SMALLEST_STORE else 'a store this small holds no page; write at least "1MiB"'


def _judge_match(patterns: tuple[str, ...]) -> Finding:
    return None if patterns else 'no path belongs to this page kind; write match = ["/product/*"]'


_JUDGES: Mapping[tuple[type[Section], str], Callable[..., Finding]] = {
    (SlotTable, "at"): _parsed_by(parse_target),
    (SlotTable, "each"): _parsed_by(parse_selector),
    (SlotTable, "sku"): _parsed_by(parse_sku),
    (PageKind, "sku"): _parsed_by(parse_sku),
    (PageKind, "match"): _judge_match,
    (Origin, "adapter"): _judge_adapter,
    (Origin, "url"): _judge_url,
    (Origin, "connect_timeout"): _judge_positive,
    (Origin, "first_byte_timeout"): _judge_positive,
    (Health, "interval"): _judge_positive,
    (Store, "size"): _judge_store_size,
    (Store, "tables_size"): _judge_store_size,
}
