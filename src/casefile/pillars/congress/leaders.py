"""The Senate leaders' joint promise of 30 September 2023, and how its signers then voted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.congress.names import senators, surnames
from casefile.pillars.congress.rows import Array, Rows, finding, moment
from casefile.pillars.congress.stopgap import MONEY, acts
from casefile.pillars.congress.votes import MEMBERS, STOPGAP_DAY, direct_votes, took_aid_side
from casefile.pillars.findings import missing, states
from casefile.words import counted, day, listed, number, percent

STATEMENTS = "congress/statements"
CLAIM = "congress-senate-leaders"
DAY = pd.Timestamp(STOPGAP_DAY)


def senate_leaders(
    ev: Evidence,
    *,
    scopes: Sequence[str] = ("aid",),
    questions: Sequence[str] = (),
    within_days: int = 0,
    absent: str = "left out",
    signers: str = "all",
    unit: str = "bill",
) -> list[Finding]:
    """Who signed the Senate's joint statement on Ukraine, and how often the signers voted for aid afterwards.

    A signer's vote counts when it was cast on Ukraine alone (`scopes`, `questions`) after the statement, up to
    `within_days` days (0: until the day of the verdict). Each bill counts once, by the signer's last vote on it: a
    bill may come to a dozen votes within a week, which are one decision (`unit="vote"` counts them all). Shares are in
    per cent; `absent="broken"` counts absence as a vote not given. `signers="leaders"` keeps only the two leaders.
    """
    table = Rows(ev.picked(STATEMENTS))
    joint = table.where(
        (table["party"] == "bipartisan")
        & (table["chamber"] == "senate")
        & (table["date"] >= moment(DAY - pd.Timedelta(days=7)))
        & (table["date"] <= moment(DAY + pd.Timedelta(days=7)))
    ).last()
    end = min(ev.day, DAY + pd.Timedelta(days=within_days)) if within_days else ev.day
    votes = direct_votes(ev, "senate", scopes=scopes, questions=questions, after=STOPGAP_DAY, until=str(end.date()))
    names = surnames(joint.one()["actor"]) if len(joint) else []
    if signers == "leaders":
        names = names[:2]
    people = senators(ev, names) if names else Rows(ev.picked(MEMBERS)).first(0)
    cast = people.where(people.among("vote_id", votes["vote_id"]))
    kept = took_aid_side(cast, votes)
    kept = np.nan_to_num(kept, nan=0.0) if absent == "broken" else kept
    counted_once = _last_on_bill(cast, kept, votes) if unit == "bill" else ~np.isnan(kept)
    return [
        *_statement(joint, names, people),
        _kept(cast, kept, votes, "", counted_once),
        _kept(cast, kept, votes, "R", counted_once),
        _first_test(cast, kept, votes),
        _delivered(ev, joint),
    ]


def _statement(joint: Rows, names: list[str], people: Rows) -> list[Finding]:
    labels = {
        "joint": "Senate leaders of both parties promised support together",
        "mcconnell": "The Republican leader was among them",
        "republicans": "Republicans among the signers",
    }
    if not len(joint):
        why = "No joint statement of Senate leaders was known on this day."
        return [missing(CLAIM, key, label, "", senate_leaders, why) for key, label in labels.items()]
    one = joint.one()
    parties = dict(zip(people["bioguide_id"], people["party"], strict=True))
    republicans = float(list(parties.values()).count("R")) if parties else float("nan")
    promised = one["stance"] in ("continue_aid", "more_aid")
    return [
        finding(
            CLAIM, "joint", labels["joint"], bool(promised), "",
            f"On {day(one['date'])}, after the stopgap without Ukraine money had passed, "
            f"{counted(len(names), 'senator')} of both parties promised further support together: {listed(names)}.",
            senate_leaders, joint,
        ),
        finding(
            CLAIM, "mcconnell", labels["mcconnell"], "McConnell" in names, "",
            "Mitch McConnell, who led the Republicans in the Senate, was "
            f"{'among' if 'McConnell' in names else 'not among'} the signers.",
            senate_leaders, joint,
        ),
        finding(
            CLAIM, "republicans", labels["republicans"], republicans, "senators",
            f"{number(republicans)} of the {len(names)} signers were Republicans."
            if republicans == republicans
            else "The party of the signers is not in the evidence admitted.",
            senate_leaders, joint,
        ),
    ]  # fmt: skip


def _last_on_bill(cast: Rows, kept: Array, votes: Rows) -> Array:
    """Which of the votes are their senator's last on a bill, among those cast."""
    order = {vote: place for place, vote in enumerate(votes["vote_id"])}
    bill = dict(zip(votes["vote_id"], votes["bill"], strict=True))
    last: dict[tuple[str, str], int] = {}
    ids = cast["vote_id"]
    for place, (member, vote) in enumerate(zip(cast["bioguide_id"], ids, strict=True)):
        if not np.isnan(kept[place]):
            key = (member, bill[vote])
            if key not in last or order[vote] > order[ids[last[key]]]:
                last[key] = place
    chosen = np.zeros(len(cast), dtype=bool)
    chosen[list(last.values())] = True
    return chosen


