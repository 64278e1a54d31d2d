"""The outlook of the Russian economy: forecasts against outcomes by vintage, the budget, what could be paid from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked, Sheet
from casefile.model import FIRST_AS_OF, Finding
from casefile.pillars.economy.records import Record, Rows, all_records, in_order, mean
from casefile.pillars.findings import finding, missing, once, states
from casefile.words import counted, day, listed, month, number, percent, points, signed

MACRO = "economy/macro"
GROWTH = "gdp_growth_yoy"
BALANCE = "federal_budget_balance_rub_bn"
INFLATION = "cpi_yoy"
LIQUID_FUND, WHOLE_FUND = "nwf_liquid_usd_bn", "nwf_total_usd_bn"
RESERVES = "international_reserves_usd_bn"
PATH = "gdp_gap_vs_prewar_forecast"
INTERNATIONAL = ("imf-weo", "world-bank", "oecd")
CLAIM = "economy-outlook"
INVASION = pd.Timestamp(FIRST_AS_OF)
CONFLICTED = ("novak-statement",)  # a statement that swaps two years against all other sources
ANONYMOUS = ("unnamed-commentators",)
NAMES = {
    "imf-weo": "the IMF",
    "world-bank": "the World Bank",
    "bank-of-russia": "the Bank of Russia",
    "ministry-of-economic-development": "Russia's economy ministry",
}
SEVERAL = 3
"""Forecasts that met an outcome before a forecaster's mean error is told."""


def outlook(
    ev: Evidence,
    *,
    forecasters: str = "imf-weo",
    outcome: str = "newest",
    years: int = 0,
    horizon: str = "next",
    gap_years: int = 2,
) -> list[Finding]:
    """How gloomy the forecasts were, how they fared against outcomes, and how the means to pay developed.

    Reads growth in per cent, one vintage a row; an error is outcome minus forecast, so that a positive one means too
    gloomy. `forecasters` is one forecaster, `international` or `all`; `outcome` the first or the newest figure for a
    year known on the day; `years` limits errors to so many newest years (0: all); `horizon` takes the forecast for the
    next year or for the one under way; `gap_years` is how long the gap to the pre-war path counts as current.
    """
    macro = ev.picked(MACRO)
    today = ev.as_of
    growth = macro.part("indicator", GROWTH)
    return [
        once(growth, _gdp_error, forecasters, outcome, years),
        once(growth, _gloomy_share, forecasters, outcome),
        once(growth, _newest_year, forecasters, outcome),
        once(growth, _by_forecaster, outcome),
        once(growth, _growth, today, horizon),
        once(macro.part("indicator", BALANCE), _deficit),
        once(macro.part("indicator", INFLATION), _inflation),
        once(macro.part("indicator", LIQUID_FUND, WHOLE_FUND), _fund),
        once(macro.part("indicator", RESERVES), _reserves),
        once(macro.part("indicator", PATH), _path, today, gap_years),
        once(growth, _latest),
    ]


def _by_vintage(picked: Picked) -> tuple[list[Record], list[Record]]:
    """Forecasts and outcomes, each in the order in which they became known."""
    admitted = picked.admitted
    ordered = [one for one in picked.sheet.derived(_all_by_vintage) if admitted[one.at]]
    return [one for one in ordered if one.is_forecast is True], [one for one in ordered if one.is_forecast is False]


def _all_by_vintage(sheet: Sheet) -> list[Record]:
    return in_order(
        sheet, _all_by_vintage, lambda one: (one.known_on, one.row), lambda whole: whole.derived(all_records)
    )


def _errors(picked: Picked, forecasters: str, outcome: str) -> list[Error]:
    return gdp_errors(*picked.derived(_by_vintage), forecasters, outcome)


@dataclass(frozen=True)
class Error:
    """One forecast of a year's growth beside its outcome, both in per cent; a range counts as its middle."""

    forecaster: str
    made: pd.Timestamp
    year: int
    forecast: float
    actual: Record
    rows: tuple[Record, ...]

    @property
    def points(self) -> float:
        return float(self.actual.value - self.forecast)


