"""Comparing two states: two dates, two ledgers or two data folders. Rows, findings, verdicts; what changed, briefly."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from casefile.errors import UsageError
from casefile.evidence.descriptors import read_descriptors
from casefile.evidence.library import Library
from casefile.verdicts.engine import Court
from casefile.verdicts.ledger import build_ledger, read_ledger
from casefile.words import value_text

ROWS_LISTED = 20


def diff(a: str, b: str, data_dir: Path | None = None) -> dict[str, Any]:
    """What changed from `a` to `b`: {a, b, rows, findings, verdicts}.

    Each side is a date (YYYY-MM-DD, `then`, `latest`), a ledger file or a data folder. Findings and verdicts are
    compared at each vantage that both sides have, so that a change of the past is seen too. Raises `UsageError` for
    anything else.
    """
    left, right = _side(a, data_dir), _side(b, data_dir)
    rows: dict[str, Any] = {}
    if isinstance(left[2], Path) and isinstance(right[2], Path):
        rows = data_rows(left[2], right[2])
    elif isinstance(left[2], date) and isinstance(right[2], date):
        rows = _known_between(Library(data_dir), left[2], right[2])
    return {
        "a": left[0],
        "b": right[0],
        "rows": rows,
        "findings": _findings(left[1], right[1]),
        "verdicts": _verdicts(left[1], right[1]),
    }


def _side(name: str, data_dir: Path | None) -> tuple[str, dict[str, Any], Path | date | None]:
    path = Path(name)
    if path.is_dir():
        library = Library(path)
        return name, build_ledger(Court(library), library.newest), path
    if path.is_file():
        return name, read_ledger(path), None
    library = Library(data_dir)
    try:
        day = library.vantage(name)
    except UsageError:
        raise UsageError(f"{name!r} is no date (YYYY-MM-DD, then, latest), ledger file or data folder.") from None
    return day.isoformat(), build_ledger(Court(library), day), day


def data_rows(a: Path, b: Path) -> dict[str, Any]:
    """Rows new, gone and changed by table between two data folders, by primary key."""
    left, right = read_descriptors(a), read_descriptors(b)
    found: dict[str, Any] = {}
    for name in sorted(left.keys() | right.keys()):
        before = _keyed(left[name]) if name in left else {}
        after = _keyed(right[name]) if name in right else {}
        new = [key for key in after if key not in before]
        gone = [key for key in before if key not in after]
        changed = []
        for key in after:
            if key in before and before[key] != after[key]:
                cells = {
                    column: [before[key].get(column, ""), after[key].get(column, "")]
                    for column in after[key]
                    if before[key].get(column, "") != after[key][column]
                }
                changed.append({"row": key, "cells": cells})
        if new or gone or changed:
            found[name] = {"new": new, "gone": gone, "changed": changed}
    return found


def _keyed(descriptor: Any) -> dict[str, dict[str, str]]:
    with descriptor.path.open(encoding="utf-8", newline="") as file:
        return {"/".join(row[column] for column in descriptor.key): row for row in csv.DictReader(file)}


def _known_between(library: Library, a: date, b: date) -> dict[str, Any]:
    early, late = sorted((a, b))
    found = {}
    for name in sorted(library.descriptors):
        before, after = library.at(early).table(name), library.at(late).table(name)
        names = [one.partition(":")[2] for one in after.loc[~after["row"].isin(before["row"]), "row"]]
        if names:
            found[name] = {"new" if a <= b else "gone": names, "gone" if a <= b else "new": [], "changed": []}
    return found


def _vantages(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    """The vantages that both sides have: a change of the past counts as much as one of the present."""
    return [name for name in ("then", "now") if name in a["verdicts"] and name in b["verdicts"]]


def _findings(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Findings that differ: those that decide a rating first, then by name."""
    found = []
    for vantage in _vantages(a, b):
        left, right = a["findings"][vantage], b["findings"][vantage]
        deciding = {
            test["finding"]: abs(test["weight"]) for one in b["verdicts"][vantage] for test in one.get("tests", ())
        }
        for name in sorted(left.keys() | right.keys(), key=lambda one: (-deciding.get(one, 0), one)):
            before, after = left.get(name), right.get(name)
            if before is None or after is None or before["value"] != after["value"]:
                found.append(
                    {
                        "vantage": vantage,
                        "finding": name,
                        "label": (after or before)["label"],
                        "before": None if before is None else before["value"],
                        "after": None if after is None else after["value"],
                        "unit": (after or before)["unit"],
                    }
                )
    return found


