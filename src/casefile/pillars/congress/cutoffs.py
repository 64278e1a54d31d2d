"""Attempts in the House to cut off aid, and each Republican who voted on them, followed to the newest votes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.congress.members import follow_findings
from casefile.pillars.congress.rows import Rows, finding, moment
from casefile.pillars.congress.votes import FINAL, aid_side, direct_votes, newest_day, passed, tally, with_ballots
from casefile.pillars.findings import missing, states, states_argument
from casefile.words import counted, day, interval, listed, number, percent

CLAIM = "congress-house-cutoffs"
ATTEMPTS = ("2023-09-26", "2023-09-27")
"""After the first and up to the second day: the two attempts that the article counts."""
WEEK_END = "2023-09-28"
SCORECARDS = "congress/scorecards"


def house_cutoffs(
    ev: Evidence,
    *,
    delegates: bool = True,
    attempts: str = "both",
    scopes: Sequence[str] = ("aid",),
    later: str = "newest day",
    cohort: str = "both",
    aid_questions: Sequence[str] = FINAL,
    aid_votes: str = "newest",
    skip: Sequence[str] = (),
) -> list[Finding]:
    """The cut-off votes of September 2023 by party, and every later House vote to cut or to give aid.

    Shares are in per cent of members voting yes or no. `delegates` keeps the territories' delegates in;
    `attempts` is both, first or second; `scopes` widens the votes beyond aid (arms); `later` takes the median of the
    newest day with a cut-off vote, of all cut-off votes since the article's week, or the worst of them; `cohort`
    says which Republicans are followed (those who opposed both attempts, either, or the first one);
    `aid_votes` takes the newest final vote on aid or the median of the last two; `skip` leaves out votes on aid.
    """
    cuts = direct_votes(ev, "house", "anti_aid", scopes=scopes)
    aid = direct_votes(ev, "house", "pro_aid", questions=aid_questions)
    aid = aid.where(~aid.among("vote_id", skip))
    two = direct_votes(ev, "house", "anti_aid", after=ATTEMPTS[0], until=ATTEMPTS[1])
    two = {"both": two, "first": two.first(), "second": two.last()}[attempts]
    when = cuts["date"]
    third = cuts.where((when > moment(ATTEMPTS[1])) & (when <= moment(WEEK_END)))
    since = cuts.where(when > moment(WEEK_END))
    before = cuts.where(when <= moment(ATTEMPTS[0]))
    return [
        *_event(two, delegates),
        _no_delegates(two),
        _shares("third", "Republicans against the third attempt of that week", third, "A third attempt, on {day},"),
        _shares("july", "Republicans against earlier cut-offs", newest_day(before), "In the round before, on {day},"),
        _newest_cut(cuts, since, later, delegates),
        _range_since(since),
        _report_card(ev),
        _newest_aid(aid, aid_votes),
        *follow_findings(ev, two, cohort, with_ballots(ev, cuts).last(), with_ballots(ev, aid).last()),
    ]


def _event(two: Rows, delegates: bool) -> list[Finding]:
    labels = {
        "rejected": ("Both attempts were rejected", ""),
        "margin": ("Smaller share of the House against the attempts", "percent"),
        "republicans": ("House Republicans against the attempts", "percent"),
        "from_half": ("Distance of that share from a half", "points"),
    }
    if not len(two):
        why = "These votes had not taken place, or their record is left out."
        return [missing(CLAIM, name, label, unit, house_cutoffs, why) for name, (label, unit) in labels.items()]
    against = aid_side(two, "all")
    shares = aid_side(two, "r", delegates)
    failed = ~passed(two)
    results = listed([f"{row['sponsor'].split(' (')[0]} {tally(row)}" for row in two])
    each = listed([percent(one) for one in shares])
    mean = float(np.mean(shares))
    texts = {
        "rejected": f"{failed.sum()} of {counted(len(two), 'attempt')} of {day(two.one()['date'])} failed: {results}.",
        "margin": f"The margins were wide: at least {percent(float(against.min()))} of those voting were against.",
        "republicans": f"{each} of the Republicans voting opposed the attempts"
        + (", with their delegates counted." if delegates else ", without delegates."),
        "from_half": f"That is {number(abs(mean - 50), 1)} points from a half, on the side "
        + ("of aid." if mean >= 50 else "of the cuts."),
    }
    values = {"rejected": bool(failed.all()), "margin": against.min(), "republicans": mean, "from_half": abs(mean - 50)}
    voters = float(two["yea"].sum() + two["nay"].sum())
    return [
        finding(CLAIM, name, label, values[name], unit, texts[name], house_cutoffs, two, sample=voters)
        for name, (label, unit) in labels.items()
    ]


@states("without_delegates")
def _no_delegates(two: Rows) -> Finding:
    name, label = "without_delegates", "The same share without delegates"
    if not len(two):
        return missing(CLAIM, name, label, "percent", house_cutoffs, "These votes are not in the evidence admitted.")
    shares, full = aid_side(two, "r", False), aid_side(two, "r", True)
    text = (
        f"Amendments are voted in the Committee of the Whole, where delegates of the territories vote; without them "
        f"the Republican shares are {listed([percent(one) for one in shares])}, at most "
        f"{number(float(np.max(np.abs(full - shares))), 1)} points away."
    )
    return finding(CLAIM, name, label, float(np.mean(shares)), "percent", text, house_cutoffs, two)


@states_argument("name")
def _shares(name: str, label: str, votes: Rows, opening: str) -> Finding:
    if not len(votes):
        return missing(CLAIM, name, label, "percent", house_cutoffs, "No such vote was known on this day.")
    shares = aid_side(votes)
    amount = percent(float(shares[0])) if len(shares) == 1 else interval(shares.min(), shares.max(), 0, "%")
    when = opening.format(day=day(votes.one()["date"]))
    text = f"{when} was opposed by {amount} of Republicans."
    if len(shares) > 1:
        text = f"{when} {counted(len(shares), 'cut-off vote')} were opposed by {amount} of Republicans."
    return finding(CLAIM, name, label, float(np.median(shares)), "percent", text, house_cutoffs, votes)


def _newest_cut(cuts: Rows, since: Rows, later: str, delegates: bool) -> Finding:
    name, label = "newest_cutoff", "Republicans against the newest cut-off"
    chosen = newest_day(cuts) if later == "newest day" or not len(since) else since
    if not len(chosen):
        return missing(CLAIM, name, label, "percent", house_cutoffs, "No cut-off vote was known on this day.")
    shares = aid_side(chosen, "r", delegates)
    value = float(np.min(shares) if later == "worst" else np.median(shares))
    when = day(chosen.one()["date"])
    if len(chosen) == 1:
        text = f"At the newest attempt to cut off aid, on {when}, {percent(value)} of House Republicans opposed it."
    elif len(set(chosen["date"])) == 1:
        text = (
            f"On the newest day with cut-off votes, {when}, the median of {len(chosen)} votes had {percent(value)} of "
            "Republicans against."
        )
    else:
        which = "the worst" if later == "worst" else "the median"
        text = f"Of {len(chosen)} cut-off votes since the article, {which} had {percent(value)} of Republicans against."
    return finding(CLAIM, name, label, value, "percent", text, house_cutoffs, chosen, sample=len(chosen))


@states("weakest_since")
def _range_since(since: Rows) -> Finding:
    name, label = "weakest_since", "Fewest Republicans against a cut-off since the article"
    if not len(since):
        return missing(CLAIM, name, label, "percent", house_cutoffs, "No cut-off vote since the article was known.")
    shares = aid_side(since)
    worst = since.one(int(np.argmin(shares)))
    text = (
        f"Since the article {counted(len(since), 'cut-off vote')} found {interval(shares.min(), shares.max(), 0, '%')} "
        f"of Republicans against; fewest on {day(worst['date'])}: {_lower_first(worst['title'])}."
    )
    return finding(CLAIM, name, label, float(shares.min()), "percent", text, house_cutoffs, since)


def _newest_aid(aid: Rows, which: str) -> Finding:
    name, label = "newest_aid", "House Republicans for aid in the newest final vote"
    chosen = aid.last(1 if which == "newest" else 2)
    if not len(chosen):
        return missing(CLAIM, name, label, "percent", house_cutoffs, "No House vote on aid alone was known.")
    shares = aid_side(chosen)
    one = chosen.one()
    if len(chosen) == 1:
        text = (
            f"When the House last voted on aid itself, on {day(one['date'])}, {percent(shares[0])} of its Republicans "
            f"voted for it ({one['r_yea']:.0f} to {one['r_nay']:.0f})."
        )
    else:
        each = listed([percent(one) for one in shares])
        text = f"In the last {len(chosen)} House votes on aid itself, {each} of Republicans voted for it."
    return finding(CLAIM, name, label, float(np.median(shares)), "percent", text, house_cutoffs, chosen)


@states("report_card")
def _report_card(ev: Evidence) -> Finding:
    name, label = "report_card", "House Republicans with good grades on an advocacy group's report card"
    cards = Rows(ev.picked(SCORECARDS)).last()
    if not len(cards):
        return missing(CLAIM, name, label, "percent", house_cutoffs, "No report card was known on this day.")
    card = cards.one()
    share = 100 * (card["grade_a"] + card["grade_b"]) / card["members"]
    given = f"{card['scorecard']}, of {day(card['date'])}, gave {percent(share)} of House Republicans an A or a B"
    text = f"{given}: another gauge with the same answer, about half." if abs(share - 50) <= 10 else f"{given}."
    return finding(CLAIM, name, label, share, "percent", text, house_cutoffs, cards, sample=card["members"])


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
