"""Tables as numpy columns: an analysis runs many times, and cutting wide frames would be most of its time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked, Sheet


class Columns:
    """One table: `columns["name"]` is a numpy array (dates in days, gaps in text ""); `show` gives rows for a
    finding."""

    def __init__(self, picked: Picked) -> None:
        self._picked = picked
        self._whole = picked.sheet.derived(_Whole)
        self._arrays: dict[str, np.ndarray[Any, Any]] = {}
        self._equal: dict[tuple[str, str], np.ndarray[Any, Any]] = {}

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        if name not in self._arrays:
            self._arrays[name] = self._whole[name][self._picked.at]
        return self._arrays[name]

    def equal(self, name: str, value: str) -> np.ndarray[Any, Any]:
        """Where a column of text equals a word; kept for the next who asks, so not to be changed."""
        if (name, value) not in self._equal:
            self._equal[name, value] = equal(self[name], value)
        return self._equal[name, value]

    def __len__(self) -> int:
        return len(self._picked)

    @property
    def names(self) -> tuple[str, ...]:
        return self._picked.columns

    def where(self, mask: np.ndarray[Any, Any]) -> list[int]:
        """The positions at which `mask` holds, by date and then row id: the order of rows in the file is no matter."""
        found = np.flatnonzero(mask)
        order: list[int] = found[np.argsort(self._whole.rank[self._picked.at[found]])].tolist()
        return order

    def show(self, places: Iterable[int]) -> pd.DataFrame:
        """The rows at these positions as `finding` wants them."""
        at = self._picked.places
        return self._picked.sheet.cited(at[place] for place in places)

    def day(self, at: int) -> date:
        """The date of the row at one position."""
        found: date = self["date"][at].item()
        return found


class _Whole:
    """The columns of a whole table as analyses want them, and the place of each row by date and row id."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._arrays: dict[str, np.ndarray[Any, Any]] = {}

    @cached_property
    def rank(self) -> np.ndarray[Any, Any]:
        days, ids = self["date"], self["row"]
        order = sorted(range(len(self._sheet)), key=lambda at: (days[at], ids[at]))
        found = np.empty(len(order), dtype=np.intp)
        found[order] = np.arange(len(order))
        return found

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        if name not in self._arrays:
            self._arrays[name] = _array(self._sheet, name)
        return self._arrays[name]


def columns(ev: Evidence, name: str) -> Columns:
    """The rows of one table known on the day, as columns; made once for as long as that evidence lives."""
    return ev.picked(name).derived(Columns)


def _array(sheet: Sheet, name: str) -> np.ndarray[Any, Any]:
    column = sheet.array(name)
    if column.dtype.kind == "M":
        return column.astype("datetime64[D]")
    if sheet.is_truth(name):  # a gap counts as no
        return np.fromiter((one is not pd.NA and bool(one) for one in column), dtype=bool, count=len(column))
    return column


def equal(column: np.ndarray[Any, Any], value: object) -> np.ndarray[Any, Any]:
    """Where a column of text equals a word."""
    return np.asarray(column == value, dtype=bool)


def among(column: np.ndarray[Any, Any], values: Iterable[str]) -> np.ndarray[Any, Any]:
    """Where a column of text is one of several words."""
    wanted = frozenset(values)
    return np.fromiter((one in wanted for one in column), dtype=bool, count=len(column))
