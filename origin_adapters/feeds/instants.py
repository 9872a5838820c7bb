"""Instants as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def instant_ms(text: str) -> int | None:
    """Unix milliseconds of ISO 8601 (RFC 3339), of an RFC 822 date as RSS has it, or of Unix seconds; None for others.

    Without an offset it is UTC.
    """
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) == 10:
        return int(text) * 1000
    moment = _iso(text) or _mail(text)
    if moment is None:
        return None
    return round((moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _mail(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None
