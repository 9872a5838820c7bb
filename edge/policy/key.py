"""The cache key of a request, and the target a fill asks the origin for.

Both come from one normal form, so two requests with the same key send the same bytes to the origin: nobody can place
under a key what another request for it would not have got (web cache poisoning).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from edge.model import CacheKey, Fields, Pairs, RequestFacts
from edge.policy.cookies import OUR_COOKIES, request_cookies
from edge.policy.globs import compile_globs
from edge.policy.syntax import combined
from edge.policy.vary import normalised_language

IGNORED_PARAMETERS = (
    *("utm_*", "gclid", "gclsrc", "gad_*", "gbraid", "wbraid", "dclid", "srsltid", "_ga", "_gl"),  # Google
    *("fbclid", "fb_*", "igshid", "igsh"),  # Meta
    *("msclkid", "ttclid", "twclid", "yclid", "ysclid", "li_fat_id", "rdt_cid", "ScCid", "sccid", "epik"),
    *("mc_cid", "mc_eid", "_kx", "_ke", "_hsenc", "_hsmi", "__hstc", "__hsfp", "__hssc", "hsa_*", "hsCtaTracking"),
    *("vero_id", "vero_conv", "wickedid", "wickedsource", "mkt_tok", "oly_anon_id", "oly_enc_id", "_bta_tid", "_bta_c"),
    *("s_kwcid", "s_cid", "ef_id", "irclickid", "irgwc", "cjevent", "mkwid", "pcrid", "trk_*", "sb_referer_host"),
    *("matomo_*", "mtm_*", "pk_campaign", "pk_kwd", "pk_source", "pk_medium", "pk_content", "piwik_*"),
    *("dm_i", "ml_subscriber", "ml_subscriber_hash", "klaviyo_*", "redirect_log_mongo_id", "redirect_mongo_id"),
)
"""Globs of the query parameters that only tell an analytics script where the visitor came from."""

MAX_COOKIE_CHARS = 64
"""A cookie that is part of the key and longer than this counts as absent, in the key and for the origin."""
MAX_LANGUAGE_CHARS = 128

_STATIC_EXTENSIONS = frozenset(
    {
        *("css", "js", "map", "mjs", "wasm", "webmanifest"),
        *("eot", "otf", "ttf", "woff", "woff2"),
        *("avif", "bmp", "gif", "ico", "jpeg", "jpg", "jxl", "png", "svg", "svgz", "webp"),
        *("mp4", "webm"),
    }
)
"""What pages are made of. Not what shops sell as downloads (pdf, zip, mp3): those may need the visitor's cookie."""

