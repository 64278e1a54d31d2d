"""The fixed pieces of a claim: claim card, findings, evidence, counter-evidence, verdict card."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import pandas as pd

from casefile.evidence.descriptors import Descriptor
from casefile.evidence.library import Evidence, Library
from casefile.model import Claim, Finding, Rating, Test, TestResult, Verdict, ordered
from casefile.show.html import Html, anchor, disclosure, el, join, link, table, text
from casefile.show.values import (
    agreement_text,
    chip,
    finding_parts,
    share_text,
    shared_digits,
    value_text,
    vantage_name,
)
from casefile.verdicts.confidence import cell_text
from casefile.verdicts.counterweight import LEAD, counter_sentence, counterweight
from casefile.verdicts.engine import opposing
from casefile.verdicts.ledger import finding_record
from casefile.verdicts.would_change import Change
from casefile.words import counted, day, listed, number, spelled

ROWS_SHOWN = 12
EARLIER_SHOWN = 6
"""Rows printed under a finding or table; the download holds all."""

AGAINST_SHOWN = 4
"""Findings against a verdict that stand open; the weaker ones are folded, never one alone."""

_HIDDEN = {
    "row",
    "origin",
    "known_on",
    "known_on_basis",
    "source_id",
    "source_id_2",
    "date",
    "date_precision",
    "derived",
    "unit",
}

Made = TypeVar("Made")

_made: WeakKeyDictionary[Library, dict[Any, Any]] = WeakKeyDictionary()

Verdicts = Mapping[str, Verdict]
"""Vantage name (`then`, `now`) → verdict."""


def finding_anchor(finding_id: str) -> str:
    """The fragment under which a finding stands in its chapter."""
    return f"f-{anchor(finding_id)}"


PARTS = {
    "evidence": "Evidence",
    "findings": "How we know",
    "against": "Evidence against",
    "verdict": "Verdict",
    "change": "What would change it",
}
"""The parts of a claim that its card leads to, in the order of the page."""


def claim_card(claim: Claim, verdicts: Verdicts) -> Html:
    """The claim in plain words, the short answer at each vantage, what would refute it, and the way to its parts."""
    where = (
        counted(len(claim.paragraphs), "paragraph").split(" ")[1] + " " + listed([str(one) for one in claim.paragraphs])
    )
    parts = [el("li", el("a", title, href=f"#{part_anchor(claim, part)}")) for part, title in PARTS.items()]
    return el(
        "section",
        el("p", claim.statement, class_="cf-statement"),
        el("p", f"Paraphrase of {where} of the article. Kind of claim: {claim.kind.value}.", class_="cf-meta"),
        el("dl", *(_answer(name, one) for name, one in verdicts.items()), class_="cf-answers"),
        el("p", el("strong", "What would refute it: "), claim.refuted_by, class_="cf-refute"),
        el("nav", el("ul", *parts), class_="cf-parts", aria_label=f"Parts of “{claim.title}”"),
        id=anchor(claim.id),
        class_="cf-claim",
        data_claim=claim.id,
        aria_label=f"Claim: {claim.title}",
    )


def part_anchor(claim: Claim, part: str) -> str:
    """The fragment under which a part of a claim stands in its chapter."""
    return f"{anchor(claim.id)}-{part}"


def onward(claim: Claim, following: Claim | None) -> Html:
    """The end of a claim: back to its beginning, to the chapter's list, or on to the next claim."""
    return el(
        "nav",
        el("a", "Back to the claim", href=f"#{anchor(claim.id)}"),
        el("a", "All claims of this chapter", href="#claims"),
        el("a", el("span", "Next claim: "), following.title, href=f"#{anchor(following.id)}", class_="cf-next")
        if following
        else None,
        class_="cf-onward",
        aria_label=f"From “{claim.title}”",
    )


def _answer(name: str, verdict: Verdict) -> Html:
    return el("div", el("dt", vantage_name(name, verdict.as_of.isoformat())), el("dd", chip(verdict.rating)))


