"""What a difference between two strangers' pages is: a token, noise, or perhaps somebody's.

The rules only ever let through what they know. A value no rule knows is OTHER, and a person looks at it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from renderers.strangers import attributes
from renderers.strangers.changes import Change, Spot
from renderers.strangers.copies import Copy
from renderers.strangers.generated import generated_ids, machine_made, opaque, renamed
from renderers.strangers.names import in_doubt, means_rendering, means_token
from renderers.strangers.outline import Node
from renderers.strangers.personal import somebodys, visible_lines
from renderers.strangers.secrets import Held, secrets_of
from renderers.strangers.times import both_epochs, only_times_differ, without_times
from renderers.strangers.verdicts import Verdict, noise, other, token

_CONTEXT_BYTES = 600
_JS_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_AMOUNT = re.compile(
    r"[€$£¥₹₩₺₽]\s?\d|\d\s?[€$£¥₹₩₺₽]|\b[A-Z]{3}\s?\d|(?<![\d.,])\d[\d.,]*+\s?(?:EUR|USD|GBP|CHF|kr|zł|Kč)\b"
)
_QUANTITY = re.compile(
    r"(?<!\d)\d++\s++(?:left|in stock|available|remaining|auf Lager|verfügbar|en stock|disponibles?)", re.IGNORECASE
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ASIDE_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ASIDE_WORD = re.compile(r"[^\W_]+(?:[.,][^\W_]+)*")
_ASIDE_WORDS_LISTED = (
    "cache cached hit miss page generated created rendered served took in at by on from the s ms sec seconds "
    "second milliseconds queries query memory mb kb server node host pid time render utc gmt am pm mon tue wed "
    "thu fri sat sun app"
)
_ASIDE_WORDS = frozenset(_ASIDE_WORDS_LISTED.split())


class Pair(NamedTuple):
    """A value in both pages, decoded from the spelling of its place; empty where it is not there."""

    first: str
    second: str


class Judge:
    """Says of each change between two copies what it is."""

    def __init__(self, first: Copy, second: Copy) -> None:
        self._first = first
        self._second = second
        self._secrets = secrets_of(first.view.cookies, second.view.cookies)
        self._renames: dict[str, str] = {}

    def learn(self, changes: list[Change]) -> None:
        """Note which ids of one page stand for which of the other, so that what refers to them is known."""
        for change in changes:
            if change.spot is Spot.ATTRIBUTE and change.name in attributes.ID_NAMES:
                pair = decode(change)
                if generated_ids(pair.first, pair.second):
                    self._renames.update(zip(pair.first.split(), pair.second.split(), strict=True))

    def judge(self, change: Change) -> Verdict:
        """The kind of one change, and why."""
        if change.spot is Spot.ORDER:
            return noise("the same blocks in another order")
        if change.spot is Spot.SPACE:
            return noise("blank space")
        if change.spot is Spot.SPELLING:
            return noise("the same, written otherwise")
        pair = decode(change)
        if (reason := self._personal(change, pair)) is not None:
            return other(reason, personal=True)._replace(cookie=self._cookie(pair))
        return self._secret(change, pair) or _RULES[change.spot](change, pair, self._renames)

    def _secret(self, change: Change, pair: Pair) -> Verdict | None:
        """The verdict on a value that is, or has in it, a cookie's."""
        held = self._held(pair)
        if held is None:
            return None
        if change.spot in {Spot.BLOCK, Spot.CODE, Spot.STYLE}:
            return other(f"it has the value of the cookie {held.cookie} in it")._replace(cookie=held.cookie)
        if not held.whole:
            return token(f"it has the value of the cookie {held.cookie} in it", held.cookie, whole=False)
        if max(len(pair.first), len(pair.second)) < attributes.TOKEN_CHARS:
            return other(f"it is the value of the cookie {held.cookie}")._replace(cookie=held.cookie)
        return token(f"it is the value of the cookie {held.cookie}", held.cookie, whole=change.spot is not Spot.COMMENT)

    def _cookie(self, pair: Pair) -> str | None:
        held = self._held(pair)
        return held.cookie if held is not None else None

    def _held(self, pair: Pair) -> Held | None:
        """A cookie of either stranger in either page."""
        found = [
            held for secrets in self._secrets for text in pair if text and (held := secrets.find(text)) is not None
        ]
        return next((held for held in found if held.whole), found[0] if found else None)

    def _personal(self, change: Change, pair: Pair) -> str | None:
        if (found := somebodys(*pair)) is not None:
            return found.why
        if change.spot not in {Spot.TEXT, Spot.BLOCK}:
            return None
        shown = _shown(change.first), _shown(change.second)
        for here, there in zip(_around(self._first, change.node), _around(self._second, change.other), strict=False):
            found = somebodys(here, there)
            if found is not None and any(text and (text in found.what or found.what in text) for text in shown):
                return found.why
        return None


def decode(change: Change) -> Pair:
    """The differing values as a visitor or a script reads them."""
    return Pair(_decoded(change, change.first), _decoded(change, change.second))


