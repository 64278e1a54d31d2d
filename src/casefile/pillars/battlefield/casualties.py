"""Claim: by some counts the killed and wounded of both sides passed half a million."""

from __future__ import annotations

from collections.abc import Sequence

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.battlefield import tolls
from casefile.pillars.battlefield.maps import middle
from casefile.pillars.findings import finding, missing, states, states_argument
from casefile.words import counted, day, listed, number

CLAIM = "battlefield-casualties"
HALF_MILLION = 500_000
EVER = 100_000
"""Days. A count that reached the mark stays reached, as casualties only rise; an old one below it refutes nothing."""
ENDS = {"high": "upper end", "central": "middle", "low": "lower end"}


def battlefield_casualties(
    ev: Evidence,
    *,
    edge: str = "high",
    max_age: int = 183,
    pair: str = "claim",
    parties: bool = True,
    without: str = "",
) -> list[Finding]:
    """Lines up every count of both sides' killed and wounded and asks how many reach half a million, and by how much.

    Reaching is judged on the upper end of a count (`edge` high), its middle (central) or its lower end (low). Values in
    people, also of the median of the counts' middles. Killed alone, confirmed names and one-sided claims are shown
    beside.
    """
    known = tolls.counts(ev, max_age=max_age, pair=pair, parties=parties)
    known = [one for one in known if one.name != without]
    outside = [one for one in known if not one.party]
    ever = [one for one in tolls.counts(ev, max_age=EVER, pair=pair, parties=parties) if one.name != without]
    return [
        _highest(known, edge, "highest", "Highest count of both sides' killed and wounded", "The highest"),
        _reaching(ever, edge),
        _median(known),
        _highest(
            outside,
            edge,
            "outsiders",
            "Highest count that rests on no warring party",
            "Without the warring parties' claims the highest",
        ),
        _lowest(known),
        tolls.killed(ev, CLAIM),
        tolls.names(ev, CLAIM),
        tolls.claim_on_russia(ev, CLAIM),
        tolls.spread(ev, CLAIM),
        tolls.model(ev, CLAIM),
    ]


@states_argument("name")
def _highest(known: Sequence[tolls.Count], edge: str, name: str, label: str, first: str) -> Finding:
    if not known:
        return missing(CLAIM, name, label, "people", tolls.counts, "No such count of both sides was known on that day.")
    top = max(known, key=lambda one: (getattr(one, edge), one.central, one.name))
    value = float(getattr(top, edge))
    word = "more than" if value > HALF_MILLION else "exactly" if value == HALF_MILLION else "less than"
    which = (
        f"{first} of {number(len(known))} counts" if len(known) > 1 else first.removesuffix(" highest") + " only count"
    )
    text = (
        f"{which}, {top.name} ({day(top.when)}), puts both sides' killed and wounded "
        f"at {top.range}{'' if top.low == top.high else f', at its {ENDS[edge]}'}: {word} half a million."
    )
    return finding(CLAIM, name, label, value, "people", text, tolls.counts, top.rows, low=top.low, high=top.high)


def _reaching(known: Sequence[tolls.Count], edge: str) -> Finding:
    label = "Estimators whose newest count reaches half a million"
    if not known:
        return missing(
            CLAIM, "reaching", label, "estimators", tolls.counts, "No count of both sides was known on that day."
        )
    reach = [one for one in known if getattr(one, edge) >= HALF_MILLION]
    verb = "reaches" if len(reach) == 1 else "reach"
    which = f": {listed([f'{one.name} ({one.range})' for one in reach])}" if reach else ""
    mark = f"half a million at the {ENDS[edge]}"
    text = f"{number(len(reach))} of {counted(len(known), 'estimator')} {verb} {mark}{which}."
    if not reach:
        text = f"None of the estimators known ({number(len(known))}) reaches {mark}."
    rows = [part for one in known for part in one.rows]
    return finding(CLAIM, "reaching", label, float(len(reach)), "estimators", text, tolls.counts, rows)


def _median(known: Sequence[tolls.Count]) -> Finding:
    label = "Median of the counts of both sides' killed and wounded"
    if not known:
        return missing(CLAIM, "median", label, "people", tolls.counts, "No count of both sides was known on that day.")
    value = middle(one.central for one in known)
    low, high = min(one.low for one in known), max(one.high for one in known)
    text = (
        f"The newest counts of {counted(len(known), 'estimator')} run from {number(low)} to {number(high)}; the "
        "median of "
        f"their middles is {number(value)}."
    )
    rows = [part for one in known for part in one.rows]
    return finding(CLAIM, "median", label, value, "people", text, tolls.counts, rows, low=low, high=high)


@states("lowest")
def _lowest(known: Sequence[tolls.Count]) -> Finding:
    label = "Lowest count of both sides' killed and wounded"
    if not known:
        return missing(CLAIM, "lowest", label, "people", tolls.counts, "No count of both sides was known on that day.")
    least = min(known, key=lambda one: (one.low, one.name))
    text = f"The lowest of {counted(len(known), 'count')} is {least.range} ({least.name}, {day(least.when)})."
    return finding(
        CLAIM, "lowest", label, least.low, "people", text, tolls.counts, least.rows, low=least.low, high=least.high
    )