def evidence_card(claim: Claim, now: Evidence, then: Evidence | None) -> Html:
    """Which tables bear on the claim, how many rows were known at each vantage, and how many dates are estimates."""
    rows = []
    for name in claim.tables:
        known = now.picked(name)
        estimated = sum(one == "lag" for one in known.values("known_on_basis"))
        newest = max(known.values("known_on")) if len(known) else None
        rows.append(
            [
                el("a", now.library.descriptor(name).title, href=f"data.html#t-{anchor(name)}"),
                number(len(then.picked(name))) if then else "–",
                number(len(known)),
                number(len(set(known.values("origin")))),
                number(estimated),
                day(newest) if newest is not None else "–",
            ]
        )
    header = ["Table", "Rows known then", "Rows known now", "Producers", "Estimated dates", "Newest known"]
    bears = "They bear on the claim directly. " if claim.directness == "direct" else "They bear on the claim by proxy. "
    return el(
        "section",
        el("h3", "Evidence", id=part_anchor(claim, "evidence")),
        el("p", _reach(claim, now, then), " ", text(bears), claim.directness_reason),
        disclosure(
            "The tables read",
            table(header, rows, caption=f"Tables read for “{claim.title}”", numeric=frozenset({1, 2, 3, 4})),
        ),
        class_="cf-evidence",
    )


def _reach(claim: Claim, now: Evidence, then: Evidence | None) -> str:
    """How many observations the claim's tables hold, from how many producers, and how many of them were known then."""
    known = sum(len(now.picked(name)) for name in claim.tables)
    origins = {origin for name in claim.tables for origin in now.picked(name).values("origin")}
    lead = f"The tables behind this claim hold {counted(known, 'observation')} from {counted(len(origins), 'producer')}"
    if then is None:
        return lead + "."
    before = sum(len(then.picked(name)) for name in claim.tables)
    return f"{lead}; {number(before)} of them {'was' if before == 1 else 'were'} known when the article appeared."


def findings_card(claim: Claim, verdicts: Verdicts, library: Library) -> Html:
    """Every finding at each vantage: those that a test uses, then the others, folded.

    Each opens to its sentence, method, rows and sources.
    """
    shown = verdicts["now"]
    tests = {f"{claim.id}.{test.finding}" for test in claim.tests}
    order = sorted(shown.findings, key=lambda one: one.id not in tests)
    items = [_finding(one, claim, verdicts, library, True) for one in order if one.id in tests]
    further = [_finding(one, claim, verdicts, library, False) for one in order if one.id not in tests]
    when = [vantage_name(name, one.as_of.isoformat()) for name, one in verdicts.items()]
    head = el(
        "div", *(el("span", one) for one in ("", "Finding", *when)), class_="cf-findings-head", aria_hidden="true"
    )
    style = f"--vantages:{len(when)}" if len(when) != 2 else None
    title = el("h3", "How we know", id=part_anchor(claim, "findings"))
    rest = disclosure(f"And {further_text(len(further))}", *further, class_="cf-further") if further else None
    return el("section", title, head, *items, rest, class_="cf-findings", style=style)


def further_text(count: int) -> str:
    """How many findings stand beside those that the rule uses."""
    return f"{spelled(count)} further {'finding' if count == 1 else 'findings'} that no test uses"


def _finding(finding: Finding, claim: Claim, verdicts: Verdicts, library: Library, tested: bool) -> Html:
    digits = shared_digits(one.finding(finding.id) for one in verdicts.values())
    values = join((_value(name, one, finding.id, digits) for name, one in verdicts.items()), " ")
    then = verdicts["then"].finding(finding.id) if "then" in verdicts else None
    sentences = [el("p", finding.sentence)]
    if then is not None and then.sentence and then.sentence != finding.sentence:
        sentences.append(el("p", el("span", "On the article’s date: ", class_="cf-when"), then.sentence))
    return el(
        "details",
        el("summary", el("span", finding.label, class_="cf-name"), " ", values),
        *sentences,
        el("p", el("strong", "Caveat: "), finding.caveat) if finding.caveat else None,
        el(
            "p",
            el("strong", "Method: "),
            method_line(finding.method),
            " ",
            _method_link(finding.method),
            class_="cf-meta",
        ),
        _rows(finding, claim, library),
        _sources(finding.sources, library),
        _earlier(finding, then, claim, library),
        class_="cf cf-finding",
        id=finding_anchor(finding.id),
        data_finding=finding.id,
        data_tested="yes" if tested else "no",
    )


