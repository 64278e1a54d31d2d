"""The Method and Objections pages, generated from the rules, the docstrings and the specification tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casefile.evidence.safe_yaml import read_yaml
from casefile.model import Claim, Finding, Pillar, Verdict
from casefile.show.cards import finding_anchor, method_text, threshold_text
from casefile.show.html import Html, anchor, disclosure, el, join, link, on_this_page, table
from casefile.show.values import PILLAR_TITLES, chip, finding_text, value_text
from casefile.verdicts.confidence import AGREEMENT, MODERATE, PROXY_AT_MOST, STRONG, TABLE
from casefile.verdicts.rules import BANDS, ENOUGH_WEIGHT, FAILED
from casefile.words import day, number, percent

Pair = Mapping[str, Verdict]


def ratings() -> Html:
    """The rule that turns test scores into ratings, read from the code that applies it."""
    rows = []
    above: float | None = None
    for lowest, rating in BANDS:
        words = f"{number(lowest, 1)} or more" if above is None else f"{number(lowest, 1)} to below {number(above, 1)}"
        rows.append([chip(rating), words])
        above = lowest
    note = f"Less than {percent(100 * ENOUGH_WEIGHT)} of a claim’s test weight could be applied, or a required test could not: "
    return join(
        [
            table(["Rating", "Weighted mean score"], rows, caption="From score to rating"),
            el("p", note, chip("untestable")),
            el(
                "p",
                f"A decisive test that fails outright holds the score at {number(FAILED)} or below: what did not happen "
                "cannot be rescued by what was built on it.",
            ),
        ]
    )


def confidence_table() -> Html:
    """Strength × agreement → confidence, read from the code that applies it."""
    columns = ("high", "medium", "low")
    rows = [
        [strength, *(TABLE[strength, one].value for one in columns)] for strength in ("strong", "moderate", "limited")
    ]
    least = {label: share for share, label in AGREEMENT}
    header = [
        "Evidence",
        f"Agreement high (at least {percent(100 * least['high'])})",
        f"medium (at least {percent(100 * least['medium'])})",
        "low (less)",
    ]
    note = (
        f"Evidence is strong from {STRONG} points of 5, moderate from {MODERATE}, limited below. "
        "A proxy is moderate at best, however much of it there is, and never gives more "
        f"than {PROXY_AT_MOST.value} confidence. An untestable claim has very low confidence. "
        "Agreement is the lower of two shares: the other analyses that give the same rating, and the new samples of the "
        "same polls that would."
    )
    return join([table(header, rows, caption="From evidence and agreement to confidence"), el("p", note)])


def claim_rules(claims: Mapping[str, Claim], verdicts: Mapping[str, Pair]) -> Html:
    """Each claim's tests: question, thresholds, the reason for them, weight; and its declared alternatives."""
    parts = []
    for claim in claims.values():
        rows = []
        for test in claim.tests:
            finding = verdicts[claim.id]["now"].finding(test.finding)
            unit = finding.unit if finding else ""
            cuts = ", ".join(value_text(cut, unit) for cut in test.cuts) or "–"
            question = f"{test.question} (decisive)" if test.decisive else test.question
            rows.append([question, threshold_text(test, finding), cuts, f"{test.weight:g}", test.reason])
        header = ["Question", "Supports the claim if", "All cuts", "Weight", "Why these thresholds"]
        alternatives = el("ul", *(el("li", one.label) for one in claim.alternatives)) if claim.alternatives else None
        parts.append(
            disclosure(
                join([el("span", claim.title, class_="cf-name"), f" ({PILLAR_TITLES[claim.pillar]})"]),
                el("p", claim.statement),
                table(header, rows, caption=f"Tests: {claim.title}", numeric=frozenset({3})),
                el("p", f"Evidence is {claim.directness}: ", claim.directness_reason),
                el("p", "Other analyses declared:") if alternatives else None,
                alternatives,
            )
        )
    return join(parts)


