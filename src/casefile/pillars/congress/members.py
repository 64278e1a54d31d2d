"""Members followed from one vote to later ones: who stayed, who switched, who left, who holds the seat now."""

from __future__ import annotations

from collections import Counter

import numpy as np

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked
from casefile.model import Finding
from casefile.pillars.congress.rows import Rows, finding
from casefile.pillars.congress.votes import MEMBERS, TERRITORIES, ballots, took_aid_side
from casefile.pillars.findings import missing, once, states, states_argument
from casefile.words import counted, day, percent, spelled

CLAIM = "congress-house-cutoffs"
FOR, AGAINST, SILENT, LEFT = FATES = ("for aid", "against aid", "not voting", "left the House")
NAMES = {
    "stayed": "Of the Republicans who opposed the cut-offs, still against the newest one",
    "stayed_aid": "Of the same Republicans, for aid in the newest final vote",
    "gone": "Of the same Republicans, no longer in the House",
    "successors": "Of their Republican successors, against the newest cut-off",
    "switched_in": "Of the Republicans who backed the cut-offs, against the newest one",
}


def cohort_of(cast: Rows, votes: Rows, how: str = "both", side: float = 1.0) -> Rows:
    """The Republicans who took one side on `votes`: in `both` (all) of them, in `either`, or on the `first`.

    `cast` holds the members' votes on them; `side` is 1 for the side of aid, 0 for the other. Delegates are left out:
    they cannot vote on final passage. Shape: one row a member, as in the table of member votes.
    """
    used = votes.first() if how == "first" else votes
    voting = (cast["party"] == "R") & ~cast.among("state", TERRITORIES)
    own = cast.where(voting & cast.among("vote_id", used["vote_id"]))
    sided = own.where(took_aid_side(own, used) == side)
    needed = 1 if how == "either" else len(used)
    places: dict[str, list[int]] = {}
    for place, member in enumerate(sided["bioguide_id"]):
        places.setdefault(member, []).append(place)
    return sided.take([found[0] for found in places.values() if len(found) >= needed])


def fates(cast: Rows, members: Rows, vote: Rows, present: frozenset[str] = frozenset()) -> list[str]:
    """What each of `members` did at one later vote: for aid, against aid, not voting (or present), left the House.

    A member who is not in the chamber's list for that vote has left, unless `present` names him or her (members
    listed at another vote of the same days).
    """
    own = cast.where(cast["vote_id"] == vote.one()["vote_id"])
    sided = dict(zip(own["bioguide_id"], took_aid_side(own, vote), strict=True))
    words = []
    for member in members["bioguide_id"]:
        value = sided.get(member, np.nan if member in present else None)
        words.append(LEFT if value is None else SILENT if np.isnan(value) else FOR if value else AGAINST)
    return words


def follow_findings(ev: Evidence, base: Rows, how: str, newest_cut: Rows, newest_aid: Rows) -> list[Finding]:
    """The Republicans who opposed the two cut-offs, at the newest cut-off and at the newest vote on aid itself.

    `stayed` and `stayed_aid` are shares of those who still voted there; `gone` is the share of the whole group that
    had left the House; `switched_in` is the share of those who had backed the cuts and later opposed one;
    `successors` says how Republicans now in seats of those who left voted. In per cent.
    """
    return once(ev.picked(MEMBERS), _followed, base, how, newest_cut, newest_aid)


def _followed(members: Picked, base: Rows, how: str, newest_cut: Rows, newest_aid: Rows) -> list[Finding]:
    cast = ballots(members, [*base["vote_id"], *newest_cut["vote_id"], *newest_aid["vote_id"]])
    group = cohort_of(cast, base, how) if len(base) else cast.first(0)
    if not len(group) or not len(newest_cut):
        why = "The votes by member are not in the evidence admitted on this day."
        return [missing(CLAIM, name, label, "percent", follow_findings, why) for name, label in NAMES.items()]
    followed = [vote for vote in (newest_cut, newest_aid) if len(vote)]
    last = max(vote.one()["date"] for vote in followed)
    newest = [vote for vote in followed if vote.one()["date"] == last]
    present = frozenset(cast.where(cast.among("vote_id", [vote.one()["vote_id"] for vote in newest]))["bioguide_id"])
    at_cut = fates(cast, group, newest_cut, present)
    at_aid = fates(cast, group, newest_aid, present) if len(newest_aid) else []
    return [
        _share("stayed", group, at_cut, newest_cut, "opposed the newest one"),
        _share("stayed_aid", group, at_aid, newest_aid, "voted for aid"),
        _gone(cast, group, newest[0], present),
        _successors(cast, group, at_cut, newest_cut),
        _switched_in(cast, base, how, newest_cut, present),
    ]


