"""Where a claim's own record ends, its spans end too: news elsewhere moves nothing, and silence is not calm."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from casefile.evidence.library import Library
from casefile.model import AS_OF_CHECKED
from casefile.verdicts.engine import Court

BY_CALENDAR = {"economy-defence-share"}  # the budget of the year under way changes with the year
LATER = 200  # days: longer than a quarter, so that spans of months and years would move


@pytest.fixture(scope="module")
def shown() -> dict[str, dict[str, object]]:
    court = Court(Library())
    return {name: _values(court, name, court.library.newest) for name in court.claims}


def _values(court: Court, claim: str, day: date) -> dict[str, object]:
    return {one.id: one.value for one in court.verdict(claim, day, robust=False).findings}


@pytest.mark.parametrize("table", ["economy/ruble", "resolve/polls", "congress/statements", "battlefield/oryx"])
def test_a_later_row_of_one_table_moves_no_claim_that_does_not_read_it(
    table: str, shown: dict[str, dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(AS_OF_CHECKED, "1")  # the day lies ahead of some clocks
    library = Library()
    rows = library.whole(table)
    newest = rows.iloc[[int(rows["known_on"].to_numpy().argmax())]].copy()
    day = library.newest + timedelta(days=LATER)
    newest["known_on"] = newest["date"] = pd.Timestamp(day)
    newest["row"] = newest["row"] + "-later"
    library._tables[table] = pd.concat([rows, newest], ignore_index=True)
    court = Court(library)
    apart = [one.id for one in court.claims.values() if table not in one.tables and one.id not in BY_CALENDAR]
    assert len(apart) > 15
    for claim in apart:
        assert _values(court, claim, day) == shown[claim], claim