def _earlier(finding: Finding, then: Finding | None, claim: Claim, library: Library) -> Html | None:
    """What the number of the article's date rests on, folded, where that is not what today's number rests on."""
    if then is None or then.value is None or not then.rows or set(then.rows) == set(finding.rows):
        return None
    shown = _ends(then.rows, EARLIER_SHOWN)
    title = f"The {counted(len(then.rows), 'observation')} behind the number of the article’s date"
    parts = f"; the first and last {EARLIER_SHOWN // 2} are shown" if len(shown) < len(then.rows) else ""
    return disclosure(
        title + parts,
        table(
            ["Observation", "Known on", "Content", "Source"],
            [_row(name, library) for name in shown],
            caption=f"Observations on the article’s date: {finding.label} ({claim.title})",
        ),
        class_="cf-earlier",
    )


def _value(name: str, verdict: Verdict, finding_id: str, digits: int | None) -> Html:
    found = verdict.finding(finding_id)
    value, interval = finding_parts(found, digits)
    if name == "then" and (found is None or found.value is None):
        value = "not yet known"
    return el(
        "span",
        el("span", f"{vantage_name(name, verdict.as_of.isoformat())}: ", class_="cf-when"),
        el("b", value),
        el("span", f" ({interval})", class_="cf-range") if interval else None,
        class_="cf-value",
    )


def method_line(method: str) -> str:
    """The first line of the docstring of the function that computed a finding."""
    return (method_text(method).split("\n") or [""])[0]


def method_text(method: str) -> str:
    """The whole docstring of a method named `module.function`; empty when it cannot be found."""
    module, _, name = method.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        return ""
    return inspect.getdoc(found) or ""


def _method_link(method: str) -> Html:
    return el("a", "Method in full", href=f"method.html#m-{anchor(method.removeprefix('casefile.pillars.'))}")


def _rows(finding: Finding, claim: Claim, library: Library) -> Html:
    """The rows behind a finding, each with its value, the day it became known and its sources."""
    if not finding.rows:
        return el("p", "No observation was used.", class_="cf-meta")
    listed_rows = [_row(name, library) for name in _ends(finding.rows, ROWS_SHOWN)]
    more = len(finding.rows) - len(listed_rows)
    tables = dict.fromkeys(name.split(":")[0] for name in finding.rows)
    note = join(
        [
            f"{counted(len(finding.rows), 'observation')} used"
            + (f"; the first and last {ROWS_SHOWN // 2} are shown. All rows: " if more > 0 else ". All rows: "),
            join((el("a", name, href=f"data.html#t-{anchor(name)}") for name in tables), ", "),
        ]
    )
    return join(
        [
            table(
                ["Observation", "Known on", "Content", "Source"],
                listed_rows,
                caption=f"Observations: {finding.label} ({claim.title})",
            ),
            el("p", note, class_="cf-meta"),
        ]
    )


def _ends(rows: Sequence[str], most: int) -> list[str]:
    half = most // 2
    return list(rows) if len(rows) <= most else [*rows[:half], *rows[-half:]]


def _once(library: Library, make: Callable[..., Made], *choice: Any) -> Made:
    """What `make` gives for a library and a choice, made once: findings of a chapter name the same rows and sources."""
    known = _made.setdefault(library, {})
    key = (make, *choice)
    if key not in known:
        known[key] = make(library, *choice)
    return cast(Made, known[key])


def _row(name: str, library: Library) -> list[object]:
    """One observation in the cells of a table."""
    return _once(library, _row_of, library.sheet(name.partition(":")[0]), name)


def _row_of(library: Library, _: object, name: str) -> list[object]:
    """One observation: its day and key, when it became known, what it says (measured values first), its sources."""
    table_name, _, key = name.partition(":")
    row = _observation(library, table_name, name)
    if row is None:
        return [key, "–", "–", "–"]
    descriptor = library.descriptor(table_name)
    measured, said = [], []
    for column, field in descriptor.fields.items():
        value = _plain(row, column, field)
        if column in _HIDDEN or column in descriptor.key or value == "":
            continue
        unit = str(row.get("unit") or "") if column == "value" else str(field.get("unit") or "")
        if field["type"] in ("number", "integer") and unit and not isinstance(row[column], str):
            digits = len(f"{float(row[column]):.6g}".partition(".")[2])
            measured.append(f"{field.get('title', column)}: {value_text(row[column], unit, digits)}")
        else:
            said.append(f"{field.get('title', column)}: {coded(value)}")
    content = "; ".join([*measured, *said])
    names = [str(row[column]) for column in ("source_id", "source_id_2") if row.get(column)]
    when = row.get("date")
    return [
        join(
            [
                el("span", day(when) if _cell(when) else "", class_="cf-day"),
                el(
                    "span",
                    " · ".join(_key_parts(row, descriptor)),
                    class_="cf-key",
                ),
            ],
            " ",
        ),
        day(row["known_on"]) + (" (estimated)" if row.get("known_on_basis") == "lag" else ""),
        el("span", content[:400] + ("…" if len(content) > 400 else ""), class_="cf-content"),
        join((source_link(one, library) for one in names), "; "),
    ]