@states_argument("name")
def _share(
    name: str, group: Rows, fate: list[str], vote: Rows, what: str, who: str = "opposed the cut-offs"
) -> Finding:
    count = Counter(fate)
    voted = count[FOR] + count[AGAINST]
    if not voted:
        why = "None of them had voted again by this day."
        return missing(CLAIM, name, NAMES[name], "percent", follow_findings, why)
    when = vote.one()["date"]
    silent = f"{count[SILENT]} did not vote" if count[SILENT] else ""
    left = f"{count[LEFT]} had left the House" if count[LEFT] else ""
    rest = "; " + " and ".join(one for one in (silent, left) if one) if silent or left else ""
    text = (
        f"Of the {len(group)} Republicans who {who}, {count[FOR]} {what} on {day(when)} and {count[AGAINST]} did the "
        f"opposite{rest}."
    )
    return finding(
        CLAIM, name, NAMES[name], 100 * count[FOR] / voted, "percent", text, follow_findings, [vote, group],
        date=when, sample=voted,
    )  # fmt: skip


@states("switched_in")
def _switched_in(cast: Rows, base: Rows, how: str, vote: Rows, present: frozenset[str]) -> Finding:
    cutters = cohort_of(cast, base, how, 0.0)
    fate = fates(cast, cutters, vote, present)
    return _share("switched_in", cutters, fate, vote, "opposed the newest one", "backed the cut-offs")


@states("gone")
def _gone(cast: Rows, group: Rows, vote: Rows, present: frozenset[str]) -> Finding:
    left = group.where([one == LEFT for one in fates(cast, group, vote, present)])
    value = 100 * len(left) / len(group)
    when = vote.one()["date"]
    text = (
        f"By {day(when)} {counted(len(left), 'member')} of that group, {percent(value)}, had left the House."
        if len(left)
        else f"By {day(when)} no member of that group had left the House."
    )
    rows = [vote, left if len(left) else group]
    return finding(CLAIM, "gone", NAMES["gone"], value, "percent", text, follow_findings, rows, date=when)


def _many(count: int, noun: str) -> str:
    return f"{spelled(count)} {noun}{'' if count == 1 else 's'}"


@states("successors")
def _successors(cast: Rows, group: Rows, fate: list[str], vote: Rows) -> Finding:
    left = group.where([one == LEFT for one in fate])
    seats = set(zip(left["state"], left["district"], strict=True))
    own = cast.where(cast["vote_id"] == vote.one()["vote_id"])
    new = own.where([seat in seats for seat in zip(own["state"], own["district"], strict=True)])
    sided = took_aid_side(new, vote)
    voted = (new["party"] == "R") & ~np.isnan(sided)
    if not voted.any():
        why = "No Republican successor had voted on a cut-off by this day."
        return missing(CLAIM, "successors", NAMES["successors"], "percent", follow_findings, why)
    against, parties = int(sided[voted].sum()), Counter(new["party"])
    text = (
        f"Their seats had passed to {_many(parties['R'], 'Republican')} and {_many(parties['D'], 'Democrat')}; "
        f"of the {int(voted.sum())} Republican successors voting, {against or 'none'} opposed the newest cut-off."
    )
    return finding(
        CLAIM, "successors", NAMES["successors"], 100 * against / int(voted.sum()), "percent", text, follow_findings,
        [vote, new], date=vote.one()["date"], sample=int(voted.sum()),
        caveat="A seat is a state and a district number; some districts were redrawn in between.",
    )  # fmt: skip
