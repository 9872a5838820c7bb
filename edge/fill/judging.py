"""Two strangers' copies of one page: may the first one be stored for everybody? The leak gate's verdict.

Pure, and for the cutting process: it compiles and aligns pages. What differs between the strangers and is a form token
that the platform takes from the visitor's own cookie gets a slot here and now; everything else that may be somebody's
refuses the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from edge.fill.cutting import Cut, Cutting, compiled_page, cut
from edge.model import Pairs
from edge.policy.visitor_tokens import well_formed
from origin_adapters import Token
from renderers.charsets import decode_charset, transcode
from renderers.compare import Comparison, Difference, Kind, View, compare, covered_by
from renderers.locate import Document, Span, Unreadable
from renderers.page import Page, SlotSpec, origin_bytes
from renderers.strangers.personal import personal
from renderers.targets import TargetError, parse_target
from renderers.tokens import uncovered_tokens

_ROUNDS = 4
"""A slot added for one token may uncover another one, in what enclosed both."""
_TEXT_CHARS = 300
"""Of one sentence's proposal and excerpts at most: pages differ in any way."""
_COOKIE_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """The page as the second stranger was given it."""

    body: bytes
    content_type: str
    cookies: Pairs
    """(name, value) of each cookie this stranger holds, as for the first."""


