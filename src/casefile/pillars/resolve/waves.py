"""Polls as waves of one question: shares with 95% intervals, changes over a year, breaks in a series."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress, pairwise
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Extended, Picked, Sheet
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


@dataclass(frozen=True, eq=False)
class _Cell:
    """The share of one row: what of it enters a wave, and what decides whether it does."""

    pct: float
    known: int
    source: str
    place: int
    group: str
    poll: str
    answer: str
    reading: str
    day: int
    year: int
    start: int
    n: float
    moe: float
    pollster: str


class Choice(NamedTuple):
    """How polls are read: see `Polls`. `limit` is the first day whose publications no longer count."""

    averages: bool
    limit: int | None
    second_report: bool
    design_effect: float | None
    undecided: str


class Line:
    """All rows of one series in a whole table, and the waves that were read off selections of them."""

    def __init__(self, cells: list[_Cell]) -> None:
        self.cells = cells
        self._kept: dict[Any, tuple[Wave, ...]] = {}

    def waves(self, admitted: Sequence[bool], asked: Question, group: str, choice: Choice) -> tuple[Wave, ...]:
        """The waves among the admitted rows, oldest first; read once for all selections that agree on this series."""
        which = tuple([admitted[cell.place] for cell in self.cells])
        key = (which, asked, group, choice)
        if key not in self._kept:
            answered = _answered(list(compress(self.cells, which)), group, choice).values()
            waves = [wave for one in answered if (wave := _wave(asked, one, group, choice)) is not None]
            self._kept[key] = tuple(sorted(waves, key=lambda wave: (wave.day, wave.known, wave.pct)))
        return self._kept[key]


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
        self._sheet, self._admitted = picked.sheet, picked.admitted
        self._lines = picked.sheet.derived(_lines)
        limit = None if same_day or as_of is None else as_of.toordinal() - EPOCH
        self._choice = Choice(averages, limit, second_report, design_effect, undecided)
        self._found: dict[tuple[Question, str], tuple[Wave, ...]] = {}

    def waves(self, asked: Question, group: str = "all", *, known_by: int | None = None) -> Sequence[Wave]:
        """The waves of one question in one group, oldest first; `known_by` keeps those known on that day."""
        if (asked, group) not in self._found:
            line = self._lines.get(asked.series)
            found = line.waves(self._admitted, asked, group, self._choice) if line else ()
            self._found[asked, group] = found
        waves = self._found[asked, group]
        return waves if known_by is None else [wave for wave in waves if wave.known <= known_by]

    def rows(self, *waves: Wave | Change) -> pd.DataFrame:
        """The rows behind waves or changes."""
        return self._sheet.cited(sorted({place for wave in waves for place in wave.places}))

    def behind(self, *waves: Wave | Change) -> Callable[[], pd.DataFrame]:
        """The same rows, for a finding that looks them up only where it cites them."""
        return lambda: self.rows(*waves)


def _answered(cells: Sequence[_Cell], group: str, choice: Choice) -> dict[str, dict[str, _Cell]]:
    """Poll → answer → the share that counts, in one group of one series."""
    revised = {cell.year for cell in cells if cell.reading == "revised"}
    whole = {cell.start for cell in cells if cell.reading not in ("revised", "first-cut")}
    found: dict[str, dict[str, _Cell]] = {}
    for cell in cells:
        if cell.group != group or cell.pct != cell.pct or (choice.limit is not None and cell.known >= choice.limit):
            continue
        if cell.reading == "first-cut" and cell.start in whole:
            continue
        if (cell.reading == "revised") != (choice.averages and cell.year in revised):
            continue
        wave = found.setdefault(cell.poll, {})
        rival = wave.get(cell.answer)
        if rival is None or ((cell.known, cell.source) < (rival.known, rival.source)) != choice.second_report:
            wave[cell.answer] = cell
    return found


def _wave(asked: Question, answers: dict[str, _Cell], group: str, choice: Choice) -> Wave | None:
    yielding = [answers[one] for one in asked.yielding if one in answers]
    used = [answers[one] for one in asked.resolute if one in answers]
    if choice.undecided == "resolute" and asked.yielding:
        if not yielding:
            return None
        used, pct = yielding, 100 - sum(cell.pct for cell in yielding)
    elif len(used) < len(asked.resolute):
        return None
    else:
        pct = sum(cell.pct for cell in used)
        if choice.undecided == "excluded" and asked.yielding:
            if not yielding:
                return None
            used = used + yielding
            pct = 100 * pct / sum(cell.pct for cell in used)
    first, places = used[0], tuple(cell.place for cell in used)
    half = half_interval(pct, first.n, first.moe, group, choice.design_effect)
    return Wave(first.day, max(cell.known for cell in used), pct, half, first.n, places, first.pollster)


def polls_of(
    ev: Evidence,
    *,
    averages: bool = False,
    same_day: bool = True,
    second_report: bool = False,
    design_effect: float | None = None,
    undecided: str = "apart",
) -> Polls:
    """The polls known on the day under a choice of settings, read once for all who choose the same."""
    as_of = None if same_day else ev.as_of
    return ev.picked(TABLE).derived(_chosen, averages, same_day, as_of, second_report, design_effect, undecided)


def _chosen(
    rows: Picked,
    averages: bool,
    same_day: bool,
    as_of: date | None,
    second_report: bool,
    design_effect: float | None,
    undecided: str,
) -> Polls:
    return Polls(
        rows, averages=averages, same_day=same_day, as_of=as_of, second_report=second_report,
        design_effect=design_effect, undecided=undecided,
    )  # fmt: skip


def _lines(sheet: Sheet) -> dict[str, Line]:
    """Series → all its rows, in the order of the table."""
    if isinstance(sheet, Extended):  # the lines that a made-up row does not touch are those of the table itself
        lines = dict(sheet.base.derived(_lines))
        days = [sheet.own_days(name) for name in DAYS]
        for cell_of, cell in _cells([sheet.added(name) for name in COLUMNS], days, len(sheet.base)):
            before = lines.get(cell_of)
            lines[cell_of] = Line([*(before.cells if before else ()), cell])
        return lines
    found: dict[str, list[_Cell]] = {}
    for series, cell in _cells(
        [sheet.values(name) for name in COLUMNS], [_days(sheet.array(name)) for name in DAYS], 0
    ):
        found.setdefault(series, []).append(cell)
    return {series: Line(cells) for series, cells in found.items()}


COLUMNS = ("series", "pct", "source_id", "subgroup", "poll_id", "response", "reading", "n", "moe", "pollster")
DAYS = ("date", "known_on", "field_start")


def _cells(columns: Sequence[Sequence[Any]], days: Sequence[Sequence[int]], start: int) -> Iterator[tuple[str, _Cell]]:
    """Series and content of rows that stand in a sheet from `start` on, as `COLUMNS` and `DAYS`."""
    rows = zip(zip(*columns, strict=True), *days, strict=True)
    for place, (row, day, known, field_start) in enumerate(rows, start):
        series, pct, source, group, poll, answer, reading, n, moe, pollster = row
        year = date.fromordinal(day + EPOCH).year
        yield (
            series,
            _Cell(pct, known, source, place, group, poll, answer, reading, day, year, field_start, n, moe, pollster),
        )


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
