"""Patterns people write in the configuration: ``/product/*``, ``utm_*``."""

from __future__ import annotations

import re
from functools import lru_cache


def glob_source(pattern: str) -> str:
    """The regular expression of one pattern: ``*`` is any run (slashes too), ``?`` one character, the rest literal.

    Square brackets are literal, unlike in ``fnmatch``: query parameters are called ``filter[colour]``.
    """
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


@lru_cache(maxsize=256)
def compile_globs(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression whose ``fullmatch`` says whether any of the patterns covers a whole name."""
    alternatives = "|".join(glob_source(pattern) for pattern in patterns)
    return re.compile(alternatives if patterns else r"(?!)", re.DOTALL)
