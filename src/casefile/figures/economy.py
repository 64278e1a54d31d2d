"""Charts of the Economy chapter: rates, fuel events, budget shares, polls, reported deaths, forecasts and outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.figures.about import Abouts
from casefile.figures.vocabulary import Chart, Series, bars, dots, events, lines, scatter
from casefile.model import Verdict, ordered
from casefile.pillars.economy.budget import THIRD, shares
from casefile.pillars.economy.deaths import CIRCLES, COUNTS, INVASION, years
from casefile.pillars.economy.outlook import BALANCE, Error, by_forecaster, gdp_errors
from casefile.pillars.economy.outlook import NAMES as FORECASTERS
from casefile.pillars.economy.rates import phases, value_change
from casefile.pillars.economy.records import Record, Rows, mean
from casefile.pillars.economy.ruble import NAMES
from casefile.words import counted, interval, month, number, percent, spelled

Line = list[dict[str, Any]]

SHOCK = INVASION + pd.Timedelta(days=60)
REVERSAL = 10.0
"""The move in per cent that ends a phase, as in the findings."""


def _cited(rows: Sequence[Record]) -> Iterator[str]:
    return (one for row in rows for one in (row.source_id, getattr(row, "source_id_2", "")))


_about = Abouts(_cited)


def _value(verdict: Verdict, name: str) -> float | None:
    found = verdict.finding(name)
    return found.value if found and isinstance(found.value, float) else None


def _day(one: pd.Timestamp) -> str:
    return str(one.date())


def dollar_rate(verdict: Verdict, ev: Evidence) -> Chart:
    """The dollar in rubles, official and market."""
    change = _value(verdict, "recent")
    title = "The dollar in rubles"
    if change is not None:
        verb = "lost" if change < 0 else "gained"
        title = f"The ruble {verb} {percent(abs(change))} against the dollar over the last year"
    table = Rows(ev.table("economy/ruble"))
    rows = table.where(lambda one: one.pair == "USD/RUB" and one.series != "imf-month-end")
    official = [one for one in rows if one.series == "cbr-official"]
    market = [one for one in rows if one.series == "market-snapshot"]
    data = [{"date": _day(one.date), "series": one.series, "rubles_per_dollar": one.value} for one in rows]
    about = _about(
        verdict, "dollar", title, "recent",
        "Rubles for one dollar; higher is a weaker ruble. Selected days: week ends, month ends and turning points.",
        data, {"date": "day", "series": "series", "rubles_per_dollar": "rubles"}, rows, "ruble.ruble",
    )  # fmt: skip
    drawn = [Series("Official rate", [_day(one.date) for one in official], [one.value for one in official])]
    if market:
        days = [_day(one.date) for one in market]
        drawn.append(Series("Market snapshot", days, [one.value for one in market], role="b", dash=True))
    return lines(about, drawn, y_title="Rubles per dollar")


def three_currencies(verdict: Verdict, ev: Evidence) -> Chart:
    """The ruble's value against dollar, euro and yuan, with the eve of the invasion at 100."""
    table = Rows(ev.table("economy/ruble"))
    drawn, data, used = [], [], []
    for (pair, name), role in zip(NAMES.items(), "abc", strict=True):
        rows = [one for one in table if one.pair == pair and one.series == "cbr-official"]
        before = [one for one in rows if one.date < INVASION]
        if not before:
            continue
        index = [100 * before[-1].value / one.value for one in rows]
        drawn.append(Series(f"Against the {name}", [_day(one.date) for one in rows], index, role=role))
        data += [
            {"date": _day(one.date), "currency": name, "value_of_ruble": round(value, 2)}
            for one, value in zip(rows, index, strict=True)
        ]
        used += rows
    now = _value(verdict, "prewar")
    title = "The ruble's value against three currencies"
    if now is not None:
        side = "below" if now < 0 else "above"
        title = f"The ruble stands {percent(abs(now))} {side} its value on the eve of the invasion"
    about = _about(
        verdict, "currencies", title, "broad",
        "Value of the ruble, the last official rate before the invasion = 100; higher is a stronger ruble.",
        data, {"date": "day", "currency": "currency", "value_of_ruble": "index"}, used, "ruble.ruble",
    )  # fmt: skip
    return lines(about, drawn, y_title="Eve of the invasion = 100")


