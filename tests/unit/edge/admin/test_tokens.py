from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.admin.tokens import mint, recognise, token_hash
from edge.config.schema import Token
from edge.errors import ConfigError


def test_a_minted_token_is_in_the_file_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "admin.token"
    token = mint(path)
    secret = path.read_text().strip()
    assert len(secret) >= 43
    assert path.stat().st_mode & 0o777 == 0o600
    assert (token.hash, token.scopes) == (token_hash(secret), ("all",))
    assert os.listdir(tmp_path) == ["admin.token"]


def test_a_token_that_is_there_stays_and_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "admin.token"
    first = mint(path)
    path.chmod(0o644)
    assert mint(path) == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_empty_file_is_no_token(tmp_path: Path) -> None:
    path = tmp_path / "admin.token"
    path.touch()
    assert mint(path).hash != token_hash("")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("known-to-somebody-else")
    (tmp_path / "admin.token").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="cannot be kept"):
        mint(tmp_path / "admin.token")


def test_recognise_finds_the_token_of_a_secret_and_no_other() -> None:
    tokens = [Token(name=name, hash=token_hash(name), scopes=("purge",)) for name in ("one", "two", "three")]
    assert recognise("two", tokens) is tokens[1]
    assert recognise("four", tokens) is None
    assert recognise("", tokens) is None


def test_the_hash_is_what_sha256sum_prints() -> None:
    assert token_hash("abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
