"""Claim: the 2023 counteroffensive brought nothing like Kyiv, Kharkiv or Kherson."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked
from casefile.model import Finding
from casefile.pillars.battlefield import maps
from casefile.pillars.battlefield.columns import Columns, columns, equal
from casefile.pillars.findings import finding, missing, once, states
from casefile.words import counted, day, interval, number, significant

CLAIM = "battlefield-slower"
OFFENSIVES = "battlefield/offensives"
NAMES = {"kyiv": "the north around Kyiv", "kharkiv": "Kharkiv", "kherson": "Kherson"}
WINDOWS = {
    "kyiv": (date(2022, 3, 29), date(2022, 4, 7)),
    "kharkiv": (date(2022, 9, 5), date(2022, 10, 3)),
    "kherson": (date(2022, 10, 2), date(2022, 11, 14)),
}
"""The evening before and the last day of each success of 2022, for national totals. Kherson from the
October breakthrough: before it the totals mix Kherson with Kharkiv."""

KHERSON_START = {"campaign": "2022-08-29", "breakthrough": "2022-10-03", "withdrawal": "2022-11-09"}
LATER_FROM = np.datetime64("2023-12-01")


@dataclass(frozen=True)
class Success:
    """One success of 2022 at its lowest figures: km², km² a day, and the rows."""

    km2: float
    per_day: float
    rows: pd.DataFrame


def successes(ev: Evidence, kherson: str = "campaign", basis: str = "map-area") -> dict[str, Success]:
    """The successes of 2022 around Kyiv, Kharkiv and Kherson on one basis, or on any when an operation has none of it.

    `kherson` takes the whole campaign from 29 August 2022, the part from the October breakthrough, or the last
    withdrawal. Of several figures for an operation the lowest counts: it is the comparison that is kindest to the 2023
    offensive.
    """
    return ev.picked(OFFENSIVES).derived(_successes, kherson, basis)


def _successes(picked: Picked, kherson: str, basis: str) -> dict[str, Success]:
    table = picked.derived(Columns)
    found = {}
    for family in NAMES:
        own = equal(table["family"], family)
        if family == "kherson":
            own &= table["period_start"] == np.datetime64(KHERSON_START[kherson])
        chosen = own & equal(table["basis"], basis)
        at = table.where(chosen if chosen.any() else own)
        if at:
            low, pace = table["low"][at], table["per_day_low"][at]
            found[family] = Success(float(low.min()), float(pace.min()), table.show(at))
    return found


@dataclass(frozen=True)
class Taken:
    """Land taken in the 2023 offensive: km², days, last day and rows."""

    km2: float
    days: int
    until: date
    rows: pd.DataFrame


def offensive_2023(ev: Evidence, gain: str = "gross", to: str = "end") -> Taken | None:
    """Land taken in the 2023 offensive so far, in km², with its days; None before it began or without evidence.

    From the front table (south and Bakhmut, `gain` gross or firm) up to the day, at the latest 30 November 2023 (`to`
    end) or 9 October 2023 (`to` article); without that table, the newest report or claim at its highest.
    """
    until = min(ev.as_of, maps.OFFENSIVE_END if to == "end" else maps.ARTICLE)
    front = maps.front(ev, until)
    if len(front) > 1:
        days = (front.day(-1) - maps.OFFENSIVE_BASE).days
        return Taken(front.value(f"{gain}_gain_km2"), days, front.day(-1), front.rows(0, -1))
    table = columns(ev, OFFENSIVES)
    at = table.where(equal(table["family"], "counteroffensive-2023") & (table["date"] <= np.datetime64(until)))
    if not at:
        return None
    return Taken(float(table["high"][at[-1]]), int(table["days"][at[-1]]), table.day(at[-1]), table.show(at[-1:]))


def battlefield_slower(
    ev: Evidence,
    *,
    kherson: str = "campaign",
    basis: str = "map-area",
    gain: str = "gross",
    to: str = "end",
    series: Sequence[str] = maps.SERIES,
    later_days: int = 21,
    later_territory: str = "any",
) -> list[Finding]:
    """Sets the land taken in the 2023 offensive, in all and a day, against the smallest and slowest success of 2022.

    Areas (km²) of 2022 are the lowest figure of each operation on one basis; the area of 2023 is what DeepState's maps
    no longer marked as Russian in the south and around Bakhmut. National net changes of three map series repeat the
    comparison. Later Ukrainian operations count with their highest figure; for their pace only spans of `later_days`
    days and more.
    """
    base = successes(ev, kherson, basis)
    done = offensive_2023(ev, gain, to)
    found = [_area(base, done), _pace(base, done), _net(ev, series, to)]
    later = once(ev.picked(OFFENSIVES), _later, kherson, basis, later_days, later_territory)
    return [*found, *later, *_reports(ev)]


def _area(base: Mapping[str, Success], done: Taken | None) -> Finding:
    label = "Land taken in the 2023 offensive, as a share of the smallest success of 2022"
    if not base or done is None:
        why = "No evidence of that day lets the 2023 offensive be set against the successes of 2022."
        return missing(CLAIM, "area_share", label, "%", battlefield_slower, why)
    share = 100 * done.km2 / min(one.km2 for one in base.values())
    listed = "; ".join(f"{NAMES[name]} {number(one.km2)} km²" for name, one in base.items())
    text = (
        f"By {day(done.until)} the 2023 offensive had taken {number(done.km2)} km² in {counted(done.days, 'day')}: "
        f"{significant(share)}% of the smallest success of 2022 ({listed})."
    )
    rows = [done.rows, *(one.rows for one in base.values())]
    return finding(CLAIM, "area_share", label, share, "%", text, offensive_2023, rows, date=done.until)


def _pace(base: Mapping[str, Success], done: Taken | None) -> Finding:
    label = "Pace of the 2023 offensive, as a share of the slowest success of 2022"
    if not base or done is None:
        why = "No evidence of that day lets the pace of the 2023 offensive be set against that of 2022."
        return missing(CLAIM, "pace_share", label, "%", battlefield_slower, why)
    own = done.km2 / done.days
    share = 100 * own / min(one.per_day for one in base.values())
    listed = "; ".join(f"{NAMES[name]} {significant(one.per_day)} km² a day" for name, one in base.items())
    text = (
        f"The 2023 offensive took {significant(own)} km² a day, {significant(share)}% of the pace of the slowest "
        "success of "
        f"2022 ({listed})."
    )
    rows = [done.rows, *(one.rows for one in base.values())]
    return finding(CLAIM, "pace_share", label, share, "%", text, offensive_2023, rows, date=done.until)


def net_ratio(held: maps.Held, until: date) -> tuple[float, maps.Change, maps.Change] | None:
    """One series' net gain a day in the 2023 offensive, as a percentage of its slowest success of 2022.

    National totals. Returns the percentage, the change of 2023 and that of 2022; None when the series lacks either.
    """
    own = maps.change(held, maps.OFFENSIVE_BASE, until, near=30)
    past = [maps.change(held, start, end) for start, end in WINDOWS.values()]
    known = [one for one in past if one is not None and one.ukraine_per_day > 0]
    if own is None or not known:
        return None
    slowest = min(known, key=lambda one: one.ukraine_per_day)
    return 100 * own.ukraine_per_day / slowest.ukraine_per_day, own, slowest


def _net(ev: Evidence, series: Sequence[str], to: str) -> Finding:
    """The same comparison on national totals, series by series; the value is the series kindest to Ukraine."""
    label = "Net national gain a day in the 2023 offensive, as a share of 2022 (series kindest to Ukraine)"
    until = min(ev.as_of, maps.OFFENSIVE_END if to == "end" else maps.ARTICLE)
    ratios = {
        name: one
        for name, held in maps.levels(ev, series).items()
        if (one := held.derived(net_ratio, until)) is not None
    }
    if not ratios:
        why = "No map series known on that day covers both the 2023 offensive and a success of 2022."
        return missing(CLAIM, "net_share", label, "%", net_ratio, why)
    shares = [one[0] for one in ratios.values()]
    nets = "; ".join(f"{maps.SERIES_NAMES.get(name, name)} {number(-one[1].km2)} km²" for name, one in ratios.items())
    text = (
        f"Counted net over the whole country to {day(max(one[1].end for one in ratios.values()))}, Ukraine's balance "
        "was "
        f"{nets}. Even on the series kindest to Ukraine its pace was {significant(max(shares))}% of the slowest "
        "national gain "
        "of 2022."
    )
    rows = [change.rows for one in ratios.values() for change in one[1:]]
    return finding(
        CLAIM, "net_share", label, max(shares), "%", text, net_ratio, rows, low=min(shares), high=max(shares)
    )


def _later(picked: Picked, kherson: str, basis: str, least: int, where: str) -> list[Finding]:
    """Ukrainian operations begun after the 2023 offensive, set against the smallest and slowest success of 2022."""
    labels = {
        "later_area": "Largest later Ukrainian operation, as a share of the smallest success of 2022",
        "later_pace": "Fastest later Ukrainian operation, as a share of the slowest success of 2022",
        "later_first_days": "Fastest days of a later Ukrainian operation, as a share of the slowest success of 2022",
    }
    base = picked.derived(_successes, kherson, basis)
    table = picked.derived(Columns)
    own = equal(table["side"], "ukraine") & (table["period_start"] >= LATER_FROM)
    if where != "any":
        own &= equal(table["territory"], where)
    at = table.where(own)
    if not at or not base:
        why = "No Ukrainian operation after the 2023 offensive is on record by that day."
        return [missing(CLAIM, name, label, "%", battlefield_slower, why) for name, label in labels.items()]
    old = [one.rows for one in base.values()]
    big = max(at, key=lambda one: (table["high"][one], table["row"][one]))
    share = 100 * float(table["high"][big]) / min(one.km2 for one in base.values())
    text = (
        f"The largest Ukrainian operation since, begun on {day(table['period_start'][big].item())}"
        f"{' on Russian territory' if table['territory'][big] == 'russia' else ''}, took at most "
        f"{number(table['high'][big])} km², {significant(share)}% of the smallest success of 2022."
    )
    rows = [table.show([big]), *old]
    found = [finding(CLAIM, "later_area", labels["later_area"], share, "%", text, battlefield_slower, rows)]
    long = [one for one in at if table["days"][one] >= least]
    for name, places in (("later_pace", long), ("later_first_days", at)):
        if not places:
            why = f"No later Ukrainian operation of {counted(least, 'day')} and more is on record by that day."
            found.append(missing(CLAIM, name, labels[name], "%", battlefield_slower, why))
            continue
        fast = max(places, key=lambda one: (table["per_day_high"][one], table["row"][one]))
        ratio = 100 * float(table["per_day_high"][fast]) / min(one.per_day for one in base.values())
        text = (
            f"Over {counted(table['days'][fast], 'day')} from {day(table['period_start'][fast].item())} Ukraine took "
            "up to "
            f"{number(table['per_day_high'][fast])} km² a day, {significant(ratio)}% of the pace of the slowest "
            "success of 2022."
        )
        rows = [table.show([fast]), *old]
        found.append(finding(CLAIM, name, labels[name], ratio, "%", text, battlefield_slower, rows))
    return found


@states("best_weeks", "claimed", "russian_year")
def _reports(ev: Evidence) -> list[Finding]:
    """What others counted: the offensive's best weeks, Ukraine's own claim, and Russia's best year for comparison."""
    table = columns(ev, OFFENSIVES)
    own = equal(table["family"], "counteroffensive-2023")
    return [_best_weeks(table, own), _claimed(table, own), _russian_year(table)]


