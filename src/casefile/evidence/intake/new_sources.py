"""New rows of the registry of sources, which may come along with a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from casefile.errors import DataError, Problem
from casefile.evidence.intake.content import read_bytes, recognise
from casefile.evidence.intake.known import is_date
from casefile.evidence.intake.sheet import check_columns, read_sheet
from casefile.evidence.quarantine import quarantine
from casefile.evidence.rows import Row
from casefile.evidence.sources import COLUMNS as SOURCE_COLUMNS
from casefile.evidence.sources import KINDS
from casefile.evidence.text import bad_link, hazard
from casefile.model import Source


def read_new_sources(data_dir: Path, path: Path, known: Mapping[str, Source], today: date) -> list[Row]:
    """The rows of a file of new sources that are not registered yet.

    Raises `UsageError` or `DataError`; refused bytes go to the quarantine.
    """
    raw = read_bytes(path)
    name = path.name
    try:
        sheet = read_sheet(recognise(raw, name))
        check_columns(sheet, SOURCE_COLUMNS, ("license", "note", "published"))
        rows = [(line, {column: row.get(column, "") for column in SOURCE_COLUMNS}) for line, row in sheet.rows]
        problems = [*sheet.problems, *judge_sources(rows, known, today, name)]
        if problems:
            raise DataError(problems)
    except DataError as error:
        error.kept = quarantine(data_dir, name, raw, error.problems)
        raise
    return [row for _, row in rows if row["source_id"] not in known]


def judge_sources(
    rows: Sequence[tuple[int, Row]], known: Mapping[str, Source], today: date, file: str
) -> list[Problem]:
    """Every problem of new rows of the registry of sources."""
    found: list[Problem] = []
    seen: set[str] = set()
    for line, row in rows:

        def report(column: str, rule: str, remedy: str, line: int = line, row: Row = row) -> None:
            found.append(Problem(file, line, column, row[column], rule, remedy))

        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,60}", row["source_id"]):
            report("source_id", "is no id", "Use lowercase letters, digits and dashes.")
        elif row["source_id"] in seen:
            report("source_id", "stands twice", "Keep one of them.")
        elif row["source_id"] in known:
            old = known[row["source_id"]]
            if (row["url"], row["title"]) != (old.url, old.title):
                report("source_id", "is registered already with another title or address", "Choose another id.")
        seen.add(row["source_id"])
        for column in ("publisher", "title", "url"):
            if not row[column]:
                report(column, "is empty but required", "Fill it.")
        if row["url"] and (reason := bad_link(row["url"])):
            report("url", *reason)
        if row["kind"] not in KINDS:
            report("kind", "is not among the allowed values", f"Allowed: {', '.join(KINDS)}.")
        if row["published"]:
            if not is_date(row["published"]):
                report("published", "is no date in the form YYYY-MM-DD", "Write it as YYYY-MM-DD, or leave it empty.")
            elif not "1900-01-01" <= row["published"] <= today.isoformat():
                report("published", "lies before 1900 or in the future", "Correct the date.")
        for column in ("publisher", "title", "license", "note"):
            if row[column] and (reason := hazard(row[column])):
                report(column, *reason)
    return found


def source_of(row: Row) -> Source:
    published = date.fromisoformat(row["published"]) if is_date(row.get("published", "")) else None
    return Source(**{**{c: row.get(c, "") for c in SOURCE_COLUMNS}, "published": published})  # type: ignore[arg-type]
