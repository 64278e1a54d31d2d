"""The three long map series on one scale: areas, changes between two days, and the front of the 2023 offensive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Keeps, Picked
from casefile.pillars.battlefield.columns import Columns, equal

TERRITORY = "battlefield/territory"
FRONT = "battlefield/front"

SERIES: tuple[str, ...] = ("deepstate", "isw-economist", "liveuamap")
"""The three independent national series, in the order in which they are named."""

SERIES_NAMES = {"deepstate": "DeepState", "isw-economist": "ISW (The Economist's areas)", "liveuamap": "Liveuamap"}

SCALE = {"isw-economist": 1.031}
"""The Economist's areas lie 3.1% above geodesic area: the same polygons compared on 15 days."""

HELD_BEFORE_2022 = 43_620.0
"""km² of Crimea and Donbas under Russian control before February 2022, as the clipped DeepState series holds it
constant."""

UKRAINE_KM2 = 603_628.0

ARTICLE = date(2023, 10, 9)

OFFENSIVE_BASE = date(2023, 6, 3)
"""The map of the evening before the 2023 counteroffensive began on 4 June."""

OFFENSIVE_END = date(2023, 11, 30)
"""Nominal end: on the next day Ukraine's president said that the desired results had not been achieved."""

STALE_DAYS = 92
"""A series whose newest map is older than a quarter no longer says who is gaining."""


@dataclass(frozen=True, eq=False)
class Held(Keeps):
    """The Russian-held area by one series: days in order, km² on the common scale, and where the rows are."""

    series: str
    days: np.ndarray[Any, Any]
    km2: np.ndarray[Any, Any]
    places: np.ndarray[Any, Any]
    table: Columns
    made: dict[Any, Any] = field(default_factory=dict)

    @cached_property
    def newest(self) -> date:
        found: date = self.days[-1].item()
        return found

    def place(self, day: date) -> int:
        """The position of the newest map on or before `day`, −1 when there is none."""
        return int(np.searchsorted(self.days, np.datetime64(day), side="right")) - 1

    def rows(self, *at: int) -> pd.DataFrame:
        return self.table.show(int(self.places[one]) for one in at)


@dataclass(frozen=True)
class Change:
    """The change of the Russian-held area between two maps of one series; `km2` is positive when Russia gains."""

    series: str
    km2: float
    start: date
    end: date
    rows: pd.DataFrame

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def ukraine_per_day(self) -> float:
        """Ukraine's net gain in km² a day."""
        return -self.km2 / self.days


def levels(ev: Evidence, series: Iterable[str] = SERIES) -> dict[str, Held]:
    """The Russian-held area of Ukraine (km², with the land held before 2022) by series, each in order of date."""
    known = ev.picked(TERRITORY).derived(_every_level)
    return {one: known[one] for one in series if one in known}


def _every_level(picked: Picked) -> dict[str, Held]:
    table = picked.derived(Columns)
    places = np.flatnonzero(equal(table["measure"], "russian_held_km2") & table["includes_pre_2022"])
    names, days, values = table["series"][places], table["date"][places], table["value"][places]
    found = {}
    for one in dict.fromkeys(names.tolist()):
        own = np.flatnonzero(equal(names, one))
        own = own[np.argsort(days[own], kind="stable")]
        found[one] = Held(one, days[own], values[own] / SCALE.get(one, 1.0), places[own], table)
    return found


def change(held: Held, start: date, end: date, near: int = 10) -> Change | None:
    """The change between the maps of two days, each at most `near` days old on its day; None when one is missing."""
    first, last = held.place(start), held.place(end)
    if first < 0 or last <= first:
        return None
    a, b = held.days[first].item(), held.days[last].item()
    if (start - a).days > near or (end - b).days > near:
        return None
    return Change(held.series, float(held.km2[last] - held.km2[first]), a, b, held.rows(first, last))


def recent(ev: Evidence, known: Mapping[str, Held], window: int, not_before: date | None = None) -> list[Change]:
    """The change over the last `window` days of each series whose newest map is at most a quarter old.

    Each window ends at the newest map of its series, and does not begin before `not_before`.
    """
    fresh = [held for held in known.values() if (ev.as_of - held.newest).days <= STALE_DAYS]
    changes = [held.derived(_last, window, not_before) for held in fresh]
    return [one for one in changes if one is not None]


def _last(held: Held, window: int, not_before: date | None) -> Change | None:
    start = held.newest - timedelta(days=window)
    return change(held, max(start, not_before) if not_before else start, held.newest)


def since(known: Mapping[str, Held], start: date, end: date) -> list[Change]:
    """The change of each series from the map of `start` to that of `end`; the newest map may be a quarter old."""
    changes = [held.derived(change, start, end, STALE_DAYS) for held in known.values()]
    return [one for one in changes if one is not None and (start - one.start).days <= 10]


@dataclass(frozen=True)
class Front:
    """The front of the 2023 offensive: the table and the positions of its days, in order."""

    table: Columns
    at: list[int]

    def __len__(self) -> int:
        return len(self.at)

    def day(self, one: int) -> date:
        return self.table.day(self.at[one])

    def value(self, column: str, one: int = -1) -> float:
        return float(self.table[column][self.at[one]])

    def rows(self, *ones: int) -> pd.DataFrame:
        return self.table.show(self.at[one] for one in ones)


def front(ev: Evidence, until: date) -> Front:
    """The front of the 2023 offensive from 3 June 2023 up to and with `until`."""
    return ev.picked(FRONT).derived(_front, until)


def _front(picked: Picked, until: date) -> Front:
    table = picked.derived(Columns)
    days = table["date"]
    return Front(table, table.where((days >= np.datetime64(OFFENSIVE_BASE)) & (days <= np.datetime64(until))))


def rows_of(changes: Iterable[Change]) -> list[pd.DataFrame]:
    """The map rows that changes rest on."""
    return [one.rows for one in changes]


def middle(values: Iterable[float]) -> float:
    """The median, NaN for no values."""
    found = sorted(float(one) for one in values)
    half = len(found) // 2
    if not found:
        return float("nan")
    return found[half] if len(found) % 2 else (found[half - 1] + found[half]) / 2
