"""How long a response is fresh and how old it already is (RFC 9111 §4.2).

Instants are Unix seconds on this node's clock.
"""

from __future__ import annotations

from edge.model import Fields
from edge.policy.dates import parse_http_date
from edge.policy.syntax import MAX_DELTA_S, OWS, combined, delta_seconds, split_list
from edge.policy.targeted import Governing

_HEURISTIC_SHARE = 10
"""One part in so many of the time since the last modification: the fraction §4.2.2 calls typical."""


def explicit_ttl(governing: Governing, fields: Fields, *, received_at: int) -> int | None:
    """Freshness lifetime in seconds the response states (§4.2.1); None when it states none.

    s-maxage before max-age before Expires, which a targeted field leaves no say (RFC 9213 §2.2). A response without a
    readable Date is dated by its arrival (RFC 9110 §6.6.1).
    """
    if governing.directives.s_maxage is not None:
        return governing.directives.s_maxage
    if governing.directives.max_age is not None:
        return governing.directives.max_age
    if governing.targeted:
        return None
    lines = fields.getall("Expires", ())
    if not lines:
        return None
    expires_at = parse_http_date(lines[0]) if len(set(lines)) == 1 else None
    if expires_at is None:
        return 0  # §5.3: an invalid date, "0" above all, is a time in the past; so are two that differ (§4.2.1)
    date = _date(fields)
    return min(max(0, expires_at - (received_at if date is None else date)), MAX_DELTA_S)


def heuristic_ttl(fields: Fields, *, received_at: int, limit_s: int) -> int | None:
    """Freshness lifetime to assume where none is stated (§4.2.2), at most ``limit_s``; None when nothing suggests one.

    A tenth of the time since Last-Modified. Not for the caller to ask when the status does not allow it. An old origin
    that writes ``Pragma: no-cache`` means that nothing be assumed, although §5.4 gives it no meaning in a response.
    """
    modified_at = parse_http_date(fields.get("Last-Modified", ""))
    if modified_at is None or limit_s == 0 or "no-cache" in split_list((combined(fields, "Pragma") or "").lower()):
        return None
    date = _date(fields)
    unchanged_s = (received_at if date is None else date) - modified_at
    return min(unchanged_s // _HEURISTIC_SHARE, limit_s) if unchanged_s >= 0 else None


def corrected_initial_age(fields: Fields, *, requested_at: int, received_at: int) -> int:
    """Seconds the response was old when it arrived (§4.2.3), at most 2**31.

    The first member of Age counts; an invalid one is ignored (§5.1). What stands behind a semicolon is a parameter,
    which no definition of Age has: it is ignored, the number is not.
    """
    date = _date(fields)
    apparent_age = 0 if date is None else max(0, received_at - date)
    first_age = fields.get("Age", "").partition(",")[0].partition(";")[0].strip(OWS)
    corrected_age_value = (delta_seconds(first_age) or 0) + max(0, received_at - requested_at)
    return min(max(apparent_age, corrected_age_value), MAX_DELTA_S)


def _date(fields: Fields) -> int | None:
    return parse_http_date(fields.get("Date", ""))
