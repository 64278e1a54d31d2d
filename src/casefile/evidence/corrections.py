"""Declared corrections of source values: what stands in the table, what is right, why, and a guard that ends it.

A table keeps what its source says. A correction changes one cell when the table is loaded, and only as long as the cell
still holds what the correction says it holds; once the source repairs itself, the correction must go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from casefile.errors import DataError, Problem
from casefile.evidence.descriptors import Descriptor
from casefile.evidence.rows import Numbered, Row
from casefile.evidence.safe_yaml import read_yaml
from casefile.paths import CORRECTIONS_FILE

REQUIRED = ("id", "table", "row", "column", "from", "to", "reason", "author", "date")
GUARD = {"row", "column", "holds"}
TRUE_FALSE = {"true": True, "false": False}


@dataclass(frozen=True)
class Correction:
    """One cell: `before` is what the source says, `after` what is right. Cells are texts as in the CSV.

    `guard` names another row whose `column` must still hold `holds`: the ground on which `after` is known to be right.
    """

    id: str
    table: str
    row: Mapping[str, str]
    column: str
    before: str
    after: str
    reason: str
    author: str
    date: str
    guard: Mapping[str, Any] = field(default_factory=dict)


def read_corrections(data_dir: Path) -> tuple[Correction, ...]:
    """All corrections in the order of the file; none when there is no file.

    Raises `DataError` with every problem of form: a missing or unknown key, a repeated id, a wrong date.
    """
    path = data_dir / CORRECTIONS_FILE
    if not path.is_file():
        return ()
    content = read_yaml(path)
    entries = content.get("corrections") if isinstance(content, dict) else None
    problems: list[Problem] = []
    found: dict[str, Correction] = {}
    if not isinstance(entries, list):
        problem = Problem(str(path), None, "corrections", None, "must be a list", "Write `corrections: []` for none.")
        raise DataError([problem])
    for entry in entries:
        name = str(entry.get("id", "?")) if isinstance(entry, dict) else "?"
        before = len(problems)
        problems += [Problem(str(path), None, name, value, rule, remedy) for value, rule, remedy in _form(entry)]
        if name in found:
            rule = "two corrections have this id"
            problems.append(Problem(str(path), None, name, None, rule, "Give each an id of its own."))
        if len(problems) == before:
            found[name] = _correction(entry)
    if problems:
        raise DataError(problems)
    return tuple(found.values())


def _form(entry: Any) -> list[tuple[str | None, str, str]]:
    """What is wrong with the form of one entry: (value, rule, remedy)."""
    if not isinstance(entry, dict):
        return [(str(entry), "a correction must be a mapping", "See CONTRIBUTING.md.")]
    wrong: list[tuple[str | None, str, str]] = []
    absent = [key for key in REQUIRED if entry.get(key) in (None, "") and not (key == "from" and entry.get(key) == "")]
    unknown = sorted(set(map(str, entry)) - {*REQUIRED, "guard"})
    if absent:
        wrong.append((None, f"lacks {', '.join(absent)}", "Fill every key."))
    if unknown:
        wrong.append((None, f"has unknown keys {', '.join(unknown)}", f"Known: {', '.join(REQUIRED)}, guard."))
    if not isinstance(entry.get("row"), dict):
        wrong.append((None, "row must map each key column to its value", "Name the row by its key columns."))
    if entry.get("date") and not _is_day(str(entry["date"])):
        wrong.append((str(entry["date"]), "is no date in the form YYYY-MM-DD", "Write the day of the correction."))
    if str(entry.get("from")) == str(entry.get("to")):
        wrong.append((str(entry.get("to")), "changes nothing", "Remove the correction."))
    guard = entry.get("guard", {})
    if not isinstance(guard, dict) or (guard and (set(guard) != GUARD or not isinstance(guard["row"], dict))):
        wrong.append((None, "a guard has row, column and holds", "Name another row that must still hold a value."))
    return wrong


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _correction(entry: Mapping[str, Any]) -> Correction:
    guard = entry.get("guard") or {}
    return Correction(
        id=str(entry["id"]),
        table=str(entry["table"]),
        row={str(key): str(value) for key, value in entry["row"].items()},
        column=str(entry["column"]),
        before=str(entry["from"] if entry["from"] is not None else ""),
        after=str(entry["to"]),
        reason=" ".join(str(entry["reason"]).split()),
        author=str(entry["author"]),
        date=str(entry["date"]),
        guard={**guard, "row": {str(key): str(value) for key, value in guard["row"].items()}} if guard else {},
    )


def failed_guards(
    file: str, correction: Correction, descriptor: Descriptor | None, rows: Sequence[Numbered]
) -> list[Problem]:
    """Why a correction cannot stand against the rows of its table as the CSV holds them; empty when it can.

    `rows` are (line, row) of the table; `descriptor` is None for a table that does not exist.
    """

    def problem(value: str | None, rule: str, remedy: str) -> Problem:
        return Problem(file, None, correction.id, value, rule, remedy)

    if descriptor is None:
        return [problem(correction.table, "names a table that no descriptor describes", "Correct the name.")]
    if set(correction.row) != set(descriptor.key):
        rule = f"names a row by {', '.join(correction.row)}"
        return [problem(None, rule, f"Name it by its key: {', '.join(descriptor.key)}.")]
    if correction.column not in descriptor.fields or correction.column in descriptor.key:
        return [problem(correction.column, "names no column that can be corrected", "Name a column outside the key.")]
    found = _cells(rows, correction.row, correction.column)
    if not found:
        return [problem("/".join(correction.row.values()), "names a row that is not there", "Remove the correction.")]
    wrong = []
    if not _same(found[0], correction.before):
        rule = f"expects {correction.before!r} in the table, which now holds another value"
        wrong.append(
            problem(found[0], rule, "The source has changed: look again, and remove or rewrite the correction.")
        )
    if correction.guard:
        ground = _cells(rows, correction.guard["row"], str(correction.guard["column"]))
        if not ground or not _same(ground[0], str(correction.guard["holds"])):
            rule = f"rests on a row that no longer holds {correction.guard['holds']!r}"
            wrong.append(problem(ground[0] if ground else None, rule, "Find another ground, or remove the correction."))
    return wrong


def _cells(rows: Sequence[Numbered], like: Mapping[str, str], column: str) -> list[str]:
    return [
        str(row.get(column, ""))
        for _, row in rows
        if all(_same(row.get(name, ""), value) for name, value in like.items())
    ]


def _same(cell: str, value: str) -> bool:
    """Whether two texts are one value: 35 is 35.0."""
    if cell == value:
        return True
    try:
        return float(cell) == float(value)
    except ValueError:
        return False


def corrected(frame: pd.DataFrame, descriptor: Descriptor, corrections: Iterable[Correction]) -> pd.DataFrame:
    """A freshly loaded table with its corrections applied, in place.

    Raises `DataError` when a guard fails: the table no longer holds what a correction says it holds.
    """
    mine = [one for one in corrections if one.table == descriptor.name]
    problems: list[Problem] = []
    for one in mine:
        held = frame
        for name, value in one.row.items():
            if name in held.columns:
                held = held[[_same(_text(cell), value) for cell in held[name]]]
        rows: list[tuple[int, Row]] = [
            (0, {name: _text(row[name]) for name in descriptor.fields}) for row in _plain(held)
        ]
        if one.guard:
            ground = frame
            for name, value in one.guard["row"].items():
                if name in ground.columns:
                    ground = ground[[_same(_text(cell), value) for cell in ground[name]]]
            rows += [(0, {name: _text(row[name]) for name in descriptor.fields}) for row in _plain(ground)]
        failed = failed_guards(CORRECTIONS_FILE, one, descriptor, rows)
        problems += failed
        if not failed:
            frame.loc[held.index, one.column] = _typed(one.after, str(descriptor.fields[one.column]["type"]))
    if problems:
        raise DataError(problems)
    return frame


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _text(cell: Any) -> str:
    """A typed cell as the CSV writes it."""
    if cell is None or cell is pd.NaT or cell is pd.NA or cell != cell:
        return ""
    if isinstance(cell, pd.Timestamp):
        return str(cell.date())
    if isinstance(cell, bool) or type(cell).__name__ == "bool":
        return "true" if cell else "false"
    return repr(float(cell)) if isinstance(cell, float) else str(cell)


def _typed(text: str, kind: str) -> Any:
    if kind in ("number", "integer"):
        return float(text)
    if kind == "date":
        return pd.Timestamp(text)
    return TRUE_FALSE[text] if kind == "boolean" else text
