"""`casefile add` and `casefile undo` as an analyst meets them: what is shown, written, kept, taken back."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest
from intake_kit import FIXTURES, POLL, POLLS, TODAY, planned, state, text_of

from casefile.cli import main
from casefile.evidence.check import check_data
from casefile.evidence.intake.known import known_day
from casefile.evidence.journal import changes
from casefile.evidence.library import Library

SENATOR = {
    "lis_id": "S998", "bioguide_id": "Z000998", "name": "Example Senator", "party": "D", "state": "NJ",
    "date": "2026-10-01", "date_precision": "day", "source_id": "congress-legislators",
}  # fmt: skip
SOURCE = {
    "source_id": "example-2026-10", "publisher": "Example Institute", "title": "A wave of polls", "kind": "primary",
    "url": "https://example.org/wave", "published": "2026-10-20", "license": "", "note": "",
}  # fmt: skip


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """One command in this process; its exit code."""
    monkeypatch.setattr("sys.argv", ["casefile", *map(str, words)])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def write(folder: Path, name: str, rows: list[dict[str, str]]) -> Path:
    path = folder / name
    path.write_text(text_of(rows), encoding="utf-8")
    return path


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_are_added_and_the_descriptor_renewed(
    data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, "new.csv", [SENATOR])
    before = state(data_copy)
    assert run(monkeypatch, "add", "congress/senators", file, "--data-dir", data_copy, "--yes") == 0
    added = table(data_copy, "congress/senators")[-1]
    assert added["lis_id"] == "S998"
    assert (added["known_on"], added["known_on_basis"]) == ("2026-10-01", "same-day")
    package = json.loads((data_copy / "congress/datapackage.json").read_text())
    resource = next(one for one in package["resources"] if one["path"] == "senators.csv")
    raw = (data_copy / "congress/senators.csv").read_bytes()
    assert resource["hash"] == "sha256:" + hashlib.sha256(raw).hexdigest()
    assert resource["bytes"] == len(raw)
    assert resource["casefile"]["rows"] == len(table(data_copy, "congress/senators"))
    touched = {name for name, digest in state(data_copy).items() if before.get(name) != digest}
    assert touched == {"congress/senators.csv", "congress/datapackage.json"}
    assert check_data(data_copy, today=TODAY).fine


def test_undo_brings_every_byte_back(data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(data_copy)
    file = write(tmp_path, "new.csv", [SENATOR])
    run(monkeypatch, "add", "congress/senators", file, "--data-dir", data_copy, "--yes")
    assert state(data_copy) != before
    assert run(monkeypatch, "undo", "--data-dir", data_copy) == 0
    assert state(data_copy) == before
    assert run(monkeypatch, "undo", "--data-dir", data_copy) == 2


def test_undo_refuses_when_the_files_were_changed_since(
    data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, "new.csv", [SENATOR])
    run(monkeypatch, "add", "congress/senators", file, "--data-dir", data_copy, "--yes")
    path = data_copy / "congress/senators.csv"
    path.write_text(path.read_text() + "\n")
    assert run(monkeypatch, "undo", "--data-dir", data_copy) == 2


def test_a_dry_run_writes_nothing(data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(data_copy)
    file = write(tmp_path, "new.csv", [SENATOR])
    assert run(monkeypatch, "add", "congress/senators", file, "--data-dir", data_copy, "--dry-run") == 0
    assert state(data_copy) == before
    assert not changes(data_copy)


def test_without_a_terminal_nothing_is_written_unasked(
    data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(data_copy)
    file = write(tmp_path, "new.csv", [SENATOR])
    assert run(monkeypatch, "add", "congress/senators", file, "--data-dir", data_copy) == 2
    assert state(data_copy) == before


def test_the_same_file_twice_adds_nothing(data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, "new.csv", [SENATOR])
    run(monkeypatch, "add", "congress/senators", file, "--data-dir", data_copy, "--yes")
    once = state(data_copy)
    assert run(monkeypatch, "add", "congress/senators", file, "--data-dir", data_copy, "--yes") == 0
    assert state(data_copy) == once
    assert len(changes(data_copy)) == 1


def test_a_refusal_ends_with_3_and_keeps_the_bytes(
    data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(data_copy)
    file = write(tmp_path, "new.csv", [{**SENATOR, "party": "X"}])
    assert run(monkeypatch, "add", "congress/senators", file, "--data-dir", data_copy, "--yes") == 3
    said = capsys.readouterr().err
    assert "new.csv, line 2, column party: 'X': is not among the allowed values" in said
    assert f"kept as {data_copy / '.quarantine'}" in said
    assert state(data_copy) == before
    assert (data_copy / ".quarantine" / hashlib.sha256(file.read_bytes()).hexdigest()).exists()


def test_a_source_comes_along(data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, "new.csv", [{**one, "source_id": "example-2026-10", "known_on": "", "known_on_basis": ""} for one in POLLS])  # fmt: skip
    source = write(tmp_path, "source.csv", [SOURCE])
    words = ("add", "resolve/polls", file, "--data-dir", data_copy, "--yes")
    assert run(monkeypatch, *words) == 3
    assert run(monkeypatch, *words, "--source", source) == 0
    assert table(data_copy, "sources")[-1]["source_id"] == "example-2026-10"
    assert {row["known_on"] for row in table(data_copy, "resolve/polls")[-3:]} == {"2026-10-20"}
    assert check_data(data_copy, today=TODAY).fine


@pytest.mark.parametrize(
    ("column", "value"),
    [("url", "javascript:alert(1)"), ("published", "2027-01-01"), ("kind", "rumour"), ("title", "<b>x</b>"), ("source_id", "A B")],
)  # fmt: skip
def test_a_bad_source_refuses_the_whole(data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: str, value: str) -> None:  # fmt: skip
    before = state(data_copy)
    file = write(tmp_path, "new.csv", [SENATOR])
    source = write(tmp_path, "source.csv", [{**SOURCE, column: value}])
    words = ("add", "congress/senators", file, "--data-dir", data_copy, "--yes", "--source", source)
    assert run(monkeypatch, *words) == 3
    assert state(data_copy) == before


def test_a_conflict_stops_unless_decided(
    data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = table(data_copy, "congress/senators")[0]
    file = write(
        tmp_path, "new.csv", [{**old, "name": "Another Name"}, SENATOR | {k: "" for k in old if k not in SENATOR}]
    )
    before = state(data_copy)
    words = ("add", "congress/senators", file, "--data-dir", data_copy, "--yes")
    assert run(monkeypatch, *words) == 3
    said = capsys.readouterr().err
    assert f"conflicts with {old['name']!r}" in said
    assert "--on-conflict" in said
    assert state(data_copy) == before
    assert run(monkeypatch, *words, "--on-conflict", "keep") == 0
    assert table(data_copy, "congress/senators")[0] == old
    kept = json.loads((data_copy / "conflicts.json").read_text())
    assert kept[0]["cells"]["name"] == {"there": old["name"], "new": "Another Name"}
    assert run(monkeypatch, *words, "--on-conflict", "replace") == 0
    assert table(data_copy, "congress/senators")[0]["name"] == "Another Name"
    assert [one["stands"] for one in json.loads((data_copy / "conflicts.json").read_text())] == ["there", "new"]


def test_a_remark_is_a_change_not_a_conflict(shared_data: Path, tmp_path: Path) -> None:
    old = table(shared_data, "resolve/polls")[0]
    plan = planned(shared_data, "resolve/polls", write(tmp_path, "a.csv", [{**old, "note": "another remark"}]))
    assert [cells for _, _, cells in plan.comparisons[0].changed] == [{"note": (old["note"], "another remark")}]


def test_findings_and_verdicts_that_would_change_are_shown(
    data_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    library = Library(data_copy)
    polls = [row for row in table(data_copy, "resolve/polls") if row["response"] and row["subgroup"] == "all"]
    newest = max((row for row in polls if row["series"].startswith("kiis")), key=lambda row: row["known_on"])
    share = float(newest["pct"])
    wave = {**newest, "poll_id": "kiis-2026-10", "date": "2026-10-12", "known_on": "2026-10-20", "known_on_basis": "publication",
            "field_start": "", "field_end": "2026-10-12", "pct": f"{share - 15 if share > 50 else share + 15:g}", "reading": ""}  # fmt: skip
    file = write(tmp_path, "wave.csv", [wave])
    words = ("add", "resolve/polls", file, "--data-dir", data_copy, "--dry-run", "--json")
    assert run(monkeypatch, *words) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["tables"]["resolve/polls"]["new"] == 1
    assert shown["findings"], "a new wave changes no finding"
    assert {"claim", "before", "after"} <= set(shown["verdicts"][0]) if shown["verdicts"] else True
    assert library.newest


@pytest.mark.parametrize(
    ("name", "row", "expected"),
    [
        ("resolve/polls", {"date": "2026-10-12", "source_id": "x"}, ("2026-10-26", "lag")),
        ("resolve/polls", {"date": "2026-11-20", "source_id": "x"}, ("2026-11-24", "lag")),
        ("resolve/polls", {"date": "2026-09-01", "date_precision": "month"}, ("2026-10-14", "lag")),
        ("resolve/polls", {"date": "2026-10-12", "source_id": "late"}, ("2026-10-20", "publication")),
        ("resolve/polls", {"date": "2026-10-22", "source_id": "late"}, ("2026-11-05", "lag")),
        ("resolve/polls", {"date": "2026-10-12", "source_id": "set"}, ("2026-10-26", "lag")),
        ("economy/ruble", {"date": "2026-10-12"}, ("2026-10-12", "same-day")),
        ("resolve/polls", {"date": "soon"}, ("", "")),
    ],
)
def test_known_on_is_filled_by_the_stated_rule(
    shared_data: Path, name: str, row: dict[str, str], expected: tuple[str, str]
) -> None:
    from datetime import date

    from casefile.model import Source

    late = Source("late", "p", "t", "https://example.org", date(2026, 10, 20), "primary", "", "")
    dataset = Source("set", "p", "t", "https://example.org", date(2026, 10, 20), "dataset", "", "")
    descriptor = Library(shared_data).descriptor(name)
    assert known_day(descriptor, row, {"late": late, "set": dataset}, TODAY) == expected


def test_a_filled_day_is_flagged(shared_data: Path, tmp_path: Path) -> None:
    columns = [one for one in POLL if one not in ("known_on", "known_on_basis")]
    path = tmp_path / "a.csv"
    path.write_text(text_of(POLLS, columns))
    assert planned(shared_data, "resolve/polls", path).filled == {"lag": 3}


def test_a_misspelt_series_is_pointed_out(shared_data: Path, tmp_path: Path) -> None:
    plan = planned(shared_data, "resolve/polls", write(tmp_path, "a.csv", POLLS))
    assert any("series not seen before: 'example-fight-on'" in one for one in plan.warnings)


def test_set_fills_a_column_that_the_file_leaves_out(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text_of(POLLS, [one for one in POLL if one != "mode"]))
    plan = planned(shared_data, "resolve/polls", path, options={"mode": "online"})
    assert {row["mode"] for row in plan.comparisons[0].new} == {"online"}


def test_an_upstream_roll_call_is_added_with_its_members(data_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["add", "congress/rollcalls", FIXTURES / "roll901.xml", "--data-dir", data_copy, "--yes"]
    assert run(monkeypatch, *words) == 2
    words += ["--set", "title=An invented vote", "--set", "scope=aid", "--set", "direction=pro_aid"]
    assert run(monkeypatch, *words) == 0
    assert table(data_copy, "congress/rollcalls")[-1]["vote_id"] == "h901-119.2026"
    assert len([one for one in table(data_copy, "congress/member_votes") if one["vote_id"] == "h901-119.2026"]) == 6
    assert "house-clerk-evs" in {one["source_id"] for one in table(data_copy, "sources")}
    assert check_data(data_copy, today=TODAY).fine


@pytest.mark.parametrize("name", sorted(Library().descriptors))
def test_every_table_survives_being_added_to_itself(shared_data: Path, tmp_path: Path, name: str) -> None:
    path = Library(shared_data).descriptor(name).path
    if path.stat().st_size > 300_000:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path = tmp_path / path.name
        path.write_text("".join(lines[:400]), encoding="utf-8")
    assert planned(shared_data, name, path).changes_nothing
