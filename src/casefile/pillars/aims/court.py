"""The warrants of the International Criminal Court, what enforces them, and what else was built for accountability."""

from __future__ import annotations

from collections.abc import Sequence

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.aims.rows import ACCOUNTABILITY, STATEMENTS, Rows
from casefile.pillars.findings import finding, missing, states
from casefile.words import counted, day, listed, number

CLAIM = "aims-icc"

CAN_JUDGE = ("special_tribunal", "claims_commission")
"""Bodies that could try leaders or award compensation; the Register of Damage only records claims."""

NAMES = {"special_tribunal": "the special tribunal", "claims_commission": "the claims commission"}

ENFORCED = ("arrest", "trial", "payment")


def court(
    ev: Evidence, *, enforced: Sequence[str] = ENFORCED, bodies: Sequence[str] = CAN_JUDGE, signed_counts: bool = False
) -> list[Finding]:
    """States the warrant for Putin and counts what has followed from it and from the other mechanisms.

    `enforced` are the kinds of step that count as enforcement; `bodies` those that could judge or award. With
    `signed_counts` a signed agreement counts as in force. Counts are of steps in the evidence; the absence of an
    arrest is a statement about the records up to the vantage, not a forecast.
    """
    steps = Rows.of(ev, ACCOUNTABILITY)
    warrants = steps.among(step="warrant")
    return [
        _warrant(warrants),
        _wanted(warrants),
        _enforcement(steps, warrants, enforced),
        _duty(steps.among(step=("no_arrest", "travel_curbed"))),
        _in_force(steps, bodies, signed_counts),
        _built(steps, bodies),
        _proceeds(steps),
        _support(steps),
        _amnesty(Rows.of(ev, STATEMENTS)),
    ]


def _warrant(warrants: Rows) -> Finding:
    label = "Warrant for Putin"
    if not len(warrants):
        return missing(CLAIM, "warrant", label, "", court, "No warrant of the court over this war is known yet.")
    hit = warrants.where(lambda one: "putin" in one["act"])
    if not len(hit):
        return missing(CLAIM, "warrant", label, "", court, "The warrant for Putin is not among the rows known.")
    text = (
        f"On {day(hit.first['date'])} the court issued warrants for Vladimir Putin and one other official over the "
        "unlawful deportation of children; no row records that it was withdrawn."
    )
    return finding(CLAIM, "warrant", label, True, "", text, court, hit.cited())


@states("wanted")
def _wanted(warrants: Rows) -> Finding:
    label = "Senior Russians wanted by the court over the war"
    if not len(warrants):
        return missing(CLAIM, "wanted", label, "persons", court, "No warrant of the court over this war is known yet.")
    total = float(sum(warrants["value"]))
    newest = day(warrants.last["date"])
    text = f"Public warrants over the war name {counted(total, 'senior Russian')}, the newest of {newest}."
    return finding(CLAIM, "wanted", label, total, "persons", text, court, warrants.cited())


def _enforcement(steps: Rows, warrants: Rows, enforced: Sequence[str]) -> Finding:
    label = "Arrests, trials and payments"
    if not len(warrants):
        return missing(CLAIM, "enforcement", label, "cases", court, "There is no warrant yet that could be enforced.")
    rows = steps.among(step=tuple(enforced))
    text = (
        f"The records show {counted(len(rows), 'case')} of enforcement, the newest on {day(rows.last['date'])}: "
        f"{rows.last['event']}."
        if len(rows)
        else "None of those wanted is recorded as arrested or tried, and no payment by Russia as made."
    )
    return finding(
        CLAIM, "enforcement", label, len(rows), "cases", text, court, (rows if len(rows) else warrants).cited()
    )


def _duty(tested: Rows) -> Finding:
    label = "Times the duty to arrest was felt"
    if not len(tested):
        why = "No visit to a member state of the court, made or called off, is known yet."
        return missing(CLAIM, "duty_felt", label, "%", court, why)
    felt = tested.among(step="travel_curbed")
    ignored = tested.among(step="no_arrest")
    value = 100 * len(felt) / len(tested)
    parts = [
        f"{number(len(rows))} {'was' if len(rows) == 1 else 'were'} {words} ({listed(rows['body'])})"
        for rows, words in ((felt, "called off"), (ignored, "made without arrest"))
        if len(rows)
    ]
    if len(tested) == 1:
        how = f"called off ({felt['body'][0]})" if len(felt) else f"made without arrest ({ignored['body'][0]})"
        text = f"The one journey to a member state of the court on record was {how}."
    else:
        text = f"Of {counted(len(tested), 'journey')} to a member state of the court on record, {listed(parts)}."
    return finding(
        CLAIM,
        "duty_felt",
        label,
        value,
        "%",
        text,
        court,
        tested.cited(),
        caveat="Other journeys led to states outside the court.",
    )


