"""`casefile check`: everything under a data folder against its descriptors, registries and guards.

Finds every defect, not only the first: a broken table does not hide the next one, nor a broken registry the tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from casefile.errors import DataError, Problem, UsageError
from casefile.evidence.corrections import failed_guards, read_corrections
from casefile.evidence.descriptor_rules import described_tables
from casefile.evidence.descriptors import Descriptor, refuse_no_data_folder
from casefile.evidence.intake.sheet import Sheet, check_columns, sheet_of
from casefile.evidence.journal import settle
from casefile.evidence.registry_rules import checked_claims, checked_sources
from casefile.evidence.rows import Numbered, validate_rows
from casefile.model import Claim, Source
from casefile.paths import CORRECTIONS_FILE
from casefile.words import counted, day


@dataclass(frozen=True)
class CheckReport:
    """What was checked, a line a table, and everything that was found wrong, in order of file and line."""

    lines: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def check_data(
    data_dir: Path,
    *,
    today: date | None = None,
    findings: Callable[[Claim], Collection[str]] | None = None,
) -> CheckReport:
    """Validates all data under a folder: tables, descriptors, sources, claims and corrections.

    `today` is the day after which a date lies in the future. `findings`, when given, says which findings a claim's
    analysis states, so that a rule that names another is reported. Raises `UsageError` when there is no such folder;
    every other defect, unreadable files included, is in the report.
    """
    if not data_dir.is_dir():
        raise UsageError(f"There is no data folder at {data_dir}.")
    refuse_no_data_folder(data_dir)
    settle(data_dir)
    now = today or date.today()
    sources, problems = checked_sources(data_dir, now)
    lines = [_line("sources", len(sources), "", problems)]
    tables, wrong = described_tables(data_dir)
    problems = problems + wrong
    rows: dict[str, list[Numbered]] = {}
    for name, descriptor in tables.items():
        found, rows[name] = _table(descriptor, sources, now)
        lines.append(_line(name, len(rows[name]), _known(rows[name]), found))
        problems += found
    problems += _references(tables, rows)
    count, wrong = checked_claims(data_dir, tables, findings)
    lines.append(_line("claims", count, "", wrong))
    problems += wrong
    count, wrong = _corrections(data_dir, tables, rows)
    lines.append(_line("corrections", count, "", wrong))
    problems += wrong
    return CheckReport(lines, [_relative(one, data_dir) for one in problems])


def _table(descriptor: Descriptor, sources: Mapping[str, Source], today: date) -> tuple[list[Problem], list[Numbered]]:
    """The problems of one table and its rows, as far as they can be read."""
    name = str(descriptor.path)
    try:
        raw = descriptor.path.read_bytes()
    except OSError as error:
        return [Problem(name, None, None, None, f"cannot be read ({error.strerror})", "Restore the file.")], []
    problems = _stamps(descriptor, raw)
    if descriptor.resource["casefile"].get("rows") == 0 and raw == ",".join(descriptor.fields).encode() + b"\n":
        return problems, []  # begun and not filled yet: `unfinished` says so
    try:
        sheet = sheet_of(raw, name)
    except DataError as error:
        return problems + [replace(one, file=name) for one in error.problems], []
    problems += sheet.problems
    problems += _columns(descriptor, sheet)
    promised = descriptor.resource["casefile"].get("rows")
    if promised != len(sheet.rows) + len([one for one in sheet.problems if one.row]):
        rule = f"holds {counted(len(sheet.rows), 'row')}; its descriptor promises {promised}"
        problems.append(Problem(name, None, None, None, rule, "Restore the file, or add rows with `casefile add`."))
    problems += validate_rows(_present(descriptor, sheet), sheet.rows, sources, today=today, file=name)
    return problems, sheet.rows


def broken_rows(descriptor: Descriptor, raw: bytes, *, today: date | None = None) -> list[Problem]:
    """What is wrong inside one table's file: its form, its columns and its rows, not its size and hash."""
    name = str(descriptor.path)
    if raw == ",".join(descriptor.fields).encode() + b"\n":
        return []  # begun and not filled yet: `unfinished` says so
    now = today or date.today()
    try:
        sheet = sheet_of(raw, name)
    except DataError as error:
        return [replace(one, file=name) for one in error.problems]
    sources, _ = checked_sources(descriptor.path.parent.parent, now)
    found = sheet.problems + _columns(descriptor, sheet)
    return found + validate_rows(_present(descriptor, sheet), sheet.rows, sources, today=now, file=name)


