from __future__ import annotations

import asyncio
import resource
from pathlib import Path

import msgspec
import pytest

from edge.admin.audit import AuditLine, AuditLog
from edge.errors import StoreError


def line(number: int) -> AuditLine:
    return AuditLine(at_ms=number, who="ci", client="127.0.0.1", method="PUT", path="/tables/notes/A", status=200)


def read(path: Path) -> list[int]:
    return [msgspec.json.decode(raw, type=AuditLine).at_ms for raw in path.read_bytes().splitlines()]


async def test_lines_that_arrive_together_are_all_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "audit.ndjson"
    with AuditLog(path) as log:
        await asyncio.gather(*(log.append(line(number)) for number in range(200)))
        await log.append(line(200))
    assert sorted(read(path)) == list(range(201))


async def test_a_reopened_log_goes_on_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "audit.ndjson"
    for number in range(2):
        with AuditLog(path) as log:
            await log.append(line(number))
    assert read(path) == [0, 1]
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_line_torn_by_a_power_cut_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "audit.ndjson"
    path.write_bytes(b'{"at_ms":1,"who"')
    with AuditLog(path) as log:
        await log.append(line(7))
    assert msgspec.json.decode(path.read_bytes().splitlines()[-1], type=AuditLine).at_ms == 7


async def test_a_full_disk_fails_every_line_of_the_batch_and_the_log_recovers(tmp_path: Path) -> None:
    path = tmp_path / "audit.ndjson"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with AuditLog(path) as log:
        await log.append(line(0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, hard))
        try:
            results = await asyncio.gather(*(log.append(line(number)) for number in (1, 2)), return_exceptions=True)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert [isinstance(result, StoreError) for result in results] == [True, True]
        await log.append(line(3))
    raw = path.read_bytes().splitlines()
    assert [msgspec.json.decode(raw[index], type=AuditLine).at_ms for index in (0, -1)] == [0, 3]


async def test_a_cancelled_writer_does_not_leave_the_others_waiting(tmp_path: Path) -> None:
    with AuditLog(tmp_path / "audit.ndjson") as log:
        first = asyncio.create_task(log.append(line(1)))  # noqa: TID251 - cancelled below
        second = asyncio.create_task(log.append(line(2)))  # noqa: TID251 - awaited below
        await asyncio.sleep(0)
        first.cancel()
        async with asyncio.timeout(5):
            results = await asyncio.gather(first, second, return_exceptions=True)
        assert isinstance(results[0], asyncio.CancelledError)
        await log.append(line(3))


def test_a_log_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot open"), AuditLog(tmp_path / "missing" / "audit.ndjson"):
        pass
