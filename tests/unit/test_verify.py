"""Comparing builds: equal folders are equal, and a difference is told with its file and first place."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from casefile.press.site import clock
from casefile.press.verify import THERE, Report, cause, compare, environment, json_difference, verify


def two(folder: Path, name: str, a: bytes, b: bytes) -> Report:
    for side, content in (("a", a), ("b", b)):
        (folder / side).mkdir()
        (folder / side / name).write_bytes(content)
    return compare({"site": (folder / "a", folder / "b")})


def test_equal_folders_are_equal(tmp_path: Path) -> None:
    report = two(tmp_path, "page.html", b"same", b"same")
    assert report.differences == {}
    assert report.text() == "Byte by byte the same: 1 file (1 in site)."


def test_a_text_file_differs_at_a_line_and_column(tmp_path: Path) -> None:
    report = two(tmp_path, "page.html", b"one\ntwo", b"one\ntwx")
    assert report.differences["site/page.html"].startswith("line 2, column 3:")


def test_a_json_file_differs_at_a_path(tmp_path: Path) -> None:
    a, b = ({"verdicts": [{"rating": "mixed"}, {"rating": word}]} for word in ("supported", "contradicted"))
    report = two(tmp_path, "ledger.json", json.dumps(a).encode(), json.dumps(b).encode())
    assert report.differences["site/ledger.json"].startswith("$.verdicts[1].rating, line 1, column 1: 'supported'")


def test_json_that_differs_only_in_its_spelling_is_told_by_line(tmp_path: Path) -> None:
    report = two(tmp_path, "x.json", b'{"a": 1}', b'{"a":1}')
    assert report.differences["site/x.json"].startswith("line 1, column 6")


def test_a_binary_file_differs_at_a_byte(tmp_path: Path) -> None:
    report = two(tmp_path, "book.pdf", b"\xff\x00\x01", b"\xff\x00\x02")
    assert report.differences["site/book.pdf"] == "byte 2 (3 and 3 bytes long)"


def test_an_archive_differs_at_the_file_inside(tmp_path: Path) -> None:
    for name, word in (("a", "one"), ("b", "two")):
        (tmp_path / name).mkdir()
        with zipfile.ZipFile(tmp_path / name / "book.epub", "w") as archive:
            archive.writestr("index.xhtml", word)
    report = compare({"exports": (tmp_path / "a", tmp_path / "b")})
    assert report.differences["exports/book.epub"].startswith("index.xhtml, line 1, column 1")


@pytest.mark.parametrize(
    ("a", "b", "why"),
    [
        ("at /x/book", "at /y/another folder/book", "the folder of the build is in it"),
        ("by root", "by somebody", "the name of the user is in it"),
        ("{'a', 'b'}", "{'b', 'a'}", "another order"),
        ("made 2026-01-01 10:00:00", "made 2026-01-02 23:59:59", "a clock"),
        ("x=15.9;", "x=15.900000000000002;", "arithmetic"),
        ("one", "two", ""),
    ],
)
def test_the_cause_of_a_difference_is_told_where_it_shows(a: str, b: str, why: str) -> None:
    assert why in cause(a, b)
    assert bool(why) == bool(cause(a, b))


def test_the_report_names_the_conditions_of_the_second_build(tmp_path: Path) -> None:
    said = two(tmp_path, "page.html", b"by root", b"by somebody").text()
    assert "[the name of the user is in it]" in said
    assert "TZ=Pacific/Chatham" in said


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "x.txt").write_text("x")
    assert compare({"site": (tmp_path / "a", tmp_path / "b")}).differences == {
        "site/x.txt": "is only in the first build"
    }


@pytest.mark.parametrize(("a", "b"), [(1, True), (1.0, 1), ("1", 1), (None, 0)])
def test_values_of_another_type_differ(a: object, b: object) -> None:
    assert json_difference({"x": a}, {"x": b}) is not None


def test_lists_of_another_length_differ() -> None:
    assert json_difference([1], [1, 2]) == "$ has 1 and 2 entries"


def test_the_second_build_sees_nothing_of_this_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CASEFILE_SECRET", "x")
    env = environment(THERE, tmp_path, tmp_path / "src")
    assert "CASEFILE_SECRET" not in env
    assert env["HOME"] == str(tmp_path)


def test_the_second_build_has_the_same_clock_or_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert "SOURCE_DATE_EPOCH" not in environment(THERE, tmp_path, tmp_path / "src")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert environment(THERE, tmp_path, tmp_path / "src")["SOURCE_DATE_EPOCH"] == "1700000000"


def test_a_build_leaves_no_clock_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    with clock():
        assert os.environ["SOURCE_DATE_EPOCH"] == "1696809600"
    assert "SOURCE_DATE_EPOCH" not in os.environ


def test_a_clock_that_was_given_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    with clock():
        assert os.environ["SOURCE_DATE_EPOCH"] == "1700000000"
    assert os.environ["SOURCE_DATE_EPOCH"] == "1700000000"


@pytest.mark.slow
def test_ledgers_made_under_other_conditions_are_the_same() -> None:
    assert verify(quick=True, data_dir=None, keep=False, say=lambda text: None).differences == {}