def _stamps(descriptor: Descriptor, raw: bytes) -> list[Problem]:
    """Bytes and hash against the descriptor: they tell that a file was changed outside `casefile add`."""
    found = []
    remedy = "Restore the file, or bring the change in with `casefile add`, which renews its descriptor."
    digest = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    if descriptor.resource.get("bytes") != len(raw):
        rule = f"has {len(raw)} bytes; its descriptor says {descriptor.resource.get('bytes')}"
        found.append(Problem(str(descriptor.path), None, None, None, rule, remedy))
    if descriptor.resource.get("hash") != digest:
        rule = "is not the file that its descriptor describes (the hash differs)"
        found.append(Problem(str(descriptor.path), None, None, None, rule, remedy))
    return found


def _columns(descriptor: Descriptor, sheet: Sheet) -> list[Problem]:
    try:
        check_columns(replace(sheet, problems=[]), descriptor.fields)
    except DataError as error:
        return error.problems
    if sheet.columns != list(descriptor.fields):
        rule = "has its columns in another order than its descriptor"
        return [Problem(sheet.name, 1, None, None, rule, f"Order: {', '.join(descriptor.fields)}.")]
    return []


def _present(descriptor: Descriptor, sheet: Sheet) -> Descriptor:
    """The descriptor narrowed to columns that the file has, so that a missing one is reported once, not row by row."""
    schema = descriptor.resource["schema"]
    fields = [one for one in schema["fields"] if one["name"] in sheet.columns]
    if len(fields) == len(schema["fields"]):
        return descriptor
    names = {one["name"] for one in fields}
    key = [one for one in descriptor.key if one in names]
    rules = [one for one in descriptor.resource["casefile"].get("rules", []) if _named(one) <= names]
    narrowed = {
        **descriptor.resource,
        "schema": {**schema, "fields": fields, "primaryKey": key or [fields[0]["name"]] if fields else []},
        "casefile": {**descriptor.resource["casefile"], "rules": rules},
    }
    return Descriptor(descriptor.name, descriptor.path, narrowed)


def _named(rule: Mapping[str, object]) -> set[str]:
    """The columns that a declared rule speaks of."""
    found: set[str] = set()
    for key in ("equals", "column"):
        if key in rule:
            found.add(str(rule[key]))
    for key in ("sum", "within", "not_before", "order", "when"):
        found |= {str(one) for one in rule.get(key, ())}  # type: ignore[attr-defined]
    return found


def _references(tables: Mapping[str, Descriptor], rows: Mapping[str, list[Numbered]]) -> list[Problem]:
    """Keys that point into another table of the same pillar must find their row there."""
    found = []
    resources = {str(one.resource["name"]): name for name, one in tables.items()}
    for name, descriptor in tables.items():
        for key in descriptor.resource["schema"].get("foreignKeys", []):
            target = resources.get(key["reference"]["resource"])
            if target is None:
                continue
            column, wanted = _single(key["fields"]), _single(key["reference"]["fields"])
            there = {row.get(wanted, "") for _, row in rows[target]}
            missing: dict[str, int] = {}
            for line, row in rows[name]:
                value = row.get(column, "")
                if value and value not in there:
                    missing.setdefault(value, line)
            for value, line in missing.items():
                rule = f"has no row in {target}"
                found.append(
                    Problem(str(descriptor.path), line, column, value, rule, f"Add it to {target}, or correct it.")
                )
    return found


def _single(fields: str | list[str]) -> str:
    return fields if isinstance(fields, str) else str(fields[0])


def _corrections(
    data_dir: Path, tables: Mapping[str, Descriptor], rows: Mapping[str, list[Numbered]]
) -> tuple[int, list[Problem]]:
    try:
        entries = read_corrections(data_dir)
    except DataError as error:
        return 0, error.problems
    file = str(data_dir / CORRECTIONS_FILE)
    found = [
        problem
        for one in entries
        for problem in failed_guards(file, one, tables.get(one.table), rows.get(one.table, []))
    ]
    return len(entries), found


def _known(rows: list[Numbered]) -> str:
    days = sorted(row["known_on"] for _, row in rows if len(row.get("known_on", "")) == 10)
    try:
        return f", known {day(days[0])} to {day(days[-1])}" if days else ""
    except ValueError:
        return ""


def _line(name: str, rows: int, known: str, problems: list[Problem]) -> str:
    noun = {"sources": "source", "claims": "claim", "corrections": "correction"}.get(name, "row")
    state = counted(len(problems), "problem") if problems else "in order"
    return f"{name}: {counted(rows, noun)}{known}: {state}"


def _relative(problem: Problem, data_dir: Path) -> Problem:
    """The problem with its file as seen from the data folder's parent."""
    try:
        return replace(problem, file=Path(problem.file).relative_to(data_dir.parent).as_posix())
    except ValueError:
        return problem
