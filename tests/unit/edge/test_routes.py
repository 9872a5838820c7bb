"""What an origin's adapter and the operator say together."""

from __future__ import annotations

from edge import routes
from edge.config.schema import Cache, Config, Origin
from origin_adapters import adapter


def configured(name: str, **cache: tuple[str, ...]) -> tuple[Config, Origin]:
    origin = Origin(url="http://127.0.0.1:9000", adapter=name, rewrite_host=True)
    return Config(origins=(origin,), cache=Cache(**cache)), origin  # type: ignore[arg-type]


def test_the_operator_adds_to_what_the_adapter_knows_of_requests() -> None:
    known = adapter("woocommerce")
    effects = routes.effects(*configured("woocommerce", mutating_get=("/vote/*",), harmless_paths=("/beacon",)))
    assert effects.mutating_get == (*known.mutating_get, "/vote/*")
    assert effects.harmless_paths == (*known.harmless_paths, "/beacon")
    assert effects.lasting_cookies == known.bypass_cookies


def test_a_cookie_that_goes_with_the_next_page_proves_no_basket() -> None:
    assert routes.bypass_cookies(*configured("django")) == ("sessionid", "messages", "oscar_open_basket")
    assert routes.effects(*configured("django")).lasting_cookies == ("sessionid", "oscar_open_basket")


def test_the_operators_cookies_take_the_adapters_place() -> None:
    config, origin = configured("django", bypass_cookies=("basket", "messages"))
    assert routes.bypass_cookies(config, origin) == ("basket", "messages")
    assert routes.effects(config, origin).lasting_cookies == ("basket",)


def test_workers_and_filler_hear_the_same() -> None:
    config, origin = configured("opencart")
    rule = routes.fill_rules(config).origin(origin.name)
    assert routes.sites(config).site("shop.example").effects == rule.effects == routes.effects(config, origin)
    assert rule.rewrite_host
