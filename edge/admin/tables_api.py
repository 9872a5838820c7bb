"""Rows over HTTP: one at a time, and listed. What is answered is durable."""

from __future__ import annotations

import re
from email.utils import formatdate
from http import HTTPStatus

import msgspec
from aiohttp import web

from edge.admin.auth import DID
from edge.admin.parts import PARTS, AdminParts, Document
from edge.admin.problem import ApiProblem
from edge.admin.rows import key_fault, listed, packed, unpacked
from edge.policy.conditional import parse_etags
from edge.store.tables import Expect, Outcome, Row
from renderers.page import Values
from renderers.rows import merge, validate

_LIMIT = 100
_MOST_ROWS = 1000
_VERSION = re.compile(r"[1-9][0-9]{0,17}")


async def list_tables(request: web.Request) -> web.Response:
    """``GET /tables``: every table with its key, the age its rows may reach, and its generation."""
    parts = request.app[PARTS]
    with parts.reader.snapshot() as snapshot:
        tables = [
            {"name": name, "key": table.key, "max_age_s": table.max_age, "generation": snapshot.generation(name)}
            for name, table in sorted(parts.tables.items())
        ]
    return _json({"tables": tables})


async def list_rows(request: web.Request) -> web.Response:
    """``GET /tables/{table}``: rows in key order; ``next`` is the ``after`` of the following page, null at the end."""
    parts = request.app[PARTS]
    table = table_name(request, parts)
    limit = _limit(request.query.get("limit"))
    prefix, after = request.query.get("prefix", ""), request.query.get("after")
    with parts.reader.snapshot() as snapshot:
        found = snapshot.scan(table, prefix, after=after, limit=limit + 1)
    rows = [listed(key, row) for key, row in found[:limit]]
    return _json({"rows": rows, "next": found[limit - 1][0] if len(found) > limit else None})


async def get_row(request: web.Request) -> web.Response:
    """``GET /tables/{table}/{key}``: the row's value; 304 when the reader holds it already."""
    table, key = row_name(request)
    row = _held(request.app[PARTS], table, key)
    if row is None or row.value is None:
        raise _missing(table, key)
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" in known or any(tag.removeprefix("W/") == row.etag for tag in known):
        return web.Response(status=304, headers={"ETag": row.etag})
    return _row_response(row)


async def put_row(request: web.Request) -> web.Response:
    """``PUT /tables/{table}/{key}``: the body becomes the row."""
    parts = request.app[PARTS]
    table, key = row_name(request)
    source_version, expect = source_version_of(request), _expectation(request)
    value = packed(validate(table, await _json_body(request)))
    held = _held(parts, table, key)
    outcome = await parts.writer.put(table, key, value, source_version=source_version, expect=expect)
    created = outcome.applied and (held is None or held.value is None)
    return _written(request, outcome, created=created)


async def patch_row(request: web.Request) -> web.Response:
    """``PATCH /tables/{table}/{key}``: members of the body replace the row's, null removes (RFC 7396).

    A row that is not there counts as empty. Read, merged and written in one transaction.
    """
    parts = request.app[PARTS]
    table, key = row_name(request)
    source_version, expect = source_version_of(request), _expectation(request)
    patch = _object(await _json_body(request))
    held = _held(parts, table, key)

    def merged(old: bytes | None) -> bytes:
        return packed(merge(table, unpacked(old) if old is not None else {}, patch))

    outcome = await parts.writer.patch(table, key, merged, source_version=source_version, expect=expect)
    created = outcome.applied and (held is None or held.value is None)
    return _written(request, outcome, created=created)


async def delete_row(request: web.Request) -> web.Response:
    """``DELETE /tables/{table}/{key}``: leave a tombstone. 404 when there was no row, unless an event says so.

    The event of a row that never arrived still leaves its tombstone, so that the late row cannot revive it.
    """
    parts = request.app[PARTS]
    table, key = row_name(request)
    source_version, expect = source_version_of(request), _expectation(request)
    held = _held(parts, table, key)
    if not source_version and (held is None or held.value is None):
        expect.check(held)
        raise _missing(table, key)
    outcome = await parts.writer.delete(table, key, source_version=source_version, expect=expect)
    if outcome.row.value is not None:
        return _written(request, outcome, created=False)
    request[DID] = _did(outcome)
    return web.Response(status=HTTPStatus.NO_CONTENT, headers={"Vitrine-Row": _fate(outcome)})


