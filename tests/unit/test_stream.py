"""A kernel's streams: nothing waits for an empty buffer, and what was written is sent as ipykernel sends it."""

from __future__ import annotations

import pytest
from ipykernel.iostream import OutStream

from casefile.press.stream import Stream


def stream(**state: object) -> Stream:
    """A stream that was never opened, in this state."""
    made = Stream.__new__(Stream)
    made.__dict__.update(state)
    return made


@pytest.mark.parametrize(
    ("state", "sent"),
    [
        ({"_buffers": {}, "_flush_pending": False}, []),
        ({"_buffers": {"parent": "text"}, "_flush_pending": False}, ["flush"]),
        ({"_buffers": {}, "_flush_pending": True}, ["flush"]),
        ({"_buffers": {}}, ["flush"]),
    ],
    ids=["nothing written", "something written", "a flush is due", "a release that is built otherwise"],
)
def test_only_what_was_written_is_flushed(
    state: dict[str, object], sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    monkeypatch.setattr(OutStream, "flush", lambda self: flushed.append("flush"))
    monkeypatch.delattr(OutStream, "_flush_pending", raising=False)
    stream(**state).flush()
    assert flushed == sent


def test_ipykernel_still_has_what_is_looked_at() -> None:
    names = OutStream.__init__.__code__.co_names
    assert {"_buffers", "_flush_pending"} <= set(names)
