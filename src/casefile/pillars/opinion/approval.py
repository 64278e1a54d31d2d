"""Approval of Biden: did it fall while Republicans turned, and how did Ukraine compare with his other business?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from casefile.evidence.picked import Picked, Sheet
from casefile.model import Finding
from casefile.pillars.findings import missing, states
from casefile.pillars.opinion.cite import Table, stated
from casefile.pillars.opinion.decline import EPOCH
from casefile.pillars.opinion.waves import DESIGN_EFFECT, ROUNDING, TYPICAL_SAMPLE, YEAR, Estimate, pooled
from casefile.words import counted, interval, listed, number, percent, points, unclear

Array = np.ndarray[Any, Any]
START = date(2022, 2, 24).toordinal() - EPOCH
AVERAGE = "FiveThirtyEight average"
"""Not a pollster: it averages the others."""
NEAR = 45
"""Days within which a pollster's overall approval is compared with its question on Ukraine."""


@dataclass(frozen=True)
class Ratings:
    """The table opinion/approval as arrays: one entry a row of the sheet, in its order; `known` says which count.

    All selections of one sheet share what was computed of single pollsters: few lose rows when a source is left out.
    """

    kind: Array  # president, measure and group in one word
    pollster: Array
    days: Array
    approve: Array
    variance: Array
    known: Array
    order: dict[str, Array]  # by kind: where all its rows stand, oldest first; filled when first asked for
    moved: dict[tuple[tuple[int, ...], tuple[int, ...]], Estimate]  # by rows: as `change` computed it

    @classmethod
    def of(cls, table: Picked) -> Ratings:
        """Read the arrays off the table; variances are those of a weighted national sample, in points²."""
        return replace(table.sheet.derived(_ratings), known=np.array(table.admitted, dtype=bool))

    def places(self, measure: str, group: str) -> Array:
        """Where the rows stand that rate Biden so, oldest first."""
        which = f"Biden {measure} {group}"
        if which not in self.order:
            found = np.flatnonzero((self.kind == which) & ~np.isnan(self.approve))
            self.order[which] = found[np.lexsort((self.pollster[found], self.days[found]))]
        found = self.order[which]
        return found[self.known[found]]

    def change(self, name: str, early: tuple[int, ...], late: tuple[int, ...]) -> Estimate:
        """How far one pollster's mean rating moved from the earlier of its rows to the later ones, in points."""
        if (early, late) not in self.moved:
            sides = [list(early), list(late)]
            value = float(self.approve[sides[1]].mean() - self.approve[sides[0]].mean())
            spread = sum(float(self.variance[side].sum()) / len(side) ** 2 for side in sides)
            self.moved[early, late] = Estimate(name, value, spread, (*early, *late))
        return self.moved[early, late]


def _ratings(sheet: Sheet) -> Ratings:
    parts = zip(*(sheet.values(name) for name in ("president", "measure", "subgroup")), strict=True)
    approve, asked = (sheet.array(name).astype(float) for name in ("approve_pct", "n"))
    asked = np.where(np.isnan(asked), TYPICAL_SAMPLE, asked)
    return Ratings(
        np.array([" ".join(part) for part in parts], dtype=object),
        np.array(sheet.values("pollster"), dtype=object),
        sheet.array("date").astype("datetime64[D]").astype(int),
        approve,
        DESIGN_EFFECT * approve * (100 - approve) / asked + ROUNDING,
        np.ones(len(sheet), dtype=bool),
        {},
        {},
    )


