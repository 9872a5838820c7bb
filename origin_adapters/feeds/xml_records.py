"""XML read as a stream, however long: one record after another, in flat memory, and no entity but the five of XML.

Feeds come from outside, so a document type may declare nothing: no entity that doubles itself (billion laughs), none
that names a file or an address. Tokens, fields and depth are bounded, since expat keeps each of them whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO, NamedTuple, NoReturn, Protocol, TypeVar
from xml.parsers import expat

from origin_adapters.feeds.item import FeedBroken

T = TypeVar("T")

FIELD_CHARS = 65_537
"""One more than any field of a table takes; what comes after it is not kept."""

_CHUNK_BYTES = 65_536
_TOKEN_BYTES = 2**20
_DEPTH = 64
_BETWEEN = "\n"
"""Between namespace and name; no namespace holds a line's end."""


class Name(NamedTuple):
    """A name with the address of its namespace, "" for none."""

    space: str
    local: str


class Sink(Protocol[T]):
    """What makes records of elements."""

    def start(self, name: Name, attributes: Mapping[str, str], line: int) -> None:
        """An element begins."""

    def text(self, text: str) -> None:
        """Text inside the element that began last."""

    def end(self, name: Name) -> None:
        """An element ends."""

    def take(self) -> list[T]:
        """The records complete since it was last asked."""


def records(file: BinaryIO, sink: Sink[T]) -> Iterator[T]:
    """The records of the document. Raises FeedBroken where it is no XML, or more than a feed may be."""
    parser = _parser(sink)
    fed = 0
    while chunk := file.read(_CHUNK_BYTES):
        fed += len(chunk)
        _parse(parser, chunk, final=False)
        if fed - parser.CurrentByteIndex > _TOKEN_BYTES:
            raise FeedBroken(parser.CurrentLineNumber, "one element or comment is over 1 MiB", "write shorter ones")
        yield from sink.take()
    _parse(parser, b"", final=True)
    yield from sink.take()


def _parser(sink: Sink[T]) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=_BETWEEN)
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH:
            raise FeedBroken(parser.CurrentLineNumber, f"elements are nested over {_DEPTH} deep", "write a flat feed")
        sink.start(_name(name), attributes, parser.CurrentLineNumber)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        sink.end(_name(name))

    def refuse(*_declaration: object) -> NoReturn:
        raise FeedBroken(parser.CurrentLineNumber, "the document declares entities", "write characters as they are")

    def unknown(entity: str, _is_parameter: bool) -> None:  # noqa: FBT001 - expat calls it so
        raise FeedBroken(parser.CurrentLineNumber, f"&{entity}; is no entity of XML", "write the character itself")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = sink.text
    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.SkippedEntityHandler = unknown
    return parser


def _parse(parser: expat.XMLParserType, chunk: bytes, *, final: bool) -> None:
    try:
        parser.Parse(chunk, final)
    except expat.ExpatError as exc:
        detail = f"this is not XML: {expat.ErrorString(exc.code)}"
        raise FeedBroken(exc.lineno, detail, "write well-formed XML, whole to its end") from exc
    except (LookupError, UnicodeError, ValueError) as exc:
        if isinstance(exc, FeedBroken):
            raise
        raise FeedBroken(1, f"its encoding cannot be read: {exc}", "write it as UTF-8") from exc


def _name(name: str) -> Name:
    space, between, local = name.rpartition(_BETWEEN)
    return Name(space, local) if between else Name("", name)