def method_cards(verdicts: Mapping[str, Pair]) -> Html:
    """Every function that computed a finding, with its docstring as written in the code."""
    used: dict[str, list[str]] = {}
    for pair in verdicts.values():
        for finding in pair["now"].findings:
            used.setdefault(finding.method, []).append(finding.label)
    parts = []
    for method in sorted(used):
        name = method.removeprefix("casefile.pillars.")
        first, _, rest = method_text(method).partition("\n")
        parts.append(
            el(
                "details",
                el("summary", el("span", first or name, class_="cf-name")),
                *(el("p", paragraph) for paragraph in rest.strip().split("\n\n") if paragraph.strip()),
                el("p", "Computes: " + "; ".join(dict.fromkeys(used[method])) + ".", class_="cf-meta"),
                el("p", el("code", name), class_="cf-meta"),
                class_="cf",
                id=f"m-{anchor(name)}",
            )
        )
    return join(parts)


def specifications(folder: Path, claims: Mapping[str, Claim]) -> Html:
    """The specification tests as tables: findings in, rating out. The test suite runs these very rows."""
    parts = []
    for path in sorted(folder.glob("*.yml")):
        for entry in read_yaml(path) or []:
            claim = claims.get(entry["claim"])
            if claim is None:
                continue
            names = list(dict.fromkeys(name for case in entry["cases"] for name in case["findings"]))
            rows = [
                [case["case"], *(_value(case["findings"].get(name)) for name in names), chip(case["rating"])]
                for case in entry["cases"]
            ]
            header = ["Case", *(name.replace("_", " ") for name in names), "Rating"]
            parts.append(disclosure(claim.title, table(header, rows, caption=f"Specification: {claim.title}")))
    return join(parts)


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def objections(claims: Mapping[str, Claim], verdicts: Mapping[str, Pair]) -> Html:
    """Claim by claim, the best reply that the authors could make, and the findings that bear on it."""
    parts: list[object] = [
        on_this_page(
            (PILLAR_TITLES[pillar], f"o-{pillar.value}", [
                (one.title, f"o-{anchor(one.id)}") for one in claims.values() if one.pillar is pillar
            ])
            for pillar in Pillar
        )
    ]  # fmt: skip
    last = None
    for claim in claims.values():
        if claim.pillar is not last:
            last = claim.pillar
            parts.append(el("h2", PILLAR_TITLES[last], id=f"o-{last.value}"))
        page = f"{claim.pillar.value}.html"
        answers = []
        for name in claim.reply_findings:
            finding, said = _answer(verdicts[claim.id], name)
            if finding is not None and said:
                link_ = el("a", finding.label, href=f"{page}#{finding_anchor(finding.id)}")
                answers.append(el("li", link_, ": ", said))
        parts.append(
            el(
                "section",
                el("h3", el("a", claim.title, href=f"{page}#{anchor(claim.id)}"), id=f"o-{anchor(claim.id)}"),
                el("p", *_both(verdicts[claim.id])),
                el("p", el("strong", "The best reply: "), claim.reply),
                el("p", el("strong", "What the data say to it:")) if answers else None,
                el("ul", *answers) if answers else None,
                class_="cf-objection",
            )
        )
    return join(parts)


def _answer(pair: Pair, name: str) -> tuple[Finding | None, str]:
    """What one finding says to a reply, on the article's date and now: once where both say the same or one has no value."""
    now = pair["now"].finding(name)
    then = pair["then"].finding(name) if "then" in pair else None
    if then is None or then.value is None or (now is not None and now.sentence == then.sentence):
        return now, now.sentence if now is not None else ""
    told = f"On the article’s date: {then.sentence}"
    return then, told if now is None or now.value is None else f"{told} Now: {now.sentence}"


def _both(pair: Pair) -> list[Html]:
    if "then" not in pair:
        return [chip(pair["now"].rating)]
    return [chip(pair["then"].rating), Html(" then, "), chip(pair["now"].rating), Html(" now")]


def article(meta: Mapping[str, Any]) -> Html:
    """The article under test: authors, title, outlet, date, address. Never its sentences."""
    authors = " and ".join(str(one) for one in meta["authors"])
    return el(
        "p", f"{authors}: ", link(str(meta["title"]), str(meta["address"])), f", {meta['outlet']}, {day(meta['date'])}."
    )


__all__ = [
    "article",
    "claim_rules",
    "confidence_table",
    "finding_text",
    "method_cards",
    "objections",
    "ratings",
    "specifications",
]
