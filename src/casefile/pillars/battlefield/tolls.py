"""Casualty estimates set side by side: counts of both sides, and what stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked
from casefile.model import Finding
from casefile.pillars.battlefield.columns import Columns, among, columns, equal
from casefile.pillars.findings import finding, missing, states
from casefile.words import counted, day, interval, number

ESTIMATES = "battlefield/casualties"
LOSSES = "battlefield/losses"
PARTIES = ("ukraine", "russia")
HALF_YEAR = 183
"""When no count is recent, those of the half-year before the newest one stand: casualties only ever rise."""


@dataclass(frozen=True)
class Count:
    """One count of the killed and wounded of both sides: who made it, its ends, and its rows."""

    name: str
    low: float
    high: float
    when: date
    party: bool
    rows: list[pd.DataFrame]

    @property
    def central(self) -> float:
        return (self.low + self.high) / 2

    @property
    def range(self) -> str:
        return _ends_text(self.low, self.high)


def ends(table: Columns, at: int) -> tuple[float, float]:
    """The lower and upper end of an estimate; one end alone (at least, up to) stands for both."""
    low, high = float(table["low"][at]), float(table["high"][at])
    return (high if np.isnan(low) else low), (low if np.isnan(high) else high)


def counts(ev: Evidence, *, max_age: int = 183, pair: str = "claim", parties: bool = True) -> list[Count]:
    """The newest count of both sides' killed and wounded by each estimator, at most `max_age` days old, lowest first.

    An estimator counts who gave a figure for both sides together, or one for each side on the same day; then both are
    added. `pair` claim adds the Ukrainian General Staff's claim on Russian losses to the newest estimate of Ukraine's
    that is not Russia's; model does so with The Economist's model; none makes no such sum. Without `parties` no count
    rests on a warring party. Figures in people; one end alone stands for both. When no count is recent, the newest and
    those of the half- year before it stand.
    """
    return ev.picked(ESTIMATES).derived(_counts, ev.picked(LOSSES), ev.as_of, max_age, pair, parties)


def _counts(picked: Picked, losses: Picked, today: date, max_age: int, pair: str, parties: bool) -> list[Count]:
    table = picked.derived(Columns)
    wanted = equal(table["kind"], "killed_and_wounded") & table["cumulative"]
    if not parties:
        wanted &= ~among(table["interest"], PARTIES)
    by_side: dict[str, list[int]] = {"both": [], "russia": [], "ukraine": []}
    for at in table.where(wanted):
        by_side[table["side"][at]].append(at)
    found = [_stated(table, at) for at in by_side["both"]]
    stated = {(one.name, one.when) for one in found}
    russia = {(table["estimator"][at], table.day(at)): at for at in by_side["russia"]}
    for at in by_side["ukraine"]:
        key = (table["estimator"][at], table.day(at))
        if key in russia and key not in stated:
            found.append(_sum(table, at, russia[key]))
    oldest = today - timedelta(days=max_age)
    if found and not any(one.when >= oldest for one in found):
        oldest = max(one.when for one in found) - timedelta(days=HALF_YEAR)
    newest = {one.name: one for one in sorted(found, key=lambda one: one.when) if one.when >= oldest}
    kept = [*newest.values(), *_paired(losses, table, by_side, pair if parties or pair == "model" else "none")]
    return sorted(kept, key=lambda one: (one.central, one.name))


def _stated(table: Columns, at: int) -> Count:
    low, high = ends(table, at)
    return Count(table["estimator"][at], low, high, table.day(at), table["interest"][at] in PARTIES, [table.show([at])])


def _sum(table: Columns, ukraine: int, russia: int) -> Count:
    (a, b), (c, d) = ends(table, ukraine), ends(table, russia)
    party = table["interest"][ukraine] in PARTIES
    return Count(table["estimator"][ukraine], a + c, b + d, table.day(ukraine), party, [table.show([ukraine, russia])])


def _paired(losses: Picked, table: Columns, by_side: dict[str, list[int]], pair: str) -> list[Count]:
    """One side's claim or the model for Russia, added to the newest estimate for Ukraine that is not Russia's."""
    ukraine = [at for at in by_side["ukraine"] if table["interest"][at] != "russia"]
    if pair == "none" or not ukraine:
        return []
    low, high = ends(table, ukraine[-1])
    if pair == "model":
        at = [one for one in by_side["russia"] if table["interest"][one] == "model"]
        if not at:
            return []
        a, b = ends(table, at[-1])
        name = "The Economist's model for Russia with the newest estimate for Ukraine"
        return [Count(name, low + a, high + b, table.day(at[-1]), False, [table.show([at[-1], ukraine[-1]])])]
    claims = losses.derived(Columns)
    if not len(claims):
        return []
    last = int(claims["date"].argmax())
    value = float(claims["personnel"][last])
    name = "Ukraine's claim on Russian losses with the newest estimate for Ukraine"
    return [
        Count(name, low + value, high + value, claims.day(last), True, [claims.show([last]), table.show(ukraine[-1:])])
    ]


@states("killed")
def killed(ev: Evidence, claim: str) -> Finding:
    """The newest estimate by one outsider of the dead of both sides, in people: killed are not casualties."""
    label = "Killed alone, both sides, by one estimator"
    table = columns(ev, ESTIMATES)
    at = table.where(equal(table["kind"], "killed") & table["cumulative"] & ~among(table["interest"], PARTIES))
    russia = {(table["estimator"][one], table.day(one)): one for one in at if table["side"][one] == "russia"}
    both = [
        one for one in at if table["side"][one] == "ukraine" and (table["estimator"][one], table.day(one)) in russia
    ]
    if not both:
        return missing(
            claim, "killed", label, "people", killed, "No estimator had counted the dead of both sides by that day."
        )
    one = _sum(table, both[-1], russia[table["estimator"][both[-1]], table.day(both[-1])])
    text = f"Killed and wounded are not killed: {one.name} put the dead of both sides at {one.range} ({day(one.when)})."
    return finding(claim, "killed", label, one.central, "people", text, killed, one.rows, low=one.low, high=one.high)


@states("names")
def names(ev: Evidence, claim: str) -> Finding:
    """Russian dead whose names journalists have confirmed, in people: a floor."""
    label = "Russian dead confirmed by name"
    table = columns(ev, ESTIMATES)
    at = table.where(equal(table["estimator"], "Mediazona/BBC confirmed names"))
    if not at:
        return missing(claim, "names", label, "people", names, "No list of names was known on that day.")
    value = float(table["low"][at[-1]])
    text = (
        f"Independent journalists had confirmed {number(value)} Russian dead by name on {day(table.day(at[-1]))}: a "
        "floor, not "
        "an estimate."
    )
    return finding(claim, "names", label, value, "people", text, names, table.show(at[-1:]), low=value)


@states("claim")
def claim_on_russia(ev: Evidence, claim: str) -> Finding:
    """Russian personnel losses as the Ukrainian General Staff claims them, in people, cumulative."""
    label = "Russian losses as claimed by Ukraine"
    table = columns(ev, LOSSES)
    if not len(table):
        return missing(claim, "claim", label, "people", claim_on_russia, "No Ukrainian claim was known on that day.")
    at = int(table["date"].argmax())
    value = float(table["personnel"][at])
    text = f"Ukraine, a party to the war, claimed {number(value)} Russian losses of personnel by {day(table.day(at))}."
    caveat = "The claim does not say how many were killed."
    return finding(claim, "claim", label, value, "people", text, claim_on_russia, table.show([at]), caveat=caveat)


def outside(ev: Evidence) -> tuple[Columns, list[int]]:
    """The newest estimate of Russian killed and wounded of each estimator outside the war, over the last half-year."""
    table = columns(ev, ESTIMATES)
    wanted = (
        equal(table["side"], "russia") & equal(table["kind"], "killed_and_wounded") & ~among(table["interest"], PARTIES)
    )
    wanted &= table["date"] >= np.datetime64(ev.as_of - timedelta(days=HALF_YEAR))
    newest = {table["estimator"][at]: at for at in table.where(wanted) if "cumulation" not in table["estimator"][at]}
    return table, list(newest.values())


def extremes(table: Columns, places: Sequence[int]) -> tuple[float, float]:
    """The lowest low and the highest high of some estimates, in people."""
    ranges = [ends(table, at) for at in places]
    return min(low for low, _ in ranges), max(high for _, high in ranges)


@states("spread")
def spread(ev: Evidence, claim: str) -> Finding:
    """How far outside estimates of Russian killed and wounded lie apart, in people, over the last half-year."""
    label = "Spread of the outside estimates of Russian killed and wounded"
    table, newest = outside(ev)
    if not newest:
        return missing(
            claim, "spread", label, "people", spread, "No outside estimate of the last half-year was known on that day."
        )
    low, high = extremes(table, newest)
    text = (
        f"For Russia alone the outside estimates of the last half-year ({counted(len(newest), 'estimator')}) run from "
        f"{number(low)} to {number(high)}."
        if len(newest) > 1
        else f"For Russia alone the one outside estimate of the last half-year is {_ends_text(low, high)}."
    )
    rows = table.show(newest)
    return finding(claim, "spread", label, high - low, "people", text, spread, rows)


def _ends_text(low: float, high: float) -> str:
    return number(low) if low == high else interval(low, high)


@states("model")
def model(ev: Evidence, claim: str) -> Finding:
    """Russian killed and wounded by The Economist's model, in people with its 95% interval; known from its run."""
    label = "The Economist's model of Russian killed and wounded"
    table = columns(ev, ESTIMATES)
    at = table.where(equal(table["estimator"], "The Economist model") & equal(table["kind"], "killed_and_wounded"))
    if not at:
        return missing(
            claim, "model", label, "people", model, "The model run that is kept here was not known on that day."
        )
    last = at[-1]
    low, high, value = (float(table[name][last]) for name in ("low", "high", "central"))
    text = (
        f"The Economist's model puts Russian killed and wounded at {number(value)} on {day(table.day(last))} (95% "
        "interval "
        f"{interval(low, high)})."
    )
    caveat = "The model is re-run daily; its past values are re-estimated and were not known at the time."
    rows = table.show([last])
    return finding(claim, "model", label, value, "people", text, model, rows, low=low, high=high, caveat=caveat)