def drawdown(verdict: Verdict, ev: Evidence) -> Chart:
    """How far the ruble stood below its best rate so far since the fall at the invasion, and where it turned."""
    table = Rows(ev.table("economy/ruble"))
    rows = [one for one in table if one.pair == "USD/RUB" and one.series == "cbr-official"]
    weakest = max((one for one in rows if INVASION <= one.date < SHOCK), key=lambda one: one.value, default=None)
    rows = [one for one in rows if weakest is not None and one.date >= weakest.date]
    best, below = float("inf"), []
    for one in rows:
        best = min(best, one.value)
        below.append(value_change(best, one.value))
    legs = phases([one.value for one in rows], REVERSAL)
    turns = sorted({place for leg in legs for place in (leg.start, leg.end)})
    title = "The ruble below its best rate since the invasion"
    if rows:
        title = (
            f"At its deepest the ruble stood {percent(-min(below))} below its best rate since the invasion, "
            f"now {percent(-below[-1])}"
        )
    data = [
        {"date": _day(one.date), "drawdown": round(value, 2), "turn": place in turns}
        for place, (one, value) in enumerate(zip(rows, below, strict=True))
    ]
    about = _about(
        verdict, "drawdown", title, "phases",
        f"Loss of value against the dollar since the best official rate so far; marks stand where a move of "
        f"{number(REVERSAL)}% or more began.",
        data, {"date": "day", "drawdown": "percent", "turn": "truth"}, rows, "ruble.ruble",
    )  # fmt: skip
    drawn = [Series("Below its best", [_day(one.date) for one in rows], below)]
    if turns:
        days = [_day(rows[place].date) for place in turns]
        drawn.append(Series("Turns", days, [below[place] for place in turns], role="b", markers=True, lines=False))
    return lines(about, drawn, y_title="Percent", zero_line=True)


FUEL_LANES = {
    "Shortages and limits": ("shortage_report", "rationing"),
    "Export ban": ("export_ban",),
    "Ban eased": ("export_ban_lifted",),
    "Denial": ("official_denial",),
    "Refineries hit": ("refinery_strike",),
}
FUEL_ROLES = dict(zip(FUEL_LANES, ("bad", "b", "good", "muted", "d"), strict=True))


def fuel_events(verdict: Verdict, ev: Evidence) -> Chart:
    """Shortages, bans, easings and strikes on a line of time."""
    table = Rows(ev.table("economy/fuel"))
    lane_of = {kind: lane for lane, kinds in FUEL_LANES.items() for kind in kinds}
    rows = table.where(lambda one: one.kind in lane_of)
    short = sum(one.kind in FUEL_LANES["Shortages and limits"] for one in rows)
    title = f"{counted(short, 'report')} of scarce fuel or limits, and what the state did"
    data = [
        {"date": _day(one.date), "kind": lane_of[one.kind], "product": one.product, "summary": one.summary}
        for one in rows
    ]
    about = _about(
        verdict, "events", title, "shortage_sources", "Dated reports known on the day; a gap is not proof of calm.",
        data, {"date": "day", "kind": "kind", "product": "product", "summary": "text"}, rows, "fuel.fuel",
    )  # fmt: skip
    drawn = [(one.date.date(), lane_of[one.kind], one.product, FUEL_ROLES[lane_of[one.kind]]) for one in rows]
    return events(about, drawn, lanes=list(FUEL_LANES))


def defence_shares(verdict: Verdict, ev: Evidence) -> Chart:
    """Each figure for defence as a share of spending, beside a third."""
    found = shares(Rows(ev.table("economy/budget")))
    kept = [one for one in found if one.row.year >= 2023]
    kept.sort(key=lambda one: (one.row.year, one.row.known_on))
    names = {"document": "unpublished document", "ministry estimate": "published estimate"}
    labels = []
    for one in kept:
        part = ", first half" if one.row.covers == "first half" else ""
        kind = names.get(one.row.figure_kind, one.row.figure_kind)
        labels.append(f"{int(one.row.year)}{part}: {kind} ({month(one.row.known_on)})")
    share = _value(verdict, "planned_share")
    title = "Defence as a share of the Russian budget"
    if share is not None:
        title = f"The newest plan gives defence {percent(share, 1)} of spending; other figures for one year disagree"
    data = [
        {"label": label, "year": int(one.row.year), "kind": one.row.figure_kind, "share": round(one.pct, 2)}
        for label, one in zip(labels, kept, strict=True)
    ]
    about = _about(
        verdict, "shares", title, "disagreement",
        "National defence as a share of federal expenditure, by year and by the budget or paper that gave it. "
        "The upright rule is a third.",
        data, {"label": "text", "year": "year", "kind": "kind", "share": "percent"},
        [row for one in kept for row in one.rows], "budget.defence_share",
    )  # fmt: skip
    roles = [
        "b" if one.row.figure_kind == "document" else "c" if one.row.figure_kind == "ministry estimate" else "a"
        for one in kept
    ]
    return dots(about, labels, [one.pct for one in kept], roles=roles, x_title="Percent of spending", reference=THIRD)


