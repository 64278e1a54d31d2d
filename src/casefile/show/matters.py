"""Which single new observation would matter most: the one that moves the most ratings, and among such the nearest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casefile.model import Rating
from casefile.show.html import Html, anchor, el, join, table
from casefile.show.values import chip
from casefile.verdicts.kept import KeptCourt
from casefile.verdicts.would_change import Change
from casefile.words import counted, listed

_SCALE = [Rating.CONTRADICTED, Rating.MOSTLY_UNSUPPORTED, Rating.MIXED, Rating.MOSTLY_SUPPORTED, Rating.SUPPORTED]


@dataclass(frozen=True)
class Observation:
    """One new observation that would move the rating of a claim, and the other ratings that would move with it."""

    claim: str
    now: Rating
    change: Change
    also: dict[str, Rating]

    @property
    def rank(self) -> tuple[int, int, int]:
        """What matters most comes first: more ratings moved, then nearer to what is known, then more places moved."""
        places = abs(_place(self.change.rating or self.now) - _place(self.now))
        return (-len(self.also), self.change.steps or 1, -places)


def observations(court: KeptCourt, as_of: date) -> list[Observation]:
    """Every single new observation of a declared kind that would move a rating, what matters most first."""
    found = []
    for name, claim in court.claims.items():
        for change in court.changes(claim, as_of):
            if change.kind == "observation" and change.rating is not None:
                also = court.also_moved(claim, change, as_of)
                found.append(Observation(name, court.verdict(name, as_of).rating, change, also))
    return sorted(found, key=lambda one: one.rank)


def shown(court: KeptCourt, as_of: date) -> Html:
    """What matters most in a sentence or two, and all such observations as a table."""
    found = observations(court, as_of)
    if not found:
        return el("p", "No single new observation of the kinds declared would move a rating.")
    titles = {name: claim.title for name, claim in court.claims.items()}
    rows = [
        [
            el("a", titles[one.claim], href=f"{court.claims[one.claim].pillar.value}.html#{anchor(one.claim)}"),
            chip(one.now),
            one.change.sentence,
            listed([f"{titles[name]} ({rating.value})" for name, rating in one.also.items()]) or "–",
        ]
        for one in found
    ]
    header = ["Claim", "Now", "One new observation", "Other ratings that it would move"]
    caption = "Single observations that would move a rating, those that matter most first"
    lead = [el("p", one, class_="cf-lead") for one in (_most(found[0], titles), _nearest(found, titles))]
    return join([*lead, table(header, rows, caption=caption, class_="cf-stack")])


def _most(first: Observation, titles: dict[str, str]) -> str:
    if not first.also:
        return "None of these observations would move more than one rating."
    told = listed([f"“{titles[name]}” {rating.value}" for name, rating in first.also.items()])
    return (
        f"The observation that would move most bears on “{titles[first.claim]}” and beyond. {first.change.sentence} "
        f"It would also make {told}."
    )


def _nearest(found: list[Observation], titles: dict[str, str]) -> str:
    least = min(one.change.steps or 1 for one in found)
    near = [one for one in found if (one.change.steps or 1) == least]
    claims = list(dict.fromkeys(one.claim for one in near))
    if len(near) == 1:
        return f"The nearest to what is known concerns “{titles[claims[0]]}”. {near[0].change.sentence}"
    return (
        f"{counted(len(claims), 'claim')} {'stands' if len(claims) == 1 else 'stand'} one small observation away from "
        f"another rating: {listed([f'“{titles[name]}”' for name in claims])}."
    )


def _place(rating: Rating) -> int:
    return _SCALE.index(rating) if rating in _SCALE else 2
