"""`check_data` finds every planted defect, names its place, and does not stop at the first."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from casefile.errors import DataError, Problem, UsageError
from casefile.evidence.check import CheckReport, check_data
from casefile.evidence.corrections import corrected, read_corrections
from casefile.evidence.descriptors import read_descriptors
from casefile.evidence.library import Library, _parsed
from casefile.paths import DATA

KEPT_ROWS = 60
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's data with long tables cut short, so that a check takes a moment."""
    folder = tmp_path_factory.mktemp("check") / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns(".*", "published.json"))
    for path in folder.glob("*/*.csv"):
        header, *rows = read(path)
        if path.parent.name != "aims" and len(rows) > KEPT_ROWS:
            write(path, [header, *rows[:KEPT_ROWS]])
    return folder


@pytest.fixture
def data(base: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(base, tmp_path / "data"))


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def write(path: Path, rows: list[list[str]], stamped: bool = True) -> None:
    """Write a table and, unless the stamp is what is tested, renew its descriptor."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_bytes(text.getvalue().encode())
    if stamped and (path.parent / "datapackage.json").is_file():
        stamp(path)


def stamp(path: Path) -> None:
    raw = path.read_bytes()
    descriptor = path.parent / "datapackage.json"
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    for one in package["resources"]:
        if one["path"] == path.name:
            one["hash"], one["bytes"] = f"sha256:{hashlib.sha256(raw).hexdigest()}", len(raw)
            one["casefile"]["rows"] = len(read(path)) - 1
    descriptor.write_text(json.dumps(package), encoding="utf-8")


def put(path: Path, line: int, column: str, value: str) -> None:
    """Set one cell; `line` as an editor counts, the header being line 1."""
    rows = read(path)
    rows[line - 1][rows[0].index(column)] = value
    write(path, rows)


def describe(data: Path, table: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change one resource of a descriptor."""
    pillar, name = table.split("/")
    path = data / pillar / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    change(next(one for one in package["resources"] if one["path"] == f"{name}.csv"))
    path.write_text(json.dumps(package), encoding="utf-8")


def checked(data: Path, **options: Any) -> CheckReport:
    return check_data(data, today=TODAY, **options)


def has(report: CheckReport, file: str, words: str, row: int | None = None, column: str | None = None) -> Problem:
    """The problem in a file whose rule has these words; fails with all that was found."""
    for one in report.problems:
        if one.file.endswith(file) and words in one.rule and row in (None, one.row) and column in (None, one.column):
            assert one.remedy
            return one
    raise AssertionError(f"not found: {file} {words}\n" + "\n".join(map(str, report.problems)))


POSITIONS = "aims/positions.csv"
ACCOUNTABILITY = "aims/accountability.csv"


def test_the_shortened_data_are_in_order(data: Path) -> None:
    assert [str(one) for one in checked(data).problems] == []


def test_a_report_has_a_line_for_every_table(data: Path) -> None:
    lines = checked(data).lines
    for name in read_descriptors(data):
        assert any(line.startswith(f"{name}: ") for line in lines)


def test_a_missing_folder_is_a_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        check_data(tmp_path / "none")


CELLS = [
    pytest.param(POSITIONS, 3, "overlap", "some", "not among the allowed values", id="enum"),
    pytest.param(POSITIONS, 3, "moment", "", "empty but required", id="missing required"),
    pytest.param(POSITIONS, 3, "on_record", "yes", "neither true nor false", id="no truth value"),
    pytest.param(POSITIONS, 3, "source_id", "nobody-knows", "no registered source", id="unknown source"),
    pytest.param(POSITIONS, 3, "source_id_2", "nobody-knows", "no registered source", id="unknown second source"),
    pytest.param(POSITIONS, 3, "date", "2022-02-30", "no day of the calendar", id="no such day"),
    pytest.param(POSITIONS, 3, "date", "03/04/2022", "mistaken for each other", id="ambiguous date"),
    pytest.param(POSITIONS, 3, "known_on", "2021-01-01", "earlier than the observation", id="known before it happened"),
    pytest.param(POSITIONS, 3, "known_on", "2030-01-01", "in the future", id="known in the future"),
    pytest.param(ACCOUNTABILITY, 3, "value", "many", "no number", id="text for a number"),
    pytest.param(ACCOUNTABILITY, 3, "value", "1,234", "thousands separator", id="thousands separator"),
    pytest.param(ACCOUNTABILITY, 3, "value", "-5", "below 0", id="below the minimum"),
    pytest.param("opinion/polls.csv", 3, "pct", "140", "above 100", id="above the maximum"),
    pytest.param("congress/rollcalls.csv", 3, "yea", "12.5", "not a whole number", id="fraction for a whole number"),
    pytest.param(POSITIONS, 3, "note", "=SUM(A1)", "spreadsheet formula", id="formula in a text"),
]


