"""Whether any policy united a party or both: cohesion, agreement across the aisle, positions, and what Congress did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.congress.rows import Rows, finding, moment
from casefile.pillars.congress.stopgap import MONEY, acts
from casefile.pillars.congress.votes import aid_side, direct_votes, passed, rice
from casefile.pillars.findings import missing, states, states_argument
from casefile.words import alone, counted, day, interval, number, percent, spelled

CLAIM = "congress-no-consensus"
STATEMENTS = "congress/statements"
TWO_THIRDS = 200 / 3
READINGS = ((0.8, "united"), (0.5, "fairly united"), (0.2, "divided"), (0.0, "close to an even split"))
"""Words for the Rice index: 0.2 is a split of 60 to 40, 0.5 of 75 to 25, 0.8 of 90 to 10."""


def no_consensus(
    ev: Evidence,
    *,
    window_days: int = 365,
    scopes: Sequence[str] = ("aid",),
    questions: Sequence[str] = (),
    delegates: bool = True,
    direction: str = "",
    agreement: float = TWO_THIRDS,
    statement_days: int = 365,
    average: str = "median",
    skip: Sequence[str] = (),
) -> list[Finding]:
    """Cohesion of the parties in votes on Ukraine alone, and how often both parties stood clearly on one side.

    For each chamber the votes of the `window_days` before its newest such vote count. Cohesion is the Rice index
    (0 split in halves, 1 united), `average` over votes by median or mean. A vote unites both parties when at least
    `agreement` per cent of the voters of each take the same side. `statement_days` is the window for dated positions
    of Republicans, counted back from the newest one. `direction` keeps votes to give (pro_aid) or to cut (anti_aid);
    `skip` leaves out single votes.
    """
    votes = direct_votes(ev, "", direction, scopes=scopes, questions=questions)
    votes = votes.where(~votes.among("vote_id", skip))
    house, senate = (_window(votes.where(votes["chamber"] == one), window_days) for one in ("house", "senate"))
    both = votes.where(votes.among("vote_id", [*house["vote_id"], *senate["vote_id"]]))
    return [
        _cohesion("house_republicans", "House Republicans", house, "r", delegates, average),
        _cohesion("senate_republicans", "Senate Republicans", senate, "r", delegates, average),
        _cohesion("house_democrats", "House Democrats", house, "d", delegates, average),
        _cohesion("senate_democrats", "Senate Democrats", senate, "d", delegates, average),
        _agreed("united", "Votes in which both parties stood clearly on one side", both, delegates, agreement),
        _agreed("majorities", "Votes with majorities of both parties on one side", both, delegates, 50.0),
        *_positions(ev, statement_days),
        _outcome(both),
        _enacted(ev),
    ]


def _window(votes: Rows, days: int) -> Rows:
    return votes.where(votes["date"] > votes["date"].max() - np.timedelta64(days, "D")) if len(votes) else votes


@states_argument("name")
def _cohesion(name: str, who: str, votes: Rows, party: str, delegates: bool, average: str) -> Finding:
    label = f"Cohesion of {who} (Rice index)"
    if not len(votes):
        return missing(CLAIM, name, label, "index", rice, "No vote on Ukraine alone was known on this day.")
    values = rice(votes, party, delegates)
    value = float(np.nanmean(values) if average == "mean" else np.nanmedian(values))
    first, last = votes.one(0)["date"], votes.one()["date"]
    when = f"on {day(last)}" if first == last else f"from {day(first)} to {day(last)}"
    reading = next(word for least, word in READINGS if value >= least)
    text = (
        f"{who} scored {number(value, 2)} on a scale from 0 (split in halves) to 1 (all on one side) in "
        f"{counted(len(votes), 'vote')} on Ukraine alone {when}: {reading}."
    )
    return finding(
        CLAIM, name, label, value, "index", text, rice, votes,
        low=float(np.nanmin(values)), high=float(np.nanmax(values)), sample=len(votes),
        caveat="The range is that of single votes, not an error margin.",
    )  # fmt: skip


@states_argument("name")
def _agreed(name: str, label: str, votes: Rows, delegates: bool, least: float) -> Finding:
    if not len(votes):
        return missing(CLAIM, name, label, "percent", no_consensus, "No vote on Ukraine alone was known on this day.")
    ours, theirs = aid_side(votes, "r", delegates), aid_side(votes, "d", delegates)
    lowest, highest = np.minimum(ours, theirs), np.maximum(ours, theirs)
    together = (lowest > 50) & (lowest >= least) | (highest < 50) & (highest <= 100 - least)
    share = 100 * float(together.mean())
    measure = "more than half" if least <= 50 else f"at least {percent(least)}"
    for_aid, met = int((lowest[together] > 50).sum()), int(together.sum())
    where = "" if met == 1 else "in each case " if for_aid == met else f"in {alone(for_aid)} of them "
    share_of = "all" if met == len(votes) > 1 else f"{met or 'none'} of"
    text = (
        f"In {share_of} {counted(len(votes), 'vote')} on Ukraine alone, {measure} of the voters of each party stood on "
        "the same side" + (f": {where}on the side of {'aid' if for_aid or met > 1 else 'the cut'}." if met else ".")
    )
    return finding(CLAIM, name, label, share, "percent", text, no_consensus, votes, sample=len(votes))


def _positions(ev: Evidence, days: int) -> list[Finding]:
    labels = {
        "for_talks": "Dated Republican positions that favour talks",
        "largest_position": "Share of the most frequent Republican position",
    }
    table = Rows(ev.picked(STATEMENTS))
    rows = _window(table.where(table["party"] == "R"), days)
    if not len(rows):
        why = "No dated position of a Republican was known on this day."
        return [missing(CLAIM, name, label, "percent", no_consensus, why) for name, label in labels.items()]
    talks = int((rows["stance"] == "negotiate").sum())
    stance, most = Counter(rows["stance"]).most_common(1)[0]
    words = {
        "more_aid": "more aid", "continue_aid": "aid as it is", "condition_aid": "aid on conditions",
        "stop_aid": "an end of aid", "negotiate": "talks",
    }  # fmt: skip
    first, last = (pd.Timestamp(one) for one in (rows["date"].min(), rows["date"].max()))
    span = f"Of {counted(len(rows), 'dated Republican position')} from {day(first)} to {day(last)}"
    single = f"The only dated Republican position of the period, of {day(last)},"
    caveat = "A selection of statements, not a census."
    return [
        finding(
            CLAIM, "for_talks", labels["for_talks"], 100 * talks / len(rows), "percent",
            f"{single} {'favoured' if talks else 'did not favour'} talks as the policy."
            if len(rows) == 1
            else f"{span}, {alone(talks)} favoured talks as the policy.",
            no_consensus, rows, sample=len(rows), caveat=caveat,
        ),
        finding(
            CLAIM, "largest_position", labels["largest_position"], 100 * most / len(rows), "percent",
            f"{single} was for {words[stance]}."
            if len(rows) == 1
            else f"{span}, the most frequent was for {words[stance]}: {most}.",
            no_consensus, rows, sample=len(rows), caveat=caveat,
        ),
    ]  # fmt: skip


@states("aid_won")
def _outcome(votes: Rows) -> Finding:
    name, label = "aid_won", "Votes on Ukraine alone in which the side of aid prevailed"
    if not len(votes):
        return missing(CLAIM, name, label, "percent", no_consensus, "No vote on Ukraine alone was known on this day.")
    carried = passed(votes)
    won = np.where(votes["direction"] == "pro_aid", carried, ~carried)
    shares = aid_side(votes, "all")
    text = (
        f"Congress was not deadlocked: the side of aid prevailed in {'all' if won.all() else f'{won.sum()} of'} "
        f"{counted(len(votes), 'vote')}, with {interval(shares.min(), shares.max(), 0, '%')} of those voting."
        if won.mean() > 0.5
        else f"The side of aid prevailed in {won.sum()} of {counted(len(votes), 'vote')}."
    )
    return finding(CLAIM, name, label, 100 * float(won.mean()), "percent", text, no_consensus, votes, sample=len(votes))


@states("enacted_since")
def _enacted(ev: Evidence) -> Finding:
    name, label = "enacted_since", "New money for Ukraine enacted since the article"
    laws = acts(Rows(ev.picked(MONEY)))
    laws = laws.where(laws["date"] > moment("2023-10-09"))
    if not len(laws):
        return missing(CLAIM, name, label, "billion US dollars", no_consensus, "No law since the article was known.")
    total = float(laws["amount_usd_bn"].sum())
    largest = laws.one(int(np.argmax(laws["amount_usd_bn"])))
    last = laws.one()
    if len(laws) == 1:
        text = f"Since the article one law, of {day(last['date'])}, brought ${number(total, 1)}bn for Ukraine."
    else:
        newest = f"; the newest, of {day(last['date'])}, held ${number(last['amount_usd_bn'], 1)}bn"
        text = (
            f"Since the article {spelled(len(laws))} laws brought ${number(total, 1)}bn for Ukraine, "
            f"${number(largest['amount_usd_bn'], 1)}bn of it on {day(largest['date'])}"
            f"{newest if last['date'] > largest['date'] else ''}."
        )
    return finding(CLAIM, name, label, total, "billion US dollars", text, no_consensus, laws)