def _best_weeks(table: Columns, own: np.ndarray[Any, Any]) -> Finding:
    label = "Best weeks of the 2023 offensive"
    at = table.where(own & equal(table["basis"], "press-report"))
    if not at:
        return missing(CLAIM, "best_weeks", label, "km² a day", battlefield_slower, "No report of that kind was known.")
    best = max(at, key=lambda one: (table["per_day_high"][one], table["row"][one]))
    value = float(table["per_day_high"][best])
    text = (
        f"By the press report that is kindest to it, the 2023 offensive took {significant(value)} km² a day over "
        f"{counted(table['days'][best], 'day')} to {day(table.day(best))}."
    )
    return finding(CLAIM, "best_weeks", label, value, "km² a day", text, battlefield_slower, table.show([best]))


def _claimed(table: Columns, own: np.ndarray[Any, Any]) -> Finding:
    label = "Land that Ukraine itself claimed to have taken"
    at = table.where(own & equal(table["basis"], "claim"))
    if not at:
        return missing(CLAIM, "claimed", label, "km²", battlefield_slower, "No Ukrainian claim was known by that day.")
    value = float(table["high"][at[-1]])
    text = (
        f"Ukraine's defence ministry, which had no reason to count low, claimed {number(value)} km² by "
        f"{day(table.day(at[-1]))}."
    )
    return finding(CLAIM, "claimed", label, value, "km²", text, battlefield_slower, table.show(at[-1:]))


def _russian_year(table: Columns) -> Finding:
    label = "Russia's pace in its best full year since 2022"
    years = equal(table["side"], "russia") & equal(table["basis"], "map-area") & (table["days"] >= 300)
    at = table.where(years & (table["period_start"] >= np.datetime64("2023-01-01")))
    if not at:
        why = "No full year after 2022 was on record by that day."
        return missing(CLAIM, "russian_year", label, "km² a day", battlefield_slower, why)
    best = max(at, key=lambda one: (table["per_day_high"][one], table["row"][one]))
    low, high = float(table["per_day_low"][best]), float(table["per_day_high"][best])
    text = (
        f"Slowness was not Ukraine's alone: in its best full year since 2022 ({table.day(best).year}) Russia took "
        f"{interval(low, high, 1)} km² a day."
    )
    rows = table.show([best])
    return finding(CLAIM, "russian_year", label, high, "km² a day", text, battlefield_slower, rows, low=low, high=high)