_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NOT_IN_TARGETS = re.compile(r"[\x00-\x20\x7f#]")
_DECODED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~")
"""Unreserved characters (RFC 3986 §2.3) but the dot: decoding ``%2E`` could make a ``..`` that was not sent as one."""
_BRACKETS = re.compile(r"\[\]|%5B%5D", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9._:\[\]-]*")
_COOKIE_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class KeyRule(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into the cache key on one route, as the operator declared it."""

    origin: str
    """Configured name of the origin."""
    ignore_query: tuple[str, ...] = IGNORED_PARAMETERS
    cookies: tuple[str, ...] = ()
    """Names of the cookies whose value is part of the key; on a page kind only these reach the origin."""
    language: bool = False
    """Accept-Language is part of the key."""


class Split(NamedTuple):
    """A query in two: both raw, in their order; None when no parameter is left on that side."""

    kept: str | None
    ignored: str | None


def cache_key(facts: RequestFacts, rule: KeyRule) -> CacheKey:
    """The key of the request: origin, scheme, host, target and the declared fields, in readable form.

    ``shop https://shop.example/product/1?colour=red``, then one line per declared field the request has.
    """
    host = canonical_host(facts.host, facts.scheme)
    if not _HOST.fullmatch(host):  # no URL's host; quoted so that it cannot run over into the path
        host = quote(host, safe="", errors="surrogatepass")
    text = f"{rule.origin} {facts.scheme}://{host}{target_for_origin(facts, rule)}"
    if rule.language and (language := keyed_language(facts.fields)):
        text += f"\naccept-language={language}"
    if rule.cookies:
        text += "".join(f"\ncookie {name}={value}" for name, value in keyed_cookies(facts.fields, rule.cookies))
    return CacheKey(text)


def part_key(text: str) -> str:
    """The text of the key of a stored part of what lies, or would lie, under a key. No line of a key reads so."""
    return f"{text}\npart"


def target_for_origin(facts: RequestFacts, rule: KeyRule) -> str:
    """Path and query a fill asks for: the part of the key the origin sees, byte for byte."""
    path = canonical_path(facts.path)
    query = canonical_query(facts.query, rule.ignore_query)
    return path if query is None else f"{path}?{query}"


def canonical_host(host: str, scheme: str) -> str:
    """Lower case, without the scheme's default port (RFC 9110 §4.2.3)."""
    return host.lower().removesuffix(_DEFAULT_PORTS.get(scheme, ""))


def canonical_path(path: str) -> str:
    """The path with needless percent-encoding undone and hex digits in upper case (RFC 3986 §6.2.2).

    Dot segments, double slashes and ``%2F`` stay as they are: origins differ in what they make of them.
    """
    path = _normalised_escapes(path)
    return path if path.startswith("/") else f"/{path}"


def canonical_query(query: str | None, ignored: tuple[str, ...]) -> str | None:
    """The query without ignored and empty parameters, sorted by name; None when nothing is left.

    Repeated names keep their order. A query with ``name[]`` is not sorted: Rails and PHP build nested lists from the
    order of different names.
    """
    if not query:
        return None
    kept = split_ignored(query, ignored).kept
    if kept is None:
        return None
    parameters = [_normalised_escapes(parameter) for parameter in kept.split("&")]
    if not _BRACKETS.search(kept):
        parameters.sort(key=_name)
    return "&".join(parameters)


def split_ignored(query: str | None, ignored: tuple[str, ...]) -> Split:
    """The parameters that identify the resource and those that do not, the empty ones dropped."""
    if not query:
        return Split(None, None)
    covers = compile_globs(ignored).fullmatch
    sides: tuple[list[str], list[str]] = ([], [])
    for parameter in query.split("&"):
        if parameter:
            sides[covers(_normalised_escapes(_name(parameter))) is not None].append(parameter)
    return Split(*("&".join(side) or None for side in sides))


def keyed_cookies(fields: Fields, names: tuple[str, ...]) -> Pairs:
    """(name, value) of the declared cookies, sorted; the first of each name, none of ours, malformed or too long."""
    values: dict[str, str] = {}
    for name, value in request_cookies(fields):
        if name in names and name not in OUR_COOKIES:
            values.setdefault(name, value)
    return tuple(
        (name, value)
        for name, value in sorted(values.items())
        if len(value) <= MAX_COOKIE_CHARS and _COOKIE_VALUE.fullmatch(value)
    )


def keyed_language(fields: Fields) -> str | None:
    """Accept-Language as it stands in the key and goes to the origin; None when absent, empty or too long."""
    language = normalised_language(combined(fields, "Accept-Language") or "")
    return language if 0 < len(language) <= MAX_LANGUAGE_CHARS else None


@lru_cache(maxsize=4096)
def is_static(path: str) -> bool:
    """The path names a static asset by its extension: style sheets, scripts, pictures, fonts, films."""
    name = path.rpartition("/")[2]
    return "." in name and name.rpartition(".")[2].lower() in _STATIC_EXTENSIONS


def _name(parameter: str) -> str:
    return parameter.partition("=")[0]


def _normalised_escapes(text: str) -> str:
    """Text whose escapes are broken stays as it is: decoding ``%%37%45`` would make an escape that was not there."""
    if "%" in text and not _BROKEN_ESCAPE.search(text):
        text = _ESCAPE.sub(_normal_escape, text)
    return _NOT_IN_TARGETS.sub(_escape, text)


def _normal_escape(match: re.Match[str]) -> str:
    escape = match[0].upper()
    character = chr(int(escape[1:], 16))
    return character if character in _DECODED else escape


def _escape(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"
