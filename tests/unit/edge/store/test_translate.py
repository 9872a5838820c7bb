from __future__ import annotations

import errno
from pathlib import Path
from typing import NamedTuple

import lmdb
import pytest

from edge.errors import StoreCorrupt, StoreError, StoreFull
from edge.store.translate import map_is_full, translate


class Case(NamedTuple):
    id: str
    error: lmdb.Error
    want: type[StoreError]


def coded(code: int) -> lmdb.Error:
    """An error as liblmdb's binding raises it for an errno that has no class of its own."""
    error = lmdb.Error("mdb_txn_commit")
    vars(error)["code"] = code
    return error


CASES = [
    Case("the map has no room", lmdb.MapFullError("put"), StoreFull),
    Case("one transaction changed too much", lmdb.TxnFullError("put"), StoreFull),
    Case("the disk has no room", lmdb.DiskError("commit"), StoreFull),
    Case("the quota is used up", coded(errno.EDQUOT), StoreFull),
    Case("the file may not grow", coded(errno.EFBIG), StoreFull),
    Case("not an LMDB file", lmdb.InvalidError("open"), StoreCorrupt),
    Case("a page is of the wrong kind", lmdb.CorruptedError("get"), StoreCorrupt),
    Case("a page is not there", lmdb.PageNotFoundError("get"), StoreCorrupt),
    Case("another file format", lmdb.VersionMismatchError("open"), StoreCorrupt),
    Case("no reader slot is free", lmdb.ReadersFullError("begin"), StoreError),
    Case("the disk fails", coded(errno.EIO), StoreError),
]


@pytest.mark.parametrize("case", CASES, ids=[c.id for c in CASES])
def test_translate(case: Case) -> None:
    assert type(translate(case.error)) is case.want


def test_only_a_full_map_is_helped_by_evicting() -> None:
    def refused(cause: lmdb.Error) -> StoreFull:
        error = translate(cause)
        assert isinstance(error, StoreFull)
        error.__cause__ = cause
        return error

    assert map_is_full(refused(lmdb.MapFullError("put")))
    assert not map_is_full(refused(lmdb.DiskError("commit")))
    assert not map_is_full(StoreFull("only entries of origins that are down are left to evict"))


def test_a_failing_disk_with_room_left_is_not_called_full(tmp_path: Path) -> None:
    assert type(translate(coded(errno.EIO), directory=str(tmp_path))) is StoreError
