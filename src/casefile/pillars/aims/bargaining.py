"""Where the public terms of the two sides overlap, issue by issue, and whether either side has moved."""

from __future__ import annotations

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.aims.rows import OPEN, POSITIONS, STATEMENTS, Rows, months_before, months_between, small
from casefile.pillars.findings import finding, missing, states, states_argument
from casefile.words import counted, day, listed, number, percent

CLAIM = "aims-no-bargaining"

ORDER = {"none": 0, "partial": 1, "full": 2}
"""Ordinal coding of overlap: no shared term 0, movement to a shared frame or range 1, the same principle 2."""

NAMED = {"territory": "territory", "war_crimes": "accountability", "reparations": "reparations"}
"""Issues that the article names, by their name in the table."""

LAND = ("territory", "donbas", "crimea")

WORDS = {
    "crimea": "Crimea",
    "donbas": "Donbas",
    "force_limits": "limits on forces",
    "neutrality_nato": "neutrality and NATO",
    "reparations": "reparations",
    "sanctions": "sanctions",
    "security_guarantees": "security guarantees",
    "territory": "territory",
    "war_crimes": "accountability",
}

SIDES = ("ukraine", "russia")

UNCHANGED = "Months without a change of terms"
TOWARDS = "Steps towards the other side"
APART = "Steps away from the other side"

SUMMER_2022 = pd.Timestamp("2022-07-01")
"""The talks of spring 2022 had ended well before this day, and the terms of July 2022 are new ones."""

STALE_MONTHS = 12
"""Without newer terms than this, nothing can be said on whether the sides still move."""


def no_bargaining(
    ev: Evidence,
    *,
    months: int = 18,
    land: str = "territory",
    private: bool = False,
    public_only: bool = False,
    inferred: bool = True,
    by_side: str = "total",
) -> list[Finding]:
    """Measures the overlap of the two sides' terms and their movement, as far as both were known at the vantage.

    Overlap per issue is ordinal (none 0, partial 1, full 2), of its newest coding; the share over the three issues
    that the article names is a percentage of full overlap. Movement counts statements coded as asking for less
    (towards) or more (apart) than the same side's last terms in the `months` up to the newest terms known; 18 is the
    article's own span. `land`: territory as coded, or `lowest` / `highest` of territory, Donbas and Crimea. `private`
    admits reports from unnamed sources as moves, `public_only` leaves such codings of overlap out, `inferred=False`
    leaves out codings with an inferred side, `by_side="least"` counts only the side that moved towards the other less.
    """
    coded = Rows.of(ev, POSITIONS)
    if public_only:
        coded = coded.where(lambda one: one["on_record"] is True)
    if not inferred:
        coded = coded.where(lambda one: one["inferred"] is not True)
    said = Rows.of(ev, STATEMENTS)
    channels = (*OPEN, "unnamed_sources", "leaked_document") if private else OPEN
    terms = said.among(side=SIDES, move=("wider", "narrower", "same"), channel=channels)
    return [
        _named(coded, land),
        _shared(coded, ev.day, months),
        *_movement(terms, ev.day, months, by_side),
        _donbas(coded),
        _first_round(coded),
        _signals(said),
    ]


def _named(coded: Rows, land: str) -> Finding:
    label = "Overlap on territory, accountability and reparations"
    rows = coded.newest("issue").among(issue=(*NAMED, *LAND))
    scores = {issue: ORDER[word] for issue, word in zip(rows["issue"], rows["overlap"], strict=True)}
    ground = [scores[issue] for issue in LAND if issue in scores]
    if land != "territory" and ground:
        scores["territory"] = min(ground) if land == "lowest" else max(ground)
    found = {issue: scores[issue] for issue in NAMED if issue in scores}
    if len(found) < 2:
        why = "The positions of both sides on fewer than two of the three issues are known yet."
        return missing(CLAIM, "named_overlap", label, "%", no_bargaining, why)
    value = 100 * sum(found.values()) / (2 * len(found))
    groups = {2: "in principle on", 1: "partly on", 0: "not at all on"}
    parts = [
        f"{words} {listed([NAMED[issue] for issue, score in found.items() if score == level])}"
        for level, words in groups.items()
        if level in found.values()
    ]
    text = f"By the newest coding of each, the two sides' terms meet {listed(parts)}: {percent(value)} of full overlap."
    text = text.replace("meet not at all", "do not meet").replace(": 0% of full overlap", "") if not value else text
    used = rows if land != "territory" else rows.among(issue=tuple(NAMED))
    caveat = "Our ordinal coding of public positions; it says nothing on what either side would accept in the end."
    return finding(CLAIM, "named_overlap", label, value, "%", text, no_bargaining, used.cited(), caveat=caveat)


def _shared(coded: Rows, today: pd.Timestamp, months: int) -> Finding:
    label = "Share of all issues with some overlap"
    if not len(coded) or months_between(coded.last["date"], today) > STALE_MONTHS:
        return missing(CLAIM, "shared_issues", label, "%", no_bargaining, "No coding of the last year is known.")
    rows = coded.since(months_before(coded.last["date"], months)).newest("issue")
    shared, apart = _parted(rows)
    value = 100 * len(shared) / len(rows)
    text = f"Of {counted(len(rows), 'issue')} coded in {number(months)} months, "
    text += f"{('all' if len(shared) == len(rows) > 1 else number(len(shared))) if shared else 'none'} "
    text += f"{'shows' if len(shared) == 1 else 'show'} some overlap" if shared else "shows any overlap"
    text += f" ({listed(shared)}); none on {listed(apart)}." if shared and apart else f" ({listed(shared or apart)})."
    return finding(CLAIM, "shared_issues", label, value, "%", text, no_bargaining, rows.cited())


