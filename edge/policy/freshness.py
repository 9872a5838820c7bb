"""How long a response is fresh and how old it already is (RFC 9111 §4.2). Heuristic freshness is off.

Instants are Unix seconds on this node's clock.
"""

from __future__ import annotations

from edge.model import Fields
from edge.policy.cache_control import Directives
from edge.policy.dates import parse_http_date
from edge.policy.syntax import MAX_DELTA_S, OWS, delta_seconds


def explicit_ttl(directives: Directives, fields: Fields, *, received_at: int) -> int | None:
    """Freshness lifetime in seconds the response states (§4.2.1); None when it states none.

    s-maxage before max-age before Expires. A response without a readable Date is dated by its arrival
    (RFC 9110 §6.6.1).
    """
    if directives.s_maxage is not None:
        return directives.s_maxage
    if directives.max_age is not None:
        return directives.max_age
    lines = fields.getall("Expires", ())
    if not lines:
        return None
    expires_at = parse_http_date(lines[0]) if len(set(lines)) == 1 else None
    if expires_at is None:
        return 0  # §5.3: an invalid date, "0" above all, is a time in the past; so are two that differ (§4.2.1)
    date = _date(fields)
    return min(max(0, expires_at - (received_at if date is None else date)), MAX_DELTA_S)


def corrected_initial_age(fields: Fields, *, requested_at: int, received_at: int) -> int:
    """Seconds the response was old when it arrived (§4.2.3), at most 2**31.

    The first member of Age counts; an invalid one is ignored (§5.1).
    """
    date = _date(fields)
    apparent_age = 0 if date is None else max(0, received_at - date)
    first_age = fields.get("Age", "").partition(",")[0].strip(OWS)
    corrected_age_value = (delta_seconds(first_age) or 0) + max(0, received_at - requested_at)
    return min(max(apparent_age, corrected_age_value), MAX_DELTA_S)


def _date(fields: Fields) -> int | None:
    return parse_http_date(fields.get("Date", ""))
