"""What a fill asks the origin for: no more of the visitor than the response may depend on (design, law 4)."""

from __future__ import annotations

import msgspec

from edge.fill.protocol import FillRequest
from edge.fill.rules import FillRules, KindRule
from edge.model import Pairs, fields
from edge.policy.cache_control import request_directives
from edge.policy.conditional import revalidation_fields
from edge.policy.cookies import request_cookies
from edge.policy.encoding import accept_encoding_class
from edge.policy.forward import page_request_fields
from edge.policy.key import is_static, keyed_cookies, target_for_origin
from edge.policy.ownership import mutating_get
from edge.policy.syntax import combined
from edge.policy.vary import normalised_language

_REPLACED = frozenset({"accept-encoding", "accept-language", "cookie"})
_ASKED_OF_US = frozenset(
    {"if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "range"},
)
"""Conditions on the visitor's own copy, and parts of it: the store wants the whole (RFC 9111 §4.3.1)."""


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """One request of a fill."""

    target: str
    fields: Pairs
    conditional: bool
    """A 304 would be about the stored response."""
    stripped: bool
    """The visitor's cookies were left out: an answer other than 200 may be due to that."""


def unshareable(request: FillRequest, rules: FillRules) -> str | None:
    """Why a response could only be for this one visitor, whatever the origin says; None when it may be for all.

    Such a request is best relayed as it is: nobody waits for it.
    """
    if request.method != "GET" and not (request.method == "HEAD" and request.kind is None):
        return "method"
    if mutating_get(request.facts, rules.origin(request.origin).effects):
        return "mutating-get"
    return None if request.kind is not None else _personal(request, rules)


def asking(request: FillRequest, rules: FillRules, *, stored: Pairs | None) -> Asking:
    """The request to send. ``stored`` are the fields of the response to validate, None to ask for it whole.

    On a page kind it states no client address but the connection's own, the node's, unless the origin is configured to
    be told the visitor's (empty: nobody's). Origins that limit each client count all fills as one client's otherwise.
    """
    rule = rules.keys[request.origin]
    address = request.client if rules.origin(request.origin).visitor_address else ""
    facts = request.facts
    conditions = revalidation_fields(fields(stored)) if stored is not None else ()
    if request.kind is not None:
        sent = page_request_fields(facts, rule, host=request.host, user_agent=rules.user_agent)
        if address:
            sent = (*sent, ("X-Forwarded-For", address))
        stripped = False
    else:
        sent = _shared_fields(request, rule.cookies)
        stripped = "Cookie" in request.fields and is_static(facts.path)
    return Asking(
        target=target_for_origin(facts, rule),
        fields=(*sent, *conditions),
        conditional=bool(conditions),
        stripped=stripped,
    )


def alone(request: FillRequest) -> bool:
    """The request is sent as the visitor made it, and nobody else waits for its answer: :mod:`edge.fill.alone`."""
    asked = request.fields
    return request.kind is None and (request.method == "HEAD" or "Range" in asked or "Authorization" in asked)


def asking_alone(request: FillRequest, rules: FillRules) -> Asking:
    """The request to send for one that goes :func:`alone`: the visitor's own conditions, range and credentials too."""
    rule = rules.keys[request.origin]
    return Asking(
        target=target_for_origin(request.facts, rule),
        fields=_shared_fields(request, rule.cookies, left_out=frozenset()),
        conditional=False,
        stripped="Cookie" in request.fields and is_static(request.facts.path),
    )


def kind_rule(request: FillRequest, rules: FillRules) -> KindRule | None:
    """The rule of the request's page kind; None where the RFCs decide, also when a reload has just removed the kind."""
    return rules.kinds.get(request.kind) if request.kind is not None else None


def _personal(request: FillRequest, rules: FillRules) -> str | None:
    asked = request.fields
    if request_directives(asked).no_store:
        return "request-no-store"
    if is_static(request.facts.path):
        return None
    keyed = rules.keys[request.origin].cookies
    return "cookie" if any(name not in keyed for name, _ in request_cookies(asked)) else None


def _shared_fields(request: FillRequest, keyed: tuple[str, ...], *, left_out: frozenset[str] = _ASKED_OF_US) -> Pairs:
    """The visitor's fields, those that may select a variant in the form in which the store tells variants apart."""
    asked = request.fields
    kept = [(name, value) for name, value in request.pairs if name.lower() not in _REPLACED | left_out]
    kept.append(("Accept-Encoding", accept_encoding_class(combined(asked, "Accept-Encoding"))))
    if (language := combined(asked, "Accept-Language")) is not None:
        kept.append(("Accept-Language", normalised_language(language)))
    if cookies := keyed_cookies(asked, keyed):
        kept.append(("Cookie", "; ".join(f"{name}={value}" for name, value in cookies)))
    return tuple(kept)