def talks_or_war(verdict: Verdict, ev: Evidence) -> Chart:
    """Levada's question on talks or going on, wave by wave."""
    polls = Rows(ev.table("economy/russian_polls"))
    rows = polls.where(lambda one: one.question == "continue-or-negotiate" and one.pollster == "levada")
    margin = _value(verdict, "talks_margin")
    title = "For talks, or for going on"
    if margin is not None:
        title = f"Russians who want talks outnumber those who want to go on by {number(margin)} points"
        if margin <= 0:
            title = f"Those who want to go on outnumber those who want talks by {number(-margin)} points"
    data = [{"date": _day(one.date), "answer": one.response, "share": one.value} for one in rows]
    about = _about(
        verdict, "talks", title, "talks_margin",
        "Levada, face to face; answers under censorship. Known waves only: the line joins them across missing months.",
        data, {"date": "day", "answer": "text", "share": "percent"}, rows, "mood.public_strain",
    )  # fmt: skip
    drawn = []
    for name, answer, role in (("Start talks", "start-peace-talks", "a"), ("Go on", "continue-military-action", "b")):
        part = {one.date: one for one in rows if one.response == answer}
        drawn.append(
            Series(name, [_day(day) for day in part], [one.value for one in part.values()], role=role, markers=True)
        )
    return lines(about, drawn, y_title="Percent", y_range=(0, 100))


MOODS = (
    ("Approve of the president", "putin-approval", "approve", "levada", "a"),
    ("Support the army's actions", "support-for-military-actions", "support-total", "levada", "b"),
    ("Country on the right path", "country-direction", "right-direction", "levada", "c"),
    ("Anxious close circle (FOM)", "anxiety-of-close-circle", "anxious", "fom", "d"),
)


def loyalty_and_worry(verdict: Verdict, ev: Evidence) -> Chart:
    """Approval, support, direction and anxiety: the measures that point the other way, and one that does not."""
    polls = Rows(ev.table("economy/russian_polls"))
    approval, support = _value(verdict, "approval"), _value(verdict, "army_support")
    title = "Approval, support, direction and anxiety"
    if approval is not None and support is not None:
        title = f"{percent(approval)} approve of the president and {percent(support)} support the army's actions"
    drawn, data, used = [], [], []
    for name, question, answer, pollster, role in MOODS:
        asked = (question, answer, pollster)
        rows = [one for one in polls if (one.question, one.response, one.pollster) == asked]
        if rows:
            days = [_day(one.date) for one in rows]
            drawn.append(Series(name, days, [one.value for one in rows], role=role, markers=True))
            data += [{"date": _day(one.date), "measure": name, "share": one.value} for one in rows]
            used += rows
    about = _about(
        verdict, "loyalty", title, "approval", "Known waves only; two pollsters, four questions, not to be joined.",
        data, {"date": "day", "measure": "text", "share": "percent"}, used, "mood.public_strain",
    )  # fmt: skip
    return lines(about, drawn, y_title="Percent", y_range=(0, 100))


