"""Claim: even supporters put any victory at least a year away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked
from casefile.model import Finding
from casefile.pillars.battlefield import maps
from casefile.pillars.battlefield.columns import Columns, among, columns, equal
from casefile.pillars.findings import finding, missing, states
from casefile.words import counted, day, interval, listed, number, percent, signed, significant

CLAIM = "battlefield-year-away"
OUTLOOK = "battlefield/outlook"
ASSESSMENTS = "battlefield/assessments"
A_YEAR_ON = date(2024, 10, 9)
WAR_BEGAN = date(2022, 2, 24)
FAR = ("a year or more", "long, no date")
NEAR = ("within a year", "not for years")
BETWEEN = "into next year"
WORTH = {"half": 0.5, "yes": 1.0, "no": 0.0}


def supporters(ev: Evidence, since: date, governments_only: bool = False) -> tuple[Columns, list[int]]:
    """Statements of Ukraine's supporters on how long the war would last, from `since` to the article, in order of date.

    `governments_only` keeps officials of supporting states, NATO and Ukraine. Returns the table and the rows'
    positions.
    """
    return ev.picked(OUTLOOK).derived(_supporters, since, governments_only)


def _supporters(picked: Picked, since: date, governments_only: bool) -> tuple[Columns, list[int]]:
    table = picked.derived(Columns)
    days = table["date"]
    own = table["supporter"] & (days >= np.datetime64(since)) & (days <= np.datetime64(maps.ARTICLE))
    if governments_only:
        own &= among(table["role"], ("western-officials", "ukraine"))
    return table, table.where(own)


def retaken_in_a_year(
    ev: Evidence, known: Mapping[str, maps.Held], window: int = 120
) -> tuple[dict[str, float], list[maps.Change]]:
    """The share of the land lost since 2022 that Ukraine would retake in a year at the latest net pace, % by series.

    Over the last `window` days of each map series whose newest map is at most a quarter old; negative when Russia
    gained.
    """
    changes = maps.recent(ev, known, window)
    shares = {}
    for one in changes:
        lost = float(known[one.series].km2[-1]) - maps.HELD_BEFORE_2022
        if lost > 0:
            shares[one.series] = 100 * one.ukraine_per_day * 365.25 / lost
    return shares, changes


def still_held(
    known: Mapping[str, maps.Held], day_of_map: date
) -> tuple[dict[str, float], list[pd.DataFrame], date | None]:
    """The land taken since 2022 that Russia holds on a day, in % of that of 9 October 2023, by series.

    Returns shares, rows and the day of the newest map. A map may be a quarter old on that day.
    """
    shares, rows, newest = {}, [], None
    for name, held in known.items():
        then, now = held.place(maps.ARTICLE), held.place(day_of_map)
        if then < 0 or now <= then or (day_of_map - held.days[now].item()).days > maps.STALE_DAYS:
            continue
        base = float(held.km2[then]) - maps.HELD_BEFORE_2022
        if base > 0:
            shares[name] = 100 * (float(held.km2[now]) - maps.HELD_BEFORE_2022) / base
            rows.append(held.rows(then, now))
            newest = max(newest or held.days[now].item(), held.days[now].item())
    return shares, rows, newest


def battlefield_year_away(
    ev: Evidence,
    *,
    since: str = "2023-06-04",
    governments_only: bool = False,
    window: int = 120,
    series: Sequence[str] = maps.SERIES,
    into_next_year: str = "half",
    victory: float = 10.0,
) -> list[Finding]:
    """Asks whether supporters did say so, whether the map bore them out, and whether victory came within the year.

    Statements of supporters since the offensive began count as far when they named a year or more, or a long war; one
    that spoke of the next year only counts half (`into_next_year` half, yes or no). Victory is taken as Russia keeping
    at most `victory` per cent of the land that it had taken since February 2022 and still held on the article's day.
    """
    known = maps.levels(ev, series)
    return [
        _said(ev, date.fromisoformat(since), governments_only, into_next_year),
        _pace(ev, known, window),
        _outcome(ev, known, victory),
        _held(ev, known),
        _duration(known),
        _near(ev),
        _longest(ev),
        _doubters(ev),
        _later(ev),
        _balance(ev, known),
    ]


def _said(ev: Evidence, since: date, governments_only: bool, into_next_year: str) -> Finding:
    label = "Supporters' statements that put victory or the end at least a year away"
    table, at = supporters(ev, since, governments_only)
    if len(at) < 3:
        why = "Fewer than three statements of supporters since the offensive began were known on that day."
        return missing(CLAIM, "said", label, "%", supporters, why)
    codes = [table["horizon"][one] for one in at]
    far, between = sum(code in FAR for code in codes), codes.count(BETWEEN)
    share = 100 * (far + WORTH[into_next_year] * between) / len(at)
    text = (
        f"Of {counted(len(at), 'statement')} by supporters from {day(table.day(at[0]))} to {day(table.day(at[-1]))} "
        f"{far} put "
        f"the end a year or more away or spoke of a long war; {between} reached into the next year only and "
        f"{len(at) - far - between} expected an earlier end or no war of years."
    )
    return finding(CLAIM, "said", label, share, "%", text, supporters, table.show(at), sample=len(at))


def _pace(ev: Evidence, known: Mapping[str, maps.Held], window: int) -> Finding:
    label = "Share of the land lost since 2022 that Ukraine would retake in a year at the latest pace"
    shares, changes = retaken_in_a_year(ev, known, window)
    if not shares:
        return missing(
            CLAIM, "pace", label, "%", retaken_in_a_year, "No map series recent enough was known on that day."
        )
    value, low, high = maps.middle(shares.values()), min(shares.values()), max(shares.values())
    span = f"the {counted(window, 'day')} to {day(max(one.end for one in changes))}"
    if value > 0:
        text = (
            f"At the net pace of {span} Ukraine would retake {significant(value)}% of the land lost since 2022 in a "
            "year, and "
            f"all of it in {significant(100 / value)} years."
        )
    else:
        text = f"In {span} Ukraine gained nothing net: at that pace it would never retake what it has lost."
    if low < 0 < high:
        text += " The series disagree on who gained."
    rows = maps.rows_of(changes)
    return finding(CLAIM, "pace", label, value, "%", text, retaken_in_a_year, rows, low=low, high=high)


def _outcome(ev: Evidence, known: Mapping[str, maps.Held], victory: float) -> Finding:
    label = "No victory within a year of the article"
    shares, rows, newest = still_held(known, min(ev.as_of, A_YEAR_ON))
    value = maps.middle(shares.values())
    if not shares or (value > victory and ev.as_of < A_YEAR_ON):
        return missing(
            CLAIM, "no_victory", label, "", still_held, "The year after the article was not over on that day."
        )
    ended = "the year passed without a Ukrainian victory" if value > victory else "Ukraine had retaken nearly all of it"
    text = (
        f"On {day(newest)} Russia held {percent(value)} of what it had held on the article's day of the land taken "
        f"since 2022: {ended}."
    )
    return finding(CLAIM, "no_victory", label, value > victory, "", text, still_held, rows)


def _held(ev: Evidence, known: Mapping[str, maps.Held]) -> Finding:
    label = "Land taken since 2022 that Russia holds, as a share of that of the article's day"
    shares, rows, newest = still_held(known, ev.as_of)
    if ev.as_of < A_YEAR_ON or not shares:
        why = "Less than a year had passed since the article, or no recent map was known."
        return missing(CLAIM, "still_held", label, "%", still_held, why)
    value, low, high = maps.middle(shares.values()), min(shares.values()), max(shares.values())
    text = (
        f"On {day(newest)} Russia held {percent(value)} of what it had held on the article's day of the land taken "
        "since 2022 "
        f"({interval(low, high)}% by series)."
    )
    return finding(CLAIM, "still_held", label, value, "%", text, still_held, rows, low=low, high=high)


@states("duration")
def _duration(known: Mapping[str, maps.Held]) -> Finding:
    label = "Years since the article in which the maps still show Russian-held land"
    newest = [held for held in known.values() if held.newest > maps.ARTICLE]
    if not newest:
        return missing(CLAIM, "duration", label, "years", still_held, "No map after the article was known on that day.")
    last = max(newest, key=lambda held: held.newest)
    years = (last.newest - maps.ARTICLE).days / 365.25
    text = (
        f"On {day(last.newest)}, {number(years, 1)} years after the article, "
        f"{maps.SERIES_NAMES.get(last.series, last.series)} "
        f"still showed {number(last.km2[-1])} km² of Ukraine under Russian control."
    )
    return finding(CLAIM, "duration", label, years, "years", text, still_held, last.rows(-1))


@states("optimists")
def _near(ev: Evidence) -> Finding:
    label = "Supporters who had expected victory within a year, or no war of years"
    table, at = supporters(ev, WAR_BEGAN)
    at = [one for one in at if table["horizon"][one] in NEAR]
    if not at:
        return missing(CLAIM, "optimists", label, "statements", supporters, "No such statement was known on that day.")
    who = listed([f"{table['speaker'][one]} ({day(table.day(one))})" for one in at])
    text = f"Not all supporters were so cautious: victory within a year, or no war of years, was expected by {who}."
    return finding(CLAIM, "optimists", label, float(len(at)), "statements", text, supporters, table.show(at))


@states("longest")
def _longest(ev: Evidence) -> Finding:
    label = "Longest further war that a supporter named before the article"
    table, at = supporters(ev, WAR_BEGAN)
    at = [one for one in at if not np.isnan(table["years_up_to"][one])]
    if not at:
        return missing(CLAIM, "longest", label, "years", supporters, "No number of years was known on that day.")
    best = max(at, key=lambda one: (table["years_up_to"][one], table["row"][one]))
    value = float(table["years_up_to"][best])
    text = f"{table['speaker'][best]} spoke on {day(table.day(best))} of up to {counted(value, 'more year')}."
    return finding(CLAIM, "longest", label, value, "years", text, supporters, table.show([best]))


@states("doubters")
def _doubters(ev: Evidence) -> Finding:
    label = "Assessments before the article that foresaw deadlock or a missed aim"
    table = columns(ev, ASSESSMENTS)
    own = among(table["subject"], ("war-2023-outlook", "counteroffensive-2023")) & ~equal(table["role"], "russia")
    own &= among(table["assessment"], ("stalemate", "failure")) & (table["date"] <= np.datetime64(maps.ARTICLE))
    at = table.where(own)
    if not at:
        return missing(CLAIM, "doubters", label, "assessments", supporters, "No such assessment was known on that day.")
    who = listed([f"{table['actor'][one]} ({day(table.day(one))})" for one in at])
    text = f"Deadlock or a missed aim had been reported or foreseen by {who}."
    return finding(CLAIM, "doubters", label, float(len(at)), "assessments", text, supporters, table.show(at))


@states("later")
def _later(ev: Evidence) -> Finding:
    label = "Newest statement on how long the war will last"
    table = columns(ev, OUTLOOK)
    at = table.where(table["date"] > np.datetime64(maps.ARTICLE))
    if not at:
        return missing(CLAIM, "later", label, "", supporters, "No statement after the article was known on that day.")
    last = at[-1]
    value = str(table["horizon"][last])
    text = (
        f"The newest statement on record, by {table['speaker'][last]} on {day(table.day(last))}, falls under “{value}”."
    )
    return finding(CLAIM, "later", label, value, "", text, supporters, table.show([last]))


@states("balance")
def _balance(ev: Evidence, known: Mapping[str, maps.Held]) -> Finding:
    label = "Net gain of Ukraine since the article"
    changes = maps.since(known, maps.ARTICLE, ev.as_of) if ev.as_of > maps.ARTICLE else []
    if not changes:
        return missing(CLAIM, "balance", label, "km²", still_held, "No map after the article was known on that day.")
    each = [-one.km2 for one in changes]
    value = maps.middle(each)
    text = (
        f"Since the article Ukraine's balance of land is {signed(value)} km² (by series {signed(min(each))} to "
        f"{signed(max(each))} km²)."
    )
    rows = maps.rows_of(changes)
    return finding(CLAIM, "balance", label, value, "km²", text, still_held, rows, low=min(each), high=max(each))
