"""Recorded votes: which ones bear on Ukraine alone, how each party split, and how each member voted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked
from casefile.pillars.congress.rows import Array, One, Rows, moment

ROLLCALLS = "congress/rollcalls"
MEMBERS = "congress/member_votes"

STOPGAP_DAY = "2023-09-30"
"""Day on which Congress passed the stopgap that the article speaks of."""

FINAL = ("passage", "concur", "conference_report")
"""Questions that decide a bill; all others are steps on the way."""

TERRITORIES = frozenset({"AS", "DC", "GU", "MP", "PR", "VI"})
"""Their delegates vote in the Committee of the Whole and not on final passage."""


def direct_votes(
    ev: Evidence,
    chamber: str = "",
    direction: str = "",
    *,
    scopes: Sequence[str] = ("aid",),
    questions: Sequence[str] = (),
    after: str = "",
    until: str = "",
) -> Rows:
    """Recorded votes on Ukraine alone, oldest first.

    A vote counts when its scope is in `scopes` (aid by default: omnibus, defence and stopgap bills follow other
    quarrels), a yes has a direction for or against aid, and the split by party is known. `after` is exclusive, `until`
    inclusive. Shape: rows of the table of roll calls in order of date and number.
    """
    return ev.picked(ROLLCALLS).derived(
        _direct_votes, chamber, direction, frozenset(scopes), frozenset(questions), after, until
    )


def _direct_votes(
    picked: Picked,
    chamber: str,
    direction: str,
    scopes: frozenset[str],
    questions: frozenset[str],
    after: str,
    until: str,
) -> Rows:
    votes = Rows(picked)
    keep = (votes["direction"] != "neutral") & votes.among("scope", scopes)
    for party in ("r", "d"):
        keep &= votes[f"{party}_yea"] + votes[f"{party}_nay"] > 0
    if chamber:
        keep &= votes["chamber"] == chamber
    if direction:
        keep &= votes["direction"] == direction
    if questions:
        keep &= votes.among("question", questions)
    if after:
        keep &= votes["date"] > moment(after)
    if until:
        keep &= votes["date"] <= moment(until)
    chosen = votes.where(keep)
    return chosen.take(np.lexsort((chosen["rollcall_number"], chosen["date"])))


def aid_side(votes: Rows, party: str = "r", delegates: bool = True) -> Array:
    """Share of a party's voters who took the side of aid, in per cent, per roll call.

    Yes on a vote for aid, no on a vote against it; absent members and "present" are left out. `party` is r, d or
    all; `delegates` keeps the territories' delegates in the count. NaN where nobody of the party voted.
    """
    yes, no = _counts(votes, party, delegates)
    with np.errstate(invalid="ignore", divide="ignore"):
        share: Array = 100 * np.where(votes["direction"] == "pro_aid", yes, no) / (yes + no)
    return share


def rice(votes: Rows, party: str = "r", delegates: bool = True) -> Array:
    """How united a party voted: the Rice index of cohesion, 0 (split in halves) to 1 (all on one side), per roll call.

    |yes − no| / (yes + no) of the party's members who voted (S. A. Rice, Quantitative Methods in Politics, 1928).
    It does not say on which side they were united.
    """
    yes, no = _counts(votes, party, delegates)
    with np.errstate(invalid="ignore", divide="ignore"):
        index: Array = np.abs(yes - no) / (yes + no)
    return index


def _counts(votes: Rows, party: str, delegates: bool) -> tuple[Array, Array]:
    if party == "all":
        return votes["yea"], votes["nay"]
    yes, no = votes[f"{party}_yea"], votes[f"{party}_nay"]
    if delegates:
        return yes, no
    without = votes[f"{party}_yea_excl_delegates"], votes[f"{party}_nay_excl_delegates"]
    return np.where(np.isnan(without[0]), yes, without[0]), np.where(np.isnan(without[1]), no, without[1])


def newest_day(votes: Rows) -> Rows:
    """The votes of the last day in `votes` (empty in, empty out)."""
    return votes.where(votes["date"] == votes["date"].max()) if len(votes) else votes


def ballots(cast: Picked, vote_ids: Sequence[str]) -> Rows:
    """Members' votes on these roll calls: rows of the table of member votes, of all parties."""
    by_vote = cast.sheet.index("vote_id")
    return Rows(cast).take(cast.among(at for vote in set(vote_ids) for at in by_vote.get(vote, ())))


def with_ballots(ev: Evidence, votes: Rows) -> Rows:
    """Those of `votes` for which the table of member votes has rows: a new roll call may come before its ballots."""
    return votes.where(votes.among("vote_id", ev.picked(MEMBERS).derived(_recorded)))


def _recorded(cast: Picked) -> frozenset[str]:
    return frozenset(cast["vote_id"])


def took_aid_side(cast: Rows, votes: Rows) -> Array:
    """Per member vote: 1 on the side of aid, 0 on the other, NaN when absent or present."""
    aid = dict(zip(votes["vote_id"], votes["direction"] == "pro_aid", strict=True))
    wanted = {True: {"yea": 1.0, "nay": 0.0}, False: {"yea": 0.0, "nay": 1.0}}
    pairs = zip(cast["vote_id"], cast["vote"], strict=True)
    return np.array([wanted[bool(aid[vote])].get(ballot, np.nan) for vote, ballot in pairs], dtype=float)


def passed(votes: Rows) -> Array:
    """Whether each motion carried, by the record's own words."""
    return np.array([not ("Fail" in word or "Reject" in word) for word in votes["result"]], dtype=bool)


def tally(vote: One) -> str:
    """A result as the chambers write it: 311–117."""
    return f"{vote['yea']:.0f}–{vote['nay']:.0f}"
