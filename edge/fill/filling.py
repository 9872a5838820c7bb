"""One fetch under way: whom it is for, what is stored already, and what everybody is told."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from edge.clock import monotonic_s
from edge.fill.collapse import Flight
from edge.fill.cutting import Cutter
from edge.fill.exchange import OriginResponse
from edge.fill.health import OriginHealth
from edge.fill.kind_memory import KindMemories, gate_digest
from edge.fill.lead import Lead
from edge.fill.manners import Manners
from edge.fill.memory import Recent
from edge.fill.notices import Notices
from edge.fill.origin import OriginClient
from edge.fill.place import Copy, Place
from edge.fill.protocol import FillAnswer, FillRequest, Outcome
from edge.fill.rules import FillRules
from edge.fill.wire import Interim
from edge.model import Pairs, fields
from edge.observe.counters import Counters
from edge.policy.storability import Exchange
from edge.store.pages import PageReader, PageStore
from edge.store.tables import TableReader


class Landing(msgspec.Struct, frozen=True):
    """What all who waited for a fetch are told."""

    answer: FillAnswer
    where: Place | None = None
    """Where the response was stored. It may be a variant that not all who waited can use."""


class FillParts(msgspec.Struct, frozen=True, kw_only=True):
    """What every fetch works with."""

    rules: FillRules
    client: OriginClient
    health: OriginHealth
    reader: PageReader
    store: PageStore
    tables: TableReader
    cutter: Cutter
    recent: Recent
    counters: Counters
    now_ms: Callable[[], int]
    notices: Notices = msgspec.field(default_factory=Notices)
    manners: Manners = msgspec.field(default_factory=Manners)
    kinds: KindMemories = msgspec.field(default_factory=KindMemories)


class Filling:
    """One fetch. ``lead`` is None when nobody waits for the response itself."""

    def __init__(self, parts: FillParts, request: FillRequest, flight: Flight[Landing], lead: Lead | None) -> None:
        self.parts = parts
        self.request = request
        self.flight = flight
        self.lead = lead
        self.asked_at_ms = parts.now_ms()
        """When the origin was asked, once it has answered: what it says is at least so new, a row may be newer."""
        self._started_s = monotonic_s()

    @property
    def key(self) -> str:
        """Text of the cache key, without what Vary adds."""
        return self.request.key

    @property
    def gate(self) -> bytes:
        """What the leak gate's verdict depends on as things are now; without a page kind, if addresses are replaced.

        What was stored under another one is not validated: it is asked for whole.
        """
        kind = self.parts.rules.kinds.get(self.request.kind or "")
        rule = self.parts.rules.origin(self.request.origin)
        if kind is not None:
            return gate_digest(kind.spec, rule)
        return b"rewritten" if rule.rewrite_host else b""

    @property
    def interim(self) -> Interim | None:
        """Who is told of interim responses. Nobody on a page kind: nothing of an unfinished judgement is ever sent."""
        return self.lead.interim if self.lead is not None and self.request.kind is None else None

    @property
    def heard(self) -> bool:
        """Somebody waits for the body as it comes."""
        return self.lead is not None and self.lead.listens

    def exchange(self, response: OriginResponse) -> Exchange:
        """The facts of the exchange. No cookies of a visitor ever reach the origin here but those in the cache key."""
        return Exchange(
            method=self.request.method,
            status=response.status,
            fields=fields(response.pairs),
            requested_at=response.requested_at,
            received_at=response.received_at,
            authorized=self.request.kind is None and "Authorization" in self.request.fields,
        )

    def stored(self, response: OriginResponse, where: Place, *, notes: tuple[str, ...] = ()) -> None:
        """The response is in the store now."""
        self.parts.recent.forget(self.key)
        self.parts.counters.fill_seconds.observe((self.request.origin,), monotonic_s() - self._started_s)
        self._land(FillAnswer(outcome=Outcome.STORED, origin_ms=response.waited_ms, notes=notes), where)

    def found(self, where: Place) -> None:
        """What was to be fetched is in the store already."""
        self._land(FillAnswer(outcome=Outcome.STORED, collapsed=True), where)

    def passed(self, reason: str, *, origin_ms: int = 0, remember: bool = False, notes: tuple[str, ...] = ()) -> None:
        """The response is not for the store: everybody relays on his own. ``remember``: so will those to come."""
        if remember:
            self.parts.recent.note_unshared(self.key, reason)
        self._land(FillAnswer(outcome=Outcome.PASS, reason=reason, origin_ms=origin_ms, notes=notes))

    def down(self, answer: FillAnswer, copy: Copy | None) -> None:
        """The origin failed. With ``copy`` to fall back on, it is not asked again at once."""
        if copy is not None:
            self.parts.recent.pause(self.key, answer)
        self._land(answer)

    def stream(self, response: OriginResponse, pairs: Pairs, *, reason: str, limit_bytes: int) -> Lead | None:
        """Begin to send the response to the first caller; None when there is nobody to send it to.

        ``reason``: why it is not stored; empty when it is, once it is whole.
        """
        lead = self.lead
        if lead is None or not lead.listens:
            return None
        lead.pipe.limit_bytes = limit_bytes
        lead.tell(
            FillAnswer(
                outcome=Outcome.STREAM,
                reason=reason,
                status=response.status,
                pairs=pairs,
                origin_ms=response.waited_ms,
                storing=not reason,
            )
        )
        return lead

    def _land(self, answer: FillAnswer, where: Place | None = None) -> None:
        self.parts.counters.fills[answer.outcome.value,] += not self.flight.landed
        self.flight.land(Landing(answer, where))
        if self.lead is not None:
            self.lead.tell(answer)
