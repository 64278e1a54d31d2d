"""Polls as waves of one question in one group, slopes inside a question, and pooling over questions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress
from statistics import NormalDist, mean, median, variance
from typing import Any

import pandas as pd

from casefile.evidence.picked import Extended, Picked, Sheet
from casefile.pillars.opinion.questions import Question

DESIGN_EFFECT = 1.5
"""How much weighting widens the error of a US national poll over a simple random sample; common values lie near it."""
TYPICAL_SAMPLE = 1000
"""Assumed respondents where a report does not state them: the size of the smaller national polls."""
PARTY_SHARE = 1 / 3
"""Assumed share of a sample in one party group; reports rarely state it."""
ROUNDING = 1 / 12
"""Variance of rounding a share to a whole per cent, in points²."""
SHORTEST = 120
"""Days between first and last wave below which a slope says nothing about a trend."""
YEAR = 365.25
SURE = NormalDist().inv_cdf(0.975)
KEPT = 5000
"""Results kept of each function of single questions: leaving out a source leaves most questions as they are."""


@dataclass(frozen=True, eq=False)  # one object a row of a sheet, so that it can be looked up quickly
class Wave:
    """One share: day (ordinal), share in per cent, its variance in points², and where its row stands."""

    day: int
    pct: float
    variance: float
    place: int


@dataclass(frozen=True, eq=False)  # kept and told apart as objects
class Estimate:
    """A number with its variance and the rows that it rests on; `name` says whose."""

    name: str
    value: float
    variance: float
    places: tuple[int, ...]

    @property
    def low(self) -> float:
        return self.value - SURE * math.sqrt(self.variance)

    @property
    def high(self) -> float:
        return self.value + SURE * math.sqrt(self.variance)


Key = tuple[str, str, str]
"""Series, answer and group."""
Waves = Mapping[Key, tuple[Wave, ...]]
"""Series, answer and group → waves, oldest first. Equal selections of one table's waves are the same tuple."""


def poll_waves(rows: Picked | pd.DataFrame, questions: Iterable[Question]) -> Waves:
    """The waves of each series, answer and group, oldest first, for the answers that the questions follow.

    `rows` are of the table opinion/polls. The variance is `p(1−p)/n` widened by `DESIGN_EFFECT`, plus rounding; a party
    group counts as `PARTY_SHARE` of the sample.
    """
    picked = Picked.of(rows)
    groups, cut = picked.sheet.derived(_groups), picked.derived(Cut)
    keys = (key for one in questions for key in groups.get((one.series, one.response), ()))
    return {key: waves for key in keys if (waves := cut.held(key))}


def every(rows: Picked) -> Waves:
    """The waves of every series, answer and group in the table opinion/polls, oldest first."""
    return rows.derived(Cut)


def newest(rows: Picked, questions: tuple[Question, ...]) -> int | None:
    """The day of the newest wave of the questions' answers in any group; None when there is none."""
    return rows.derived(_newest, questions)


def _newest(rows: Picked, questions: tuple[Question, ...]) -> int | None:
    return max((waves[-1].day for waves in poll_waves(rows, questions).values()), default=None)


class Line:
    """All waves of one key in a whole table, oldest first, and the selections that were made of them."""

    def __init__(self, waves: Iterable[Wave]) -> None:
        self.waves = sorted(waves, key=lambda wave: (wave.day, wave.pct, wave.place))
        self.places = [wave.place for wave in self.waves]
        self._kept: dict[tuple[bool, ...], tuple[Wave, ...]] = {}

    def among(self, admitted: Sequence[bool]) -> tuple[Wave, ...]:
        """The waves whose rows are admitted."""
        which = tuple([admitted[place] for place in self.places])
        if which not in self._kept:
            self._kept[which] = tuple(compress(self.waves, which))
        return self._kept[which]


class Cut(Waves):
    """The waves of some rows, each series cut from its line when first asked for: an analysis reads few of them."""

    def __init__(self, picked: Picked) -> None:
        self._lines = picked.sheet.derived(_all_waves)
        self._admitted = picked.admitted
        self._cut: dict[Key, tuple[Wave, ...]] = {}

    def held(self, key: Key) -> tuple[Wave, ...]:
        """The waves of one key, none where it is not known."""
        if key not in self._cut:
            self._cut[key] = self._lines[key].among(self._admitted) if key in self._lines else ()
        return self._cut[key]

    def __getitem__(self, key: Key) -> tuple[Wave, ...]:
        if not self.held(key):
            raise KeyError(key)
        return self._cut[key]

    def __iter__(self) -> Iterator[Key]:
        return (key for key in self._lines if self.held(key))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _groups(sheet: Sheet) -> dict[tuple[str, str], list[Key]]:
    """Series and answer → the keys of their groups."""
    found: dict[tuple[str, str], list[Key]] = {}
    for key in sheet.derived(_all_waves):
        found.setdefault(key[:2], []).append(key)
    return found


def _all_waves(sheet: Sheet) -> dict[Key, Line]:
    if isinstance(sheet, Extended):  # the lines that a made-up row does not touch are those of the table itself
        lines = dict(sheet.base.derived(_all_waves))
        columns = [sheet.added(name) for name in COLUMNS]
        for key, waves in _grouped(columns, sheet.own_days("date"), len(sheet.base)).items():
            lines[key] = Line([*(lines[key].waves if key in lines else ()), *waves])
        return lines
    columns = [sheet.values(name) for name in COLUMNS]
    days = sheet.array("date").astype("datetime64[D]").astype(int).tolist()
    return {key: Line(waves) for key, waves in _grouped(columns, days, 0).items()}


