"""Scales and ticks: numbers, logarithms, dates and rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casefile.words import MONTHS, number, significant

Tick = tuple[float, tuple[str, ...]]
"""A value and its label in lines."""

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_SHORT = tuple(name[:3] for name in MONTHS)
_MANY_DIGITS = 1e7
"""From here on numbers are written as millions, billions or trillions, or as powers."""


@dataclass(frozen=True)
class Scale:
    """Values to pixels. `to_number` turns what the figure holds (a number, a day) into a number on the axis."""

    low: float
    high: float
    start: float
    end: float
    to_number: Callable[[Any], float | None]

    def __call__(self, value: Any) -> float | None:
        """The pixel of a value, also outside the axis; None for a gap or for what the axis cannot hold."""
        there = self.to_number(value)
        return None if there is None else self.pixel(there)

    def pixel(self, there: float) -> float:
        """The pixel of a number that is already on the axis."""
        share = (there - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def number(self, pixel: float) -> float:
        """The number at a pixel."""
        return self.low + (pixel - self.start) / (self.end - self.start) * (self.high - self.low)

    def holds(self, value: Any) -> bool:
        """Whether a value lies on the axis, with a hair of tolerance."""
        there = self.to_number(value)
        if there is None:
            return False
        low, high = sorted((self.low, self.high))
        air = 1e-9 * (high - low)
        return low - air <= there <= high + air


def plain(value: Any) -> float | None:
    """A number as itself; a gap as None."""
    return None if value is None or not math.isfinite(value) else float(value)


def exponent(value: Any) -> float | None:
    """The decimal logarithm; None for what has none."""
    return None if value is None or not math.isfinite(value) or value <= 0 else math.log10(value)


def day_of(value: Any) -> float | None:
    """A day or an instant as days."""
    if value is None:
        return None
    if isinstance(value, str):
        if len(value) > 10:
            when = datetime.fromisoformat(value)
            return when.toordinal() + (when.hour * 60 + when.minute) / 1440
        return float(date.fromisoformat(value).toordinal())
    if isinstance(value, int | float):  # milliseconds since 1970, as Plotly counts
        return value / 86_400_000 + date(1970, 1, 1).toordinal()
    return float(value.toordinal())


def number_ticks(low: float, high: float, wanted: int) -> list[Tick]:
    """Round numbers from `low` to `high`, about `wanted` of them, all written with the same number of digits."""
    low, high = sorted((low, high))
    if not high > low:
        return [(low, (tick_text(low, 0),))]
    rough = (high - low) / max(wanted, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((one * power for one in _STEPS if one * power >= rough * 0.999), 10 * power)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    size = math.floor(math.log10(step) + 1e-9)
    digits = max(0, (1 if math.isclose(step / 10.0**size, 2.5) else 0) - size)
    return [(place * step, (tick_text(place * step, digits),)) for place in range(first, last + 1)]


def log_ticks(low: float, high: float, wanted: int) -> list[Tick]:
    """Powers of ten between two exponents; with 2 and 5 between them where there is room. Places are exponents."""
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    powers = list(range(first, last + 1))
    if len(powers) > wanted:
        powers = powers[:: math.ceil(len(powers) / max(wanted, 1))]
    for factors in ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 5), (1, 3)):
        found = [
            math.log10(factor) + power
            for power in range(first - 1, last + 1)
            for factor in factors
            if low - 1e-9 <= math.log10(factor) + power <= high + 1e-9
        ]
        if len(found) <= wanted and len(found) > len(powers):
            return [(place, (power_text(place),)) for place in found]
    return [(float(power), (power_text(power),)) for power in powers]


def power_text(place: float) -> str:
    """Ten to a power, written out where that is short."""
    if not -6 <= place < 15:
        return f"1e{place:.0f}"
    value = 10.0**place
    return tick_text(round(value, 6), 0) if value >= 1 else significant(value, 1)


def tick_text(value: float, digits: int) -> str:
    """A tick's label: thousands separated, a true minus, large numbers with a word."""
    size = abs(value)
    if size >= 1e15 or digits > 9:
        return f"{value:.4g}".replace("-", "\u2212").replace("e+", "e")
    for unit, word in ((1e12, " tn"), (1e9, " bn"), (1e6, " m")):
        if size >= max(unit, _MANY_DIGITS):
            return f"{value / unit:,.4g}".replace("-", "\u2212") + word
    return number(value, digits)


def date_ticks(low: float, high: float, wanted: int) -> list[Tick]:
    """Beginnings of years, quarters, months or days between two ordinals, at most about `wanted`.

    The year stands under the first tick and under each January.
    """
    first, last = date.fromordinal(max(math.ceil(low), 1)), date.fromordinal(max(math.floor(high), 1))
    span = max((last - first).days, 1)
    for months in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600):
        if span / (30.4375 * months) <= wanted:
            if months == 1 and span < 75:
                return _day_ticks(first, last, wanted)
            return _month_ticks(first, last, months)
    return [(float(first.toordinal()), (str(first.year),))]


def _month_ticks(first: date, last: date, months: int) -> list[Tick]:
    found: list[Tick] = []
    begin = first.year * 12 + first.month - 1
    place = -(-begin // months) * months
    while place <= last.year * 12 + last.month - 1:
        year, month = divmod(place, 12)
        place += months
        if not 1 <= year <= 9999:
            continue
        day = date(year, month + 1, 1)
        if day < first:
            continue
        if months >= 12:
            found.append((float(day.toordinal()), (str(year),)))
        else:
            dated = month == 0 or not found
            found.append((float(day.toordinal()), (_SHORT[month], str(year)) if dated else (_SHORT[month],)))
    return found or [(float(first.toordinal()), (_SHORT[first.month - 1], str(first.year)))]


def _day_ticks(first: date, last: date, wanted: int) -> list[Tick]:
    span = (last - first).days
    step = next((one for one in (1, 2, 5, 7, 14, 28) if span / one <= wanted), 35)
    found: list[Tick] = []
    for place in range(first.toordinal(), last.toordinal() + 1, step):
        day = date.fromordinal(place)
        text = f"{day.day} {_SHORT[day.month - 1]}"
        found.append((float(place), (text, str(day.year)) if not found else (text,)))
    return found


@dataclass(frozen=True)
class Rows:
    """A vertical axis of rows of different heights. `tops` has one edge more than there are rows."""

    tops: Sequence[float]
    heads: Sequence[float]
    """What the label above a row's marks takes of its height."""

    def __call__(self, value: float | None) -> float | None:
        """The pixel of a place on the axis; whole numbers are the middles of rows."""
        if value is None or not math.isfinite(value):
            return None
        row = min(max(math.floor(value + 0.5), 0), len(self.heads) - 1)
        top = self.tops[row] + self.heads[row]
        return top + (float(value) + 0.5 - row) * (self.tops[row + 1] - top)

    def holds(self, value: float | None) -> bool:
        """Whether a place lies on the axis."""
        return value is not None and -0.5 <= value <= len(self.heads) - 0.5
