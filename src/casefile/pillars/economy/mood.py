"""The Russian public mood in polls: wishes for talks, support, approval, worry, the household's money."""

from __future__ import annotations

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.economy.records import Record, Rows, mean
from casefile.pillars.findings import finding, missing, states, states_argument
from casefile.words import counted, month, number, percent, points, signed

TABLE = "economy/russian_polls"
MACRO = "economy/macro"
CLAIM = "economy-public-strain"
FOM = ("anxiety-of-close-circle", "anxious", "saw people around them as anxious")
UKRAINE = ("worried-about-ukraine-events", "very-or-rather-worried", "were worried about events around Ukraine")
MOOD = (
    "respondent-mood",
    "tension-irritation-fear-longing",
    "named tension, irritation, fear or longing as their mood",
)
MOBILISATION = ("fear-of-general-mobilisation", "fear", "feared a general mobilisation")
WORRY = {
    "first": [FOM, UKRAINE, MOOD],
    "fom": [FOM],
    "ukraine": [UKRAINE],
    "last": [FOM, UKRAINE, MOOD, MOBILISATION],
}
"""Questions on worry. Their words differ, so that one is never set beside another: `first` takes the first with a
recent wave, in the order of how often it was asked, `last` whichever was asked last."""


def public_strain(
    ev: Evidence,
    *,
    pollster: str = "levada",
    worry: str = "first",
    max_age_days: int = 365,
    waves: int = 1,
) -> list[Finding]:
    """What polls of Russians said about talks, the army, the president, worry and money, newest wave of each question.

    Reads shares in per cent and keeps questions and pollsters apart. `pollster` answers the questions on talks and
    support; `worry` picks the worry question (`first`: FOM's, or else the next with a recent wave; `fom`; `ukraine`;
    `last`: whichever was asked last); a wave older than `max_age_days` is not the present; `waves` averages so many
    newest waves.
    """
    polls = Rows(ev.picked(TABLE))
    start = ev.day - pd.Timedelta(days=max_age_days)
    fresh = polls.where(lambda one: one.date > start)
    return [
        _talks(polls, fresh, pollster, waves),
        _worry(polls, fresh, worry),
        _plain(
            polls,
            fresh,
            "army_support",
            "support-for-military-actions",
            "support-total",
            "levada",
            "support the army's actions",
            waves,
        ),
        _plain(
            polls, fresh, "approval", "putin-approval", "approve", "levada", "approve of the president's work", waves
        ),
        _plain(
            polls,
            fresh,
            "direction",
            "country-direction",
            "right-direction",
            pollster,
            "think the country on the right path",
            waves,
        ),
        _sentiment(polls, fresh),
        _income(polls),
        _unemployment(ev),
        _talks_change(polls),
        _concessions(polls),
        _phone(polls),
    ]


def _pick(rows: list[Record], question: str, answer: str, pollster: str = "") -> list[Record]:
    return [
        one
        for one in rows
        if one.question == question and one.response == answer and one.pollster in (pollster or one.pollster,)
    ]


def _sample(rows: list[Record]) -> float | None:
    return max((one.n for one in rows if one.n == one.n), default=None)


def _talks(polls: Rows, fresh: list[Record], pollster: str, waves: int) -> Finding:
    name, label = "talks_margin", "For talks minus for going on"
    talk = _pick(fresh, "continue-or-negotiate", "start-peace-talks", pollster)
    go_on = _pick(fresh, "continue-or-negotiate", "continue-military-action", pollster)
    both = sorted({one.date for one in talk} & {one.date for one in go_on})[-waves:]
    if not both:
        return missing(CLAIM, name, label, "points", public_strain, "No recent wave with both answers was known.")
    talk, go_on = [one for one in talk if one.date in both], [one for one in go_on if one.date in both]
    a, b = mean(one.value for one in talk), mean(one.value for one in go_on)
    text = (
        f"In {month(both[-1])} {percent(a)} wanted peace talks to begin and {percent(b)} wanted to go on fighting, a "
        "margin of "
        f"{_signed_points(a - b)}."
    )
    return finding(
        CLAIM, name, label, a - b, "points", text, public_strain, polls.of(talk, go_on), sample=_sample(talk),
        caveat="To want talks is not to want concessions; answers are given under censorship.",
    )  # fmt: skip


def _signed_points(value: float) -> str:
    return f"{signed(value)} {'point' if abs(round(value)) == 1 else 'points'}"


def _worry(polls: Rows, fresh: list[Record], worry: str) -> Finding:
    name, label = "worry", "Worried or afraid"
    asked = [(_pick(fresh, question, answer)[-1:], said) for question, answer, said in WORRY[worry]]
    asked = [one for one in asked if one[0]]
    if not asked:
        return missing(CLAIM, name, label, "percent", public_strain, "No recent question on worry was known.")
    rows, said = max(asked, key=lambda one: one[0][0].date) if worry == "last" else asked[0]
    one = rows[0]
    text = f"In {month(one.date)} {percent(one.value)} {said} ({_who(one)})."
    return finding(
        CLAIM, name, label, one.value, "percent", text, public_strain, polls.of(one), sample=_sample(rows),
        caveat="The questions differ; only whether a majority is worried is compared.",
    )  # fmt: skip


def _who(one: Record) -> str:
    return {"fom": "FOM", "levada": "Levada"}.get(str(one.pollster), str(one.pollster).title())


