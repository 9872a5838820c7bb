"""What slots cover is not compared, but where a row is missing the origin's bytes show: they must not be somebody's."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from renderers.strangers.copies import Copy
from renderers.strangers.personal import somebodys
from renderers.strangers.secrets import Secrets, secrets_of
from renderers.strangers.values import Range
from renderers.strangers.verdicts import Verdict, other

_NOWHERE = Range(0, 0)


class InSlot(NamedTuple):
    """Something of a visitor's in a slot that is not a visitor slot."""

    verdict: Verdict
    place: Range
    other_place: Range


def in_slots(first: Copy, second: Copy) -> Iterator[InSlot]:
    """Tokens and personal data that differ in what slots cover, visitor slots aside."""
    secrets = secrets_of(first.view.cookies, second.view.cookies)
    for place, other_place in itertools.zip_longest(_covered(first), _covered(second), fillvalue=_NOWHERE):
        texts = first.piece(place).decode("utf-8", "replace"), second.piece(other_place).decode("utf-8", "replace")
        if texts[0] != texts[1] and (verdict := _verdict(texts, secrets)) is not None:
            yield InSlot(verdict, place, other_place)


def _covered(copy: Copy) -> list[Range]:
    return [item.at for item in copy.covered if not item.visitor]


def _verdict(texts: tuple[str, str], secrets: tuple[Secrets, Secrets]) -> Verdict | None:
    held = next((held for text in texts for secret in secrets if (held := secret.find(text)) is not None), None)
    if held is not None:
        why = f"a slot for everybody covers the value of the cookie {held.cookie}"
        return other(why)._replace(cookie=held.cookie)
    found = somebodys(*texts)
    return other(f"a slot for everybody covers {found.why}", personal=True) if found is not None else None
