"""Citing many small sets of rows cheaply: what a finding keeps of a table, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from casefile.evidence.picked import Picked, Sheet
from casefile.model import Finding, ordered
from casefile.pillars.findings import Words, citing, finding


@dataclass(frozen=True)
class Table:
    """Ids, producers, sources and days (ISO) of the rows of one table, in its order."""

    row: list[str]
    origin: list[str]
    source: list[str]
    second: list[str]
    day: list[str]

    def at(self, places: Iterable[int]) -> Cited:
        """Some of the rows, by where they stand."""
        return Cited(self, tuple(places))


@dataclass(frozen=True)
class Cited:
    """Rows of one table that a finding rests on."""

    table: Table
    places: tuple[int, ...]


def read(rows: Picked | pd.DataFrame) -> Table:
    """What findings cite of a table: the whole sheet that the rows were picked from, as places are counted in it."""
    return Picked.of(rows).sheet.derived(_table)


def _table(sheet: Sheet) -> Table:
    row, origin, source, second = (sheet.values(name) for name in ("row", "origin", "source_id", "source_id_2"))
    days = sheet.array("date").astype("datetime64[D]").astype(str).tolist()
    return Table(row, origin, source, second, days)


def stated(
    claim: str,
    name: str,
    label: str,
    value: float | bool | str | None,
    unit: str,
    sentence: Words,
    method: Callable[..., Any],
    rows: Cited | Sequence[Cited],
    **more: Any,
) -> Finding:
    """The same as `casefile.pillars.findings.finding`, from rows read once instead of slices of a table."""
    plain = finding(claim, name, label, value, unit, sentence, method, [], **more)
    if not citing():
        return plain
    pairs = [(one.table, place) for one in ([rows] if isinstance(rows, Cited) else rows) for place in one.places]
    sources = [source for table, place in pairs for source in (table.source[place], table.second[place]) if source]
    return replace(
        plain,
        rows=ordered(table.row[place] for table, place in pairs),
        sources=ordered(sources),
        origins=ordered(table.origin[place] for table, place in pairs),
        date=max((table.day[place] for table, place in pairs), default=None),
    )
