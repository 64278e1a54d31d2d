"""Whether senior Russian officers have said that the war goes on past Ukraine, and what surrounds those words."""

from __future__ import annotations

from collections.abc import Sequence

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.aims.rows import OPEN, STATEMENTS, Rows, months_before, months_between, period, small
from casefile.pillars.findings import finding, missing, states
from casefile.words import counted, day, listed, number, times

CLAIM = "aims-beyond"

BEYOND = ("beyond_ukraine", "beyond_hinted")
"""The war goes on past Ukraine, or a further country comes within reach."""

NOTHING = "No Russian statement of any kind is known yet."


def beyond(
    ev: Evidence,
    *,
    months: int = 24,
    gists: Sequence[str] = BEYOND,
    aired: str = "date",
    prompted_counts: bool = True,
) -> list[Finding]:
    """Counts senior officers who spoke of war past Ukraine, and sets beside them the setting and official denials.

    `months` before the vantage are counted, by the day of broadcasting (`aired="date"`) or, where that is known, by
    the latest day of recording (`aired="recorded_by"`). `gists` are the codings that count; with
    `prompted_counts=False` an answer to a leading question does not. Coding: the compilers', from press reports.
    """
    said = Rows.of(ev, STATEMENTS)
    officers = said.among(side="russia", office="officer", gist=gists, channel=OPEN)
    if not prompted_counts:
        officers = officers.where(lambda one: one["prompted"] is not True)
    start = months_before(ev.day, months)
    recent = (
        officers.since(start)
        if aired == "date"
        else officers.where(lambda one: bool((one["recorded_by"] or one["date"]) >= start))
    )
    deciders = said.among(side="russia", office=("head_of_state", "official"), channel=OPEN)
    return [
        _said(said, officers),
        _count(said, recent, months),
        _own_accord(recent),
        _setting(officers),
        _policy(said, deciders.among(gist=BEYOND), deciders.among(gist="beyond_denied")),
        _denials(said, deciders.among(gist="beyond_denied")),
    ]


def _said(said: Rows, officers: Rows) -> Finding:
    label = "A senior officer said so"
    if not len(said):
        return missing(CLAIM, "officer_said", label, "", beyond, NOTHING)
    if not len(officers):
        text = "No senior Russian officer is recorded as saying that the war goes on past Ukraine."
        return finding(CLAIM, "officer_said", label, False, "", text, beyond, said.cited())
    plain = officers.among(gist="beyond_ukraine")
    best = (plain if len(plain) else officers).first
    text = f"{day(best['date'])}: {best['actor']} ({small(best['role'])}) {small(best['position'])}"
    return finding(CLAIM, "officer_said", label, True, "", text, beyond, officers.cited())


def _count(said: Rows, recent: Rows, months: int) -> Finding:
    label = "Senior officers on record"
    if not len(said):
        return missing(CLAIM, "officers", label, "officers", beyond, NOTHING)
    who = recent.distinct("actor")
    text = (
        f"{period(months)}, {counted(len(who), 'senior Russian officer')} spoke on record of war past Ukraine: "
        f"{listed(who)}."
        if who
        else f"{period(months)}, no senior Russian officer is recorded as speaking of war past Ukraine."
    )
    caveat = "Prominent reports only, hence a lower bound."
    if "beyond_hinted" in recent["gist"]:
        caveat += " One officer named a region of a neighbour as within reach, and no more."
    rows = (recent if len(recent) else said).cited()
    return finding(CLAIM, "officers", label, len(who), "officers", text, beyond, rows, caveat=caveat)


def _own_accord(recent: Rows) -> Finding:
    label = "Officers who raised it of their own accord"
    known = recent.where(lambda one: one["prompted"] is not None)
    if not len(known):
        why = "No such remark with a known setting falls in the period."
        return missing(CLAIM, "unprompted", label, "officers", beyond, why)
    who = known.among(prompted=(False,)).distinct("actor")  # type: ignore[arg-type]
    led = [one for one in known.distinct("actor") if one not in who]
    text = "; ".join(
        ([f"{listed(who)} raised it unasked"] if who else [])
        + ([f"{listed(led)} answered a leading question"] if led else [])
    )
    return finding(CLAIM, "unprompted", label, len(who), "officers", f"{text}.", beyond, known.cited())


@states("recorded_before")
def _setting(officers: Rows) -> Finding:
    label = "Interview recorded before it was aired"
    held = officers.where(lambda one: one["recorded_by"] is not None)
    if not len(held):
        why = "No remark is known to have been recorded long before it was aired."
        return missing(CLAIM, "recorded_before", label, "months", beyond, why)
    last = held.last
    gap = months_between(last["recorded_by"], last["date"])
    text = (
        f"The interview with {last['actor']} aired on {day(last['date'])} had been recorded at least {number(gap, 1)} "
        f"months earlier{', and his words answer a leading question' if last['prompted'] else ''}; he spoke as a "
        "commander, not for the government."
    )
    return finding(CLAIM, "recorded_before", label, gap, "months", text, beyond, held.only_last().cited())


def _policy(said: Rows, agreed: Rows, denied: Rows) -> Finding:
    label = "Someone who decides policy has said the same"
    if not len(said):
        return missing(CLAIM, "policy", label, "", beyond, NOTHING)
    if len(agreed):
        text = f"{listed(agreed.distinct('actor'))} said the same, last on {day(agreed.last['date'])}."
    else:
        text = "Nobody who decides Russian policy is recorded as saying that the war goes on past Ukraine."
    rows = agreed if len(agreed) else denied if len(denied) else said
    return finding(CLAIM, "policy", label, bool(len(agreed)), "", text, beyond, rows.cited())


@states("denials")
def _denials(said: Rows, denied: Rows) -> Finding:
    label = "Official denials on record"
    if not len(said):
        return missing(CLAIM, "denials", label, "denials", beyond, NOTHING)
    if not len(denied):
        return finding(
            CLAIM, "denials", label, 0, "denials", "No official Russian denial is recorded yet.", beyond, said.cited()
        )
    text = (
        f"Officials have denied such plans {times(len(denied))} on record, last {denied.last['actor']} on "
        f"{day(denied.last['date'])}; a denial is no proof of intent either way."
    )
    return finding(CLAIM, "denials", label, len(denied), "denials", text, beyond, denied.cited())
