"""The one way in for new data: read, fill, validate, compare, write as one change. Used by `add` and `refresh`."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from casefile.errors import DataError, Problem, UsageError
from casefile.evidence.adapters import Adapter, Context, Rows, adapter, adapters
from casefile.evidence.descriptors import Descriptor, read_descriptors
from casefile.evidence.intake.compare import Comparison, as_json, compare, jumps, key_of, merged
from casefile.evidence.intake.content import Content, read_bytes, recognise, refusal
from casefile.evidence.intake.sheet import Sheet, check_columns, read_sheet
from casefile.evidence.quarantine import quarantine
from casefile.evidence.rows import Row, validate_rows
from casefile.evidence.sources import COLUMNS as SOURCE_COLUMNS
from casefile.evidence.sources import KINDS, Sources
from casefile.evidence.text import bad_link, hazard
from casefile.model import Source
from casefile.paths import DESCRIPTOR_FILE, SOURCES_FILE

CONFLICTS_FILE = "conflicts.json"
OWN = "table"
"""The name of our own format: the table's columns as CSV, XLSX or JSON."""
FILLED = ("known_on", "known_on_basis")
"""Columns that a file may leave out: they are filled by the stated rule and flagged."""


@dataclass
class Request:
    """What the analyst asked for."""

    table: str
    path: Path
    format: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    source_file: Path | None = None
    allow_jump: bool = False
    name: str = ""  # shown instead of the path's own name


@dataclass
class Plan:
    """What would change: per table the comparison, new sources, filled cells, warnings; and the files to write."""

    request: Request
    format: str
    sha256: str
    comparisons: list[Comparison] = field(default_factory=list)
    new_sources: list[Row] = field(default_factory=list)
    filled: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def conflicts(self) -> int:
        return sum(len(one.conflicts) for one in self.comparisons)

    @property
    def changes_nothing(self) -> bool:
        return not self.conflicts and not any(one.new or one.changed for one in self.comparisons)

    def as_json(self) -> dict[str, Any]:
        """The plan as plain JSON values."""
        return {
            "file": self.request.name or self.request.path.name,
            "format": self.format,
            "sha256": self.sha256,
            "tables": {one.table: as_json(one) for one in self.comparisons},
            "new_sources": [one["source_id"] for one in self.new_sources],
            "filled": self.filled,
            "warnings": self.warnings,
        }


