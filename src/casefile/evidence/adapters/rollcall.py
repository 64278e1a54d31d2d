"""What the three formats of roll calls have in common: one vote, its members, and the rows that it becomes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casefile.errors import DataError, Problem
from casefile.evidence.adapters import Context, Rows

TABLES = ("congress/rollcalls", "congress/related_votes")
MEMBERS = "congress/member_votes"
SENATORS = "congress/senators"
NEEDS = ("title", "scope", "direction", "topic")
"""What no publisher says: our title, and how the vote bears on aid."""
OPTIONS = ("members",)
LOOSE = frozenset(
    {
        "title",
        "question",
        "bill",
        "amendment",
        "sponsor",
        "result",
        "required_majority",
        "name",
        "district",
        "official_url",
        "scope",
        "direction",
        "topic",
    }
)
DELEGATES = {"AS", "DC", "GU", "MP", "PR", "VI", "XX"}
CAST = {
    "yea": "yea",
    "aye": "yea",
    "yes": "yea",
    "guilty": "yea",
    "nay": "nay",
    "no": "nay",
    "not guilty": "nay",
    "present": "present",
    "present, giving live pair": "present",
    "not voting": "not_voting",
    "absent": "not_voting",
}
VOTES = ("yea", "nay", "present", "not_voting")
_BILL = (
    (r"H\.?\s*CON\.?\s*RES\.?", "H.Con.Res."),
    (r"S\.?\s*CON\.?\s*RES\.?", "S.Con.Res."),
    (r"H\.?\s*J\.?\s*RES\.?", "H.J.Res."),
    (r"S\.?\s*J\.?\s*RES\.?", "S.J.Res."),
    (r"H\.?\s*RES\.?", "H.Res."),
    (r"S\.?\s*RES\.?", "S.Res."),
    (r"H\.?\s*R\.?", "H.R."),
    (r"S\.?", "S."),
)
_QUESTION = (
    ("cloture", "cloture"),
    ("motion to proceed", "motion_to_proceed"),
    ("recommit", "recommit"),
    ("concur", "concur"),
    ("conference report", "conference_report"),
    ("reconsider", "reconsider"),
    ("waive", "waive"),
    ("previous question", "previous_question"),
    ("to table", "table"),
    ("amendment", "amendment"),
    ("passage", "passage"),
    ("suspend the rules", "passage"),
    ("on the resolution", "passage"),
    ("agreeing to the resolution", "passage"),
    ("joint resolution", "passage"),
)
_STATES = {
    "Alabama": "AL",
    "Alaska": "AK",
    "Arizona": "AZ",
    "Arkansas": "AR",
    "California": "CA",
    "Colorado": "CO",
    "Connecticut": "CT",
    "Delaware": "DE",
    "Florida": "FL",
    "Georgia": "GA",
    "Hawaii": "HI",
    "Idaho": "ID",
    "Illinois": "IL",
    "Indiana": "IN",
    "Iowa": "IA",
    "Kansas": "KS",
    "Kentucky": "KY",
    "Louisiana": "LA",
    "Maine": "ME",
    "Maryland": "MD",
    "Massachusetts": "MA",
    "Michigan": "MI",
    "Minnesota": "MN",
    "Mississippi": "MS",
    "Missouri": "MO",
    "Montana": "MT",
    "Nebraska": "NE",
    "Nevada": "NV",
    "New Hampshire": "NH",
    "New Jersey": "NJ",
    "New Mexico": "NM",
    "New York": "NY",
    "North Carolina": "NC",
    "North Dakota": "ND",
    "Ohio": "OH",
    "Oklahoma": "OK",
    "Oregon": "OR",
    "Pennsylvania": "PA",
    "Rhode Island": "RI",
    "South Carolina": "SC",
    "South Dakota": "SD",
    "Tennessee": "TN",
    "Texas": "TX",
    "Utah": "UT",
    "Vermont": "VT",
    "Virginia": "VA",
    "Washington": "WA",
    "West Virginia": "WV",
    "Wisconsin": "WI",
    "Wyoming": "WY",
}


@dataclass(frozen=True)
class Member:
    """One member's vote. `id` is the Bioguide id in the House, the LIS id in the Senate ("" where none is stated)."""

    id: str
    name: str
    party: str
    state: str
    vote: str
    line: int = 1
    last_name: str = ""


