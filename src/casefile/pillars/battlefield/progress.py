"""Claim: the 2023 counteroffensive was nevertheless making progress, slowly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked
from casefile.model import Finding
from casefile.pillars.battlefield import maps
from casefile.pillars.battlefield.around import around
from casefile.pillars.battlefield.columns import Columns, among, equal
from casefile.pillars.findings import finding, missing, states, states_argument
from casefile.words import counted, day, listed, number, signed

CLAIM = "battlefield-progress"
ASSESSMENTS = "battlefield/assessments"
FORWARD = ("progress", "slow_progress")
ROLES = {
    "all": ("western-officials", "ukraine", "independent", "media"),
    "officials": ("western-officials", "ukraine"),
    "independent": ("independent", "media"),
}
"""Whose assessments count. Russia's never do: its government had called every phase a failure."""

FRONT_STALE_DAYS = 45
"""The front table says something about momentum only while it is kept, and up to a month and a half after."""


def net_pace(
    ev: Evidence, known: Mapping[str, maps.Held], window: int, not_before: date | None = None
) -> tuple[float, list[maps.Change]]:
    """Ukraine's net gain in km² a day over the last `window` days: the median of the map series, and their changes.

    Net means over the whole country, gains and losses of both sides together; negative when Russia gained. A series
    counts while its newest map is at most a quarter old. NaN without one.
    """
    changes = maps.recent(ev, known, window, not_before)
    return maps.middle(one.ukraine_per_day for one in changes), changes


def momentum(front: maps.Front, ev: Evidence, window: int = 30, gain: str = "gross") -> tuple[float, float, int] | None:
    """The last weeks' gain on the two fronts, as a percentage of the offensive's average.

    Gross (or firm) gains in the south and around Bakhmut over the last `window` days against the average since 3 June
    2023; also the km² a day and the first row. None when the front was not mapped within the last 45 days, or the
    offensive is younger than twice the window.
    """
    if len(front) < 3 or (ev.as_of - front.day(-1)).days > FRONT_STALE_DAYS:
        return None
    end = front.day(-1)
    start = max((at for at in range(len(front)) if front.day(at) <= end - timedelta(days=window)), default=0)
    if (front.day(start) - maps.OFFENSIVE_BASE).days < window:
        return None
    column = f"{gain}_gain_km2"
    average = front.value(column) / (end - maps.OFFENSIVE_BASE).days
    pace = (front.value(column) - front.value(column, start)) / (end - front.day(start)).days
    return (100 * pace / average, pace, start) if average > 0 else None


def judged(
    ev: Evidence,
    newest: int | None = None,
    until: date | None = None,
    roles: str = "all",
    one_each: bool = False,
) -> tuple[Columns, list[int]]:
    """Assessments of the 2023 counteroffensive, Russia's own left out, in order of date: the newest few, or all.

    `roles` officials keeps Western officials and Ukraine, independent keeps institutes and the press; `one_each` keeps
    the newest of each observer. Returns the table and the positions of the rows.
    """
    return ev.picked(ASSESSMENTS).derived(_those_judged, newest, until, roles, one_each)


def _those_judged(
    picked: Picked, newest: int | None, until: date | None, roles: str, one_each: bool
) -> tuple[Columns, list[int]]:
    table = picked.derived(Columns)
    own = equal(table["subject"], "counteroffensive-2023") & among(table["role"], ROLES[roles])
    if until is not None:
        own &= table["date"] <= np.datetime64(until)
    at = table.where(own)
    if one_each:
        last = {table["actor"][one]: one for one in at}
        at = [one for one in at if last[table["actor"][one]] == one]
    return table, at if newest is None else at[-newest:]


def battlefield_progress(
    ev: Evidence,
    *,
    series: Sequence[str] = maps.SERIES,
    year: int = 365,
    quarter: int = 90,
    month: int = 30,
    gain: str = "gross",
    newest: int = 10,
    roles: str = "all",
    one_each: bool = False,
) -> list[Finding]:
    """Asks who has been gaining: net over a year, a quarter and a month, gross on the fronts, and what observers said.

    Net figures are medians of up to three independent map series in km² a day, positive when Ukraine gains; the year
    does not reach back before 3 June 2023, so that the retreats of 2022 do not pass for progress of 2023. Gross
    figures are land no longer marked Russian in the south and around Bakhmut (km²). Assessments are counted as they
    were coded.
    """
    known = maps.levels(ev, series)
    base = maps.OFFENSIVE_BASE
    return [
        _pace(ev, known, "year", "Net gain of Ukraine over the last year, not before the offensive", year, base),
        _pace(ev, known, "quarter", "Net gain of Ukraine over the last quarter", quarter),
        _pace(ev, known, "month", "Net gain of Ukraine over the last month", month),
        _gross(ev, gain),
        _momentum(ev, month, gain),
        _judged(
            ev,
            "assessed",
            f"Share of the latest {newest} assessments that spoke of progress",
            newest,
            None,
            roles,
            one_each,
        ),
        _judged(
            ev, "assessed_then", "Share of the assessments up to the article that spoke of progress", None, maps.ARTICLE
        ),
        _doubts(ev),
        *around(ev, CLAIM, known),
    ]


