"""Republican senators who asked for more and faster arms, and how many took the side of aid when it was voted on."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.congress.names import senators, surnames
from casefile.pillars.congress.rows import Rows, finding, moment
from casefile.pillars.congress.votes import aid_side, direct_votes
from casefile.pillars.findings import missing, states, states_argument
from casefile.words import counted, day, listed, percent

STATEMENTS = "congress/statements"
CLAIM = "congress-gop-senators-more"
LEADER = re.compile(r"Senate (Republican|majority|minority) leader")


def gop_senators_more(
    ev: Evidence,
    *,
    since: str = "2022-02-24",
    joint_letters: str = "each signer",
    recent_days: int = 365,
    scopes: Sequence[str] = ("aid",),
    vote_window_days: int = 0,
    exact_dates: bool = False,
) -> list[Finding]:
    """Republican senators on record for more or faster arms, and Republican senators voting for aid.

    Counts distinct names in dated statements coded more_aid from `since` on; a joint letter counts for `each signer`
    or as `one voice`. `recent_days` is the window for statements that are still fresh. Votes: the newest vote on
    Ukraine alone, or the median over `vote_window_days` before the newest one. `exact_dates` drops inferred dates.
    """
    table = Rows(ev.picked(STATEMENTS))
    keep = (table["stance"] == "more_aid") & (table["party"] == "R") & table.among("chamber", ("senate", "both"))
    keep &= table["date"] >= moment(since)
    if exact_dates:
        keep &= table["date_precision"] == "day"
    asked = table.where(keep)
    named = _named(ev, asked, joint_letters)
    recent = asked.where(asked["date"] > moment(ev.day - pd.Timedelta(days=recent_days)))
    fresh = _named(ev, recent, joint_letters)
    return [
        _count("named", "Republican senators on record for more or faster arms", asked, named, "By {day}"),
        _count(
            "recent", f"Republican senators who asked for it in the last {recent_days} days", recent, fresh,
            "In the period before {day}", ev,
        ),
        _leader(asked),
        _letter(asked),
        _voting(ev, scopes, vote_window_days),
        _against(table),
        _peak(ev, scopes),
    ]  # fmt: skip


def _named(ev: Evidence, rows: Rows, joint_letters: str) -> list[str]:
    """Distinct surnames, in order. A statement by members of both chambers counts only for those who are senators."""
    names: list[str] = []
    for actor, chamber in zip(rows["actor"], rows["chamber"], strict=True):
        people = surnames(actor)
        if chamber == "both":
            known = {name.split()[-1] for name in senators(ev, people, "R")["name"]}
            people = [one for one in people if one in known]
        names += people if joint_letters == "each signer" else [" and ".join(people)] if people else []
    return list(dict.fromkeys(names))


@states_argument("name")
def _count(name: str, label: str, rows: Rows, names: list[str], opening: str, ev: Evidence | None = None) -> Finding:
    if not len(rows) and ev is None:
        return missing(CLAIM, name, label, "senators", gop_senators_more, "No such statement was known on this day.")
    if not len(rows) and ev is not None:
        whole = Rows(ev.picked(STATEMENTS))
        if not len(whole):
            return missing(CLAIM, name, label, "senators", gop_senators_more, "No statement was known on this day.")
        text = f"In the period before {day(ev.day)} the collection holds no such request by a Republican senator."
        return finding(
            CLAIM, name, label, 0.0, "senators", text, gop_senators_more, whole.first(0), date=ev.day,
            caveat="The collection is a selection; absence from it proves nothing.",
        )  # fmt: skip
    when = opening.format(day=day(pd.Timestamp(rows["date"].max()) if ev is None else ev.day))
    text = f"{when} {counted(len(names), 'Republican senator')} had asked for more or faster arms: {listed(names)}."
    return finding(
        CLAIM, name, label, float(len(names)), "senators", text, gop_senators_more, rows,
        caveat="A selection of statements: the true number is at least this.",
    )  # fmt: skip


def _leader(asked: Rows) -> Finding:
    name, label = "leader", "The Republican leader in the Senate was among them"
    if not len(asked):
        return missing(CLAIM, name, label, "", gop_senators_more, "No such statement was known on this day.")
    led = asked.where([LEADER.search(actor) is not None for actor in asked["actor"]])
    if not len(led):
        return finding(
            CLAIM, name, label, False, "", "Their leader in the Senate was not among them.", gop_senators_more, asked
        )
    one = led.one()
    text = f"Among them was their leader in the Senate: {one['actor'].split(' (')[0]}, on {day(one['date'])}."
    return finding(CLAIM, name, label, True, "", text, gop_senators_more, led)


@states("letter")
def _letter(asked: Rows) -> Finding:
    name, label = "letter", "Signers of the largest joint letter"
    if not len(asked):
        return missing(CLAIM, name, label, "senators", gop_senators_more, "No such statement was known on this day.")
    sizes = [len(surnames(actor)) for actor in asked["actor"]]
    one = asked.take([int(np.argmax(sizes))])
    text = (
        f"The largest joint letter, of {day(one.one()['date'])}, had {counted(max(sizes), 'signer')}."
        if max(sizes) > 1
        else "No joint letter was on record: each statement was a single voice."
    )
    return finding(CLAIM, name, label, float(max(sizes)), "senators", text, gop_senators_more, one)


def _voting(ev: Evidence, scopes: Sequence[str], window: int) -> Finding:
    name, label = "voting", "Republican senators on the side of aid in the newest vote"
    votes = direct_votes(ev, "senate", scopes=scopes)
    if not len(votes):
        return missing(CLAIM, name, label, "senators", gop_senators_more, "No Senate vote on aid was known.")
    start = pd.Timestamp(votes["date"].max()) - pd.Timedelta(days=window)
    chosen = votes.where(votes["date"] >= moment(start)) if window else votes.last()
    pro = chosen["direction"] == "pro_aid"
    value = float(np.median(np.where(pro, chosen["r_yea"], chosen["r_nay"])))
    last = chosen.one()
    share = aid_side(chosen.last())[0]
    span = f"In the median of {counted(len(chosen), 'vote')}" if window else "In the newest Senate vote on aid"
    text = f"{span}, on {day(last['date'])}, {counted(value, 'Republican')} took the side of aid"
    text = text if window else f"{text}, {percent(share)} of those voting."
    text = text if text.endswith(".") else f"{text}."
    return finding(CLAIM, name, label, value, "senators", text, gop_senators_more, chosen, sample=len(chosen))


@states("opponents")
def _against(table: Rows) -> Finding:
    name, label = "opponents", "Republican positions in either chamber against more money, beside those for more"
    rows = table.where((table["party"] == "R") & table.among("stance", ("stop_aid", "condition_aid")))
    more = table.where((table["party"] == "R") & (table["stance"] == "more_aid"))
    if not len(rows):
        return missing(CLAIM, name, label, "statements", gop_senators_more, "No such statement was known on this day.")
    text = (
        f"The same collection holds {counted(len(rows), 'Republican statement')} for stopping or conditioning aid, "
        f"and {len(more) or 'none'} for more."
    )
    return finding(CLAIM, name, label, float(len(rows)), "statements", text, gop_senators_more, [rows, more])


@states("peak")
def _peak(ev: Evidence, scopes: Sequence[str]) -> Finding:
    name, label = "peak", "Largest share of Republican senators for aid in a vote since the article's week"
    votes = direct_votes(ev, "senate", scopes=scopes, after="2023-09-26")
    if not len(votes):
        return missing(CLAIM, name, label, "percent", gop_senators_more, "The Senate had not voted on aid since then.")
    shares = aid_side(votes)
    best = votes.one(int(np.nanargmax(shares)))
    text = (
        f"At best, on {day(best['date'])}, {percent(float(np.nanmax(shares)))} of Republican senators voting "
        f"took the side of aid; at worst {percent(float(np.nanmin(shares)))}."
    )
    return finding(CLAIM, name, label, float(np.nanmax(shares)), "percent", text, gop_senators_more, votes)
