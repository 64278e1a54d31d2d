"""Why a verdict is what it is: rule → findings → rows → sources, and what would change it."""

from __future__ import annotations

from datetime import date
from typing import Any

from casefile.model import Finding, Verdict
from casefile.verdicts.engine import Court, opposing
from casefile.verdicts.ledger import verdict_record
from casefile.verdicts.rules import BANDS, ENOUGH_WEIGHT
from casefile.verdicts.would_change import would_change


def explain(court: Court, claim_id: str, as_of: date) -> dict[str, Any]:
    """One verdict with its rule, findings, rows, sources, counter-evidence and nearest changes, as plain JSON values.

    Raises `UsageError` for an unknown claim or a date without evidence.
    """
    claim = court.claim(claim_id)
    verdict = court.verdict(claim_id, as_of)
    changes = would_change(court, claim, court.library.at(as_of), verdict)
    record = verdict_record(claim, verdict)
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
