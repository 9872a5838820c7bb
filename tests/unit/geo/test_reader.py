"""Places from databases written here, in the shape MaxMind's have."""

from __future__ import annotations

import os
import timeit
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from geo.place import Place
from geo.reader import GeoReader

LONDON: dict[str, Any] = {
    "country": {"iso_code": "GB", "names": {"en": "United Kingdom"}},
    "subdivisions": [{"iso_code": "ENG"}, {"iso_code": "WSM"}],
    "city": {"names": {"de": "London (Stadt)", "en": "London"}},
    "location": {"latitude": 51.5142, "longitude": -0.0931, "accuracy_radius": 10},
}
BERLIN: dict[str, Any] = {
    "country": {"iso_code": "DE"},
    "subdivisions": [{"iso_code": "BE"}],
    "city": {"names": {"en": "Berlin"}},
    "location": {"latitude": 52.52, "longitude": 13.405},
}
IN_LONDON = Place(country="GB", region="GB-ENG", city="London", lat=51.5142, lon=-0.0931)
IN_BERLIN = Place(country="DE", region="DE-BE", city="Berlin", lat=52.52, lon=13.405)


def write(path: Path, networks: dict[str, Any], kind: str = "GeoLite2-City", ip_version: int = 6) -> Path:
    """A database at ``path``, replaced as geoipupdate does: by a rename."""
    writer = MMDBWriter(ip_version, kind, ipv4_compatible=ip_version == 6)
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    fresh = path.with_suffix(".new")
    writer.to_db_file(str(fresh))
    fresh.rename(path)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "city.mmdb", {"81.2.69.0/24": LONDON, "2001:db8:1::/48": BERLIN})


@pytest.fixture
def reader(path: Path) -> Iterator[GeoReader]:
    reader = GeoReader(path)
    yield reader
    reader.close()


def test_a_city_record_becomes_a_place_with_its_widest_region(reader: GeoReader) -> None:
    assert reader.lookup("81.2.69.142") == IN_LONDON
    assert reader.lookup("2001:db8:1::7") == IN_BERLIN
    assert reader.fault is None


def test_an_ipv4_address_in_its_ipv6_spelling_has_the_same_place(reader: GeoReader) -> None:
    assert reader.lookup("::ffff:81.2.69.142") == IN_LONDON


@pytest.mark.parametrize("client", ["10.0.0.1", "fe80::1%eth0", "", "unix", "81.2.69", "81.2.69.142:443", "x" * 5000])
def test_what_is_not_in_the_database_or_no_address_has_no_place(reader: GeoReader, client: str) -> None:
    assert reader.lookup(client) is None
    assert reader.fault is None


def test_a_country_database_gives_countries(tmp_path: Path) -> None:
    path = write(tmp_path / "c.mmdb", {"81.2.69.0/24": {"country": {"iso_code": "GB"}}}, "GeoLite2-Country", 4)
    reader = GeoReader(path)
    assert reader.lookup("81.2.69.142") == Place(country="GB")
    assert reader.lookup("2001:db8:1::7") is None
    assert reader.fault is None


@pytest.mark.parametrize(
    ("record", "place"),
    [
        ({"location": {"latitude": 1.5}, "country": "GB"}, Place()),
        ({"country": {"iso_code": 44}, "subdivisions": "ENG", "city": ["London"], "location": 7}, Place()),
        ({"subdivisions": [{"iso_code": "ENG"}]}, Place()),
        ({"country": {"iso_code": "gb"}, "subdivisions": [], "location": {"latitude": 0, "longitude": 0}},
         Place(country="GB", lat=0.0, lon=0.0)),
        ("just a text", None),
    ],
)  # fmt: skip
def test_records_of_an_odd_shape_give_what_they_hold(tmp_path: Path, record: Any, place: Place | None) -> None:
    assert GeoReader(write(tmp_path / "odd.mmdb", {"81.2.69.0/24": record})).lookup("81.2.69.142") == place


