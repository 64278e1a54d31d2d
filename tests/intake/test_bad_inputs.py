"""Each broken file is refused whole, with place, rule and remedy; nothing but the quarantine changes."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

import gzip
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from intake_kit import FIXTURES, POLL, POLLS, planned, state, text_of
from openpyxl import Workbook

from casefile.errors import DataError, UsageError

GOOD = text_of(POLLS)
ROLLCALL = {
    "vote_id": "h999-119.2026", "congress": "119", "session": "2", "chamber": "house", "rollcall_number": "999",
    "date": "2026-10-12", "known_on": "2026-10-12", "known_on_basis": "same-day", "bill": "H.R. 1", "amendment": "",
    "sponsor": "", "title": "Example", "scope": "aid", "question": "passage", "direction": "pro_aid",
    "result": "Passed", "yea": "300", "nay": "130", "present": "1", "not_voting": "4", "r_yea": "90", "r_nay": "129",
    "d_yea": "210", "d_nay": "1", "i_yea": "0", "i_nay": "0", "r_not_voting": "2", "d_not_voting": "2",
    "r_yea_excl_delegates": "90", "r_nay_excl_delegates": "129", "d_yea_excl_delegates": "210",
    "d_nay_excl_delegates": "1", "required_majority": "1/2", "official_url": "https://clerk.house.gov/evs/2026/roll999.xml",
    "source_id": "hear-ye-congress-data", "source_id_2": "", "note": "",
}  # fmt: skip
AREA = {
    "date": "2026-10-12", "date_precision": "day", "known_on": "2026-10-12", "known_on_basis": "same-day",
    "measure": "russian_held_km2", "value": "116000", "unit": "km2", "includes_pre_2022": "true",
    "series": "isw-economist", "period_start": "", "source_id": "economist-isw-area", "source_id_2": "",
    "derived": "false", "note": "",
}  # fmt: skip
RATE = {
    "date": "2026-10-12", "date_precision": "day", "known_on": "2026-10-12", "known_on_basis": "same-day",
    "pair": "USD/RUB", "series": "cbr-official", "value": "80.5", "unit": "rubles per unit of currency",
    "source_id": "gh-lorenzo-fx", "source_id_2": "", "derived": "false", "note": "",
}  # fmt: skip


def poll(**cells: str) -> str:
    """The good file with other cells in its first row."""
    return text_of([{**POLL, **cells}, *POLLS[1:]])


def workbook(change: Callable[[Workbook], None] | None = None, part: tuple[str, bytes] | None = None) -> bytes:
    """A good workbook, changed, or with one part of its archive replaced."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(POLL))
    for row in POLLS:
        sheet.append([float(v) if k in ("n", "moe", "pct") else v for k, v in row.items()])
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    if part is None:
        return out.getvalue()
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()} | dict([part])
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name, raw in parts.items():
            archive.writestr(name, raw)
    return changed.getvalue()


def _formula(book: Workbook) -> None:
    book.active["Q2"] = "=1+1"  # type: ignore[index]


def _hidden_sheet(book: Workbook) -> None:
    book.create_sheet("more").sheet_state = "hidden"


def _second_sheet(book: Workbook) -> None:
    book.create_sheet("more").append(["something"])


def _merged(book: Workbook) -> None:
    book.active.merge_cells("A1:B1")  # type: ignore[union-attr]


def _error(book: Workbook) -> None:
    book.active["Q2"] = "#REF!"  # type: ignore[index]
    book.active["Q2"].data_type = "e"  # type: ignore[index]


def _hidden_row(book: Workbook) -> None:
    book.active.row_dimensions[3].hidden = True  # type: ignore[union-attr]


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 30_000_000)
    return out.getvalue()


def archive_of_csv() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("rows.csv", GOOD)
    return out.getvalue()


def as_json(**cells: object) -> str:
    return json.dumps([{**POLL, **cells}])


