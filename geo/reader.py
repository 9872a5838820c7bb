"""Addresses to places, from a MaxMind City or Country database.

The file is copied into memory of our own before it is read. A map of the file itself would be cheaper by its size, but
an update that writes over the file in place (``cp``, ``rsync --inplace``) truncates it, and touching a truncated map
kills the process with SIGBUS. The copy lives in an anonymous memory file, because only a path makes the C reader usable
(2 us a lookup; the Python reader over bytes takes 40).
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import NamedTuple

import maxminddb
from cachetools import LRUCache

from geo.place import Place

_MEMO_ENTRIES = 65_536


class _Stamp(NamedTuple):
    """What changes when a file is replaced or rewritten."""

    inode: int
    modified_ns: int
    size: int


class GeoReader:
    """Looks addresses up, memoised; never raises for what a file or an address is. One thread only.

    Opening reads the file; without a usable one every place is None and ``fault`` says why. Call ``refresh`` now and
    then: it swaps a changed file in, and keeps the last good one while the new one cannot be used.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._database: maxminddb.Reader | None = None
        self._stamp: _Stamp | None = None
        self._memo: LRUCache[str, Place | None] = LRUCache(_MEMO_ENTRIES)
        self._file_fault: str | None = None
        self._record_fault: str | None = None
        self.refresh()

    @property
    def fault(self) -> str | None:
        """What is wrong with the file, as last seen or met in a lookup, as a sentence; None when nothing is."""
        return self._file_fault or self._record_fault

    def lookup(self, client: str) -> Place | None:
        """The place of a client address; None when it is not in the database, or is not an address."""
        try:
            return self._memo[client]
        except KeyError:
            place = self._memo[client] = self._read(client)
            return place

    def refresh(self) -> bool:
        """Open the file if it is not the one in use; True when another database came into use.

        Costs one ``stat`` while nothing changed, and blocks for some 50 ms to copy a City database. A file that could
        not be used is tried again every time.
        """
        try:
            stamp = self._on_disk()
            if stamp == self._stamp:
                self._file_fault = None
                return False
            database = _open_copy(self._path)
        except (OSError, ValueError, maxminddb.InvalidDatabaseError) as problem:
            self._file_fault = self._described(problem)
            return False
        self._swap(database, stamp)
        return True

    def close(self) -> None:
        """Let the database go; every place is None afterwards."""
        self._swap(None, None)

    def _swap(self, database: maxminddb.Reader | None, stamp: _Stamp | None) -> None:
        if self._database is not None:
            self._database.close()
        self._database, self._stamp = database, stamp
        self._file_fault = self._record_fault = None
        self._memo.clear()

    def _on_disk(self) -> _Stamp:
        state = self._path.stat()
        return _Stamp(state.st_ino, state.st_mtime_ns, state.st_size)

    def _read(self, client: str) -> Place | None:
        if self._database is None:
            return None
        try:
            address = ipaddress.ip_address(client)
            if isinstance(address, ipaddress.IPv6Address):  # a dual-stack socket's way to write IPv4
                address = address.ipv4_mapped or address
            record = self._database.get(address)
        except ValueError:  # no address, or IPv6 in a database of IPv4
            return None
        except maxminddb.InvalidDatabaseError as problem:
            self._record_fault = self._described(problem)
            return None
        return _place(record) if isinstance(record, dict) else None

    def _described(self, problem: Exception) -> str:
        reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
        kept = "no visitor has a place" if self._database is None else "the database read before stays in use"
        return f"{self._path}: {reason}; {kept} until a GeoIP2 or GeoLite2 City or Country database (.mmdb) is there"


def _open_copy(path: Path) -> maxminddb.Reader:
    """Raises OSError, ValueError (another kind of database) or InvalidDatabaseError."""
    copy = os.memfd_create("geo")
    try:
        with path.open("rb") as source, os.fdopen(os.dup(copy), "wb") as target:
            while block := source.read(1 << 20):
                target.write(block)
        database = maxminddb.open_database(f"/proc/self/fd/{copy}", maxminddb.MODE_AUTO)
    finally:
        os.close(copy)  # the map keeps the memory
    kind = database.metadata().database_type
    if not any(word in kind for word in ("City", "Country", "Enterprise")):
        database.close()
        raise ValueError(f"this is a database of another kind ({kind!r})")
    return database


def _place(record: dict[str, object]) -> Place:
    country = _text(_member(record, "country"), "iso_code")
    subdivisions = record.get("subdivisions")
    widest = subdivisions[0] if isinstance(subdivisions, list) and subdivisions else None
    subdivision = _text(widest, "iso_code")
    location = _member(record, "location")
    lat, lon = _degrees(location, "latitude"), _degrees(location, "longitude")
    located = lat is not None and lon is not None
    return Place(
        country=country and country.upper(),
        region=f"{country}-{subdivision}".upper() if country and subdivision else None,
        city=_text(_member(_member(record, "city"), "names"), "en"),
        lat=lat if located else None,
        lon=lon if located else None,
    )


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _text(value: object, name: str) -> str | None:
    text = _member(value, name)
    return text if isinstance(text, str) and text else None


def _degrees(value: object, name: str) -> float | None:
    number = _member(value, name)
    return float(number) if isinstance(number, int | float) else None
