"""Times in texts and values: two fetches a moment apart differ in them, whoever fetched."""

from __future__ import annotations

import re

_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|january|february|march|april|june|july|august|september"
    r"|october|november|december|sept|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril"
    r"|juin|juillet|août|septembre|octobre|novembre|décembre)"
)
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[ap]\.?m\b\.?)?"
_ZONE = r"(?:\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})\b)?"
_UNIT = r"(?:seconds?|secs?|minutes?|mins?|hours?|days?|weeks?|months?|s|m|h|d)"
_TIME = re.compile(
    rf"\b\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]{_CLOCK}{_ZONE})?"
    rf"|\b(?:{_DAY},?\s)?\d{{1,2}}\.?[ -]{_MONTH}\.?,?[ -]\d{{4}}\b(?:,?\s(?:at\s)?{_CLOCK}{_ZONE})?"
    rf"|\b(?:{_DAY},?\s)?{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}\b(?:,?\s(?:at\s)?{_CLOCK}{_ZONE})?"
    rf"|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}}\b(?:,?\s{_CLOCK}{_ZONE})?"
    rf"|\b{_CLOCK}{_ZONE}"
    rf"|\b(?:\d+|an?|one)\s{_UNIT}\sago\b|\bjust\snow\b|\ba\smoment\sago\b|\bmoments\sago\b"
    r"|\b\d+[.,]\d+\s?(?:s|sec|secs|seconds?)\b|\b\d+(?:[.,]\d+)?\s?(?:ms|milliseconds?|µs|microseconds?)\b",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"1[4-9]\d{8}(?:\.\d+|\d{3}|\d{6})?")
_SAME_DAY_S = 86_400
_MARK = "\0"


def only_times_differ(first: str, second: str) -> bool:
    """Whether two texts are the same but for the dates, clock times and durations in them."""
    masked = without_times(first)
    return masked == without_times(second) and _MARK in masked


def without_times(text: str) -> str:
    """The text with a mark for each date, clock time and duration."""
    return _TIME.sub(_MARK, text)


def both_epochs(first: str, second: str) -> bool:
    """Whether two values are Unix times (s, ms or µs) less than a day apart."""
    if _EPOCH.fullmatch(first) is None or _EPOCH.fullmatch(second) is None:
        return False
    return (
        len(first.partition(".")[0]) == len(second.partition(".")[0])
        and abs(_seconds(first) - _seconds(second)) < _SAME_DAY_S
    )


def _seconds(epoch: str) -> float:
    whole, _, fraction = epoch.partition(".")
    return float(f"{whole[:10]}.{whole[10:]}{fraction}0")
