"""Downloads: safe in a spreadsheet, numbers stay numbers, and complete about themselves."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pandas as pd
import pytest
from figures_samples import party_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.figures.downloads import csv_text, metadata
from casefile.figures.registry import charts_of, declared_charts

CHART = party_lines()


def rows(table: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_text(replace(CHART, data=table)), newline="")))


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_formula_like_text_is_escaped(start: str) -> None:
    assert rows(pd.DataFrame({"x": [start]}))[1] == ["'" + start.replace("\r", "\n")]


def test_formula_like_headings_are_escaped() -> None:
    assert rows(pd.DataFrame({"=x": [1]}))[0] == ["'=x"]


def test_negative_numbers_stay_numbers() -> None:
    assert rows(pd.DataFrame({"x": [-1.5, -2.0]}))[1:] == [["-1.5"], ["-2"]]


def test_gaps_are_empty_cells() -> None:
    table = pd.DataFrame({"x": [1.0, None], "d": pd.to_datetime(["2023-10-09", None]), "b": pd.array([True, None])})
    assert rows(table)[1:] == [["1", "2023-10-09", "true"], ["", "", ""]]


def test_lines_end_with_a_newline_only() -> None:
    text = csv_text(CHART)
    assert "\r" not in text
    assert text.endswith("\n")


@settings(deadline=None)
@given(st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_no_cell_of_text_can_run(texts: list[str]) -> None:
    for row in rows(pd.DataFrame({"x": texts, "n": -1}))[1:]:
        assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
        assert row[1] == "-1"


def test_metadata_is_json_with_everything_a_reader_needs() -> None:
    found = json.loads(json.dumps(metadata(CHART)))
    assert {"title", "units", "sources", "method", "as_of", "last_date"} <= set(found)
    assert found["last_date"] == "2026-05-01"
    assert found["rows"] == len(CHART.data)


def test_a_pillar_without_charts_declares_none() -> None:
    assert charts_of("nowhere") == {}


def test_declared_charts_have_names() -> None:
    assert all(names and all(names) for names in declared_charts().values())
