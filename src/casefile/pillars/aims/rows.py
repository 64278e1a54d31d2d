"""Picking rows of the aims tables: by column, by kind of statement, by time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked, Sheet

STATEMENTS = "aims/statements"
POSITIONS = "aims/positions"
ACCOUNTABILITY = "aims/accountability"

OPEN = ("on_record", "document")
"""Channels that anyone can check; leaks, attributed material and unnamed sources are not among them."""


class Rows:
    """Rows of one table, oldest first; the order of rows in the file does not matter.

    The tables are small and are read many times a verdict, so plain lists serve better than frames here.
    """

    def __init__(self, whole: Sheet, places: Sequence[int]) -> None:
        self._whole = whole
        self._places = places

    @classmethod
    def of(cls, ev: Evidence, table: str) -> Rows:
        """All rows of a table known at the vantage, by date and then by row id."""
        picked = ev.picked(table)
        return cls(picked.sheet, picked.derived(_in_order))

    def _some(self, places: Sequence[int]) -> Rows:
        return Rows(self._whole, places)

    @property
    def columns(self) -> Any:
        return self._whole.columns

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, column: str) -> list[Any]:
        held = self._held(column)
        return [held[place] for place in self._places]

    def __iter__(self) -> Iterator[One]:
        return (One(self, place) for place in self._places)

    def _held(self, column: str) -> list[Any]:
        return self._whole.values(column)

    def among(self, **wanted: str | Collection[str]) -> Rows:
        """The rows whose columns hold the wanted word, or one of the wanted words."""
        places = self._places
        for column, words in wanted.items():
            held = self._held(column)
            allowed = (words,) if isinstance(words, str) else tuple(words)
            places = [place for place in places if held[place] in allowed]
        return self._some(places)

    def where(self, test: Callable[[One], bool]) -> Rows:
        """The rows that pass a test."""
        return self._some([place for place in self._places if test(One(self, place))])

    def since(self, start: pd.Timestamp) -> Rows:
        """The rows dated on `start` or later."""
        days = self._held("date")
        return self._some([place for place in self._places if days[place] >= start])

    def newest(self, column: str) -> Rows:
        """The newest row for each word of a column, in order of date."""
        held = self._held(column)
        last = {held[place]: n for n, place in enumerate(self._places)}
        return self._some([self._places[n] for n in sorted(last.values())])

    @property
    def first(self) -> One:
        return One(self, self._places[0])

    @property
    def last(self) -> One:
        return One(self, self._places[-1])

    def ends(self) -> Rows:
        """The first and the last row."""
        return self._some(list(dict.fromkeys([self._places[0], self._places[-1]])))

    def only_last(self) -> Rows:
        """The last row alone."""
        return self._some(self._places[-1:])

    def cited(self) -> pd.DataFrame:
        """The same rows as `finding` reads them."""
        return self._whole.cited(self._places)

    def distinct(self, column: str) -> list[Any]:
        """The different words of a column in order of first appearance."""
        return list(dict.fromkeys(self[column]))


def _in_order(picked: Picked) -> list[int]:
    whole, admitted = picked.sheet.derived(_all_in_order), picked.admitted
    return [place for place in whole if admitted[place]]


def _all_in_order(sheet: Sheet) -> list[int]:
    days, ids = sheet.values("date"), sheet.values("row")
    return sorted(range(len(sheet)), key=lambda place: (days[place], ids[place]))


class One:
    """One row, read by column name; a gap in a date or a truth value is None."""

    __slots__ = ("_place", "_rows")

    def __init__(self, rows: Rows, place: int) -> None:
        self._rows = rows
        self._place = place

    def __getitem__(self, column: str) -> Any:
        value = self._rows._held(column)[self._place]
        return None if value is pd.NaT or value is pd.NA else value


def months_before(day: pd.Timestamp, months: int) -> pd.Timestamp:
    """The same day of the month, `months` earlier; the last day of a shorter month."""
    total = day.year * 12 + day.month - 1 - months
    first = pd.Timestamp(year=total // 12, month=total % 12 + 1, day=1)
    return first.replace(day=min(day.day, first.days_in_month))


def months_between(first: pd.Timestamp, last: pd.Timestamp) -> float:
    """The time from `first` to `last` in months of 30.44 days."""
    return float((last - first).days) / 30.44


def small(text: str) -> str:
    """A paraphrase as the middle of a sentence: its first letter small."""
    return text[:1].lower() + text[1:]


def period(months: int) -> str:
    """How a sentence names the months before the vantage."""
    return "In the two years before" if months == 24 else f"In the {months} months before"