class Gate:
    """The intake of one data folder on one day."""

    def __init__(self, data_dir: Path, today: date | None = None) -> None:
        self.data_dir = data_dir
        self.today = today or date.today()
        self.descriptors = read_descriptors(data_dir)
        self.sources = Sources.read(data_dir)
        self._rows: dict[str, list[dict[str, str]]] = {}
        self._keyed: dict[str, dict[tuple[str, ...], dict[str, str]]] = {}

    def plan(self, request: Request) -> Plan:
        """Read and judge one file. Raises `UsageError` or `DataError`; refused bytes go to the quarantine."""
        if request.table not in self.descriptors:
            raise UsageError(f"There is no table {request.table!r}. Tables: {', '.join(sorted(self.descriptors))}.")
        named = next((fmt for fmt in [request.format] if fmt and fmt != OWN), "")
        if named:
            self._fits(adapter(named), request.table)
        raw = b""
        name = request.name or request.path.name
        try:
            raw = read_bytes(request.path)
            return self._plan(request, recognise(raw, name))
        except DataError as error:
            if raw:
                quarantine(self.data_dir, name, raw, error.problems)
            raise

    def _plan(self, request: Request, content: Content) -> Plan:
        new_sources = self._new_sources(request)
        known: dict[str, Source] = {**dict(self.sources), **{one["source_id"]: _source(one) for one in new_sources}}
        chosen, sheet = self._choose(request, content)
        plan = Plan(request, chosen.name if chosen else OWN, hashlib.sha256(content.raw).hexdigest())
        problems: list[Problem] = []
        if chosen is None:
            assert sheet is not None
            rows, problems = self._own(request, sheet)
            plan.warnings += sheet.warnings
        else:
            unknown = sorted(set(request.options) - self._settable(chosen, request.table))
            if unknown:
                allowed = ", ".join(sorted(self._settable(chosen, request.table)))
                raise UsageError(f"--set {unknown[0]} means nothing for {chosen.name}. Allowed: {allowed}.")
            context = Context(request.table, request.options, self.today, self.rows)
            rows = chosen.read(content, context)
            rows = self._with_options(chosen, request, rows)
            wanted = {row.get("source_id", "") for table in rows.values() for _, row in table}
            own = dict(chosen.source)
            if own and own["source_id"] in wanted and own["source_id"] not in known:
                new_sources.append({column: own.get(column, "") for column in SOURCE_COLUMNS})
                known[own["source_id"]] = _source(new_sources[-1])
        for table, found in rows.items():
            descriptor, existing = self.descriptors[table], self.rows(table)
            complete = self._complete(descriptor, found, known, plan)
            bad = validate_rows(descriptor, complete, known, existing, self.today, file=content.name)
            problems += bad
            if not bad and not request.allow_jump:
                problems += jumps(descriptor, complete, existing, content.name)
            plan.comparisons.append(
                compare(descriptor, self.keyed(table), complete, chosen.loose if chosen else frozenset())
            )
        if problems:
            raise DataError(sorted(problems, key=lambda one: one.row or 0))
        used = {row.get(c, "") for one in plan.comparisons for row in one.new for c in ("source_id", "source_id_2")}
        used |= {
            row.get(c, "")
            for one in plan.comparisons
            for _, row, _ in one.changed
            for c in ("source_id", "source_id_2")
        }
        used |= {
            row.get(c, "")
            for one in plan.comparisons
            for _, _, row, _ in one.conflicts
            for c in ("source_id", "source_id_2")
        }
        plan.new_sources = [one for one in new_sources if one["source_id"] in used]
        plan.warnings += [
            f"The source {one['source_id']} came along but no new row names it; it is not registered."
            for one in new_sources
            if one["source_id"] not in used
        ]
        plan.warnings += self._news(plan)
        return plan

    def rows(self, table: str) -> list[dict[str, str]]:
        """All rows of one of our tables, as text."""
        if table not in self.descriptors:
            raise UsageError(f"There is no table {table!r}. Tables: {', '.join(sorted(self.descriptors))}.")
        if table not in self._rows:
            with self.descriptors[table].path.open(encoding="utf-8", newline="") as file:
                self._rows[table] = list(csv.DictReader(file))
        return self._rows[table]

    def keyed(self, table: str) -> dict[tuple[str, ...], dict[str, str]]:
        """The same by primary key."""
        if table not in self._keyed:
            descriptor = self.descriptors[table]
            self._keyed[table] = {key_of(descriptor, row): row for row in self.rows(table)}
        return self._keyed[table]

    def files(self, plan: Plan, on_conflict: str = "keep") -> dict[str, bytes | None]:
        """The files to write, by path below the data folder: tables, descriptors, sources, conflicts."""
        out: dict[str, bytes | None] = {}
        packages: dict[str, dict[str, Any]] = {}
        for one in plan.comparisons:
            if not one.new and not one.changed and not (one.conflicts and on_conflict == "replace"):
                continue
            descriptor = self.descriptors[one.table]
            rows = merged(descriptor, self.rows(one.table), one, on_conflict == "replace")
            content = csv_bytes(
                list(self.rows(one.table)[0]) if self.rows(one.table) else list(descriptor.fields), rows
            )
            out[_below(self.data_dir, descriptor.path)] = content
            folder = _below(self.data_dir, descriptor.path.parent)
            package = packages.setdefault(folder, self._package(folder))
            for resource in package["resources"]:
                if resource["path"] == descriptor.path.name:
                    resource["hash"] = "sha256:" + hashlib.sha256(content).hexdigest()
                    resource["bytes"] = len(content)
                    resource["casefile"]["rows"] = len(rows)
        for folder, package in packages.items():
            text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
            out[f"{folder}/{DESCRIPTOR_FILE}"] = text.encode()
        if plan.new_sources:
            out[SOURCES_FILE] = self._sources_with(plan.new_sources)
        if plan.conflicts:
            out[CONFLICTS_FILE] = self._conflicts_with(plan, on_conflict)
        return out

    # -- reading -------------------------------------------------------------------------------------------------

    def _choose(self, request: Request, content: Content) -> tuple[Adapter | None, Sheet | None]:
        """The adapter for a file, or None and the sheet when it is in our own columns."""
        if request.format and request.format != OWN:
            return adapter(request.format), None
        if content.kind == "xlsx" or request.format == OWN:
            return None, read_sheet(content)
        fitting = [one for one in adapters().values() if request.table in one.tables and one.recognises(content)]
        if len(fitting) == 1:
            return fitting[0], None
        if content.kind == "xml":
            other = [one for one in adapters().values() if one.recognises(content)]
            hint = f"It looks like {other[0].name}, which feeds {', '.join(other[0].tables)}." if other else ""
            raise refusal(content.name, f"is no XML that feeds {request.table}", hint or "See --format.")
        return None, read_sheet(content)

    def _fits(self, chosen: Adapter, table: str) -> None:
        if table not in chosen.tables:
            raise UsageError(f"{chosen.name} feeds {', '.join(chosen.tables)}, not {table}.")

    def _settable(self, chosen: Adapter, table: str) -> set[str]:
        return set(chosen.options) | set(self.descriptors[table].fields)

    def _own(self, request: Request, sheet: Sheet) -> tuple[Rows, list[Problem]]:
        """Rows in our own columns; `--set column=value` fills a column that the file leaves out."""
        descriptor = self.descriptors[request.table]
        unknown = sorted(set(request.options) - set(descriptor.fields))
        if unknown:
            raise UsageError(f"{request.table} has no column {unknown[0]}. Columns: {', '.join(descriptor.fields)}.")
        check_columns(sheet, descriptor.fields, {*FILLED, *request.options})
        rows = []
        for line, row in sheet.rows:
            given = {name: row[name] for name in sheet.columns if name in descriptor.fields}
            extra = {name: value for name, value in request.options.items() if not given.get(name)}
            rows.append((line, {**given, **extra}))
        return {request.table: rows}, sheet.problems

    def _with_options(self, chosen: Adapter, request: Request, rows: Rows) -> Rows:
        """`--set column=value` over the rows of the table asked for; what must be said and was not is named."""
        descriptor = self.descriptors[request.table]
        given = {name: value for name, value in request.options.items() if name in descriptor.fields}
        known = self.keyed(request.table)
        found = []
        for line, row in rows.get(request.table, []):
            full = {**row, **given}
            if key_of(descriptor, full) not in known:
                absent = [one for one in chosen.needs if one in descriptor.fields and not full.get(one)]
                if absent:
                    choices = [_choices(descriptor, one) for one in absent]
                    raise UsageError(
                        f"The file does not say {', '.join(absent)} of {'/'.join(key_of(descriptor, full))}. "
                        "Say it with " + " ".join(choices)
                    )
            found.append((line, full))
        return {**rows, request.table: found}

    def _complete(
        self,
        descriptor: Descriptor,
        found: Sequence[tuple[int, Row]],
        sources: Mapping[str, Source],
        plan: Plan,
    ) -> list[tuple[int, Row]]:
        """Rows with every column; an existing row lends what the new one does not state, `known_on` comes by rule."""
        old = self.keyed(descriptor.name)
        complete: list[tuple[int, Row]] = []
        for line, row in found:
            full = {column: row.get(column, "") for column in descriptor.fields}
            before = old.get(key_of(descriptor, full))
            if before is not None:
                for column in descriptor.fields:
                    full[column] = full[column] or before.get(column, "")
            elif not full.get("known_on") and "known_on" in full:
                day, basis = known_day(descriptor, full, sources, self.today)
                if day:
                    full["known_on"], full["known_on_basis"] = day, full.get("known_on_basis") or basis
                    plan.filled[basis] = plan.filled.get(basis, 0) + 1
            elif "known_on_basis" in full and not full["known_on_basis"]:
                full["known_on_basis"] = _fitting(
                    descriptor, "same-day" if full["known_on"] == full.get("date") else "publication"
                )
            complete.append((line, full))
        return complete

    def _news(self, plan: Plan) -> list[str]:
        """Names that the table has not seen before, which may be new or misspelt."""
        found = []
        for one in plan.comparisons:
            descriptor = self.descriptors[one.table]
            for column in dict.fromkeys((descriptor.origin, "series", "question", "subgroup", "response")):
                field_ = descriptor.fields.get(column)
                if field_ and field_["type"] == "string" and column not in ("source_id",):
                    known = {row.get(column, "") for row in self.rows(one.table)}
                    new = list(
                        dict.fromkeys(row.get(column, "") for row in one.new if row.get(column, "") not in known)
                    )
                    if new and known:
                        shown = ", ".join(map(repr, new[:5])) + (" …" if len(new) > 5 else "")
                        found.append(f"{one.table}: {column} not seen before: {shown}")
        return found

    # -- sources -------------------------------------------------------------------------------------------------

    def _new_sources(self, request: Request) -> list[Row]:
        if request.source_file is None:
            return []
        raw = read_bytes(request.source_file)
        name = request.source_file.name
        try:
            sheet = read_sheet(recognise(raw, name))
            check_columns(sheet, SOURCE_COLUMNS, ("license", "note", "published"))
            rows = [(line, {column: row.get(column, "") for column in SOURCE_COLUMNS}) for line, row in sheet.rows]
            problems = [*sheet.problems, *judge_sources(rows, self.sources, self.today, name)]
            if problems:
                raise DataError(problems)
        except DataError as error:
            quarantine(self.data_dir, name, raw, error.problems)
            raise
        return [row for _, row in rows if row["source_id"] not in self.sources]

    def _sources_with(self, new: Sequence[Row]) -> bytes:
        path = self.data_dir / SOURCES_FILE
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
            columns = list(reader.fieldnames or SOURCE_COLUMNS)
        return csv_bytes(columns, [*rows, *({c: one.get(c, "") for c in columns} for one in new)])

    def _conflicts_with(self, plan: Plan, on_conflict: str) -> bytes:
        """The register of conflicting values: both are named, whichever one stands in the table."""
        path = self.data_dir / CONFLICTS_FILE
        entries: list[Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        for one in plan.comparisons:
            for _, name, row, cells in one.conflicts:
                entry = {
                    "row": name,
                    "cells": {k: {"there": before, "new": after} for k, (before, after) in cells.items()},
                    "source_id": row.get("source_id", ""),
                    "stands": "new" if on_conflict == "replace" else "there",
                    "file_sha256": plan.sha256,
                    "date": self.today.isoformat(),
                }
                if {**entry, "date": ""} not in [{**other, "date": ""} for other in entries]:
                    entries.append(entry)
        return (json.dumps(entries, indent=1, ensure_ascii=False) + "\n").encode()

    def _package(self, folder: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.data_dir / folder / DESCRIPTOR_FILE).read_text(encoding="utf-8"))
        return content


