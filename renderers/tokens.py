"""Values on a page that may be one visitor's: the part of the leak gate that needs only one response.

What two strangers' pages differ in is found by comparing them; this finds what a single page already gives away: the
response's own cookies repeated in the HTML, and fields named like a token. Values inside visitor slots are covered.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from renderers.locate import parse, select
from renderers.page import Page, Sink, Slot

_COOKIE_CHARS = 8
"""Shorter cookie values (``1``, ``eur``, ``de-DE``) stand on any page by chance."""
_NAMED = re.compile(r"csrf|xsrf|token|nonce|form_?key", re.IGNORECASE)
_RANDOM = re.compile(r"(?=\S*[0-9])(?=\S*[A-Za-z])[\w+/=.:~-]{8,}")
"""What a token looks like; ``Bearer`` or ``true`` under such a name does not."""
_MEMBER = re.compile(r"(?<![\w$-])([\w$-]{1,60})[\"']?\s{0,8}[:=]\s{0,8}[\"']([^\"'\s]{8,})[\"']")
_CSRF_COOKIE = "csrftoken"


def uncovered_tokens(page: Page, set_cookie_values: Sequence[str]) -> tuple[str, ...]:
    """A sentence, with the slot to add, for each value outside visitor slots that may belong to one visitor.

    ``set_cookie_values``: values of the response's own Set-Cookie fields, as sent.
    """
    text = _without_visitor_values(page).decode(page.charset, "replace")
    tree = parse(text.encode("utf-8", "replace"))
    reasons = (*_repeated_cookies(text, set_cookie_values), *_named_fields(tree), *_named_members(tree))
    return tuple(dict.fromkeys(reasons))


def _without_visitor_values(page: Page) -> bytes:
    parts = [page.segments[0]]
    for slot, segment in zip(page.slots, page.segments[1:], strict=True):
        parts += (_blank(slot), segment)
    return b"".join(parts)


def _blank(slot: Slot) -> bytes:
    if not slot.visitor:
        return slot.origin
    return b"0" if slot.sink in {Sink.JSON_NUMBER, Sink.JSON_LITERAL} else b""


def _repeated_cookies(text: str, values: Sequence[str]) -> Iterator[str]:
    for value in values:
        spellings = {value, unquote(value), html.escape(value), value.strip('"')}
        if any(len(spelling) >= _COOKIE_CHARS and spelling in text for spelling in spellings):
            yield (
                f"a cookie this response sets stands in the page as well ({value[:6]}...); "
                "cover the place with a slot filled by {{ visitor.csrf(COOKIE) }}, or do not cache this page kind"
            )


def _named_fields(tree: LexborHTMLParser) -> Iterator[str]:
    for node in select(tree, "input[name][value]"):
        if (node.attributes.get("type") or "").lower() == "hidden":
            yield from _field(node, "name", "value")
    for node in select(tree, "meta[content]"):
        for key in ("name", "property"):
            yield from _field(node, key, "content")


def _field(node: LexborNode, key: str, holder: str) -> Iterator[str]:
    name, value = node.attributes.get(key) or "", node.attributes.get(holder) or ""
    if _NAMED.search(name) and _RANDOM.fullmatch(value):
        at = f"css:{node.tag}[{key}='{name}']@{holder}"
        yield f"<{node.tag} {key}={name}> holds what may be one visitor's token; {_proposal(at)}"


def _named_members(tree: LexborHTMLParser) -> Iterator[str]:
    for node in select(tree, "script"):
        for name, value in _MEMBER.findall(node.inner_html or ""):
            if _NAMED.search(name) and _RANDOM.fullmatch(value):
                at = f"json:script#/PATH/TO/{name}"
                yield f"a script states {name}, which may be one visitor's token; {_proposal(at)}"


def _proposal(at: str) -> str:
    fill = f'{{{{ visitor.csrf("{_CSRF_COOKIE}") }}}}'
    return f"add a slot with at = \"{at}\" and fill = '{fill}', with all = true if it is repeated"
