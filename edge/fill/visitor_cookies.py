"""What a page's visitor slots print: which cookies, how the origin sets them, and whether anybody else can."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from edge.fill.kind_memory import KindMemory
from edge.model import VisitorCookie
from edge.policy.set_cookie import SetCookie, described
from edge.policy.visitor_tokens import DEFAULT, with_grammar
from origin_adapters import Token


def cookies_of_page(
    asked: Iterable[str], seen: Sequence[SetCookie], memory: KindMemory, tokens: Iterable[Token], *, now: int
) -> tuple[VisitorCookie, ...]:
    """One for each name in ``asked``: as set just now, else as seen on other pages of the kind, else as most do.

    A slot that the operator declared counts as mintable: he says that the platform takes it. ``now``: Unix seconds.
    """
    known = {cookie.name: cookie for cookie in memory.cookies}
    grammars = {token.cookie: token for token in tokens}
    found = []
    for name in asked:
        cookie = known.get(name, msgspec.structs.replace(DEFAULT, name=name))
        mintable = name in grammars or name not in memory.unmintable
        just_set = [each for each in seen if each.name == name and each.value]
        if just_set:
            grammar = {"alphabet": cookie.alphabet, "length": cookie.length}
            cookie = msgspec.structs.replace(described(just_set[-1], mintable=mintable, now=now), **grammar)
            cookie = with_grammar(cookie, [each.value for each in just_set])
        if name in grammars:
            token = grammars[name]
            cookie = msgspec.structs.replace(cookie, alphabet=token.alphabet, length=token.length)
        found.append(msgspec.structs.replace(cookie, mintable=mintable))
    return tuple(found)