def deaths_by_half_year(verdict: Verdict, ev: Evidence) -> Chart:
    """Reported deaths by half-year, split by whether the reports give an explanation."""
    table = Rows(ev.table("economy/elite_deaths"))
    rows = table.where(lambda one: one.date >= INVASION and one.circle in CIRCLES["core"])
    halves = ordered(f"{one.date.year}, {'first' if one.date.month < 7 else 'second'} half" for one in rows)
    explained = {half: 0 for half in halves}
    unclear = {half: 0 for half in halves}
    data = []
    for one in rows:
        half = f"{one.date.year}, {'first' if one.date.month < 7 else 'second'} half"
        plain = one.reported_as in ("illness", "suicide", "accident") and one.disputed is not True
        (explained if plain else unclear)[half] += 1
        data.append({"date": _day(one.date), "half_year": half, "reported_as": one.reported_as})
    share = _value(verdict, "unclear")
    title = counted(len(rows), "reported death")
    if share is not None:
        title += f", {percent(share)} of them without a reported explanation or disputed"
    about = _about(
        verdict, "half-years", title, "reported",
        "Deaths in press lists, business and state, by whether the reports give an illness, suicide or accident. "
        "These are reports, not causes; after 2023 single reports replace the lists.",
        data, {"date": "day", "half_year": "text", "reported_as": "text"}, rows, "deaths.elite_deaths",
    )  # fmt: skip
    if not halves:
        return bars(about, [], [], x_title="Deaths")
    return bars(
        about, list(halves), [[unclear[one] for one in halves], [explained[one] for one in halves]],
        roles=["b", "a"], x_title="Deaths", group_names=["Unexplained or disputed", "Explained in reports"],
    )  # fmt: skip


def list_rates(verdict: Verdict, ev: Evidence) -> Chart:
    """Yearly rates of the published lists, each under its own rule."""
    rows = Rows(ev.table(COUNTS)).records
    rates = [one.value / years(one) for one in rows]
    labels = [f"{one.scope[0].upper()}{one.scope[1:]} ({month(one.date)})" for one in rows]
    ratio = _value(verdict, "rate_ratio")
    title = "Deaths a year by list"
    if ratio is not None:
        title = (
            f"War-time lists count {number(ratio, 1)} times as many a year as the list before them, under other rules"
        )
    data = [
        {
            "date": _day(one.date),
            "list": one.scope,
            "since": _day(one.since),
            "deaths": one.value,
            "a_year": round(rate, 2),
        }
        for one, rate in zip(rows, rates, strict=True)
    ]
    about = _about(
        verdict, "lists", title, "rate_ratio", 
        "Deaths a year over each list's own period; the rules differ from list to list.",
        data, {"date": "day", "list": "text", "since": "day", "deaths": "deaths", "a_year": "deaths a year"}, rows,
        "deaths.elite_deaths",
    )  # fmt: skip
    before = [rate for one, rate in zip(rows, rates, strict=True) if one.date < INVASION]
    roles = ["muted" if one.date < INVASION else "a" for one in rows]
    return dots(about, labels, rates, roles=roles, x_title="Deaths a year", reference=before[-1] if before else None)


def _macro(ev: Evidence) -> tuple[list[Record], list[Record]]:
    ordered_rows = sorted(Rows(ev.table("economy/macro")), key=lambda one: (one.known_on, one.row))
    return [one for one in ordered_rows if one.is_forecast is True], [
        one for one in ordered_rows if one.is_forecast is False
    ]


def _told(errors: Sequence[Error]) -> tuple[Line, Mapping[str, str], list[Record]]:
    """The table of forecasts beside their outcomes, the units of its columns, and the rows behind it."""
    units = {
        "made": "day", "forecaster": "text", "year": "year", "forecast": "percent", "outcome": "percent",
        "error": "points",
    }  # fmt: skip
    data = [
        {
            "made": _day(one.made), "forecaster": one.forecaster, "year": one.year, "forecast": one.forecast,
            "outcome": one.actual.value, "error": round(one.points, 2),
        }
        for one in errors
    ]  # fmt: skip
    return data, units, [row for one in errors for row in (*one.rows, one.actual)]


def forecast_and_outcome(verdict: Verdict, ev: Evidence) -> Chart:
    """Each growth forecast against what came of it, one colour a year."""
    errors = gdp_errors(*_macro(ev))
    years = ordered(str(one.year) for one in errors)
    gloomy = sum(one.points > 0 for one in errors)
    title = (
        f"{number(gloomy)} of {counted(len(errors), 'forecast')} of growth were too gloomy"
        if errors
        else "No forecast had met an outcome yet"
    )
    about = _about(
        verdict, "forecasts", title, "gdp_error",
        "Forecasts made since the invasion, all named forecasters. "
        "Above the diagonal the outcome was better than forecast.",
        *_told(errors), "outlook.gdp_errors",
    )  # fmt: skip
    drawn = []
    for place, year in enumerate(years):
        part = [one for one in errors if str(one.year) == year]
        drawn.append(
            Series(year, [one.forecast for one in part], [one.actual.value for one in part], role="abcde"[place % 5])
        )
    return scatter(about, drawn, x_title="Forecast growth, percent", y_title="Outcome, percent", diagonal=True)


