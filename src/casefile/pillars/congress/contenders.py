"""Republican contenders of 2023: how many stood where on Ukraine, and how much of the party stood behind them."""

from __future__ import annotations

import numpy as np

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.congress.rows import Rows, finding
from casefile.pillars.findings import missing, states
from casefile.words import alone, counted, day, listed, number, percent, spelled

FIELD = "congress/gop_field"
POLLS = "congress/gop_primary_polls"
CLAIM = "congress-gop-field"
MORE = "more_aggressive_aid"
CAMPS = {"wide": ("negotiate", "cut_or_stop"), "narrow": ("negotiate",)}
"""Who counts as favouring talks: those who ask for them, or also those who would cut or stop aid."""
FIELD_FORMED = 5
"""With fewer contenders' positions on record a comparison of camps says nothing about a field."""


def gop_field(
    ev: Evidence,
    *,
    camp: str = "wide",
    coding: str = "first",
    move: str = "",
    stage_only: bool = False,
    series: str = "weekly national average",
    without: str = "",
) -> list[Finding]:
    """Contenders who fault too little aid beside those who favour talks: by head, by support, under every coding.

    `camp` is `narrow` (asks for talks) or `wide` (also cuts or stops aid); `coding` uses the first or the second
    defensible stance of every contender, and `move` that of one contender only; `stage_only` drops those who were
    not on the debate stage; `without` drops one contender; `series` is the polling average. Balance is the smaller
    camp divided by the larger one: 1 is equal, 0 means that one camp is empty.
    """
    field = Rows(ev.picked(FIELD))
    if without:
        field = field.where(field["candidate"] != without)
    if stage_only:
        field = field.where(field["status"] == "active")
    polls = Rows(ev.picked(POLLS))
    polls = polls.where(polls["series"] == series)
    stances = _stances(field, coding, move)
    more = field.where([stance == MORE for stance in stances])
    talks = field.where([stance in CAMPS[camp] for stance in stances])
    last = _newest(polls)
    return [
        _heads(more, talks, len(field)),
        _codings(field, camp),
        _support(more, talks, last),
        _support_largest(talks, last),
        _remaining(more, talks, last),
        _continue(field, stances),
        _strict(field),
    ]


def _newest(polls: Rows) -> Rows:
    return polls.where(polls["date"] == polls["date"].max()) if len(polls) else polls


def _stances(field: Rows, coding: str, move: str) -> list[str]:
    second = field["stance_secondary"]
    pairs = zip(field["candidate"], second, strict=True)
    moved = [bool(other) and (coding == "second" or name == move) for name, other in pairs]
    return [other if use else one for one, other, use in zip(field["stance"], second, moved, strict=True)]


def balance(first: float, second: float) -> float:
    """How even two camps are: the smaller divided by the larger, 0 to 1; NaN when both are empty."""
    return min(first, second) / max(first, second) if max(first, second) else float("nan")


def _heads(more: Rows, talks: Rows, known: int) -> Finding:
    name, label = "heads", "Balance of the two camps by head count"
    if known < FIELD_FORMED or not (len(more) or len(talks)):
        return missing(
            CLAIM, name, label, "ratio", gop_field, "The field of contenders had not yet formed on this day."
        )
    text = (
        f"By head count {len(more)} faulted too little aid ({listed(more['polling_name'].tolist()) or 'none'}) and "
        f"{len(talks)} favoured talks or less aid ({listed(talks['polling_name'].tolist()) or 'none'})."
    )
    return finding(
        CLAIM, name, label, balance(len(more), len(talks)), "ratio", text, gop_field, [more, talks],
        sample=len(more) + len(talks),
    )  # fmt: skip


def all_codings(field: Rows, camp: str) -> dict[tuple[int, int], int]:
    """(faulting too little aid, favouring talks) → how many combinations of defensible stances give it.

    Counted contender by contender: the combinations themselves double with each one.
    """
    doubtful = field.where(field["stance_secondary"] != "")
    sure = field.where(field["stance_secondary"] == "")
    fixed = [(stance == MORE, stance in CAMPS[camp]) for stance in sure["stance"]]
    counts = {(sum(one for one, _ in fixed), sum(other for _, other in fixed)): 1}
    for pair in zip(doubtful["stance"], doubtful["stance_secondary"], strict=True):
        longer: dict[tuple[int, int], int] = {}
        for (more, talks), ways in counts.items():
            for stance in pair:
                reached = (more + (stance == MORE), talks + (stance in CAMPS[camp]))
                longer[reached] = longer.get(reached, 0) + ways
        counts = longer
    return counts


