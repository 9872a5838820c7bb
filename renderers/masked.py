"""Origin source as a reader sees it: tags set aside and character references read, every character traceable."""

from __future__ import annotations

import html
import re
from typing import NamedTuple

TAG = "\ufdd0"
"""Stands for one tag, comment or hidden element; a noncharacter, so no page writes it."""

_HIDDEN = r"<(?:(script|style|svg|template)\b.*?</\1\s*>)"
_MARKUP = r"<!--.*?-->|<[/!?A-Za-z](?:\"[^\"]*\"|'[^']*'|[^'\">])*>"
_REFERENCE = r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);"
_TOKEN = re.compile(f"{_HIDDEN}|{_MARKUP}|{_REFERENCE}|.", re.DOTALL | re.IGNORECASE)


class Masked(NamedTuple):
    """``text`` has one character per token of ``source``; token ``i`` is ``source[starts[i]:starts[i + 1]]``."""

    source: str
    text: str
    starts: tuple[int, ...]

    def between(self, start: int, end: int) -> str:
        """The source of the tokens from ``start`` up to ``end``."""
        return self.source[self.starts[start] : self.starts[end]]


def mask(source: str) -> Masked:
    """``source`` with tags set aside and references read. Elements a reader never sees count as one tag."""
    chars: list[str] = []
    starts: list[int] = []
    for match in _TOKEN.finditer(source):
        token = match.group()
        starts.append(match.start())
        if len(token) == 1:
            chars.append(token)
        elif token[0] == "&":
            char = html.unescape(token)
            chars.append(char if len(char) == 1 else TAG)
        else:
            chars.append(TAG)
    starts.append(len(source))
    return Masked(source, "".join(chars), tuple(starts))