@pytest.mark.parametrize(("table", "line", "column", "value", "words"), CELLS)
def test_a_wrong_cell_is_found_with_its_place(
    data: Path, table: str, line: int, column: str, value: str, words: str
) -> None:
    put(data / table, line, column, value)
    found = has(checked(data), table, words, line, column)
    assert found.value == value


def test_a_repeated_key_is_found(data: Path) -> None:
    rows = read(data / POSITIONS)
    write(data / POSITIONS, [*rows, rows[5]])
    has(checked(data), POSITIONS, "has the same key as line 6", row=len(rows) + 1)


def test_a_missing_column_is_found_once(data: Path) -> None:
    rows = read(data / POSITIONS)
    place = rows[0].index("overlap")
    write(data / POSITIONS, [row[:place] + row[place + 1 :] for row in rows])
    report = checked(data)
    has(report, POSITIONS, "column is missing", 1, "overlap")
    assert len(report.problems) == 1


def test_a_missing_key_column_is_found_without_stumbling(data: Path) -> None:
    rows = read(data / POSITIONS)
    place = rows[0].index("issue")
    write(data / POSITIONS, [row[:place] + row[place + 1 :] for row in rows])
    has(checked(data), POSITIONS, "column is missing", 1, "issue")


def test_an_extra_column_is_found(data: Path) -> None:
    rows = read(data / POSITIONS)
    write(data / POSITIONS, [[*row, "opinion" if not n else ""] for n, row in enumerate(rows)])
    has(checked(data), POSITIONS, "no such column", 1, "opinion")


def test_a_renamed_column_is_recognised(data: Path) -> None:
    rows = read(data / POSITIONS)
    rows[0][rows[0].index("overlap")] = "overlaps"
    write(data / POSITIONS, rows)
    report = checked(data)
    assert "overlap" in has(report, POSITIONS, "no such column", 1, "overlaps").remedy
    has(report, POSITIONS, "column is missing", 1, "overlap")


def test_another_order_of_columns_is_found(data: Path) -> None:
    write(data / POSITIONS, [row[::-1] for row in read(data / POSITIONS)])
    has(checked(data), POSITIONS, "another order")


def test_a_changed_file_is_found_by_hash_and_bytes(data: Path) -> None:
    rows = read(data / POSITIONS)
    rows[3][rows[0].index("note")] = "changed by hand"
    write(data / POSITIONS, rows, stamped=False)
    report = checked(data)
    has(report, POSITIONS, "hash differs")
    has(report, POSITIONS, "bytes")


def test_a_lost_row_is_found(data: Path) -> None:
    write(data / POSITIONS, read(data / POSITIONS)[:-1], stamped=False)
    has(checked(data), POSITIONS, "its descriptor promises 40")


def test_a_ragged_row_is_found(data: Path) -> None:
    rows = read(data / POSITIONS)
    rows[4] = rows[4][:-2]
    write(data / POSITIONS, rows)
    has(checked(data), POSITIONS, "shorter than the header", 5)


def test_a_missing_file_is_found(data: Path) -> None:
    (data / POSITIONS).unlink()
    has(checked(data), POSITIONS, "cannot be read")


def test_a_file_that_is_no_table_is_found(data: Path) -> None:
    (data / POSITIONS).write_bytes(b"<!doctype html><html><body>Not found</body></html>")
    has(checked(data), POSITIONS, "HTML page")


