"""What Russian officials have said of Ukraine as a state, and how far a UN inquiry went about such rhetoric."""

from __future__ import annotations

from collections.abc import Sequence

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.aims.rows import OPEN, STATEMENTS, Rows, months_before, period, small
from casefile.pillars.findings import finding, missing, states
from casefile.words import counted, day, listed

CLAIM = "aims-rhetoric"

STATEHOOD = ("end_called", "end_of_state", "one_people")
"""The state should end, ends, has ended, or has no nation of its own; a government's end alone is not among them."""

CALLS = ("end_called",)
"""Words that call for the end or vow it; to foretell it, to assert it or to ask about it is no call."""

GOVERNMENT = ("end_of_government",)

IN_OFFICE = ("head_of_state", "official")

LEVELS = {"genocide_not_shown": 0.0, "may_be_incitement": 1.0, "incitement_found": 2.0}
"""How far a UN inquiry has gone: 0 the evidence does not show it, 1 some rhetoric may be incitement, 2 it is."""

MAY = ("may_be_incitement", "incitement_found")

TERMS = ("territory", "neutrality", "guarantees", "reparations")


def rhetoric(
    ev: Evidence,
    *,
    months: int = 24,
    gists: Sequence[str] = STATEHOOD,
    call_gists: Sequence[str] = CALLS,
    count: str = "speakers",
    without: Sequence[str] = (),
    offices: Sequence[str] = IN_OFFICE,
) -> list[Finding]:
    """Counts the Russian officials on record against Ukraine's statehood, and grades the UN inquiry's words.

    The count covers the `months` before the vantage and statements coded as one of `gists`; `call_gists` are those that
    count as calls; `count` is speakers or statements, `without` leaves speakers out. The UN grade runs from 0 (not
    shown) over 1 (may amount to incitement) to 2 (incitement found) and takes the furthest that an inquiry is known to
    have gone. Coding of statements: the compilers', from press reports; of calls: ours.
    """
    said = Rows.of(ev, STATEMENTS)
    spoken = said.among(side="russia", office=offices, channel=OPEN, gist=gists)
    if without:
        spoken = spoken.where(lambda one: one["actor"] not in without)
    recent = spoken.since(months_before(ev.day, months))
    inquiry = said.among(office="inquiry", gist=tuple(LEVELS))
    return [
        _speakers(said, recent, months, count),
        _calls(said, recent, call_gists, months),
        _newest(spoken),
        _remark(inquiry),
        _level(inquiry),
        _limits(inquiry),
        _terms(said),
    ]


def _speakers(said: Rows, recent: Rows, months: int, count: str) -> Finding:
    label = "Russian officials on record against Ukraine's statehood"
    if not len(said):
        return missing(CLAIM, "speakers", label, count, rhetoric, "No statement of a Russian official is known yet.")
    who = recent.distinct("actor")
    value = len(who) if count == "speakers" else len(recent)
    text = (
        f"{period(months)}, {counted(len(who), 'Russian official')} spoke on record of Ukraine's end as a state or "
        f"denied that it is a nation apart: {listed(who)} ({counted(len(recent), 'statement')} found)."
        if who
        else f"{period(months)}, no Russian official is recorded as speaking of Ukraine's end as a state."
    )
    caveat = (
        "Prominent reports only, hence a lower bound. Several are predictions or claims about the present, not calls."
    )
    rows = (recent if len(recent) else said).cited()
    return finding(CLAIM, "speakers", label, value, count, text, rhetoric, rows, caveat=caveat)


def _calls(said: Rows, recent: Rows, call_gists: Sequence[str], months: int) -> Finding:
    label = "Officials whose words call for that end"
    if not len(said):
        return missing(CLAIM, "calls", label, "speakers", rhetoric, "No statement of a Russian official is known yet.")
    made = recent.among(gist=tuple(call_gists))
    who = made.distinct("actor")
    if who:
        text = f"{period(months)}, {listed(who)} called for the end of Ukraine as a state."
    elif len(recent):
        text = (
            f"{counted(len(recent), 'statement')}, and no call for that end: the words foretell it, assert it, ask "
            "about it or deny a nation apart."
        )
    else:
        text = f"{period(months)}, no such call by a Russian official is recorded."
    fallen = said.among(side="russia", office=IN_OFFICE, channel=OPEN, gist=GOVERNMENT)
    if len(fallen) and not who:
        text += f" What {listed(fallen.distinct('actor'))} did announce is the end of the government in Kyiv."
    caveat = "Our coding of paraphrased reports; a threat by a party to the war may be heard as a call."
    rows = [(made if len(made) else recent if len(recent) else said).cited(), fallen.cited()]
    return finding(CLAIM, "calls", label, len(who), "speakers", text, rhetoric, rows, caveat=caveat)


