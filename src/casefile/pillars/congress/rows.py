"""Rows of a table, sliced without copying: a column is read only when an analysis asks for it.

A boolean slice of a data frame copies every column; the analyses slice often and read few columns, and each runs
hundreds of times for a timeline. Change back to plain frames when pandas slices wide tables of text lazily.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np
import pandas as pd

from casefile.evidence.picked import Picked
from casefile.model import Finding
from casefile.pillars import findings

Array = np.ndarray[Any, Any]


class Rows:
    """A selection of rows of one table: `rows["column"]` is an array, `rows.where(mask)` a smaller selection."""

    __slots__ = ("_at", "_picked")

    def __init__(self, rows: Picked | pd.DataFrame, at: Array | None = None) -> None:
        self._picked = Picked.of(rows)
        self._at = at

    def __eq__(self, other: object) -> bool:
        """The same rows of the same selection of a table."""
        return isinstance(other, Rows) and self._picked is other._picked and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((id(self._picked), self._key()))

    def _key(self) -> bytes | None:
        return None if self._at is None else self._at.tobytes()

    @property
    def columns(self) -> Any:
        return self._picked.columns

    def __len__(self) -> int:
        return len(self._picked) if self._at is None else len(self._at)

    def __getitem__(self, column: str) -> Array:
        whole = self._picked[column]
        return whole if self._at is None else whole[self._at]

    def __iter__(self) -> Iterator[One]:
        return (One(self, place) for place in range(len(self)))

    def one(self, place: int = -1) -> One:
        """A single row, the last by default."""
        return One(self, range(len(self))[place])

    def take(self, places: Any) -> Rows:
        """The rows at these places, in their order."""
        chosen = np.asarray(places, dtype=np.intp)
        return Rows(self._picked, chosen if self._at is None else self._at[chosen])

    def where(self, mask: Any) -> Rows:
        """The rows for which `mask` is true."""
        return self.take(np.flatnonzero(mask))

    def last(self, count: int = 1) -> Rows:
        return self.take(range(max(len(self) - count, 0), len(self)))

    def first(self, count: int = 1) -> Rows:
        return self.take(range(min(count, len(self))))

    def among(self, column: str, values: Any) -> Array:
        """Mask of the rows whose `column` is one of `values`."""
        wanted = frozenset(values)
        return np.fromiter((value in wanted for value in self[column]), dtype=bool, count=len(self))


class One:
    """One row of a selection, read by column name; dates as pandas timestamps."""

    __slots__ = ("_place", "_rows")

    def __init__(self, rows: Rows, place: int) -> None:
        self._rows = rows
        self._place = place

    def __getitem__(self, column: str) -> Any:
        value = self._rows[column][self._place]
        return pd.Timestamp(value) if isinstance(value, np.datetime64) else value


def moment(day: Any) -> np.datetime64:
    """An ISO day or a timestamp as a numpy moment, to compare date columns with."""
    return np.datetime64(pd.Timestamp(day).to_datetime64())


def finding(
    claim: str,
    name: str,
    label: str,
    value: Any,
    unit: str,
    sentence: str,
    method: Callable[..., Any],
    rows: Rows | list[Rows],
    **more: Any,
) -> Finding:
    """State a finding on selections of rows; see `casefile.pillars.findings.finding`."""
    return findings.finding(claim, name, label, value, unit, sentence, method, cast(Any, rows), **more)
