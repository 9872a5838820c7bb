"""Cache-Control as typed values (RFC 9111 §5.2): lenient in what it reads, safe in what it concludes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from edge.model import Fields
from edge.policy.syntax import MAX_DELTA_S, OWS, combined, delta_seconds, split_list, unquoted


class Directives(msgspec.Struct, frozen=True, kw_only=True):
    """The response directives that matter to a shared cache (§5.2.2). Seconds are None when not stated.

    ``private="..."`` and ``no-cache="..."`` count as if they named no field, as §5.2.2.4 and §5.2.2.7 say many caches
    do: it is the stricter reading.
    """

    max_age: int | None = None
    s_maxage: int | None = None
    stale_while_revalidate: int | None = None
    """RFC 5861 §3."""
    stale_if_error: int | None = None
    """RFC 5861 §4."""
    no_store: bool = False
    no_cache: bool = False
    private: bool = False
    public: bool = False
    must_revalidate: bool = False
    proxy_revalidate: bool = False
    must_understand: bool = False


class RequestDirectives(msgspec.Struct, frozen=True, kw_only=True):
    """The request directives (§5.2.1), all advisory. Seconds are None when not stated."""

    max_age: int | None = None
    min_fresh: int | None = None
    max_stale: int | None = None
    """2**31 when any staleness will do."""
    no_cache: bool = False
    no_store: bool = False
    only_if_cached: bool = False


NOTHING_ASKED = RequestDirectives()
"""What a request without Cache-Control asks."""

_RESPONSE_SECONDS = frozenset({"max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"})
_REQUEST_SECONDS = frozenset({"max-age", "min-fresh"})


def response_directives(fields: Fields) -> Directives:
    """What the response's Cache-Control says."""
    return parse_response(combined(fields, "Cache-Control") or "")


def request_directives(fields: Fields) -> RequestDirectives:
    """What the request's Cache-Control asks. Pragma is not read: §5.4 deprecates it."""
    value = combined(fields, "Cache-Control")
    return NOTHING_ASKED if value is None else parse_request(value)


@lru_cache(maxsize=1024)
def parse_response(value: str) -> Directives:
    """Directives of one combined field value.

    Where freshness is invalid or contradicts itself the response is stale: the number is 0 (§4.2.1).
    """
    seconds: dict[str, int] = {}
    stated: set[str] = set()
    for name, argument in _directives(value):
        stated.add(name)
        if name in _RESPONSE_SECONDS:
            number = delta_seconds(argument) or 0
            seconds[name] = number if seconds.get(name, number) == number else 0
    return Directives(
        max_age=seconds.get("max-age"),
        s_maxage=seconds.get("s-maxage"),
        stale_while_revalidate=seconds.get("stale-while-revalidate"),
        stale_if_error=seconds.get("stale-if-error"),
        no_store="no-store" in stated,
        no_cache="no-cache" in stated,
        private="private" in stated,
        public="public" in stated,
        must_revalidate="must-revalidate" in stated,
        proxy_revalidate="proxy-revalidate" in stated,
        must_understand="must-understand" in stated,
    )


@lru_cache(maxsize=1024)
def parse_request(value: str) -> RequestDirectives:
    """Directives of one combined field value. A number that is not one is as good as not sent."""
    seconds: dict[str, int] = {}
    stated: set[str] = set()
    for name, argument in _directives(value):
        number = MAX_DELTA_S if name == "max-stale" and not argument else delta_seconds(argument)
        if name in _REQUEST_SECONDS or name == "max-stale":
            if number is not None:
                seconds.setdefault(name, number)
        else:
            stated.add(name)
    return RequestDirectives(
        max_age=seconds.get("max-age"),
        min_fresh=seconds.get("min-fresh"),
        max_stale=seconds.get("max-stale"),
        no_cache="no-cache" in stated,
        no_store="no-store" in stated,
        only_if_cached="only-if-cached" in stated,
    )


def _directives(value: str) -> Iterator[tuple[str, str]]:
    """(name in lower case, argument without quotes or ``""``) of each directive.

    Both forms of an argument are read, token and quoted string (§5.2). Whitespace beside the equals sign is not
    allowed there: the name still counts, so that ``no-cache ="x"`` is obeyed, but its argument reads as none.
    """
    for element in split_list(value):
        name, _, argument = element.partition("=")
        known = name.rstrip(OWS)
        yield known.lower(), unquoted(argument) if known == name else "?"