def _key_parts(row: Mapping[str, object], descriptor: Descriptor) -> list[str]:
    """What a row's key says besides its day, in words; what tells nobody anything (yes, no, all) is left out."""
    found = [coded(_plain(row, one, descriptor.fields[one])) for one in descriptor.key if one != "date"]
    return [one for one in found if one and one.lower() not in ("true", "false", "all")]


def _plain(row: Mapping[str, object], column: str, field: Mapping[str, object]) -> str:
    """A cell as text; a whole number that counts nothing, such as a year, without separators."""
    value = row.get(column)
    if field["type"] == "integer" and not field.get("unit") and isinstance(value, (int, float)) and value == value:
        return str(int(value))
    return _cell(value)


def coded(value: str) -> str:
    """A value as readers see it: a code such as `too-much` in words, an ISO day as a date, anything else as it is."""
    if _ISO_DAY.fullmatch(value):
        return day(value)
    return re.sub("[-_]", " ", value) if _CODE.fullmatch(value) else value


_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CODE = re.compile(r"[a-z]+(?:[-_][a-z0-9]+)+")


def _observation(library: Library, table_name: str, name: str) -> dict[str, Any] | None:
    """A row by its id, as plain values; None when the table has no such row."""
    sheet = library.sheet(table_name)
    places = sheet.index("row").get(name)
    return None if places is None else {column: sheet.values(column)[places[-1]] for column in sheet.columns}


def _cell(value: object) -> str:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if isinstance(value, float):
        return f"{value:,.6g}"
    return str(value)


def source_link(source_id: str, library: Library) -> Html:
    """A source as a link to its own address, with its kind."""
    return _once(library, _source_link_of, source_id)


def _source_link_of(library: Library, source_id: str) -> Html:
    source = library.sources.get(source_id)
    if source is None:
        return text(source_id)
    return join([link(source.publisher, source.url), " ", el("span", f"({source.kind})", class_="cf-kind")])


def _sources(names: Sequence[str], library: Library) -> Html:
    items = []
    for name in names[:ROWS_SHOWN]:
        source = library.sources.get(name)
        if source is not None:
            when = f", {day(source.published)}" if source.published else ""
            items.append(
                el(
                    "li", link(f"{source.publisher}: {source.title}", source.url), text(when), " ",
                    el("span", f"({source.kind})", class_="cf-kind"),
                )
            )  # fmt: skip
    more = len(names) - len(items)
    if more > 0:
        items.append(
            el("li", f"and {counted(more, 'more source')} on the ", el("a", "sources page", href="data.html#sources"))
        )
    return join([el("h4", "Sources"), el("ul", *items, class_="cf-sources")]) if items else Html("")


def against_card(claim: Claim, verdicts: Verdicts) -> Html:
    """The strongest evidence against the verdict at each vantage, before the verdict itself."""
    parts = []
    seen: dict[str, str] = {}
    for name, verdict in verdicts.items():
        found = opposing(claim, verdict)
        items = [_opposing_item(one, seen) for one in found]
        more = items[AGAINST_SHOWN + 1 :] and items[AGAINST_SHOWN:]
        items = items[: len(items) - len(more)]
        title = f"Against “{verdict.rating.value}” {'on the article’s date' if name == 'then' else 'now'}"
        parts.append(el("h4", title))
        parts.append(el("ul", *items) if items else el("p", "None of the findings computed here points the other way."))
        if more:
            parts.append(disclosure(f"And {spelled(len(more))} more", el("ul", *more)))
    title = el("h3", "The strongest evidence against", id=part_anchor(claim, "against"))
    return el("section", title, *parts, class_="cf-against")


