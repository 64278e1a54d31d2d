"""Exchange-rate arithmetic: turning points, phases and changes of value on a series of rates."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd


@dataclass(frozen=True)
class Phase:
    """One leg between two turning points, by position in the series. `falling` is the currency, not the rate."""

    start: int
    end: int
    falling: bool


def phases(rates: Sequence[float], reversal: float) -> list[Phase]:
    """Cut a series of rates into phases at turning points confirmed by a reversal of `reversal` per cent.

    A high (low) counts as a turning point once the rate has come back from it by that share of its own value; the last
    phase runs to the newest extreme and may still go on. Method: the filter known in charting as zigzag.
    """
    if len(rates) < 2:
        return []
    share = reversal / 100
    turns: list[int] = []
    high = low = 0
    direction = 0
    for now, rate in enumerate(rates):
        high = now if rate > rates[high] else high
        low = now if rate < rates[low] else low
        if direction >= 0 and rate <= rates[high] * (1 - share):
            turns.append(high)
            direction, low, high = -1, now, now
        elif direction <= 0 and rate >= rates[low] * (1 + share):
            turns.append(low)
            direction, low, high = 1, now, now
    last = {1: high, -1: low, 0: len(rates) - 1}[direction]
    points = [*([0] if not turns or turns[0] != 0 else []), *turns, *([last] if not turns or last > turns[-1] else [])]
    return [Phase(a, b, rates[b] > rates[a]) for a, b in pairwise(points)]


def value_change(before: float, after: float) -> float:
    """Change of the ruble's value in per cent between two rates in rubles per unit: 50 → 100 is −50."""
    return 100 * (before / after - 1)


def on_or_before(days: Sequence[pd.Timestamp], day: pd.Timestamp, within: int = 45) -> int | None:
    """Position of the newest of the sorted `days` up to `day`, unless it is more than `within` days older."""
    at = bisect_right(days, day) - 1
    if at < 0 or (day - days[at]).days > within:
        return None
    return at