def test_a_table_without_descriptor_is_found(data: Path) -> None:
    shutil.copy(data / POSITIONS, data / "aims" / "extra.csv")
    has(checked(data), "aims/extra.csv", "described by no descriptor")


def test_a_folder_of_no_pillar_is_found(data: Path) -> None:
    (data / "weather").mkdir()
    has(checked(data), "data/weather", "folder of no pillar")


def test_an_unreadable_descriptor_hides_no_other_table(data: Path) -> None:
    (data / "aims" / "datapackage.json").write_text("{", encoding="utf-8")
    put(data / "opinion/polls.csv", 3, "pct", "140")
    report = checked(data)
    has(report, "aims/datapackage.json", "no readable Data Package")
    has(report, "opinion/polls.csv", "above 100")


DESCRIPTORS = [
    pytest.param(lambda one: one.pop("licenses"), "lacks licenses", id="no licence"),
    pytest.param(lambda one: one["casefile"].pop("known_gaps"), "lacks known_gaps", id="no known gaps"),
    pytest.param(lambda one: one["casefile"].update(kind="rumour"), "no kind of table", id="unknown kind"),
    pytest.param(lambda one: one["casefile"].update(origin="nowhere"), "named by the origin", id="origin is no column"),
    pytest.param(
        lambda one: one["casefile"].update(rules=[{"order": ["low", "high"]}]), "is no column", id="rule on no column"
    ),
    pytest.param(
        lambda one: one["casefile"].update(rules=[{"about": 3}]), "no rule that the checker knows", id="unknown rule"
    ),
    pytest.param(lambda one: one["schema"]["fields"][0].update(type="day"), "has the type", id="unknown type"),
    pytest.param(lambda one: one["schema"].update(primaryKey=["x"]), "named by the primary key", id="key is no column"),
    pytest.param(lambda one: one.update(path="../sources.csv"), "beside the descriptor", id="path outside the folder"),
]


@pytest.mark.parametrize(("change", "words"), DESCRIPTORS)
def test_a_broken_descriptor_is_found(data: Path, change: Callable[[dict[str, Any]], None], words: str) -> None:
    describe(data, "aims/positions", change)
    has(checked(data), "aims/datapackage.json", words, column="aims-positions")


def test_shares_of_more_than_everyone_are_found(data: Path) -> None:
    path = data / "opinion/polls.csv"
    rows = read(path)
    pct, group = rows[0].index("pct"), [rows[0].index(one) for one in ("poll_id", "series", "subgroup")]
    first = [rows[1][one] for one in group]
    for row in rows[1:]:
        if [row[one] for one in group] == first:
            row[pct] = "70"
    write(path, rows)
    has(checked(data), "opinion/polls.csv", "more than 101")


def test_a_total_that_is_not_the_sum_of_its_parts_is_found(data: Path) -> None:
    path = data / "congress/rollcalls.csv"
    rows = read(path)
    put(path, 3, "yea", str(int(rows[2][rows[0].index("yea")]) - 7))
    has(checked(data), "congress/rollcalls.csv", "parties' sum", 3, "yea")


def test_an_interval_in_the_wrong_order_is_found(data: Path) -> None:
    path = data / "battlefield/casualties.csv"
    rows = read(path)
    low, high = rows[0].index("low"), rows[0].index("high")
    line = next(n for n, row in enumerate(rows) if n and row[low] and row[high])
    rows[line][low], rows[line][high] = "900000", "10"
    write(path, rows)
    has(checked(data), "battlefield/casualties.csv", "less than low", line + 1, "high")


def test_an_area_larger_than_the_country_is_found(data: Path) -> None:
    path = data / "battlefield/territory.csv"
    rows = read(path)
    line = next(n for n, row in enumerate(rows) if row[rows[0].index("measure")] == "russian_held_km2")
    put(path, line + 1, "value", "700000")
    has(checked(data), "battlefield/territory.csv", "larger than Ukraine", line + 1, "value")


