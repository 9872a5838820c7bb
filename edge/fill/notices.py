"""What operators are told about pages: each thing in the log once, and again only when it changes."""

from __future__ import annotations

import logging

from cachetools import LRUCache

logger = logging.getLogger("vitrine.fill")

_KEYS = 65_536
"""Notices remembered. Beyond it, and after a restart, something may be said again."""


class Notices:
    """Remembers what was last said of each cache key on each subject."""

    def __init__(self) -> None:
        self._said: LRUCache[tuple[str, str], tuple[str, ...]] = LRUCache(_KEYS)

    def tell(self, subject: str, key: str, sentences: tuple[str, ...]) -> None:
        """Log each sentence, unless these very sentences were the last ones. None at all: the matter is settled."""
        if self._said.get((subject, key), ()) == sentences:
            return
        self._said[subject, key] = sentences
        for sentence in sentences:
            logger.warning("%s of %s: %s", subject, key, sentence)
        if not sentences:
            logger.info("%s of %s: settled", subject, key)