def approval_change(
    claim: str, table: Ratings, frame: Table, months: float, today: int, handover: int, how: str
) -> Finding:
    """Change of Biden's job approval between the first and the latest `months` of the war under him, in points.

    Each pollster is compared with itself (mean of its polls in either window); the changes are pooled.
    """
    label = "Change of Biden's approval since the invasion"
    span = months * YEAR / 12
    end = min(today, handover)
    windows: dict[str, tuple[list[int], list[int]]] = {}
    jobs = table.places("job", "all")
    for place, when, name in zip(jobs.tolist(), table.days[jobs].tolist(), table.pollster[jobs].tolist(), strict=True):
        since, until = when - START, end - when
        if since >= 0 and until > 0 and name != AVERAGE:
            sides = windows.setdefault(name, ([], []))
            if since < span:
                sides[0].append(place)
            elif until <= span:
                sides[1].append(place)
    found = []
    if end - START >= 2 * span:
        for name, (early, late) in sorted(windows.items()):
            if early and late:
                found.append(table.change(name, tuple(early), tuple(late)))
    whole = pooled(found, how)
    if whole is None:
        why = "Too little of the war under Biden had passed, or too few of his ratings were known, to compare."
        return missing(claim, "approval-change", label, "points", approval_change, why)

    def says() -> str:
        verb = "rose" if whole.value >= 0 else "fell"
        low, high = (whole.low, whole.high) if whole.value >= 0 else (-whole.high, -whole.low)
        return (
            f"Between the first and the latest {number(months)} months of the war under him, approval of Biden {verb} "
            f"by {points(abs(whole.value), 1)} over {counted(len(found), 'pollster')} "
            f"(95% interval {interval(low, high, 1)}){unclear(low, high)}."
        )

    return stated(
        claim, "approval-change", label, whole.value, "points", says, approval_change,
        frame.at(whole.places),
        low=whole.low, high=whole.high, sampling=True,
        caveat="All adults: among Republicans his approval was so low from the start that it could hardly fall.",
    )  # fmt: skip


def handling_gap(claim: str, table: Ratings, frame: Table) -> Finding:
    """Approval of Biden on Ukraine less his overall approval with the same pollster, in points, mean of the pairs."""
    label = "Approval of Biden on Ukraine less his overall approval"
    jobs = table.places("job", "all")
    named = table.pollster[jobs]
    pairs = []
    for place in table.places("handling-ukraine", "all").tolist():
        same = jobs[named == table.pollster[place]]
        away = np.abs(table.days[same] - table.days[place])
        if len(same) and away.min() <= NEAR:
            nearest = int(same[away.argmin()])
            pairs.append((place, nearest, float(table.approve[place] - table.approve[nearest])))
    if not pairs:
        why = "No pollster's ratings of Biden overall and on Ukraine were known together by this day."
        return missing(claim, "handling-gap", label, "points", handling_gap, why)
    value = sum(pair[2] for pair in pairs) / len(pairs)

    def says() -> str:
        side = "better" if value >= 0 else "worse"
        names = listed(sorted({str(table.pollster[pair[0]]) for pair in pairs}))
        return (
            f"Biden was rated {points(abs(value), 1)} {side} on Ukraine than overall, as the mean of "
            f"{counted(len(pairs), 'pair')} of ratings by the same pollster ({names})."
        )

    rows = frame.at([place for pair in pairs for place in pair[:2]])
    return stated(claim, "handling-gap", label, value, "points", says, handling_gap, rows)


@states("republican-handling")
def republican_handling(claim: str, table: Ratings, frame: Table) -> Finding:
    """Republicans' approval of Biden's response in Ukraine less their overall approval of him, in points."""
    label = "Republicans' approval of Biden on Ukraine less overall"
    jobs, places = table.places("job", "republican"), table.places("handling-ukraine", "republican")
    if not len(places) or not len(jobs):
        why = "Republicans' ratings of Biden overall and on Ukraine were not both known by this day."
        return missing(claim, "republican-handling", label, "points", republican_handling, why)
    place = int(places[table.days[places].argmax()])
    nearest = int(jobs[np.abs(table.days[jobs] - table.days[place]).argmin()])
    shares = table.approve[[place, nearest]].tolist()
    sentence = (
        f"{percent(shares[0])} of Republicans approved of his response in Ukraine "
        f"({table.pollster[place]}), against {percent(shares[1])} who approved of him overall (Gallup)."
    )
    return stated(
        claim, "republican-handling", label, shares[0] - shares[1], "points", sentence,
        republican_handling, frame.at([place, nearest]), caveat="Two pollsters: one counts leaners as Republicans.",
    )  # fmt: skip