def test_fieldwork_that_ends_before_it_starts_is_found(data: Path) -> None:
    path = data / "opinion/polls.csv"
    rows = read(path)
    line = next(n for n, row in enumerate(rows) if n and row[rows[0].index("field_start")])
    put(path, line + 1, "field_end", "2021-01-01")
    has(checked(data), "opinion/polls.csv", "ends before it starts", line + 1, "field_end")


def test_a_key_into_another_table_must_find_its_row(data: Path) -> None:
    key = {"fields": "issue", "reference": {"resource": "aims-statements", "fields": "topic"}}
    describe(data, "aims/positions", lambda one: one["schema"]["foreignKeys"].append(key))
    has(checked(data), POSITIONS, "has no row in aims/statements", column="issue")


SOURCES = [
    pytest.param("url", "ftp://example.org/x", "no http or https", id="ftp"),
    pytest.param("url", "javascript:alert(1)", "no http or https", id="script"),
    pytest.param("url", "", "empty but required", id="no address"),
    pytest.param("kind", "tertiary", "no kind of source", id="unknown kind"),
    pytest.param("published", "2023-13-01", "no date", id="no date"),
    pytest.param("published", "2031-01-01", "in the future", id="published in the future"),
    pytest.param("title", "<b>bold</b>", "markup", id="markup"),
    pytest.param("source_id", "Not An Id", "no plain id", id="no plain id"),
]


@pytest.mark.parametrize(("column", "value", "words"), SOURCES)
def test_a_wrong_source_is_found(data: Path, column: str, value: str, words: str) -> None:
    put(data / "sources.csv", 5, column, value)
    has(checked(data), "sources.csv", words, 5, column)


def test_a_source_registered_twice_is_found(data: Path) -> None:
    rows = read(data / "sources.csv")
    write(data / "sources.csv", [*rows, rows[4]])
    has(checked(data), "sources.csv", "is registered on line 5 too", len(rows) + 1)


def test_a_missing_registry_does_not_hide_other_defects(data: Path) -> None:
    (data / "sources.csv").unlink()
    put(data / POSITIONS, 3, "overlap", "some")
    report = checked(data)
    has(report, "sources.csv", "cannot be read")
    has(report, POSITIONS, "not among the allowed values")


CLAIMS = {
    "unknown table": (
        "[aims/positions, aims/statements]",
        "[aims/nothing, aims/statements]",
        "no descriptor describes",
    ),
    "repeated id": ("  - id: aims-beyond", "  - id: aims-rhetoric", "two claims have this id"),
    "falling cuts": ("cuts: [9, 12, 15, 18]", "cuts: [18, 15, 12, 9]", "rise from left to right"),
    "directness": ("directness: direct", "directness: hearsay", "direct or proxy"),
    "probe on no column": (
        "{issue: reparations}",
        "{matter: reparations}",
        "a column that aims/positions does not have",
    ),
}


@pytest.mark.parametrize(("old", "new", "words"), CLAIMS.values(), ids=CLAIMS)
def test_a_wrong_claim_is_found(data: Path, old: str, new: str, words: str) -> None:
    path = data / "claims.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    has(checked(data), "claims.yml", words)


def test_a_repeated_key_in_the_claims_is_found(data: Path) -> None:
    path = data / "claims.yml"
    path.write_text(path.read_text(encoding="utf-8") + "claims: []\n", encoding="utf-8")
    has(checked(data), "claims.yml", "appears twice")


def test_a_rule_on_a_finding_that_nothing_states_is_found(data: Path) -> None:
    report = checked(data, findings=lambda claim: {one.finding for one in claim.tests} - {"named_overlap"})
    assert has(report, "claims.yml", "does not state", column="aims-no-bargaining").value == "named_overlap"


def correct(data: Path, old: str, new: str) -> None:
    path = data / "corrections.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


