"""opinion-decline: did support for aid to Ukraine fall, and most of all among Republicans?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache, partial

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.findings import missing, states, states_argument
from casefile.pillars.opinion.cite import Table, read, stated
from casefile.pillars.opinion.questions import Question, chosen
from casefile.pillars.opinion.waves import (
    KEPT,
    YEAR,
    Estimate,
    Wave,
    Waves,
    between,
    change,
    every,
    held,
    less,
    newest,
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
Estimates = Callable[[], Sequence[Estimate]]
"""What gives the estimates that a finding pools: asked only where the finding is wanted."""
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
    waves, end = every(table), newest(table, asked)
    last = end or 0
    first = last - months * YEAR / 12
    everyone = trends(waves, asked, "all", first, last)
    until = "" if end is None else f"In the {number(months)} months to {month(date.fromordinal(last + EPOCH))}"
    adults = "support for aid among all adults"
    return [
        _trend(frame, "pooled-trend", "Change of support, all adults", lambda: everyone, f"{until}, {adults}", how),
        *(
            _trend(
                frame, f"{group}-trend", f"Change of support, {who}", partial(trends, waves, asked, group, first, last),
                f"{until}, support for aid among {who}", how, ASSUMED,
            )
            for group, who in (("republican", "Republicans"), ("democrat", "Democrats"))
        ),
        _trend(frame, "last-year", "Change of support over twelve months, all adults",
               partial(trends, waves, asked, "all", last - YEAR, last),
               f"In the newest twelve months of polls, {adults}", how),
        _trend(frame, "whole-war", "Change of support since the invasion, all adults",
               partial(trends, waves, asked, "all", 0, last), f"Since the invasion, {adults}", how),
        _party_gap(frame, "party-gap", AGAINST_DEMOCRATS, partial(gaps, waves, asked, first, last), until, how),
        _party_gap(
            frame, "whole-war-gap", f"{AGAINST_DEMOCRATS} since the invasion", partial(gaps, waves, asked, 0, last),
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
    found = (_moved(one, held(waves, one, group), first, last) for one in asked)
    return [one for one in found if one is not None]


@lru_cache(maxsize=KEPT)
def _moved(one: Question, known: tuple[Wave, ...], first: float, last: float) -> Estimate | None:
    return slope(one.name, between(known, first, last), one.toward)


def gaps(waves: Waves, asked: Sequence[Question], first: float, last: float) -> list[Estimate]:
    """Per question: the Republicans' change less the Democrats', in points a year, from polls that give both."""
    found = (_gap(one, *_sides(waves, one), first, last) for one in asked)
    return [one for one in found if one is not None]


@lru_cache(maxsize=KEPT)
def _gap(
    one: Question, republicans: tuple[Wave, ...], democrats: tuple[Wave, ...], first: float, last: float
) -> Estimate | None:
    both = _both(republicans, democrats, first, last)
    sides = [slope(one.name, [pair[side] for pair in both], one.toward) for side in (0, 1)]
    return None if sides[0] is None or sides[1] is None else less(sides[0], sides[1])


def recent_gaps(waves: Waves, asked: Sequence[Question], last: int, recent: float) -> list[Estimate]:
    """Per question: the Republicans' change less the Democrats', in points, between its last two waves with both.

    Only where the newer wave is at most `recent` months older than the newest of all, the other at most a year more.
    """
    found = (_recent(one, *_sides(waves, one), last, recent) for one in asked)
    return [one for one in found if one is not None]


@lru_cache(maxsize=KEPT)
def _recent(
    one: Question, republicans: tuple[Wave, ...], democrats: tuple[Wave, ...], last: int, recent: float
) -> Estimate | None:
    both = _both(republicans, democrats, 0, last)[-2:]
    if len(both) < 2 or both[1][0].day < last - recent * YEAR / 12 or both[0][0].day < both[1][0].day - YEAR:
        return None
    sides = [change(one.name, both[0][side], both[1][side], one.toward) for side in (0, 1)]
    return less(sides[0], sides[1])


def _sides(waves: Waves, one: Question) -> tuple[tuple[Wave, ...], tuple[Wave, ...]]:
    return held(waves, one, "republican"), held(waves, one, "democrat")


def _both(republicans: Sequence[Wave], democrats: Sequence[Wave], first: float, last: float) -> list[tuple[Wave, Wave]]:
    same = {wave.day: wave for wave in democrats}
    return [(wave, same[wave.day]) for wave in between(republicans, first, last) if wave.day in same]


@states_argument("name")
def _trend(frame: Table, name: str, label: str, make: Estimates, what: str, how: str, caveat: str = "") -> Finding:
    found = make()
    whole = pooled(found, how)
    if whole is None:
        return missing(CLAIM, name, label, PER_YEAR, opinion_decline, NO_TREND)

    def says() -> str:
        verb = "rose" if whole.value > 0 else "fell"
        low, high = (whole.low, whole.high) if whole.value > 0 else (-whole.high, -whole.low)
        return (
            f"{what} {verb} by {points(abs(whole.value), 1)} a year over "
            f"{counted(len(found), 'question')} asked repeatedly "
            f"(95% interval {interval(low, high, 1)}){unclear(low, high)}."
        )

    return stated(
        CLAIM, name, label, whole.value, PER_YEAR, says, opinion_decline, frame.at(whole.places),
        low=whole.low, high=whole.high, sampling=True, caveat=caveat,
    )  # fmt: skip


@states_argument("name")
def _party_gap(frame: Table, name: str, label: str, make: Estimates, until: str, how: str) -> Finding:
    found = make()
    whole = pooled(found, how)
    if whole is None:
        return missing(CLAIM, name, label, PER_YEAR, opinion_decline, NO_PAIR)

    def says() -> str:
        verb = "gained on" if whole.value > 0 else "fell behind"
        low, high = (whole.low, whole.high) if whole.value > 0 else (-whole.high, -whole.low)
        return (
            f"{until}, Republicans' support {verb} Democrats' by {points(abs(whole.value), 1)} a year over "
            f"{counted(len(found), 'question')} with both parties "
            f"(95% interval {interval(low, high, 1)}){unclear(low, high, 'difference')}."
        )

    return stated(
        CLAIM, name, label, whole.value, PER_YEAR, says, opinion_decline, frame.at(whole.places),
        low=whole.low, high=whole.high, sampling=True, caveat=ASSUMED,
    )  # fmt: skip


def _recent_gap(frame: Table, found: Sequence[Estimate], recent: float, how: str) -> Finding:
    label = f"{AGAINST_DEMOCRATS}, last two waves"
    whole = pooled(found, how)
    if whole is None:
        return missing(CLAIM, "recent-gap", label, "points", opinion_decline, NO_PAIR)

    def says() -> str:
        parts = listed([f"{one.name} {_lead(one.value)}" for one in found])
        verb = "gained on" if whole.value > 0 else "fell behind"
        low, high = (whole.low, whole.high) if whole.value > 0 else (-whole.high, -whole.low)
        return (
            f"Between the last two waves of each question asked in the newest {counted(recent, 'month')} of polls, "
            f"Republicans' support {verb} Democrats' by {points(abs(whole.value), 1)} "
            f"(95% interval {interval(low, high, 1)}; {parts}){unclear(low, high, 'difference')}."
        )

    return stated(
        CLAIM, "recent-gap", label, whole.value, "points", says, opinion_decline, frame.at(whole.places),
        low=whole.low, high=whole.high, sampling=True, caveat=ASSUMED,
    )  # fmt: skip


def _lead(value: float) -> str:
    return "level" if round(value) == 0 else f"{points(abs(value))} {'ahead' if value > 0 else 'behind'}"


def _falling(frame: Table, found: Sequence[Estimate], until: str) -> Finding:
    label = "Questions on which support fell beyond sampling error"
    if not found:
        return missing(CLAIM, "series-falling", label, "questions", opinion_decline, NO_TREND)
    down = [one for one in found if one.high < 0]

    def says() -> str:
        names = f": {listed([one.name for one in down])}" if down else ""
        many = counted(len(found), "question")
        return f"{until}, support fell by more than sampling error on {len(down) or 'none'} of {many}{names}."

    rows = frame.at([place for one in found for place in one.places])
    return stated(CLAIM, "series-falling", label, len(down), "questions", says, opinion_decline, rows)


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
