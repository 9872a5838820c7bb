"""What a worker tells the filler, written down instead of carried out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from edge.fill.client import FillerUnavailable
from edge.fill.protocol import FillAnswer, FillRequest, FillResult, Outcome
from edge.fill.wire import Interim


class Told:
    """A filler that only listens. ``dead`` answers nothing, as while it is being replaced."""

    def __init__(self) -> None:
        self.refreshed: list[str] = []
        self.touched: list[tuple[bytes, ...]] = []
        self.dead = False
        self.called = asyncio.Event()

    @asynccontextmanager
    async def fill(self, request: FillRequest, interim: Interim | None = None) -> AsyncIterator[FillResult]:
        raise FillerUnavailable(f"nobody fills {request.key} ({FillAnswer(outcome=Outcome.DOWN).outcome})")
        yield

    async def refresh(self, request: FillRequest) -> bool:
        self._answer()
        self.refreshed.append(request.key)
        return True

    async def touch(self, digests: tuple[bytes, ...]) -> None:
        self._answer()
        self.touched.append(digests)

    async def invalidate(self, digests: tuple[bytes, ...]) -> None:
        self._answer()

    def _answer(self) -> None:
        self.called.set()
        if self.dead:
            raise FillerUnavailable("being replaced")


@pytest.fixture
async def told() -> Told:
    return Told()


@pytest.fixture
def request_for() -> Callable[[str], FillRequest]:
    def make(key: str) -> FillRequest:
        return FillRequest(
            scheme="http",
            host="shop.example",
            target="/product/1",
            pairs=(),
            client="192.0.2.1",
            origin="shop",
            kind="product",
            key=key,
            background=True,
        )

    return make
