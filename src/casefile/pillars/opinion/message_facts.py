"""opinion-message-facts: about $24bn, about 3% of the US military budget, about 83% of Ukraine's territory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked
from casefile.model import Finding
from casefile.pillars.findings import Words, missing, states
from casefile.pillars.opinion.cite import Cited, Table, read, stated
from casefile.pillars.opinion.held_territory import INDEPENDENT, territory
from casefile.words import day, listed, month, number, percent, points

CLAIM = "opinion-message-facts"
COST = "opinion/aid_cost"
SURVEY_END = pd.Timestamp("2023-06-06")
INVASION = pd.Timestamp("2022-02-24")
AID_BN, BUDGET_SHARE, HELD = 24.0, 3.0, 83.0
"""The three figures as the claim states them: USD bn, per cent, per cent."""
SINCE_INVASION = "us-security-assistance-cumulative-since-2022-02-24"
REVALUED = "us-security-assistance-revaluation"
APPROPRIATED = "congress-appropriated-cumulative"
BUDGETS = {"fy2023": "us-defense-budget-fy2023", "fy2022": "us-defense-budget-fy2022"}
BASES = {"announced": "announced", "revalued": "announced less overvalued", "appropriated": "appropriated"}
NEAR = 0.2
"""A total within a fifth of the told cost counts as about the same."""
NOT_YET = "The survey had not been taken by this day, or no official figure near it was known."


@dataclass(frozen=True)
class Total:
    """A sum in USD bn, the day it refers to and where its rows stand."""

    value: float
    when: pd.Timestamp
    places: tuple[int, ...]


Totals = dict[str, list[Total]]


def opinion_message_facts(
    ev: Evidence,
    *,
    basis: str = "announced",
    year: str = "whole",
    budget: str = "fy2023",
    when: str = "newest",
    series: Sequence[str] = INDEPENDENT,
) -> list[Finding]:
    """The three facts told to respondents in June 2023, each against official totals or measured maps.

    Aid: the official total nearest to the survey, in USD bn; `basis` announced, revalued (less what the Pentagon
    overvalued) or appropriated (by Congress, all kinds of aid). Share: that total in per cent of the defence budget
    (`budget` fy2023 or fy2022); `year` whole (as the claim reads) or annual (spread over the months of war). Territory:
    Ukraine's share of its land, the mean of independent `series`. `when` is the day of both comparisons that age
    (territory and the cost so far): `newest`, or that of the `survey`.
    """
    table = ev.picked(COST)
    frame, totals = read(table), read_totals(table)
    taken = ev.day >= SURVEY_END
    aid = official(totals, basis) if taken else None
    spent = nearest(totals, BUDGETS[budget]) if taken else None
    last = None if not taken else ev.day if when == "newest" else SURVEY_END
    return [
        *_aid(frame, aid, basis),
        *_share(frame, aid, spent, year),
        _outgrown(frame, official(totals, basis, when == "newest") if taken else None, basis),
        _arithmetic(frame, spent),
        _bases(frame, totals, taken),
        _passed(frame, totals),
        _newest(frame, totals),
        *territory(CLAIM, ev, HELD, series, last),
    ]


def read_totals(table: Picked | pd.DataFrame) -> Totals:
    """The totals of each item, oldest first."""
    return Picked.of(table).derived(_totals)


def _totals(table: Picked) -> Totals:
    found: Totals = {}
    columns = (table.values(name) for name in ("item", "value", "date"))
    for place, item, value, when in zip(table.places, *columns, strict=True):
        found.setdefault(item, []).append(Total(float(value), when, (place,)))
    for held in found.values():
        held.sort(key=lambda one: (one.when, one.value))
    return found


def nearest(totals: Totals, item: str) -> Total | None:
    """The total of an item nearest to the survey; None when none is known."""
    return min(totals.get(item, []), key=lambda one: abs((one.when - SURVEY_END).days), default=None)


def official(totals: Totals, basis: str, newest: bool = False) -> Total | None:
    """The official total of US aid nearest to the survey, or the newest, on one basis; None when it is not known."""
    item = APPROPRIATED if basis == "appropriated" else SINCE_INVASION
    known = totals.get(item, [])
    total = (known[-1] if known else None) if newest else nearest(totals, item)
    if basis == "revalued" and total is not None:
        less = nearest(totals, REVALUED)
        return None if less is None else Total(total.value - less.value, total.when, total.places + less.places)
    return total


def _absent(name: str, label: str, unit: str, why: str = NOT_YET) -> Finding:
    return missing(CLAIM, name, label, unit, opinion_message_facts, why)


def _found(name: str, label: str, value: float, unit: str, says: Words, rows: Cited, caveat: str = "") -> Finding:
    return stated(CLAIM, name, label, value, unit, says, opinion_message_facts, rows, caveat=caveat)


def _usd(value: float) -> str:
    return f"${number(value, 0 if value == round(value) else 1)}bn"


def _aid(frame: Table, aid: Total | None, basis: str) -> list[Finding]:
    labels = ("Distance of the told cost from the official total", "Official total of US aid near the survey")
    if aid is None:
        return [_absent("aid-shortfall", labels[0], "%"), _absent("aid-official", labels[1], "USD bn")]
    off = 100 * abs(aid.value - AID_BN) / aid.value
    side = "below" if aid.value > AID_BN else "above"

    def says() -> str:
        return (
            f"The cost told to respondents, about {_usd(AID_BN)}, lies {percent(off)} {side} the official total "
            f"nearest to the survey, {_usd(aid.value)} {BASES[basis]} ({day(aid.when)})."
        )

    def whole() -> str:
        return f"The official total nearest to the survey is {_usd(aid.value)} {BASES[basis]} ({day(aid.when)})."

    caveat = "The basis of the told figure was not found; aid delivered rather than announced may be meant."
    rows = frame.at(aid.places)
    return [
        _found("aid-shortfall", labels[0], off, "%", says, rows, caveat),
        _found("aid-official", labels[1], aid.value, "USD bn", whole, rows),
    ]


def _share(frame: Table, aid: Total | None, spent: Total | None, year: str) -> list[Finding]:
    labels = ("Distance of the told share from the official one", "Official total as a share of the defence budget")
    if aid is None or spent is None:
        return [_absent("share-miss", labels[0], "points"), _absent("share-official", labels[1], "%")]
    months = (aid.when - INVASION).days / 365.25 * 12
    share = 100 * aid.value * (12 / months if year == "annual" else 1) / spent.value

    def whole(end: str = "") -> str:
        spread = f", spread over {number(months, 1)} months of war," if year == "annual" else ""
        return (
            f"The official total{spread} comes to {percent(share, 1)} of one year's US defence budget "
            f"({_usd(spent.value)}){end}."
        )

    rows = frame.at([*aid.places, *spent.places])
    miss = abs(share - BUDGET_SHARE)
    return [
        _found(
            "share-miss",
            labels[0],
            miss,
            "points",
            lambda: whole(f", {points(miss, 1)} from {percent(BUDGET_SHARE)}"),
            rows,
        ),
        _found("share-official", labels[1], share, "%", whole, rows),
    ]


def _arithmetic(frame: Table, spent: Total | None) -> Finding:
    name, label = "told-share", "Distance of the told share from the told cost over the budget"
    if spent is None:
        return _absent(name, label, "points")
    share = 100 * AID_BN / spent.value
    miss = abs(share - BUDGET_SHARE)

    def says() -> str:
        return (
            f"The two told figures fit each other: {_usd(AID_BN)} is {percent(share, 1)} of {_usd(spent.value)}, "
            f"{points(miss, 1)} from {percent(BUDGET_SHARE)}."
        )

    return _found(name, label, miss, "points", says, frame.at(spent.places))


@states("bases-near")
def _bases(frame: Table, totals: Totals, taken: bool) -> Finding:
    name, label = "bases-near", "Official bases on which the told cost is about right"
    held = {text: total for basis, text in BASES.items() if taken and (total := official(totals, basis)) is not None}
    if not held:
        return _absent(name, label, "bases")
    near = [text for text, total in held.items() if abs(total.value - AID_BN) <= NEAR * AID_BN]
    parts = listed([f"{_usd(total.value)} {text}" for text, total in held.items()])
    says = (
        f"Of the official totals near the survey, {len(near) or 'none'} lie within a fifth of {_usd(AID_BN)}: {parts}."
    )
    places = sorted({place for total in held.values() for place in total.places})
    return _found(name, label, len(near), "bases", says, frame.at(places))


@states("already-passed")
def _passed(frame: Table, totals: Totals) -> Finding:
    name, label = "already-passed", "Months before the survey by which official totals had passed the told cost"
    over = [one for one in totals.get(SINCE_INVASION, []) if one.value >= AID_BN]
    if not over:
        return _absent(name, label, "months", "No official total had passed the told cost by this day.")
    months = (SURVEY_END - over[0].when).days / 365.25 * 12
    says = (
        f"Official totals had passed {_usd(AID_BN)} by {month(over[0].when)} at the latest ({_usd(over[0].value)}): "
        "the told cost fits an earlier total."
    )
    return _found(name, label, months, "months", says, frame.at(over[0].places))


def _outgrown(frame: Table, last: Total | None, basis: str) -> Finding:
    name, label = "aid-newest-shortfall", "Distance of the told cost from the newest official total"
    if last is None:
        return _absent(name, label, "%")
    off = 100 * abs(last.value - AID_BN) / last.value
    side = "below" if last.value >= AID_BN else "above"

    def says() -> str:
        return (
            f"About {_usd(AID_BN)} lies {percent(off)} {side} the newest official total, {_usd(last.value)} "
            f"{BASES[basis]} ({month(last.when)})."
        )

    return _found(name, label, off, "%", says, frame.at(last.places))


@states("aid-newest")
def _newest(frame: Table, totals: Totals) -> Finding:
    name, label = "aid-newest", "Newest official total of US security aid"
    held = totals.get(SINCE_INVASION)
    if not held:
        return _absent(name, label, "USD bn", "No official total was known by this day.")
    last = held[-1]
    says = (
        f"The newest official total of US security aid since the invasion is {_usd(last.value)} ({month(last.when)})."
    )
    return _found(name, label, last.value, "USD bn", says, frame.at(last.places))
