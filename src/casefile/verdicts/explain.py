"""Why a verdict is what it is: rule → findings → rows → sources, and what would change it."""

from __future__ import annotations

from datetime import date
from typing import Any

from casefile.model import Finding, Verdict
from casefile.verdicts.engine import Court, opposing
from casefile.verdicts.ledger import verdict_record
from casefile.verdicts.rules import BANDS, ENOUGH_WEIGHT
from casefile.verdicts.would_change import Change, would_change


def explain(court: Court, claim_id: str, as_of: date) -> dict[str, Any]:
    """One verdict with its rule, findings, rows, sources, counter-evidence and nearest changes, as plain JSON values.

    Raises `UsageError` for an unknown claim or a date without evidence.
    """
    claim = court.claim(claim_id)
    verdict = court.verdict(claim_id, as_of)
    changes = would_change(court, claim, court.library.at(as_of), verdict)
    record = verdict_record(claim, verdict)
    flips = {one.test: _flip(one, verdict) for one in changes if one.kind == "threshold"}
    return {
        **record,
        "title": claim.title,
        "statement": claim.statement,
        "kind": claim.kind.value,
        "paragraphs": list(claim.paragraphs),
        "refuted_by": claim.refuted_by,
        "rule": {
            "combine": "weighted mean of the test scores (−2 to +2)",
            "bands": [{"at_least": lowest, "rating": rating.value} for lowest, rating in BANDS],
            "untestable_below_weight": ENOUGH_WEIGHT,
            "tests": [
                {
                    **shown,
                    "question": result.test.question,
                    "reason": result.test.reason,
                    "required": result.test.required,
                    "rating_flips": flips.get(result.test.id),
                }
                for shown, result in zip(record["tests"], verdict.results, strict=True)
            ],
        },
        "findings": [_finding(one, verdict, court) for one in verdict.findings],
        "against": [{"id": one.id, "sentence": one.sentence} for one in opposing(claim, verdict)],
        "would_change": [
            {
                "kind": one.kind,
                "sentence": one.sentence,
                "rating": None if one.rating is None else one.rating.value,
                "value": one.value,
                "test": one.test,
            }
            for one in changes
        ],
    }


def _flip(change: Change, verdict: Verdict) -> dict[str, Any]:
    """The threshold at which this test alone would turn the rating, and into which; `flips_at` turns only its score."""
    test = next(one.test for one in verdict.results if one.test.id == change.test)
    rating = None if change.rating is None else change.rating.value
    if isinstance(change.value, bool):
        return {"at": change.value, "side": "", "rating": rating}
    value = float(change.value or 0)
    cut = min(test.cuts, key=lambda one: abs(one - value))
    sides = ("at or above", "below") if test.better == "higher" else ("at or below", "above")
    reached = value >= cut if test.better == "higher" else value <= cut
    return {"at": cut, "side": sides[0] if reached else sides[1], "rating": rating}


def _finding(finding: Finding, verdict: Verdict, court: Court) -> dict[str, Any]:
    sources = [court.library.sources[one] for one in finding.sources if one in court.library.sources]
    return {
        "id": finding.id,
        "label": finding.label,
        "value": finding.value,
        "unit": finding.unit,
        "low": finding.low,
        "high": finding.high,
        "date": finding.date,
        "sentence": finding.sentence,
        "caveat": finding.caveat,
        "method": finding.method,
        "rows": list(finding.rows),
        "sources": [
            {"id": one.source_id, "publisher": one.publisher, "kind": one.kind, "url": one.url} for one in sources
        ],
        "origins": list(finding.origins),
        "tested": any(f"{verdict.claim}.{result.test.finding}" == finding.id for result in verdict.results),
    }