def _in_force(steps: Rows, bodies: Sequence[str], signed_counts: bool) -> Finding:
    label = "Bodies in force that could judge or award"
    built = steps.among(step=("institution", "warrant"))
    if not len(built):
        return missing(CLAIM, "in_force", label, "mechanisms", court, "No accountability body is known yet.")
    counts = ("in_force", "signed") if signed_counts else ("in_force",)
    able = steps.among(mechanism=tuple(bodies), status=counts)
    names = able.distinct("mechanism")
    text = (
        f"{counted(len(names), 'body', 'bodies')} that could judge or award {'is' if len(names) == 1 else 'are'} "
        f"{'signed or ' if signed_counts else ''}in force: {listed([NAMES.get(one, one) for one in names])}."
        if names
        else "No body that could try Russia's leaders for the invasion or award compensation is in force."
    )
    return finding(CLAIM, "in_force", label, len(names), "mechanisms", text, court, (able if names else built).cited())


@states("agreed")
def _built(steps: Rows, bodies: Sequence[str]) -> Finding:
    label = "Such bodies agreed but not in force"
    agreed = steps.among(mechanism=tuple(bodies), status=("signed", "in_force"))
    if not len(agreed):
        why = "No agreement on a tribunal for the invasion or on a claims commission is known to have been signed."
        return missing(CLAIM, "agreed", label, "mechanisms", court, why)
    done = set(agreed.among(status="in_force")["mechanism"])
    names = [one for one in agreed.distinct("mechanism") if one not in done]
    have = "has" if len(names) == 1 else "have"
    text = (
        f"{counted(len(names), 'body', 'bodies')} that could judge or award {have} been "
        f"agreed without being in force yet: {listed([NAMES.get(one, one) for one in names])}."
        if names
        else "All the bodies agreed are in force."
    )
    return finding(CLAIM, "agreed", label, len(names), "mechanisms", text, court, agreed.cited())


@states("proceeds")
def _proceeds(steps: Rows) -> Finding:
    label = "Money for Ukraine that frozen Russian assets earn"
    rows = steps.among(step="assets", mechanism="asset_proceeds", unit="eur_billion")
    if not len(rows):
        why = "No money that frozen Russian assets earn is known to have gone to Ukraine."
        return missing(CLAIM, "proceeds", label, "billion euros", court, why)
    total = float(sum(rows["value"]))
    told = listed([f"€{one['value']:g}bn on {day(one['date'])}" for one in rows])
    text = (
        "Without Russia's consent, money that its frozen assets earn or are to earn has gone to Ukraine, as a transfer "
        f"or a loan: {told}. The assets themselves stay frozen."
    )
    caveat = (
        "First transfers only. The EU holds that these proceeds are not Russia's, so they are no payment by Russia."
    )
    return finding(CLAIM, "proceeds", label, total, "billion euros", text, court, rows.cited(), caveat=caveat)


@states("un_support")
def _support(steps: Rows) -> Finding:
    label = "Change in votes for Ukraine at the UN"
    rows = steps.among(step="un_vote", unit="votes_for")
    rows = rows.where(lambda one: not one["act"].startswith("us-text"))
    if len(rows) < 2:
        return missing(
            CLAIM, "un_support", label, "votes", court, "Fewer than two votes of the General Assembly are known yet."
        )
    first, last = rows.first, rows.last
    change = float(last["value"] - first["value"])
    text = (
        f"In the General Assembly {number(first['value'])} states sided with Ukraine on {day(first['date'])} and "
        f"{number(last['value'])} on {day(last['date'])}, on different texts."
    )
    return finding(CLAIM, "un_support", label, change, "votes", text, court, rows.ends().cited())


@states("amnesty")
def _amnesty(said: Rows) -> Finding:
    label = "A peace draft with an amnesty"
    rows = said.among(side="us", topic="accountability")
    if not len(rows):
        return missing(
            CLAIM, "amnesty", label, "", court, "No peace draft with a clause on accountability is known yet."
        )
    last = rows.last
    text = (
        f"A draft settlement of {day(last['date'])} ({last['actor']}) would have granted amnesty for acts of the war."
    )
    return finding(CLAIM, "amnesty", label, True, "", text, court, rows.only_last().cited())
