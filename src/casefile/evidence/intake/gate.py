"""The one way in for new data: read, fill, validate, compare, write as one change. Used by `add` and `refresh`."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from casefile.errors import DataError, Problem, UsageError
from casefile.evidence.adapters import Adapter, Context, Rows, adapter, adapters
from casefile.evidence.descriptors import Descriptor, no_such_table, read_descriptors
from casefile.evidence.intake.compare import compare, jumps, key_of
from casefile.evidence.intake.content import Content, read_bytes, recognise, refusal
from casefile.evidence.intake.known import fitting_basis, known_day
from casefile.evidence.intake.new_sources import read_new_sources, source_of
from casefile.evidence.intake.output import files_of
from casefile.evidence.intake.request import Plan, Request
from casefile.evidence.intake.sheet import Sheet, check_columns, read_sheet
from casefile.evidence.quarantine import quarantine
from casefile.evidence.rows import Row, validate_rows
from casefile.evidence.sources import COLUMNS as SOURCE_COLUMNS
from casefile.evidence.sources import Sources
from casefile.model import Source

OWN = "table"
"""The name of our own format: the table's columns as CSV, XLSX or JSON."""
FILLED = ("known_on", "known_on_basis")
"""Columns that a file may leave out: they are filled by the stated rule and flagged."""


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
            hint = " The table comes first, then the file." if Path(request.table).is_file() else ""
            raise UsageError(f"{no_such_table(request.table, self.descriptors)}{hint}")
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
                error.kept = quarantine(self.data_dir, name, raw, error.problems)
            raise

    def _plan(self, request: Request, content: Content) -> Plan:
        brought: list[Row] = []
        if request.source_file is not None:
            brought = read_new_sources(self.data_dir, request.source_file, self.sources, self.today)
        known: dict[str, Source] = {**dict(self.sources), **{one["source_id"]: source_of(one) for one in brought}}
        chosen, sheet = self._choose(request, content)
        plan = Plan(request, chosen.name if chosen else OWN, hashlib.sha256(content.raw).hexdigest())
        problems: list[Problem] = []
        if chosen is None:
            assert sheet is not None
            rows, problems = self._own(request, sheet)
            plan.warnings += sheet.warnings
        else:
            rows = self._read(chosen, request, content)
        publisher = self._publisher(chosen, rows, known)
        known |= {one["source_id"]: source_of(one) for one in publisher}
        loose = chosen.loose if chosen else frozenset()
        for table, found in rows.items():
            descriptor, existing = self.descriptors[table], self.rows(table)
            complete = self._complete(descriptor, found, known, plan)
            bad = validate_rows(descriptor, complete, known, existing, self.today, file=content.name)
            problems += bad
            if not bad and not request.allow_jump:
                problems += jumps(descriptor, complete, existing, content.name)
            plan.comparisons.append(compare(descriptor, self.keyed(table), complete, loose))
        if problems:
            raise DataError(sorted(problems, key=lambda one: one.row or 0))
        used = plan.sources_named
        plan.new_sources = [one for one in [*brought, *publisher] if one["source_id"] in used]
        plan.warnings += [
            f"The source {one['source_id']} came along but no new row names it; it is not registered."
            for one in brought
            if one["source_id"] not in used
        ]
        plan.warnings += self._news(plan)
        return plan

    def _read(self, chosen: Adapter, request: Request, content: Content) -> Rows:
        """The rows that an adapter makes of a file, with what `--set` says."""
        allowed = self._settable(chosen, request.table)
        unknown = sorted(set(request.options) - allowed)
        if unknown:
            listed = ", ".join(sorted(allowed))
            raise UsageError(f"--set {unknown[0]} means nothing for {chosen.name}. Allowed: {listed}.")
        context = Context(request.table, request.options, self.today, self.rows)
        try:
            rows = chosen.read(content, context)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            rule = f"is not what {chosen.name} reads ({type(error).__name__}: {error})"
            raise refusal(
                content.name, rule, "Take the file from its publisher again, or name its --format."
            ) from error
        return self._with_options(chosen, request, rows)

    def _publisher(self, chosen: Adapter | None, rows: Rows, known: Mapping[str, Source]) -> list[Row]:
        """The adapter's own source, when its rows name it and it is not registered yet."""
        named = {row.get("source_id", "") for found in rows.values() for _, row in found}
        name = chosen.source.get("source_id", "") if chosen else ""
        if chosen is None or name not in named or name in known:
            return []
        return [{column: chosen.source.get(column, "") for column in SOURCE_COLUMNS}]

    def rows(self, table: str) -> list[dict[str, str]]:
        """All rows of one of our tables, as text."""
        if table not in self.descriptors:
            raise no_such_table(table, self.descriptors)
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
        return files_of(self, plan, on_conflict)

    def _choose(self, request: Request, content: Content) -> tuple[Adapter | None, Sheet | None]:
        """The adapter for a file, or None and the sheet when it is in our own columns."""
        if request.format and request.format != OWN:
            return adapter(request.format), None
        if content.kind == "xlsx" or request.format == OWN:
            return None, read_sheet(content)
        fitting = [one for one in adapters().values() if request.table in one.tables and one.recognises(content)]
        if len(fitting) == 1:
            return fitting[0], None
        other = [one for one in adapters().values() if one.recognises(content)]
        if content.kind == "xml" or other:
            hint = (
                f"It looks like {other[0].name}, which feeds {', '.join(other[0].tables)}."
                if other
                else "See --format."
            )
            raise refusal(content.name, f"is no {content.kind.upper()} that feeds {request.table}", hint)
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
                        "Say it with " + " ".join(f"--set {one}='…'" for one in absent) + "".join(choices)
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
                full["known_on_basis"] = fitting_basis(
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


def _choices(descriptor: Descriptor, column: str) -> str:
    """What a column may hold, for a person; "" for free text that nothing is said of."""
    field = descriptor.fields[column]
    allowed = [one for one in (field.get("constraints") or {}).get("enum", ()) if one]
    words = str(field.get("description", "")).strip()
    if not allowed and not words:
        return ""
    return f"\n  {column}:" + (f" one of {', '.join(allowed)}." if allowed else "") + (f" {words}" if words else "")
