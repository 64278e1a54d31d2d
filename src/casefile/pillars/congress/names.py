"""Surnames in the statements, and the senators who bear them."""

from __future__ import annotations

import numpy as np

from casefile.evidence.library import Evidence
from casefile.pillars.congress.rows import Rows
from casefile.pillars.congress.votes import MEMBERS


def surnames(actor: str) -> list[str]:
    """The surnames in a statement's `actor`: "Cotton, Wicker (letter)" gives Cotton and Wicker."""
    people = actor.split("(")[0].replace(" and ", ", ").split(",")
    return [person.split()[-1] for person in people if person.strip()]


def senators(ev: Evidence, names: list[str], party: str = "") -> Rows:
    """Senate votes of the members with these surnames (of one party, if given), from the table of member votes."""
    votes = Rows(ev.picked(MEMBERS))
    senate = votes.where(votes["district"] == "")
    wanted = tuple(f" {name}" for name in names)
    keep = np.fromiter((name.endswith(wanted) for name in senate["name"]), dtype=bool, count=len(senate))
    if party:
        keep &= senate["party"] == party
    return senate.where(keep)
