"""Putting a site in its place: whenever the process dies, the next command finds the old book whole or the new one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casefile.press import publish as publishing
from casefile.press.publish import publish, settle_site


class DiedError(BaseException):
    """As by SIGKILL: nothing after it runs."""


def deadly(real: Callable[..., Any], counter: list[int], last: int) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        counter[0] += 1
        if counter[0] == last:
            raise DiedError
        return real(*args, **kwargs)

    return call


def site(place: Path, word: str) -> Path:
    place.mkdir()
    (place / "index.html").write_text(word, encoding="utf-8")
    return place


@pytest.mark.parametrize("step", range(1, 6))
def test_a_death_at_any_step_leaves_a_whole_book(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], step: int
) -> None:
    monkeypatch.setattr(publishing, "LOCK_FILE", tmp_path / "build.lock")
    place = site(tmp_path / "html", "old")
    site(tmp_path / "html.old", "older")
    fresh = site(tmp_path / ".html.new", "new")
    counter = [0]
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", deadly(Path.rename, counter, step))
        patch.setattr(shutil, "rmtree", deadly(shutil.rmtree, counter, step))
        try:
            publish(fresh, place)
            assert step == 5, "fewer steps than thought"
        except DiedError:
            gone = not place.exists()
    settle_site(place)
    assert (place / "index.html").read_text(encoding="utf-8") in ("old", "new")
    said = capsys.readouterr().err
    assert ("the last good book is back" in said) == (step < 5 and gone)
    settle_site(place)
    assert capsys.readouterr().err == ""


def test_nothing_is_put_back_where_no_book_was(tmp_path: Path) -> None:
    settle_site(tmp_path / "html")
    assert not (tmp_path / "html").exists()