def gdp_errors(
    forecasts: list[Record], outturns: list[Record], forecasters: str = "all", outcome: str = "newest"
) -> list[Error]:
    """Each forecast of yearly growth made since the invasion whose year has a known outcome, by year and vintage.

    Takes records in order of `known_on`. A forecast made after its year had ended is none; unnamed forecasters and a
    statement that swaps two years are left out. `outcome` picks the first or the newest figure for a year.
    """
    actual: dict[pd.Timestamp, Record] = {}
    for one in outturns:
        counts = one.indicator == GROWTH and one.period == "year" and one.forecaster not in CONFLICTED
        if counts and (outcome == "newest" or one.period_end not in actual):
            actual[one.period_end] = one
    chosen = {"international": INTERNATIONAL}.get(forecasters, (forecasters,))
    groups: dict[tuple[int, pd.Timestamp, str], list[Record]] = {}
    for one in forecasts:
        if (
            one.indicator == GROWTH
            and one.period == "year"
            and INVASION <= one.date <= one.period_end
            and one.period_end in actual
            and one.forecaster not in ANONYMOUS
            and (forecasters == "all" or one.forecaster in chosen)
        ):
            groups.setdefault((one.period_end.year, one.date, one.forecaster), []).append(one)
    return [
        Error(who, made, year, mean(one.value for one in rows), actual[rows[0].period_end], tuple(rows))
        for (year, made, who), rows in sorted(groups.items())
    ]


NONE_YET = "No forecast made since the invasion had met an outcome yet."


def _rows(macro: Picked, errors: list[Error]) -> pd.DataFrame:
    return Rows(macro).of([row for one in errors for row in one.rows], [one.actual for one in errors])


def _gdp_error(macro: Picked, forecasters: str, outcome: str, years: int) -> Finding:
    name, label = "gdp_error", "Mean error of growth forecasts, outcome minus forecast"
    errors = macro.derived(_errors, forecasters, outcome)
    if years and errors:
        errors = [one for one in errors if one.year > errors[-1].year - years]
    if not errors:
        return missing(CLAIM, name, label, "points", outlook, NONE_YET)
    sizes = [one.points for one in errors]
    who = {"imf-weo": "The IMF's", "all": "All recorded", "international": "International"}.get(
        forecasters, f"The {forecasters}'s"
    )
    text = (
        f"{who} forecasts of Russian growth made since the invasion were on average {points(abs(mean(sizes)), 1)} "
        f"{'too gloomy' if mean(sizes) > 0 else 'too hopeful'}, over {counted(len(errors), 'forecast')} for "
        f"{_span(errors)}."
    )
    return finding(
        CLAIM, name, label, mean(sizes), "points", text, outlook, _rows(macro, errors), low=min(sizes), high=max(sizes),
        sample=len(errors), caveat="War-time output counts arms, so that growth is not welfare; outcomes are revised.",
    )  # fmt: skip


def _span(errors: list[Error]) -> str:
    first, last = errors[0].year, errors[-1].year
    return f"{first}" if first == last else f"{first} to {last}"


@states("too_gloomy")
def _gloomy_share(macro: Picked, forecasters: str, outcome: str) -> Finding:
    name, label = "too_gloomy", "Share of growth forecasts that were too gloomy"
    errors = macro.derived(_errors, forecasters, outcome)
    if not errors:
        return missing(CLAIM, name, label, "percent", outlook, NONE_YET)
    gloomy = sum(one.points > 0 for one in errors)
    text = f"{number(gloomy)} of {counted(len(errors), 'forecast')} for {_span(errors)} were too gloomy."
    share = 100 * gloomy / len(errors)
    return finding(CLAIM, name, label, share, "percent", text, outlook, _rows(macro, errors), sample=len(errors))


@states("newest_year_error")
def _newest_year(macro: Picked, forecasters: str, outcome: str) -> Finding:
    name, label = "newest_year_error", "Mean error for the newest year with an outcome"
    errors = macro.derived(_errors, forecasters, outcome)
    rows = [one for one in errors if one.year == errors[-1].year]
    if not rows:
        return missing(CLAIM, name, label, "points", outlook, NONE_YET)
    made = [one.forecast for one in rows]
    error = mean(one.points for one in rows)
    text = (
        f"For {rows[0].year} the outcome was {percent(rows[0].actual.value, 1)} and the forecasts lay between "
        f"{percent(min(made), 1)} and "
        f"{percent(max(made), 1)}: a mean error of {signed(error, 1)} points."
    )
    return finding(CLAIM, name, label, error, "points", text, outlook, _rows(macro, rows), sample=len(rows))


