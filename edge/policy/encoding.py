"""Which content coding to send (RFC 9110 §12.5.3)."""

from __future__ import annotations

import re
from functools import lru_cache

from edge.policy.syntax import OWS, split_list

IDENTITY = "identity"
SHARED_CODINGS = ("br", "gzip")
"""Codings a stored variant may have; an origin is never asked for another (see :func:`accept_encoding_class`)."""

_QVALUE = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?", re.ASCII)


@lru_cache(maxsize=1024)
def negotiate(accept_encoding: str | None, offered: tuple[str, ...]) -> str:
    """The coding of ``offered`` the client weighs highest, the earlier one on a tie; else ``identity``.

    None (no Accept-Encoding) would permit any coding, but the clients that send none cannot decode one. A client that
    excludes everything gets ``identity`` too: a page it may not like serves it better than a 406.
    """
    weights = _weights(accept_encoding)
    best, best_weight = IDENTITY, weights.get(IDENTITY, 0.0)
    for coding in reversed(offered):
        weight = weights.get(coding, weights.get("*", 0.0))
        if weight > 0 and weight >= best_weight:
            best, best_weight = coding, weight
    return best


@lru_cache(maxsize=1024)
def accept_encoding_class(accept_encoding: str | None) -> str:
    """The clients that may share one stored variant, as the Accept-Encoding to send to the origin for all of them.

    ``br, gzip``, ``br``, ``gzip`` or ``identity``. Sending this value instead of the client's own keeps the promise:
    what the origin answers suits every client of the class.
    """
    weights = _weights(accept_encoding)
    accepted = [coding for coding in SHARED_CODINGS if weights.get(coding, weights.get("*", 0.0)) > 0]
    return ", ".join(accepted) or IDENTITY


def _weights(accept_encoding: str | None) -> dict[str, float]:
    """Weight by coding in lower case; a malformed weight counts as 0, so that nothing unwanted is sent."""
    weights: dict[str, float] = {}
    for element in split_list(accept_encoding or ""):
        coding, *parameters = element.lower().split(";")
        coding = coding.strip(OWS)
        weights.setdefault("gzip" if coding == "x-gzip" else coding, _weight(parameters))
    return weights


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip(OWS) == "q":
            return qvalue(value.strip(OWS)) or 0.0
    return 1.0


def qvalue(text: str) -> float | None:
    """A weight (§12.4.2) of 0 to 1; None when it is none."""
    return float(text) if _QVALUE.fullmatch(text) else None