CORRECTIONS = {
    "another value": ('from: "31"', 'from: "30"', "expects '30' in the table"),
    "ground gone": ('holds: "35"', 'holds: "36"', "rests on a row that no longer holds"),
    "key column": ("column: value\n    from", "column: act\n    from", "no column that can be corrected"),
    "unknown table": ("table: aims/accountability", "table: aims/none", "no descriptor describes"),
    "no author": ("author: casefile", "writer: casefile", "lacks author"),
    "no change": ('to: "35"', 'to: "31"', "changes nothing"),
    "no date": ('date: "2026-11-23"', 'date: "23.11.2026"', "no date in the form"),
    "no such row": ("source_id: diplo-2022-03-unga", "source_id: gone", "a row that is not there"),
}


@pytest.mark.parametrize(("old", "new", "words"), CORRECTIONS.values(), ids=CORRECTIONS)
def test_a_correction_that_cannot_stand_is_found(data: Path, old: str, new: str, words: str) -> None:
    correct(data, old, new)
    has(checked(data), "corrections.yml", words)


def test_a_guard_fails_when_the_source_repaired_itself(data: Path) -> None:
    rows = read(data / ACCOUNTABILITY)
    line = next(n for n, row in enumerate(rows) if "diplo-2022-03-unga" in row and "31" in row)
    put(data / ACCOUNTABILITY, line + 1, "value", "35")
    found = has(checked(data), "corrections.yml", "expects '31' in the table")
    assert found.value == "35"


def test_a_correction_changes_its_cell_and_no_other(data: Path) -> None:
    descriptor = read_descriptors(data)["aims/accountability"]
    plain = _parsed(descriptor, descriptor.path.read_bytes())
    right = corrected(_parsed(descriptor, descriptor.path.read_bytes()), descriptor, read_corrections(data))
    changed = plain["value"].ne(right["value"]) & ~(plain["value"].isna() & right["value"].isna())
    assert right.loc[changed, "source_id"].tolist() == ["diplo-2022-03-unga"]
    assert (plain.loc[changed, "value"].item(), right.loc[changed, "value"].item()) == (31, 35)
    assert plain.drop(columns="value").equals(right.drop(columns="value"))


def test_a_failed_guard_stops_the_loading(data: Path) -> None:
    correct(data, 'from: "31"', 'from: "30"')
    descriptor = read_descriptors(data)["aims/accountability"]
    with pytest.raises(DataError, match="expects '30'"):
        corrected(_parsed(descriptor, descriptor.path.read_bytes()), descriptor, read_corrections(data))


def test_no_file_of_corrections_means_none(data: Path) -> None:
    (data / "corrections.yml").unlink()
    assert read_corrections(data) == ()
    assert checked(data).fine


def test_several_defects_in_several_files_are_all_found(data: Path) -> None:
    put(data / POSITIONS, 3, "overlap", "some")
    put(data / POSITIONS, 4, "known_on", "2020-01-01")
    put(data / POSITIONS, 5, "source_id", "nobody-knows")
    put(data / ACCOUNTABILITY, 6, "value", "n/a")
    put(data / "opinion/polls.csv", 7, "pct", "-3")
    put(data / "sources.csv", 8, "url", "mailto:x@example.org")
    (data / "resolve" / "polls.csv").unlink()
    describe(data, "economy/ruble", lambda one: one["casefile"].pop("lag_days"))
    correct(data, 'holds: "35"', 'holds: "36"')
    report = checked(data)
    has(report, POSITIONS, "not among the allowed values", 3)
    has(report, POSITIONS, "earlier than the observation", 4)
    has(report, POSITIONS, "no registered source", 5)
    has(report, ACCOUNTABILITY, "is no number", 6)
    has(report, "opinion/polls.csv", "below 0", 7)
    has(report, "sources.csv", "no http or https", 8)
    has(report, "resolve/polls.csv", "cannot be read")
    has(report, "economy/datapackage.json", "lacks lag_days")
    has(report, "corrections.yml", "rests on a row")


def test_problems_name_files_from_the_data_folder_on(data: Path) -> None:
    put(data / POSITIONS, 3, "overlap", "some")
    assert checked(data).problems[0].file == "data/aims/positions.csv"


def test_a_checked_folder_can_be_loaded(data: Path) -> None:
    assert len(Library(data).whole("aims/positions")) == len(read(data / POSITIONS)) - 1
