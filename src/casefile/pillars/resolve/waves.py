"""Polls as waves of one question: shares with 95% intervals, changes over a year, breaks in a series."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked, Sheet
from casefile.model import ARTICLE_DATE
from casefile.pillars.resolve.questions import TABLE, Question

SURE = 1.959964
"""Standard errors to either side of a 95% interval."""
DESIGN_EFFECT = 1.5
"""Widening of the sampling variance where no error is printed; the errors that KIIS prints imply 1.2 to 1.7."""
TYPICAL_SAMPLE = 1000
"""Respondents where no sample was seen: the smaller of the usual waves, so that intervals err on the wide side."""
SUBGROUP_SHARE = 0.2
"""Assumed part of a sample in a region; reports do not print it."""
ROUNDING = 1 / 12
"""Variance of rounding to a whole per cent, in points²."""
YEAR = 365
NEAR_YEAR = (243, 487)
"""Eight to sixteen months: what counts as about a year between two waves of surveys without a calendar."""
BREAK_RISK = 0.05
"""Chance of finding a break in a series without one, shared among the splits that are tried (Bonferroni)."""
EPOCH = date(1970, 1, 1).toordinal()
ARTICLE_DAY = ARTICLE_DATE.toordinal() - EPOCH


@dataclass(frozen=True)
class Wave:
    """One share in one wave: day of fieldwork's end and day it became known (since 1970), share, half its interval."""

    day: int
    known: int
    pct: float
    half: float
    n: float
    places: tuple[int, ...]
    pollster: str

    @property
    def low(self) -> float:
        return max(self.pct - self.half, 0.0)

    @property
    def high(self) -> float:
        return min(self.pct + self.half, 100.0)

    @property
    def date(self) -> date:
        return date.fromordinal(self.day + EPOCH)


@dataclass(frozen=True)
class Change:
    """Points by which a share fell from one wave to a later one (negative: rose), with half its 95% interval."""

    before: Wave
    after: Wave

    @property
    def fall(self) -> float:
        return self.before.pct - self.after.pct

    @property
    def half(self) -> float:
        return math.hypot(self.before.half, self.after.half)

    @property
    def places(self) -> tuple[int, ...]:
        return self.before.places + self.after.places


@dataclass(frozen=True)
class _Cell:
    pct: float
    known: int
    source: str
    place: int


class Polls:
    """The table of polls in Ukraine, by question and wave.

    Two reports that disagree on a share: the one known first counts (`second_report` takes the other). A part of a wave
    gives way to the whole wave. Averages that a pollster revised later count only with `averages`, and then in place of
    that year's waves. `same_day` False leaves out what became known on the day of the vantage itself. `design_effect`
    replaces printed errors; `undecided` is `apart`, `resolute` (added to the resolute side) or `excluded`.
    """

    def __init__(
        self,
        rows: Picked | pd.DataFrame,
        *,
        averages: bool = False,
        same_day: bool = True,
        as_of: date | None = None,
        second_report: bool = False,
        design_effect: float | None = None,
        undecided: str = "apart",
    ) -> None:
        picked = Picked.of(rows)
        whole_table = self._sheet = picked.sheet
        self._found: dict[tuple[str, str, str], list[Wave]] = {}
        self.design_effect = design_effect
        self.undecided = undecided
        columns = ["series", "subgroup", "poll_id", "response", "pct", "reading", "source_id", "pollster", "n", "moe"]
        held = [whole_table.values(name) for name in columns]
        self._days, self._known, starts = whole_table.derived(_moments)
        self._n, self._moe, self._pollster = held[8], held[9], held[7]
        limit = None if same_day or as_of is None else as_of.toordinal() - EPOCH
        whole: set[tuple[str, int]] = set()
        revised: set[tuple[str, int]] = set()
        for place in picked.places:
            series, reading = held[0][place], held[5][place]
            if reading == "revised":
                revised.add((series, self._year(place)))
            elif reading != "first-cut":
                whole.add((series, starts[place]))
        self._cells: dict[tuple[str, str], dict[str, dict[str, _Cell]]] = {}
        records = whole_table.derived(_records)
        for place in picked.places:
            series, group, poll, answer, reading, cell = records[place]
            if cell is None or (limit is not None and cell.known >= limit):
                continue
            if reading == "first-cut" and (series, starts[place]) in whole:
                continue
            if (reading == "revised") != (averages and (series, self._year(place)) in revised):
                continue
            wave = self._cells.setdefault((series, group), {}).setdefault(poll, {})
            rival = wave.get(answer)
            if rival is None or ((cell.known, cell.source) < (rival.known, rival.source)) != second_report:
                wave[answer] = cell

    def _year(self, place: int) -> int:
        return date.fromordinal(self._days[place] + EPOCH).year

    def waves(self, asked: Question, group: str = "all", *, known_by: int | None = None) -> list[Wave]:
        """The waves of one question in one group, oldest first; `known_by` keeps those known on that day."""
        key = (asked.series, group, "+".join(asked.resolute))
        if key not in self._found:
            answered = self._cells.get((asked.series, group), {}).values()
            waves = [wave for one in answered if (wave := self._wave(asked, one, group)) is not None]
            self._found[key] = sorted(waves, key=lambda wave: (wave.day, wave.known, wave.pct))
        return [wave for wave in self._found[key] if known_by is None or wave.known <= known_by]

    def rows(self, *waves: Wave | Change) -> pd.DataFrame:
        """The rows behind waves or changes."""
        return self._sheet.cited(sorted({place for wave in waves for place in wave.places}))

    def _wave(self, asked: Question, answers: dict[str, _Cell], group: str) -> Wave | None:
        yielding = [answers[one] for one in asked.yielding if one in answers]
        used = [answers[one] for one in asked.resolute if one in answers]
        if self.undecided == "resolute" and asked.yielding:
            if not yielding:
                return None
            used, pct = yielding, 100 - sum(cell.pct for cell in yielding)
        elif len(used) < len(asked.resolute):
            return None
        else:
            pct = sum(cell.pct for cell in used)
            if self.undecided == "excluded" and asked.yielding:
                if not yielding:
                    return None
                used = used + yielding
                pct = 100 * pct / sum(cell.pct for cell in used)
        places = tuple(cell.place for cell in used)
        n, moe = self._n[places[0]], self._moe[places[0]]
        half = half_interval(pct, n, moe, group, self.design_effect)
        known = max(cell.known for cell in used)
        return Wave(self._days[places[0]], known, pct, half, n, places, self._pollster[places[0]])


