"""opinion-biden: does the Republican decline reflect misgivings about Biden more than about Ukraine's cause?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked
from casefile.model import Finding
from casefile.pillars.findings import missing, once, states
from casefile.pillars.opinion.approval import Ratings, approval_change, handling_gap, republican_handling
from casefile.pillars.opinion.cite import Table, read, stated
from casefile.pillars.opinion.decline import EPOCH
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
    pooled,
)
from casefile.words import counted, interval, listed, month, number, percent, points, unclear

CLAIM = "opinion-biden"
POLLS, APPROVAL = "opinion/polls", "opinion/approval"
HANDOVER = date(2025, 1, 20).toordinal() - EPOCH
"""The day on which a Republican president followed Biden."""
FEW_MONTHS = 120
"""Days after the handover that count as its first months: before US policy on the war had turned again in summer."""
FRESH = 365
"""Days before the handover within which a wave counts as the one before it."""
CAUSE = (
    Question(
        "reagan-win-important", "important", 1, "cause", "a Ukrainian victory matters to the US (Reagan Institute)"
    ),
    Question(
        "gallup-reclaim-or-end", "reclaim", 1, "cause", "help Ukraine regain its land even in a long war (Gallup)"
    ),
    Question("pew-responsibility", "yes", 1, "cause", "the US has a responsibility to help Ukraine (Pew)"),
    Question("quinnipiac-national-interest", "yes", 1, "cause", "Ukraine is in the national interest (Quinnipiac)"),
    Question("morning-consult-vital-interest", "vital", 1, "cause", "Ukraine is a vital interest (Morning Consult)"),
)
"""Questions on the cause itself, apart from who leads the aid and what it costs."""
HOME = Question("reagan-opponent-reason", "domestic-needs", -1, "reason", "Reagan Institute")
QUIT = Question("gallup-reclaim-or-end", "end-quickly", -1, "cause", "Gallup")


def opinion_biden(
    ev: Evidence, *, questions: str = "comparable", after: str = "newest", months: float = 6, fresh: float = 24,
    how: str = "random",
) -> list[Finding]:  # fmt: skip
    """What moved with Biden and what did not: his approval, the cause, and the change of president in January 2025.

    Republicans' support before and after the handover is compared inside each question (last wave before, newest or
    mean wave after) and pooled with random effects; so are Democrats', and the first months alone. Approval of Biden is
    compared between the first and the latest `months` of the war, pollster by pollster. Support for the cause is the
    mean of Republicans' newest answers, not older than `fresh` months, to questions that do not mention him. Pooled
    intervals use the normal curve, which is somewhat narrow for few questions.
    """
    polls, table = ev.picked(POLLS), ev.picked(APPROVAL)
    frame, waves = read(polls), every(polls)
    asked = chosen(questions)
    end = min(ev.as_of.toordinal() - EPOCH, HANDOVER)
    ratings_moved = once(table, _approval_change, months, end, how)
    turned = _turn(frame, "turn-2025", "republican", waves, asked, after, how)
    return [
        _key(turned, ratings_moved),
        ratings_moved,
        once(table, _handling_gap),
        once(table, _republican_handling),
        once(polls, _cause_held, fresh),
        once(polls, _cause_quit),
        once(polls, _gap_growth, asked),
        turned,
        _democrats_turned(frame, waves, asked, after, how),
        _divergence(frame, waves, asked, after, how),
        _turn(frame, "first-months-2025", "republican", waves, asked, "first", how),
        once(polls, _march_low),
        once(polls, _winning),
        once(polls, _reasons),
    ]


def _approval_change(table: Picked, months: float, end: int, how: str) -> Finding:
    return approval_change(CLAIM, table.derived(Ratings.of), read(table), months, end, HANDOVER, how)


def _handling_gap(table: Picked) -> Finding:
    return handling_gap(CLAIM, table.derived(Ratings.of), read(table))


@states("republican-handling")
def _republican_handling(table: Picked) -> Finding:
    return republican_handling(CLAIM, table.derived(Ratings.of), read(table))


@states("key-number")
def _key(turned: Finding, ratings_moved: Finding) -> Finding:
    """The number to show first: the change of president where it is known, his ratings before."""
    return replace(turned if turned.value is not None else ratings_moved, id=f"{CLAIM}.key-number")


def handovers(waves: Waves, asked: Sequence[Question], group: str, after: str) -> list[Estimate]:
    """Per question: the change of support in points from the last wave before January 2025 to a wave after it.

    `after`: newest, mean (of all waves after), or first (within the first months). The other is at most a year old.
    """
    found = (_handover(one, held(waves, one, group), after) for one in asked)
    return [one for one in found if one is not None]


@lru_cache(maxsize=KEPT)
def _handover(one: Question, known: tuple[Wave, ...], after: str) -> Estimate | None:
    before = between(known, HANDOVER - FRESH, HANDOVER - 1)
    since = between(known, HANDOVER, HANDOVER + (FEW_MONTHS if after == "first" else 10**6))
    if not before or not since:
        return None
    if after != "mean":
        return change(one.name, before[-1], since[0 if after == "first" else -1], one.toward)
    steps = [change(one.name, before[-1], wave, one.toward) for wave in since]
    value = sum(step.value for step in steps) / len(steps)
    places = tuple(dict.fromkeys(place for step in steps for place in step.places))
    spread = before[-1].variance + sum(wave.variance for wave in since) / len(since) ** 2
    return Estimate(one.name, value, spread, places)


def _turn(
    frame: Table, name: str, group: str, waves: Waves, asked: Sequence[Question], after: str, how: str
) -> Finding:
    found = handovers(waves, asked, group, after)
    who = {"republican": "Republicans", "democrat": "Democrats"}[group]
    when = "in the first months after" if name.startswith("first") else "across"
    label = f"Change of {who}' support {when} the change of president"
    whole = pooled(found, how)
    if whole is None:
        why = (
            f"No question gives {who}' answers both before and after January 2025 among the evidence known on this day."
        )
        return missing(CLAIM, name, label, "points", opinion_biden, why)

    def says() -> str:
        verb = "rose" if whole.value >= 0 else "fell"
        low, high = (whole.low, whole.high) if whole.value >= 0 else (-whole.high, -whole.low)
        parts = listed([f"{one.name} {_signed(one.value)}" for one in found])
        return (
            f"{when[0].upper()}{when[1:]} the change of president in January 2025, {who}' support for aid {verb} by "
            f"{points(abs(whole.value), 1)} over {counted(len(found), 'question')} "
            f"(95% interval {interval(low, high, 1)}; {parts}){unclear(low, high)}."
        )

    return stated(
        CLAIM, name, label, whole.value, "points", says, opinion_biden, frame.at(whole.places),
        low=whole.low, high=whole.high, sampling=True,
        caveat="US policy changed as well in 2025, so that the same words no longer ask about the same aid.",
    )  # fmt: skip


@states("turn-democrats")
def _democrats_turned(frame: Table, waves: Waves, asked: Sequence[Question], after: str, how: str) -> Finding:
    return _turn(frame, "turn-democrats", "democrat", waves, asked, after, how)


@states("divergence")
def _divergence(frame: Table, waves: Waves, asked: Sequence[Question], after: str, how: str) -> Finding:
    label = "Republicans' change less Democrats' across the change of president"
    sides = [{one.name: one for one in handovers(waves, asked, group, after)} for group in ("republican", "democrat")]
    whole = pooled([less(sides[0][name], sides[1][name]) for name in sides[0] if name in sides[1]], how)
    if whole is None:
        why = "No question known on this day gives both parties' answers before and after January 2025."
        return missing(CLAIM, "divergence", label, "points", opinion_biden, why)
    sentence = (
        f"Where both parties' answers are known, Republicans' support moved by {_signed(whole.value, 1)} points "
        f"relative to Democrats' across the change of president (95% interval {interval(whole.low, whole.high, 1)})."
    )
    return stated(
        CLAIM, "divergence", label, whole.value, "points", sentence, opinion_biden, frame.at(whole.places),
        low=whole.low, high=whole.high, sampling=True,
    )  # fmt: skip


def _cause_held(polls: Picked, fresh: float) -> Finding:
    frame, waves = read(polls), every(polls)
    label = "Republicans who hold to Ukraine's cause"
    newest: list[tuple[Question, Wave]] = []
    for one in CAUSE:
        known = held(waves, one, "republican")
        if known:
            newest.append((one, known[-1]))
    last = max((wave.day for _, wave in newest), default=0)
    kept = [(one, wave) for one, wave in newest if wave.day >= last - fresh * YEAR / 12]
    if not kept:
        why = "No poll had asked Republicans about the cause itself by this day."
        return missing(CLAIM, "cause-held", label, "%", opinion_biden, why)
    value = sum(wave.pct for _, wave in kept) / len(kept)

    def says() -> str:
        parts = listed([f"{percent(wave.pct)} say {one.name}" for one, wave in kept])
        lead = f"{percent(value)} of Republicans side with Ukraine on average: " if len(kept) > 1 else "of Republicans "
        return f"On the cause itself, apart from the president, {lead}{parts}."

    return stated(
        CLAIM, "cause-held", label, value, "%", says, opinion_biden, frame.at([wave.place for _, wave in kept]),
        low=min(wave.pct for _, wave in kept), high=max(wave.pct for _, wave in kept),
        caveat="The questions differ widely: the interval is the range of answers, and no trend is drawn across them.",
    )  # fmt: skip


@states("cause-quit")
def _cause_quit(polls: Picked) -> Finding:
    frame, waves = read(polls), every(polls)
    label = "Rise of Republicans who would end the war quickly even if Russia keeps land"
    known = held(waves, QUIT, "republican")
    if len(known) < 2:
        why = "Gallup's Republican answers on how the war should end are known for fewer than two waves."
        return missing(CLAIM, "cause-quit", label, "points", opinion_biden, why)
    moved = change(QUIT.name, known[0], known[-1])
    sentence = (
        f"The cause itself lost Republicans in Gallup's polls: {percent(known[-1].pct)} would end the war quickly even "
        f"if Russia keeps land ({_when(known[-1])}), after {percent(known[0].pct)} ({_when(known[0])})."
        if moved.value > 0
        else f"Gallup saw no rise among Republicans who would end the war quickly even if Russia keeps land: "
        f"{percent(known[-1].pct)} ({_when(known[-1])}) after {percent(known[0].pct)} ({_when(known[0])})."
    )
    return stated(
        CLAIM, "cause-quit", label, moved.value, "points", sentence, opinion_biden, frame.at(moved.places),
        low=moved.low, high=moved.high, sampling=True,
    )  # fmt: skip


def _gap_growth(polls: Picked, asked: Sequence[Question]) -> Finding:
    frame, waves = read(polls), every(polls)
    label = "Growth of the gap between the parties under Biden"
    grown = (_grown(one, held(waves, one, "republican"), held(waves, one, "democrat")) for one in asked)
    found = [one for one in grown if one is not None]
    whole = pooled(found)
    if whole is None:
        why = "No question gives both parties' answers in two waves by this day."
        return missing(CLAIM, "gap-growth", label, "points", opinion_biden, why)

    def says() -> str:
        verb = "grew" if whole.value >= 0 else "narrowed"
        return (
            f"Between the first and the last wave under Biden, the gap between the parties {verb} by "
            f"{points(abs(whole.value), 1)} over {counted(len(found), 'question')} "
            f"({listed([f'{one.name} {_signed(one.value)}' for one in found])})."
        )

    return stated(
        CLAIM, "gap-growth", label, whole.value, "points", says, opinion_biden, frame.at(whole.places),
        low=whole.low, high=whole.high, sampling=True,
        caveat="A partisan split fits cues from Biden, but also cues from other leaders.",
    )  # fmt: skip


@lru_cache(maxsize=KEPT)
def _grown(one: Question, republicans: tuple[Wave, ...], democrats: tuple[Wave, ...]) -> Estimate | None:
    same = {wave.day: wave for wave in democrats}
    pairs = [(wave, same[wave.day]) for wave in republicans if wave.day in same and wave.day < HANDOVER]
    if len(pairs) < 2:
        return None
    sides = [change(one.name, pairs[0][side], pairs[-1][side], -one.toward) for side in (0, 1)]
    return less(sides[0], sides[1])


@states("lowest-point")
def _march_low(polls: Picked) -> Finding:
    frame, waves = read(polls), every(polls)
    label = "Lowest Republican support for arms in the Chicago Council's polls"
    known = waves.get(("chicago-council-arms", "support", "republican"))
    if not known:
        why = "The Chicago Council's Republican shares are not among the evidence known on this day."
        return missing(CLAIM, "lowest-point", label, "%", opinion_biden, why)
    low = min(known, key=lambda wave: (wave.pct, wave.day))
    who = "after Biden had left" if low.day >= HANDOVER else "under Biden"
    sentence = (
        f"Republican support for arms stood lowest at {percent(low.pct)} in the Chicago Council's poll of "
        f"{_when(low)}, {who}; the newest known wave ({_when(known[-1])}) gives {percent(known[-1].pct)}."
    )
    rows = frame.at(dict.fromkeys([low.place, known[-1].place]))
    return stated(CLAIM, "lowest-point", label, low.pct, "%", sentence, opinion_biden, rows)


@states("winning-gap")
def _winning(polls: Picked) -> Finding:
    frame, waves = read(polls), every(polls)
    label = "Support among those who think Ukraine is winning, less those who think Russia is"
    groups = [waves.get(("reagan-military-aid", "support", f"believes-{who}-winning")) for who in ("ukraine", "russia")]
    if not groups[0] or not groups[1]:
        why = "No poll had compared support by belief about who is winning by this day."
        return missing(CLAIM, "winning-gap", label, "points", opinion_biden, why)
    moved = change("belief", groups[1][-1], groups[0][-1])
    sentence = (
        f"Belief about the battlefield divides opinion: {percent(groups[0][-1].pct)} of those who think Ukraine is "
        f"winning support aid, but {percent(groups[1][-1].pct)} of those who think Russia is."
    )
    return stated(
        CLAIM, "winning-gap", label, moved.value, "points", sentence, opinion_biden, frame.at(moved.places),
        low=moved.low, high=moved.high, sampling=True,
    )  # fmt: skip


@states("reason-home")
def _reasons(polls: Picked) -> Finding:
    frame, waves = read(polls), every(polls)
    label = "Opponents of aid who name needs at home first"
    known = held(waves, HOME, "opponents-of-aid")
    if not known:
        why = "No poll of opponents' own reasons was known by this day."
        return missing(CLAIM, "reason-home", label, "%", opinion_biden, why)
    sentence = (
        f"Asked for their strongest reason, {percent(known[-1].pct)} of the opponents of aid named needs at home, "
        "neither Biden nor the cause."
    )
    return stated(
        CLAIM, "reason-home", label, known[-1].pct, "%", sentence, opinion_biden, frame.at([known[-1].place]),
        caveat="Opponents of all parties; the list offered did not name Biden, as far as reported.",
    )  # fmt: skip


def _when(wave: Wave) -> str:
    return month(date.fromordinal(wave.day + EPOCH))


def _signed(value: float, digits: int = 0) -> str:
    text = number(value, digits)
    return f"+{text}" if round(value, digits) > 0 else text