def _decoded(change: Change, raw: bytes | None) -> str:
    if raw is None:
        return ""
    text = raw.decode("utf-8", "replace")
    match change.spot:
        case Spot.TEXT | Spot.ATTRIBUTE | Spot.BLOCK:
            return html.unescape(text)
        case Spot.VALUE | Spot.CODE:
            return _JS_ESCAPE.sub(_unescaped, text)
        case _:
            return text


def _unescaped(escape: re.Match[str]) -> str:
    text = escape[0]
    if text[1] in "ux" and len(text) > 2:
        return chr(int(text[2:], 16))
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text[1:]


def _shown(raw: bytes | None) -> str:
    return " ".join(visible_lines(raw or b""))


def _around(copy: Copy, node: Node) -> Iterator[str]:
    """What shows in the smallest few elements around a difference, from the inside out."""
    while node.parent is not None and node.end - node.start <= _CONTEXT_BYTES:
        yield _shown(copy.outline.text(node))
        node = node.parent


def _text(change: Change, pair: Pair, _renames: Mapping[str, str]) -> Verdict:
    first, second = (" ".join(text.split()) for text in pair)
    if first == second:
        return noise("the same text, written otherwise")
    if only_times_differ(first, second) and not in_doubt(first) and not in_doubt(second):
        return noise("a time")
    if _AMOUNT.search(first) and _AMOUNT.search(second):
        return other("an amount of money that not every visitor sees alike")
    if _QUANTITY.search(first) and _QUANTITY.search(second):
        return other("a quantity that differs between two views")
    return other(f"text in <{change.node.name.decode('ascii', 'replace')}>")


def _attribute(change: Change, pair: Pair, renames: Mapping[str, str]) -> Verdict:
    return attributes.judge(change, (pair.first, pair.second), renames)


def _value(change: Change, pair: Pair, renames: Mapping[str, str]) -> Verdict:
    name = change.name or "a value"
    if means_token(change.name.rpartition(".")[2]) and attributes.could_be_tokens(*pair):
        return token(f"{name} in a script is a token by its name")
    if _in_script(change, pair, renames):
        return noise(f"{name} in a script is made up for each copy of the page")
    return other(f"{name} in a script")


def _in_script(change: Change, pair: Pair, renames: Mapping[str, str]) -> bool:
    if change.pointer is None and pair.first.isspace() and pair.second.isspace():
        return True
    if renamed(*pair, renames):
        return True
    if in_doubt(change.name) or in_doubt(pair.first) or in_doubt(pair.second):
        return False
    if only_times_differ(*pair) or both_epochs(*pair):
        return True
    return means_rendering(change.name) and all(opaque(text) or text.replace(".", "").isdigit() for text in pair)


def _comment(_change: Change, pair: Pair, _renames: Mapping[str, str]) -> Verdict:
    return noise("a comment") if _harmless_asides(*pair) else other("a comment that says something")


def _harmless_asides(first: str, second: str) -> bool:
    """Whether what two comments differ in are numbers, times and the words shops' servers write about themselves."""
    if not all(text.lstrip().startswith(("<!", "//", "/*")) for text in (first, second)):
        return False
    if in_doubt(first) or in_doubt(second):
        return False
    words = [set(_ASIDE_WORD.findall(without_times(text))) for text in (first, second)]
    return all(
        _ASIDE_NUMBER.fullmatch(word) or machine_made(word) or _of_a_server(word) for word in words[0] ^ words[1]
    )


def _of_a_server(word: str) -> bool:
    return word.lower().rstrip("0123456789") in _ASIDE_WORDS


def _block(change: Change, pair: Pair, _renames: Mapping[str, str]) -> Verdict:
    asides = [_only_asides(raw) for raw in (change.first, change.second)]
    if None not in asides and all(_harmless_asides(aside, aside) for text in asides if text for aside in text):
        one, two = ("<!" + " ".join(text or ()) for text in asides)
        if _harmless_asides(one, two):
            return noise("a comment")
    if _AMOUNT.search(pair.first) and _AMOUNT.search(pair.second):
        return other("an amount of money that not every visitor sees alike")
    missing = "the second" if not pair.second.strip() else "the first" if not pair.first.strip() else None
    return other(f"a block that {missing} page does not have" if missing else "blocks that do not correspond")


def _only_asides(raw: bytes | None) -> list[str] | None:
    """The comments of a block that has nothing else; None when it has."""
    text = (raw or b"").decode("utf-8", "replace")
    return _COMMENT.findall(text) if not _COMMENT.sub("", text).strip() else None


def _code(_change: Change, pair: Pair, renames: Mapping[str, str]) -> Verdict:
    if renamed(*pair, renames):
        return noise("generated ids in a script")
    return other("a script whose code or data differs in more than single values")


def _style(_change: Change, pair: Pair, renames: Mapping[str, str]) -> Verdict:
    return noise("ids in a style") if renamed(*pair, renames) else other("a style, or other text that is no markup")


_RULES: Mapping[Spot, Callable[[Change, Pair, Mapping[str, str]], Verdict]] = {
    Spot.TEXT: _text,
    Spot.ATTRIBUTE: _attribute,
    Spot.VALUE: _value,
    Spot.COMMENT: _comment,
    Spot.BLOCK: _block,
    Spot.CODE: _code,
    Spot.STYLE: _style,
}