def _codings(field: Rows, camp: str) -> Finding:
    name, label = "codings", "Codings under which the camps differ by one contender at most"
    if not len(field):
        return missing(CLAIM, name, label, "percent", gop_field, "No contender's position was known on this day.")
    counts = all_codings(field, camp)
    total = sum(counts.values())
    even = sum(ways for (one, other), ways in counts.items() if abs(one - other) <= 1)
    share = 100 * even / total
    widest = max(counts, key=lambda pair: abs(pair[0] - pair[1]))
    text = (
        f"{counted((field['stance_secondary'] != '').sum(), 'contender')} can defensibly be classed in two ways; in "
        f"{even} of the {total} combinations the camps differ by one at most. The widest gap is "
        f"{widest[0]} against {widest[1]}."
    )
    return finding(CLAIM, name, label, share, "percent", text, gop_field, field, sample=total)


def _backing(camp: Rows, poll: Rows) -> tuple[float, Rows]:
    rows = poll.where(poll.among("candidate", camp["polling_name"]))
    return float(rows["pct"].sum()), rows


def _support(more: Rows, talks: Rows, poll: Rows) -> Finding:
    name, label = "support", "Balance of the two camps by support in the primary"
    if not len(poll) or (not len(more) and not len(talks)):
        return missing(CLAIM, name, label, "ratio", gop_field, "No average of primary polls was known on this day.")
    (first, one), (second, other) = _backing(more, poll), _backing(talks, poll)
    text = (
        f"Weighted by support on {day(poll.one()['date'])}, those who faulted too little aid stood at {percent(first)} "
        f"together, those who favoured talks or less aid at {percent(second)}."
    )
    return finding(
        CLAIM, name, label, balance(first, second), "ratio", text, gop_field, [one, other, more, talks],
        date=poll.one()["date"], caveat="The compiler of the average does not name its method.",
    )  # fmt: skip


@states("front_runner")
def _support_largest(talks: Rows, poll: Rows) -> Finding:
    name, label = "front_runner", "Support of the largest contender who favoured talks or less aid"
    rows = poll.where(poll.among("candidate", talks["polling_name"]))
    if not len(rows):
        return missing(CLAIM, name, label, "percent", gop_field, "No average of primary polls was known on this day.")
    one = rows.take([int(np.argmax(rows["pct"]))])
    text = (
        f"On {day(one.one()['date'])} {one.one()['candidate']} alone, who favoured talks or less aid, had "
        f"{percent(float(one.one()['pct']))} of the party's support."
    )
    return finding(CLAIM, name, label, float(one.one()["pct"]), "percent", text, gop_field, one)


def _remaining(more: Rows, talks: Rows, poll: Rows) -> Finding:
    name, label = "remaining", "Balance by head count among contenders still listed in the newest average"
    first = more.where(more.among("polling_name", poll["candidate"]))
    second = talks.where(talks.among("polling_name", poll["candidate"]))
    if not len(poll) or (not len(first) and not len(second)):
        return missing(CLAIM, name, label, "ratio", gop_field, "No average of primary polls was known on this day.")
    text = (
        f"In the newest average, of {day(poll.one()['date'])}, {counted(len(first), 'contender')} who faulted "
        f"too little aid and {number(len(second))} who favoured talks or less aid were still listed."
    )
    return finding(
        CLAIM, name, label, balance(len(first), len(second)), "ratio", text, gop_field,
        [poll.where(poll.among("candidate", [*first["polling_name"], *second["polling_name"]])), first, second],
        date=poll.one()["date"],
    )  # fmt: skip


@states("neither")
def _continue(field: Rows, stances: list[str]) -> Finding:
    name, label = "neither", "Contenders in neither camp"
    rows = field.where([stance in ("continue_aid", "unclear") for stance in stances])
    if not len(field):
        return missing(CLAIM, name, label, "contenders", gop_field, "No contender's position was known on this day.")
    backing = sum(stance == "continue_aid" for stance in stances)
    text = (
        f"{counted(len(rows), 'contender')} belonged to neither camp: {alone(backing)} backed aid much as it was, and "
        f"the position of {alone(len(rows) - backing)} was not found."
        if len(rows)
        else "Every contender on record belonged to one of the camps."
    )
    return finding(CLAIM, name, label, float(len(rows)), "contenders", text, gop_field, rows if len(rows) else field)


@states("asked_for_talks")
def _strict(field: Rows) -> Finding:
    name, label = "asked_for_talks", "Contenders who asked for talks in so many words"
    rows = field.where(field["stance"] == "negotiate")
    more = field.where(field["stance"] == MORE)
    if not len(field):
        return missing(CLAIM, name, label, "contenders", gop_field, "No contender's position was known on this day.")
    text = (
        f"Counting only those who asked for talks as such, {alone(len(rows))} "
        f"{'stands' if len(rows) == 1 else 'stand'} beside the {spelled(len(more))} who faulted too little aid."
    )
    return finding(CLAIM, name, label, float(len(rows)), "contenders", text, gop_field, [rows, more])
