"""The Cache-Status field (RFC 9211)."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator

import msgspec

from edge.policy.lookup import Verdict

_TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*")
_NOT_IN_STRINGS = re.compile(r"[^\x20-\x7e]")
_MAX_INTEGER = 999_999_999_999_999


class Fwd(enum.Enum):
    """Why a request went to the origin (§2.2)."""

    BYPASS = "bypass"
    METHOD = "method"
    URI_MISS = "uri-miss"
    VARY_MISS = "vary-miss"
    MISS = "miss"
    REQUEST = "request"
    STALE = "stale"
    PARTIAL = "partial"


class CacheStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How this node handled one request. A hit has no ``fwd`` (§2.1, §2.2); an error of our own is neither."""

    hit: bool = False
    fwd: Fwd | None = None
    fwd_status: int | None = None
    """Status the origin answered with."""
    ttl: int | None = None
    """Seconds of freshness left; negative when stale (§2.4)."""
    stored: bool = False
    collapsed: bool = False
    key: str | None = None
    """The cache key; to be set only for those who may see it."""
    detail: str | None = None


def forward_reason(verdict: Verdict) -> Fwd | None:
    """The reason of a verdict that was carried out; None when it was answered here."""
    match verdict:
        case Verdict.FETCH:
            return Fwd.URI_MISS
        case Verdict.REVALIDATE:
            return Fwd.STALE
        case Verdict.PASS:
            return Fwd.BYPASS
        case (
            Verdict.DELIVER
            | Verdict.DELIVER_AND_REFRESH
            | Verdict.DELIVER_STALE_IF_ERROR
            | Verdict.DELIVER_ORIGIN_DOWN
            | Verdict.ONLY_IF_CACHED
        ):
            return None


def serialise(status: CacheStatus, *, earlier: str | None = None, cache: str = "vitrine") -> str:
    """The field value, after what caches nearer the origin said (``earlier``, None if nothing) (§2)."""
    parts = [_bare(cache)]
    if status.fwd is not None:
        parts.extend(_forwarded(status, status.fwd))
    elif status.hit:
        parts.append("hit")
    if status.ttl is not None:
        parts.append(f"ttl={max(-_MAX_INTEGER, min(status.ttl, _MAX_INTEGER))}")
    if status.key is not None:
        parts.append(f"key={_string(status.key)}")
    if status.detail is not None:
        parts.append(f"detail={_bare(status.detail)}")
    member = "; ".join(parts)
    return f"{earlier}, {member}" if earlier else member


def _forwarded(status: CacheStatus, reason: Fwd) -> Iterator[str]:
    yield f"fwd={reason.value}"
    if status.fwd_status is not None:
        yield f"fwd-status={status.fwd_status}"
    if status.stored:
        yield "stored"
    if status.collapsed:
        yield "collapsed"


def _bare(text: str) -> str:
    """A token where the text is one, else a string (RFC 9651 §3.3.3, §3.3.4)."""
    return text if _TOKEN.fullmatch(text) else _string(text)


def _string(text: str) -> str:
    """A quoted string. What is not printable ASCII is percent-encoded, since strings cannot hold it."""
    text = _NOT_IN_STRINGS.sub(_percent_encoded, text)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _percent_encoded(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))
