"""Surnames in the statements, and the senators who bear them."""

from __future__ import annotations

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Sheet
from casefile.pillars.congress.rows import Rows
from casefile.pillars.congress.votes import MEMBERS


def surnames(actor: str) -> list[str]:
    """The surnames in a statement's `actor`: "Cotton, Wicker (letter)" gives Cotton and Wicker."""
    people = actor.split("(")[0].replace(" and ", ", ").split(",")
    return [person.split()[-1] for person in people if person.strip()]


def senators(ev: Evidence, names: list[str], party: str = "") -> Rows:
    """Senate votes of the members with these surnames (of one party, if given), from the table of member votes."""
    votes = ev.picked(MEMBERS)
    by_name = votes.sheet.derived(_by_surname)
    found = Rows(votes).take(votes.among(at for name in set(names) for at in by_name.get(name, ())))
    return found.where(found["party"] == party) if party else found


def _by_surname(sheet: Sheet) -> dict[str, list[int]]:
    """Where the Senate votes of the members with each surname stand."""
    found: dict[str, list[int]] = {}
    for at, (name, district) in enumerate(zip(sheet.values("name"), sheet.values("district"), strict=True)):
        if district == "" and " " in name:
            found.setdefault(name.rsplit(" ", 1)[1], []).append(at)
    return found