@states("newest")
def _newest(spoken: Rows) -> Finding:
    label = "Newest such statement"
    if not len(spoken):
        return missing(CLAIM, "newest", label, "", rhetoric, "No such statement is known yet.")
    last = spoken.last
    text = f"The newest is of {day(last['date'])}: {last['actor']} ({small(last['role'])}) {small(last['position'])}"
    rows = spoken.only_last().cited()
    return finding(CLAIM, "newest", label, str(last["date"].date()), "", text, rhetoric, rows)


def _remark(inquiry: Rows) -> Finding:
    label = "UN inquiry: some rhetoric may amount to incitement"
    if not len(inquiry):
        why = "No word of a UN inquiry on the matter is known yet."
        return missing(CLAIM, "un_remark", label, "", rhetoric, why)
    made = inquiry.among(gist=MAY)
    if not len(made):
        text = "The UN inquiry is not known to have said that any rhetoric may amount to incitement to genocide."
        return finding(CLAIM, "un_remark", label, False, "", text, rhetoric, inquiry.cited())
    text = (
        f"On {day(made.first['date'])} the chair of the UN Commission of Inquiry said that part of the rhetoric in "
        "Russian media may amount to incitement to genocide, and that inquiries go on."
    )
    return finding(CLAIM, "un_remark", label, True, "", text, rhetoric, made.cited())


def _level(inquiry: Rows) -> Finding:
    label = "How far the UN inquiry has gone (0 not shown, 1 may be, 2 found)"
    if not len(inquiry):
        why = "No word of a UN inquiry on the matter is known yet."
        return missing(CLAIM, "un_level", label, "of 2", rhetoric, why)
    level = max(LEVELS[word] for word in inquiry["gist"])
    words = {
        0.0: "The UN inquiry has gone no further than to say that the evidence does not show genocide so far.",
        1.0: "The furthest the UN inquiry is known to have gone is “may”: it spoke of rhetoric in the media, named no "
        "official and found no incitement.",
        2.0: "The UN inquiry has found incitement to genocide.",
    }
    reached = inquiry.where(lambda one: LEVELS[one["gist"]] == level)
    return finding(CLAIM, "un_level", label, level, "of 2", words[level], rhetoric, reached.cited())


@states("un_limits")
def _limits(inquiry: Rows) -> Finding:
    label = "The inquiry's own limits"
    held = inquiry.among(gist="genocide_not_shown")
    made = inquiry.among(gist=MAY)
    if not len(held):
        return missing(CLAIM, "un_limits", label, "", rhetoric, "The inquiry is not known to have set such a limit.")
    when = held.last["date"]
    text = f"On {day(when)} the chair of the inquiry said that the evidence so far did not meet the test for genocide"
    if len(made) and made.first["date"] >= when:
        text += f", {counted((made.first['date'] - when).days, 'day')} before the remark on incitement"
    return finding(CLAIM, "un_limits", label, True, "", text + ".", rhetoric, [held.cited(), made.cited()])


@states("terms_addressed")
def _terms(said: Rows) -> Finding:
    label = "Russia still puts terms to a Ukrainian state"
    terms = said.among(side="russia", channel=OPEN, topic=TERMS)
    if not len(terms):
        return missing(CLAIM, "terms_addressed", label, "", rhetoric, "No Russian terms are known yet.")
    text = (
        f"Beside that rhetoric Moscow keeps stating terms to Kyiv, last on {day(terms.last['date'])}; terms presuppose "
        "a state that could accept them."
    )
    return finding(CLAIM, "terms_addressed", label, True, "", text, rhetoric, terms.only_last().cited())
