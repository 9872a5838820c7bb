"""``GET /openapi.json``: the admin API described (OpenAPI 3.1). A test holds it against the routes there are."""

from __future__ import annotations

Schema = dict[str, object]


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(description: str, schema: Schema, media_type: str = "application/json") -> Schema:
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _parameter(name: str, place: str, description: str, schema: Schema | None = None) -> Schema:
    required = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, "description": description, "schema": schema or {"type": "string"}, **required}


def _operation(summary: str, answers: dict[str, Schema], **more: object) -> Schema:
    return {"summary": summary, "responses": {**answers, "default": _PROBLEM_ANSWER}, **more}


def _body(schema: Schema, *media_types: str) -> Schema:
    return {"required": True, "content": {media_type: {"schema": schema} for media_type in media_types}}


_PROBLEM_ANSWER = _answer("A problem (RFC 9457)", _ref("Problem"), "application/problem+json")
_DOCUMENT: Schema = {"type": "object"}
_TEXT: Schema = {"type": "string"}
_ROW = _answer("The row held now. Vitrine-Row says whether this write made it so", _ref("Row"))
_TABLE = _parameter("table", "path", "A built-in table or one declared in vitrine.toml")
_KEY = _parameter("key", "path", "1 to 400 bytes of UTF-8, percent-encoded")
_SOURCE_VERSION = _parameter(
    "X-Source-Version",
    "header",
    "Marks an event: the version its source gives the row. One older than the row held changes nothing",
    {"type": "integer", "minimum": 1},
)
_IF_MATCH = _parameter("If-Match", "header", "ETags the row must have; * for any row")
_IF_NONE_MATCH = _parameter("If-None-Match", "header", "ETags the row must not have; * for no row at all")
_CONDITIONS = [_SOURCE_VERSION, _IF_MATCH, _IF_NONE_MATCH]
_NO_TOKEN: dict[str, object] = {"security": []}

_ROW_PATH: Schema = {
    "parameters": [_TABLE, _KEY],
    "get": _operation(
        "One row's value", {"200": _answer("The value", _ref("Row")), "304": {"description": "The one you hold"}},
        parameters=[_IF_NONE_MATCH],
    ),
    "put": _operation(
        "State a row", {"200": _ROW, "201": _ROW},
        parameters=_CONDITIONS, requestBody=_body(_ref("Row"), "application/json"),
    ),
    "patch": _operation(
        "Change members of a row; null removes one (RFC 7396)", {"200": _ROW, "201": _ROW},
        parameters=_CONDITIONS, requestBody=_body(_DOCUMENT, "application/merge-patch+json", "application/json"),
    ),
    "delete": _operation(
        "Delete a row", {"204": {"description": "It is gone"}, "200": _ROW}, parameters=_CONDITIONS
    ),
}  # fmt: skip

_TABLE_PATH: Schema = {
    "parameters": [_TABLE],
    "get": _operation(
        "Rows in key order",
        {"200": _answer("One page", _ref("Rows"))},
        parameters=[
            _parameter("prefix", "query", "Only keys that begin so"),
            _parameter("limit", "query", "Rows in one page", {"type": "integer", "minimum": 1, "maximum": 1000}),
            _parameter("after", "query", "The `next` of the page before"),
        ],
    ),
    "post": _operation(
        "Import rows, all or none",
        {"200": _answer("How many", _ref("Imported"))},
        parameters=[_SOURCE_VERSION],
        requestBody=_body(_TEXT, "application/x-ndjson", "text/csv", "application/msgpack"),
    ),
}

_EXPLAIN_PARAMETERS = [
    _parameter("url", "query", "Absolute, or a path of the only site"),
    _parameter("ip", "query", "The visitor's address"),
    _parameter("country", "query", "Two letters, instead of what the address says"),
    _parameter("at", "query", "ISO 8601 or epoch seconds: evaluate today's rows at that time"),
    _parameter("header", "query", "NAME: VALUE, any number of times", {"type": "array", "items": _TEXT}),
]
_RESUME_PARAMETERS = [
    _parameter("Last-Event-ID", "header", "Resume after this id; 0 begins with every row"),
    _parameter("after", "query", "The same, where no header can be sent"),
]

_PATHS: Schema = {
    "/healthz": {"get": _operation("This process answers", {"200": _answer("It does", _DOCUMENT)}, **_NO_TOKEN)},
    "/readyz": {
        "get": _operation("Whether the node should get traffic", {"200": _answer("It should", _DOCUMENT)}, **_NO_TOKEN)
    },
    "/metrics": {
        "get": _operation("Prometheus metrics", {"200": _answer("All processes", _TEXT, "text/plain")}, **_NO_TOKEN)
    },
    "/openapi.json": {"get": _operation("This document", {"200": _answer("OpenAPI 3.1", _DOCUMENT)}, **_NO_TOKEN)},
    "/status": {"get": _operation("Node, workers, filler, store, origins", {"200": _answer("Status", _DOCUMENT)})},
    "/explain": {
        "get": _operation(
            "The whole decision about a request",
            {"200": _answer("Hop by hop", _DOCUMENT)},
            parameters=_EXPLAIN_PARAMETERS,
        )
    },
    "/refresh": {
        "post": _operation(
            "Fetch a page again now",
            {"200": _answer("What became of it", _DOCUMENT)},
            requestBody=_body(_ref("Refresh"), "application/json"),
        )
    },
    "/feeds": {"get": _operation("All feeds", {"200": _answer("What each last came to", _DOCUMENT)})},
    "/feeds/{feed}/read": {
        "parameters": [_parameter("feed", "path", "The feed's name, as /feeds tells it")],
        "post": _operation("Read a feed now", {"200": _answer("How it is then", _DOCUMENT)}),
    },
    "/tables": {"get": _operation("All tables", {"200": _answer("Their names, keys and ages", _DOCUMENT)})},
    "/tables/{table}": _TABLE_PATH,
    "/tables/{table}/changes": {
        "parameters": [_TABLE],
        "get": _operation(
            "Changes as server-sent events, each row as it is now",
            {"200": _answer("A stream of `row` and `deleted` events", _TEXT, "text/event-stream")},
            parameters=_RESUME_PARAMETERS,
        ),
    },
    "/tables/{table}/{key}": _ROW_PATH,
}

_LISTED: Schema = {
    "type": "object",
    "properties": {"key": _TEXT, "value": _ref("Row"), "version": {"type": "integer", "description": "Unix ms"}},
}
_SCHEMAS: Schema = {
    "Row": {"type": "object", "description": "The fields of a row. Amounts are decimal strings"},
    "Rows": {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": _LISTED}, "next": {"type": ["string", "null"]}},
    },
    "Imported": {
        "type": "object",
        "properties": {name: {"type": "integer"} for name in ("rows", "applied", "kept")},
    },
    "Refresh": {
        "type": "object",
        "required": ["url"],
        "properties": {"url": _TEXT, "accept": {"type": "boolean", "default": False}},
    },
    "Problem": {
        "type": "object",
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What is wrong"},
            "remedy": {"type": "string", "description": "What to send instead"},
            "field": {"type": "string", "description": "Which member or parameter"},
            "errors": {"type": "array", "description": "Bad rows of an import", "items": {"type": "object"}},
        },
    },
}

DOCUMENT: Schema = {
    "openapi": "3.1.0",
    "info": {"title": "Vitrine admin API", "version": "1"},
    "security": [{"token": []}],
    "paths": _PATHS,
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": _SCHEMAS,
    },
}
