"""Personal data: what is one person's however it got onto the page."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from renderers import markup
from renderers.charsets import transcode
from renderers.strangers.values import Finding

_LINE_END = b"\x1e"
_INLINE = frozenset(b"a abbr b bdi bdo big cite em font i mark small span strong u".split())
_CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶŁĻŃŅŇŌŐŒŘŚŞŠŤŪŮŰŹŻŽΑ-ΩА-ЯЁ"
_NAME = rf"(?P<name>[{_CAPITAL}][\w'’.-]{{1,30}}(?:[ \u00a0][{_CAPITAL}][\w'’.-]{{0,30}}){{0,3}})"
_HELLO = (
    r"(?<!\w)(?i:hello|hi|hey|hiya|welcome(?: back)?|good (?:morning|afternoon|evening)|dear|hallo"
    r"|willkommen(?: zurück)?|guten (?:tag|morgen|abend)|bonjour|bienvenue|salut|hola|bienvenid[oa]|ciao|benvenut[oa]"
    r"|ol[áa]|bem-vind[oa]|hej|hei|welkom|witaj|cześć|ahoj|здравствуйте|привет)"
)
_SIGNED_IN = (
    r"(?<!\w)(?i:(?:logged|signed) in as|you are (?:logged|signed) in,?|angemeldet als|eingeloggt als"
    r"|connectée? en tant que|(?:conectado|identificado) como|ingelogd als|accesso come|zalogowany jako|inloggad som)"
)
_ACCOUNT = (
    r"(?<!\w)(?i:(?:my|your) account|(?:mein|ihr) konto|(?:mon|votre) compte|(?:mi|tu|su) cuenta|mijn account"
    r"|il mio account)"
)
_END = r"(?=\s*(?:[!.,|:;(–—-]|$))"
_GREETINGS = (
    re.compile(rf"{_HELLO}(?:\s*,\s*|\s+back,?\s+){_NAME}{_END}"),
    re.compile(rf"\A\s*{_HELLO}\s+{_NAME}\s*!"),
    re.compile(rf"{_SIGNED_IN}\s*:?\s*{_NAME}{_END}"),
    re.compile(rf"{_ACCOUNT}\s*[:(]\s*{_NAME}"),
    re.compile(rf"(?i:\bnot)\s+{_NAME}\s*\?\s*(?i:(?:sign|log)\s?(?:out|in))"),
)
_SIGNED_IN_EMAIL = re.compile(rf"{_SIGNED_IN}\s*:?\s*(?P<name>\S+@\S+\.\w+)")
_NOBODY_LISTED = (
    "guest gast invité invitado ospite visitor stranger there world dear valued new friend friends customer "
    "shopper all everyone kitty sunshine you sign log login register orders overview dashboard settings details "
    "wishlist shop store sale spring summer autumn fall winter christmas easter halloween weekend january "
    "february march april may june july august september october november december frühling sommer herbst "
    "weihnachten printemps été noël verano"
)
_NOBODY = frozenset(_NOBODY_LISTED.split())
"""Whom shops greet when they do not know who it is; and Hello Kitty."""
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_ORDER = re.compile(
    r"(?i:\b(?:order|invoice|purchase|receipt|customer|bestellung|bestell|auftrags?|rechnungs?|kunden|commande|facture"
    r"|pedido|ordine|bestelling)(?:[\s-]*(?:no|nr|num|number|id|nummer|numéro|número))?\.?\s{0,3}[:#№]{0,2}\s{0,3})"
    r"(?P<number>[A-Z]{0,4}-?\d[\d-]{3,20})"
)
_GREETING_CHARS = 120
"""A greeting is a short line. Longer ones are prose: a review, a description."""


def personal(body: bytes, charset: str) -> tuple[Finding, ...]:
    """Greetings by name and signed-in names on an anonymous page: they refuse even when two strangers both see them.

    E-mail addresses and order numbers are not looked for here: one that all strangers see is the shop's own; one that
    differs comes out of :func:`renderers.compare.compare` with ``personal`` set.
    """
    source = transcode(body, charset)
    found: dict[str, Finding] = {}
    for line in visible_lines(body if source is None else source):
        if len(line) <= _GREETING_CHARS and (greeting := greeted(line)) is not None:
            why = f"the page speaks to {greeting!r}, although nobody has signed in"
            found.setdefault(line, Finding(line, why))
    return tuple(found.values())


def greeted(text: str) -> str | None:
    """The name that a text greets or says is signed in; None when it greets nobody."""
    for pattern in (*_GREETINGS, _SIGNED_IN_EMAIL):
        for match in pattern.finditer(text):
            if re.split(r"\W", match["name"].lower())[0] not in _NOBODY:
                return match["name"].rstrip(".-")
    return None


class Personal(NamedTuple):
    """Personal data in which two texts differ."""

    what: str
    why: str


def somebodys(first: str, second: str) -> Personal | None:
    """What differs in two texts that is personal, or that greets somebody; None when nothing of the kind is there."""
    if not any("@" in text or " " in text for text in (first, second)):
        return None
    first, second = " ".join(first.split()), " ".join(second.split())
    if (email := _only_in_one(_emails, first, second)) is not None:
        return Personal(email, f"an e-mail address that not every visitor sees ({email})")
    if (number := _only_in_one(_numbers, first, second)) is not None:
        return Personal(number, f"an order or customer number that not every visitor sees ({number})")
    for text in (first, second):
        if (name := greeted(text)) is not None:
            return Personal(name, f"it speaks to {name!r}")
    return None


def _emails(text: str) -> set[str]:
    return set(_EMAIL.findall(text)) if "@" in text else set()


def _numbers(text: str) -> set[str]:
    return {match["number"] for match in _ORDER.finditer(text)}


def _only_in_one(find: Callable[[str], set[str]], first: str, second: str) -> str | None:
    return min(find(first) ^ find(second), default=None)


def visible_lines(source: bytes) -> Iterator[str]:
    """The visible text of a UTF-8 page, a line for each run of text that inline elements do not end."""
    pieces: list[bytes] = []
    position, hidden = 0, False
    for tag in markup.tags(source):
        if not hidden:
            pieces.append(source[position : tag.start])
        if tag.name not in _INLINE:
            pieces.append(_LINE_END)
        position, hidden = tag.end, not tag.closing and tag.name in markup.RAW_TEXT
    if not hidden:
        pieces.append(source[position:])
    text = re.sub(rb"<!--.*?(?:-->|\Z)|<[!?/][^>]*+>?", b"", b"".join(pieces), flags=re.DOTALL)
    for line in html.unescape(text.decode("utf-8", "replace")).split(_LINE_END.decode()):
        if line := " ".join(line.split()):
            yield line