class Judging(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate compares."""

    job: Cutting
    """The first stranger's page, and how it was cut."""
    first: Cut
    second: Sight
    tokens: tuple[Token, ...]
    """What the platform takes from any visitor who states it twice."""
    stored: Page | None
    """What the store holds under the same key."""


class Noise(msgspec.Struct, frozen=True):
    """A difference that is nobody's."""

    where: str
    sentence: str


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict."""

    cut: Cut
    """The first stranger's page, with slots added if there were tokens to cover."""
    added: tuple[SlotSpec, ...]
    unmintable: tuple[str, ...]
    """Names of the cookies that added slots print and that only the origin can set."""
    refusals: tuple[str, ...]
    """Sentences, each with its remedy. With any of them the page is not for others."""
    noise: tuple[Noise, ...]
    leaking: tuple[str, ...]
    """What of it the store holds already, somebody's beyond doubt: the stored page has to go at once."""


def judge(judging: Judging) -> Judged:
    """Compare, cover what can be covered, compare again. Raises CutFailed when the specification is wrong."""
    job, first = judging.job, judging.first
    added: list[_Addition] = []
    comparison = _compared(judging, job, first)
    for _ in range(_ROUNDS):
        new = _additions(comparison, judging, job, [addition.slot for addition in added])
        if not new:
            break
        added += new
        spec = msgspec.structs.replace(job.spec, slots=(*job.spec.slots, *(addition.slot for addition in new)))
        job = msgspec.structs.replace(job, spec=spec)
        first = cut(job)
        comparison = _compared(judging, job, first)
    refusing = [difference for difference in comparison.differences if _refuses(difference)]
    refusals = (*map(_sentence, refusing), *_personal(judging, first))
    refusals = refusals or tuple(_kept_cookies(judging, first))
    noise = [difference for difference in comparison.differences if not _refuses(difference)]
    return Judged(
        cut=first,
        added=tuple(addition.slot for addition in added),
        unmintable=tuple(dict.fromkeys(addition.cookie for addition in added if not addition.mintable)),
        refusals=tuple(dict.fromkeys(refusals)),
        noise=tuple(Noise(difference.where, _sentence(difference)) for difference in noise),
        leaking=tuple(_leaking(judging.stored, refusing)) if judging.stored is not None and refusals else (),
    )


class _Addition(msgspec.Struct, frozen=True):
    """A visitor slot for a token that nobody declared one for."""

    slot: SlotSpec
    cookie: str
    mintable: bool


def _compared(judging: Judging, job: Cutting, first: Cut) -> Comparison:
    second = judging.second
    other = compiled_page(msgspec.structs.replace(job, content_type=second.content_type), second.body).page
    page = first.compiled.page
    return compare(
        View(body=job.body, charset=page.charset, cookies=dict(job.cookies), covered=covered_by(page)),
        View(body=second.body, charset=other.charset, cookies=dict(second.cookies), covered=covered_by(other)),
        freeze=job.spec.freeze,
    )


def _refuses(difference: Difference) -> bool:
    return difference.kind is not Kind.NOISE or difference.personal


def _additions(comparison: Comparison, judging: Judging, job: Cutting, known: Sequence[SlotSpec]) -> list[_Addition]:
    """Slots for the tokens that can have one, each place once, none that was tried before."""
    tried = {slot.at for slot in known}
    found: dict[str, _Addition] = {}
    for difference in comparison.of(Kind.TOKEN):
        if difference.slot is None or difference.personal or difference.slot.at in tried:
            continue
        cookie, mintable = _cookie(difference, judging)
        if cookie is not None and _COOKIE_NAME.fullmatch(cookie):
            names = {slot.name for slot in (*job.spec.slots, *(addition.slot for addition in found.values()))}
            fill = f'{{{{ visitor.csrf("{cookie}") }}}}'
            slot = SlotSpec(name=_unused(cookie, names), at=difference.slot.at, fill=fill, all=True)
            found.setdefault(slot.at, _Addition(slot, cookie, mintable))
    return list(found.values())


def _cookie(difference: Difference, judging: Judging) -> tuple[str | None, bool]:
    """The cookie a visitor's own token is in, and whether the platform takes a minted one; None: in none."""
    for token in judging.tokens:
        if difference.cookie == token.cookie or (difference.cookie is None and difference.name == token.field):
            return token.cookie, True
    name = difference.cookie
    if name is None:
        return None, False
    # Only the origin can make this one. A visitor who has it can be shown it, where the page has just that and no more.
    sides = (
        (judging.job.body, judging.job.content_type, difference.first_at, dict(judging.job.cookies).get(name)),
        (
            judging.second.body,
            judging.second.content_type,
            difference.second_at,
            dict(judging.second.cookies).get(name),
        ),
    )
    for body, content_type, at, value in sides:
        source = transcode(body, decode_charset(body, content_type))
        if value is None or source is None or not well_formed(value) or source[at.start : at.end] != value.encode():
            return None, False
    return name, False


def _unused(cookie: str, names: set[str]) -> str:
    stem = re.sub(r"[^A-Za-z0-9._-]", "-", f"visitor-{cookie}")[:56]
    return next(name for name in (stem, *(f"{stem}-{number}" for number in range(2, 1000))) if name not in names)


def _personal(judging: Judging, first: Cut) -> Iterator[str]:
    yield from first.personal
    charset = decode_charset(judging.second.body, judging.second.content_type)
    yield from (f"{finding.why} ({finding.text!r})" for finding in personal(judging.second.body, charset))


def _kept_cookies(judging: Judging, first: Cut) -> Iterator[str]:
    """The first stranger's cookies on both pages: the shop itself stored a page with them in it.

    What only looks like a token, and is the same for both strangers, is nobody's.
    """
    others = dict(judging.second.cookies)
    own = tuple(value for name, value in judging.job.cookies if others.get(name) != value)
    page = first.compiled.page
    yield from (sentence for sentence in uncovered_tokens(page, own) if sentence not in uncovered_tokens(page, ()))


def _sentence(difference: Difference) -> str:
    first, second, proposal = (
        text if len(text) <= _TEXT_CHARS else text[:_TEXT_CHARS] + "..."
        for text in (difference.first, difference.second, difference.proposal)
    )
    said = f"two strangers differ at {difference.where}: {first!r} and {second!r}; {difference.why}"
    return said if difference.kind is Kind.NOISE and not difference.personal else f"{said}; proposed: {proposal}"


def _leaking(stored: Page, refusing: Sequence[Difference]) -> Iterator[str]:
    """Tokens and personal data in the stored page: what two strangers were told apart by stands there uncovered."""
    body = origin_bytes(stored)
    yield from (f"{finding.why} ({finding.text!r})" for finding in personal(body, stored.charset))
    try:
        doc = Document(body, stored.charset)
    except Unreadable:
        return
    visitors = [covered.at for covered in covered_by(stored) if covered.visitor]
    for difference in refusing:
        if difference.kind is Kind.TOKEN or difference.personal:
            for span in _places(doc, difference.where):
                inside = any(at.start <= span.start and span.end <= at.end for at in visitors)
                if not inside and doc.text(span).strip():
                    yield f"the stored page shows at {difference.where} what is one visitor's"
                    break


def _places(doc: Document, where: str) -> list[Span]:
    try:
        target = parse_target(where)
    except TargetError:
        return []
    return [span for span in doc.find(target) if isinstance(span, Span)]


def differing_fields(first: Pairs, second: Pairs) -> tuple[str, ...]:
    """Names, in lower case, of the response fields that two strangers were given different values of."""
    one, other = _by_name(first), _by_name(second)
    return tuple(sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name)))


def _by_name(pairs: Pairs) -> Mapping[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name.lower(), []).append(value)
    return values
