"""How a shop spells schema.org's ItemAvailability names (https://schema.org/ItemAvailability): parse and print."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from renderers.faults import Missing, Unprintable

IN_STOCK = frozenset({"InStock", "InStoreOnly", "LimitedAvailability", "OnlineOnly"})
"""Names that mean one can buy it now."""
OUT_OF_STOCK = frozenset({"Discontinued", "OutOfStock", "SoldOut"})
NAMES = tuple(sorted(IN_STOCK | OUT_OF_STOCK | {"BackOrder", "MadeToOrder", "PreOrder", "PreSale", "Reserved"}))

_ONE_WORD = {"BackOrder": "Backorder", "PreOrder": "Preorder", "PreSale": "Presale"}
"""Outside schema.org these are one word (https://support.google.com/merchants/answer/6324448)."""
_BASE = re.compile(r"(?:https?://(?:www\.)?schema\.org/|schema:)?")


def _words(name: str) -> list[str]:
    return re.findall("[A-Z][a-z]+", _ONE_WORD.get(name, name))


_SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda name: name,
    lambda name: "_".join(_words(name)).lower(),
    lambda name: " ".join(_words(name)).lower(),
    lambda name: "-".join(_words(name)).lower(),
    lambda name: name.lower(),
    lambda name: "_".join(_words(name)).upper(),
    lambda name: name.upper(),
    lambda name: name[0].lower() + name[1:],
    lambda name: " ".join(_words(name)).capitalize(),
    lambda name: " ".join(_words(name)),
)


class AvailabilityFormat(msgspec.Struct, frozen=True, array_like=True):
    """``prefix`` is the vocabulary's address as written, or ""; ``spelling`` an index into the known spellings."""

    prefix: str
    spelling: int

    def print(self, value: object) -> str:
        """The source for a schema.org name, or for the row that holds one. Raises Missing or Unprintable."""
        name = value.get("availability") if isinstance(value, dict) else value
        if name is None:
            raise Missing("the row states no availability")
        if name not in NAMES:
            raise Unprintable(f"{name!r} is not an availability of schema.org")
        return self.prefix + _SPELLINGS[self.spelling](str(name))

    def parse(self, source: str) -> str:
        """The schema.org name written as ``source``. Raises ValueError."""
        for name in NAMES:
            if self.print(name) == source:
                return name
        raise ValueError(f"{source!r} is not written as {self.print('InStock')!r} is")


def learn_availability(raw: str) -> AvailabilityFormat | str:
    """The format that ``raw`` is written in, or a sentence why there is none."""
    base = _BASE.match(raw)
    prefix = base.group() if base else ""
    for spelling, spell in enumerate(_SPELLINGS[:1] if prefix else _SPELLINGS):
        if raw.removeprefix(prefix) in map(spell, NAMES):
            return AvailabilityFormat(prefix, spelling)
    return f"{raw.strip()[:60]!r} is not an availability of schema.org; write `inventory | stock` for a text for people"


def availability_name(text: str) -> str | None:
    """The schema.org name that ``text`` spells in any known way, as feeds and rows do; None when it spells none."""
    learnt = learn_availability(text.strip())
    return None if isinstance(learnt, str) else learnt.parse(text.strip())
