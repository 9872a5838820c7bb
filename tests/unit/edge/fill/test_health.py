from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from edge.config.schema import Duration, Health, Host, Origin
from edge.errors import StoreFull
from edge.fill.health import OriginHealth, Times
from edge.fill.origin import OriginClient
from edge.lifecycle import running

if TYPE_CHECKING:
    from tests.unit.edge.fill.conftest import ScriptedOrigin, StartOrigin, Wire


class Laboratory:
    """One origin under watch. Time passes only while a probe sleeps; what workers are told is in ``news``."""

    def __init__(self, origin: ScriptedOrigin, client: OriginClient, config: Origin) -> None:
        self.origin = origin
        self.news: list[bool] = []
        self.now_s = 1000.0
        self.slept_s: list[float] = []
        self.full = False
        self._told = asyncio.Event()
        times = Times(monotonic_s=lambda: self.now_s, sleep=self._sleep, jitter=lambda: 1.0)
        self.health = OriginHealth((config,), client, self._publish, times=times)

    async def _sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now_s += seconds
        await asyncio.sleep(0.001)

    async def _publish(self, name: str, up: bool) -> None:
        assert name == "shop"
        if self.full:
            raise StoreFull("no room")
        self.news.append(up)
        self._told.set()

    async def hear(self, *, up: bool) -> None:
        """Wait for this news."""
        while not self.news or self.news[-1] is not up:
            self._told.clear()
            await self._told.wait()

    async def fail(self, times: int) -> None:
        for _ in range(times):
            await self.health.failed("shop")


Watch = Callable[..., Awaitable[Laboratory]]


@pytest.fixture
async def watch(start_origin: StartOrigin) -> AsyncIterator[Watch]:
    async with AsyncExitStack() as stack:

        async def start(health: Health | None = None) -> Laboratory:
            origin = await start_origin(well)
            config = Origin(name="shop", url=origin.url, health=health, hosts=(Host("shop.example"),))
            client = await stack.enter_async_context(OriginClient((config,)))
            return Laboratory(origin, client, config)

        yield start


async def well(wire: Wire) -> None:
    await wire.respond(b"well")


async def ill(wire: Wire) -> None:
    await wire.respond(b"ill", status=503)


async def missing(wire: Wire) -> None:
    await wire.respond(b"no such page", status=404)


async def test_failures_in_a_row_take_the_origin_down(watch: Watch) -> None:
    lab = await watch()
    await lab.fail(4)
    assert lab.health.up("shop")
    assert lab.health.permit("shop")
    await lab.fail(1)
    assert not lab.health.up("shop")
    assert not lab.health.permit("shop")
    assert lab.health.retry_after_s("shop") >= 1
    assert lab.news == [False]


async def test_an_answer_in_between_starts_the_count_anew(watch: Watch) -> None:
    lab = await watch()
    for _ in range(4):
        await lab.fail(4)
        await lab.health.answered("shop", 200, key="a")
    assert lab.health.up("shop")
    assert lab.news == []


async def test_errors_on_many_pages_take_the_origin_down_if_its_home_page_fails_too(watch: Watch) -> None:
    lab = await watch()
    lab.origin.answer = ill
    async with running(health=lab.health.run()):
        for number in range(5):
            await lab.health.answered("shop", 500, key=f"/{number}")
        await lab.hear(up=False)
    assert not lab.health.up("shop")
    assert lab.origin.requests[0] == "GET /"


async def test_errors_on_many_pages_of_an_origin_whose_home_page_is_well_do_not(watch: Watch) -> None:
    lab = await watch()
    probed = asyncio.Event()

    async def well_and_noted(wire: Wire) -> None:
        await wire.respond(b"well")
        probed.set()

    lab.origin.answer = well_and_noted
    async with running(health=lab.health.run()):
        await lab.hear(up=True)
        for number in range(8):
            await lab.health.answered("shop", 500, key=f"/{number}")
        await probed.wait()
    assert lab.health.up("shop")
    assert lab.news == [True]


