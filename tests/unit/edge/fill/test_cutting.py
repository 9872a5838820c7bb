from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from edge.fill.cutting import Cut, CutFailed, Cutter, Cutting, cut, spawned_pool
from edge.model import Pairs
from renderers.deflate import press
from renderers.page import KindSpec, SlotSpec, origin_bytes

BODY = b'<html><body><p class="price">$19.99</p></body></html>'
SPEC = KindSpec(name="product", slots=(SlotSpec(name="price", at="css:.price", fill="{{ prices.amount | money }}"),))


def job(body: bytes = BODY, spec: KindSpec = SPEC, cookies: Pairs = ()) -> Cutting:
    return Cutting(body=body, spec=spec, content_type="text/html", url_path="/p", vocabulary={}, cookies=cookies)


def test_a_page_comes_back_cut_and_each_segment_pressed() -> None:
    result = cut(job())
    assert origin_bytes(result.compiled.page) == BODY
    assert result.pressed == tuple(press(segment) for segment in result.compiled.page.segments)
    assert result.uncovered == ()


def test_a_cookie_that_stands_in_the_page_is_told() -> None:
    result = cut(job(BODY.replace(b"</body>", b"<p>a1b2c3d4e5f6</p></body>"), cookies=(("id", "a1b2c3d4e5f6"),)))
    assert "a1b2c3..." in result.uncovered[0]


def test_personal_data_is_told() -> None:
    (told,) = cut(job(BODY.replace(b"</body>", b"<p>Welcome back, Anna!</p></body>"))).personal
    assert "Anna" in told


def test_pages_alike_have_one_structure() -> None:
    other = cut(job(BODY.replace(b"19.99", b"5.00")))
    sold_out = cut(job(BODY.replace(b"</body>", b'<p class="sold-out">Sold out</p></body>')))
    assert cut(job()).structure == other.structure != sold_out.structure


def test_the_cookies_that_visitor_slots_print_are_named() -> None:
    slots = tuple(
        SlotSpec(name=name, at=f"css:input[name='{name}']@value", fill=f'{{{{ visitor.csrf("{name}") }}}}', all=True)
        for name in ("one", "two", "absent")
    )
    body = BODY.replace(b"</body>", b"<input name=one value=x><input name=two value=y><input name=one value=z></body>")
    assert cut(job(body, KindSpec(name="product", slots=slots))).asked == ("one", "two")


WRONG = [
    SlotSpec(name="price", at="css:[[", fill="{{ prices.amount }}"),
    SlotSpec(name="price", at="css:.price", fill="{{ prices.amount | no_such_filter }}"),
]


@pytest.mark.parametrize("slot", WRONG)
def test_a_wrong_specification_says_which_page_kind_it_is_of(slot: SlotSpec) -> None:
    with pytest.raises(CutFailed, match="page kind product"):
        cut(job(spec=KindSpec(name="product", sku="css:h1", slots=(slot,))))


async def test_cutting_happens_in_another_process_that_is_kept() -> None:
    async with Cutter() as cutter:
        results: list[Cut] = await asyncio.gather(*(cutter.cut(job()) for _ in range(3)))
        (child,) = multiprocessing.active_children()
        assert child.pid != os.getpid()
    assert [origin_bytes(result.compiled.page) for result in results] == [BODY] * 3
    async with asyncio.timeout(10):
        while child.is_alive():  # noqa: ASYNC110 - a process ends when it ends
            await asyncio.sleep(0.01)


async def test_a_process_that_is_killed_is_replaced_and_nothing_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    async with Cutter() as cutter:
        await cutter.cut(job())
        (child,) = multiprocessing.active_children()
        os.kill(child.pid or 0, signal.SIGKILL)
        result = await cutter.cut(job())
    assert origin_bytes(result.compiled.page) == BODY
    assert "died over /p" in caplog.text


async def test_a_page_that_kills_two_processes_is_given_up() -> None:
    pools: list[ProcessPoolExecutor] = []

    def stillborn() -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        pools.append(ProcessPoolExecutor(1, mp_context=context, initializer=os._exit, initargs=(1,)))
        return pools[-1]

    async with Cutter(stillborn) as cutter:
        with pytest.raises(CutFailed, match="twice"):
            await cutter.cut(job())
    assert len(pools) == 2


async def test_what_is_wrong_with_a_specification_survives_the_way_between_processes() -> None:
    wrong = KindSpec(name="product", slots=(SlotSpec(name="price", at="css:.price", fill="{{ oh no"),))
    async with Cutter() as cutter:
        with pytest.raises(CutFailed, match="page kind product"):
            await cutter.cut(job(spec=wrong))


def test_the_pool_has_one_process() -> None:
    with spawned_pool() as pool:
        assert pool.submit(os.getpid).result() != os.getpid()


_FILLER = """
import os, sys, time
from edge.fill.cutting import spawned_pool
pool = spawned_pool()
print(pool.submit(os.getpid).result(), flush=True)
time.sleep(60)
"""


async def test_the_process_does_not_outlive_a_filler_that_is_killed() -> None:
    filler = await asyncio.create_subprocess_exec(sys.executable, "-c", _FILLER, stdout=asyncio.subprocess.PIPE)
    assert filler.stdout is not None
    child = Path("/proc") / (await filler.stdout.readline()).decode().strip()
    assert child.exists()
    filler.kill()
    await filler.wait()
    async with asyncio.timeout(10):
        while _runs(child):  # noqa: ASYNC110 - a process ends when it ends
            await asyncio.sleep(0.01)


def _runs(process: Path) -> bool:
    """Not gone, and not a zombie that nobody has collected yet."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