P = "resolve/polls"
SHAPE: list[tuple[str, str, str, str | bytes, str]] = [
    ("empty", P, "a.csv", b"", "is empty"),
    ("blank", P, "a.csv", b"\n \n", "is empty"),
    ("header-only", P, "a.csv", GOOD.split("\n")[0] + "\n", "no rows"),
    ("html", P, "a.csv", "<!DOCTYPE html><html><body>Log in</body></html>", "HTML page"),
    ("html-after-comment", P, "a.csv", "<!-- x -->\n<html></html>", "HTML page"),
    ("lfs-pointer", P, "a.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "Git-LFS"),
    ("annex-pointer", P, "a.csv", "/annex/objects/SHA256E-s1--00.csv\n", "git-annex"),
    ("html-fragment", P, "a.csv", "<p>Access denied</p>\n", "HTML page"),
    ("xhtml", P, "a.csv", '<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html xmlns="y"/>', "HTML page"),
    ("two-byte-order-marks", P, "a.csv", b"\xef\xbb\xbf" * 2 + GOOD.encode(), "only looks like 'poll_id'"),
    ("empty-first-line", P, "a.csv", "\n" + GOOD, "begins with an empty line"),
    ("excel-separator-line", P, "a.csv", "sep=,\n" + GOOD, "line for Excel"),
    ("remark-before-the-header", P, "a.csv", "# a wave\n" + GOOD, "line without a comma"),
    ("quote-in-a-plain-cell", P, "a.csv", GOOD.replace("phone", 'ph"one', 1), "not quoted"),
    ("quote-at-the-end-of-a-plain-cell", P, "a.csv", GOOD.replace("phone", 'phone"', 1), "not quoted"),
    ("endless-columns", P, "a.csv", "pct," * 200_000 + "\n" + "," * 200_000 + "\n", "200,001 columns"),
    ("endless-keys", P, "a.json", json.dumps([{f"k{i}": 1 for i in range(50_000)}]), "50,000 columns"),
    ("endless-cell", P, "a.csv", GOOD.replace("phone", "x" * 1_000_000, 1), "cannot be read as CSV"),
    ("truncated-row", P, "a.csv", GOOD[: len(GOOD) - 40], "shorter than the header"),
    ("truncated-quote", P, "a.csv", poll(question='Ready, "really"?')[:600] + '\n"open', "shorter|cannot be read as CSV"),
    ("long-row", P, "a.csv", GOOD + GOOD.split("\n")[1] + ",extra\n", "longer than the header"),
    ("duplicate-column", P, "a.csv", GOOD.replace("note\n", "pct\n", 1), "stands twice"),
    ("missing-column", P, "a.csv", text_of(POLLS, [c for c in POLL if c != "pct"]), "column is missing"),
    ("renamed-column", P, "a.csv", GOOD.replace("pct", "percent", 1), "no such column"),
    ("cyrillic-column", P, "a.csv", GOOD.replace("pct", "р" + "ct", 1), "only looks like 'pct'"),
    ("upper-case-column", P, "a.csv", GOOD.replace("pct", "Pct", 1), "only looks like 'pct'"),
    ("space-in-column", P, "a.csv", GOOD.replace(",pct,", ", pct,", 1), "only looks like 'pct'"),
    ("empty-column-name", P, "a.csv", GOOD.replace(",note\n", ",\n", 1), "has no name"),
    ("header-repeated", P, "a.csv", GOOD + GOOD.split("\n")[0] + "\n" + GOOD.split("\n")[1] + "\n", "header once more"),
    ("blank-line-inside", P, "a.csv", GOOD.replace("\n", "\n\n", 2), "empty line"),
    ("semicolons", P, "a.csv", GOOD.replace(",", ";"), "semicolons"),
    ("tabs", P, "a.csv", GOOD.replace(",", "\t"), "tabs"),
    ("line-break-in-cell", P, "a.csv", poll(note="one\ntwo"), "line break inside"),
    ("old-mac-line-ends", P, "a.csv", GOOD.replace("\n", "\r"), "old Mac"),
    ("latin-1", P, "a.csv", poll(note="Zürich").encode("latin-1"), "not in UTF-8"),
    ("windows-1251", P, "a.csv", poll(note="Київ".replace("ї", "и")).encode("cp1251"), "not in UTF-8"),
    ("utf-16", P, "a.csv", GOOD.encode("utf-16"), "UTF-16"),
    ("utf-16-without-mark", P, "a.csv", GOOD.encode("utf-16-le"), "UTF-16"),
    ("utf-32", P, "a.csv", GOOD.encode("utf-32"), "UTF-16 or UTF-32"),
    ("nul", P, "a.csv", poll(note="a\x00b"), "control character"),
    ("escape", P, "a.csv", poll(note="a\x1b[31mb"), "control character"),
    ("gzip", P, "a.csv", gzip.compress(GOOD.encode()), "gzip"),
    ("zip-as-csv", P, "a.csv", archive_of_csv(), "is an archive"),
    ("zip-as-xlsx", P, "a.xlsx", archive_of_csv(), "is an archive"),
    ("csv-as-xlsx", P, "a.xlsx", GOOD, "nothing of the kind"),
    ("xlsx-as-csv", P, "a.csv", workbook(), "under another name"),
    ("damaged-xlsx", P, "a.xlsx", workbook()[:3000], "damaged archive"),
    ("pdf", P, "a.csv", b"%PDF-1.7 ...", "PDF"),
    ("old-excel", P, "a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old Excel"),
    ("zip-bomb", P, "a.xlsx", bomb(), "zip bomb"),
    ("xlsx-sheet-in-utf-16", P, "a.xlsx", workbook(part=("xl/worksheets/sheet1.xml", "<worksheet><f>1</f></worksheet>".encode("utf-16"))), "not in UTF-8"),
    ("xlsx-doctype", P, "a.xlsx", workbook(part=("xl/more.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>')), "document type or entities"),
    ("xlsx-macro", P, "a.xlsm", workbook(part=("xl/vbaProject.bin", b"x")), "macros"),
    ("xlsx-external-link", P, "a.xlsx", workbook(part=("xl/externalLinks/externalLink1.xml", b"<a/>")), "other files"),
    ("xlsx-path-outside", P, "a.xlsx", workbook(part=("../evil.xml", b"<a/>")), "misleading file names"),
    ("xlsx-formula", P, "a.xlsx", workbook(_formula), "formulas"),
    ("xlsx-hidden-sheet", P, "a.xlsx", workbook(_hidden_sheet), "hidden sheets"),
    ("xlsx-two-sheets", P, "a.xlsx", workbook(_second_sheet), "more than one sheet"),
    ("xlsx-merged", P, "a.xlsx", workbook(_merged), "merged"),
    ("xlsx-error-cell", P, "a.xlsx", workbook(_error), "error"),
    ("xlsx-hidden-row", P, "a.xlsx", workbook(_hidden_row), "hidden rows"),
    ("json-duplicate-key", P, "a.json", as_json().replace('"pct"', '"note": "", "pct"', 1), "twice"),
    ("json-trailing", P, "a.json", as_json() + "{}", "after its end"),
    ("json-deep", P, "a.json", "[" * 100_000 + "]" * 100_000, "nested deeper"),
    ("json-nan", P, "a.json", as_json().replace('"57.5"', "NaN"), "no number"),
    ("json-truncated", P, "a.json", as_json()[:-20], "no valid JSON"),
    ("json-huge-number", P, "a.json", as_json().replace('"57.5"', "1e400"), "exponent"),
    ("json-huge-integer", P, "a.json", as_json().replace('"1003"', "9" * 5000), "too large"),
    ("json-nested-cell", P, "a.json", as_json(note=["a"]), "list or an object"),
    ("json-no-rows", P, "a.json", "[]", "no rows"),
    ("json-scalar-rows", P, "a.json", "[1, 2]", "no list of rows"),
    ("xml-doctype", "congress/rollcalls", "a.xml", '<?xml version="1.0"?><!DOCTYPE rollcall-vote [<!ENTITY a "b">]><rollcall-vote>&a;</rollcall-vote>', "document type or entities"),
    ("xml-other-doctype", "congress/rollcalls", "a.xml", '<!DOCTYPE rollcall-vote SYSTEM "http://127.0.0.1/x.dtd"><rollcall-vote/>', "document type"),
    ("xml-clerk-doctype-with-subset", "congress/rollcalls", "a.xml", '<!DOCTYPE rollcall-vote PUBLIC "-//US Congress//DTDs/vote v1.0 20031119 //EN" "../vote.dtd" [<!ENTITY a "b">]><rollcall-vote/>', "document type"),
    ("xml-second-doctype", "congress/rollcalls", "a.xml", '<!DOCTYPE rollcall-vote PUBLIC "-//US Congress//DTDs/vote v1.0 20031119 //EN" "../vote.dtd"><!DOCTYPE a [<!ENTITY a "b">]><rollcall-vote/>', "document type|well-formed"),
    ("xml-truncated", "congress/rollcalls", "a.xml", "<rollcall-vote ><vote-metadata>", "well-formed"),
    ("xml-unknown", "congress/rollcalls", "a.xml", "<something/>", "no XML that feeds"),
    ("xml-deep", "economy/ruble", "a.xml", "<ValCurs>" + "<a>" * 5000 + "</a>" * 5000 + "</ValCurs>", "nested deeper"),
]  # fmt: skip
CELLS: list[tuple[str, str, str, str]] = [
    ("thousands", "n", "1,003", "thousands separator"),
    ("decimal-comma", "pct", "57,5", "decimal comma"),
    ("unicode-minus", "pct", "−5", "dash that is no minus"),
    ("no-break-space", "n", "1\u00a0003", "space in a number"),
    ("thin-space", "n", "1\u2009003", "space in a number"),
    ("leading-space", "pct", " 57.5", "space in a number"),
    ("percent", "pct", "57.5%", "percent sign"),
    ("na", "pct", "NA", "is no number"),
    ("n-a", "pct", "N/A", "is no number"),
    ("nan", "pct", "nan", "is no number"),
    ("dash", "pct", "-", "is no number"),
    ("null-text", "note", "NULL", "missing value"),
    ("inf", "pct", "inf", "is no number"),
    ("exponent", "pct", "1e400", "exponent"),
    ("above-2-53", "n", "9007199254740993", "too large"),
    ("many-digits", "pct", "57.123456789012345678", "more digits"),
    ("arabic-digits", "pct", "٥٧", "digits"),
    ("full-width-digits", "pct", "５７", "digits"),
    ("leading-zero", "n", "01003", "leading zeros"),
    ("plus", "n", "+1003", "plain digits"),
    ("fraction-of-respondent", "n", "1003.5", "whole number"),
    ("hexadecimal", "n", "0x3EB", "is no number"),
    ("underscore", "n", "1_003", "is no number"),
    ("share-above-100", "pct", "101", "above 100"),
    ("share-below-0", "pct", "-1", "below 0"),
    ("american-date", "date", "10/12/2026", "day and month"),
    ("german-date", "date", "12.10.2026", "day and month"),
    ("short-date", "date", "2026-10", "YYYY-MM-DD"),
    ("date-with-time", "date", "2026-10-12T00:00:00", "YYYY-MM-DD"),
    ("no-such-day", "date", "2026-02-30", "no day of the calendar"),
    ("before-1900", "field_start", "1899-12-31", "before 1900"),
    ("future", "date", "2026-12-31", "in the future"),
    ("end-before-start", "field_end", "2026-10-01", "before it starts"),
    ("known-before-observed", "known_on", "2026-10-01", "earlier than the observation"),
    ("unknown-source", "source_id", "nobody-2026", "no registered source"),
    ("unknown-second-source", "source_id_2", "nobody-2026", "no registered source"),
    ("not-allowed", "date_precision", "exact", "not among the allowed"),
    ("boolean", "derived", "yes", "neither true nor false"),
    ("required", "pollster", "", "empty but required"),
    ("bidi", "note", "abc\u202edef", "reading order"),
    ("zero-width", "note", "abc\u200bdef", "invisible"),
    ("soft-hyphen", "pollster", "Exam\u00adple", "invisible"),
    ("formula", "note", "=HYPERLINK(1)", "formula"),
    ("formula-at", "note", "@SUM(A1)", "formula"),
    ("formula-plus", "note", "+cmd|' /C calc'!A0", "formula"),
    ("script-tag", "note", "<script>alert(1)</script>", "markup"),
    ("image-tag", "note", "<img src=x onerror=alert(1)>", "markup"),
    ("entity", "note", "&lt;b&gt;", "markup"),
    ("javascript", "note", "see [here](javascript:alert(1))", "run a program"),
    ("javascript-spaced", "note", "JaVaScRiPt :alert(1)", "run a program"),
    ("mixed-alphabet", "pollster", "Exаmple Institute", "alphabets"),
    ("replacement", "note", "caf\ufffd", "lost when the file was saved"),
    ("trailing-space", "response", "as-long-as-it-takes ", "begins or ends with a space"),
    ("not-composed", "note", "cafe\u0301", "NFC"),
    ("endless", "note", "x" * 5000, "characters"),
]
ROWS: list[tuple[str, str, str, str]] = [
    ("duplicate-key", P, text_of([*POLLS, POLL]), "same key as line 2"),
    ("shares-over-101", P, text_of([POLL, {**POLL, "response": "other", "pct": "44"}]), "brings the sum"),
    ("case-differs", P, poll(pollster="KIIS", series="x").replace("KIIS", "kiis"), "differs from 'KIIS'"),
    ("totals", "congress/rollcalls", text_of([{**ROLLCALL, "yea": "301"}]), "parties' sum"),
    ("house-436", "congress/rollcalls", text_of([{**ROLLCALL, "not_voting": "5"}]), "436 votes"),
    ("house-450-amendment", "congress/rollcalls", text_of([{**ROLLCALL, "amendment": "Amendment No. 1", "not_voting": "19", "r_not_voting": "17"}]), "450 votes"),
    ("senate-103", "congress/rollcalls", text_of([{**ROLLCALL, "chamber": "senate", "vote_id": "s9-119.2026"}]), "seats"),
    ("delegates", "congress/rollcalls", text_of([{**ROLLCALL, "r_yea_excl_delegates": "91"}]), "more than with delegates"),
    ("bad-link", "congress/rollcalls", text_of([{**ROLLCALL, "official_url": "javascript:alert(1)"}]), "no http or https"),
    ("link-with-login", "congress/rollcalls", text_of([{**ROLLCALL, "official_url": "https://a:b@clerk.house.gov/"}]), "log-in"),
    ("file-link", "congress/rollcalls", text_of([{**ROLLCALL, "official_url": "file:///etc/passwd"}]), "no http or https"),
    ("area", "battlefield/territory", text_of([{**AREA, "value": "700000"}]), "larger than Ukraine"),
    ("area-thousandfold", "battlefield/territory", text_of([{**AREA, "value": "116"}]), "out of scale"),
    ("rate-thousandfold", "economy/ruble", text_of([{**RATE, "value": "0.0805"}]), "below 1"),
    ("rate-jump", "economy/ruble", text_of([{**RATE, "value": "180.5"}]), "out of scale"),
    ("rate-unit", "economy/ruble", text_of([{**RATE, "unit": "kopecks per unit of currency"}]), "is not the unit"),
]  # fmt: skip
CASES = [
    *((name, table, file, content, rule) for name, table, file, content, rule in SHAPE),
    *((f"cell-{name}", P, "a.csv", poll(**{column: value}), rule) for name, column, value, rule in CELLS),
    *((f"row-{name}", table, "a.csv", content, rule) for name, table, content, rule in ROWS),
]


@pytest.mark.parametrize(("table", "file", "content", "rule"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_broken_file_is_refused(
    shared_data: Path, tmp_path: Path, table: str, file: str, content: str | bytes, rule: str
) -> None:
    raw = content.encode() if isinstance(content, str) else content
    path = tmp_path / file
    path.write_bytes(raw)
    before = state(shared_data)
    with pytest.raises(DataError) as first:
        planned(shared_data, table, path)
    message = str(first.value)
    assert any(part in message for part in rule.split("|")), message
    assert all(one.file == file and one.rule and one.remedy for one in first.value.problems)
    with pytest.raises(DataError) as second:
        planned(shared_data, table, path)
    assert str(second.value) == message, "the same input gave another message"
    assert state(shared_data) == before, "a refused file changed the data"
    if raw:
        kept = shared_data / ".quarantine" / hashlib.sha256(raw).hexdigest()
        assert kept.read_bytes() == raw
        assert json.loads(kept.with_name(kept.name + ".json").read_text())["problems"] == len(first.value.problems)


@pytest.mark.parametrize(("name", "column", "value"), [(n, c, v) for n, c, v, _ in CELLS], ids=[c[0] for c in CELLS])
def test_a_bad_cell_is_named_with_its_line_and_column(
    shared_data: Path, tmp_path: Path, name: str, column: str, value: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(poll(**{column: value}), encoding="utf-8")
    with pytest.raises(DataError) as refused:
        planned(shared_data, P, path)
    assert any(one.row == 2 and one.column == column and one.value == value for one in refused.value.problems)


def test_the_good_file_is_accepted(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOD, encoding="utf-8")
    plan = planned(shared_data, P, path)
    assert [len(one.new) for one in plan.comparisons] == [3]
    assert plan.conflicts == 0


@pytest.mark.parametrize("table", [ROLLCALL, AREA, RATE], ids=["rollcall", "area", "rate"])
def test_the_undamaged_rows_are_accepted(shared_data: Path, tmp_path: Path, table: dict[str, str]) -> None:
    name = {"vote_id": "congress/rollcalls", "measure": "battlefield/territory"}.get(
        next((one for one in ("vote_id", "measure") if one in table), ""), "economy/ruble"
    )
    path = tmp_path / "a.csv"
    path.write_text(text_of([table]), encoding="utf-8")
    assert len(planned(shared_data, name, path).comparisons[0].new) == 1


def test_a_good_workbook_and_json_are_accepted(shared_data: Path, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook())
    (tmp_path / "a.json").write_text(json.dumps([{k: v or None for k, v in row.items()} for row in POLLS]))
    (tmp_path / "b.csv").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    found = [planned(shared_data, P, tmp_path / name).comparisons[0].new for name in ("a.xlsx", "a.json", "b.csv")]
    assert found[0] == found[1] == found[2]
    assert len(found[0]) == 3


def test_all_problems_are_listed_the_first_fifty_shown(shared_data: Path, tmp_path: Path) -> None:
    rows = [{**POLL, "response": f"answer-{i}", "pct": "abc"} for i in range(80)]
    path = tmp_path / "a.csv"
    path.write_text(text_of(rows), encoding="utf-8")
    with pytest.raises(DataError) as refused:
        planned(shared_data, P, path)
    assert len(refused.value.problems) == 80
    assert str(refused.value).startswith("80 problems")
    assert str(refused.value).endswith("… and 30 more")


def test_a_message_is_short_and_harmless_on_a_terminal(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{**POLL, "note": "x" * 1_000_000, "no\x1b[2Jte": "y"}]))
    with pytest.raises(DataError) as refused:
        planned(shared_data, P, path)
    path.write_text(json.dumps([{**POLL, "note": "x" * 1_000_000}]))
    with pytest.raises(DataError) as too_long:
        planned(shared_data, P, path)
    assert "\x1b" not in str(refused.value)
    assert r"no\x1b[2Jte" in str(refused.value)
    assert "(1,000,000 characters)" in str(too_long.value)
    assert len(str(too_long.value)) < 500


def test_a_quoted_quote_is_text(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(poll(note='the "real" answer'), encoding="utf-8")
    assert planned(shared_data, P, path).comparisons[0].new[0]["note"] == 'the "real" answer'


@pytest.mark.parametrize("name", ["polls", "Resolve/Polls", "data/resolve/polls.csv", "resolve/pols"])
def test_a_table_that_was_probably_meant_is_suggested(shared_data: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"Did you mean .*resolve/polls"):
        planned(shared_data, name, tmp_path / "a.csv")


def test_a_file_of_another_kind_is_named(shared_data: Path) -> None:
    with pytest.raises(DataError, match="looks like congress-json, which feeds congress/rollcalls"):
        planned(shared_data, "economy/ruble", FIXTURES / "data.json")


def test_a_truncated_number_at_the_end_is_noticed(shared_data: Path, tmp_path: Path) -> None:
    columns = [c for c in POLL if c != "pct"] + ["pct"]
    path = tmp_path / "a.csv"
    path.write_text(text_of(POLLS, columns).rstrip("\n"), encoding="utf-8")
    with pytest.raises(DataError, match="digits may be cut off"):
        planned(shared_data, P, path)


def test_unknown_tables_files_and_formats_are_wrong_usage(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(GOOD, encoding="utf-8")
    for table, file, form in (
        ("resolve/poll", path, ""),
        (P, tmp_path / "none.csv", ""),
        (P, tmp_path, ""),
        (P, path, "x"),
    ):
        with pytest.raises(UsageError):
            planned(shared_data, table, file, format=form)


def test_four_times_the_rows_take_about_four_times_the_work(shared_data: Path, tmp_path: Path) -> None:
    def work(count: int) -> int:
        """Lines of Python run for a file of so many rows."""
        rows = [{**POLL, "poll_id": f"example-{i}", "pct": str(i % 30 + 40)} for i in range(count)]
        path = tmp_path / f"{count}.csv"
        path.write_text(text_of(rows), encoding="utf-8")
        lines = 0

        def trace(frame: object, event: str, argument: object) -> object:
            nonlocal lines
            lines += event == "line"
            return trace

        before = sys.gettrace()
        sys.settrace(trace)  # type: ignore[arg-type]
        try:
            plan = planned(shared_data, P, path)
        finally:
            sys.settrace(before)
        assert len(plan.comparisons[0].new) == count
        return lines

    fixed = work(1)  # our own tables are read whatever the file holds
    few, many = work(500) - fixed, work(2_000) - fixed
    assert many < 4.5 * few
