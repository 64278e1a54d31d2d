"""Places of a claim, table or pillar that are still to be filled in, by file and line: none may reach a book."""

from __future__ import annotations

import json
import re
from pathlib import Path

from casefile.errors import DataError, Problem
from casefile.model import Pillar
from casefile.paths import CLAIMS_FILE, DATA, DESCRIPTOR_FILE, NOTEBOOKS, PACKAGE, SPECIFICATIONS

MARK = "FILL-IN"
"""What `casefile new` leaves wherever a person must write."""


def refuse_unfinished(data_dir: Path | None = None) -> None:
    """Raises `DataError` that lists every place still to be filled in."""
    if found := unfinished(data_dir or DATA):
        raise DataError(found)


def unfinished(data_dir: Path) -> list[Problem]:
    """Every marked place under a data folder and, for the project's own, in its code, cases and notebooks.

    A table without rows and a pillar without claims are unfinished too.
    """
    descriptors = [data_dir / pillar.value / DESCRIPTOR_FILE for pillar in Pillar]
    files = [data_dir / CLAIMS_FILE, *descriptors]
    if data_dir.resolve() == DATA.resolve():
        code = [PACKAGE / "model.py", *sorted((PACKAGE / "pillars").rglob("*.py"))]
        files += [*code, *sorted(SPECIFICATIONS.glob("*.yml")), *sorted(NOTEBOOKS.glob("*.ipynb"))]
    found = [problem for path in files for problem in _marks(path)]
    return found + _without_claims(data_dir) + [one for path in descriptors for one in _without_rows(path)]


def _marks(path: Path) -> list[Problem]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []  # the check of that file says so
    return [
        Problem(_shown(path), number, None, _hint(line), "is still to be filled in", f"Write it; no {MARK} may stay.")
        for number, line in enumerate(lines, start=1)
        if MARK in line
    ]


def _hint(line: str) -> str:
    return line.partition(MARK)[2].lstrip(": ").rstrip('",}] \n').removesuffix("\\n")


def _without_claims(data_dir: Path) -> list[Problem]:
    path = data_dir / CLAIMS_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    rule, remedy = "is a pillar without a claim", "Add one: casefile new claim {}-NAME"
    return [
        Problem(_shown(path), None, None, one.value, rule, remedy.format(one.value))
        for one in Pillar
        if not re.search(rf"^[ -]*pillar: *['\"]?{one.value}['\"]? *(#.*)?$", text, re.MULTILINE)
    ]


def _without_rows(path: Path) -> list[Problem]:
    try:
        resources = json.loads(path.read_text(encoding="utf-8"))["resources"]
        empty = [one["path"] for one in resources if one["casefile"]["rows"] == 0]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [
        Problem(
            _shown(path.parent / name),
            None,
            None,
            None,
            "has a header but no rows yet",
            f"Bring some in: casefile add {path.parent.name}/{name.removesuffix('.csv')} FILE",
        )
        for name in empty
    ]


def _shown(path: Path) -> str:
    """The file as seen from the project's folder."""
    try:
        return path.resolve().relative_to(DATA.parent.resolve()).as_posix()
    except ValueError:
        return str(path)
