"""The ledger: all findings and verdicts of one run, as JSON with one canonical form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from casefile.errors import UsageError
from casefile.model import ARTICLE_DATE, Claim, Finding, Verdict
from casefile.paths import CLAIMS_FILE, CORRECTIONS_FILE, SOURCES_FILE
from casefile.verdicts.counterweight import counter_sentence
from casefile.verdicts.engine import Court, opposing

SCHEMA = "casefile/ledger/1"


def vantages(as_of: date) -> dict[str, date]:
    """The two dates of an edition. Before the article there is no `then`: looking at it would be hindsight."""
    return {"then": ARTICLE_DATE, "now": as_of} if as_of >= ARTICLE_DATE else {"now": as_of}


def finding_record(finding: Finding) -> dict[str, Any]:
    """One finding as plain JSON values."""
    record: dict[str, Any] = _plain(vars(finding))
    return record


def verdict_record(claim: Claim, verdict: Verdict) -> dict[str, Any]:
    """One verdict as plain JSON values, with its rule, findings and counter-evidence."""
    head = verdict.headline
    return {
        "claim": verdict.claim,
        "pillar": verdict.pillar,
        "as_of": verdict.as_of.isoformat(),
        "rating": verdict.rating.value,
        "confidence": verdict.confidence.value,
        "robustness": verdict.robustness,
        "steadiness": verdict.steadiness,
        "value": None if head is None else head.value,
        "unit": "" if head is None else head.unit,
        "sentence": verdict.sentence,
        "but": counter_sentence(verdict),
        "score": verdict.score,
        "agreement": verdict.agreement,
        "strength": _plain(vars(verdict.strength)),
        "tests": [
            {
                "id": one.test.id,
                "finding": f"{verdict.claim}.{one.test.finding}",
                "value": one.value,
                "score": one.score,
                "weight": one.test.weight,
                "better": one.test.better,
                "cuts": list(one.test.cuts),
                "flips_at": one.flips_at,
            }
            for one in verdict.results
        ],
        "against": [one.id for one in opposing(claim, verdict)],
        "reanalyses": [
            {
                "id": one.id,
                "label": one.label,
                "rating": one.rating.value,
                "score": one.score,
                "agrees": one.agrees,
                "idle": one.idle,
            }
            for one in verdict.reanalyses
        ],
    }


def build_ledger(court: Court, as_of: date, claim_ids: Iterable[str] | None = None) -> dict[str, Any]:
    """The ledger of one edition: both vantages of all claims (or those named), and a fingerprint of the data."""
    names = list(claim_ids or court.claims)
    tables = sorted(
        {table for name in names for table in court.claims[name].tables} if claim_ids else court.library.descriptors
    )
    newest = court.library.newest_of(tables)
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "as_of": as_of.isoformat(),
        "newest_evidence": None if newest is None else newest.isoformat(),
        "data": data_fingerprint(court.library.data_dir, tables),
        "vantages": {name: day.isoformat() for name, day in vantages(as_of).items()},
        "verdicts": {},
        "findings": {},
    }
    for name, day in vantages(as_of).items():
        judged = [court.verdict(claim_id, day) for claim_id in names]
        content["verdicts"][name] = [verdict_record(court.claims[one.claim], one) for one in judged]
        content["findings"][name] = {f.id: finding_record(f) for one in judged for f in one.findings}
    return content


def data_fingerprint(data_dir: Path, tables: Iterable[str]) -> str:
    """SHA-256 over names and bytes of the tables and registries, in order of name."""
    digest = hashlib.sha256()
    for name in sorted([*(f"{table}.csv" for table in tables), SOURCES_FILE, CLAIMS_FILE, CORRECTIONS_FILE]):
        path = data_dir / name
        if path.is_file():
            digest.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def read_ledger(path: Path) -> dict[str, Any]:
    """Read a ledger from disk. Raises `UsageError` when it is missing or no ledger."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is no ledger: it is not JSON. Give a ledger.json, a date or a data folder.") from None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise UsageError(f"{path} is no ledger of this format ({SCHEMA}).")
    return content


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