def _parted(rows: Rows) -> tuple[list[str], list[str]]:
    """The names of issues with some overlap, and of those with none."""
    pairs = sorted(
        zip([WORDS.get(one, one) for one in rows["issue"]], rows["overlap"], strict=True),
        key=lambda one: one[0].lower(),
    )
    return [name for name, word in pairs if word != "none"], [name for name, word in pairs if word == "none"]


def _movement(terms: Rows, today: pd.Timestamp, months: int, by_side: str) -> list[Finding]:
    if not len(terms) or months_between(terms.last["date"], today) > STALE_MONTHS:
        why = "No terms of the last year are known, so nothing can be said on whether the sides moved."
        gaps = (
            ("months_unchanged", UNCHANGED, "months"),
            ("steps_towards", TOWARDS, "steps"),
            ("steps_apart", APART, "steps"),
        )
        return [missing(CLAIM, name, label, unit, no_bargaining, why) for name, label, unit in gaps]
    newest = terms.last["date"]
    recent = terms.since(months_before(newest, months))
    moved = terms.among(move=("wider", "narrower"))
    if not len(moved):
        still = missing(
            CLAIM, "months_unchanged", UNCHANGED, "months", no_bargaining, "No change of terms is known yet."
        )
    else:
        last = moved.last
        gap = months_between(last["date"], newest)
        whose = {"russia": "Russia's", "ukraine": "Ukraine's"}[last["side"]]
        text = (
            f"The newest terms known are of {day(newest)}; the last public change up to then was {whose}, on "
            f"{day(last['date'])}: {number(gap, 1)} months without one."
            if gap
            else f"The newest terms known, of {day(newest)}, are themselves a change, {whose}."
        )
        rows = [moved.only_last().cited(), terms.only_last().cited()]
        still = finding(CLAIM, "months_unchanged", UNCHANGED, gap, "months", text, no_bargaining, rows)
    return [
        still,
        _steps(recent, "narrower", "steps_towards", TOWARDS, months, by_side),
        _steps(recent, "wider", "steps_apart", APART, months, "total"),
    ]


@states_argument("name")
def _steps(recent: Rows, move: str, name: str, label: str, months: int, by_side: str) -> Finding:
    way = "towards" if move == "narrower" else "away from"
    steps = recent.among(move=move)
    each = {side: steps["side"].count(side) for side in SIDES}
    value = min(each.values()) if by_side == "least" else sum(each.values())
    text = f"In the {number(months)} months to the newest terms known, "
    if not len(steps):
        text += f"neither side took a step {way} the other that is on record."
    else:
        text += (
            f"{counted(len(steps), 'step')} {way} the other side {'is' if len(steps) == 1 else 'are'} on record: "
            f"{listed([f'{side.title()} {number(count)}' for side, count in each.items()])}; "
            f"the last on {day(steps.last['date'])}."
        )
    caveat = "Steps differ in size; they are counted, not weighed."
    rows = (steps if len(steps) else recent).cited()
    return finding(CLAIM, name, label, value, "steps", text, no_bargaining, rows, caveat=caveat)


@states("donbas")
def _donbas(coded: Rows) -> Finding:
    label = "Overlap on Donbas"
    rows = coded.among(issue="donbas")
    if not len(rows):
        why = "The two positions on Donbas are not known for any moment yet."
        return missing(CLAIM, "donbas", label, "", no_bargaining, why)
    met = [word for word in rows["overlap"] if word != "none"]
    if len(rows) == 1:
        text = f"On Donbas the two sides' terms {'' if met else 'do not '}meet at the one moment coded, "
        text += f"{day(rows.last['date'])}."
    else:
        text = f"On Donbas the two sides' terms meet at {number(len(met)) if met else 'none'} of "
        text += f"{counted(len(rows), 'moment')} coded, last on {day(rows.last['date'])}."
    return finding(CLAIM, "donbas", label, rows.last["overlap"], "", text, no_bargaining, rows.cited())


@states("spring_2022")
def _first_round(coded: Rows) -> Finding:
    label = "Issues with some overlap in spring 2022"
    rows = coded.where(lambda one: bool(one["date"] < SUMMER_2022)).newest("issue")
    if not len(rows):
        why = "The terms of the talks of spring 2022 are not known yet."
        return missing(CLAIM, "spring_2022", label, "%", no_bargaining, why)
    shared, _ = _parted(rows)
    text = (
        f"In the talks of spring 2022, as known at this date, the terms met at least partly on {number(len(shared))} "
        f"of {counted(len(rows), 'issue')}{f' ({listed(shared)})' if shared else ''}: the gap was not always complete."
    )
    caveat = "What the drafts of April 2022 said was published only in 2024."
    value = 100 * len(shared) / len(rows)
    return finding(CLAIM, "spring_2022", label, value, "%", text, no_bargaining, rows.cited(), caveat=caveat)


@states("signals")
def _signals(said: Rows) -> Finding:
    label = "Reported private signals"
    rows = said.among(side=("russia", "us"), channel="unnamed_sources")
    if not len(said):
        return missing(CLAIM, "signals", label, "reports", no_bargaining, "No statement of either side is known yet.")
    if not len(rows):
        why = "No report of private signals between the sides is known at this date."
        return missing(CLAIM, "signals", label, "reports", no_bargaining, why)
    first = min(rows, key=lambda one: one["known_on"])
    text = (
        f"{counted(len(rows), 'report')} from unnamed sources, the first published on {day(first['known_on'])}, "
        f"{'tells' if len(rows) == 1 else 'tell'} of private Russian terms or of a refusal of them. The first: "
        f"{small(first['position'])}"
    )
    caveat = "The Kremlin denied the first report on the day it appeared."
    return finding(CLAIM, "signals", label, len(rows), "reports", text, no_bargaining, rows.cited(), caveat=caveat)
