"""opinion-decline: did support for aid to Ukraine fall, and most of all among Republicans?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.findings import missing, states, states_argument
from casefile.pillars.opinion.cite import Table, read, stated
from casefile.pillars.opinion.questions import Question, chosen
from casefile.pillars.opinion.waves import (
    YEAR,
    Estimate,
    Wave,
    Waves,
    between,
    change,
    held,
    less,
    poll_waves,
    pooled,
    slope,
)
from casefile.words import counted, interval, listed, month, number, points, unclear

CLAIM = "opinion-decline"
TABLE = "opinion/polls"
PER_YEAR = "points a year"
NO_TREND = "No question had been asked twice, four months or more apart, by this day."
AGAINST_DEMOCRATS = "Change of Republicans' support less Democrats'"
NO_PAIR = "No question had been asked twice with answers by party by this day."
ASSUMED = "Party samples are rarely stated: a third of the whole sample is assumed."


def opinion_decline(
    ev: Evidence, *, questions: str = "comparable", months: float = 24, recent: float = 6, how: str = "random"
) -> list[Finding]:
    """How fast support for aid moved, pooled over poll questions that are never mixed, by party.

    For each question asked at least twice in the same words, a weighted line gives the points a year by which support
    rose (positive) or fell (negative) in the `months` up to the newest wave; the slopes are pooled with random effects
    (DerSimonian and Laird). Intervals are 95% and rest on sampling error widened for weighting; they use the normal
    curve, which is somewhat narrow where few questions are pooled. `questions` names the set, `recent` the age in
    months up to which a question's last two waves are compared by party, `how` the pooling.
    """
    table = ev.picked(TABLE)
    frame = read(table)
    asked = chosen(questions)
    waves = poll_waves(table, asked)
    ends = [found[-1].day for found in waves.values()]
    last = max(ends, default=0)
    first = last - months * YEAR / 12
    everyone = trends(waves, asked, "all", first, last)
    until = "" if not ends else f"In the {number(months)} months to {month(date.fromordinal(last + EPOCH))}"
    adults = "support for aid among all adults"
    year, war = (trends(waves, asked, "all", start, last) for start in (last - YEAR, 0))
    return [
        _trend(frame, "pooled-trend", "Change of support, all adults", everyone, f"{until}, {adults}", how),
        *(
            _trend(
                frame, f"{group}-trend", f"Change of support, {who}", trends(waves, asked, group, first, last),
                f"{until}, support for aid among {who}", how, ASSUMED,
            )
            for group, who in (("republican", "Republicans"), ("democrat", "Democrats"))
        ),
        _trend(frame, "last-year", "Change of support over twelve months, all adults", year,
               f"In the newest twelve months of polls, {adults}", how),
        _trend(frame, "whole-war", "Change of support since the invasion, all adults", war,
               f"Since the invasion, {adults}", how),
        _party_gap(frame, "party-gap", AGAINST_DEMOCRATS, gaps(waves, asked, first, last), until, how),
        _party_gap(
            frame, "whole-war-gap", f"{AGAINST_DEMOCRATS} since the invasion", gaps(waves, asked, 0, last),
            "Since the invasion", how,
        ),
        _recent_gap(frame, recent_gaps(waves, asked, last, recent), recent, how),
        _falling(frame, everyone, until),
        _steady(frame, everyone, until),
    ]  # fmt: skip


EPOCH = date(1970, 1, 1).toordinal()
"""Days of waves count from here; `date` counts from the year 1."""


def trends(waves: Waves, asked: Sequence[Question], group: str, first: float, last: float) -> list[Estimate]:
    """The change of support in points a year of each question in one group between two days."""
    found = (slope(one.name, between(held(waves, one, group), first, last), one.toward) for one in asked)
    return [one for one in found if one is not None]


def gaps(waves: Waves, asked: Sequence[Question], first: float, last: float) -> list[Estimate]:
    """Per question: the Republicans' change less the Democrats', in points a year, from polls that give both."""
    found = []
    for one in asked:
        both = _both(waves, one, first, last)
        sides = [slope(one.name, [pair[side] for pair in both], one.toward) for side in (0, 1)]
        if sides[0] is not None and sides[1] is not None:
            found.append(less(sides[0], sides[1]))
    return found


def recent_gaps(waves: Waves, asked: Sequence[Question], last: int, recent: float) -> list[Estimate]:
    """Per question: the Republicans' change less the Democrats', in points, between its last two waves with both.

    Only where the newer wave is at most `recent` months older than the newest of all, the other at most a year more.
    """
    found = []
    for one in asked:
        both = _both(waves, one, 0, last)[-2:]
        if len(both) == 2 and both[1][0].day >= last - recent * YEAR / 12 and both[0][0].day >= both[1][0].day - YEAR:
            republicans, democrats = (change(one.name, both[0][s], both[1][s], one.toward) for s in (0, 1))
            found.append(less(republicans, democrats))
    return found


def _both(waves: Waves, one: Question, first: float, last: float) -> list[tuple[Wave, Wave]]:
    democrats = {wave.day: wave for wave in held(waves, one, "democrat")}
    republicans = between(held(waves, one, "republican"), first, last)
    return [(wave, democrats[wave.day]) for wave in republicans if wave.day in democrats]


@states_argument("name")
def _trend(
    frame: Table, name: str, label: str, found: Sequence[Estimate], what: str, how: str, caveat: str = ""
) -> Finding:
    whole = pooled(found, how)
    if whole is None:
        return missing(CLAIM, name, label, PER_YEAR, opinion_decline, NO_TREND)
    verb = "rose" if whole.value > 0 else "fell"
    low, high = (whole.low, whole.high) if whole.value > 0 else (-whole.high, -whole.low)
    sentence = (
        f"{what} {verb} by {points(abs(whole.value), 1)} a year over "
        f"{counted(len(found), 'question')} asked repeatedly "
        f"(95% interval {interval(low, high, 1)}){unclear(low, high)}."
    )
    return stated(
        CLAIM, name, label, whole.value, PER_YEAR, sentence, opinion_decline, frame.at(whole.places),
        low=whole.low, high=whole.high, sampling=True, caveat=caveat,
    )  # fmt: skip


@states_argument("name")
def _party_gap(frame: Table, name: str, label: str, found: Sequence[Estimate], until: str, how: str) -> Finding:
    whole = pooled(found, how)
    if whole is None:
        return missing(CLAIM, name, label, PER_YEAR, opinion_decline, NO_PAIR)
    verb = "gained on" if whole.value > 0 else "fell behind"
    low, high = (whole.low, whole.high) if whole.value > 0 else (-whole.high, -whole.low)
    sentence = (
        f"{until}, Republicans' support {verb} Democrats' by {points(abs(whole.value), 1)} a year over "
        f"{counted(len(found), 'question')} with both parties "
        f"(95% interval {interval(low, high, 1)}){unclear(low, high, 'difference')}."
    )
    return stated(
        CLAIM, name, label, whole.value, PER_YEAR, sentence, opinion_decline, frame.at(whole.places),
        low=whole.low, high=whole.high, sampling=True, caveat=ASSUMED,
    )  # fmt: skip


def _recent_gap(frame: Table, found: Sequence[Estimate], recent: float, how: str) -> Finding:
    label = f"{AGAINST_DEMOCRATS}, last two waves"
    whole = pooled(found, how)
    if whole is None:
        return missing(CLAIM, "recent-gap", label, "points", opinion_decline, NO_PAIR)
    parts = listed([f"{one.name} {_lead(one.value)}" for one in found])
    verb = "gained on" if whole.value > 0 else "fell behind"
    low, high = (whole.low, whole.high) if whole.value > 0 else (-whole.high, -whole.low)
    sentence = (
        f"Between the last two waves of each question asked in the newest {counted(recent, 'month')} of polls, "
        f"Republicans' support {verb} Democrats' by {points(abs(whole.value), 1)} "
        f"(95% interval {interval(low, high, 1)}; {parts}){unclear(low, high, 'difference')}."
    )
    return stated(
        CLAIM, "recent-gap", label, whole.value, "points", sentence, opinion_decline, frame.at(whole.places),
        low=whole.low, high=whole.high, sampling=True, caveat=ASSUMED,
    )  # fmt: skip


def _lead(value: float) -> str:
    return "level" if round(value) == 0 else f"{points(abs(value))} {'ahead' if value > 0 else 'behind'}"


def _falling(frame: Table, found: Sequence[Estimate], until: str) -> Finding:
    label = "Questions on which support fell beyond sampling error"
    if not found:
        return missing(CLAIM, "series-falling", label, "questions", opinion_decline, NO_TREND)
    down = [one for one in found if one.high < 0]
    names = f": {listed([one.name for one in down])}" if down else ""
    many = counted(len(found), "question")
    sentence = f"{until}, support fell by more than sampling error on {len(down) or 'none'} of {many}{names}."
    rows = frame.at([place for one in found for place in one.places])
    return stated(CLAIM, "series-falling", label, len(down), "questions", sentence, opinion_decline, rows)


@states("series-steady")
def _steady(frame: Table, found: Sequence[Estimate], until: str) -> Finding:
    label = "Questions on which support did not fall beyond sampling error"
    if not found:
        return missing(CLAIM, "series-steady", label, "questions", opinion_decline, NO_TREND)
    other = [one for one in found if one.high >= 0]
    up = [one.name for one in other if one.low > 0]
    names = f": {listed([one.name for one in other])}" if other else ""
    many = counted(len(found), "question")
    sentence = (
        f"{until}, support did not fall by more than sampling error on {len(other)} of {many}{names}; "
        f"it rose by more than that on {listed(up) if up else 'none'}."
        if other
        else f"{until}, support fell by more than sampling error on every question asked repeatedly ({many})."
    )
    rows = frame.at([place for one in found for place in one.places])
    return stated(CLAIM, "series-steady", label, len(other), "questions", sentence, opinion_decline, rows)


__all__ = ["gaps", "opinion_decline", "recent_gaps", "trends"]