def _opposing_item(finding: Finding, seen: dict[str, str]) -> Html:
    target = el("a", finding.label, href=f"#{finding_anchor(finding.id)}")
    if seen.get(finding.id) == finding.sentence:
        return el("li", target, ": as above.")
    seen[finding.id] = finding.sentence
    return el("li", target, ": ", finding.sentence)


def verdict_card(claim: Claim, verdicts: Verdicts, changes: Sequence[Change]) -> Html:
    """Rating, confidence and robustness at each vantage, the tests behind them, and what would change the rating."""
    columns = [_vantage(name, one) for name, one in verdicts.items()]
    return el(
        "section",
        el("h3", "Verdict", id=part_anchor(claim, "verdict")),
        el("div", *columns, class_="cf-vantages"),
        disclosure("The tests that decide it", _tests(claim, verdicts)),
        disclosure("Why this confidence", *(_why_sure(name, one) for name, one in verdicts.items())),
        disclosure("Other ways to analyse it", *(_multiverse(name, one) for name, one in verdicts.items())),
        el("h4", "What would change it", id=part_anchor(claim, "change")),
        _changes(changes),
        class_="cf-verdict",
        data_verdict=claim.id,
        aria_label=f"Verdict: {claim.title}",
    )


def _vantage(name: str, verdict: Verdict) -> Html:
    head, against = verdict.headline, counterweight(verdict)
    return el(
        "div",
        el("p", vantage_name(name, verdict.as_of.isoformat()), class_="cf-when"),
        el("p", chip(verdict.rating), class_="cf-rating"),
        el("p", el("a", head.sentence, href=f"#{finding_anchor(head.id)}")) if head else None,
        el("p", LEAD, el("a", against.sentence, href=f"#{finding_anchor(against.id)}"), class_="cf-but")
        if against
        else None,
        el(
            "p",
            f"Confidence: {verdict.confidence.value}. Robustness: {share_text(verdict.robustness)}.",
            class_="cf-meta",
        ),
        class_=f"cf-vantage cf-edge-{anchor(verdict.rating.value)}",
    )


def because(verdict: Verdict) -> Html:
    """The rating, the headline's sentence, and that of the finding that holds the rating back."""
    but = counter_sentence(verdict)
    return join([chip(verdict.rating), el("p", verdict.sentence), el("p", LEAD, but, class_="cf-but") if but else None])


def _tests(claim: Claim, verdicts: Verdicts) -> Html:
    rows = []
    for place, test in enumerate(claim.tests):
        cells: list[object] = [
            join([test.question, " (decisive) " if test.decisive else " ", el("span", test.reason, class_="cf-meta")]),
            threshold_text(test, verdicts["now"].finding(test.finding)),
            f"{test.weight:g}",
        ]
        for verdict in verdicts.values():
            result = verdict.results[place]
            cells.append(_score(result, verdict))
        rows.append(cells)
    header = [
        "Question",
        "Supports the claim if",
        "Weight",
        *("Then" if name == "then" else "Now" for name in verdicts),
    ]
    means = ", ".join(
        f"{'then' if name == 'then' else 'now'} {number(one.score, 2) if one.score is not None else 'none'}"
        for name, one in verdicts.items()
    )
    return join(
        [
            table(header, rows, caption=f"Tests for “{claim.title}”", numeric=frozenset({2})),
            el(
                "p",
                f"Weighted mean score: {means}. ",
                el("a", "How scores become ratings", href="method.html#ratings"),
                class_="cf-meta",
            ),
        ]
    )


def _score(result: TestResult, verdict: Verdict) -> Html:
    finding = verdict.finding(result.test.finding)
    if result.score is None or finding is None:
        return el("span", "no evidence known")
    sign = f"+{result.score}" if result.score > 0 else number(result.score)
    return join([el("a", value_text(result.value, finding.unit), href=f"#{finding_anchor(finding.id)}"), f" → {sign}"])


