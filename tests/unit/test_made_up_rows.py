"""Made-up rows join what was read of a table: the same lines as if the longer table had been read from the start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from casefile.evidence.library import Library
from casefile.evidence.picked import Extended, Sheet
from casefile.paths import DATA
from casefile.pillars.economy import records
from casefile.pillars.economy.outlook import _all_by_vintage
from casefile.pillars.opinion import waves as opinion
from casefile.pillars.resolve import waves as resolve

LIBRARY = Library(DATA)


def extended(table: str, **changed: Any) -> tuple[Extended, Sheet]:
    """A table with its last row once more and once changed, then a third on top of both; and the same as one table."""
    base = LIBRARY.sheet(table)
    last = {name: base.values(name)[-1] for name in base.columns}
    once = Extended(base, [{**last, "row": "again"}, {**last, **changed, "row": "changed"}])
    twice = Extended(once, [{**last, "row": "on top"}])
    return twice, Sheet(twice.frame)


@pytest.mark.parametrize("changed", [{"pct": 3.0}, {"series": "a-new-series"}, {"pct": float("nan")}])
def test_lines_of_american_polls(changed: dict[str, Any]) -> None:
    sheet, whole = extended("opinion/polls", **changed)

    def told(one: Sheet) -> list[Any]:
        lines = one.derived(opinion._all_waves)
        return [(key, [(w.day, w.pct, w.variance, w.place) for w in line.waves]) for key, line in lines.items()]

    assert told(sheet) == told(whole)
    base = LIBRARY.sheet("opinion/polls").derived(opinion._all_waves)
    shared = [key for key, line in sheet.derived(opinion._all_waves).items() if base.get(key) is line]
    assert len(shared) == len(base) - 1


@pytest.mark.parametrize("changed", [{"pct": 3.0}, {"series": "a-new-series"}])
def test_lines_of_polls_in_ukraine(changed: dict[str, Any]) -> None:
    table = resolve.TABLE
    sheet, whole = extended(table, **changed)

    def told(one: Sheet) -> list[Any]:
        return [(series, [repr(cell) for cell in line.cells]) for series, line in one.derived(resolve._lines).items()]

    assert told(sheet) == told(whole)
    base = LIBRARY.sheet(table).derived(resolve._lines)
    shared = [series for series, line in sheet.derived(resolve._lines).items() if base.get(series) is line]
    assert len(shared) == len(base) - 1


@pytest.mark.parametrize("changed", [{"value": 3.0}, {"date": pd.Timestamp("2022-06-01")}])
@pytest.mark.parametrize("read", [records.all_records, _all_by_vintage])
def test_records_of_the_economy(read: Callable[[Sheet], list[Any]], changed: dict[str, Any]) -> None:
    sheet, whole = extended("economy/macro", **changed)
    assert [repr(one) for one in sheet.derived(read)] == [repr(one) for one in whole.derived(read)]