@dataclass(frozen=True)
class Vote:
    """One roll call as its publisher states it. `stated` are the totals of its header, where it has one."""

    chamber: str
    congress: int
    year: int
    number: int
    date: str
    bill: str
    amendment: str
    sponsor: str
    question: str
    result: str
    majority: str
    url: str
    members: Sequence[Member]
    stated: Mapping[str, int] = field(default_factory=dict)
    by_party: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    vice_president: str = ""  # a vote that the list of members holds and the totals count
    tie_breaker: str = ""  # the same where the file states it apart, in the totals or not

    @property
    def vote_id(self) -> str:
        return f"{self.chamber[0]}{self.number}-{self.congress}.{self.year}"

    def count(self) -> Counter[str]:
        """Votes as the members' list gives them."""
        found = Counter(one.vote for one in self.members)
        if self.vice_president:
            found[self.vice_president] += 1
        return found


def problems(vote: Vote, name: str) -> list[Problem]:
    """Where the list of members and the stated totals disagree, as they do in a file that was cut."""
    if not vote.stated:
        return []
    listed = vote.count()
    return [
        Problem(
            name,
            None,
            kind,
            str(vote.stated[kind]),
            f"is the stated total, but the file lists {listed[kind]} members",
            "The file may be cut off; download it again, or take its totals alone with --set members=no.",
        )
        for kind in VOTES
        if kind in vote.stated
        and vote.stated[kind] != listed[kind]
        and not (vote.stated[kind] == listed[kind] + 1 and _broken_by(vote) == kind)
    ]


def _broken_by(vote: Vote) -> str:
    """The side that the Vice President, who is no member, took in a tie; the yeas where the file does not say."""
    return (vote.tie_breaker or "yea") if vote.chamber == "senate" else ""


def rows(vote: Vote, context: Context, source_id: str, name: str) -> Rows:
    """The row of the vote and, for `congress/rollcalls`, the rows of its members.

    Raises `DataError` when the list of members does not add up to the totals, unless `--set members=no`.
    """
    without = context.options.get("members") == "no"
    if not without and (wrong := problems(vote, name)):
        raise DataError(wrong)
    if not without and not vote.members:
        raise DataError(
            [Problem(name, None, None, None, "lists no members", "Download it again, or --set members=no.")]
        )
    row = {
        "vote_id": vote.vote_id,
        "congress": str(vote.congress),
        "session": str(2 - vote.year % 2),
        "chamber": vote.chamber,
        "rollcall_number": str(vote.number),
        "date": vote.date,
        "known_on": vote.date,
        "known_on_basis": "same-day",
        "bill": vote.bill,
        "amendment": vote.amendment,
        "sponsor": vote.sponsor,
        "question": category(vote.question),
        "result": vote.result,
        "required_majority": vote.majority,
        "official_url": vote.url,
        "source_id": source_id,
    }
    if without:
        row |= {kind: str(vote.stated[kind]) for kind in VOTES if kind in vote.stated}
        for party, counts in vote.by_party.items():
            row |= {f"{party.lower()}_{kind}": str(counts.get(kind, 0)) for kind in ("yea", "nay")}
            if party != "I":
                row[f"{party.lower()}_not_voting"] = str(counts.get("not_voting", 0))
        return {context.table: [(1, row)]}
    members_too = context.table == TABLES[0]
    people = _people(vote, context, name) if members_too else [{**vars(one)} for one in vote.members]
    listed = vote.count()
    row |= {kind: str(vote.stated.get(kind, listed[kind])) for kind in VOTES}
    for party in "RDI":
        for kind in ("yea", "nay"):
            row[f"{party.lower()}_{kind}"] = str(sum(p["party"] == party and p["vote"] == kind for p in people))
    for party in "RD":
        row[f"{party.lower()}_not_voting"] = str(sum(p["party"] == party and p["vote"] == "not_voting" for p in people))
        for kind in ("yea", "nay"):
            row[f"{party.lower()}_{kind}_excl_delegates"] = str(
                sum(p["party"] == party and p["vote"] == kind and p["state"] not in DELEGATES for p in people)
            )
    found: Rows = {context.table: [(1, row)]}
    if members_too:
        shared = {"vote_id": vote.vote_id, "known_on": vote.date, "known_on_basis": "same-day", "source_id": source_id}
        found[MEMBERS] = [(one.line, {**shared, **p}) for one, p in zip(vote.members, people, strict=True)]
    return found


