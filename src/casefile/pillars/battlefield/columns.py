"""Tables as numpy columns: an analysis runs many times, and cutting wide frames would be most of its time."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence

_SHOWN = ("row", "origin", "source_id", "source_id_2", "date")


class Columns:
    """One table: `columns["name"]` is a numpy array (dates in days, gaps in text ""); `show` gives rows for a
    finding."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._arrays = {str(name): _array(frame[name]) for name in frame.columns}
        self._shown = frame[[name for name in _SHOWN if name in frame.columns]]

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        return self._arrays[name]

    def __len__(self) -> int:
        return len(self._shown)

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(self._arrays)

    def where(self, mask: np.ndarray[Any, Any]) -> list[int]:
        """The positions at which `mask` holds, by date and then row id: the order of rows in the file is no matter."""
        days, ids = self["date"], self["row"]
        return sorted(np.flatnonzero(mask).tolist(), key=lambda at: (days[at], ids[at]))

    def show(self, places: Iterable[int]) -> pd.DataFrame:
        """The rows at these positions as `finding` wants them."""
        return self._shown.iloc[list(places)]

    def day(self, at: int) -> date:
        """The date of the row at one position."""
        found: date = self["date"][at].item()
        return found


_KEPT: dict[int, tuple[weakref.ref[pd.DataFrame], Columns]] = {}


def columns(ev: Evidence, name: str) -> Columns:
    """The rows of one table known on the day, as columns; converted once for as long as that evidence lives."""
    frame = ev.table(name)
    key = id(frame)
    kept = _KEPT.get(key)
    if kept is not None and kept[0]() is frame:
        return kept[1]
    made = Columns(frame)
    _KEPT[key] = (weakref.ref(frame, lambda _: _KEPT.pop(key, None)), made)
    return made


def _array(column: pd.Series[Any]) -> np.ndarray[Any, Any]:
    kind = str(column.dtype)
    if kind.startswith("datetime"):
        return column.to_numpy().astype("datetime64[D]")
    if kind == "boolean":
        return column.to_numpy(dtype=bool, na_value=False)
    return column.to_numpy() if kind == "float64" else column.to_numpy(dtype=object)


def equal(column: np.ndarray[Any, Any], value: object) -> np.ndarray[Any, Any]:
    """Where a column of text equals a word."""
    return np.asarray(column == value, dtype=bool)


def among(column: np.ndarray[Any, Any], values: Iterable[str]) -> np.ndarray[Any, Any]:
    """Where a column of text is one of several words."""
    wanted = frozenset(values)
    return np.fromiter((one in wanted for one in column), dtype=bool, count=len(column))
