"""Rows that do not fit beside one another: repeated keys, shares over everyone, categories that only look new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from casefile.evidence.cells import NUMBER
from casefile.evidence.descriptors import Descriptor
from casefile.evidence.text import skeleton

Row = Mapping[str, str]
Numbered = tuple[int, Row]


def repeated_keys(descriptor: Descriptor, rows: list[Numbered], report: Callable[..., None]) -> None:
    first: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        key = tuple(row.get(one, "") for one in descriptor.key)
        if key in first:
            reason = (f"has the same key as line {first[key]} ({', '.join(descriptor.key)})", "Keep one of them.")
            report(line, descriptor.key[0], "/".join(key), reason)
        else:
            first[key] = line


def shares_over_all(
    descriptor: Descriptor, rows: list[Numbered], existing: Sequence[Row], report: Callable[..., None]
) -> None:
    """Shares of one question must not add up to more than everyone."""
    for rule in descriptor.resource["casefile"].get("rules", []):
        if "sum_at_most" not in rule:
            continue
        column, within = rule["column"], rule["within"]
        totals: dict[tuple[str, ...], float] = defaultdict(float)
        last: dict[tuple[str, ...], tuple[int, str]] = {}
        keys = {tuple(row.get(one, "") for one in descriptor.key) for _, row in rows}
        kept = ((None, row) for row in existing if tuple(row.get(one, "") for one in descriptor.key) not in keys)
        for line, row in [*kept, *rows]:
            value = row.get(column, "")
            if NUMBER.match(value):
                group = tuple(row.get(one, "") for one in within)
                totals[group] += float(value)
                if line is not None:
                    last[group] = (line, value)
        for group, (line, value) in last.items():
            if totals[group] > rule["sum_at_most"] + 1e-9:
                whose = " / ".join(filter(None, group))
                reason = (
                    f"brings the sum for {whose} to {totals[group]:g}, more than {rule['sum_at_most']:g}",
                    "Check the shares, or give answers of different questions different series.",
                )
                report(line, column, value, reason)


def lookalikes(
    descriptor: Descriptor,
    rows: list[Numbered],
    existing: Sequence[Row],
    wrong: set[tuple[int | None, str | None]],
    report: Callable[..., None],
) -> None:
    """A category that differs from a known one only in case, spaces or alphabet would split a series in silence."""
    for column in {*descriptor.key, descriptor.origin} & descriptor.fields.keys():
        field = descriptor.fields[column]
        if field["type"] != "string" or (field.get("constraints") or {}).get("enum"):
            continue
        known: dict[str, str] = {}
        for row in existing:
            known.setdefault(skeleton(row.get(column, "")), row.get(column, ""))
        same = {row.get(column, "") for row in existing}
        seen: set[str] = set()
        for line, row in rows:
            value = row.get(column, "")
            if not value or value in same or value in seen or (line, column) in wrong:
                continue
            seen.add(value)
            twin = known.setdefault(skeleton(value), value)
            if twin != value:
                report(
                    line, column, value, (f"differs from {twin!r} only in case, spaces or alphabet", f"Write {twin!r}.")
                )
