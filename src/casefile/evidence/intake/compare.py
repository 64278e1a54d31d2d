"""New rows beside the rows that are there: new, unchanged, changed, conflicting; and jumps against the last value."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from casefile.errors import Problem
from casefile.evidence.cells import NUMBER
from casefile.evidence.descriptors import Descriptor
from casefile.evidence.rows import Row

_REMARKS = {"note", "source_id_2", "official_url", "original_url"}
"""Columns that say more about a row without saying something else."""
_ORIGIN = {"source_id", "known_on", "known_on_basis", "derived"}
_DATES = {
    "date",
    "known_on",
    "period_start",
    "period_end",
    "poll_id",
    "vote_id",
    "source_id",
    "field_start",
    "field_end",
}
GENERAL_FACTOR = 300
"""Where the descriptor states no `max_jump`: a value so many times the usual one is a wrong unit, not news."""
SMALL_SHARE = 10.0
"""Shares may multiply while they are small: a jump of fewer points than this is none."""


@dataclass
class Comparison:
    """What adding rows to one table would do. Rows are keyed by their row id `table:key/key`."""

    table: str
    new: list[Row] = field(default_factory=list)
    changed: list[tuple[str, Row, dict[str, tuple[str, str]]]] = field(default_factory=list)
    conflicts: list[tuple[int, str, Row, dict[str, tuple[str, str]]]] = field(default_factory=list)
    same: int = 0


def key_of(descriptor: Descriptor, row: Row) -> tuple[str, ...]:
    """The row's key, numbers in one form, so that 5 and 5.0 are one key."""
    return tuple(_plain(row.get(one, ""), descriptor.fields[one]["type"]) for one in descriptor.key)


def row_id(descriptor: Descriptor, row: Row) -> str:
    return f"{descriptor.name}:" + "/".join(key_of(descriptor, row))


def compare(
    descriptor: Descriptor,
    existing: Mapping[tuple[str, ...], Row],
    rows: Iterable[tuple[int, Row]],
    loose: frozenset[str] = frozenset(),
) -> Comparison:
    """Sort `rows` into new, unchanged, changed and conflicting against the `existing` rows by key.

    A row is changed when it fills empty cells or words its remarks anew, and conflicting when a cell that has a value
    gets another one. An empty cell states nothing. In the columns `loose`, another wording is no difference.
    """
    found = Comparison(descriptor.name)
    for line, row in rows:
        old = existing.get(key_of(descriptor, row))
        if old is None:
            found.new.append(row)
            continue
        cells = {
            column: (old.get(column, ""), row[column])
            for column in descriptor.fields
            if column not in loose
            and row.get(column, "") != ""
            and not _equal(old.get(column, ""), row[column], descriptor, column)
        }
        hard = {column for column, (before, _) in cells.items() if before != "" and column not in _REMARKS}
        if not cells or ("source_id" in cells and hard <= _ORIGIN):
            found.same += 1  # the same values, from another source too
        elif hard:
            found.conflicts.append((line, row_id(descriptor, row), row, cells))
        else:
            found.changed.append((row_id(descriptor, row), row, cells))
    return found


def _equal(a: str, b: str, descriptor: Descriptor, column: str) -> bool:
    kind = descriptor.fields[column]["type"]
    return _plain(a, kind) == _plain(b, kind)


def _plain(value: str, kind: str) -> str:
    if kind in ("number", "integer") and NUMBER.match(value):
        return f"{float(value):.15g}"
    return value


def jumps(descriptor: Descriptor, rows: Sequence[tuple[int, Row]], existing: Sequence[Row], file: str) -> list[Problem]:
    """Values that are out of scale against the last ones of their series, and units that differ from theirs."""
    rule = descriptor.resource["casefile"].get("max_jump")
    series = [one for one in descriptor.key if one not in _DATES]
    measured = {rule["column"]: (rule["within"], float(rule["factor"]))} if rule else {}
    for column, about in descriptor.fields.items() if descriptor.resource["casefile"]["kind"] != "vote" else ():
        if about["type"] in ("number", "integer") and column not in descriptor.key and column not in measured:
            measured[column] = (series, float(GENERAL_FACTOR))
    known = {key_of(descriptor, row) for row in existing}
    fresh = [(line, row) for line, row in rows if key_of(descriptor, row) not in known]
    found: list[Problem] = []
    for column, (within, factor) in measured.items():
        stated = bool(rule) and column == rule["column"]
        found += _scale(descriptor, column, within, factor, stated, fresh, existing, file)
    if "unit" in descriptor.fields and "unit" not in descriptor.key:
        found += _units(series, fresh, existing, file)
    return sorted(found, key=lambda one: one.row or 0)


