"""The built-in tables: what a row may hold, how it is changed, and what it means at a time.

Rows are kept as written (``"19.90"`` stays so); whatever compares amounts compares them as numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from renderers import fields
from renderers.fields import RowProblem, instant_ms
from renderers.numerals import canonical
from renderers.page import Values

__all__ = ["AMOUNTS", "BUILT_IN", "FIELDS", "RowProblem", "agrees", "effective", "merge", "validate"]

AMOUNTS = frozenset({("prices", "amount"), ("prices", "list_amount")})
"""(table, field) of every built-in field that holds a decimal string."""

_SCHEDULE = fields.record(
    {"from": fields.instant, "until": fields.instant, "amount": fields.amount, "list_amount": fields.amount},
    needs=["amount"],
)
_NEAR = fields.record(
    {
        "lat": fields.number_between(-90, 90),
        "lon": fields.number_between(-180, 180),
        "radius_m": fields.number_between(1, 20_040_000),
    },
    needs=["lat", "lon", "radius_m"],
)
FIELDS: Mapping[str, Mapping[str, fields.Check]] = {
    "prices": {
        "amount": fields.amount,
        "currency": fields.currency,
        "list_amount": fields.amount,
        "schedule": fields.listing(_SCHEDULE),
    },
    "inventory": {"quantity": fields.integer, "availability": fields.availability, "restock_at": fields.instant},
    "promotions": {
        "skus": fields.listing(fields.text),
        "tags": fields.listing(fields.text),
        "all": fields.boolean,
        "label": fields.text,
        "html": fields.markup,
        "starts_at": fields.instant,
        "ends_at": fields.instant,
        "countries": fields.listing(fields.country),
        "regions": fields.listing(fields.region),
        "near": _NEAR,
    },
    "products": {
        "name": fields.text,
        "url": fields.url,
        "image": fields.url,
        "description": fields.text,
        "brand": fields.text,
        "tags": fields.listing(fields.text),
        "successor": fields.text,
        "discontinued": fields.boolean,
    },
}
"""The check of each field of each built-in table."""

_NEEDS = {"prices": ["amount"]}
_CHECKS = {table: fields.record(checks, needs=_NEEDS.get(table, ())) for table, checks in FIELDS.items()}
BUILT_IN = tuple(FIELDS)
"""Names of the built-in tables; any other table is one the configuration declares, with rows of any fields."""


def validate(table: str, value: object) -> Values:
    """The canonical row of ``value``, which is any JSON value. Raises RowProblem."""
    if not isinstance(value, dict):
        raise RowProblem("", f"a row of {table} is a JSON object", 'write {"field": value, ...}')
    if table not in _CHECKS:
        return {str(name): fields.anything(str(name), entry) for name, entry in value.items() if entry is not None}
    row = _CHECKS[table]("", value)
    if table == "prices":
        _check_schedule(row)
    elif table == "promotions":
        _check_promotion(row)
    elif table == "inventory" and not row.keys() & {"quantity", "availability"}:
        raise RowProblem("quantity", "neither quantity nor availability is there", 'write {"quantity": 12}')
    return row


def _span(values: Mapping[str, object], start: str, end: str) -> tuple[int | None, int | None]:
    """Unix ms of two instants of a validated row; None where the field is not there."""
    first, last = values.get(start), values.get(end)
    return (
        instant_ms(first) if isinstance(first, str) else None,
        instant_ms(last) if isinstance(last, str) else None,
    )


def _entries(row: Mapping[str, object]) -> list[tuple[int | None, int | None, Values]]:
    schedule = row.get("schedule")
    entries = schedule if isinstance(schedule, list) else []
    return [(*_span(entry, "from", "until"), entry) for entry in entries]


def _check_schedule(row: Values) -> None:
    entries = _entries(row)
    for index, (start, end, _) in enumerate(entries):
        if start is None and end is None:
            raise RowProblem(f"schedule[{index}]", "it has neither from nor until", "write at least one of them")
        _check_order(f"schedule[{index}].until", start, end)
    order = sorted(range(len(entries)), key=lambda index: (entries[index][0] is not None, entries[index][0] or 0))
    for one, other in pairwise(order):
        end, start = entries[one][1], entries[other][0]
        if end is None or start is None or start < end:
            raise RowProblem(
                f"schedule[{other}].from",
                f"it overlaps schedule[{one}]",
                f"write an instant at or after the end of schedule[{one}]; until itself is not included",
            )


def _check_order(field: str, start: int | None, end: int | None) -> None:
    if start is not None and end is not None and end <= start:
        raise RowProblem(field, "it is not after the start", "write a later instant")


def _check_promotion(row: Values) -> None:
    concerned = [name for name in ("skus", "tags", "all") if row.get(name)]
    if len(concerned) != 1:
        found = " and ".join(concerned) or "none of them"
        raise RowProblem(
            "skus", f"one of skus, tags and all says what is promoted, here {found}", 'write one, such as {"all": true}'
        )
    _check_order("ends_at", *_span(row, "starts_at", "ends_at"))


def merge(table: str, old: Values, patch: Values) -> Values:
    """``old`` changed by a JSON merge patch (RFC 7396): null removes, objects merge, lists replace.

    Raises RowProblem when the outcome is not a row, or when ``patch`` names a field the table does not have.
    """
    return validate(table, _merged(old, patch))


def _merged(old: object, patch: object) -> object:
    if not isinstance(patch, dict):
        return patch
    target = dict(old) if isinstance(old, dict) else {}
    for name, entry in patch.items():
        target[name] = None if entry is None else _merged(target.get(name), entry)
    return target


def effective(table: str, values: Values, now_ms: int) -> tuple[Values, int | None]:
    """The row as it holds at ``now_ms``, and the Unix ms of its next edge (None: no edge ahead).

    A price loses its schedule and has the amounts of the entry that holds: ``from`` is its first instant, ``until`` the
    first after it. An inventory row without a stated availability gets the one its quantity means.
    """
    if table == "prices" and "schedule" in values:
        return _scheduled(values, now_ms)
    if table == "inventory" and "availability" not in values:
        quantity = values.get("quantity")
        name = "InStock" if isinstance(quantity, int) and quantity > 0 else "OutOfStock"
        return {**values, "availability": name}, None
    return values, None


def _scheduled(values: Values, now_ms: int) -> tuple[Values, int | None]:
    row = {name: value for name, value in values.items() if name != "schedule"}
    edges: list[int] = []
    for start, end, entry in _entries(values):
        edges += [edge for edge in (start, end) if edge is not None and edge > now_ms]
        if (start is None or start <= now_ms) and (end is None or now_ms < end):
            row |= {name: entry[name] for name in ("amount", "list_amount") if name in entry}
    return row, min(edges, default=None)


def agrees(stated: Mapping[str, object], held: Mapping[str, object]) -> bool:
    """Whether ``held`` has every field of ``stated`` with an equal value; decimal strings compare as numbers."""
    return all(name in held and _equal(value, held[name]) for name, value in stated.items())


def _equal(one: object, other: object) -> bool:
    if one == other:
        return True
    try:
        return canonical(one) == canonical(other)
    except ValueError:
        return False
