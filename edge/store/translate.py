"""LMDB's failures as the node's own types. Every module here that calls lmdb raises through :func:`translate`."""

from __future__ import annotations

import errno
import shutil

import lmdb

from edge.errors import StoreCorrupt, StoreError, StoreFull

_FULL = (lmdb.MapFullError, lmdb.TxnFullError, lmdb.DiskError)
_FULL_CODES = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CORRUPT = (lmdb.InvalidError, lmdb.CorruptedError, lmdb.PageNotFoundError, lmdb.VersionMismatchError)
_NOTHING_LEFT_BYTES = 1 << 20


def translate(exc: lmdb.Error, *, directory: str | None = None) -> StoreError:
    """The store failure that ``exc`` means: StoreFull, StoreCorrupt, or a plain StoreError. Raise it ``from exc``.

    ``directory`` is the environment's, for a failed commit: LMDB reports a write that a filling disk cut short as EIO.
    """
    code = getattr(exc, "code", 0)
    if code == errno.EIO and directory is not None and shutil.disk_usage(directory).free < _NOTHING_LEFT_BYTES:
        return StoreFull(f"no room left on the disk of {directory}: {exc}")
    if isinstance(exc, _FULL) or code in _FULL_CODES:
        return StoreFull(f"no room left in the store: {exc}")
    if isinstance(exc, _CORRUPT):
        return StoreCorrupt(f"the store does not decode: {exc}")
    return StoreError(str(exc))


def map_is_full(exc: StoreFull) -> bool:
    """Whether evicting may help: the map is full, as against the disk, which a map that never shrinks keeps full."""
    return isinstance(exc.__cause__, lmdb.MapFullError | lmdb.TxnFullError)