def _scale(
    descriptor: Descriptor,
    column: str,
    within: Sequence[str],
    factor: float,
    stated: bool,
    fresh: Sequence[tuple[int, Row]],
    existing: Sequence[Row],
    file: str,
) -> list[Problem]:
    share = column.endswith("pct") or (descriptor.fields[column].get("unit") or "") in ("%", "percent")
    history: dict[tuple[str, ...], list[tuple[str, float]]] = defaultdict(list)
    for row in existing:
        if NUMBER.match(row.get(column, "")):
            history[_group(row, within)].append((row.get("date", ""), float(row[column])))
    for one in history.values():
        one.sort()
    found = []
    for line, row in sorted(fresh, key=lambda one: one[1].get("date", "")):
        value = row.get(column, "")
        if not NUMBER.match(value):
            continue
        group, day, number = _group(row, within), row.get("date", ""), float(value)
        series = history[group]
        late = not series or series[-1][0] <= day
        place = len(series) if late else bisect_right(series, day, key=lambda one: one[0])
        before = series[max(place - 12, 0) : place] or series[:12]
        if before:
            usual = abs(before[-1][1]) if stated else median(abs(one) for _, one in before)
            if _out_of_scale(abs(number), usual, factor, share, stated or len(before) >= 3):
                last = f"{before[-1][1]:g}" + (f" ({before[-1][0]})" if before[-1][0] else "")
                rule = f"is out of scale: the last value of {' / '.join(group) or descriptor.name} is {last}"
                remedy = "Check value and unit; if it is right, add it with --allow-jump."
                found.append(Problem(file, line, column, value, rule, remedy))
                continue
        series.insert(place, (day, number))
    return found


def _out_of_scale(value: float, usual: float, factor: float, share: bool, enough: bool) -> bool:
    if not enough or usual == 0 or (share and abs(value - usual) < SMALL_SHARE):
        return False
    if value == 0:
        return False
    return value / usual > factor or usual / value > factor


def _units(
    series: Sequence[str], fresh: Sequence[tuple[int, Row]], existing: Sequence[Row], file: str
) -> list[Problem]:
    seen: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for row in existing:
        seen[_group(row, series)].append(row.get("unit", ""))
    known = {group: set(units) for group, units in seen.items() if len(units) >= 3 and len(set(units)) == 1}
    return [
        Problem(
            file,
            line,
            "unit",
            row.get("unit", ""),
            f"is not the unit of {' / '.join(_group(row, series))}, {' or '.join(sorted(known[_group(row, series)]))}",
            "Convert the value; if the series really changed its unit, add it with --allow-jump.",
        )
        for line, row in fresh
        if row.get("unit", "") not in known.get(_group(row, series), {row.get("unit", "")})
    ]


def _group(row: Row, within: Sequence[str]) -> tuple[str, ...]:
    return tuple(row.get(one, "") for one in within)


def merged(descriptor: Descriptor, existing: Sequence[Row], found: Comparison, replace: bool) -> list[dict[str, str]]:
    """The table's rows after the change; conflicting rows keep the old values unless `replace`."""
    updates: dict[tuple[str, ...], Mapping[str, tuple[str, str]]] = {
        key_of(descriptor, row): cells for _, row, cells in found.changed
    }
    if replace:
        updates |= {key_of(descriptor, row): cells for _, _, row, cells in found.conflicts}
    rows: list[dict[str, str]] = []
    for row in existing:
        cells = updates.get(key_of(descriptor, row), {})
        rows.append({**row, **{column: after for column, (_, after) in cells.items()}})
    return rows + [dict(row) for row in found.new]


def as_json(found: Comparison) -> dict[str, Any]:
    """The comparison as plain JSON values."""
    return {
        "new": len(found.new),
        "unchanged": found.same,
        "changed": [{"row": name, "cells": {k: list(v) for k, v in cells.items()}} for name, _, cells in found.changed],
        "conflicting": [
            {"row": name, "line": line, "cells": {k: list(v) for k, v in cells.items()}}
            for line, name, _, cells in found.conflicts
        ],
    }
