"""What surrounds the progress of 2023: each series, the whole year, other sectors, the layers of one map, the cost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.battlefield import maps
from casefile.pillars.battlefield.columns import columns, equal
from casefile.pillars.findings import finding, missing, states
from casefile.words import day, interval, number, percent, signed

OFFENSIVES = "battlefield/offensives"
ORYX = "battlefield/oryx"
NEW_RUSSIAN = (
    "new_russian_south_km2",
    "new_russian_bakhmut_km2",
    "new_russian_luhansk_kharkiv_km2",
    "new_russian_donetsk_avdiivka_km2",
)


OFFSETS = {
    "deepstate": "About 100 km² of it is the Dnipro delta, flooded after the dam breach.",
    "isw-economist": "The Economist's areas lie 3.1% above geodesic ones and are divided by 1.031 here.",
    "liveuamap": "Its totals move in steps, some of which catch up with earlier weeks.",
}
"""What is known to set each map series apart from the others."""


@states(
    "calendar_2023",
    "control_only",
    "equipment",
    "lost_elsewhere",
    "net_deepstate",
    "net_isw_economist",
    "net_liveuamap",
    "recount",
    "since_article",
)
def around(ev: Evidence, claim: str, known: Mapping[str, maps.Held]) -> list[Finding]:
    """Gives the figures beside the headline: net by series, all of 2023, since the article, losses elsewhere, and cost.

    Areas in km², positive when Ukraine gains, each map series on the common scale and shown apart; equipment as the
    ratio of Russian to Ukrainian losses that pictures confirm.
    """
    return [
        *by_series(ev, claim, known),
        calendar_2023(ev, claim, known),
        since_article(ev, claim, known),
        lost_elsewhere(ev, claim),
        control_only(ev, claim),
        recount(ev, claim),
        equipment(ev, claim),
    ]


def by_series(ev: Evidence, claim: str, known: Mapping[str, maps.Held]) -> list[Finding]:
    """The net change of each map series from 3 June 2023 to the article, in km², so that their offsets stay visible."""
    until = min(ev.as_of, maps.ARTICLE)
    moves = (
        {one.series: one for one in maps.since(known, maps.OFFENSIVE_BASE, until)}
        if until > maps.OFFENSIVE_BASE
        else {}
    )
    found = []
    for one, who in maps.SERIES_NAMES.items():
        name, label = f"net_{one.replace('-', '_')}", f"Net gain from the start of the offensive to the article: {who}"
        if one not in moves:
            why = "This series was left out, or does not cover the offensive on that day."
            found.append(missing(claim, name, label, "km²", by_series, why))
            continue
        move = moves[one]
        text = (
            f"On {who} Ukraine's balance over the whole country from {day(move.start)} to {day(move.end)} was "
            f"{signed(-move.km2)} km²."
        )
        found.append(finding(claim, name, label, -move.km2, "km²", text, by_series, move.rows, caveat=OFFSETS[one]))
    return found


def calendar_2023(ev: Evidence, claim: str, known: Mapping[str, maps.Held]) -> Finding:
    """Ukraine's net balance from 1 January 2023 to the article: the median of the map series, in km²."""
    label = "Net gain of Ukraine from the start of 2023 to the article"
    start = date(2023, 1, 1)
    changes = maps.since(known, start, min(ev.as_of, maps.ARTICLE)) if ev.as_of > start else []
    if not changes:
        return missing(claim, "calendar_2023", label, "km²", calendar_2023, "No map series covers 2023 on that day.")
    each = [-one.km2 for one in changes]
    value = maps.middle(each)
    text = (
        f"From the start of 2023 to {day(max(one.end for one in changes))} {'Russia' if value < 0 else 'Ukraine'} "
        f"was ahead by {number(abs(value))} km² net (Ukraine's balance by series: "
        f"{interval(min(each), max(each))} km²)."
    )
    rows = maps.rows_of(changes)
    return finding(
        claim, "calendar_2023", label, value, "km²", text, calendar_2023, rows, low=min(each), high=max(each)
    )