def by_forecaster(errors: list[Error]) -> dict[str, list[Error]]:
    """The errors of each named forecaster with several of them, the one furthest off first."""
    groups: dict[str, list[Error]] = {}
    for one in errors:
        if one.forecaster in NAMES:
            groups.setdefault(one.forecaster, []).append(one)
    kept = {name: own for name, own in groups.items() if len(own) >= SEVERAL}
    return dict(sorted(kept.items(), key=lambda pair: (-abs(mean(one.points for one in pair[1])), pair[0])))


@states("forecasters")
def _by_forecaster(macro: Picked, outcome: str) -> Finding:
    name, label = "forecasters", "Mean error of the forecaster least far off"
    groups = by_forecaster(macro.derived(_errors, "all", outcome))
    if not groups:
        why = "No forecaster had several forecasts that had met an outcome yet."
        return missing(CLAIM, name, label, "points", outlook, why)
    means = {who: mean(one.points for one in own) for who, own in groups.items()}
    told = [f"{NAMES[who]} {signed(value, 1)} ({len(groups[who])})" for who, value in means.items()]
    text = (
        f"Outcome minus forecast, in points of growth with the number of forecasts: {listed(told)}; above zero they "
        "were too gloomy."
    )
    sizes = list(means.values())
    used = [one for own in groups.values() for one in own]
    return finding(
        CLAIM, name, label, min(sizes, key=abs), "points", text, outlook, _rows(macro, used), low=min(sizes),
        high=max(sizes), sample=len(used),
        caveat="Not every forecaster is on record for every year, so the means are no ranking.",
    )  # fmt: skip


def _growth(macro: Picked, today: date, horizon: str) -> Finding:
    """The IMF's newest vintage: its forecast for the next year where it has one, else for the year under way."""
    name, label = "outlook_growth", "Newest IMF forecast of growth"
    start, this = pd.Timestamp(today) - pd.Timedelta(days=400), today.year
    forecasts, _ = macro.derived(_by_vintage)
    rows = [
        one
        for one in forecasts
        if one.indicator == GROWTH and one.forecaster == "imf-weo" and one.period == "year" and one.date > start
    ]
    wanted = (this, this + 1) if horizon == "next" else (this + 1, this)
    rows = [one for one in rows if one.period_end.year in wanted]
    if not rows:
        return missing(CLAIM, name, label, "percent", outlook, "No IMF forecast of the past year was known.")
    newest = max(one.date for one in rows)
    made = max((one for one in rows if one.date == newest), key=lambda one: wanted.index(one.period_end.year))
    text = (
        f"The newest IMF forecast known, of {month(made.date)}, expected {signed(made.value, 1)}% growth in "
        f"{made.period_end.year}."
    )
    return finding(CLAIM, name, label, made.value, "percent", text, outlook, Rows(macro).of(made))


def _deficit(macro: Picked) -> Finding:
    """The newest federal deficit against the year's first plan, scaled to the part of the year that had passed."""
    name, label = "deficit_ratio", "Federal deficit over the first plan for the time elapsed"
    forecasts, outturns = macro.derived(_by_vintage)
    plans: dict[int, Record] = {}
    for one in forecasts:
        if one.indicator == BALANCE:
            plans.setdefault(one.period_end.year, one)
    done = [
        one
        for one in outturns
        if one.indicator == BALANCE and one.period_end.month >= 6 and one.period_end.year in plans
    ]
    if not done:
        return missing(CLAIM, name, label, "ratio", outlook, "No outturn beside a plan of the same year was known.")
    last = max(done, key=lambda one: one.period_end)
    plan = plans[last.period_end.year]
    share = 1.0 if last.period == "year" else last.period_end.month / 12
    ratio = last.value / plan.value / share
    text = (
        f"By {month(last.period_end)} the federal deficit of {last.period_end.year} was "
        f"{number(-last.value / 1000, 1)} trillion rubles "
        f"against {number(-plan.value / 1000, 1)} first planned for the whole year"
    )
    text += f": {number(ratio, 1)} times the plan" + ("." if share == 1 else ", pro rata.")
    return finding(CLAIM, name, label, ratio, "ratio", text, outlook, Rows(macro).of(last, plan), date=last.period_end)