async def test_connections_that_end_early_are_no_more_certain_than_errors(watch: Watch) -> None:
    lab = await watch()
    for _ in range(8):
        await lab.health.failed("shop", certain=False)
    assert lab.health.up("shop")
    await lab.health.failed("shop")
    assert not lab.health.up("shop")


async def test_one_broken_page_asked_for_over_and_over_does_not(watch: Watch) -> None:
    lab = await watch()
    for _ in range(50):
        await lab.health.answered("shop", 500, key="/broken")
    assert lab.health.up("shop")


async def test_not_found_is_an_answer(watch: Watch) -> None:
    lab = await watch()
    for number in range(50):
        await lab.health.answered("shop", 404, key=f"/{number}")
    assert lab.health.up("shop")


async def test_a_fill_may_be_the_probe(watch: Watch) -> None:
    lab = await watch()
    await lab.fail(5)
    lab.now_s += 60
    assert lab.health.permit("shop")
    assert not lab.health.permit("shop"), "one probe at a time"
    assert not lab.health.up("shop")
    await lab.health.answered("shop", 200, key="a")
    assert lab.health.up("shop")
    assert lab.news == [False, True]


async def test_without_a_check_nobody_is_probed_while_all_is_well(watch: Watch) -> None:
    lab = await watch()
    async with running(health=lab.health.run()):
        await lab.hear(up=True)
        await asyncio.sleep(0.05)
    assert lab.origin.requests == []


async def test_probes_find_that_the_origin_is_back(watch: Watch) -> None:
    lab = await watch()
    await lab.origin.stop()
    async with running(health=lab.health.run()):
        await lab.fail(5)
        await lab.hear(up=False)
        while len(lab.slept_s) < 4:  # noqa: ASYNC110 - a few probes that fail
            await asyncio.sleep(0.001)
        await lab.origin.start()
        await lab.hear(up=True)
    assert lab.slept_s[:4] == [1.0, 1.0, 2.0, 4.0], "each failed probe doubles the pause"
    assert max(lab.slept_s) <= 30
    assert lab.origin.requests == ["GET /"]
    assert b"Host: shop.example" in lab.origin.heads[0], "an origin of several sites answers nobody without a name"


async def test_any_answer_to_a_probe_will_do_but_an_error_of_the_server(watch: Watch) -> None:
    lab = await watch()
    lab.origin.answer = ill
    async with running(health=lab.health.run()):
        await lab.fail(5)
        while len(lab.origin.requests) < 3:  # noqa: ASYNC110 - the origin has no event for it
            await asyncio.sleep(0.001)
        assert not lab.health.up("shop")
        lab.origin.answer = missing
        await lab.hear(up=True)


async def test_a_configured_check_notices_an_outage_without_any_traffic(watch: Watch) -> None:
    lab = await watch(Health(path="/healthz", interval=Duration(2)))
    async with running(health=lab.health.run()):
        await lab.hear(up=True)
        lab.origin.answer = missing
        await lab.hear(up=False)
        lab.origin.answer = well
        await lab.hear(up=True)
    assert set(lab.slept_s) == {2.0}
    assert set(lab.origin.requests) == {"GET /healthz"}


async def test_one_failed_check_is_no_outage(watch: Watch) -> None:
    lab = await watch(Health(path="/healthz", interval=Duration(2)))
    checks = 0

    async def every_third_is_well(wire: Wire) -> None:
        nonlocal checks
        checks += 1
        await (well if checks % 3 == 0 else ill)(wire)

    lab.origin.answer = every_third_is_well
    async with running(health=lab.health.run()):
        while checks < 12:  # noqa: ASYNC110 - the origin has no event for it
            await asyncio.sleep(0.001)
    assert lab.news == [True]


async def test_news_that_cannot_be_stored_do_not_stop_the_watch(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    lab = await watch()
    lab.full = True
    await lab.fail(5)
    assert not lab.health.up("shop")
    assert "workers were not told" in caplog.text
