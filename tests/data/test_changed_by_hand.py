"""A table changed by hand is judged before anything is computed from it; a sound change is taken as it is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casefile.errors import DataError
from casefile.evidence.library import Library
from casefile.paths import DATA

TABLE = "resolve/polls"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns(".*")))


def change(folder: Path, old: str, new: str) -> int:
    """Replace the first `old` in the polls; returns its line."""
    file = folder / f"{TABLE}.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_an_impossible_share_is_refused_with_its_line_and_column(copy: Path) -> None:
    line = change(copy, "no-concessions,53", "no-concessions,153")
    with pytest.raises(DataError) as refused:
        Library(copy).whole(TABLE)
    first = refused.value.problems[0]
    assert (first.row, first.column, first.value) == (line, "pct", "153")


def test_a_possible_share_is_read_though_the_descriptor_knows_another_file(copy: Path) -> None:
    change(copy, "no-concessions,53", "no-concessions,54")
    assert 54.0 in set(Library(copy).whole(TABLE)["pct"])


@pytest.mark.parametrize("command", [["verdicts"], ["explain", "resolve-level"]])
def test_commands_answer_with_exit_code_3(copy: Path, command: list[str]) -> None:
    change(copy, "no-concessions,53", "no-concessions,153")
    ended = subprocess.run(
        [sys.executable, "-m", "casefile", *command, "--data-dir", str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 3
    assert "153" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not ended.stdout
