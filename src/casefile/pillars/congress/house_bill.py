"""The stand-alone $300m that the House approved on 28 September 2023, and the House's later votes of that kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.congress.rows import Array, Rows, finding, moment
from casefile.pillars.congress.votes import (
    FINAL,
    MEMBERS,
    ROLLCALLS,
    STOPGAP_DAY,
    aid_side,
    ballots,
    direct_votes,
    passed,
    tally,
)
from casefile.pillars.findings import missing, states
from casefile.words import counted, day, listed, number, percent

MONEY = "congress/appropriations"
RELATED = "congress/related_votes"
CLAIM = "congress-house-300m"
DAY = pd.Timestamp(STOPGAP_DAY)
NOT_YET = "The vote had not taken place, or its record is left out."


def house_300m(
    ev: Evidence,
    *,
    base: str = "voting",
    scopes: Sequence[str] = ("aid",),
    questions: Sequence[str] = FINAL,
    newest_only: bool = False,
    since: str = "2022-02-24",
) -> list[Finding]:
    """The House vote on the separate $300m, how its Republicans split, and every final House vote on aid.

    `base="all"` counts absent members in the share of Republicans. The record of final votes takes bills on Ukraine
    alone (`scopes`, `questions`) from `since` on; `newest_only` looks at the last of them only.
    """
    votes = direct_votes(ev, "house", "pro_aid", scopes=("aid",), questions=FINAL)
    week = votes.where(_near(votes)).last()
    record = direct_votes(ev, "house", "pro_aid", scopes=scopes, questions=questions, after=since)
    if newest_only:
        record = record.last()
    return [
        _approved(week),
        _amount(ev),
        _same_week(week),
        _republicans(week, base),
        _republicans_newest(record, base),
        _without_republicans(week),
        _record(record),
        _newest(record),
        _separate(ev),
        _cross_pressured(ev, week),
        _senate(ev, week),
    ]


def _near(rows: Rows) -> Array:
    six = np.timedelta64(6, "D")
    return (rows["date"] >= moment(DAY) - six) & (rows["date"] <= moment(DAY) + six)


def _none(name: str, label: str, unit: str, why: str = "") -> Finding:
    return missing(CLAIM, name, label, unit, house_300m, why or NOT_YET)


def _approved(week: Rows) -> Finding:
    name, label = "approved", "The House approved the bill"
    if not len(week):
        return _none(name, label, "")
    one = week.one()
    carried = bool(passed(week)[0])
    text = f"The House {'passed' if carried else 'rejected'} {one['bill']} by {tally(one)} on {day(one['date'])}."
    return finding(CLAIM, name, label, carried, "", text, house_300m, week, sample=one["yea"] + one["nay"])


def _amount(ev: Evidence) -> Finding:
    name, label = "amount", "Amount in the bill"
    money = Rows(ev.picked(MONEY))
    rows = money.where((money["row_type"] == "bill") & (money["status"] == "passed_house") & _near(money)).last()
    if not len(rows):
        return _none(name, label, "million US dollars", "The amount had not been reported by this day.")
    value = 1000 * float(rows.one()["amount_usd_bn"])
    text = f"The bill held ${number(value)}m for the Ukraine Security Assistance Initiative."
    return finding(CLAIM, name, label, value, "million US dollars", text, house_300m, rows)


def _same_week(week: Rows) -> Finding:
    name, label = "same_week", "Days between the vote and the stopgap"
    if not len(week):
        return _none(name, label, "days")
    days = float((DAY - week.one()["date"]).days)
    text = f"The vote came {counted(days, 'day')} before the stopgap, in the same week."
    return finding(CLAIM, name, label, abs(days), "days", text, house_300m, week)


@states("republicans")
def _republicans(week: Rows, base: str) -> Finding:
    name, label = "republicans", "House Republicans voting for the $300m"
    if not len(week):
        return _none(name, label, "percent")
    one = week.one()
    whole = one["r_yea"] + one["r_nay"] + (one["r_not_voting"] if base == "all" else 0)
    share = 100 * one["r_yea"] / whole
    text = (
        f"{percent(share)} of House Republicans {'in office' if base == 'all' else 'voting'} supported it "
        f"({one['r_yea']:.0f} to {one['r_nay']:.0f}): "
        f"{'most of them were against' if one['r_yea'] < one['r_nay'] else 'most of them were in favour'}."
    )
    return finding(CLAIM, name, label, share, "percent", text, house_300m, week, sample=whole)


def _republicans_newest(record: Rows, base: str) -> Finding:
    name, label = "republicans_newest", "House Republicans for aid in the newest final vote"
    if not len(record):
        return _none(name, label, "percent", "No final House vote on Ukraine aid alone was known on this day.")
    one = record.one()
    whole = one["r_yea"] + one["r_nay"] + (one["r_not_voting"] if base == "all" else 0)
    share = 100 * one["r_yea"] / whole
    text = (
        f"When aid alone was last put to a final vote, on {day(one['date'])}, {percent(share)} of House Republicans "
        f"{'in office' if base == 'all' else 'voting'} supported it ({one['r_yea']:.0f} to {one['r_nay']:.0f})."
    )
    return finding(CLAIM, name, label, share, "percent", text, house_300m, record.last(), sample=whole)


@states("majority_source")
def _without_republicans(week: Rows) -> Finding:
    name, label = "majority_source", "Share of the yes votes that came from Democrats"
    if not len(week):
        return _none(name, label, "percent")
    one = week.one()
    share = 100 * one["d_yea"] / one["yea"]
    text = f"{percent(share)} of the votes that carried it came from the minority, the Democrats."
    return finding(CLAIM, name, label, share, "percent", text, house_300m, week)


def _record(record: Rows) -> Finding:
    name, label = "record", "Final House votes on Ukraine aid alone that passed"
    if not len(record):
        return _none(name, label, "percent", "No final House vote on Ukraine aid alone was known on this day.")
    carried = passed(record)
    share = 100 * float(carried.mean())
    results = listed([f"{tally(row)} on {day(row['date'])}" for row in record])
    text = f"{carried.sum()} of {counted(len(record), 'final House vote')} on aid for Ukraine alone passed: {results}."
    return finding(CLAIM, name, label, share, "percent", text, house_300m, record, sample=len(record))


@states("newest")
def _newest(record: Rows) -> Finding:
    name, label = "newest", "House members for aid in the newest final vote"
    if not len(record):
        return _none(name, label, "percent", "No final House vote on Ukraine aid alone was known on this day.")
    one = record.last()
    share = float(aid_side(one, "all")[0])
    text = (
        f"In the newest final vote, on {day(one.one()['date'])}, {percent(share)} of those voting supported aid, "
        f"and {percent(float(aid_side(one)[0]))} of the Republicans."
    )
    return finding(CLAIM, name, label, share, "percent", text, house_300m, one)


@states("taken_out")
def _separate(ev: Evidence) -> Finding:
    name, label = "taken_out", "Republicans for the rule that took the $300m out of the Pentagon bill"
    votes = Rows(ev.picked(RELATED))
    of_the_bill = np.array(["moved the $300m" in title for title in votes["title"]], dtype=bool)
    rule = votes.where((votes["topic"] == "procedural") & of_the_bill).last()
    if not len(rule):
        return _none(name, label, "percent", "The vote on the rule is not in the evidence admitted.")
    one = rule.one()
    share = 100 * one["r_yea"] / (one["r_yea"] + one["r_nay"])
    text = (
        f"It was a separate vote because Republicans had just taken the money out of the Pentagon bill, by a rule "
        f"carried {tally(one)} along party lines."
    )
    return finding(CLAIM, name, label, share, "percent", text, house_300m, rule)


@states("against_both")
def _cross_pressured(ev: Evidence, week: Rows) -> Finding:
    name, label = "against_both", "Republicans who opposed the cut and then the money"
    cut = direct_votes(ev, "house", "anti_aid", after="2023-09-26", until="2023-09-27").first()
    cast = ballots(ev.picked(MEMBERS), [*cut["vote_id"], *week["vote_id"]])
    if not (len(cut) and len(week) and len(cast)):
        return _none(name, label, "members")
    no = cast.where((cast["party"] == "R") & (cast["vote"] == "nay"))
    kept = set(no.where(no["vote_id"] == cut.one()["vote_id"])["bioguide_id"])
    second = no.where(no["vote_id"] == week.one()["vote_id"])
    both = second.where(second.among("bioguide_id", kept))
    text = (
        f"{counted(len(both), 'Republican')} voted against striking the $300m on {day(cut.one()['date'])} "
        f"and against granting it on {day(week.one()['date'])}."
    )
    return finding(CLAIM, name, label, float(len(both)), "members", text, house_300m, [cut, week, both])


@states("senate_vote")
def _senate(ev: Evidence, week: Rows) -> Finding:
    name, label = "senate_vote", "Senate votes on the bill"
    if not len(week):
        return _none(name, label, "votes")
    votes = Rows(ev.picked(ROLLCALLS))
    bill = week.one()["bill"]
    same = votes.where(
        (votes["bill"] == bill) & (votes["chamber"] == "senate") & (votes["date"] >= moment(week.one()["date"]))
    )
    text = (
        f"By {day(ev.day)} the Senate had not voted on {bill}: the House's approval had made no law."
        if not len(same)
        else f"The Senate voted on {bill} {counted(len(same), 'time')}."
    )
    return finding(CLAIM, name, label, float(len(same)), "votes", text, house_300m, [week, same])