def test_a_replaced_file_is_swapped_in_at_the_next_refresh_and_not_before(path: Path, reader: GeoReader) -> None:
    assert reader.lookup("81.2.69.142") == IN_LONDON
    write(path, {"81.2.69.0/24": BERLIN})
    assert reader.lookup("81.2.69.142") == IN_LONDON
    assert reader.refresh()
    assert reader.lookup("81.2.69.142") == IN_BERLIN
    assert not reader.refresh()


def test_a_file_rewritten_in_place_hurts_no_lookup_and_is_swapped_in(path: Path, reader: GeoReader) -> None:
    newer = write(path.with_name("newer.mmdb"), {"81.2.69.0/24": BERLIN}).read_bytes()
    with path.open("r+b") as file:
        file.truncate(0)  # a map of this file would now kill the process
        assert reader.lookup("81.2.69.142") == IN_LONDON
        file.write(newer)
    assert reader.refresh()
    assert reader.lookup("81.2.69.142") == IN_BERLIN


@pytest.mark.parametrize("content", [b"", b"not a database", b"\x00" * 100_000])
def test_a_broken_file_gives_no_place_and_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.mmdb"
    path.write_bytes(content)
    reader = GeoReader(path)
    assert reader.lookup("81.2.69.142") is None
    assert reader.fault is not None
    assert str(path) in reader.fault
    assert "no visitor has a place" in reader.fault


def test_a_missing_file_gives_no_place_until_it_appears(tmp_path: Path) -> None:
    path = tmp_path / "later.mmdb"
    reader = GeoReader(path)
    assert reader.lookup("81.2.69.142") is None
    assert reader.fault is not None
    assert "No such file" in reader.fault
    write(path, {"81.2.69.0/24": LONDON})
    assert reader.refresh()
    assert reader.lookup("81.2.69.142") == IN_LONDON
    assert reader.fault is None


def test_a_database_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    reader = GeoReader(write(tmp_path / "asn.mmdb", {"81.2.69.0/24": {"autonomous_system_number": 1}}, "GeoLite2-ASN"))
    assert reader.lookup("81.2.69.142") is None
    assert reader.fault is not None
    assert "GeoLite2-ASN" in reader.fault


def test_the_last_good_database_stays_while_the_new_one_is_broken(path: Path, reader: GeoReader) -> None:
    good = path.read_bytes()
    path.write_bytes(good[: len(good) // 2])
    assert not reader.refresh()
    assert reader.lookup("81.2.69.142") == IN_LONDON
    assert reader.fault is not None
    assert "read before stays in use" in reader.fault
    path.unlink()
    assert not reader.refresh()
    assert reader.lookup("2001:db8:1::7") == IN_BERLIN
    assert "No such file" in reader.fault


def test_a_file_moved_away_and_back_is_no_longer_a_fault(path: Path, reader: GeoReader) -> None:
    aside = path.rename(path.with_suffix(".aside"))
    reader.refresh()
    assert reader.fault is not None
    aside.rename(path)
    assert not reader.refresh()
    assert reader.fault is None


def test_a_record_damaged_on_disk_gives_no_place_and_a_fault_that_lasts(tmp_path: Path) -> None:
    path = write(tmp_path / "hurt.mmdb", {"81.2.69.0/24": LONDON})
    content = path.read_bytes()
    path.write_bytes(content.replace(b"GB", b"\xff\xff", 1).replace(b"\x48iso_code", b"\xff" * 9))
    reader = GeoReader(path)
    assert reader.lookup("81.2.69.142") is None
    assert reader.fault is not None
    assert not reader.refresh()
    assert reader.fault is not None


def test_a_closed_reader_knows_no_places(path: Path) -> None:
    reader = GeoReader(path)
    assert reader.lookup("81.2.69.142") == IN_LONDON
    reader.close()
    assert reader.lookup("81.2.69.142") is None


def test_swapping_leaves_no_file_open(path: Path, reader: GeoReader) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        write(path, {"81.2.69.0/24": BERLIN})
        assert reader.refresh()
    path.write_bytes(b"broken")
    assert not reader.refresh()
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_known_address_takes_at_most_five_microseconds(reader: GeoReader) -> None:
    reader.lookup("81.2.69.142")
    best = min(timeit.repeat(lambda: reader.lookup("81.2.69.142"), number=1_000, repeat=20)) / 1_000
    assert best < 5e-6
