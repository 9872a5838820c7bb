"""What to write into the configuration about a difference."""

from __future__ import annotations

import json
import re

from renderers.page import SlotSpec
from renderers.strangers.changes import Change
from renderers.strangers.values import Kind
from renderers.strangers.verdicts import Verdict
from renderers.strangers.where import Where

_SLUG = re.compile(r"[^a-z0-9]+")
_MONEY = re.compile(r"amount of money")
_QUANTITY = re.compile(r"quantity")
_SESSION = re.compile(r"sess|sid|auth|login|remember|jwt", re.IGNORECASE)
_TOO_MUCH = re.compile(r"css:(?:html|body|head|main)(?:@.*)?")
_NO_SLOT_NAMES = frozenset({"nonce"})
"""The browser compares a CSP nonce with the response's header: a slot would have to change that, too."""


class Proposer:
    """Makes proposals for one page kind, with slot names that do not collide."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def slot(self, change: Change, verdict: Verdict, where: Where) -> SlotSpec | None:
        """The visitor slot that covers a token; None when no slot can."""
        if verdict.kind is not Kind.TOKEN or not (verdict.whole and where.exact) or change.name in _NO_SLOT_NAMES:
            return None
        called = verdict.cookie or (change.label or change.name).rpartition(".")[2]
        if not called:
            return None
        fill = f"{{{{ visitor.csrf({json.dumps(called)}) }}}}"
        return SlotSpec(name=self._name(called, where.at), at=where.at, fill=fill, all=where.repeated)

    def proposal(self, verdict: Verdict, where: Where, slot: SlotSpec | None) -> str:
        """TOML for the page kind, or a comment that says what to do instead."""
        if slot is not None:
            return _mintable(verdict) + toml(slot)
        if verdict.personal or verdict.cookie is not None or verdict.kind is Kind.TOKEN:
            return _comment(f"{where.at}: {verdict.why}. {_remedy(verdict)}")
        if where.exact and (fill := _fill(verdict)) is not None:
            return toml(SlotSpec(name=self._name("value", where.at), at=where.at, fill=fill, all=where.repeated))
        if verdict.kind is Kind.NOISE and not where.exact:
            return _comment(f"{verdict.why}: stored as first seen")
        if _TOO_MUCH.fullmatch(where.at):
            return _comment(f"{verdict.why}, and nothing smaller than {where.at} is around it: give it an element")
        return f"freeze = [{_quoted(where.at)}]"

    def _name(self, called: str, at: str) -> str:
        """A slot name for a target, the same whenever it is asked for."""
        if at not in self._names:
            slug = _SLUG.sub("-", called.lower()).strip("-") or "token"
            taken = set(self._names.values())
            self._names[at] = slug if slug not in taken else f"{slug}-{len(taken) + 1}"
        return self._names[at]


def toml(slot: SlotSpec) -> str:
    """A slot as a table of ``vitrine.toml``."""
    lines = [
        "[[pages.slots]]",
        f"name = {_quoted(slot.name)}",
        f"at = {_quoted(slot.at)}",
        f"fill = {_quoted(slot.fill)}",
    ]
    return "\n".join(lines + ["all = true"] * slot.all)


def _mintable(verdict: Verdict) -> str:
    """A line of warning above a slot whose value a visitor without one cannot simply be given."""
    if verdict.cookie is None:
        return _comment("only if the shop accepts a token that it did not issue") + "\n"
    if _SESSION.search(verdict.cookie):
        return _comment(f"{verdict.cookie} looks like a session: only for visitors who have one") + "\n"
    return ""


def _remedy(verdict: Verdict) -> str:
    if verdict.kind is Kind.TOKEN:
        return "No slot can stand there; do not cache this page kind"
    return "Do not cache this page kind, or have the shop load it by script"


def _fill(verdict: Verdict) -> str | None:
    if _MONEY.search(verdict.why):
        return "{{ prices.amount | money }}"
    if _QUANTITY.search(verdict.why):
        return "{{ inventory.quantity | stock }}"
    return None


def _comment(text: str) -> str:
    return "# " + " ".join(text.split())


def _quoted(text: str) -> str:
    """A basic string (TOML 1.0): escaped as JSON does, and DEL, which JSON leaves."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
