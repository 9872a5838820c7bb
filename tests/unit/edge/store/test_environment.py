from __future__ import annotations

import fcntl
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edge.errors import StoreCorrupt, StoreError
from edge.store.environment import (
    open_pages,
    open_reader,
    open_tables,
    pages_layout,
    reader_check,
    set_aside,
    tables_layout,
)
from edge.store.page_records import PageDatabases
from edge.store.pages import PageReader
from edge.store.row import Row
from edge.store.table_records import TableDatabases, row_key, store_row
from edge.store.tables import TableReader

if TYPE_CHECKING:
    import lmdb

MAP_BYTES = 8 << 20
SIZE_BYTES = 4 << 20


def fill_tables(path: Path) -> None:
    env = open_tables(path, map_bytes=MAP_BYTES)
    dbs = TableDatabases(env)
    with env.begin(write=True) as txn:
        for number in range(2_000):
            store_row(txn, dbs, row_key("prices", f"A-{number}"), Row(0, 0, number, "a", b"x" * 100))
    env.close()


def fill_pages(path: Path) -> None:
    env = open_pages(path, SIZE_BYTES)
    with env.begin(write=True, db=PageDatabases(env).chunks) as txn:
        for number in range(200):
            txn.put(number.to_bytes(16, "big"), os.urandom(5_000))
    env.close()


def overwrite_with_text(data: Path) -> None:
    data.write_text("this was never a database\n" * 1_000)


