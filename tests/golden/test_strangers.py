"""Pages as two strangers got them: ``NAME-a.html`` and ``NAME-b.html``, and in ``NAME.json`` what they differ in.

After a wanted change of outcome, ``VITRINE_GOLDEN=write make test`` writes the new ones; review them as a diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from renderers.charsets import decode_charset
from renderers.compare import Difference, Kind, View, compare, covered_by
from renderers.cut import compile_page
from renderers.page import KindSpec, SlotSpec

PAIRS = sorted(Path(__file__).parent.glob("strangers/*.json"))


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    kind: Kind
    where: str
    first: str
    second: str
    why: str
    name: str | None
    cookie: str | None
    personal: bool
    proposal: str


class Golden(msgspec.Struct, frozen=True):
    content_type: str
    cookies: tuple[dict[str, str], dict[str, str]]
    slots: tuple[SlotSpec, ...]
    freeze: tuple[str, ...]
    want: tuple[Wanted, ...] | None


def view(path: Path, golden: Golden, side: int) -> View:
    body = path.with_name(f"{path.stem}-{'ab'[side]}.html").read_bytes()
    kind = KindSpec(name="product", sku="path:.*", slots=golden.slots)
    page = compile_page(body, kind, content_type=golden.content_type, url_path="/lamp").page
    charset = decode_charset(body, golden.content_type)
    return View(body=body, charset=charset, cookies=golden.cookies[side], covered=covered_by(page))


def outcome(difference: Difference) -> Wanted:
    names = Wanted.__struct_fields__
    return Wanted(**{name: getattr(difference, name) for name in names})


@pytest.mark.parametrize("path", PAIRS, ids=[path.stem for path in PAIRS])
def test_two_strangers_differ_in_what_was_reviewed(path: Path) -> None:
    golden = msgspec.json.decode(path.read_bytes(), type=Golden)
    found = compare(view(path, golden, 0), view(path, golden, 1), freeze=golden.freeze)
    got = tuple(outcome(difference) for difference in found.differences)
    if os.environ.get("VITRINE_GOLDEN") == "write":
        text = msgspec.json.format(msgspec.json.encode(msgspec.structs.replace(golden, want=got)), indent=2)
        path.write_bytes(text + b"\n")
        golden = msgspec.json.decode(path.read_bytes(), type=Golden)
    assert got == golden.want
