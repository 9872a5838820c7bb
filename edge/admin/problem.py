"""Errors of the admin API as ``application/problem+json`` (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import msgspec
from aiohttp import web

from edge.errors import EdgeError, Problem, RequestError, RowError, StoreFull
from renderers.rows import RowProblem

logger = logging.getLogger("vitrine.admin")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

MEDIA_TYPE = "application/problem+json"


class ApiProblem(Exception):
    """The request cannot be done: ``detail`` says what is wrong, ``remedy`` what to send instead."""

    def __init__(self, status: int, detail: str, remedy: str, **members: object) -> None:
        """``members`` are the problem's own extension members (RFC 9457 §3.2)."""
        super().__init__(f"{detail}; {remedy}")
        self.status = status
        self.detail = detail
        self.remedy = remedy
        self.members = members


def problem_response(
    status: int, members: Mapping[str, object], headers: Mapping[str, str] | None = None
) -> web.Response:
    """One problem. Its type is ``about:blank``: the status and the members say all there is (RFC 9457 §4.2.1)."""
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, **members}
    return web.Response(
        status=status, body=msgspec.json.encode(document), content_type=MEDIA_TYPE, headers=dict(headers or {})
    )


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer whatever a handler raises as a problem; what nobody expected is logged with its traceback."""
    try:
        return await handler(request)
    except ApiProblem as exc:
        return problem_response(exc.status, {"detail": exc.detail, "remedy": exc.remedy, **exc.members})
    except RowProblem as exc:
        return problem_response(400, {"detail": _row_detail(exc), "remedy": exc.remedy, "field": exc.field})
    except web.HTTPException as exc:
        return _http_problem(request, exc)
    except EdgeError as exc:
        return _edge_problem(exc)
    except Exception:
        logger.exception("admin request failed: %s %s", request.method, request.path)
        detail = "the node failed while answering; its log has the traceback"
        return problem_response(
            500, {"detail": detail, "remedy": "repeat the request, and report the log if it recurs"}
        )


def _row_detail(exc: RowProblem) -> str:
    return f"{exc.field}: {exc.reason}" if exc.field else exc.reason


def _http_problem(request: web.Request, exc: web.HTTPException) -> web.StreamResponse:
    """aiohttp's own refusals: no such route, wrong method, a body over the limit."""
    if exc.status < 400:
        return exc
    if exc.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        members = {"detail": "a row is at most 1 MiB of JSON", "remedy": "send a smaller row"}
        return problem_response(exc.response_status if isinstance(exc, RequestError) else exc.status, members)
    what = f"{request.method} {request.path}"
    allow = {"Allow": exc.headers["Allow"]} if "Allow" in exc.headers else {}
    detail = f"{what} is not something this API does" if exc.status in (404, 405) else f"{what}: {exc.reason}"
    return problem_response(exc.status, {"detail": detail, "remedy": "see /openapi.json for what there is"}, allow)


def _edge_problem(exc: EdgeError) -> web.Response:
    detail, _, remedy = str(exc).rpartition("; ") if isinstance(exc, Problem) else (str(exc), "", "")
    members: dict[str, object] = {"detail": detail or remedy}
    if detail and remedy:
        members["remedy"] = remedy
    if isinstance(exc, StoreFull):
        members["remedy"] = "free room on the disk of the data directory, then repeat the request"
    if not isinstance(exc, RowError):
        logger.warning("admin request refused: %s", exc)
    return problem_response(exc.response_status if isinstance(exc, RequestError) else exc.status, members)
