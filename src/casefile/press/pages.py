"""Prose pages with generated parts: `<!-- casefile:name argument -->` becomes what the ledger says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from casefile.errors import RunFailed
from casefile.evidence.claims import read_article
from casefile.evidence.library import Library
from casefile.evidence.safe_yaml import read_yaml
from casefile.model import Claim, Verdict, ordered
from casefile.paths import CHANGELOG, CORRECTIONS_FILE, RESULTS, SPECIFICATIONS
from casefile.press import front, method, registers
from casefile.show.block import Block
from casefile.show.cards import finding_anchor
from casefile.show.html import Html, el, join
from casefile.show.values import PILLAR_TITLES, finding_text
from casefile.verdicts.engine import Court, tested_sources
from casefile.words import counted, day, number

_MARK = re.compile(r"<!-- casefile:([a-z-]+)(?: ([^ ]+))? -->")


@dataclass(frozen=True)
class Material:
    """Everything that generated parts may draw on, for one edition."""

    court: Court
    verdicts: Mapping[str, Mapping[str, Verdict]]  # claim id → vantage → verdict
    timeline: list[dict[str, Any]]

    @property
    def library(self) -> Library:
        return self.court.library

    @property
    def claims(self) -> Mapping[str, Claim]:
        return self.court.claims

    @cached_property
    def strip(self) -> Block:
        """The front page's strip of verdicts by month, drawn once for the page and for its live chart."""
        return strip_block(self)


def _lead(material: Material) -> Html:
    return join(el("p", one, class_="cf-lead") for one in front.three_sentences(material.claims, material.verdicts))


def _article(material: Material) -> Html:
    return method.article(read_article(material.library.data_dir))


def strip_block(material: Material) -> Block:
    """The front page's strip of verdicts by month."""
    from casefile.figures.verdict_charts import verdict_strip
    from casefile.show.charts import chart_block

    claims = material.claims.values()
    now = [pair["now"] for pair in material.verdicts.values()]
    strip = verdict_strip(
        material.timeline,
        {claim.id: claim.title for claim in claims},
        as_of=now[0].as_of,
        sources=ordered(source for one in now for source in tested_sources(one)),
        groups={claim.id: PILLAR_TITLES[claim.pillar] for claim in claims},
    )
    return chart_block(strip, material.library)


def _corrections(material: Material) -> Html:
    path = material.library.data_dir / CORRECTIONS_FILE
    content = read_yaml(path) if path.is_file() else {}
    entries = content.get("corrections", []) if isinstance(content, dict) else content
    return registers.corrections(entries or [])


def _reach(material: Material) -> Html:
    library = material.library
    rows = sum(len(library.whole(name)) for name in library.descriptors)
    return el(
        "p",
        f"{counted(len(material.claims), 'claim')}, {counted(len(library.descriptors), 'table')} with {number(rows)} rows, "
        f"{number(len(library.sources))} sources. The newest observation became known on {day(library.newest)}.",
    )


PARTS: Mapping[str, Callable[[Material], Html]] = {
    "lead": _lead,
    "article": _article,
    "reach": _reach,
    "board": lambda m: front.board(m.claims, m.verdicts),
    "scorecard": lambda m: front.scorecard(m.claims, m.verdicts),
    "legend": lambda m: front.legend(),
    "pillars": lambda m: front.pillar_lines(m.claims, m.verdicts),
    "strip": lambda m: m.strip.html,
    "ratings": lambda m: method.ratings(),
    "confidence": lambda m: method.confidence_table(),
    "rules": lambda m: method.claim_rules(m.claims, m.verdicts),
    "methods": lambda m: method.method_cards(m.verdicts),
    "specifications": lambda m: method.specifications(SPECIFICATIONS, m.claims),
    "objections": lambda m: method.objections(m.claims, m.verdicts),
    "tables": lambda m: registers.tables(m.library, m.claims),
    "known-on": lambda m: registers.known_on_counts(m.library),
    "sources": lambda m: registers.sources(m.library),
    "corrections": _corrections,
}
"""Generated parts by name. A page that names another fails the build."""


def expand(text: str, material: Material, name: str) -> str:
    """A page's Markdown with each mark replaced. Raises `RunFailed` for an unknown part or finding."""

    def replace(match: re.Match[str]) -> str:
        part, argument = match.groups()
        if part == "value":
            return _value(material, argument or "", name)
        if part == "changelog":
            return CHANGELOG.read_text(encoding="utf-8").partition("\n")[2]
        if part == "benchmarks":
            return _benchmarks(RESULTS)
        if part == "count":
            return _count(material, argument or "", name)
        if part not in PARTS:
            raise RunFailed(
                f"{name} asks for a generated part {part!r}. Parts: {', '.join(sorted(PARTS))}, value, count."
            )
        return raw(PARTS[part](material))

    return _MARK.sub(replace, text)


def raw(html: Html) -> str:
    """HTML as a block that Sphinx passes through untouched; its fence is longer than any that the text could close."""
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", html))])
    return f"\n{fence}{{raw}} html\n{html}\n{fence}\n"


def _value(material: Material, argument: str, name: str) -> str:
    """`claim.finding` or `claim.finding@then`, as a number linked to its finding."""
    finding_id, _, vantage = argument.partition("@")
    claim_id = finding_id.rpartition(".")[0]
    pair = material.verdicts.get(claim_id)
    verdict = pair.get(vantage or "now") if pair else None
    finding = verdict.finding(finding_id) if verdict else None
    if finding is None or verdict is None:
        raise RunFailed(f"{name} asks for the finding {argument!r}, which this edition does not hold.")
    return f"[{finding_text(finding)}]({verdict.pillar}.ipynb#{finding_anchor(finding.id)})"


def _count(material: Material, argument: str, name: str) -> str:
    counts = {
        "claims": len(material.claims),
        "sources": len(material.library.sources),
        "tables": len(material.library.descriptors),
    }
    if argument not in counts:
        raise RunFailed(f"{name} asks for a count of {argument!r}. Counts: {', '.join(counts)}.")
    return number(counts[argument])


def _benchmarks(path: Path) -> str:
    if not path.is_file():
        return "No benchmark has been run on this copy. Run `make bench`."
    return path.read_text(encoding="utf-8")


__all__ = ["PARTS", "Material", "expand", "raw", "strip_block"]
