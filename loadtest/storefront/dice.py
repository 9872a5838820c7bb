"""Choices that look random and never change: each is a hash of what is chosen for and of a label."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_SPAN = 1 << 48


class Dice:
    """Deterministic choices for one subject. The same seed and label give the same choice on every machine."""

    __slots__ = ("_seed",)

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def share(self, label: str) -> float:
        """A number from 0 (included) to 1 (excluded)."""
        digest = hashlib.blake2b(f"{self._seed}/{label}".encode(), digest_size=6).digest()
        return int.from_bytes(digest, "big") / _SPAN

    def between(self, label: str, low: float, high: float) -> float:
        """A number from ``low`` to ``high``, to one decimal place."""
        return round(low + self.share(label) * (high - low), 1)

    def whole(self, label: str, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self.share(label) * (high - low + 1))

    def pick(self, label: str, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.whole(label, 0, len(options) - 1)]

    def sample(self, label: str, options: Sequence[T], count: int) -> list[T]:
        """``count`` different options (fewer when there are fewer), in an order of their own."""
        order = sorted(range(len(options)), key=lambda index: self.share(f"{label}/{index}"))
        return [options[index] for index in order[:count]]
