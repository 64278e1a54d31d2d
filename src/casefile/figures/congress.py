"""Charts of the Congress chapter: votes by party, members followed, cohesion, contenders, money, dated events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence
from casefile.figures.about import Abouts
from casefile.figures.vocabulary import Chart, Series, bars, events, lines, matrix, stacked
from casefile.model import Verdict, ordered
from casefile.pillars.congress.contenders import CAMPS, MORE
from casefile.pillars.congress.cutoffs import ATTEMPTS
from casefile.pillars.congress.members import FATES, cohort_of, fates
from casefile.pillars.congress.names import senators, surnames
from casefile.pillars.congress.rows import One, Rows, moment
from casefile.pillars.congress.stopgap import MONEY, acts
from casefile.pillars.congress.votes import (
    FINAL,
    MEMBERS,
    STOPGAP_DAY,
    aid_side,
    ballots,
    direct_votes,
    newest_day,
    rice,
    took_aid_side,
    with_ballots,
)
from casefile.words import MONTHS, counted, number, percent

SHORT = 46
"""Longest label of a row before it is cut: a phone shows about this much."""


def _cited(parts: Sequence[Rows]) -> Iterator[str]:
    for rows in parts:
        for column in ("source_id", "source_id_2"):
            if column in rows.columns:
                yield from rows[column]


_about = Abouts(_cited)


def _iso(value: Any) -> str:
    return str(pd.Timestamp(value).date())


def _short(value: Any) -> str:
    """A day as 6 Dec 2023, for the heads of columns."""
    when = pd.Timestamp(value)
    return f"{when.day} {MONTHS[when.month - 1][:3]} {when.year}"


def _label(vote: One, *, chamber: bool = False) -> str:
    who = f"{vote['sponsor'].split(' (')[0]}: " if vote["sponsor"] else ""
    where = f"{vote['chamber'].title()}, " if chamber else ""
    text = f"{where}{who}{vote['title']}"
    text = text if len(text) <= SHORT else f"{text[: SHORT - 1].rstrip(' ,:(')}…"
    return f"{_short(vote['date'])} · {text}"


def money(verdict: Verdict, ev: Evidence) -> Chart:
    """Enacted laws with new Ukraine money, in billions, beside the stopgap that held none."""
    table = Rows(ev.table(MONEY))
    laws = acts(table)
    stopgap = table.where((table["date"] == moment(STOPGAP_DAY)) & (table["row_type"] == "act"))
    shown = sorted([*laws, *stopgap], key=lambda one: one["date"])
    data = [{"date": _iso(one["date"]), "law": one["act"], "billion_usd": one["amount_usd_bn"]} for one in shown]
    after = sum(one["amount_usd_bn"] for one in shown if one["date"] > pd.Timestamp(STOPGAP_DAY))
    title = (
        f"The stopgap held nothing for Ukraine; later laws brought ${number(after, 1)}bn"
        if len(stopgap) and after
        else "The stopgap held nothing for Ukraine"
        if len(stopgap)
        else "Laws with new money for Ukraine"
    )
    about = _about(
        verdict, "money", title, "voted_later" if len(stopgap) else "kept_out",
        "Each bar is one law, in billion US dollars, by date of the final vote; press or bill figures.",
        data, {"date": "date", "law": "", "billion_usd": "billion US dollars"}, [laws, stopgap], "stopgap.acts",
    )  # fmt: skip
    labels = [f"{_short(one['date'])} · {_cut(str(one['law']))}" for one in data]
    roles = ["muted" if not one["billion_usd"] else "a" for one in data]
    return bars(about, labels, [one["billion_usd"] for one in data], roles=roles, x_title="Billion US dollars")


def _cut(text: str) -> str:
    text = text.split(" (")[0]
    return text if len(text) <= SHORT else f"{text[: SHORT - 1].rstrip()}…"


def week(verdict: Verdict, ev: Evidence) -> Chart:
    """What happened around the stopgap, day by day: request, votes, stopgap, promise."""
    lower, upper = pd.Timestamp("2023-08-01"), pd.Timestamp("2023-10-09")
    votes = Rows(ev.table("congress/rollcalls"))
    votes = votes.where((votes["date"] >= moment("2023-09-25")) & (votes["date"] <= moment(upper)))
    sums = Rows(ev.table(MONEY))
    sums = sums.where(
        (sums["date"] >= moment(lower)) & (sums["date"] <= moment(upper)) & (sums["row_type"] == "request")
    )
    rows = [(_iso(one["date"]), "Requests", f"Asked: ${number(one['amount_usd_bn'])}bn", "muted") for one in sums]
    for one in votes:
        lane = one["chamber"].title()
        role = {"pro_aid": "good", "anti_aid": "bad"}.get(one["direction"], "muted")
        rows.append((_iso(one["date"]), lane, f"{_cut(one['title'])} {one['yea']:.0f}–{one['nay']:.0f}", role))
    data = [{"date": one[0], "where": one[1], "what": one[2], "side": one[3]} for one in rows]
    about = _about(
        verdict, "week", "The week in which the stopgap left Ukraine out", "passed_by",
        "Votes for aid, votes to cut it and votes that did neither, with yes and no; the request that went before.",
        data, {"date": "date", "where": "", "what": "", "side": ""}, [votes, sums], "stopgap.stopgap",
    )  # fmt: skip
    return events(about, rows, lanes=("Requests", "House", "Senate"))


def signers(verdict: Verdict, ev: Evidence) -> Chart:
    """The signers of the joint statement at every later Senate vote on Ukraine alone."""
    found = verdict.finding("joint")
    table = Rows(ev.table("congress/statements"))
    joint = table.where(table.among("row", found.rows if found else ()))
    names = surnames(joint.one()["actor"]) if len(joint) else []
    votes = with_ballots(ev, direct_votes(ev, "senate", after=STOPGAP_DAY))
    people = senators(ev, names) if names else Rows(ev.table("congress/member_votes")).first(0)
    cast = people.where(people.among("vote_id", votes["vote_id"]))
    words = {1.0: "for", 0.0: "against"}
    stands = {
        (name.split()[-1], vote): words.get(float(side), "absent")
        for name, vote, side in zip(cast["name"], cast["vote_id"], took_aid_side(cast, votes), strict=True)
    }
    cells = [[stands.get((name, vote)) for vote in votes["vote_id"]] for name in names]
    data = [
        {
            "date": _iso(vote["date"]),
            "vote": vote["vote_id"],
            "senator": name,
            "side": line[place],
        }
        for place, vote in enumerate(votes)
        for name, line in zip(names, cells, strict=True)
    ]
    kept = verdict.finding("kept")
    title = (
        f"Each bill counted once, the signers took the side of aid in {percent(float(kept.value))} of cases"
        if kept and isinstance(kept.value, float)
        else "No vote on aid had followed the promise yet"
    )
    about = _about(
        verdict, "signers", title, "kept",
        "Each column is one Senate vote on Ukraine alone after the statement, several of them on one bill; for and "
        "against are meant towards aid.",
        data, {"date": "date", "vote": "", "senator": "", "side": ""}, [joint, votes], "leaders.senate_leaders",
    )  # fmt: skip
    return matrix(
        about, names, [_short(vote["date"]) for vote in votes], cells,
        roles={"for": "good", "against": "bad", "absent": "muted"},
        symbols={"for": "circle", "against": "x", "absent": "circle-open"},
    )  # fmt: skip


def _split_chart(
    verdict: Verdict, votes: Rows, name: str, title: str, finding: str, caption: str, chamber: bool = False
) -> Chart:
    """Votes as bars: for aid and against it, by party."""
    pro = votes["direction"] == "pro_aid"

    def part(party: str, side: bool) -> list[float]:
        yes, no = votes[f"{party}_yea"], votes[f"{party}_nay"]
        return [float(one) for one in np.where(pro == side, yes, no)]

    parts = {
        "Democrats for aid": part("d", True),
        "Republicans for aid": part("r", True),
        "Republicans against": part("r", False),
        "Democrats against": part("d", False),
    }
    data = [
        {"date": _iso(vote["date"]), "vote": vote["title"], **{key: value[place] for key, value in parts.items()}}
        for place, vote in enumerate(votes)
    ]
    units = {"date": "date", "vote": "", **dict.fromkeys(parts, "members")}
    about = _about(verdict, name, title, finding, caption, data, units, [votes], "votes.direct_votes")
    return stacked(
        about, [_label(vote, chamber=chamber) for vote in votes], parts,
        roles=dict(zip(parts, ("democrat", "republican", "b", "muted"), strict=True)), x_title="Members voting",
    )  # fmt: skip


def house_money(verdict: Verdict, ev: Evidence) -> Chart:
    """Final House votes on aid for Ukraine alone, by party."""
    votes = direct_votes(ev, "house", "pro_aid", questions=FINAL)
    shares = aid_side(votes)
    title = "House votes on aid for Ukraine alone"
    if len(votes):
        title += f": {percent(float(shares[-1]))} of Republicans in favour at the last"
    caption = "Every final House vote on a bill for Ukraine alone; independents and absent members are left out."
    return _split_chart(verdict, votes, "votes", title, "record", caption)


def cut_offs(verdict: Verdict, ev: Evidence) -> Chart:
    """House attempts to cut off aid, by party."""
    votes = direct_votes(ev, "house", "anti_aid")
    shares = aid_side(votes)
    title = "Attempts in the House to cut off aid"
    if len(votes):
        title = f"Every attempt to cut aid split House Republicans: {_span(shares)} of them stood against it"
    caption = "Attempts to cut or strike aid; a no is a vote for aid. Delegates are counted as in the official tallies."
    return _split_chart(verdict, votes, "cut-offs", title, "newest_cutoff", caption)


def _span(shares: Any) -> str:
    return f"{percent(float(np.min(shares)))} to {percent(float(np.max(shares)))}"


def followed(verdict: Verdict, ev: Evidence) -> Chart:
    """The Republicans who opposed both attempts of September 2023, at each later House vote on Ukraine alone."""
    base = direct_votes(ev, "house", "anti_aid", after=ATTEMPTS[0], until=ATTEMPTS[1])
    later = with_ballots(ev, direct_votes(ev, "house", after=ATTEMPTS[1])) if len(base) else base
    cast = ballots(ev.picked(MEMBERS), [*base["vote_id"], *later["vote_id"]])
    group = cohort_of(cast, base) if len(base) else cast.first(0)
    listed: dict[Any, set[str]] = {}
    when = dict(zip(later["vote_id"], later["date"], strict=True))
    for vote, member in zip(cast["vote_id"], cast["bioguide_id"], strict=True):
        if vote in when:
            listed.setdefault(when[vote], set()).add(member)
    counts = [
        Counter(fates(cast, group, later.take([place]), frozenset(listed[vote_day])))
        for place, vote_day in enumerate(later["date"])
    ]
    parts = {fate: [float(count[fate]) for count in counts] for fate in FATES}
    data = [
        {"date": _iso(vote["date"]), "vote": vote["title"], **{fate: parts[fate][place] for fate in FATES}}
        for place, vote in enumerate(later)
    ]
    about = _about(
        verdict, "members", f"{len(group)} Republicans opposed both attempts: what they did later", "stayed",
        "Members without delegates. For aid means no to a cut or yes to aid; left means no longer in the House.",
        data, {"date": "date", "vote": "", **dict.fromkeys(FATES, "members")}, [base, later, group], "members.fates",
    )  # fmt: skip
    return stacked(
        about, [_label(vote) for vote in later], parts,
        roles=dict(zip(FATES, ("good", "bad", "muted", "d"), strict=True)), x_title="Members of the group",
    )  # fmt: skip


def senate_share(verdict: Verdict, ev: Evidence) -> Chart:
    """Share of Republican senators on the side of aid, vote by vote."""
    votes = direct_votes(ev, "senate")
    shares = {"Republicans": aid_side(votes), "Democrats": aid_side(votes, "d")}
    days = [_iso(one) for one in votes["date"]]
    data = [
        {"date": vote_day, "vote": vote["title"], **{name: float(row[place]) for name, row in shares.items()}}
        for place, (vote_day, vote) in enumerate(zip(days, votes, strict=True))
    ]
    title = "Senators on the side of aid, by party"
    if len(votes):
        title = f"Republican senators for aid: {_span(shares['Republicans'])} of those voting"
    about = _about(
        verdict, "share", title, "voting",
        "Each dot is one recorded Senate vote on Ukraine alone; the side of aid is yes to aid or no to a cut.",
        data, {"date": "date", "vote": "", **dict.fromkeys(shares, "percent")}, [votes], "votes.aid_side",
    )  # fmt: skip
    series = [
        Series(name, days, [float(one) for one in row], role=role, markers=True, lines=False)
        for (name, row), role in zip(shares.items(), ("republican", "democrat"), strict=True)
    ]
    return lines(about, series, y_title="Per cent of those voting", y_range=(0, 100))


def positions(verdict: Verdict, ev: Evidence) -> Chart:
    """Dated Republican positions on aid, most hawkish lane first."""
    table = Rows(ev.table("congress/statements"))
    rows = table.where(table["party"] == "R")
    lanes = {
        "more_aid": ("More, faster", "good"), "continue_aid": ("Aid as it is", "a"),
        "condition_aid": ("On conditions", "b"), "negotiate": ("Talks", "c"), "stop_aid": ("Stop aid", "bad"),
    }  # fmt: skip
    marks = [(_iso(one["date"]), lanes[one["stance"]][0], _cut(one["actor"]), lanes[one["stance"]][1]) for one in rows]
    columns = ("actor", "stance", "summary")
    data = [{"date": _iso(one["date"]), **{column: one[column] for column in columns}} for one in rows]
    about = _about(
        verdict, "positions", f"{counted(len(rows), 'dated Republican position')} on Ukraine aid, by kind", "named",
        "A selection of public positions, not a census.",
        data, {"date": "date", **dict.fromkeys(columns, "")}, [rows], "senators.gop_senators_more",
    )  # fmt: skip
    return events(about, marks, lanes=[lane for lane, _ in lanes.values()])


def camps(verdict: Verdict, ev: Evidence) -> Chart:
    """The field by camp, counted by heads and weighted by support in the newest weekly average."""
    field = Rows(ev.table("congress/gop_field"))
    polls = Rows(ev.table("congress/gop_primary_polls"))
    polls = newest_day(polls.where(polls["series"] == "weekly national average"))
    support = dict(zip(polls["candidate"], polls["pct"], strict=True))
    groups = {
        "Faults too little aid": [MORE],
        "Aid as it is": ["continue_aid"],
        "Talks or less aid": list(CAMPS["wide"]),
        "Not found": ["unclear"],
    }
    heads = {name: int(field.among("stance", stances).sum()) for name, stances in groups.items()}
    backing = {
        name: float(sum(support.get(who, 0.0) for who in field.where(field.among("stance", stances))["polling_name"]))
        for name, stances in groups.items()
    }
    total = max(sum(heads.values()), 1)
    rows = ["By head count"] + (["By support"] if len(polls) else [])
    parts = {name: [100 * heads[name] / total, backing[name]][: len(rows)] for name in groups}
    data = [
        {"camp": name, "contenders": heads[name], "support": backing[name] if len(polls) else None} for name in groups
    ]
    found = verdict.finding("support")
    title = "The camps are even by head count and far apart by support"
    if not (found and isinstance(found.value, float) and found.value < 0.5):
        title = "Republican contenders by their position on aid"
    about = _about(
        verdict, "camps", title, "support" if found and found.value is not None else "heads",
        "Contenders of early October 2023 by camp: shares of the field, and support in the newest average, whose rest "
        "is undecided or not listed.",
        data, {"camp": "", "contenders": "contenders", "support": "percent"}, [field, polls], "contenders.gop_field",
    )  # fmt: skip
    return stacked(about, rows, parts, roles=dict(zip(groups, "acbe", strict=True)), x_title="Per cent", halfway=50)


def support_over_time(verdict: Verdict, ev: Evidence) -> Chart:
    """Support of each camp's contenders together, poll average by poll average."""
    field = Rows(ev.table("congress/gop_field"))
    polls = Rows(ev.table("congress/gop_primary_polls"))
    polls = polls.where(polls.among("series", ("FiveThirtyEight old model", "weekly national average")))
    stance = dict(zip(field["polling_name"], field["stance"], strict=True))
    groups = {"Faults too little aid": (MORE,), "Aid as it is": ("continue_aid",), "Talks or less aid": CAMPS["wide"]}
    data: list[dict[str, Any]] = []
    series = []
    for (name, stances), role in zip(groups.items(), "acb", strict=True):
        for average in ordered(polls["series"]):
            own = polls.where((polls["series"] == average) & [stance.get(who) in stances for who in polls["candidate"]])
            sums: dict[str, float] = {}
            for when, share in zip(own["date"], own["pct"], strict=True):
                sums[_iso(when)] = sums.get(_iso(when), 0.0) + float(share)
            days = sorted(sums)
            label = name if average.startswith("weekly") else ""
            series.append(Series(label, days, [sums[one] for one in days], role=role, dash=not label))
            data += [{"date": one, "average": average, "camp": name, "support": sums[one]} for one in days]
    about = _about(
        verdict, "support", "Support of each camp in the Republican primary", "front_runner",
        "Dashed: FiveThirtyEight's average, to June 2023. Solid: a weekly average in whole per cent.",
        data, {"date": "date", "average": "", "camp": "", "support": "percent"}, [field, polls], "contenders.gop_field",
    )  # fmt: skip
    return lines(about, series, y_title="Per cent of Republican voters", y_range=(0, 100))


