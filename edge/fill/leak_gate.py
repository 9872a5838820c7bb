"""The leak gate's shell: when a second stranger is asked for, and what follows from the verdict (design, law 4).

A page kind is judged on its first pages, on one fill in so many after that, and whenever a page looks unlike those
found fit: its structure is new, or something on it looks like a token. Tokens that the platform takes from the
visitor's own cookie get slots by themselves, for this page and all of its kind. A token in a cookie that only the
origin can set gets a slot too, and a visitor without the cookie is relayed, which gives it to her. A token that is in
no cookie at all cannot be anybody's from a stored page: such pages are relayed, always.
"""

from __future__ import annotations

import asyncio
import enum
import logging
from collections.abc import Callable, Sequence

import msgspec

from edge.fill.answers import origin_failed
from edge.fill.cutting import Cut, CutFailed, Cutting
from edge.fill.exchange import OriginResponse
from edge.fill.filling import Filling
from edge.fill.judging import Judged, Judging, Sight, differing_fields, judge
from edge.fill.kind_memory import KindMemory, after_agreement, after_refusal, after_skipping, due, with_cookies
from edge.fill.place import Copy, Place
from edge.fill.rules import KindRule
from edge.fill.stranger import Seen, Unseen, second_stranger
from edge.fill.visitor_cookies import cookies_of_page
from edge.fill.vocabulary import vocabularies
from edge.model import VisitorCookie, fields
from edge.policy.set_cookie import cookies_set

logger = logging.getLogger("vitrine.fill")

_DIFFER_FOR_EVERYBODY = frozenset(
    {
        *("accept-ranges", "age", "alt-svc", "cache-control", "cache-status", "connection", "content-encoding"),
        *("content-length", "content-type", "date", "etag", "expires", "keep-alive", "last-modified", "server"),
        *("server-timing", "set-cookie", "transfer-encoding", "vary", "via", "x-cache", "x-response-time", "x-runtime"),
    }
)
"""Response fields that are nobody's although they differ, or are not stored, or have a meaning of their own here."""


class Received(msgspec.Struct, frozen=True):
    """A response on a page kind, whole."""

    response: OriginResponse
    """Its exchange has ended."""
    body: bytes

    @property
    def seen(self) -> Seen:
        """What the first stranger was given."""
        return Seen(self.response.status, self.response.pairs, self.body)


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """A page for everybody."""

    cut: Cut
    cookies: tuple[VisitorCookie, ...]
    """What its visitor slots print."""
    dropped: frozenset[str]
    """Response fields, in lower case, that are somebody's."""


class Verdict(enum.Enum):
    """Of a response that is no page."""

    FIT = "fit"
    REFUSED = "refused"
    UNJUDGED = "unjudged"