def errors_by_forecaster(verdict: Verdict, ev: Evidence) -> Chart:
    """The error of each growth forecast on the day that it was made, by forecaster."""
    errors = gdp_errors(*_macro(ev))
    groups = by_forecaster(errors)
    title = "Errors of growth forecasts by forecaster"
    if groups:
        sizes = [mean(one.points for one in own) for own in groups.values()]
        gloomy = sum(size > 0 for size in sizes)
        title = f"{number(gloomy)} of {counted(len(sizes), 'forecaster')} were too gloomy on average"
        if gloomy == len(sizes) > 1:
            span = interval(min(sizes), max(sizes), 1)
            title = f"All {spelled(len(sizes))} forecasters were on average too gloomy, by {span} points"
    about = _about(
        verdict, "errors", title, "forecasters",
        "Outcome minus forecast, by the day on which the forecast was made; above zero it was too gloomy. Each point "
        "is one forecast for one year, against the newest outcome known.",
        *_told(errors), "outlook.gdp_errors",
    )  # fmt: skip
    drawn = []
    others = [one for one in errors if one.forecaster not in groups]
    for role, (name, own) in zip("abcde", [*groups.items(), ("others", others)], strict=False):
        if own:
            who = FORECASTERS[name].removeprefix("the ").removeprefix("Russia's ") if name in groups else name
            ordered_own = sorted(own, key=lambda one: one.made)
            days = [_day(one.made) for one in ordered_own]
            values = [one.points for one in ordered_own]
            drawn.append(Series(who[0].upper() + who[1:], days, values, role=role, markers=True, lines=False))
    return lines(about, drawn, y_title="Outcome minus forecast, points", zero_line=True)


def deficit_and_plan(verdict: Verdict, ev: Evidence) -> Chart:
    """The federal deficit of each full year beside what was first planned."""
    forecasts, outturns = _macro(ev)
    plans: dict[int, Record] = {}
    for one in forecasts:
        if one.indicator == BALANCE:
            plans.setdefault(one.period_end.year, one)
    done = {one.period_end.year: one for one in outturns if one.indicator == BALANCE and one.period == "year"}
    years = sorted(set(plans) | set(done))
    planned = [-plans[year].value / 1000 if year in plans else None for year in years]
    actual = [-done[year].value / 1000 if year in done else None for year in years]
    ratio = _value(verdict, "deficit_ratio")
    title = "Federal deficit, planned and actual"
    if ratio is not None:
        title = f"The newest federal deficit ran at {number(ratio, 1)} times its first plan"
    data = [{"year": year, "first_plan": a, "outturn": b} for year, a, b in zip(years, planned, actual, strict=True)]
    about = _about(
        verdict, "deficit", title, "deficit_ratio", 
        "Deficit of the federal budget; a missing bar is a figure not known on the day.",
        data, {"year": "year", "first_plan": "trillion rubles", "outturn": "trillion rubles"},
        [*plans.values(), *done.values()], "outlook.outlook",
    )  # fmt: skip
    if not years:
        return bars(about, [], [], x_title="Deficit, trillion rubles")
    return bars(
        about, [str(year) for year in years], [planned, actual], roles=["muted", "b"],
        x_title="Deficit, trillion rubles", group_names=["First plan", "Outturn"],
    )  # fmt: skip


CHARTS: dict[str, tuple[Callable[[Verdict, Evidence], Chart], ...]] = {
    "economy-ruble": (dollar_rate, drawdown, three_currencies),
    "economy-fuel": (fuel_events,),
    "economy-defence-share": (defence_shares,),
    "economy-public-strain": (talks_or_war, loyalty_and_worry),
    "economy-elite-deaths": (deaths_by_half_year, list_rates),
    "economy-outlook": (forecast_and_outcome, errors_by_forecaster, deficit_and_plan),
}
