"""No hindsight: nothing that became known after `as_of` can touch a finding or a verdict at `as_of`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casefile.evidence.library import Library
from casefile.model import ARTICLE_DATE
from casefile.paths import DATA
from casefile.verdicts.engine import Court

TABLES = sorted(Library(DATA).descriptors)
AS_OF = [date(2022, 9, 30), ARTICLE_DATE, date(2024, 6, 30), date(2025, 12, 31)]


def findings(library: Library, as_of: date, table: str) -> dict[str, Any]:
    """All findings and ratings that may read `table`, as plain values."""
    court = Court(library)
    shown: dict[str, Any] = {}
    for claim in court.claims.values():
        if table in claim.tables:
            verdict = court.judge(claim, library.at(as_of), robust=False)
            shown[claim.id] = (verdict.rating, verdict.score, verdict.findings)
    return shown


@pytest.fixture(scope="module")
def honest() -> dict[tuple[date, str], dict[str, Any]]:
    library = Library(DATA)
    return {(day, table): findings(library, day, table) for day in AS_OF for table in TABLES}


@pytest.mark.parametrize("as_of", AS_OF, ids=str)
@pytest.mark.parametrize("table", TABLES)
def test_removing_every_later_row_changes_nothing(table: str, as_of: date, honest: dict[Any, Any]) -> None:
    library = Library(DATA)
    whole = library.whole(table)
    library._tables[table] = whole[whole["known_on"] <= pd.Timestamp(as_of)].reset_index(drop=True)
    assert findings(library, as_of, table) == honest[as_of, table]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_adding_or_changing_later_rows_changes_nothing(data: st.DataObject, honest: dict[Any, Any]) -> None:
    table = data.draw(st.sampled_from(TABLES), label="table")
    as_of = data.draw(st.sampled_from(AS_OF), label="as_of")
    later = data.draw(st.integers(1, 700), label="days later")
    library = Library(DATA)
    whole = library.whole(table)
    row = whole.iloc[[data.draw(st.integers(0, len(whole) - 1), label="row")]].copy()
    row["known_on"] = pd.Timestamp(as_of + timedelta(days=later))
    row["row"] = f"{table}:invented"
    numbers = [column for column in whole.columns if whole[column].dtype == "float64"]
    for column in numbers:
        row[column] = data.draw(st.floats(-1e6, 1e6, allow_nan=False), label=column)
    hidden = whole["known_on"] > pd.Timestamp(as_of)
    changed = whole.copy()
    for column in numbers:
        changed.loc[hidden, column] = changed.loc[hidden, column] * 3 + 1
    library._tables[table] = pd.concat([changed, row], ignore_index=True)
    assert findings(library, as_of, table) == honest[as_of, table]


@pytest.mark.parametrize("table", TABLES)
def test_every_row_says_when_and_how_it_became_known(table: str) -> None:
    frame = Library(DATA).whole(table)
    assert frame["known_on"].notna().all()
    assert set(frame["known_on_basis"]) <= {"same-day", "publication", "vintage", "lag", "dataset-run"}


@pytest.mark.parametrize("table", TABLES)
def test_an_estimated_day_is_never_before_the_observation(table: str) -> None:
    frame = Library(DATA).whole(table)
    if "date" in frame.columns:
        estimated = frame[frame["known_on_basis"] == "lag"]
        assert (estimated["known_on"] >= estimated["date"]).all()