def _kept(cast: Rows, kept: Array, votes: Rows, party: str, once: Array) -> Finding:
    name = "kept_republicans" if party else "kept"
    who = "the Republican signers'" if party else "the signers'"
    label = f"Share of {who} later decisions on aid that went to its side"
    keep = once & (cast["party"] == party) if party else once
    if not keep.any():
        return missing(CLAIM, name, label, "percent", senate_leaders, "No vote on aid since the statement was known.")
    chosen, scores = cast.where(keep), kept[keep]
    share = 100 * float(scores.mean())
    each: dict[str, list[float]] = {}
    for person, score in zip(chosen["name"], scores, strict=True):
        each.setdefault(person, []).append(score)
    detail = listed([f"{person} {sum(votes):.0f} of {len(votes)}" for person, votes in sorted(each.items())])
    bills = counted(len(set(votes.where(votes.among("vote_id", chosen["vote_id"]))["bill"])), "bill")
    what = (
        f"votes on Ukraine alone, {counted(len(chosen), 'vote')} in all,"
        if len(chosen) > len(set(zip(chosen["bioguide_id"], _bills(chosen, votes), strict=True)))
        else f"last votes on {bills} about Ukraine alone"
    )
    text = f"Since the statement {who} {what} went to the side of aid in {percent(share)} of cases ({detail})."
    return finding(
        CLAIM, name, label, share, "percent", text, senate_leaders,
        [votes.where(votes.among("vote_id", chosen["vote_id"])), chosen], sample=len(chosen),
        caveat="A leader may vote no for procedure, to be able to call the vote again.",
    )  # fmt: skip


def _bills(cast: Rows, votes: Rows) -> list[str]:
    bill = dict(zip(votes["vote_id"], votes["bill"], strict=True))
    return [bill[vote] for vote in cast["vote_id"]]


@states("first_vote")
def _first_test(cast: Rows, kept: Array, votes: Rows) -> Finding:
    name, label = "first_vote", "Republican signers for aid at the first vote after the promise"
    first = votes.first()
    keep = (cast["party"] == "R") & cast.among("vote_id", first["vote_id"])
    if not keep.any():
        return missing(CLAIM, name, label, "senators", senate_leaders, "No vote on aid since the statement was known.")
    chosen = cast.where(keep)
    number_for = float(np.nansum(kept[keep]))
    when = f"At the first vote after the promise, on {day(first.one()['date'])},"
    if number_for == len(chosen):
        text = f"{when} all Republican signers voted for aid."
    else:
        amount = number(number_for) if number_for else "none"
        text = f"{when} {amount} of the {len(chosen)} Republican signers voted for aid."
    return finding(CLAIM, name, label, number_for, "senators", text, senate_leaders, [first, chosen])


@states("days_to_law")
def _delivered(ev: Evidence, joint: Rows) -> Finding:
    name, label = "days_to_law", "Days from the promise to the next law with at least $1bn for Ukraine"
    laws = acts(Rows(ev.picked(MONEY)))
    laws = laws.where((laws["date"] > moment(DAY)) & (laws["amount_usd_bn"] >= 1)).first()
    if not len(joint) or not len(laws):
        return missing(CLAIM, name, label, "days", senate_leaders, "No such law was known on this day.")
    one = laws.one()
    days = float((one["date"] - joint.one()["date"]).days)
    text = (
        f"A law with ${number(one['amount_usd_bn'], 1)}bn followed {counted(days, 'day')} after the promise, on "
        f"{day(one['date'])}."
    )
    return finding(CLAIM, name, label, days, "days", text, senate_leaders, [laws, joint])