def known_day(descriptor: Descriptor, row: Row, sources: Mapping[str, Source], today: date) -> tuple[str, str]:
    """When the world could first know a row whose file does not say, as (day, basis); ("", "") without a date.

    Votes, rates and maps: the same day. Else the earliest publication of the row's sources that is not before the
    observation (a data set's date is no publication), else the observation plus the table's stated lag, from the
    month's end where only the month is known; never later than today, since the file is here.
    """
    if not _is_date(row.get("date", "")):
        return "", ""
    event = date.fromisoformat(row["date"])
    if row.get("date_precision") == "month":
        event = (event.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    about = descriptor.resource["casefile"]
    if about["kind"] in ("vote", "rate", "map"):
        return row["date"], _fitting(descriptor, "same-day")
    named = [sources[one] for one in (row.get("source_id", ""), row.get("source_id_2", "")) if one in sources]
    published = sorted(
        one.published for one in named if one.published and one.kind != "dataset" and one.published >= event
    )
    if published:
        return published[0].isoformat(), _fitting(descriptor, "publication")
    day = max(min(event + timedelta(days=int(about.get("lag_days", 0))), today), date.fromisoformat(row["date"]))
    return day.isoformat(), _fitting(descriptor, "lag")


def _fitting(descriptor: Descriptor, basis: str) -> str:
    """`basis`, or the only one that the table knows."""
    allowed = (descriptor.fields.get("known_on_basis", {}).get("constraints") or {}).get("enum") or [basis]
    return basis if basis in allowed else str(allowed[0]) if len(allowed) == 1 else basis


def _is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def judge_sources(
    rows: Sequence[tuple[int, Row]], known: Mapping[str, Source], today: date, file: str
) -> list[Problem]:
    """Every problem of new rows of the registry of sources."""
    import re

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
            if not _is_date(row["published"]):
                report("published", "is no date in the form YYYY-MM-DD", "Write it as YYYY-MM-DD, or leave it empty.")
            elif not "1900-01-01" <= row["published"] <= today.isoformat():
                report("published", "lies before 1900 or in the future", "Correct the date.")
        for column in ("publisher", "title", "license", "note"):
            if row[column] and (reason := hazard(row[column])):
                report(column, *reason)
    return found


def _choices(descriptor: Descriptor, column: str) -> str:
    allowed = (descriptor.fields[column].get("constraints") or {}).get("enum")
    return f"--set {column}={'|'.join(allowed) if allowed else '…'}"


def _source(row: Row) -> Source:
    published = date.fromisoformat(row["published"]) if _is_date(row.get("published", "")) else None
    return Source(**{**{c: row.get(c, "") for c in SOURCE_COLUMNS}, "published": published})  # type: ignore[arg-type]


def _below(base: Path, path: Path) -> str:
    return path.relative_to(base).as_posix()


def csv_bytes(columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """Rows as our tables are written: UTF-8, commas, LF, quotes only where needed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue().encode("utf-8")