def threshold_text(test: Test, finding: Finding | None) -> str:
    """A test's thresholds in words: `at least 5 points (fully at 10 points)`."""
    if test.better in ("true", "false"):
        return "yes" if test.better == "true" else "no"
    unit = finding.unit if finding else ""
    cuts = list(test.cuts) if test.better == "higher" else list(reversed(test.cuts))
    word = "at least" if test.better == "higher" else "at most"
    first = cuts[len(cuts) // 2] if len(cuts) > 1 else cuts[0]
    full = cuts[-1]
    shown = f"{word} {value_text(first, unit)}"
    return shown if first == full else f"{shown} (fully: {value_text(full, unit)})"


def _why_sure(name: str, verdict: Verdict) -> Html:
    kinds = listed([f"{count} {kind}" for kind, count in verdict.strength.kinds.items()]) or "none"
    strong = verdict.strength
    return join(
        [
            el("h4", vantage_name(name, verdict.as_of.isoformat())),
            el("ul", *(el("li", reason) for reason in verdict.strength.reasons)),
            el("p", agreement_text(verdict.agreement, verdict.robustness, verdict.steadiness)),
            el(
                "p",
                f"Sources: {kinds}. "
                + cell_text(strong.label, strong.points, verdict.agreement, verdict.confidence.value),
            ),
        ]
    )


def _multiverse(name: str, verdict: Verdict) -> Html:
    if not verdict.reanalyses:
        return el(
            "p", f"{vantage_name(name, verdict.as_of.isoformat())}: no other analysis was declared for this event."
        )
    differ = [one for one in verdict.reanalyses if not one.agrees]
    agree = len(verdict.reanalyses) - len(differ)
    of = counted(len(verdict.reanalyses), "other analysis", "other analyses")
    lead = f"{vantage_name(name, verdict.as_of.isoformat())}: {agree} of {of} "
    lead += f"{'gives' if agree == 1 else 'give'} the same rating."
    if idle := sum(one.idle for one in verdict.reanalyses):
        lead += f" In {idle} of them the choice changed no tested number on this day."
    body: list[object] = [el("p", lead)]
    if differ:
        body.append(el("p", "These give another:"))
        body.append(el("ul", *(el("li", one.label, " → ", chip(one.rating)) for one in differ)))
    same = [one for one in verdict.reanalyses if one.agrees]
    if same:
        body.append(
            el("p", _agreeing([one.label for one in same if not one.id.startswith("without:")]), class_="cf-meta")
        )
        body.append(el("p", _left_out([one.label for one in same if one.id.startswith("without:")]), class_="cf-meta"))
    return join(body)


def _agreeing(labels: Sequence[str]) -> str:
    return f"These agree: {'; '.join(labels)}." if labels else ""


def _left_out(labels: Sequence[str]) -> str:
    """The sources that can be left out one at a time, by publisher: their titles stand in the register of sources."""
    names = ordered(one.partition(": ")[0].removeprefix("Without ") for one in labels)
    if not labels:
        return ""
    times = (
        "One source can be left out"
        if len(labels) == 1
        else f"Each of {spelled(len(labels))} sources can be left out in turn"
    )
    return f"{times} without changing the rating: {listed(names)}."


def _changes(changes: Sequence[Change]) -> Html:
    """What would move the rating, gathered by the rating that it would bring; what would not suffice comes last."""
    if not changes:
        return el("p", "No single new number would move this rating; several would have to change together.")
    ratings = [one for one in Rating if any(change.rating is one for change in changes)]
    parts = []
    for rating in ratings:
        found = [change.condition for change in changes if change.rating is rating]
        parts.append(el("p", chip(rating), " with this alone:" if len(found) == 1 else " with any one of these:"))
        parts.append(el("ul", *(el("li", f"{one}.") for one in found), class_="cf-changes"))
    never = ordered(change.condition for change in changes if change.rating is None)
    if never:
        names = listed([one[0].lower() + one[1:] for one in never], "or")
        parts.append(el("p", f"Not enough alone, whatever it showed: {names}.", class_="cf-meta"))
    return join(parts)


def untested(verdict: Verdict) -> bool:
    """Whether nothing could be tested at this vantage."""
    return verdict.rating is Rating.UNTESTABLE


__all__ = [
    "against_card",
    "claim_card",
    "date",
    "evidence_card",
    "finding_anchor",
    "finding_record",
    "findings_card",
    "method_line",
    "method_text",
    "source_link",
    "threshold_text",
    "untested",
    "verdict_card",
]  # fmt: skip
