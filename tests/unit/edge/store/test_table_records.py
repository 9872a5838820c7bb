from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from edge.store.environment import open_tables
from edge.store.row import Row
from edge.store.table_records import TableDatabases, damaged_rows, held_row, row_key, split_row_key, store_row, unpack

OPEN_A_READER_DURING_A_WRITE = """
import sys, threading
from pathlib import Path
from edge.store.environment import open_tables
from edge.store.tables import TableReader
env = open_tables(Path(sys.argv[1]), map_bytes=1 << 20)
entered, left = threading.Event(), threading.Event()
def write():
    with env.begin(write=True):
        entered.set()
        left.wait(30)
thread = threading.Thread(target=write)
thread.start()
entered.wait()
TableReader(env).txn_id()
left.set()
thread.join()
"""


def test_a_reader_can_be_made_while_the_writer_thread_is_in_a_transaction(tmp_path: Path) -> None:
    # In a process of its own: what this guards against stops every thread of the interpreter, the test's included.
    done = subprocess.run([sys.executable, "-c", OPEN_A_READER_DURING_A_WRITE, tmp_path / "t"], timeout=20, check=False)
    assert done.returncode == 0


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}", fullmatch=True), st.text(min_size=1, max_size=99))
def test_a_row_s_key_says_its_table_and_key(table: str, key: str) -> None:
    assert split_row_key(row_key(table, key)) == (table, key)


def test_any_changed_bit_of_a_record_is_noticed(tmp_path: Path) -> None:
    env = open_tables(tmp_path / "tables", map_bytes=1 << 20)
    dbs, key, row = TableDatabases(env), row_key("prices", "A-1"), Row(1, 0, 5, "a", b"value", 3)
    with env.begin(write=True) as txn:
        store_row(txn, dbs, key, row)
        raw = txn.get(key, db=dbs.rows)
        assert held_row(txn, dbs, key) == row
    env.close()
    assert raw is not None
    assert unpack(raw) == (1, row)
    for position in range(len(raw)):
        assert unpack(raw[:position] + bytes([raw[position] ^ 0x10]) + raw[position + 1 :]) is None
        assert unpack(raw[:position]) is None


def test_damaged_rows_are_found_by_name(tmp_path: Path) -> None:
    env = open_tables(tmp_path / "tables", map_bytes=1 << 20)
    dbs = TableDatabases(env)
    with env.begin(write=True) as txn:
        for key in ("A-1", "A-2", "A-3"):
            store_row(txn, dbs, row_key("prices", key), Row(0, 0, 1, "a", b"v"))
        txn.put(row_key("prices", "A-2"), b"torn", db=dbs.rows)
    assert damaged_rows(env) == [("prices", "A-2")]
    env.close()
