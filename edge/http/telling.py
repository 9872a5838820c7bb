"""The story of a visit as its decision record."""

from __future__ import annotations

from aiohttp import web

from edge import clock
from edge.http.visit import Visit
from edge.observe.records import DecisionRecord


def decision_record(visit: Visit, response: web.StreamResponse, *, request_id: str, worker: str) -> DecisionRecord:
    """What is kept of a request once its answer is decided, or sent if it was streamed."""
    facts, status = visit.facts, visit.cache_status
    return DecisionRecord(
        ts=clock.now_ms(),
        id=request_id,
        client=facts.client,
        method=facts.method,
        host=facts.host,
        target=facts.target,
        status=response.status,
        kind=visit.kind,
        verdict="hit" if status.hit else status.fwd.value if status.fwd else "error",
        detail="; ".join(filter(None, (status.detail, *visit.notes))) or None,
        key=visit.key.digest.hex() if visit.key else None,
        age_s=visit.age_s,
        ttl_s=status.ttl,
        origin_ms=visit.origin_ms,
        total_us=round(visit.elapsed_ms * 1000),
        bytes=_body_bytes(visit, response),
        encoding=visit.encoding,
        rows=visit.rows,
        worker=worker,
    )


def _body_bytes(visit: Visit, response: web.StreamResponse) -> int:
    """Of a whole response before it is sent, or of a streamed one after."""
    if not isinstance(response, web.Response):
        return response.body_length
    body = response.body
    return len(body) if isinstance(body, bytes) and visit.facts.method != "HEAD" else 0