COLUMNS = ("series", "response", "subgroup", "pct", "n")


def _grouped(columns: Sequence[Sequence[Any]], days: Sequence[int], start: int) -> dict[Key, list[Wave]]:
    """The waves of each key among rows that stand in a sheet from `start` on, as `COLUMNS`."""
    found: dict[Key, list[Wave]] = {}
    for nth, (series, response, group, pct, n) in enumerate(zip(*columns, strict=True)):
        if pct == pct:
            asked = (n if n > 0 else TYPICAL_SAMPLE) * (1 if group == "all" else PARTY_SHARE)
            error = DESIGN_EFFECT * max(pct * (100 - pct), 99) / asked + ROUNDING
            found.setdefault((series, response, group), []).append(Wave(days[nth], float(pct), error, start + nth))
    return found


def held(waves: Waves, question: Question, group: str) -> tuple[Wave, ...]:
    """The waves of one question's answer in one group."""
    key = (question.series, question.response, group)
    return waves.held(key) if isinstance(waves, Cut) else waves.get(key, ())


def between(waves: Sequence[Wave], first: float, last: float) -> list[Wave]:
    """The waves with `first` ≤ day ≤ `last`."""
    return [wave for wave in waves if first <= wave.day <= last]


def slope(name: str, waves: Sequence[Wave], sign: int = 1) -> Estimate | None:
    """Points a year by which a share moved: a weighted straight line through the waves of one question.

    Weights are the inverse sampling variances. With three waves or more, scatter beyond sampling error widens the
    interval. None when fewer than two waves lie at least `SHORTEST` days apart.
    """
    return _slope(name, tuple(waves), sign)


@lru_cache(maxsize=KEPT)
def _slope(name: str, waves: tuple[Wave, ...], sign: int) -> Estimate | None:
    if len(waves) < 2 or waves[-1].day - waves[0].day < SHORTEST:
        return None
    w = [1 / wave.variance for wave in waves]
    whole = sum(w)
    centre = sum(a * wave.day for a, wave in zip(w, waves, strict=True)) / whole
    level = sum(a * wave.pct for a, wave in zip(w, waves, strict=True)) / whole
    away = [(wave.day - centre) / YEAR for wave in waves]
    spread = sum(a * x * x for a, x in zip(w, away, strict=True))
    value = sum(a * x * wave.pct for a, x, wave in zip(w, away, waves, strict=True)) / spread
    error = 1 / spread
    if len(waves) > 2:
        left = (wave.pct - level - value * x for x, wave in zip(away, waves, strict=True))
        error *= max(1.0, sum(a * miss * miss for a, miss in zip(w, left, strict=True)) / (len(waves) - 2))
    return Estimate(name, sign * value, error, tuple(wave.place for wave in waves))


def change(name: str, before: Wave, after: Wave, sign: int = 1) -> Estimate:
    """Points between two waves of one question."""
    places = (before.place, after.place)
    return Estimate(name, sign * (after.pct - before.pct), before.variance + after.variance, places)


@lru_cache(maxsize=KEPT)
def less(one: Estimate, other: Estimate) -> Estimate:
    """The difference of two independent estimates."""
    both = tuple(dict.fromkeys(one.places + other.places))
    return Estimate(one.name, one.value - other.value, one.variance + other.variance, both)


def pooled(estimates: Sequence[Estimate], how: str = "random") -> Estimate | None:
    """One estimate from several questions: random effects after DerSimonian and Laird (1986).

    The same numbers as `statsmodels.stats.meta_analysis.combine_effects(method_re="dl")`, which a test holds; not
    called here because its import alone takes seconds. `how`: random, fixed (inverse variance), mean or median.
    """
    return _pooled(tuple(estimates), how) if estimates else None


@lru_cache(maxsize=KEPT)
def _pooled(estimates: tuple[Estimate, ...], how: str) -> Estimate:
    places = tuple(dict.fromkeys(place for one in estimates for place in one.places))
    values = [one.value for one in estimates]
    if len(values) == 1:
        return Estimate(estimates[0].name, values[0], estimates[0].variance, places)
    if how in ("mean", "median"):
        middle = mean(values) if how == "mean" else median(values)
        error = max(sum(one.variance for one in estimates), len(values) * variance(values)) / len(values) ** 2
        return Estimate("pooled", middle, error, places)
    fixed = _weighed(estimates, 0.0, places)
    if how == "fixed":
        return fixed
    w = [1 / one.variance for one in estimates]
    scatter = sum(a * (y - fixed.value) ** 2 for a, y in zip(w, values, strict=True))
    whole = sum(w)
    excess = (scatter - (len(w) - 1)) / (whole - sum(a * a for a in w) / whole)
    return _weighed(estimates, max(0.0, excess), places)


def _weighed(estimates: Sequence[Estimate], between_questions: float, places: tuple[int, ...]) -> Estimate:
    """The mean weighted by inverse variance, with the variance between questions added to each."""
    w = [1 / (one.variance + between_questions) for one in estimates]
    value = sum(a * one.value for a, one in zip(w, estimates, strict=True)) / sum(w)
    return Estimate("pooled", value, 1 / sum(w), places)