@states_argument("name")
def _plain(
    polls: Rows, fresh: list[Record], name: str, question: str, answer: str, pollster: str, said: str, waves: int
) -> Finding:
    label = said[0].upper() + said[1:]
    rows = _pick(fresh, question, answer, pollster) or _pick(fresh, question, answer, "levada")
    rows = rows[-waves:]
    if not rows:
        return missing(CLAIM, name, label, "percent", public_strain, "No recent wave of this question was known.")
    value = mean(one.value for one in rows)
    text = f"In {month(rows[-1].date)} {percent(value)} told {_who(rows[-1])} that they {said}."
    return finding(
        CLAIM, name, label, value, "percent", text, public_strain, polls.of(rows), sample=_sample(rows),
        caveat="Answers are given under censorship.",
    )  # fmt: skip


def _sentiment(polls: Rows, fresh: list[Record]) -> Finding:
    name, label = "sentiment_change", "Consumer sentiment against its high of the year before its newest reading"
    every = _pick(polls.records, "consumer-sentiment-index", "index-points")
    if not _pick(fresh, "consumer-sentiment-index", "index-points") or len(every) < 2:
        return missing(
            CLAIM, name, label, "index points", public_strain, "Fewer than two readings, or no recent one, were known."
        )
    last = every[-1]
    top = max((one for one in every if one.date > last.date - pd.Timedelta(days=366)), key=lambda one: one.value)
    change = last.value - top.value
    text = (
        f"Levada's consumer sentiment stood at {number(last.value)} in {month(last.date)}, "
        f"{counted(abs(change), 'index point')} below its high of {month(top.date)}."
        if change < 0
        else f"Levada's consumer sentiment of {month(last.date)}, {number(last.value)}, is its highest of the year."
    )
    return finding(CLAIM, name, label, change, "index points", text, public_strain, polls.of(top, last))


def _income(polls: Rows) -> Finding:
    name, label = "low_income_change", "Change of the share that calls its income low, since before the invasion"
    rows = _pick(polls.records, "economic-hardship-self-assessed-income-group", "low-income")
    if len(rows) < 2:
        return missing(
            CLAIM, name, label, "points", public_strain, "No later reading beside the pre-war one was known."
        )
    first, last = rows[0], rows[-1]
    change = last.value - first.value
    text = (
        f"The share of Russians who put themselves in the low-income group went from {percent(first.value)} before "
        "the invasion to "
        f"{percent(last.value)} by {month(last.date)}: {points(abs(change))} {'fewer' if change < 0 else 'more'}."
    )
    return finding(CLAIM, name, label, change, "points", text, public_strain, polls.of(first, last))


@states("unemployment")
def _unemployment(ev: Evidence) -> Finding:
    name, label = "unemployment", "Unemployment"
    macro = Rows(ev.picked(MACRO))
    rows = macro.where(
        lambda one: one.indicator == "unemployment" and one.period == "month" and one.is_forecast is False
    )
    if not rows:
        return missing(CLAIM, name, label, "percent", public_strain, "No monthly rate was known.")
    one = max(rows, key=lambda row: row.period_end)
    text = (
        f"Unemployment was {percent(one.value, 1)} in {month(one.period_end)}, the newest month known: a tight "
        "market for labour."
    )
    return finding(CLAIM, name, label, one.value, "percent", text, public_strain, macro.of(one))


@states("talks_change")
def _talks_change(polls: Rows) -> Finding:
    name, label = "talks_change", "Change in the wish for talks since the first wave"
    rows = _pick(polls.records, "continue-or-negotiate", "start-peace-talks", "levada")
    if len(rows) < 2:
        return missing(CLAIM, name, label, "points", public_strain, "Fewer than two waves of this question were known.")
    first, last = rows[0], rows[-1]
    text = (
        f"The wish for talks went from {percent(first.value)} in {month(first.date)} to {percent(last.value)} in "
        f"{month(last.date)}, "
        f"{_signed_points(last.value - first.value)} over {counted(len(rows), 'known reading')}."
    )
    return finding(CLAIM, name, label, last.value - first.value, "points", text, public_strain, polls.of(rows))


@states("no_concessions")
def _concessions(polls: Rows) -> Finding:
    name, label = "no_concessions", "Would back an end of the war that returns territory"
    rows = _pick(polls.records, "support-ending-war-if-territories-returned", "support")[-1:]
    other = _pick(polls.records, "support-putin-if-he-ends-war", "support")[-1:]
    if not rows:
        return missing(CLAIM, name, label, "percent", public_strain, "The question had not been published yet.")
    text = (
        f"In {month(rows[0].date)} {percent(rows[0].value)} would have backed an end of the war that returned territory"
    )
    text += f", {percent(other[0].value)} one without that condition." if other else "."
    return finding(CLAIM, name, label, rows[0].value, "percent", text, public_strain, polls.of(rows, other))


@states("withdrawal")
def _phone(polls: Rows) -> Finding:
    name, label = "withdrawal", "For withdrawal without reaching the goals, by phone"
    rows = _pick(polls.records, "withdraw-and-negotiate-without-reaching-goals", "support", "chronicles")[-1:]
    if not rows:
        return missing(CLAIM, name, label, "percent", public_strain, "The phone survey had not been published yet.")
    one = rows[0]
    text = (
        f"A phone survey with other wording (Chronicles) found {percent(one.value)} for a withdrawal without "
        "reaching the war's goals in "
        f"{month(one.date)}: how one asks, and how free people feel to answer, moves the result."
    )
    return finding(CLAIM, name, label, one.value, "percent", text, public_strain, polls.of(one), sample=_sample(rows))
