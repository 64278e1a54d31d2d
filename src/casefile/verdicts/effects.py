"""What a change of the data does to findings and verdicts, before it is made."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casefile.errors import CasefileError, RunFailed
from casefile.evidence.library import Library
from casefile.verdicts.engine import Court
from casefile.verdicts.ledger import build_ledger


def effects(data_dir: Path, files: Mapping[str, bytes | None], tables: set[str]) -> dict[str, Any]:
    """Findings and verdicts that differ once `files` are written, at both vantages.

    Looked at are the claims that read `tables`, or all claims where the newest evidence is then of another day: spans
    such as the last twelve months end there. `files` maps paths below `data_dir` to their new content. Nothing under
    `data_dir` is touched. The comparison at `now` is from the newest evidence of each side. Raises `RunFailed` when an
    analysis cannot cope with the new rows.
    """
    with tempfile.TemporaryDirectory(prefix="casefile-") as folder:
        shadow = Path(folder) / "data"
        shutil.copytree(data_dir, shadow, ignore=shutil.ignore_patterns(".*"))
        for name, content in files.items():
            if content is None:
                (shadow / name).unlink(missing_ok=True)
            else:
                (shadow / name).write_bytes(content)
        try:
            old, new = Library(data_dir), Library(shadow)
            read = tables if old.newest == new.newest else set(old.descriptors)
            before, after = _ledger(old, read), _ledger(new, read)
        except CasefileError:
            raise
        except Exception as error:  # whatever an analysis does with rows that it was not made for
            why = f"{type(error).__name__}: {error}".rstrip(": ")
            raise RunFailed(f"With these rows an analysis fails ({why}), so that no book could be built.") from error
    shown: dict[str, Any] = {"findings": [], "verdicts": [], "as_of": [before.get("as_of"), after.get("as_of")]}
    for vantage in ("then", "now"):
        shown["findings"] += _findings(before, after, vantage)
        shown["verdicts"] += _verdicts(before, after, vantage)
    return shown


def _ledger(library: Library, tables: set[str]) -> dict[str, Any]:
    court = Court(library)
    touched = [name for name, claim in court.claims.items() if tables & set(claim.tables)]
    if not touched:
        return {"findings": {}, "verdicts": {}}
    return build_ledger(court, court.library.newest, touched)


def _findings(before: Mapping[str, Any], after: Mapping[str, Any], vantage: str) -> list[dict[str, Any]]:
    left, right = before["findings"].get(vantage, {}), after["findings"].get(vantage, {})
    return [
        {
            "vantage": vantage,
            "finding": name,
            "label": right[name]["label"],
            "before": left.get(name, {}).get("value"),
            "after": right[name]["value"],
            "unit": right[name]["unit"],
        }
        for name in right
        if left.get(name, {}).get("value") != right[name]["value"]
    ]


def _verdicts(before: Mapping[str, Any], after: Mapping[str, Any], vantage: str) -> list[dict[str, Any]]:
    left = {one["claim"]: one for one in before["verdicts"].get(vantage, [])}
    found = []
    for one in after["verdicts"].get(vantage, []):
        old = left.get(one["claim"], {})
        if (old.get("rating"), old.get("confidence")) != (one["rating"], one["confidence"]):
            found.append(
                {
                    "vantage": vantage,
                    "claim": one["claim"],
                    "before": old.get("rating"),
                    "after": one["rating"],
                    "confidence_before": old.get("confidence"),
                    "confidence_after": one["confidence"],
                    "sentence": one["sentence"],
                }
            )
    return found
