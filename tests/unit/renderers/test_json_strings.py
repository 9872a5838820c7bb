"""The inside of JSON strings in scripts."""

from __future__ import annotations

import json

import pytest

from renderers.json_strings import decode, encode, escape_unencodable, learn_style


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("text", ["a/b", "€ 5", "😀", "a\nb\t\x01", 'say "x"', "back\\slash", "\x7f"])
def test_what_json_libraries_write_is_kept(text: str, ascii_only: bool) -> None:
    raw = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
    style = learn_style(raw)
    assert style is not None
    assert encode(decode(raw), style) == raw


@pytest.mark.parametrize("raw", ['a","b":"c', "a\nb", "\\x41", "\\", "\\u12"])
def test_what_is_no_string_s_inside_is_not_read(raw: str) -> None:
    assert learn_style(raw) is None
    with pytest.raises(ValueError, match=r"."):
        decode(raw)


@pytest.mark.parametrize("text", ["</script>", "</", "<!--", "<SCRIPT", "\u2028\u2029"])
def test_no_style_lets_a_text_out_of_its_script(text: str) -> None:
    source = encode(text, 0)
    assert json.loads(f'"{source}"') == text
    assert not any(bad in source.lower() for bad in ("</", "<!--", "<script", "\u2028", "\u2029"))


def test_characters_the_charset_lacks_are_escaped() -> None:
    assert escape_unencodable("é😀", "latin-1") == b"\xe9\\ud83d\\ude00"
    assert escape_unencodable("é", "utf-8") == b"\xc3\xa9"
