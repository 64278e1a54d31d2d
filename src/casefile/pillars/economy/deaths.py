"""Reported deaths among the Russian elite: what press lists hold, and what they cannot show."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.model import FIRST_AS_OF, Finding
from casefile.pillars.economy.records import Record, Rows, median
from casefile.pillars.findings import finding, missing, states
from casefile.words import counted, day, listed, month, number, percent

TABLE = "economy/elite_deaths"
COUNTS = "economy/elite_death_counts"
CLAIM = "economy-elite-deaths"
INVASION = pd.Timestamp(FIRST_AS_OF)
CIRCLES = {
    "all": (),
    "business": ("energy", "finance", "other business"),
    "energy": ("energy",),
    "core": ("energy", "finance", "other business", "state"),
}
EXPLAINED = ("illness", "suicide", "accident")
_A = {
    "fall": "a fall",
    "accident": "an accident",
    "violent death": "a violent death",
    "aircraft crash": "an aircraft crash",
}
KINDS = ("suicide", "illness", "fall", "accident", "violent death", "aircraft crash")
ENOUGH = 4  # deaths in each span; below that a ratio says nothing, and the list may not have been kept up
WAR_LISTS = pd.Timestamp("2022-01-01")  # lists that begin with the year of the invasion count as lists of the war
YOUNG = 200  # days by which the war may be too young for a whole earlier span; what there is of it is compared by rate


def elite_deaths(
    ev: Evidence,
    *,
    circle: str = "core",
    lists: str = "pooled",
    window_days: int = 365,
    suicide_unclear: bool = False,
) -> list[Finding]:
    """How many such deaths were reported, whether more than before, and how many were left unexplained.

    Reads one row per person, which states reports and not causes, and published counts under each list's own rule.
    `circle` limits the people (`core` is business and state; `all` adds academics, media and people abroad); `lists`
    pools the war-time lists, deaths over years, or takes the median, the newest, the highest or the lowest of their
    yearly rates; `window_days` is the span that is compared with the span before; `suicide_unclear` counts reported
    suicides as unclear too.
    """
    table = Rows(ev.picked(TABLE))
    kept = table.where(lambda one: one.date >= INVASION and (not CIRCLES[circle] or one.circle in CIRCLES[circle]))
    return [
        _reported(table, kept, circle),
        _rate(ev, lists),
        _trend(ev, table, kept, window_days),
        _unclear(table, kept, suicide_unclear),
        _illness(),
        _scatter(ev),
        _kinds(table, kept),
        _newest(table, kept),
    ]


def _none(name: str, label: str, unit: str = "people") -> Finding:
    return missing(CLAIM, name, label, unit, elite_deaths, "No such report was known yet.")


def _reported(table: Rows, kept: list[Record], circle: str) -> Finding:
    name, label = "reported", "Reported deaths since the invasion"
    if not kept:
        return _none(name, label)
    who = {
        "core": "people from business and the state",
        "business": "business people",
        "energy": "people from energy firms",
    }.get(circle, "people")
    text = (
        f"Press lists known on this day hold {counted(len(kept), 'death')} of {who} since the invasion, up to "
        f"{month(kept[-1].date)}."
    )
    return finding(
        CLAIM, name, label, float(len(kept)), "people", text, elite_deaths, table.of(kept),
        caveat="A list holds what editors found unusual; it states reports, not causes.",
    )  # fmt: skip


def _lists(ev: Evidence) -> tuple[Rows, list[tuple[Record, float]], list[tuple[Record, float]]]:
    """The counts of before the invasion and those of the war years, each list once with its deaths a year.

    Two counts of one list are one list: the newer stands. One publisher's counts from the same day on are one list.
    """
    counts = Rows(ev.picked(COUNTS))
    newest = {(one.source_id, one.since): one for one in counts}
    yearly = [(one, one.value / years(one)) for one in sorted(newest.values(), key=lambda one: (one.date, one.row))]
    return (
        counts,
        [one for one in yearly if one[0].date < INVASION],
        [one for one in yearly if one[0].since >= WAR_LISTS],
    )


def years(one: Record) -> float:
    """The years that a list covers."""
    return max(float((one.date - one.since).days), 1.0) / 365.25  # a count of a single day is a day's


def _rate(ev: Evidence, lists: str) -> Finding:
    name, label = "rate_ratio", "Yearly rate of the war-time lists over the count of the years before"
    counts, before, since = _lists(ev)
    if not before or not since:
        return missing(
            CLAIM, name, label, "ratio", elite_deaths, "No list to compare, or no count of the years before, was known."
        )
    earlier, base = before[-1]
    rates = [rate for _, rate in since]
    pooled = sum(one.value for one, _ in since) / sum(years(one) for one, _ in since)
    rate = {
        "pooled": pooled,
        "median": median(rates),
        "newest": rates[-1],
        "highest": max(rates),
        "lowest": min(rates),
    }[lists]
    which = "taken together" if lists == "pooled" else f"by their {lists} rate"
    text = (
        f"The war-time lists, {which}, come to {counted(rate, 'death')} a year, from {number(min(rates), 1)} to "
        f"{number(max(rates), 1)} by list; a list of {earlier.since.year} to {earlier.date.year} had "
        f"{number(base, 1)}: {number(rate / base, 1)} times as many, under other rules."
    )
    return finding(
        CLAIM, name, label, rate / base, "ratio", text, elite_deaths, counts.of(earlier, [one for one, _ in since]),
        low=min(rates) / base, high=max(rates) / base,
        caveat="No base rate exists: one pre-war list is all there is, and each list has its own rule.",
    )  # fmt: skip


def _trend(ev: Evidence, table: Rows, kept: list[Record], window: int) -> Finding:
    name, label = "trend", "Deaths reported a month in the last year over those a month in the war before it"
    middle, start = ev.day - pd.Timedelta(days=window), ev.day - pd.Timedelta(days=2 * window)
    before = (middle - max(start, INVASION)).days  # the earlier span has no deaths from before the invasion in it
    recent = [one for one in kept if one.date > middle]
    older = [one for one in kept if start < one.date <= middle]
    if min(len(recent), len(older)) < ENOUGH or start < INVASION - pd.Timedelta(days=YOUNG):
        return missing(
            CLAIM, name, label, "ratio", elite_deaths,
            "The record does not fill two spans of this length: the war was young, or no full list of recent deaths "
            "was found.",
        )  # fmt: skip
    ratio = (len(recent) / window) / (len(older) / before)
    text = (
        f"In the {counted(window / 30.44, 'month')} to {day(ev.as_of)} the lists hold "
        f"{counted(len(recent), 'death')}, in the {counted(before / 30.44, 'month')} of war before that "
        f"{number(len(older))}: {number(ratio, 1)} times as many a month, {'no' if ratio <= 1 else 'a'} rise within "
        "the war."
    )
    return finding(
        CLAIM,
        name,
        label,
        ratio,
        "ratio",
        text,
        elite_deaths,
        table.of(recent, older),
        caveat="A recent list can be incomplete.",
    )


def _unclear(table: Rows, kept: list[Record], suicide_unclear: bool) -> Finding:
    name, label = "unclear", "Share of the reported deaths without a reported explanation, or disputed"
    if not kept:
        return _none(name, label, "percent")
    explained = [one for one in EXPLAINED if not (suicide_unclear and one == "suicide")]
    rows = [one for one in kept if one.reported_as not in explained or one.disputed is True]
    share = 100 * len(rows) / len(kept)
    text = (
        f"For {number(len(rows))} of {counted(len(kept), 'death')} ({percent(share)}) the reports give no "
        f"{listed(explained, 'or')} as the "
        "explanation, or the family disputes it; for the rest they do."
    )
    return finding(CLAIM, name, label, share, "percent", text, elite_deaths, table.of(kept), sample=len(kept))


def _illness() -> Finding:
    return missing(
        CLAIM, "fell_ill", "Reports of serious illness in unclear circumstances", "people", elite_deaths,
        "Reports of people who fell ill and lived were not collected: that half of the statement stays untested.",
    )  # fmt: skip


@states("list_spread")
def _scatter(ev: Evidence) -> Finding:
    name, label = "list_spread", "Lowest and highest count among the war-time lists"
    counts, _, since = _lists(ev)
    if len(since) < 2:
        return missing(CLAIM, name, label, "people", elite_deaths, "Fewer than two war-time lists were known.")
    values = [one.value for one, _ in since]
    shorter = any(b < a for a, b in pairwise(values))
    text = (
        f"{counted(len(since), 'list')} of the war years count between {number(min(values))} and "
        f"{counted(max(values), 'death')}{', and later lists are not always longer' if shorter else ''}: "
        "the rule of the list decides the count."
    )
    return finding(
        CLAIM, name, label, max(values), "people", text, elite_deaths, counts.of([one for one, _ in since]),
        low=min(values), high=max(values),
    )  # fmt: skip


@states("as_reported")
def _kinds(table: Rows, kept: list[Record]) -> Finding:
    name, label = "as_reported", "Deaths reported as illness, suicide or accident"
    if not kept:
        return _none(name, label)
    counts = Counter(one.reported_as for one in kept)
    told = [f"{number(counts[kind])} as {_A.get(kind, kind)}" for kind in KINDS if kind in counts]
    if "not stated" in counts:
        told.append(f"{number(counts['not stated'])} without a stated cause")
    value = float(sum(counts[kind] for kind in EXPLAINED))
    return finding(
        CLAIM, name, label, value, "people", f"The deaths were reported: {listed(told)}.", elite_deaths, table.of(kept)
    )


@states("newest")
def _newest(table: Rows, kept: list[Record]) -> Finding:
    name, label = "newest", "Newest death in the record"
    if not kept:
        return _none(name, label, "")
    one = kept[-1]
    told = f"{one.circumstances[0].lower()}{one.circumstances[1:]}"
    text = f"The newest death in this record is that of {one.name} ({one.role}); as reported: {told}"
    return finding(CLAIM, name, label, str(one.name), "", text, elite_deaths, table.of(one))