class Gate:
    """The gate before one response on a page kind."""

    def __init__(self, filling: Filling, kind: KindRule, received: Received, found: tuple[Place, Copy | None]) -> None:
        self._filling = filling
        self._parts = filling.parts
        self._kind = kind
        self._received = received
        self._place, self._copy = found
        self._rule = filling.parts.rules.origin(filling.request.origin)

    async def page(self) -> Fit | None:
        """The page, cut; None when it is not for others, or not known to be, which everybody has then been told."""
        try:
            return await self._page()
        except CutFailed as exc:
            self._keep_out("cut-failed", (str(exc),))
            return None

    async def body(self) -> Verdict:
        """Whether a response that is no page is the same for a second stranger. If not, everybody has been told."""
        second = await second_stranger(self._filling)
        if isinstance(second, Unseen):
            self._unjudged(second)
            return Verdict.UNJUDGED
        refusal = _unlike(self._received.seen, second)
        if refusal is None and second.body != self._received.body:
            refusal = "it differs between two strangers, and what is no page of this kind has no slots to cover that"
        if refusal is None:
            return Verdict.FIT
        self._keep_out("leak-gate", (refusal,))
        return Verdict.REFUSED

    async def _page(self) -> Fit | None:
        second: Seen | Unseen | None = None
        if due(self._memory(), self._page_id) or self._outdated():
            (job, cut), second = await asyncio.gather(self._cut(), second_stranger(self._filling))
        else:
            job, cut = await self._cut()
            if self._doubtful(cut):
                second = await second_stranger(self._filling)
        if second is None:
            return await self._fit(cut, await self._change(after_skipping), [self._received.seen])
        if isinstance(second, Unseen):
            self._unjudged(second)
            return None
        return await self._compared(job, cut, second)

    async def _cut(self) -> tuple[Cutting, Cut]:
        """The page cut with the slots known by the time it is: another page may have taught some meanwhile."""
        while True:
            job = self._job()
            cut = await self._parts.cutter.cut(job)
            if self._memory().spec(self._kind.spec) == job.spec:
                return job, cut

    async def _compared(self, job: Cutting, cut: Cut, second: Seen) -> Fit | None:
        first = self._received.seen
        unlike = _unlike(first, second)
        if unlike is not None:
            await self._refused((unlike,), ())
            return None
        judging = Judging(
            job=job,
            first=cut,
            second=Sight(body=second.body, content_type=second.content_type, cookies=second.cookies),
            tokens=self._rule.tokens,
            stored=self._copy.page if self._copy is not None else None,
        )
        judged = await self._parts.cutter.run(judge, judging, job.url_path)
        if judged.refusals:
            await self._refused(judged.refusals, judged.leaking)
            return None
        self._tell_news(judged)
        differing = set(differing_fields(first.pairs, second.pairs)) - _DIFFER_FOR_EVERYBODY
        memory = await self._change(lambda memory: after_agreement(memory, self._page_id, judged, differing))
        return await self._fit(judged.cut, memory, [first, second])

    async def _fit(self, cut: Cut, memory: KindMemory, strangers: Sequence[Seen]) -> Fit:
        lines = [line for seen in strangers for line in fields(seen.pairs).getall("Set-Cookie", ())]
        cookies = cookies_of_page(cut.asked, cookies_set(lines), memory, self._rule.tokens, now=self._now_s())
        await self._change(lambda memory: with_cookies(memory, cookies))
        self._parts.notices.tell("storing", self._filling.key, ())
        return Fit(cut=cut, cookies=cookies, dropped=frozenset(memory.differing))

    def _job(self) -> Cutting:
        spec = self._memory().spec(self._kind.spec)
        with self._parts.reader.view() as view:
            known = vocabularies(view, spec)
        first = self._received.seen
        return Cutting(
            body=first.body,
            spec=spec,
            content_type=first.content_type,
            url_path=self._filling.request.facts.path,
            vocabulary=known,
            cookies=first.cookies,
        )

    @property
    def _page_id(self) -> bytes:
        return self._place.key.digest

    def _now_s(self) -> int:
        return self._parts.now_ms() // 1000

    def _memory(self) -> KindMemory:
        return self._parts.kinds.get(self._parts.reader, self._filling.request.origin, self._kind, self._rule)

    async def _change(self, change: Callable[[KindMemory], KindMemory]) -> KindMemory:
        return await self._parts.kinds.change(
            self._parts.store, self._filling.request.origin, self._kind.spec.name, change
        )

    def _doubtful(self, cut: Cut) -> bool:
        """The page is unlike those found fit, or by now the whole kind is in doubt."""
        memory = self._memory()
        unknown = cut.structure not in memory.structures
        return unknown or bool(cut.uncovered or cut.personal) or due(memory, self._page_id)

    def _outdated(self) -> bool:
        """What is stored was judged by what no longer holds."""
        return self._copy is not None and self._copy.entry.gate != self._memory().gate

    def _unjudged(self, second: Unseen) -> None:
        """Nothing is stored that the gate has not seen. The page is fine, though: it may be asked for again at once."""
        if self._copy is not None:
            self._filling.down(origin_failed(second.error), self._copy)
        else:
            self._filling.passed("leak-gate-unjudged", notes=(str(second.error),))

    async def _refused(self, refusals: tuple[str, ...], leaking: tuple[str, ...]) -> None:
        await self._change(after_refusal)
        if leaking:
            await self._parts.store.remove(self._page_id)
            held = self._parts.counters.pages_held
            held[self._kind.spec.name, "leak-removed"] += 1
            logger.error("%s was removed from the store, it leaks: %s", self._filling.key, "; ".join(leaking))
        self._keep_out("leak-gate", refusals)

    def _keep_out(self, reason: str, sentences: tuple[str, ...]) -> None:
        """The page is not for others: everybody relays on his own, and the operator learns why."""
        self._parts.counters.pages_held[self._kind.spec.name, reason] += 1
        self._parts.notices.tell(
            "storing", self._filling.key, tuple(f"not stored, {reason}: {line}" for line in sentences)
        )
        self._filling.passed(reason, origin_ms=self._received.response.waited_ms, remember=True, notes=sentences)

    def _tell_news(self, judged: Judged) -> None:
        """Each slot added and each place of noise once for the whole page kind."""
        name, memory = self._kind.spec.name, self._memory()
        for slot in judged.added:
            if slot not in memory.slots:
                logger.warning("page kind %s: a slot was added by itself, at %s: %s", name, slot.at, slot.fill)
        for noise in judged.noise:
            if noise.where not in memory.told:
                logger.warning("page kind %s: stored as first seen: %s", name, noise.sentence)


def _unlike(first: Seen, second: Seen) -> str | None:
    """What two responses differ in before their bodies are looked at; a sentence."""
    if first.status != second.status:
        return f"two strangers were answered {first.status} and {second.status}"
    where = [fields(seen.pairs).get("Location") for seen in (first, second)]
    return None if where[0] == where[1] else f"two strangers were sent to {where[0]} and {where[1]}"