def _people(vote: Vote, context: Context, file: str) -> list[dict[str, str]]:
    """The members' rows. Raises `DataError` that names every member who cannot be told from others."""
    wrong = [problem for one in vote.members if (problem := _unknown(one, vote, context, file))]
    if wrong:
        raise DataError(wrong)
    return [_known(one, vote, context) for one in vote.members]


def _unknown(one: Member, vote: Vote, context: Context, file: str) -> Problem | None:
    """Why a member has no Bioguide id here; None when there is one."""
    alone = "take the totals alone with --set members=no."
    if vote.chamber == "senate" and one.id not in _senators(context):
        rule = f"is a senator whom {SENATORS} does not have ({one.name})"
        remedy = f"Add the senator first (casefile add {SENATORS} FILE), or {alone}"
        return Problem(file, one.line, "lis_member_id", one.id, rule, remedy)
    if vote.chamber == "house" and not re.fullmatch(r"[A-Z]\d{6}", one.id):
        rule = "has no Bioguide id, so that the member cannot be told from others"
        return Problem(file, one.line, "name-id", one.name, rule, f"Roll calls before 2003 have none; {alone}")
    return None


def _known(one: Member, vote: Vote, context: Context) -> dict[str, str]:
    """The member's row; name, state and district as our table has them, Senate ids turned into Bioguide ids."""
    bioguide, name = _senators(context)[one.id] if vote.chamber == "senate" else (one.id, one.name)
    old = _latest(context).get(bioguide, {})
    state = old.get("state", one.state) if one.state in ("XX", "") else one.state
    district = old.get("district", "") if old.get("state") == state else ""
    return {
        "bioguide_id": bioguide,
        "name": old.get("name", name),
        "party": one.party,
        "state": state,
        "district": district,
        "vote": one.vote,
    }


def _senators(context: Context) -> dict[str, tuple[str, str]]:
    """Bioguide id and name of each senator by LIS id."""
    return {row["lis_id"]: (row["bioguide_id"], row["name"]) for row in context.existing(SENATORS)}


_CACHE: dict[int, dict[str, dict[str, str]]] = {}


def _latest(context: Context) -> dict[str, dict[str, str]]:
    """The newest row of each member, by Bioguide id."""
    existing = context.existing(MEMBERS)
    if id(existing) not in _CACHE:
        _CACHE.clear()
        _CACHE[id(existing)] = {row["bioguide_id"]: row for row in existing}
    return _CACHE[id(existing)]


def party(text: str) -> str:
    """R, D or I."""
    letter = text.strip()[:1].upper()
    return letter if letter in ("R", "D") else "I"


def cast(text: str, file: str, line: int) -> str:
    """yea, nay, present or not_voting. Raises `DataError` for another word (a vote for Speaker, say)."""
    try:
        return CAST[" ".join(text.lower().split())]
    except KeyError:
        rule = "is no yea, nay, present or not voting"
        raise DataError(
            [Problem(file, line, "vote", text, rule, "Votes by name, as for Speaker, do not fit.")]
        ) from None


def bill(text: str) -> str:
    """`H R 21` or `hr21` as `H.R. 21`; other texts as they are."""
    flat = " ".join(text.split())
    for pattern, ours in _BILL:
        if match := re.fullmatch(rf"{pattern}\s*(\d+)", flat, re.IGNORECASE):
            return f"{ours} {match.group(1)}"
    return flat


def author(text: str, members: Sequence[Member]) -> tuple[str, str]:
    """Amendment and sponsor from the Clerk's `Biggs of Arizona Part A Amendment No. 149`."""
    match = re.search(r"((?:Part [A-Z]+ )?(?:En Bloc )?Amendment No\. ?\d+)", text)
    amendment = match.group(1) if match else ""
    who = text[: match.start()].strip() if match else text.strip()
    name, _, state = who.partition(" of ")
    abbreviation = _STATES.get(state.strip(), "")
    same = [one for one in members if one.state == abbreviation and one.name.split(" (")[0].split(",")[0] == name]
    return amendment, f"{name} ({same[0].party}-{abbreviation})" if len(same) == 1 else who


def category(question: str) -> str:
    """Our word for the question of a vote."""
    flat = question.lower()
    return next((word for mark, word in _QUESTION if mark in flat), "other")
