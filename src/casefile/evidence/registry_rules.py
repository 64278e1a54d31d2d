"""The registries: sources and claims, judged entry by entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from casefile.errors import DataError, Problem
from casefile.evidence.claims import read_claims
from casefile.evidence.descriptors import Descriptor
from casefile.evidence.intake.sheet import sheet_of
from casefile.evidence.rows import Row
from casefile.evidence.safe_yaml import read_yaml
from casefile.evidence.sources import COLUMNS, KINDS
from casefile.evidence.text import bad_link, hazard
from casefile.model import Claim, Source
from casefile.paths import CLAIMS_FILE, SOURCES_FILE

ID = re.compile(r"[a-z0-9][a-z0-9._-]*\Z")


def checked_sources(data_dir: Path, today: date) -> tuple[dict[str, Source], list[Problem]]:
    """The registered sources by id, as far as they can be read, and every problem of the registry."""
    path = str(data_dir / SOURCES_FILE)
    try:
        sheet = sheet_of((data_dir / SOURCES_FILE).read_bytes(), path)
    except OSError as error:
        return {}, [Problem(path, None, None, None, f"cannot be read ({error.strerror})", "Restore the registry.")]
    except DataError as error:
        return {}, error.problems
    problems = list(sheet.problems)
    if sheet.columns != list(COLUMNS):
        rule = f"has the columns {', '.join(sheet.columns)}"
        problems.append(Problem(path, 1, None, None, rule, f"The columns are {', '.join(COLUMNS)}."))
    sources: dict[str, Source] = {}
    first: dict[str, int] = {}
    for line, row in sheet.rows:
        name = row.get("source_id", "")
        for column, value, rule, remedy in _source(row, today):
            problems.append(Problem(path, line, column, value, rule, remedy))
        if name in first:
            rule = f"is registered on line {first[name]} too"
            problems.append(Problem(path, line, "source_id", name, rule, "Give each source an id of its own."))
        first.setdefault(name, line)
        published = row.get("published", "")
        texts = {column: row.get(column, "") for column in COLUMNS if column != "published"}
        sources.setdefault(name, Source(**texts, published=date.fromisoformat(published) if _day(published) else None))
    return sources, problems


def _source(row: Row, today: date) -> list[tuple[str, str, str, str]]:
    """What is wrong with one source: (column, value, rule, remedy)."""
    wrong = []
    for column in ("source_id", "publisher", "title", "url", "kind"):
        if not row.get(column):
            wrong.append((column, "", "is empty but required", "Fill it."))
    name, url, published, kind = (row.get(one, "") for one in ("source_id", "url", "published", "kind"))
    if name and not ID.match(name):
        wrong.append(("source_id", name, "is no plain id", "Use small letters, digits, dots and dashes."))
    if url and (reason := bad_link(url)):
        wrong.append(("url", url, *reason))
    if published and not _day(published):
        wrong.append(("published", published, "is no date in the form YYYY-MM-DD", "Correct it, or leave it empty."))
    elif published and date.fromisoformat(published) > today:
        wrong.append(("published", published, "lies in the future", "Correct the date."))
    if kind and kind not in KINDS:
        wrong.append(("kind", kind, "is no kind of source", f"Kinds: {', '.join(KINDS)}."))
    for column in ("publisher", "title", "license", "note"):
        if reason := hazard(row.get(column, "")):
            wrong.append((column, row[column], *reason))
    return wrong


def _day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def checked_claims(
    data_dir: Path,
    tables: Mapping[str, Descriptor],
    findings: Callable[[Claim], Collection[str]] | None = None,
) -> tuple[int, list[Problem]]:
    """How many claims there are, and every problem of their registry.

    `findings` says which findings a claim's analysis states; without it names of findings are not checked.
    """
    path = str(data_dir / CLAIMS_FILE)
    try:
        claims = read_claims(data_dir, tables)
    except DataError as error:
        return 0, error.problems + _raw_probes(data_dir, tables)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        rule = f"has an entry of the wrong shape ({error})"
        return 0, [Problem(path, None, "claims", None, rule, "See CONTRIBUTING.md.")]
    problems: list[Problem] = []
    for claim in claims.values():

        def report(value: str | None, rule: str, remedy: str, claim: Claim = claim) -> None:
            problems.append(Problem(path, None, claim.id, value, rule, remedy))

        for what, names in {
            "tests": [one.id for one in claim.tests],
            "alternatives": [one.id for one in claim.alternatives],
        }.items():
            for name in sorted({one for one in names if names.count(one) > 1}):
                report(name, f"two of its {what} have this id", "Give each an id of its own.")
        if findings is not None:
            stated = set(findings(claim))
            named = [claim.headline, *(one.finding for one in claim.tests), *claim.against, *claim.reply_findings]
            named += claim.in_favour
            for name in dict.fromkeys(one for one in named if one not in stated):
                report(
                    name, "names a finding that its analysis does not state", f"Stated: {', '.join(sorted(stated))}."
                )
    return len(claims), problems + _raw_probes(data_dir, tables)


def _raw_probes(data_dir: Path, tables: Mapping[str, Descriptor]) -> list[Problem]:
    """Probes that speak of tables, columns or values that do not exist; read raw, so that another defect hides none."""
    path = data_dir / CLAIMS_FILE
    try:
        entries: Any = read_yaml(path)["claims"]
    except (DataError, KeyError, TypeError):
        return []
    found = []
    for entry in entries if isinstance(entries, list) else []:
        probes = entry.get("probes") if isinstance(entry, dict) else None
        for probe in probes if isinstance(probes, list) else []:
            if isinstance(probe, dict):
                found += [
                    Problem(str(path), None, str(entry.get("id", "?")), value, rule, remedy)
                    for value, rule, remedy in _probe(probe, entry.get("tables") or [], tables)
                ]
    return found


def _probe(
    probe: Mapping[str, Any], declared: Collection[str], tables: Mapping[str, Descriptor]
) -> list[tuple[str | None, str, str]]:
    name = str(probe.get("table"))
    if name not in declared:
        return [(name, "a probe uses a table that its claim does not declare", "Declare it, or use another.")]
    if name not in tables:
        return [(name, "a probe uses a table that no descriptor describes", "Correct the name.")]
    fields = tables[name].fields
    wrong: list[tuple[str | None, str, str]] = []
    columns = [(column, {name}) for column in (probe.get("column"), *(probe.get("like") or {}))]
    read = {name}
    for other in probe.get("beside") or []:
        table = str(other.get("table", name))
        if table not in declared or table not in tables:
            wrong.append((table, "a probe uses a table that its claim does not declare", "Declare it, or use another."))
            continue
        read.add(table)
        columns += [(column, {table}) for column in other if column != "table"]
    columns += [(column, read) for column in probe.get("set") or {}]
    for column, among in columns:
        if not any(column in tables[one].fields for one in among):
            where = " or ".join(sorted(among))
            wrong.append((str(column), f"a probe names a column that {where} does not have", "Correct the name."))
    allowed = (fields.get(str(probe.get("column")), {}).get("constraints") or {}).get("enum")
    for value in probe.get("values") or []:
        if allowed and value not in allowed:
            wrong.append(
                (str(value), f"a probe tries a value that {name} does not allow", f"Allowed: {', '.join(allowed)}.")
            )
    if not probe.get("values") and (probe.get("low") is None or probe.get("high") is None):
        wrong.append((None, "a probe has values, or low and high", "Give the range that it tries."))
    return wrong