@states_argument("name")
def _pace(
    ev: Evidence, known: Mapping[str, maps.Held], name: str, label: str, window: int, not_before: date | None = None
) -> Finding:
    if ev.as_of <= maps.OFFENSIVE_BASE:
        return missing(CLAIM, name, label, "km² a day", net_pace, "The 2023 offensive had not begun by that day.")
    value, changes = net_pace(ev, known, window, not_before)
    if not changes:
        return missing(CLAIM, name, label, "km² a day", net_pace, "No map series recent enough was known on that day.")
    each = [one.ukraine_per_day for one in changes]
    detail = listed([f"{maps.SERIES_NAMES.get(one.series, one.series)} {signed(-one.km2)} km²" for one in changes])
    who = "Ukraine gained" if value > 0 else "Russia gained" if value < 0 else "neither side gained"
    text = (
        f"In the {counted(max(one.days for one in changes), 'day')} to {day(max(one.end for one in changes))} {who}"
        f"{f' {number(abs(value), 1)} km² a day' if value else ''} net (Ukraine's balance: {detail})."
    )
    if min(each) < 0 < max(each):
        text += " The series disagree on who gained."
    rows = maps.rows_of(changes)
    return finding(CLAIM, name, label, value, "km² a day", text, net_pace, rows, low=min(each), high=max(each))


def _gross(ev: Evidence, gain: str) -> Finding:
    label = "Land taken on the two fronts of the offensive by the day of the article"
    front = maps.front(ev, min(ev.as_of, maps.ARTICLE))
    if len(front) < 2:
        return missing(
            CLAIM, "gross", label, "km²", maps.front, "The front of the offensive was not mapped by that day."
        )
    low, high = front.value("firm_gain_km2"), front.value("gross_gain_km2")
    text = (
        f"By {day(front.day(-1))} {number(high)} km² in the south and around Bakhmut were no longer marked Russian, "
        f"{number(low)} km² of them firmly Ukrainian."
    )
    value = front.value(f"{gain}_gain_km2")
    return finding(CLAIM, "gross", label, value, "km²", text, maps.front, front.rows(0, -1), low=low, high=high)


def _momentum(ev: Evidence, window: int, gain: str) -> Finding:
    label = "Gain of the last month on the two fronts, as a share of the offensive's average"
    front = maps.front(ev, ev.as_of)
    done = momentum(front, ev, window, gain)
    if done is None:
        why = "The fronts of the 2023 offensive were not mapped long enough, or no longer, on that day."
        return missing(CLAIM, "momentum", label, "%", momentum, why)
    share, pace, start = done
    text = (
        f"In the {counted((front.day(-1) - front.day(start)).days, 'day')} to {day(front.day(-1))} the two fronts "
        "brought "
        f"{number(pace, 2)} km² a day, {number(share)}% of the offensive's average."
    )
    return finding(CLAIM, "momentum", label, share, "%", text, momentum, front.rows(0, start, -1))


@states_argument("name")
def _judged(
    ev: Evidence,
    name: str,
    label: str,
    newest: int | None,
    until: date | None,
    roles: str = "all",
    one_each: bool = False,
) -> Finding:
    table, at = judged(ev, newest, until, roles, one_each)
    if len(at) < 3:
        why = "Fewer than three assessments of the counteroffensive were known on that day."
        return missing(CLAIM, name, label, "%", judged, why)
    codes = [table["assessment"][one] for one in at]
    forward, slow = sum(code in FORWARD for code in codes), codes.count("slow_progress")
    which = f"Of the latest {len(at)} assessments" if newest else f"Of {len(at)} assessments up to the article"
    text = (
        f"{which} of the counteroffensive (Russia's own left out) {forward} spoke of progress, {slow} of them of slow "
        "progress; the others of stalemate or failure."
    )
    return finding(CLAIM, name, label, 100 * forward / len(at), "%", text, judged, table.show(at), sample=len(at))


@states("doubts")
def _doubts(ev: Evidence) -> Finding:
    label = "Assessments up to the article that spoke of stalemate or failure"
    table, at = judged(ev, until=maps.ARTICLE)
    at = [one for one in at if table["assessment"][one] not in FORWARD]
    if not at:
        return missing(CLAIM, "doubts", label, "assessments", judged, "No such assessment was known on that day.")
    who = listed([f"{table['actor'][one]} ({day(table.day(one))})" for one in at])
    text = f"Before the article {who} had spoken of stalemate or failure."
    return finding(CLAIM, "doubts", label, float(len(at)), "assessments", text, judged, table.show(at))
