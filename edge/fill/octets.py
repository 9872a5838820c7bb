"""Octets of targets and fields as text that survives the store and aiohttp, which hold nothing but real characters."""

from __future__ import annotations

from edge.model import Pairs


def text(raw: bytes) -> str:
    """A field value as received: UTF-8 where it is that, else Latin-1 (RFC 9110 §5.5, obs-text)."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def legible(value: str) -> str:
    """aiohttp gives octets that are not UTF-8 as lone surrogates, and would silently leave them out when sending."""
    return value if value.isascii() else text(value.encode("utf-8", "surrogateescape"))


def percent_encoded(target: str) -> str:
    """Octets that are not UTF-8 as their percent-encoding (RFC 3986 §2.1); the rest stays as it is."""
    if target.isascii():
        return target
    return "".join(f"%{ord(char) - 0xDC00:02X}" if "\udc80" <= char <= "\udcff" else char for char in target)


def encodable(pairs: Pairs) -> Pairs:
    """The same pairs with names that msgspec can encode: multidict gives out names of a class of its own."""
    return tuple((str(name), value) for name, value in pairs)


def legible_pairs(pairs: Pairs) -> Pairs:
    """A visitor's fields with values that msgspec can encode: anybody may send octets that are not UTF-8."""
    return tuple((name, legible(value)) for name, value in pairs)
