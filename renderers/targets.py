"""What an operator writes to point into a page: ``css:`` and ``json:`` targets, and the recognisers of a SKU."""

from __future__ import annotations

import functools
import re

import msgspec
from selectolax.lexbor import LexborHTMLParser, SelectolaxError


class TargetError(ValueError):
    """A target or recogniser is written wrongly. The message says what is wrong and what to write instead."""


class CssTarget(msgspec.Struct, frozen=True):
    """The inside of an element, or the value of one of its attributes."""

    selector: str
    attribute: str | None = None
    """In lower case; None: the element's content."""


class JsonTarget(msgspec.Struct, frozen=True):
    """One value inside the JSON of a script element."""

    selector: str
    pointer: tuple[str, ...]
    """RFC 6901 reference tokens, unescaped."""


Target = CssTarget | JsonTarget


class JsonLdSku(msgspec.Struct, frozen=True):
    """Read from the page's schema.org Product; each step is a member name or an array index."""

    path: tuple[str, ...]


class PathSku(msgspec.Struct, frozen=True):
    """Read from the URL's path: the group named ``sku``, else the first group, else the whole match."""

    pattern: str


class MetaSku(msgspec.Struct, frozen=True):
    """Read from ``<meta name|property|itemprop=NAME content=...>``."""

    name: str


SkuRule = JsonLdSku | CssTarget | JsonTarget | PathSku | MetaSku

_ATTRIBUTE = re.compile(r"@([A-Za-z_][\w:.-]*)\Z")
_RUNS = re.compile(r"on\w+|srcdoc", re.IGNORECASE)
"""Attributes that hold programs or whole documents: no escaping makes a row's text harmless there."""
_ESCAPE = re.compile(r"~(?![01])")
_SKU_FORMS = "json-ld:PATH, css:SELECTOR[@ATTR], json:SELECTOR#/POINTER, path:REGEX or meta:NAME"


@functools.lru_cache(maxsize=1024)
def parse_target(at: str) -> Target:
    """Read ``css:SELECTOR``, ``css:SELECTOR@ATTR`` or ``json:SELECTOR#/POINTER``. Raises TargetError."""
    scheme, colon, rest = at.partition(":")
    if colon and scheme == "css":
        return _css(rest, at)
    if colon and scheme == "json":
        return _json(rest, at)
    raise TargetError(
        f"{at!r} is not a target; write css:SELECTOR, css:SELECTOR@ATTRIBUTE or json:SELECTOR#/POINTER, "
        "for example css:.price or json:script[type='application/ld+json']#/offers/price"
    )


@functools.lru_cache(maxsize=1024)
def parse_selector(at: str) -> str:
    """Read ``css:SELECTOR``, as ``each`` has it: elements, not values in them. Raises TargetError."""
    scheme, _, rest = at.partition(":")
    if scheme != "css" or _ATTRIBUTE.search(rest):
        raise TargetError(f"{at!r} names no elements; write css:SELECTOR, for example css:.product-card")
    return _selector(rest, at)


@functools.lru_cache(maxsize=1024)
def parse_sku(spec: str) -> SkuRule:
    """Read a ``sku`` setting. Raises TargetError."""
    scheme, _, rest = spec.partition(":")
    rest = rest.strip()
    if not rest:
        raise TargetError(f"{spec!r} says nowhere to find the SKU; write {_SKU_FORMS}")
    match scheme:
        case "json-ld":
            return JsonLdSku(tuple(step for step in re.split(r"[./]", rest) if step))
        case "css":
            return _css(rest, spec)
        case "json":
            return _json(rest, spec)
        case "meta":
            return MetaSku(rest)
        case "path":
            try:
                re.compile(rest)
            except re.error as exc:
                raise TargetError(f"{spec!r} is not a regular expression: {exc}") from exc
            return PathSku(rest)
        case _:
            raise TargetError(f"{spec!r} is not a way to find the SKU; write {_SKU_FORMS}")


def _css(rest: str, at: str) -> CssTarget:
    if attribute := _ATTRIBUTE.search(rest):
        if _RUNS.fullmatch(attribute[1]):
            raise TargetError(f"{at!r}: what {attribute[1]} holds is run by the browser; point at what it changes")
        return CssTarget(_selector(rest[: attribute.start()], at), attribute[1].lower())
    return CssTarget(_selector(rest, at))


def _json(rest: str, at: str) -> JsonTarget:
    cut = _pointer_start(rest)
    if cut is None:
        raise TargetError(f"{at!r} has no pointer; write json:SELECTOR#/POINTER, for example json:script#state#/price")
    pointer = rest[cut + 1 :]
    if _ESCAPE.search(pointer):
        raise TargetError(f"{at!r}: in a JSON pointer '~' is written ~0 and '/' in a name ~1 (RFC 6901)")
    steps = tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))
    return JsonTarget(_selector(rest[:cut], at), steps)


def _pointer_start(rest: str) -> int | None:
    """Offset of the ``#/`` that ends the selector; one inside quotes belongs to the selector."""
    quote = ""
    for index, char in enumerate(rest):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif rest.startswith("#/", index):
            return index
    return None


def _selector(selector: str, at: str) -> str:
    selector = selector.strip()
    try:
        LexborHTMLParser("").css(selector)
    except SelectolaxError as exc:
        raise TargetError(f"{at!r}: {selector!r} is not a CSS selector; write it as a style sheet would") from exc
    return selector
