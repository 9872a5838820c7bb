"""What the operator decided about fills, in the form the filler uses it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from edge.policy.key import KeyRule
from edge.policy.ownership import Effects
from edge.policy.storability import RoutePolicy
from origin_adapters import Token
from renderers.page import KindSpec


class KindRule(msgspec.Struct, frozen=True, kw_only=True):
    """One page kind: what is cut out of its pages, and how long they may be used."""

    spec: KindSpec
    route: RoutePolicy


class OriginRule(msgspec.Struct, frozen=True, kw_only=True):
    """How one origin is to be treated."""

    tokens: tuple[Token, ...] = ()
    """Form tokens that its platform takes from the visitor's own cookie, whoever made it."""
    visitor_address: bool = False
    """Page fills state the address of the visitor whose request led to them, and not nobody's but the node's own."""
    pace: float | None = None
    """Most fills and refreshes a second; None: no limit."""
    effects: Effects = Effects()
    """What requests do there beyond what their method says."""
    rewrite_host: bool = False
    """The origin's own address is replaced in what is stored."""


class FillRules(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the filler needs of the configuration. Durations are seconds."""

    keys: Mapping[str, KeyRule]
    """By origin: what is in the cache key, and so may reach the origin on the fill of a page."""
    origins: Mapping[str, OriginRule] = {}
    """By origin; one that is missing gets the defaults."""
    kinds: Mapping[str, KindRule] = {}
    """By name of the page kind."""
    plain: RoutePolicy = RoutePolicy()
    """Everywhere else: what holds for a response that states nothing itself."""
    max_grace_s: int = 86_400
    """Upper bound on the grace and error grace an origin states."""
    max_object_bytes: int = 8 * 2**20
    """Larger bodies are never stored."""
    wait_limit_s: float = 30.0
    """Longest a request waits for a fetch that another one started; then it is relayed on its own."""
    unshared_s: float = 120.0
    """How long a cache key whose response was not for the store is not asked for again on others' behalf."""
    pause_s: float = 5.0
    """After a failed refresh, how long the stored copy is used without asking the origin again."""
    max_refreshes: int = 8
    """Background fetches at once; more are refused, since stale pages must not crowd out missing ones."""
    user_agent: str = "Mozilla/5.0 (compatible; Vitrine/0.1)"
    """What origins see on the fill of a page, whoever asks for it."""
    turn_limit_s: float = 10.0
    """Longest a visitor waits for a turn at an origin with a pace; then she is relayed, or sent what is stale."""

    def origin(self, name: str) -> OriginRule:
        """The rule of an origin."""
        return self.origins.get(name, _ORDINARY)


_ORDINARY = OriginRule()
