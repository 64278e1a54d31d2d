"""Rows by position: the same rows as slices of frames, and nothing of rows that were not picked."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from casefile.errors import UsageError
from casefile.evidence.library import Evidence, Library
from casefile.evidence.picked import Picked, Sheet
from casefile.model import ARTICLE_DATE
from casefile.paths import DATA

LIBRARY = Library(DATA)


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "row": ["a", "b", "c", "d"],
            "source_id": ["x", "x", "y", "x"],
            "source_id_2": ["", "y", "", "x"],
            "date": pd.to_datetime(["2023-01-01", "", "2023-03-01", "2023-02-01"]),
        }
    )


@pytest.mark.parametrize("table", sorted(LIBRARY.descriptors))
def test_picked_rows_are_those_of_the_table(table: str) -> None:
    evidence = LIBRARY.at(ARTICLE_DATE)
    assert evidence.picked(table).values("row") == evidence.table(table)["row"].tolist()


def test_a_row_with_another_source_of_its_own_stays_without_the_first() -> None:
    assert Sheet(frame()).without(frozenset({"x"})).tolist() == [False, True, True, False]


def test_a_row_goes_when_both_of_its_sources_are_left_out() -> None:
    assert Sheet(frame()).without(frozenset({"x", "y"})).tolist() == [False, False, False, False]


def test_an_unknown_date_does_not_hide_the_newest() -> None:
    assert Sheet(frame()).cited([0, 1, 3])["date"].max() == pd.Timestamp("2023-02-01")


def test_positions_of_the_sheet_are_found_among_the_picked() -> None:
    whole = Picked.of(frame())
    some = Picked(whole.sheet, whole.at[[0, 2, 3]])
    assert some.among([3, 1, 2]).tolist() == [1, 2]


def test_days_with_the_same_rows_share_what_is_derived() -> None:
    first, second = (LIBRARY.known("aims/positions", date(2023, 10, day)) for day in (9, 9))
    assert first is second


def test_evidence_with_an_invented_row_picks_it_too() -> None:
    evidence: Evidence = LIBRARY.at(ARTICLE_DATE)
    row = {str(name): value for name, value in evidence.table("opinion/polls").iloc[0].items()}
    more = evidence.with_row("opinion/polls", {**row, "row": "opinion/polls:invented"})
    assert more.picked("opinion/polls").values("row")[-1] == "opinion/polls:invented"


@pytest.mark.parametrize("table", sorted(LIBRARY.descriptors))
def test_made_up_rows_stand_in_columns_as_they_would_in_a_frame(table: str) -> None:
    """The last row twice more: columns, values and places are those of a table that always held these rows."""
    evidence = LIBRARY.at(LIBRARY.newest)
    own = evidence.picked(table)
    row = {name: own.sheet.values(name)[own.places[-1]] for name in own.columns} | {"row": f"{table}:invented"}
    grown = evidence.with_row(table, row).with_row(table, row).picked(table)
    held = Sheet(pd.concat([own.sheet.frame, pd.DataFrame([row, row]).astype(own.sheet.frame.dtypes.to_dict())]))
    assert len(grown) == len(own) + 2
    assert len(grown.sheet) == len(held)
    for name in own.columns:
        assert grown.sheet.array(name).dtype == held.array(name).dtype
        assert repr(grown.sheet.array(name).tolist()) == repr(held.array(name).tolist())
        assert repr(grown.sheet.values(name)) == repr(held.values(name))
    for name in ("row", "source_id"):
        assert grown.sheet.index(name) == held.index(name)
    assert grown.sheet.frame.dtypes.to_dict() == held.frame.dtypes.to_dict()
    assert evidence.picked(table) is own  # the evidence without the rows is as it was


def test_a_made_up_row_that_lacks_a_column_is_refused() -> None:
    evidence = LIBRARY.at(ARTICLE_DATE)
    with pytest.raises(UsageError, match=r"without .*pct"):
        evidence.with_row("opinion/polls", {"row": "opinion/polls:invented"})


def test_a_part_is_the_same_object_for_all_selections_that_agree_on_it() -> None:
    frame = pd.DataFrame({"row": ["a", "b", "c", "d"], "kind": ["x", "y", "x", "z"]})
    sheet = Sheet(frame)
    whole, fewer, other = (Picked(sheet, np.array(at)) for at in ([0, 1, 2, 3], [0, 2, 3], [0, 1]))
    assert whole.part("kind", "x") is fewer.part("kind", "x")
    assert whole.part("kind", "x") is not other.part("kind", "x")
    assert whole.part("kind", "x").at.tolist() == [0, 2]
    assert whole.part("kind", "z", "x").at.tolist() == [0, 2, 3]
    assert len(fewer.part("kind", "y")) == len(whole.part("kind", "none such")) == 0
