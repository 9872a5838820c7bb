"""Beginning read transactions. lmdb keeps one reset transaction per environment, so beginning costs 0.1 us."""

from __future__ import annotations

import logging

import lmdb

from edge.store.translate import translate

logger = logging.getLogger("vitrine.store")


def begin(env: lmdb.Environment) -> lmdb.Transaction[bytes]:
    """A read transaction; abort it before the next ``await``. Raises StoreError.

    A map that another process enlarged (a larger ``[store] size`` after a reload) is followed.
    """
    try:
        try:
            return env.begin()
        except lmdb.MapResizedError:
            env.set_mapsize(0)
            return env.begin()
    except lmdb.Error as exc:
        raise translate(exc) from exc


def latest_txn_id(env: lmdb.Environment) -> int:
    """The id of the latest commit of any process: unchanged means that nothing is."""
    txn = begin(env)
    txn_id = txn.id()
    txn.abort()
    return txn_id


def log_damage(what: str) -> None:
    """What is done about a damaged record when nobody asked to be told."""
    logger.error("damaged record, treated as absent: %s", what)