def cohesion(verdict: Verdict, ev: Evidence) -> Chart:
    """Cohesion of each party in each chamber over time (Rice index), vote by vote."""
    series, data, used = [], [], []
    for chamber in ("house", "senate"):
        votes = direct_votes(ev, chamber)
        used.append(votes)
        days = [_iso(one) for one in votes["date"]]
        for party, name, role in (("r", "Republicans", "republican"), ("d", "Democrats", "democrat")):
            values = [float(one) for one in rice(votes, party)]
            dash = chamber == "senate"
            label = f"{chamber.title()} {name}"
            series.append(Series(label, days, values, role=role, markers=True, dash=dash, lines=False))
            data += [{"date": one, "party": label, "rice": value} for one, value in zip(days, values, strict=True)]
    found = verdict.finding("house_republicans")
    title = "Cohesion of the parties in votes on Ukraine alone"
    if found and isinstance(found.value, float):
        title = f"House Republicans split (cohesion {number(found.value, 2)}), Democrats voted as one"
    about = _about(
        verdict, "cohesion", title, "house_republicans",
        "Each dot is one recorded vote: 0 is a party split in halves, 1 a party on one side, whichever side.",
        data, {"date": "date", "party": "", "rice": "index"}, used, "votes.rice",
    )  # fmt: skip
    return lines(about, series, y_title="Rice index", y_range=(0, 1))


CHARTS: dict[str, tuple[Callable[[Verdict, Evidence], Chart], ...]] = {
    "congress-stopgap": (money, week),
    "congress-senate-leaders": (signers,),
    "congress-house-300m": (house_money,),
    "congress-house-cutoffs": (cut_offs, followed),
    "congress-gop-senators-more": (senate_share, positions),
    "congress-gop-field": (camps, support_over_time),
    "congress-no-consensus": (cohesion,),
}
