"""Defence in the Russian federal budget: plan, published estimate and unpublished document, by vintage."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.economy.records import Record, Rows, known
from casefile.pillars.findings import finding, missing, states, states_argument
from casefile.words import day, number, percent, points

TABLE = "economy/budget"
CLAIM = "economy-defence-share"
THIRD = 100 / 3
PUBLISHED = ("law", "draft", "ministry estimate", "outturn")
DOCUMENT_FRESH = 540  # days; a document on one year says little about the budgets two years on


@dataclass(frozen=True)
class Share:
    """Defence as a share of federal spending in one budget for one year; `total` is the row it was divided by."""

    row: Record
    pct: float
    total: Record | None

    @property
    def rows(self) -> list[Record]:
        return [self.row, *([self.total] if self.total else [])]

    @property
    def told(self) -> str:
        where = self.row.budget_vintage if self.row.figure_kind != "document" else f"dated {day(self.row.known_on)}"
        return (
            f"{number(self.row.value, 1)} trillion rubles or {percent(self.pct, 1)} of spending in "
            f"{int(self.row.year)} ({where})"
        )


def defence_share(
    ev: Evidence,
    *,
    plan: str = "newest",
    document: str = "year",
    denominator: str = "own",
    third: float = THIRD,
    scope: str = "defence",
) -> list[Finding]:
    """How near defence comes to a third of federal spending in the plan, the published estimate and the document.

    Reads shares of federal expenditure in per cent, each with the budget it comes from; a share that the source does
    not give is the amount over the total of the same budget, or else the total known with it for that year. `plan`
    takes the newest budget or only one signed into law; `document` the unpublished paper's full year, its first half,
    or neither (`none`); `denominator` the budget's own total or the newest total known for that year; `third` is what
    counts as a third; `scope` security adds the chapter on security where a budget gives both together.
    """
    table = Rows(ev.picked(TABLE))
    chapter = shares(table, denominator)
    planned, now, paper = _planned(ev, chapter, plan), _current(ev, chapter), _document(ev, chapter, document)
    if scope == "security":
        both = shares(table, denominator, "national_defence_plus_security")
        planned, now = _planned(ev, both, plan) or planned, _current(ev, both) or now
    return [
        _share(table, planned),
        _distance(table, "plan_gap", "Distance of the planned share from a third", planned, third, "The newest plan"),
        _distance(
            table,
            "current_gap",
            "Distance of this year's published share from a third",
            now,
            third,
            "The newest published figure for this year",
        ),
        _distance(
            table,
            "document_gap",
            "Distance of the unpublished document's share from a third",
            paper,
            third,
            "The unpublished document seen by Reuters",
        ),
        _spread(ev, table, chapter),
        _wider(table),
        _growth(table, chapter, planned),
        _outside(table),
    ]


def shares(table: Rows, denominator: str = "own", item: str = "national_defence") -> list[Share]:
    """Each row of one chapter (`item`) whose share of spending is given or can be computed, oldest known first."""
    rows = sorted(table.where(lambda one: one.item == item), key=lambda one: (one.known_on, one.year, one.row))
    totals = sorted(
        table.where(lambda one: one.item == "total_expenditure" and known(one.value)), key=lambda one: one.known_on
    )
    own = {(one.year, one.budget_vintage): one for one in totals}
    newest = {one.year: one for one in totals if one.covers == "year"}
    found = []
    for one in rows:
        whole = newest.get(one.year) if one.covers == "year" else None
        total = whole if denominator == "newest" else None
        if total is None and known(one.share_pct):
            found.append(Share(one, one.share_pct, None))
            continue
        total = total or own.get((one.year, one.budget_vintage)) or _nearest(one, totals)
        if total is not None and known(one.value):
            found.append(Share(one, 100 * one.value / total.value, total))
    return found


def _nearest(one: Record, totals: list[Record]) -> Record | None:
    """The newest total of the same year known with the figure, else the first one known after it."""
    same = [total for total in totals if total.year == one.year and total.covers == one.covers == "year"]
    before = [total for total in same if total.known_on <= one.known_on]
    return before[-1] if before else same[0] if same else None


def _planned(ev: Evidence, chapter: list[Share], plan: str) -> Share | None:
    kinds = ("law",) if plan == "law" else ("law", "draft")
    ahead = [one for one in chapter if one.row.figure_kind in kinds and one.row.year >= ev.vantage.year]
    newest = max((one.row.known_on for one in ahead), default=None)
    return min((one for one in ahead if one.row.known_on == newest), key=lambda one: one.row.year, default=None)


def _current(ev: Evidence, chapter: list[Share]) -> Share | None:
    rows = [
        one
        for one in chapter
        if one.row.figure_kind in PUBLISHED and one.row.covers == "year" and one.row.year == ev.vantage.year
    ]
    return rows[-1] if rows else None


def _document(ev: Evidence, chapter: list[Share], document: str) -> Share | None:
    covers = {"year": "year", "half": "first half"}.get(document, "")
    rows = [one for one in chapter if one.row.figure_kind == "document" and one.row.covers == covers]
    rows = [one for one in rows if one.row.known_on > ev.day - pd.Timedelta(days=DOCUMENT_FRESH)]
    return rows[-1] if rows else None


@states("planned_share")
def _share(table: Rows, one: Share | None) -> Finding:
    name, label = "planned_share", "Planned defence share in the newest budget"
    if one is None:
        return missing(
            CLAIM,
            name,
            label,
            "percent",
            defence_share,
            "No budget for this or a later year was known with its defence share.",
        )
    text = f"The newest plan puts national defence at {one.told}."
    return finding(CLAIM, name, label, one.pct, "percent", text, defence_share, table.of(one.rows))


@states_argument("name")
def _distance(table: Rows, name: str, label: str, one: Share | None, third: float, subject: str) -> Finding:
    if one is None:
        why = f"{subject}: none was known with its share, or it was too old to count."
        return missing(CLAIM, name, label, "points", defence_share, why)
    gap = abs(one.pct - third)
    text = f"{subject} has defence at {one.told}: {points(gap, 1)} {'above' if one.pct > third else 'below'} a third."
    return finding(CLAIM, name, label, gap, "points", text, defence_share, table.of(one.rows))


@states("disagreement")
def _spread(ev: Evidence, table: Rows, chapter: list[Share]) -> Finding:
    """The figures for the newest full year, up to the one under way, for which more than one was known."""
    name, label = "disagreement", "Highest over lowest figure for the same year's defence"
    years: dict[int, list[Share]] = {}
    for one in chapter:
        if one.row.covers == "year" and one.row.year <= ev.vantage.year:
            years.setdefault(int(one.row.year), []).append(one)
    several = [year for year, same in years.items() if len(same) > 1]
    if not several:
        return missing(CLAIM, name, label, "ratio", defence_share, "No year had two figures yet.")
    year = 2023 if 2023 in several else max(several)  # the year of the article's "now" shows the quarrel best
    same = years[year]
    low, high = min(same, key=lambda one: one.row.value), max(same, key=lambda one: one.row.value)
    ratio = high.row.value / low.row.value
    text = (
        f"For {year} defence was put at {number(low.row.value, 1)} ({low.row.budget_vintage}) and at "
        f"{number(high.row.value, 1)} trillion "
        f"rubles ({high.row.budget_vintage}), {number(ratio, 1)} to one"
    )
    estimate = [one for one in same if one.row.figure_kind == "ministry estimate"][-1:]
    text += f"; the ministry's own published estimate was {number(estimate[0].row.value, 1)}." if estimate else "."
    return finding(
        CLAIM,
        name,
        label,
        ratio,
        "ratio",
        text,
        defence_share,
        table.of(low.row, high.row, [one.row for one in estimate]),
    )


@states("with_security")
def _wider(table: Rows) -> Finding:
    name, label = "with_security", "Defence and security together, newest plan"
    rows = table.where(
        lambda one: (
            one.item == "national_defence_plus_security" and known(one.share_pct) and one.figure_kind != "outturn"
        )
    )
    if not rows:
        return missing(
            CLAIM, name, label, "percent", defence_share, "No share of defence and security together was known."
        )
    one = rows[-1]
    text = (
        f"Defence and security together take {percent(one.share_pct)} of planned spending in {int(one.year)}: a "
        "wider count passes a third."
    )
    return finding(CLAIM, name, label, one.share_pct, "percent", text, defence_share, table.of(one))


@states("growth")
def _growth(table: Rows, chapter: list[Share], planned: Share | None) -> Finding:
    name, label = "growth", "Newest planned share against the first war-time budget's"
    plans = [one for one in chapter if one.row.figure_kind in ("law", "draft") and one.row.covers == "year"]
    if planned is None or plans[0].row.row == planned.row.row:
        return missing(CLAIM, name, label, "points", defence_share, "Only one plan with a defence share was known.")
    first = plans[0]
    change = planned.pct - first.pct
    text = (
        f"The planned share {'rose' if change > 0 else 'fell'} by {points(abs(change), 1)}, from "
        f"{percent(first.pct, 1)} for "
        f"{int(first.row.year)} to {percent(planned.pct, 1)} for {int(planned.row.year)}."
    )
    return finding(CLAIM, name, label, change, "points", text, defence_share, table.of(first.rows, planned.rows))


@states("outside_estimate")
def _outside(table: Rows) -> Finding:
    name, label = "outside_estimate", "Total military spending as estimated from outside, of all spending"
    rows = table.where(lambda one: one.figure_kind == "estimate" and known(one.share_pct))
    if not rows:
        return missing(CLAIM, name, label, "percent", defence_share, "No outside estimate with a share was known.")
    one = rows[-1]
    text = (
        f"An outside estimate ({one.budget_vintage}) counts more than the defence chapter and comes to "
        f"{percent(one.share_pct)} of spending "
        f"for {int(one.year)}."
    )
    return finding(CLAIM, name, label, one.share_pct, "percent", text, defence_share, table.of(one))
