"""HTTP dates (RFC 9110 §5.6.7), read without the help of locale or local time zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_FORMATS = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        rf"[a-z]{{3}}, (?P<day>[0-9]{{2}}) (?P<month>[a-z]{{3}}) (?P<year>[0-9]{{4}}) {_TIME} GMT",
        rf"[a-z]{{6,9}}, (?P<day>[0-9]{{2}})-(?P<month>[a-z]{{3}})-(?P<year>[0-9]{{2}}) {_TIME} GMT",
        rf"[a-z]{{3}} (?P<month>[a-z]{{3}}) (?P<day>[0-9 ][0-9]) {_TIME} (?P<year>[0-9]{{4}})",
    )
)


def parse_http_date(text: str) -> int | None:
    """Unix time in seconds of an IMF-fixdate, RFC 850 or asctime date; None when it is none of them.

    Case is ignored and any zone but GMT is invalid, as RFC 9111 §4.2 asks of caches. A year of two digits is 1970 to
    2069: the fifty-year rule of §5.6.7 needs a clock, and no origin that writes RFC 850 dates means a later one.
    """
    text = text.strip(" \t")
    for pattern in _FORMATS:
        match = pattern.fullmatch(text)
        if match:
            return _instant(match)
    return None


def _instant(match: re.Match[str]) -> int | None:
    month = match["month"].lower()
    if month not in _MONTHS:
        return None
    year = int(match["year"])
    if len(match["year"]) == 2:
        year += 1900 if year >= 70 else 2000
    clock = (int(match["hour"]), int(match["minute"]), min(int(match["second"]), 59))  # 60 is a leap second
    if int(match["second"]) > 60:
        return None
    try:
        return int(datetime(year, _MONTHS.index(month) + 1, int(match["day"]), *clock, tzinfo=UTC).timestamp())
    except ValueError:
        return None  # 31 February, 25 o'clock, the year 0


def format_http_date(at: int) -> str:
    """``at`` (Unix seconds, years 1 to 9999) as IMF-fixdate, the only format to be generated (§5.6.7)."""
    when = datetime.fromtimestamp(at, tz=UTC)
    month = _MONTHS[when.month - 1].capitalize()
    return f"{_DAYS[when.weekday()]}, {when.day:02} {month} {when.year:04} {when:%H:%M:%S} GMT"
