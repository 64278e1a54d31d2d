"""Comparing two ledgers: the past counts too, what moved comes first, and the exit code tells."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casefile.evidence.canonical import canonical
from casefile.evidence.library import Library
from casefile.paths import DATA
from casefile.verdicts.diff import as_text, data_rows, diff
from casefile.verdicts.engine import Court
from casefile.verdicts.ledger import build_ledger

CLAIMS = ["battlefield-slower", "battlefield-progress"]


def ledger(data: Path, target: Path) -> Path:
    court = Court(Library(data))
    target.write_text(canonical(build_ledger(court, court.library.newest, CLAIMS)), encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def tampered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data with the front of 9 October 2023 ten times as far."""
    folder = tmp_path_factory.mktemp("tampered") / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns(".*"))
    path = folder / "battlefield" / "front.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["date"] == "2023-10-09":
            row["gross_gain_km2"] = "3724.0"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def files(tampered: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("ledgers")
    return str(ledger(DATA, folder / "a.json")), str(ledger(tampered, folder / "b.json"))


def test_a_change_that_touches_only_the_past_is_seen(files: tuple[str, str]) -> None:
    moved = [one for one in diff(*files)["verdicts"] if one["before"] != one["after"]]
    assert [(one["vantage"], one["claim"]) for one in moved] == [("then", claim) for claim in CLAIMS]
    assert [one["moved_by"]["finding"] for one in moved] == [f"{CLAIMS[0]}.area_share", f"{CLAIMS[1]}.momentum"]
    assert moved[0]["moved_by"]["after"] == pytest.approx(10 * moved[0]["moved_by"]["before"])


def test_the_text_says_what_moved_it_and_when(files: tuple[str, str]) -> None:
    text = as_text(diff(*files))
    assert "## Ratings changed: 2" in text
    assert "- battlefield-slower, on the article's date: supported → mostly supported. Land taken" in text
    assert "6.0% → 59.9%" in text


def test_findings_that_decide_a_rating_come_first(files: tuple[str, str]) -> None:
    found = [one["finding"] for one in diff(*files)["findings"] if one["vantage"] == "then"]
    assert set(found[:2]) <= {
        "battlefield-progress.gross",
        "battlefield-progress.momentum",
        "battlefield-slower.area_share",
    }


def test_rows_that_differ_are_named_with_their_cells(tampered: Path) -> None:
    found = data_rows(DATA, tampered)
    assert list(found) == ["battlefield/front"]
    assert found["battlefield/front"]["changed"][0]["cells"] == {"gross_gain_km2": ["372.4", "3724.0"]}


def test_the_same_ledger_twice_is_no_change(files: tuple[str, str]) -> None:
    change = diff(files[0], files[0])
    assert change["findings"] == change["verdicts"] == []
    assert "## Ratings changed: 0" in as_text(change)


@pytest.mark.parametrize(("second", "code"), [(0, 0), (1, 4)])
def test_fail_on_change_exits_with_four_only_when_a_rating_differs(
    files: tuple[str, str], second: int, code: int
) -> None:
    command = [sys.executable, "-m", "casefile", "diff", files[0], files[second], "--fail-on-change"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == code