def table_name(request: web.Request, parts: AdminParts) -> str:
    """The table of the request's path. Raises ApiProblem 404 naming the known ones."""
    table = request.match_info["table"]
    if table not in parts.tables:
        known = sorted(parts.tables)
        remedy = f"use one of {', '.join(known)}, or declare [tables.{table}] in vitrine.toml"
        raise ApiProblem(404, f"there is no table {table!r}", remedy, known=known)
    return table


def row_name(request: web.Request) -> tuple[str, str]:
    """(table, key) of the request's path. Raises ApiProblem."""
    table = table_name(request, request.app[PARTS])
    key = request.match_info["key"]
    if fault := key_fault(key):
        raise ApiProblem(400, *fault)
    return table, key


def source_version_of(request: web.Request) -> int:
    """The version the row's own source gives it, above 0; 0 for an operator's write. Raises ApiProblem."""
    text = request.headers.get("X-Source-Version")
    if text is None:
        return 0
    if not _VERSION.fullmatch(text):
        remedy = "send a whole number of at most 18 digits that grows with every change, such as a time in milliseconds"
        raise ApiProblem(400, f"X-Source-Version is {text!r}", remedy, field="X-Source-Version")
    return int(text)


def _held(parts: AdminParts, table: str, key: str) -> Row | None:
    with parts.reader.snapshot() as snapshot:
        return snapshot.get(table, key)


def _missing(table: str, key: str) -> ApiProblem:
    return ApiProblem(404, f"{table} has no row {key!r}", f"GET /tables/{table} lists what there is")


def _expectation(request: web.Request) -> Expect:
    """If-Match compares strongly, so a weak tag never matches; If-None-Match weakly (RFC 9110 §13.1)."""
    match, none_match = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    return Expect(
        match=None if match is None else parse_etags(match),
        none_match=None if none_match is None else tuple(tag.removeprefix("W/") for tag in parse_etags(none_match)),
    )


async def _json_body(request: web.Request) -> object:
    try:
        return msgspec.json.decode(await request.read())
    except RecursionError:
        raise ApiProblem(400, "the body is nested too deeply", "send a flatter object") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise ApiProblem(400, f"the body is not JSON: {exc}", 'send one JSON object, such as {"quantity": 3}') from exc


def _object(value: object) -> Values:
    if not isinstance(value, dict):
        raise ApiProblem(400, "the body is not a JSON object", 'send the members to change, such as {"quantity": 3}')
    return value


def _limit(text: str | None) -> int:
    if text is None:
        return _LIMIT
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= _MOST_ROWS:
        raise ApiProblem(400, f"limit is {text!r}", f"write a number from 1 to {_MOST_ROWS}", field="limit")
    return int(text)


def _written(request: web.Request, outcome: Outcome, *, created: bool) -> web.Response:
    request[DID] = _did(outcome)
    response = _row_response(outcome.row, status=HTTPStatus.CREATED if created else HTTPStatus.OK)
    response.headers["Vitrine-Row"] = _fate(outcome)
    return response


def _did(outcome: Outcome) -> Document:
    return {"version": outcome.row.version, "applied": outcome.applied}


def _fate(outcome: Outcome) -> str:
    return "applied" if outcome.applied else "kept"


def _row_response(row: Row, *, status: int = HTTPStatus.OK) -> web.Response:
    """The row held; JSON null for a tombstone that an older event did not replace."""
    value = unpacked(row.value) if row.value is not None else None
    headers = {"ETag": row.etag, "Last-Modified": formatdate(row.version / 1000, usegmt=True)}
    return _json(value, status=status, headers=headers)


def _json(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        status=status, body=msgspec.json.encode(value), content_type="application/json", headers=headers
    )