def _verdicts(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for vantage in _vantages(a, b):
        left = {one["claim"]: one for one in a["verdicts"][vantage]}
        right = {one["claim"]: one for one in b["verdicts"][vantage]}
        for name in [*right, *(one for one in left if one not in right)]:
            before, after = left.get(name), right.get(name)
            shown = {
                "vantage": vantage,
                "claim": name,
                "before": None if before is None else before["rating"],
                "after": None if after is None else after["rating"],
                "confidence_before": None if before is None else before["confidence"],
                "confidence_after": None if after is None else after["confidence"],
                "moved_by": _moved_by(before, after, b["findings"][vantage]),
                "sentence": "" if after is None else after["sentence"],
            }
            if shown["before"] != shown["after"] or shown["confidence_before"] != shown["confidence_after"]:
                found.append(shown)
    return found


def _moved_by(before: Any, after: Any, findings: Mapping[str, Any]) -> dict[str, Any] | None:
    """The test whose weighted score moved most, with its values; None without tests (a published ledger has none)."""
    old = {one["id"]: one for one in (before or {}).get("tests", ())}
    pairs = [(old[one["id"]], one) for one in (after or {}).get("tests", ()) if one["id"] in old]
    moved = [(one["weight"] * abs((one["score"] or 0) - (was["score"] or 0)), was, one) for was, one in pairs]
    moved = [one for one in moved if one[0]]
    if not moved:
        return None
    _, was, one = max(moved, key=lambda pair: pair[0])
    stated = findings.get(one["finding"], {})
    return {
        "finding": one["finding"],
        "label": stated.get("label", one["finding"]),
        "before": was["value"],
        "after": one["value"],
        "unit": stated.get("unit", ""),
    }


def as_text(change: Mapping[str, Any]) -> str:
    """The comparison in a form that a reviewer reads in a minute, as Markdown."""
    lines = [f"# From {change['a']} to {change['b']}", ""]
    moved = [one for one in change["verdicts"] if one["before"] != one["after"]]
    lines.append(f"## Ratings changed: {len(moved)}")
    lines += [
        f"- {one['claim']}{_when(one)}: {one['before']} → {one['after']}. {_told(one['moved_by'])}{one['sentence']}"
        for one in moved
    ]
    surer = [one for one in change["verdicts"] if one["before"] == one["after"]]
    if surer:
        lines += ["", f"## Confidence changed: {len(surer)}"]
        lines += [
            f"- {one['claim']}{_when(one)}: {one['confidence_before']} → {one['confidence_after']}" for one in surer
        ]
    lines += ["", f"## Findings changed: {len(change['findings'])}"]
    lines += [
        f"- {one['label']} ({one['finding']}{_when(one)}): {_values(one)}" for one in change["findings"][:ROWS_LISTED]
    ]
    if len(change["findings"]) > ROWS_LISTED:
        lines.append(f"- and {len(change['findings']) - ROWS_LISTED} more")
    total = sum(len(one[kind]) for one in change["rows"].values() for kind in ("new", "gone", "changed"))
    lines += ["", f"## Data rows changed: {total}"]
    for name, one in change["rows"].items():
        lines.append(f"- {name}: {len(one['new'])} new, {len(one['gone'])} gone, {len(one['changed'])} changed")
        for cell in one["changed"][:5]:
            words = "; ".join(f"{column} {pair[0]!r} → {pair[1]!r}" for column, pair in cell["cells"].items())
            lines.append(f"  - {cell['row']}: {words}")
    return "\n".join(lines) + "\n"


def ratings_that_differ(change: Mapping[str, Any]) -> str:
    """The claims whose rating differs, by vantage, each once, in a sentence; "" when none does."""
    moved = [one for one in change["verdicts"] if one["before"] != one["after"]]
    parts = []
    for vantage, words in (("now", "on the later day"), ("then", "on the article's date")):
        names = [one["claim"] for one in moved if one["vantage"] == vantage]
        if names:
            parts.append(f"{len(names)} {words} ({', '.join(names)})")
    if not parts:
        return ""
    return f"{'Ratings differ' if len(moved) > 1 else 'A rating differs'}: {'; '.join(parts)}."


def _when(one: Mapping[str, Any]) -> str:
    return ", on the article's date" if one["vantage"] == "then" else ""


def _values(one: Mapping[str, Any]) -> str:
    return f"{value_text(one['before'], one['unit'])} → {value_text(one['after'], one['unit'])}"


def _told(moved: Mapping[str, Any] | None) -> str:
    return "" if moved is None else f"{moved['label']}: {_values(moved)}. "
