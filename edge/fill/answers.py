"""What callers are told when a fill did not end with a stored response."""

from __future__ import annotations

import math

from edge.errors import OriginError, OriginTimeout, OriginUnavailable
from edge.fill.exchange import OriginResponse
from edge.fill.protocol import FillAnswer, Outcome
from edge.model import fields
from edge.policy.publish import Doubt
from edge.policy.syntax import delta_seconds


def origin_failed(error: OriginError) -> FillAnswer:
    """No response, or only the beginning of one."""
    return FillAnswer(
        outcome=Outcome.DOWN, reason=failure_name(error), error_status=error.status, notes=(error.detail,)
    )


def failure_name(error: OriginError) -> str:
    """The failure as a metric label and Cache-Status detail."""
    if isinstance(error, OriginTimeout):
        return "origin-timeout"
    return "origin-unavailable" if isinstance(error, OriginUnavailable) else "origin-protocol-error"


def origin_in_error(response: OriginResponse) -> FillAnswer:
    """The origin answered 5xx."""
    return FillAnswer(
        outcome=Outcome.DOWN,
        reason=f"origin-status-{response.status}",
        error_status=response.status,
        retry_after_s=delta_seconds(fields(response.pairs).get("Retry-After", "")),
        origin_ms=response.waited_ms,
    )


def breaker_open(retry_after_s: int) -> FillAnswer:
    """The origin is known to be down and was not asked."""
    return FillAnswer(outcome=Outcome.DOWN, reason="breaker-open", error_status=503, retry_after_s=retry_after_s)


def origin_rests(reason: str, seconds: float) -> FillAnswer:
    """The origin asked to be left alone, or has no room at its pace."""
    return FillAnswer(outcome=Outcome.DOWN, reason=reason, error_status=503, retry_after_s=max(1, math.ceil(seconds)))


def held_back(doubt: Doubt, response: OriginResponse) -> FillAnswer:
    """The publish gate keeps the last good copy: to callers that is an origin that cannot be used now."""
    return FillAnswer(
        outcome=Outcome.DOWN,
        reason=f"publish-gate-{doubt.value}",
        error_status=502,
        origin_ms=response.waited_ms,
        notes=(
            f"the page as the origin sends it now is in doubt ({doubt.value}, status {response.status}), so the last "
            "good copy stays; refresh it with --accept if the change is meant",
        ),
    )
