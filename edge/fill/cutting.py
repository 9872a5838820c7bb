"""Cutting and compressing pages in a process of its own: both take the CPU for longer than a loop may stand still."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from types import TracebackType
from typing import TypeVar

import msgspec

from edge.errors import EdgeError
from edge.model import Pairs
from renderers.cut import compile_page
from renderers.deflate import press
from renderers.fragments import FillError, Missing, Scope, Unprintable, Vocabulary, compile_fill, fragment
from renderers.page import Compiled, KindSpec, Pressed, Slot
from renderers.strangers.personal import personal
from renderers.structure import structure_digest
from renderers.targets import TargetError
from renderers.tokens import uncovered_tokens

logger = logging.getLogger("vitrine.fill")

Job = TypeVar("Job")
Done = TypeVar("Done")

_LIMIT_S = 20
"""Of CPU and waiting for one page. A page that takes longer ends the process, and is relayed instead of stored."""


class CutFailed(EdgeError):
    """The page kind's specification is wrong, or the cutting process died over this page twice."""


class Cutting(msgspec.Struct, frozen=True, kw_only=True):
    """One page to cut. Crosses to the other process, as does what comes of it."""

    body: bytes
    spec: KindSpec
    content_type: str
    url_path: str
    vocabulary: Mapping[str, Vocabulary]
    cookies: Pairs
    """(name, value) of each cookie the response sets: no value of theirs may stand in the page."""


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """A page ready for the store, unless something on it may be somebody's."""

    compiled: Compiled
    uncovered: tuple[str, ...]
    """Sentences about what looks like a token and stands outside slots. Whether it is one, a second stranger tells."""
    personal: tuple[str, ...]
    """Sentences about personal data. With any of them the page is not for others."""
    structure: bytes
    """What the page is built of, see :mod:`renderers.structure`."""
    asked: tuple[str, ...]
    """Names of the cookies that its visitor slots print."""
    pressed: tuple[Pressed, ...]
    """One for each segment."""


def cut(job: Cutting) -> Cut:
    """Compile the page, look for tokens, deflate the segments. Raises CutFailed when the specification is wrong."""
    compiled = compiled_page(job, job.body)
    page = compiled.page
    return Cut(
        compiled=compiled,
        uncovered=uncovered_tokens(page, tuple(value for _, value in job.cookies)),
        personal=tuple(f"{finding.why} ({finding.text!r})" for finding in personal(job.body, page.charset)),
        structure=structure_digest(job.body, page.charset),
        asked=asked_cookies(page.slots),
        pressed=tuple(press(segment) for segment in page.segments),
    )


def compiled_page(job: Cutting, body: bytes) -> Compiled:
    """Compile a body as the job says. Raises CutFailed when the specification is wrong."""
    try:
        return compile_page(
            body, job.spec, content_type=job.content_type, url_path=job.url_path, vocabulary=job.vocabulary
        )
    except (TargetError, FillError) as exc:  # FillError itself does not survive the way between processes
        raise CutFailed(f"page kind {job.spec.name}: {exc}") from None


def asked_cookies(slots: Iterable[Slot]) -> tuple[str, ...]:
    """Names of the cookies that visitor slots print, each once. The fills themselves are asked: they are templates."""
    names = _Names()
    for slot in slots:
        if slot.visitor:
            with suppress(Missing, Unprintable):
                fragment(compile_fill(slot.fill), slot.sink, slot.learnt, Scope({}, None, names))
    return tuple(dict.fromkeys(names.asked))


class _Names:
    """A visitor who only listens which tokens a fill asks for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def csrf(self, name: str) -> str:
        self.asked.append(name)
        return "0"


class Cutter:
    """Runs :func:`cut` in another process, one page at a time; a process that dies is replaced.

    Open it with ``async with``. ``open_pool`` gives the process, :func:`spawned_pool` by default. One page at a time,
    because the death of a pool's process fails all that wait for it, and only the page it worked on is to blame.
    """

    def __init__(self, open_pool: Callable[[], ProcessPoolExecutor] | None = None) -> None:
        self._open_pool = open_pool or spawned_pool
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Lock()

    async def __aenter__(self) -> Cutter:
        self._opened().submit(int)  # A process takes most of a second to start; the first page should not wait for it.
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discard()

    async def cut(self, job: Cutting) -> Cut:
        """See :func:`cut`. Raises CutFailed."""
        return await self.run(cut, job, job.url_path)

    async def run(self, work: Callable[[Job], Done], job: Job, path: str) -> Done:
        """``work(job)`` in the other process: a function of a module, over values. ``path`` names the page in messages.

        Raises CutFailed, and what ``work`` raises.
        """
        async with self._turn:
            for _ in range(2):
                try:
                    return await asyncio.get_running_loop().run_in_executor(self._opened(), _in_time, work, job)
                except BrokenProcessPool:
                    logger.error("the cutting process died over %s", path)  # noqa: TRY400 - it has no traceback
                    self._discard()
        raise CutFailed(f"the cutting process died over {path} twice")

    def _opened(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = self._open_pool()
        return self._pool

    def _discard(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def spawned_pool() -> ProcessPoolExecutor:
    """One process, spawned, not forked: the filler has threads and open LMDB environments."""
    return ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare)


def _prepare() -> None:
    """In the new process: leave Ctrl-C to the filler, and never outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, name="lifeline", daemon=True).start()


def _follow_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _in_time(work: Callable[[Job], Done], job: Job) -> Done:
    """The alarm's default action ends the process, even inside a C library."""
    signal.alarm(_LIMIT_S)
    try:
        return work(job)
    finally:
        signal.alarm(0)
