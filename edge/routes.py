"""The configuration as the policies read it: sites, page kinds, what goes into keys."""

from __future__ import annotations

from edge.config.kinds import kind_spec
from edge.config.schema import Config, Origin, PageKind
from edge.fill.kind_memory import gate_digest
from edge.fill.rules import FillRules, KindRule, OriginRule
from edge.policy.identify import Kind, Site, Sites
from edge.policy.key import IGNORED_PARAMETERS, KeyRule
from edge.policy.ownership import Effects
from edge.policy.storability import RoutePolicy
from origin_adapters import adapter


def sites(config: Config) -> Sites:
    """All sites of the node. Page kinds are the same on each."""
    return Sites(
        Site(
            origin=origin.name,
            hosts=origin.hosts,
            kinds=tuple(_kind(config, kind, origin) for kind in config.pages),
            bypass_cookies=bypass_cookies(config, origin),
            effects=effects(config, origin),
        )
        for origin in config.origins
    )


def bypass_cookies(config: Config, origin: Origin) -> tuple[str, ...]:
    """Globs of the cookies whose bearer is not answered from the store: the operator's, else the adapter's."""
    if config.cache.bypass_cookies is not None:
        return config.cache.bypass_cookies
    return adapter(origin.adapter).bypass_cookies


def effects(config: Config, origin: Origin) -> Effects:
    """What requests do at the origin beyond what their method says: what its adapter knows, and the operator."""
    known = adapter(origin.adapter)
    return Effects(
        mutating_get=(*known.mutating_get, *config.cache.mutating_get),
        harmless_paths=(*known.harmless_paths, *config.cache.harmless_paths),
        lasting_cookies=tuple(glob for glob in bypass_cookies(config, origin) if glob not in known.fleeting_cookies),
    )


def key_rules(config: Config) -> dict[str, KeyRule]:
    """What goes into cache keys, by origin name."""
    ignored = config.cache.ignore_query
    return {
        origin.name: KeyRule(
            origin=origin.name,
            ignore_query=IGNORED_PARAMETERS if ignored is None else ignored,
            cookies=config.cache.key_cookies,
        )
        for origin in config.origins
    }


def max_age_ms(config: Config) -> dict[str, int]:
    """How old a row may grow, by table; tables whose rows never grow too old are left out."""
    return {name: round(table.max_age * 1000) for name, table in config.tables.items() if table.max_age is not None}


def fill_rules(config: Config) -> FillRules:
    """What the operator decided about fills."""
    return FillRules(
        keys=key_rules(config),
        origins={origin.name: _origin_rule(config, origin) for origin in config.origins},
        kinds={kind.name: KindRule(spec=kind_spec(kind), route=_route(kind)) for kind in config.pages},
        plain=RoutePolicy(
            ttl_s=round(config.cache.default_ttl),
            error_grace_s=round(config.cache.error_grace),
            heuristic_s=round(config.cache.heuristic_ttl),
        ),
        max_grace_s=round(config.cache.max_grace),
        max_object_bytes=config.store.max_object,
        wait_limit_s=max(_patience_s(origin) for origin in config.origins),
    )


def _patience_s(origin: Origin) -> float:
    """Longer than the origin itself is waited for, so that followers hear why their leader failed."""
    return max(30.0, origin.connect_timeout + origin.first_byte_timeout + 5.0)


def _kind(config: Config, kind: PageKind, origin: Origin) -> Kind:
    gate = gate_digest(kind_spec(kind), _origin_rule(config, origin))
    return Kind(name=kind.name, match=kind.match, route=_route(kind), gate=gate)


def _origin_rule(config: Config, origin: Origin) -> OriginRule:
    return OriginRule(
        tokens=adapter(origin.adapter).tokens,
        visitor_address=origin.client_address == "visitor",
        pace=origin.pace,
        effects=effects(config, origin),
        rewrite_host=origin.rewrite_host,
    )


def _route(kind: PageKind) -> RoutePolicy:
    return RoutePolicy(
        ttl_s=round(kind.ttl), grace_s=round(kind.grace), error_grace_s=round(kind.error_grace), operator=True
    )