def overwrite_pages(data: Path) -> None:
    with data.open("r+b") as file:
        for page in range(2, data.stat().st_size // 4096, 2):
            file.seek(page * 4096)
            file.write(random.Random(page).randbytes(4096))


def overwrite_meta(data: Path) -> None:
    with data.open("r+b") as file:
        file.write(bytes(2 * 4096))


def truncate_to(share: float) -> Callable[[Path], None]:
    def truncate(data: Path) -> None:
        os.truncate(data, int(data.stat().st_size * share))

    return truncate


DAMAGE = {
    "replaced by text": overwrite_with_text,
    "every other page overwritten": overwrite_pages,
    "both meta pages zeroed": overwrite_meta,
    "cut to half": truncate_to(0.5),
    "cut to a hundredth": truncate_to(0.01),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damaged_tables_stop_the_start_and_say_how_to_restore(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = tmp_path / "tables"
    fill_tables(path)
    damage(path / "data.mdb")
    before = (path / "data.mdb").read_bytes()
    with pytest.raises(
        StoreCorrupt, match=r"To restore: stop the node, .*`vitrine tables import TABLE FILE`"
    ) as caught:
        open_tables(path, map_bytes=MAP_BYTES)
    assert str(path) in str(caught.value)
    assert (path / "data.mdb").read_bytes() == before


def test_a_row_whose_checksum_fails_stops_the_start_by_name(tmp_path: Path) -> None:
    path = tmp_path / "tables"
    fill_tables(path)
    env = open_tables(path, map_bytes=MAP_BYTES)
    with env.begin(write=True) as txn:
        store_row(txn, TableDatabases(env), row_key("prices", "A-77"), Row(0, 0, 9_999, "a", b"19.99 of A-77"))
    env.close()
    data = (path / "data.mdb").read_bytes()
    (path / "data.mdb").write_bytes(data.replace(b"19.99 of A-77", b"10.99 of A-77"))
    with pytest.raises(StoreCorrupt, match="1 rows do not decode, the first is row prices A-77"):
        open_tables(path, map_bytes=MAP_BYTES)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damaged_pages_are_set_aside_and_begun_anew(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    path = tmp_path / "pages"
    fill_pages(path)
    damage(path / "data.mdb")
    damaged = (path / "data.mdb").read_bytes()
    env = open_pages(path, SIZE_BYTES)
    with PageReader(env).view() as view:
        assert view.usage() == (0, 0)
    env.close()
    (aside,) = tmp_path.glob("pages.damaged-*")
    assert (aside / "data.mdb").read_bytes() == damaged


def test_whole_environments_open_again_with_what_they_held(tmp_path: Path) -> None:
    fill_tables(tmp_path / "tables")
    fill_pages(tmp_path / "pages")
    tables, pages = open_tables(tmp_path / "tables", map_bytes=MAP_BYTES), open_pages(tmp_path / "pages", SIZE_BYTES)
    with TableReader(tables).snapshot() as snapshot:
        assert len(snapshot.scan("prices", limit=9_999)) == 2_000
    with pages.begin() as txn:
        assert txn.stat(PageDatabases(pages).chunks)["entries"] == 200
    tables.close()
    pages.close()


def test_tables_copied_into_place_are_restored(tmp_path: Path) -> None:
    path = tmp_path / "tables"
    fill_tables(path)
    shutil.copytree(path, tmp_path / "backup")
    overwrite_meta(path / "data.mdb")
    with pytest.raises(StoreCorrupt):
        open_tables(path, map_bytes=MAP_BYTES)
    shutil.rmtree(path)
    shutil.copytree(tmp_path / "backup", path)
    open_tables(path, map_bytes=MAP_BYTES).close()


def test_the_first_reader_creates_what_is_missing(tmp_path: Path) -> None:
    env = open_reader(tmp_path / "data" / "pages", pages_layout(SIZE_BYTES))
    reader = PageReader(env)
    with reader.view() as view:
        assert view.lookup(bytes(16), "a") is None
    env.close()


OPEN = """
import sys
from pathlib import Path
from edge.store.environment import open_pages, open_reader, open_tables, pages_layout, tables_layout
from edge.store.pages import PageReader
from edge.store.tables import TableReader
root = Path(sys.argv[1])
sys.stdin.read(1)
if sys.argv[2] == "worker":
    tables = open_reader(root / "tables", tables_layout(1 << 23))
    pages = open_reader(root / "pages", pages_layout(1 << 22))
elif sys.argv[2] == "agent":
    tables = open_tables(root / "tables", map_bytes=1 << 23)
    pages = open_reader(root / "pages", pages_layout(1 << 22))
else:
    tables = open_reader(root / "tables", tables_layout(1 << 23))
    pages = open_pages(root / "pages", 1 << 22)
print(TableReader(tables).txn_id() >= 0 and PageReader(pages).txn_id() >= 0, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("damaged", [False, True], ids=["on an empty directory", "on damaged pages"])
def test_all_processes_of_a_node_may_open_at_once(tmp_path: Path, *, damaged: bool) -> None:
    if damaged:
        fill_pages(tmp_path / "pages")
        overwrite_with_text(tmp_path / "pages" / "data.mdb")
    roles = ["worker", "worker", "filler", "agent", "worker"]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, tmp_path, role], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for role in roles
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("g")
        process.stdin.flush()
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
    assert [process.communicate("")[0] for process in processes] == [""] * 5
    assert len(list(tmp_path.glob("pages.damaged-*"))) == damaged


OPEN_A_READER = """
import sys
from pathlib import Path
from edge.store.environment import open_reader, pages_layout
open_reader(Path(sys.argv[1]), pages_layout(1 << 22), wait_s=0)
"""


@pytest.mark.parametrize("damage", [truncate_to(0.5), truncate_to(0.01)], ids=["half", "a hundredth"])
def test_a_reader_refuses_a_file_cut_short_and_leaves_it_to_the_writer(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    # In a process of its own: reading past the end of a mapped file kills it.
    fill_pages(tmp_path / "pages")
    damage(tmp_path / "pages" / "data.mdb")
    command = [sys.executable, "-c", OPEN_A_READER, str(tmp_path / "pages")]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "StoreCorrupt" in done.stderr
    assert list(tmp_path.glob("pages.damaged-*")) == []


HOLD_A_READER = """
import sys
from pathlib import Path
from edge.store.environment import open_reader, tables_layout
env = open_reader(Path(sys.argv[1]), tables_layout(1 << 23))
txn = env.begin()
print("reading", flush=True)
sys.stdin.read()
"""


def test_the_reader_slot_of_a_killed_process_is_freed(tmp_path: Path) -> None:
    env = open_tables(tmp_path / "tables", map_bytes=MAP_BYTES)
    command = [sys.executable, "-c", HOLD_A_READER, str(tmp_path / "tables")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reading\n"
        assert reader_check(env) == 0
        process.kill()
    assert reader_check(env) == 1
    env.close()


FILL_A_LARGER_MAP = """
import os, sys
from pathlib import Path
from edge.store.environment import open_pages
from edge.store.page_records import PageDatabases
env = open_pages(Path(sys.argv[1]), 64 << 20)
with env.begin(write=True, db=PageDatabases(env).chunks) as txn:
    for number in range(40):
        txn.put(b"%d" % number, bytes(1 << 20))
"""


def test_a_reader_follows_a_store_that_was_made_larger(tmp_path: Path) -> None:
    env = open_reader(tmp_path / "pages", pages_layout(SIZE_BYTES))
    reader = PageReader(env)
    before = reader.txn_id()
    subprocess.run([sys.executable, "-c", FILL_A_LARGER_MAP, tmp_path / "pages"], check=True)
    assert reader.txn_id() > before
    with env.begin() as txn:
        assert txn.get(b"39", db=PageDatabases(env).chunks) == bytes(1 << 20)
    env.close()


def test_who_opens_waits_for_who_is_opening(tmp_path: Path) -> None:
    fd = os.open(tmp_path / "tables.opening", os.O_RDWR | os.O_CREAT)
    fcntl.flock(fd, fcntl.LOCK_EX)
    opened: list[lmdb.Environment] = []
    thread = threading.Thread(target=lambda: opened.append(open_tables(tmp_path / "tables", map_bytes=MAP_BYTES)))
    thread.start()
    thread.join(0.2)
    assert not opened
    os.close(fd)
    thread.join()
    opened[0].close()


def test_an_environment_already_open_in_this_process_is_refused(tmp_path: Path) -> None:
    env = open_tables(tmp_path / "tables", map_bytes=MAP_BYTES)
    with pytest.raises(StoreError, match="already open in this process"):
        open_reader(tmp_path / "tables", tables_layout(MAP_BYTES))
    env.close()


def test_a_file_in_the_way_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreError, match="cannot use"):
        open_tables(tmp_path / "data" / "tables", map_bytes=MAP_BYTES)


def test_an_environment_set_aside_keeps_its_files(tmp_path: Path) -> None:
    fill_pages(tmp_path / "pages")
    aside = set_aside(tmp_path / "pages")
    assert not (tmp_path / "pages").exists()
    env = open_pages(aside, SIZE_BYTES)
    env.close()
