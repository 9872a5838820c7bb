"""Whether a feed that was read may count. Pure."""

from __future__ import annotations

_MOST_BAD = 0.1
"""Of all items. A few are somebody's typing; more mean that the feed is not what it is taken for."""
_MOST_LOST = 0.5


def distrust(items: int, bad: int, first: str) -> str | None:
    """Why nothing of a feed counts that has ``bad`` among its ``items``; None when it does.

    ``first``: what is wrong with the first of them.
    """
    if bad > items * _MOST_BAD:
        return f"{bad} of {items} items are bad, so none counts; the first: {first}"
    return None


def loss(known: int, absent: int) -> str | None:
    """What to tell of products the feed knew and no longer has; None when all are there.

    Rows are never deleted for it: a feed that lost its products more often broke than sold them.
    """
    if not absent:
        return None
    if absent > known * _MOST_LOST:
        return f"the feed lost {absent} of {known} products; their rows stay, and someone should look at the feed"
    return f"{absent} products are no longer in the feed; their rows stay"
