"""Why a rating changed between two days: the test that moved most, and the observation that had come in."""

from __future__ import annotations

import re

from casefile.evidence.library import Library
from casefile.model import Finding, Verdict
from casefile.show.cards import finding_anchor
from casefile.show.html import Html, el, join
from casefile.show.values import value_text
from casefile.words import counted, day

SUBJECT = (
    "actor", "speaker", "estimator", "event", "moment", "pollster", "candidate", "name", "series", "bill", "indicator",
)  # fmt: skip
"""Columns that say whose or which an observation is; the first that a row fills is named."""

CODE = re.compile(r"[a-z0-9_-]+$")
"""A name that only the tables use; the publisher of the source is named in its place."""

LATE = 45
"""Days after which it is told that an observation became known later than its own date."""

LONGEST = 60
"""Characters of a name before it is cut at a word."""


def why(library: Library, before: Verdict, after: Verdict) -> Html:
    """The test that moved the most between two verdicts on one claim, with its values and what lies behind it."""
    moved = []
    for old, new in zip(before.results, after.results, strict=True):
        by = new.test.weight * abs((new.score or 0) - (old.score or 0)) + (
            0.5 if (new.score is None) != (old.score is None) else 0
        )
        if by:
            moved.append((by, old, new))
    if not moved:
        return el("span", "The evidence no longer reaches.")
    _, old, new = max(moved, key=lambda one: one[0])
    finding = after.finding(new.test.finding) or before.finding(new.test.finding)
    unit = finding.unit if finding else ""
    href = f"{after.pillar}.html#{finding_anchor(f'{after.claim}.{new.test.finding}')}"
    return join(
        [
            el("a", finding.label if finding else new.test.finding, href=href),
            f": {value_text(old.value, unit)} → {value_text(new.value, unit)}",
            behind(library, finding, before.finding(new.test.finding)),
        ]
    )


def behind(library: Library, finding: Finding | None, old: Finding | None) -> str:
    """The newest observation that a finding rests on and did not rest on before, as the end of a sentence."""
    known = set(old.rows) if old is not None else set()
    kept = set(finding.rows) if finding is not None else set()
    gone = len(known - kept)
    told = [observation(library, row) for row in (finding.rows if finding else ()) if row not in known]
    found = [one for one in told if one is not None]
    if found:
        fewer = f"; {counted(gone, 'older observation')} left the span that counts" if len(kept) < len(known) else ""
        return f". New: {max(found)[1]}{fewer}."
    if finding is not None and finding.value is not None:
        return ". No new observation: an older one left the span that counts."
    return "."


def observation(library: Library, row: str) -> tuple[str, str] | None:
    """The day that one observation became known, and the observation in words; None when the row is not there."""
    table = row.partition(":")[0]
    rows = library.whole(table)
    places = library.sheet(table).index("row").get(row)
    if not places:
        return None
    one = rows.iloc[places[0]]
    named = [one[name] for name in SUBJECT if name in rows.columns and isinstance(one[name], str) and one[name]]
    source = library.sources.get(one["source_id"]) if "source_id" in rows.columns else None
    whose = named[0] if named and not CODE.match(named[0]) else source.publisher if source else ""
    title = library.descriptors[table].title
    what = f"{_cut(whose)} ({title})" if whose else title
    known = one["known_on"]
    dated = "date" in rows.columns and one["date"] == one["date"]  # some rows, such as a standing position, have no day
    when = day(one["date"]) if dated else day(known)
    late = dated and (known - one["date"]).days > LATE
    return str(known.date()), f"{what}, {when}{f' (known on {day(known)})' if late else ''}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rsplit(' ', 1)[0]} …"
