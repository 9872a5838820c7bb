"""Each thing is said once, and again when it changes."""

from __future__ import annotations

import pytest

from edge.fill.notices import Notices


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    messages = [record.getMessage() for record in caplog.records]
    caplog.clear()
    return messages


def test_a_sentence_is_said_once_until_it_changes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    notices = Notices()
    for _ in range(3):
        notices.tell("slots", "/a", ("price is refused",))
    assert said(caplog) == ["slots of /a: price is refused"]
    notices.tell("slots", "/a", ("price is refused", "stock is refused"))
    assert said(caplog) == ["slots of /a: price is refused", "slots of /a: stock is refused"]
    notices.tell("slots", "/a", ("price is refused",))
    assert said(caplog) == ["slots of /a: price is refused"]


def test_that_it_is_over_is_said_once_and_never_of_what_was_never_said(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    notices = Notices()
    notices.tell("slots", "/a", ())
    assert said(caplog) == []
    notices.tell("slots", "/a", ("refused",))
    said(caplog)
    for _ in range(2):
        notices.tell("slots", "/a", ())
    assert said(caplog) == ["slots of /a: settled"]


def test_pages_and_subjects_are_kept_apart(caplog: pytest.LogCaptureFixture) -> None:
    notices = Notices()
    notices.tell("slots", "/a", ("x",))
    notices.tell("slots", "/b", ("x",))
    notices.tell("rows", "/a", ("x",))
    assert len(said(caplog)) == 3
