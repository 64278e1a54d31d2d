"""Polls as waves of one question in one group, slopes inside a question, and pooling over questions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist, mean, median, variance

import pandas as pd

from casefile.evidence.picked import Picked, Sheet
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


@dataclass(frozen=True, eq=False)  # one object a row of a sheet, so that it can be looked up quickly
class Wave:
    """One share: day (ordinal), share in per cent, its variance in points², and where its row stands."""

    day: int
    pct: float
    variance: float
    place: int


@dataclass(frozen=True)
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


Waves = dict[tuple[str, str, str], list[Wave]]
"""Series, answer and group → waves, oldest first."""


def poll_waves(rows: Picked | pd.DataFrame, questions: Iterable[Question]) -> Waves:
    """The waves of each series, answer and group, oldest first, for the answers that the questions follow.

    `rows` are of the table opinion/polls. The variance is `p(1−p)/n` widened by `DESIGN_EFFECT`, plus rounding; a party
    group counts as `PARTY_SHARE` of the sample.
    """
    followed = {(one.series, one.response) for one in questions}
    every = Picked.of(rows).derived(_waves)
    return {key: waves for key, waves in every.items() if key[:2] in followed}


def followed(rows: Picked) -> Waves:
    """The waves of every series, answer and group in the table opinion/polls, oldest first."""
    return rows.derived(_waves)


def _waves(picked: Picked) -> Waves:
    admitted = picked.admitted
    whole = picked.sheet.derived(_all_waves).items()
    kept = ((key, [wave for wave in waves if admitted[wave.place]]) for key, waves in whole)
    return {key: waves for key, waves in kept if waves}


def _all_waves(sheet: Sheet) -> Waves:
    found: Waves = {}
    columns = [sheet.values(name) for name in ("series", "response", "subgroup", "pct", "n")]
    days = sheet.array("date").astype("datetime64[D]").astype(int).tolist()
    for place, (series, response, group, pct, n) in enumerate(zip(*columns, strict=True)):
        if pct == pct:
            asked = (n if n > 0 else TYPICAL_SAMPLE) * (1 if group == "all" else PARTY_SHARE)
            error = DESIGN_EFFECT * max(pct * (100 - pct), 99) / asked + ROUNDING
            found.setdefault((series, response, group), []).append(Wave(days[place], float(pct), error, place))
    for waves in found.values():
        waves.sort(key=lambda wave: (wave.day, wave.pct, wave.place))
    return found


def held(waves: Waves, question: Question, group: str) -> list[Wave]:
    """The waves of one question's answer in one group."""
    return waves.get((question.series, question.response, group), [])


def between(waves: Sequence[Wave], first: float, last: float) -> list[Wave]:
    """The waves with `first` ≤ day ≤ `last`."""
    return [wave for wave in waves if first <= wave.day <= last]


def slope(name: str, waves: Sequence[Wave], sign: int = 1) -> Estimate | None:
    """Points a year by which a share moved: a weighted straight line through the waves of one question.

    Weights are the inverse sampling variances. With three waves or more, scatter beyond sampling error widens the
    interval. None when fewer than two waves lie at least `SHORTEST` days apart.
    """
    return _slope(name, tuple(waves), sign)


@lru_cache(maxsize=5000)  # leaving out a source leaves most questions as they are
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


def less(one: Estimate, other: Estimate) -> Estimate:
    """The difference of two independent estimates."""
    both = tuple(dict.fromkeys(one.places + other.places))
    return Estimate(one.name, one.value - other.value, one.variance + other.variance, both)


def pooled(estimates: Sequence[Estimate], how: str = "random") -> Estimate | None:
    """One estimate from several questions: random effects after DerSimonian and Laird (1986).

    The same numbers as `statsmodels.stats.meta_analysis.combine_effects(method_re="dl")`, which a test holds; not
    called here because its import alone takes seconds. `how`: random, fixed (inverse variance), mean or median.
    """
    if not estimates:
        return None
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