def polls_of(ev: Evidence, *, same_day: bool = True, **choice: Any) -> Polls:
    """The polls known on the day under a choice of settings, read once for all who choose the same."""
    as_of = None if same_day else ev.as_of
    return ev.picked(TABLE).derived(_chosen, same_day, as_of, tuple(sorted(choice.items())))


def _chosen(rows: Picked, same_day: bool, as_of: date | None, choice: tuple[tuple[str, Any], ...]) -> Polls:
    return Polls(rows, same_day=same_day, as_of=as_of, **dict(choice))


def _records(sheet: Sheet) -> list[tuple[str, str, str, str, str, _Cell | None]]:
    """Series, group, poll, answer, reading and the share, which is None where there is none, of each row."""
    names = ("series", "subgroup", "poll_id", "response", "reading")
    shares = zip(sheet.values("pct"), sheet.derived(_moments)[1], sheet.values("source_id"), strict=True)
    cells = [None if pct != pct else _Cell(pct, known, name, at) for at, (pct, known, name) in enumerate(shares)]
    return list(zip(*(sheet.values(name) for name in names), cells, strict=True))


def _moments(sheet: Sheet) -> tuple[list[int], list[int], list[int]]:
    """The days of each row's end of fieldwork, publication and start of fieldwork."""
    return _days(sheet.array("date")), _days(sheet.array("known_on")), _days(sheet.array("field_start"))


def half_interval(pct: float, n: float, moe: float, group: str = "all", design_effect: float | None = None) -> float:
    """Half of the 95% interval of a share, in points.

    From the printed error, which is stated for a share of one half, where there is one; otherwise from the sample with
    `DESIGN_EFFECT`. Rounding to whole per cents is added. A group other than `all` is taken as `SUBGROUP_SHARE` of it.
    """
    spread = max(pct * (100 - pct), 99.0)
    share = 1.0 if group == "all" else SUBGROUP_SHARE
    if moe == moe and design_effect is None:
        variance = (moe / SURE) ** 2 * spread / 2500 / share
    else:
        asked = n if n > 0 else TYPICAL_SAMPLE
        variance = (design_effect or DESIGN_EFFECT) * spread / (asked * share)
    return SURE * math.sqrt(variance + ROUNDING)


def year_before(waves: Sequence[Wave], after: Wave, window: tuple[int, int] = NEAR_YEAR) -> Wave | None:
    """The wave nearest to a year before `after`, among those between the two distances in days."""
    near = [wave for wave in waves if window[0] <= after.day - wave.day <= window[1]]
    return min(near, key=lambda wave: (abs(after.day - wave.day - YEAR), wave.day), default=None)


def breaks(waves: Sequence[Wave]) -> list[tuple[int, float]]:
    """Where the level of a series breaks: positions of the first wave after each break, and the fall of the mean level.

    Binary segmentation: of all splits that leave two waves on either side, the one with the largest ratio of the
    difference of weighted means to its error is a break when that ratio would come about by chance in fewer than
    `BREAK_RISK` of series; both parts are then searched again.
    """
    found = _split(list(waves), 0)
    if not found:
        return []
    edges = [0, *sorted(found), len(waves)]
    levels = [_mean(waves[a:b], [(SURE / wave.half) ** 2 for wave in waves[a:b]])[0] for a, b in pairwise(edges)]
    return [(place, levels[n] - levels[n + 1]) for n, place in enumerate(edges[1:-1])]


def _split(waves: list[Wave], offset: int) -> list[int]:
    best, where = 0.0, 0
    weights = [(SURE / wave.half) ** 2 for wave in waves]
    for cut in range(2, len(waves) - 1):
        left, one = _mean(waves[:cut], weights[:cut])
        right, two = _mean(waves[cut:], weights[cut:])
        t2 = (left - right) ** 2 / (one + two)
        if t2 > best:
            best, where = t2, cut
    splits = len(waves) - 3
    if splits < 1 or math.sqrt(best) < NormalDist().inv_cdf(1 - BREAK_RISK / 2 / splits):
        return []
    return [
        offset + where,
        *_split(waves[:where], offset),
        *_split(waves[where:], offset + where),
    ]


def _mean(waves: Sequence[Wave], weights: Sequence[float]) -> tuple[float, float]:
    whole = sum(weights)
    return sum(w * wave.pct for w, wave in zip(weights, waves, strict=True)) / whole, 1 / whole


def _days(moments: np.ndarray[Any, Any]) -> list[int]:
    found: list[int] = moments.astype("datetime64[D]").astype("int64").tolist()
    return found
