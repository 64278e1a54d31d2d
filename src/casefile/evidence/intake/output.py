"""What a plan writes: tables, descriptors, sources and the register of conflicts, as bytes below the data folder."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile.evidence.intake.compare import merged
from casefile.evidence.intake.request import Plan
from casefile.evidence.rows import Row
from casefile.evidence.sources import COLUMNS as SOURCE_COLUMNS
from casefile.paths import DESCRIPTOR_FILE, SOURCES_FILE

if TYPE_CHECKING:
    from casefile.evidence.intake.gate import Gate

CONFLICTS_FILE = "conflicts.json"


def files_of(gate: Gate, plan: Plan, on_conflict: str = "keep") -> dict[str, bytes | None]:
    """The files to write, by path below the data folder: tables, descriptors, sources, conflicts."""
    out: dict[str, bytes | None] = {}
    packages: dict[str, dict[str, Any]] = {}
    for one in plan.comparisons:
        if not one.new and not one.changed and not (one.conflicts and on_conflict == "replace"):
            continue
        descriptor = gate.descriptors[one.table]
        rows = merged(descriptor, gate.rows(one.table), one, on_conflict == "replace")
        content = csv_bytes(list(gate.rows(one.table)[0]) if gate.rows(one.table) else list(descriptor.fields), rows)
        out[_below(gate.data_dir, descriptor.path)] = content
        folder = _below(gate.data_dir, descriptor.path.parent)
        package = packages.setdefault(folder, _package(gate.data_dir, folder))
        for resource in package["resources"]:
            if resource["path"] == descriptor.path.name:
                resource["hash"] = "sha256:" + hashlib.sha256(content).hexdigest()
                resource["bytes"] = len(content)
                resource["casefile"]["rows"] = len(rows)
    for folder, package in packages.items():
        text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
        out[f"{folder}/{DESCRIPTOR_FILE}"] = text.encode()
    if plan.new_sources:
        out[SOURCES_FILE] = _sources_with(gate.data_dir, plan.new_sources)
    if plan.conflicts:
        out[CONFLICTS_FILE] = _conflicts_with(gate, plan, on_conflict)
    return out


def _sources_with(data_dir: Path, new: Sequence[Row]) -> bytes:
    path = data_dir / SOURCES_FILE
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        columns = list(reader.fieldnames or SOURCE_COLUMNS)
    return csv_bytes(columns, [*rows, *({c: one.get(c, "") for c in columns} for one in new)])


def _conflicts_with(gate: Gate, plan: Plan, on_conflict: str) -> bytes:
    """The register of conflicting values: both are named, whichever one stands in the table."""
    path = gate.data_dir / CONFLICTS_FILE
    entries: list[Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    for one in plan.comparisons:
        for _, name, row, cells in one.conflicts:
            entry = {
                "row": name,
                "cells": {k: {"there": before, "new": after} for k, (before, after) in cells.items()},
                "source_id": row.get("source_id", ""),
                "stands": "new" if on_conflict == "replace" else "there",
                "file_sha256": plan.sha256,
                "date": gate.today.isoformat(),
            }
            if {**entry, "date": ""} not in [{**other, "date": ""} for other in entries]:
                entries.append(entry)
    return (json.dumps(entries, indent=1, ensure_ascii=False) + "\n").encode()


def _package(data_dir: Path, folder: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((data_dir / folder / DESCRIPTOR_FILE).read_text(encoding="utf-8"))
    return content


def _below(base: Path, path: Path) -> str:
    return path.relative_to(base).as_posix()


def csv_bytes(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Rows as our tables are written: UTF-8, commas, LF, quotes only where needed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue().encode("utf-8")
