"""The ruble: its fall at the invasion, its recovery, the slide after it, and its course since the article."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Keeps, Picked, Sheet
from casefile.model import ARTICLE_DATE, FIRST_AS_OF, Finding
from casefile.pillars.economy.rates import Phase, on_or_before, phases, value_change
from casefile.pillars.economy.records import Record, Rows, all_records, median
from casefile.pillars.findings import finding, missing, once, states
from casefile.words import counted, day, listed, month, number, percent

TABLE = "economy/ruble"
MACRO = "economy/macro"
CLAIM = "economy-ruble"
INVASION = pd.Timestamp(FIRST_AS_OF)
ARTICLE = pd.Timestamp(ARTICLE_DATE)
FRESH = 90  # days; an older newest rate says nothing about the day of the verdict
SHOCK_DAYS = 60  # the fall at the invasion had its low within weeks; later lows belong to the slide
RECOVERY_DAYS = 365  # the best rate after that low is sought within a year, so that later strength is no "recovery"
NAMES = {"USD/RUB": "dollar", "EUR/RUB": "euro", "CNY/RUB": "yuan"}


@dataclass(frozen=True, eq=False)
class Rates(Keeps):
    """One series of one pair: rows in order of date, with days and rates as lists; what is derived of it is kept."""

    table: Rows
    rows: list[Record]
    days: list[pd.Timestamp]
    rates: list[float]
    made: dict[Any, Any] = field(default_factory=dict)

    def legs(self, reversal: float) -> list[Phase]:
        """The phases that a reversal of so many per cent ends."""
        legs: list[Phase] = self.derived(_legs, reversal)
        return legs

    def pick(self, *positions: int) -> pd.DataFrame:
        return self.table.of([self.rows[one] for one in sorted({one % len(self.rows) for one in positions})])

    def when(self, position: int) -> pd.Timestamp:
        return self.days[position]

    def between(self, first: pd.Timestamp, last: pd.Timestamp) -> range:
        """Positions from `first` to `last`, both included."""
        return range(bisect_left(self.days, first), bisect_right(self.days, last))

    def highest(self, positions: range) -> int:
        return max(positions, key=self.rates.__getitem__)

    def lowest(self, positions: range) -> int:
        return min(positions, key=self.rates.__getitem__)


def ruble(
    ev: Evidence,
    *,
    series: str = "cbr-official",
    pair: str = "USD/RUB",
    reversal: float = 10.0,
    window_days: int = 365,
    broad_loss: float = 5.0,
    month_ends: bool = False,
) -> list[Finding]:
    """How far the ruble had recovered, how deep and long it slid after that, and whether it still slides.

    Reads rates in rubles per unit; a loss is stated as the change of the ruble's value, so that a doubling of the
    rate is a loss of half. `series` and `pair` pick the rates, `reversal` the per cent that ends a phase, `window_days`
    the span of the recent change, `broad_loss` the per cent from which a currency counts as one that the ruble lost
    against; `month_ends` keeps only the last rate of each month.
    """
    rates = ev.picked(TABLE).derived(_split, month_ends)
    one = rates.get((series, pair))
    name = NAMES[pair]
    if one is None or one.when(-1) < ev.day - pd.Timedelta(days=FRESH):
        why = f"No rate of the {name} in the chosen series was known within {FRESH} days before {day(ev.as_of)}."
        made = [missing(CLAIM, key, label, unit, ruble, why) for key, label, unit in LABELS]
    else:
        made = [
            once(one, _recovery, name),
            once(one, _depth, name),
            once(one, _duration, reversal, name),
            once(one, _recent, window_days, name),
            once(one, _prewar, name),
            once(one, _later, name),
            once(one, _phases, reversal, name),
        ]
    broad = once(ev.picked(TABLE), _broad, month_ends, series, window_days, broad_loss, ev.as_of)
    return [*made, broad, _gauge(ev, rates), _gap(rates)]


LABELS = (
    ("recovered", "Share of the fall at the invasion that the ruble won back", "percent"),
    ("depth", "Loss of value since the best rate after the invasion", "percent"),
    ("duration", "Length of the slide under way", "months"),
    ("recent", "Change of the ruble's value over the last year", "percent"),
    ("prewar", "The ruble against the last rate before the invasion", "percent"),
    ("later", "Change of the ruble's value since the article", "percent"),
    ("phases", "Phases of rise and fall since the invasion", "phases"),
)
TITLES = {key: (label, unit) for key, label, unit in LABELS}


def _split(picked: Picked, month_ends: bool) -> dict[tuple[str, str], Rates]:
    """Every series of every pair, in order of date; `month_ends` keeps the last rate of each month."""
    table, admitted = Rows(picked), picked.admitted
    found: dict[tuple[str, str], list[Record]] = {}
    for key, (rows, months) in picked.sheet.derived(_groups).items():
        if month_ends:
            last = {moment: one for moment, one in zip(months, rows, strict=True) if admitted[one.at]}
            found[key] = list(last.values())
        else:
            found[key] = [one for one in rows if admitted[one.at]]
    return {
        key: Rates(table, rows, [one.date for one in rows], [one.value for one in rows])
        for key, rows in found.items()
        if rows
    }


def _groups(sheet: Sheet) -> dict[tuple[str, str], tuple[list[Record], list[tuple[int, int]]]]:
    """The same of the whole table, with year and month of each rate: the days of a timeline only choose among them."""
    found: dict[tuple[str, str], tuple[list[Record], list[tuple[int, int]]]] = {}
    for one in sheet.derived(all_records):
        rows, months = found.setdefault((one.series, one.pair), ([], []))
        rows.append(one)
        months.append((one.date.year, one.date.month))
    return found


def _turns(one: Rates) -> tuple[int | None, int | None]:
    """Positions of the weakest rate in the weeks after the invasion and of the best in the year after that."""
    shock = one.between(INVASION, INVASION + pd.Timedelta(days=SHOCK_DAYS))
    if not shock:
        return None, None
    low = one.highest(shock)
    return low, one.lowest(one.between(one.when(low), one.when(low) + pd.Timedelta(days=RECOVERY_DAYS)))


def _legs(one: Rates, reversal: float) -> list[Phase]:
    return phases(one.rates, reversal)


def _state(key: str, value: float, text: str, rows: Any, caveat: str = "", **more: Any) -> Finding:
    label, unit = TITLES[key]
    return finding(CLAIM, key, label, value, unit, text, ruble, rows, caveat=caveat, **more)


def _none(key: str, why: str) -> Finding:
    label, unit = TITLES[key]
    return missing(CLAIM, key, label, unit, ruble, why)


def _recovery(one: Rates, name: str) -> Finding:
    low, best = one.derived(_turns)
    before = on_or_before(one.days, INVASION - pd.Timedelta(days=1))
    if low is None or best is None or before is None or one.rates[low] <= one.rates[before]:
        return _none("recovered", "This series does not reach back over the invasion, or the fall had not yet come.")
    share = 100 * (one.rates[low] - one.rates[best]) / (one.rates[low] - one.rates[before])
    text = (
        f"The {name} rose from {number(one.rates[before], 1)} rubles before the invasion to "
        f"{number(one.rates[low], 1)} on "
        f"{day(one.when(low))} and was back at {number(one.rates[best], 1)} on {day(one.when(best))}: the ruble won "
        "back "
    )
    text += "more than it had lost." if share > 100 else f"{percent(share)} of what it had lost."
    return _state("recovered", share, text, one.pick(before, low, best), date=one.when(best))


def _depth(one: Rates, name: str) -> Finding:
    _, best = one.derived(_turns)
    if best is None or best == len(one.rates) - 1:
        return _none("depth", "This series holds no best rate after the invasion before the day of the verdict.")
    loss = -value_change(one.rates[best], one.rates[-1])
    text = (
        f"From {number(one.rates[best], 1)} rubles a {name} on {day(one.when(best))} to {number(one.rates[-1], 1)} on "
        f"{day(one.when(-1))} the ruble lost {percent(loss)} of its value."
    )
    return _state("depth", loss, text, one.pick(best, len(one.rates) - 1))


def _duration(one: Rates, reversal: float, name: str) -> Finding:
    legs = one.legs(reversal)
    if not legs:
        return _none("duration", "Too few rates to tell phases apart.")
    leg = legs[-1]
    months = (one.when(-1) - one.when(leg.start)).days / 30.44 if leg.falling else 0.0
    size = abs(value_change(one.rates[leg.start], one.rates[leg.end]))
    if leg.falling:
        text = (
            f"On {day(one.when(-1))} the ruble had been sliding against the {name} for {counted(months, 'month')}, "
            "without "
            f"a counter-move of {percent(reversal)}; the loss from {month(one.when(leg.start))} was {percent(size)}."
        )
    else:
        text = (
            f"On {day(one.when(-1))} no slide was under way: the last turn of {percent(reversal)} or more, in "
            f"{month(one.when(leg.start))}, was a rise of the ruble, of {percent(size)} against the {name}."
        )
    return _state("duration", months, text, one.pick(leg.start, leg.end, len(one.rates) - 1))


def _recent(one: Rates, window: int, name: str) -> Finding:
    start = on_or_before(one.days, one.when(-1) - pd.Timedelta(days=window))
    if start is None:
        return _none("recent", "The series is shorter than the span of the recent change.")
    change = value_change(one.rates[start], one.rates[-1])
    verb = "lost" if change < 0 else "gained"
    text = (
        f"In the {counted(window / 30.44, 'month')} to {day(one.when(-1))} the ruble {verb} {percent(abs(change))} "
        "of its value "
        f"against the {name}."
    )
    return _state("recent", change, text, one.pick(start, len(one.rates) - 1))


@states("prewar")
def _prewar(one: Rates, name: str) -> Finding:
    before = on_or_before(one.days, INVASION - pd.Timedelta(days=1))
    if before is None or before == len(one.rates) - 1:
        return _none("prewar", "This series does not reach back over the invasion.")
    change = value_change(one.rates[before], one.rates[-1])
    side = "weaker" if change < 0 else "stronger"
    text = (
        f"On {day(one.when(-1))} the ruble stood {percent(abs(change))} {side} against the {name} than on the eve "
        "of the "
        "invasion."
    )
    return _state("prewar", change, text, one.pick(before, len(one.rates) - 1))


@states("later")
def _later(one: Rates, name: str) -> Finding:
    start = on_or_before(one.days, ARTICLE)
    after = range(bisect_right(one.days, ARTICLE), len(one.days))
    if start is None or not after:
        return _none("later", "The course after the article was not yet known.")
    weak, strong = one.highest(after), one.lowest(after)
    change = value_change(one.rates[start], one.rates[-1])
    text = (
        f"After the article the {name} cost between {number(one.rates[strong], 1)} rubles ({day(one.when(strong))}) "
        f"and {number(one.rates[weak], 1)} ({day(one.when(weak))}). On {day(one.when(-1))} the ruble was worth "
        f"{percent(abs(change))} {'less' if change < 0 else 'more'} than on the article's day."
    )
    return _state("later", change, text, one.pick(start, weak, strong, len(one.rates) - 1))


@states("phases")
def _phases(one: Rates, reversal: float, name: str) -> Finding:
    legs = [leg for leg in one.legs(reversal) if one.when(leg.end) >= INVASION]
    if not legs:
        return _none("phases", "No phase since the invasion was known.")
    long = [leg for leg in legs if (one.when(leg.end) - one.when(leg.start)).days > 90]
    told = [
        f"{'down' if leg.falling else 'up'} {percent(abs(value_change(one.rates[leg.start], one.rates[leg.end])))} "
        f"({month(one.when(leg.start))} to {month(one.when(leg.end))})"
        for leg in long
    ]
    text = (
        f"Since the invasion the ruble has had {counted(len(legs), 'phase')} of at least {percent(reversal)} "
        f"against the {name}"
    )
    text += f"; those longer than three months: {listed(told)}." if told else ", none of them longer than three months."
    used = sorted({p for leg in legs for p in (leg.start, leg.end)})
    return _state("phases", float(len(legs)), text, one.pick(*used))


def _broad(table: Picked, month_ends: bool, series: str, window: int, least: float, today: date) -> Finding:
    label = "Currencies that the ruble lost against over the year"
    rates = table.derived(_split, month_ends)
    fresh = pd.Timestamp(today) - pd.Timedelta(days=FRESH)
    rows, told, lost = [], [], 0
    for pair, name in NAMES.items():
        one = rates.get((series, pair))
        start = on_or_before(one.days, one.when(-1) - pd.Timedelta(days=window)) if one is not None else None
        if one is None or start is None or one.when(-1) < fresh:
            continue
        change = value_change(one.rates[start], one.rates[-1])
        lost += change <= -least
        told.append(f"{'down' if change < 0 else 'up'} {percent(abs(change), 1)} against the {name}")
        rows.append(one.pick(start, len(one.rates) - 1))
    if len(rows) < 3:
        return missing(
            CLAIM, "broad", label, "of the three", ruble, "Dollar, euro and yuan were not all in this series."
        )
    text = (
        f"Over the year the ruble was {listed(told)}; a loss of {percent(least)} or more shows against "
        f"{['none of the three', 'one of the three', 'two of the three', 'all three'][lost]}."
    )
    return finding(CLAIM, "broad", label, float(lost), "of the three", text, ruble, rows)


@states("gauge")
def _gauge(ev: Evidence, rates: dict[tuple[str, str], Rates]) -> Finding:
    """The ruble and the budget balance in the newest full year with a published balance."""
    label = "Change of the ruble in the last year with a known budget balance"
    macro = Rows(ev.picked(MACRO))
    full = macro.where(
        lambda row: (
            row.indicator == "federal_budget_balance_rub_bn" and row.period == "year" and row.is_forecast is False
        )
    )
    full.sort(key=lambda row: row.period_end)
    one = rates.get(("cbr-official", "USD/RUB"))
    if not full or one is None:
        return missing(CLAIM, "gauge", label, "percent", ruble, "No full year with both a balance and rates was known.")
    last = full[-1]
    end = last.period_end
    a, b = on_or_before(one.days, end - pd.DateOffset(years=1), 20), on_or_before(one.days, end, 20)
    if a is None or b is None:
        return missing(CLAIM, "gauge", label, "percent", ruble, "The rates do not span the year of that balance.")
    change = value_change(one.rates[a], one.rates[b])
    text = (
        f"In {end.year} the ruble {'gained' if change > 0 else 'lost'} {percent(abs(change))} against the dollar "
        "while the federal budget "
        f"closed with a deficit of {number(abs(last.value) / 1000, 1)} trillion rubles"
    )
    if len(full) > 1:
        text += f", {'wider' if last.value < full[-2].value else 'narrower'} than the year before"
    text += (
        ": controls on capital, export earnings and sanctions move the rate, so that it is no plain gauge of strain."
    )
    return finding(
        CLAIM, "gauge", label, change, "percent", text, ruble, [one.pick(a, b), macro.of(full[-2:])], date=end
    )


@states("official_gap")
def _gap(rates: dict[tuple[str, str], Rates]) -> Finding:
    label = "Typical gap between the official and the market rate"
    official, market = rates.get(("cbr-official", "USD/RUB")), rates.get(("market-snapshot", "USD/RUB"))
    if official is None or market is None:
        return missing(
            CLAIM, "official_gap", label, "percent", ruble, "No market series beside the official one was known."
        )
    at = {day_: position for position, day_ in enumerate(market.days)}
    pairs = [(position, at[day_]) for position, day_ in enumerate(official.days) if day_ in at]
    if not pairs:
        return missing(CLAIM, "official_gap", label, "percent", ruble, "The two series share no day.")
    gaps = [100 * abs(official.rates[a] / market.rates[b] - 1) for a, b in pairs]
    text = (
        f"On {counted(len(pairs), 'day')} with both, the official dollar rate and a market snapshot lay "
        f"{percent(median(gaps), 1)} apart in "
        f"the middle case and {percent(max(gaps))} at most."
    )
    rows = [official.pick(pairs[0][0], pairs[-1][0]), market.pick(pairs[0][1], pairs[-1][1])]
    return finding(CLAIM, "official_gap", label, median(gaps), "percent", text, ruble, rows, sample=len(pairs))