def _inflation(macro: Picked) -> Finding:
    name, label = "inflation_error", "Inflation above the central bank's forecast, newest year"
    forecasts, outturns = macro.derived(_by_vintage)
    made = [one for one in forecasts if one.indicator == INFLATION and one.forecaster == "bank-of-russia"]
    ends = {one.period_end for one in made}
    done = [one for one in outturns if one.indicator == INFLATION and one.period_end in ends]
    if not done:
        return missing(CLAIM, name, label, "points", outlook, "No year with a forecast and an outcome was known.")
    last = max(done, key=lambda one: one.period_end)
    rows = [one for one in made if one.period_end == last.period_end]
    error = last.value - mean(one.value for one in rows)
    low, high = min(one.value for one in rows), max(one.value for one in rows)
    text = (
        f"Inflation at the end of {last.period_end.year} was {percent(last.value, 1)}; the central bank had forecast "
        f"{number(low, 1)} to "
        f"{percent(high, 1)}, at the middle {points(abs(error), 1)} too {'low' if error > 0 else 'high'}."
    )
    return finding(CLAIM, name, label, error, "points", text, outlook, Rows(macro).of(rows, last), date=last.period_end)


def _level(outturns: list[Record], indicator: str) -> tuple[Record | None, Record | None]:
    rows = sorted((one for one in outturns if one.indicator == indicator), key=lambda one: one.period_end)
    before = [one for one in rows if one.period_end <= INVASION]
    return (before[-1] if before else None), (rows[-1] if rows and rows[-1].period_end > INVASION else None)


def _fund(macro: Picked) -> Finding:
    name, label = "fund_change", "Wealth fund in dollars against early 2022"
    _, outturns = macro.derived(_by_vintage)
    before, last = _level(outturns, LIQUID_FUND)
    what = "the liquid part of the wealth fund"
    if before is None:  # its level of early 2022 was told later; the whole fund stands in until then
        before, last = _level(outturns, WHOLE_FUND)
        what = "the wealth fund"
    if before is None or last is None:
        return missing(CLAIM, name, label, "percent", outlook, "No later level beside the pre-war one was known.")
    change = 100 * (last.value / before.value - 1)
    text = (
        f"On {day(last.period_end)} {what} held ${number(last.value)}bn against ${number(before.value)}bn before the "
        "invasion: "
        f"{percent(abs(change))} {'less' if change < 0 else 'more'}."
    )
    return finding(CLAIM, name, label, change, "percent", text, outlook, Rows(macro).of(before, last))


def _reserves(macro: Picked) -> Finding:
    name, label = "reserves_change", "International reserves, frozen part included, against before the invasion"
    _, outturns = macro.derived(_by_vintage)
    before, last = _level(outturns, RESERVES)
    if before is None or last is None:
        return missing(CLAIM, name, label, "percent", outlook, "No later level beside the pre-war one was known.")
    change = 100 * (last.value / before.value - 1)
    text = (
        f"Russia's reserves stood at ${number(last.value)}bn on {day(last.period_end)}, {percent(abs(change))} "
        f"{'below' if change < 0 else 'above'} early 2022; they include the assets frozen abroad, a pot from which "
        "reparations could be "
        "taken whatever the forecasts say."
    )
    return finding(CLAIM, name, label, change, "percent", text, outlook, Rows(macro).of(before, last))


def _path(macro: Picked, today: date, years: int) -> Finding:
    name, label = "path_gap", "Forecast output against the pre-war path"
    forecasts, _ = macro.derived(_by_vintage)
    start = pd.Timestamp(today) - pd.DateOffset(years=years)
    rows = [one for one in forecasts if one.indicator == PATH and one.date > start]
    if not rows:
        return missing(
            CLAIM, name, label, "percent", outlook, "No current estimate of the gap to the pre-war path was known."
        )
    one = rows[-1]
    text = (
        f"In {month(one.date)} the IMF expected Russia's output of {one.period_end.year} to lie "
        f"{percent(abs(one.value))} below the path "
        "forecast before the war."
    )
    return finding(CLAIM, name, label, one.value, "percent", text, outlook, Rows(macro).of(one))


@states("latest_growth")
def _latest(macro: Picked) -> Finding:
    name, label = "latest_growth", "Newest growth figure known"
    _, outturns = macro.derived(_by_vintage)
    rows = [one for one in outturns if one.indicator == GROWTH and one.forecaster not in CONFLICTED]
    if not rows:
        return missing(CLAIM, name, label, "percent", outlook, "No growth figure was known.")
    one = max(rows, key=lambda row: (row.period_end, row.known_on))
    text = (
        f"The newest growth figure known, for the {one.period} to {month(one.period_end)}, is "
        f"{signed(one.value, 1)}% on a year before."
    )
    return finding(CLAIM, name, label, one.value, "percent", text, outlook, Rows(macro).of(one))