def since_article(ev: Evidence, claim: str, known: Mapping[str, maps.Held]) -> Finding:
    """Ukraine's net balance since 9 October 2023: the median of the map series still kept, in km²."""
    label = "Net gain of Ukraine since the article"
    changes = maps.since(known, maps.ARTICLE, ev.as_of) if ev.as_of > maps.ARTICLE else []
    if not changes:
        return missing(
            claim, "since_article", label, "km²", since_article, "No map after the article was known on that day."
        )
    each = [-one.km2 for one in changes]
    value = maps.middle(each)
    share = percent(100 * abs(value) / maps.UKRAINE_KM2, 1)
    text = (
        f"From the article to {day(max(one.end for one in changes))} {'Russia' if value < 0 else 'Ukraine'} gained "
        f"{number(abs(value))} km² net, {share} of Ukraine (Ukraine's balance by series: "
        f"{interval(min(each), max(each))} km²)."
    )
    rows = maps.rows_of(changes)
    return finding(
        claim, "since_article", label, value, "km²", text, since_article, rows, low=min(each), high=max(each)
    )


def lost_elsewhere(ev: Evidence, claim: str) -> Finding:
    """Land newly marked Russian on all sectors during the offensive, up to the article, in km²."""
    label = "Land newly Russian during the offensive"
    front = maps.front(ev, min(ev.as_of, maps.ARTICLE))
    if len(front) < 2:
        return missing(claim, "lost_elsewhere", label, "km²", lost_elsewhere, "The front was not mapped by that day.")
    value = sum(front.value(column) for column in NEW_RUSSIAN)
    text = (
        f"Meanwhile {number(value)} km² became newly Russian by {day(front.day(-1))}, "
        f"{number(front.value('new_russian_luhansk_kharkiv_km2'))} km² of them around Kupiansk and Svatove."
    )
    return finding(claim, "lost_elsewhere", label, value, "km²", text, lost_elsewhere, front.rows(0, -1))


def control_only(ev: Evidence, claim: str) -> Finding:
    """The change of ISW's layer of Russian control alone during the offensive, in km²: why one layer misleads."""
    label = "Change of the area that ISW marked as under Russian control, June 2023 to the article"
    held = maps.levels(ev, ("isw-control",)).get("isw-control")
    move = maps.change(held, date(2023, 6, 6), min(ev.as_of, maps.ARTICLE)) if held is not None else None
    if move is None:
        why = "No two maps of this layer around that day were known."
        return missing(claim, "control_only", label, "km²", control_only, why)
    text = (
        f"ISW's layer of firm Russian control taken alone changed by {signed(move.km2)} km² from {day(move.start)} to "
        f"{day(move.end)}: ISW moves land between its layers, so one layer cannot show who advanced."
    )
    return finding(claim, "control_only", label, move.km2, "km²", text, control_only, move.rows)


def recount(ev: Evidence, claim: str) -> Finding:
    """What ISW later credited Ukraine with for June and July 2023, in km², from the day that this was published."""
    label = "Later re-count of June and July 2023 by ISW"
    table = columns(ev, OFFENSIVES)
    at = table.where(equal(table["operation"], "counteroffensive-2023-june-july"))
    if not at:
        return missing(claim, "recount", label, "km²", recount, "No later re-count was known on that day.")
    value = float(table["high"][at[-1]])
    text = (
        f"A re-count by ISW, published by {day(table['known_on'][at[-1]].item())}, credits Ukraine with "
        f"{number(value)} km² for "
        "June and July 2023."
    )
    return finding(claim, "recount", label, value, "km²", text, recount, table.show(at[-1:]))


def equipment(ev: Evidence, claim: str) -> Finding:
    """Russian pieces of equipment lost for each Ukrainian one, 3 June 2023 to the article, as confirmed by pictures."""
    label = "Equipment lost in the offensive: Russia's per Ukraine's"
    table = columns(ev, ORYX)
    days = table["date"]
    span = (days >= np.datetime64(maps.OFFENSIVE_BASE)) & (days <= np.datetime64(min(ev.as_of, maps.ARTICLE)))
    total = span & table.equal("category", "all_types")
    ends, lost = [], []
    for side in ("russia", "ukraine"):
        at = table.where(total & table.equal("side", side))
        gone = float(table["total"][at[-1]] - table["total"][at[0]]) if len(at) > 1 else 0.0
        if gone <= 0:
            return missing(
                claim, "equipment", label, "ratio", equipment, "Too few counts of lost equipment were known that day."
            )
        ends += [at[0], at[-1]]
        lost.append(gone)
    text = (
        f"Pictures confirm {number(lost[0])} Russian and {number(lost[1])} Ukrainian pieces of equipment lost from "
        f"{day(table.day(ends[0]))} to {day(table.day(ends[1]))}: {number(lost[0] / lost[1], 1)} to one."
    )
    caveat = "Counts lag behind events and record Ukrainian losses less completely."
    return finding(
        claim, "equipment", label, lost[0] / lost[1], "ratio", text, equipment, table.show(ends), caveat=caveat
    )
