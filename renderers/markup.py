"""Where the tags of a page stand: a tokenizer after the HTML Standard, section 13.2.5, that keeps byte offsets.

It works on UTF-8 bytes and builds no tree. Where the standard lets the tree decide how text is read (foreign content),
it keeps just enough of one; what it gets wrong on a strange page is found by the proof (``renderers/prove.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_NAME = rb"[^\t\n\f\r />][^\t\n\f\r />=]*+"
_EQUALS = rb"[\t\n\f\r ]*+=[\t\n\f\r ]*+"
_VALUE = rb"\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|(?![\"'])[^\t\n\f\r >]*+"
_ATTRIBUTE = re.compile(rb"(" + _NAME + rb")(?:" + _EQUALS + rb"(" + _VALUE + rb"))?+")
_MARKUP = re.compile(
    rb"<(?:(/?+)([a-zA-Z][^\t\n\f\r />]*+)"
    rb"(?:[\t\n\f\r /]++|" + _NAME + rb"(?:" + _EQUALS + rb"(?:" + _VALUE + rb"))?+)*+>"
    rb"|(/?+[a-zA-Z])"
    rb"|!--(?:-?>|.*?(?:--!?>|\Z))"
    rb"|(!\[CDATA\[)"
    rb"|[!?/][^>]*+>?)",
    re.DOTALL,
)

RAW_TEXT = frozenset(b"script style xmp iframe noembed noframes noscript plaintext".split())
"""Elements whose content is text without entities; ``noscript`` as browsers that run scripts read it."""
_SWITCH = RAW_TEXT | {b"textarea", b"title"}
_RAW_END = {name: re.compile(rb"</" + name + rb"(?=[\t\n\f\r />])", re.IGNORECASE) for name in _SWITCH - {b"plaintext"}}
_SCRIPT_STEP = re.compile(rb"(<!--)|(-->)|(<script(?=[\t\n\f\r />]))|</script(?=[\t\n\f\r />])", re.IGNORECASE)

_FOREIGN = frozenset({b"svg", b"math"})
_INTEGRATION = {
    b"svg": frozenset({b"foreignobject", b"desc", b"title"}),
    b"math": frozenset({b"mi", b"mo", b"mn", b"ms", b"mtext", b"annotation-xml"}),
}
_BREAKOUT = frozenset(
    b"b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta "
    b"nobr ol p pre ruby s small span strong strike sub sup table tt u ul var".split()
)
"""Start tags that end foreign content (HTML Standard 13.2.6.5)."""


class Tag(NamedTuple):
    """One tag of the source. Offsets are bytes."""

    name: bytes
    """In lower case."""
    closing: bool
    start: int
    name_end: int
    end: int


class Attribute(NamedTuple):
    """One attribute of a start tag; ``start`` and ``end`` enclose its value without quotes."""

    name: bytes
    start: int
    end: int
    quote: str | None
    """``"`` or ``'``; empty for an unquoted value; None when there is no value at all."""


def tags(source: bytes) -> list[Tag]:
    """Every tag a browser sees, in order: none in comments, scripts, CDATA sections or after an unterminated tag."""
    found: list[Tag] = []
    foreign: list[bytes] = []
    position = 0
    while match := _MARKUP.search(source, position):
        slash, name, unterminated, cdata = match.groups()
        position = match.end()
        if name is None:
            if unterminated is not None:
                break
            if cdata is not None:
                position = _after_cdata(source, position, in_foreign=_reads_as_foreign(foreign))
            continue
        name = name.lower()
        tag = Tag(name, slash == b"/", match.start(), match.end(2), position)
        found.append(tag)
        if foreign or name in _FOREIGN:
            _track(foreign, tag, self_closing=source[position - 2] == 0x2F)
        if name in _SWITCH and not tag.closing and not _reads_as_foreign(foreign):
            position = _raw_end(source, position, name)
    return found


def attributes(source: bytes, tag: Tag) -> Iterator[Attribute]:
    """The attributes of a start tag in order, repeated ones included (the first one counts)."""
    for match in _ATTRIBUTE.finditer(source, tag.name_end, tag.end - 1):
        value = match[2]
        if value is None:
            yield Attribute(match[1].lower(), match.end(), match.end(), None)
        elif value[:1] in {b'"', b"'"}:
            yield Attribute(match[1].lower(), match.start(2) + 1, match.end(2) - 1, value[:1].decode())
        else:
            yield Attribute(match[1].lower(), match.start(2), match.end(2), "")


def _raw_end(source: bytes, position: int, name: bytes) -> int:
    if name == b"script":
        return _script_end(source, position)
    end = _RAW_END[name].search(source, position) if name in _RAW_END else None
    return end.start() if end else len(source)


def _script_end(source: bytes, position: int) -> int:
    """Offset of the end tag that ends a script: ``<!-- <script>`` hides one (HTML Standard 13.2.5.15 to .31)."""
    escaped = doubly = False
    while step := _SCRIPT_STEP.search(source, position):
        opens, closes, nested = step.groups()
        position = step.end()
        if opens:
            escaped = True
            position -= 2  # The dashes of <!--> count for both ends.
        elif closes:
            escaped = doubly = False
        elif nested:
            doubly = escaped
        elif doubly:
            doubly = False
        else:
            return step.start()
    return len(source)


def _after_cdata(source: bytes, position: int, *, in_foreign: bool) -> int:
    """Where text goes on after ``<![CDATA[``: a section in SVG and MathML, elsewhere a comment up to the next ``>``."""
    mark = b"]]>" if in_foreign else b">"
    end = source.find(mark, position)
    return len(source) if end < 0 else end + len(mark)


def _reads_as_foreign(foreign: list[bytes]) -> bool:
    return bool(foreign) and foreign[-1] in _FOREIGN


def _track(foreign: list[bytes], tag: Tag, *, self_closing: bool) -> None:
    """Keep the open SVG and MathML roots and the elements in them whose content is HTML again."""
    if tag.closing:
        if tag.name in foreign:
            while foreign.pop() != tag.name:
                pass
    elif self_closing:
        return
    elif tag.name in _FOREIGN:
        foreign.append(tag.name)
    elif _reads_as_foreign(foreign):
        if tag.name in _INTEGRATION[foreign[-1]]:
            foreign.append(tag.name)
        elif tag.name in _BREAKOUT:
            foreign.clear()
