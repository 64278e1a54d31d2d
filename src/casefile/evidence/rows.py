"""Rows against their descriptor: one validator for `casefile check` and for new data.

A row is a mapping column → text, exactly as in the CSV. Every problem is found, not only the first, and each names
file, line, column, value, rule and remedy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from casefile.errors import Problem
from casefile.evidence.cells import Reason, cell_judge
from casefile.evidence.descriptors import Descriptor
from casefile.evidence.groups import Numbered, Row, lookalikes, repeated_keys, shares_over_all
from casefile.model import Source

UKRAINE_KM2 = 603_628
"""Area within the internationally recognised borders; no area of a front line can exceed it."""
HOUSE_SEATS, HOUSE_WITH_DELEGATES, SENATE_SEATS = 435, 441, 100
SHARE_SLACK = 101.0  # rounded shares may add up to a little more than 100


def validate_rows(
    descriptor: Descriptor,
    rows: Iterable[Numbered],
    sources: Mapping[str, Source],
    existing: Sequence[Row] = (),
    today: date | None = None,
    *,
    file: str | None = None,
) -> list[Problem]:
    """Every problem of `rows` (line number, row), in order of line.

    `existing` are the table's rows that stay beside them: they count in sums and name known categories, but are not
    judged. `sources` maps the registered source ids. `file` is the name shown in the problems.
    """
    numbered = list(rows)
    name = file or str(descriptor.path)
    found: list[Problem] = []

    def report(line: int | None, column: str | None, value: str | None, reason: Reason) -> None:
        found.append(Problem(name, line, column, value, *reason))

    for column in descriptor.fields:
        judge = cell_judge(descriptor, column, sources, today or date.today())
        known: dict[str, Reason | None] = {}
        for line, row in numbered:
            value = row.get(column, "")
            if value not in known:
                known[value] = judge(value)
            if reason := known[value]:
                report(line, column, value, reason)
    wrong = {(one.row, one.column) for one in found}
    for line, row in numbered:
        _row_rules(descriptor, line, row, wrong, report)
        _declared_rules(descriptor, line, row, wrong, report)
    repeated_keys(descriptor, numbered, report)
    shares_over_all(descriptor, numbered, existing, report)
    lookalikes(descriptor, numbered, existing, wrong, report)
    return sorted(found, key=lambda one: (one.row or 0, list(descriptor.fields).index(one.column or descriptor.key[0])))


def _row_rules(
    descriptor: Descriptor, line: int, row: Row, wrong: set[tuple[int | None, str | None]], report: Callable[..., None]
) -> None:
    """Rules that hold in every table with the columns they speak of."""

    def usable(*columns: str) -> bool:
        return all(row.get(one, "") != "" and (line, one) not in wrong for one in columns)

    for end, start in (("field_end", "field_start"), ("date", "field_start"), ("date", "period_start")):
        if usable(end, start) and row[end] < row[start]:
            report(line, end, row[end], (f"ends before it starts ({start} {row[start]})", "Correct the dates."))
    if usable("known_on", "date") and row["known_on"] < row["date"]:
        report(
            line,
            "known_on",
            row["known_on"],
            (f"is earlier than the observation itself ({row['date']})", "A value cannot be known before its day."),
        )
    if (
        usable("approve_pct", "disapprove_pct")
        and float(row["approve_pct"]) + float(row["disapprove_pct"]) > SHARE_SLACK
    ):
        total = float(row["approve_pct"]) + float(row["disapprove_pct"])
        report(
            line, "disapprove_pct", row["disapprove_pct"], (f"brings the shares to {total:g} percent", "Check both.")
        )
    if row.get("unit") == "km2":
        for column in ("value", "low", "high"):
            if usable(column) and column in descriptor.fields and abs(float(row[column])) > UKRAINE_KM2:
                report(
                    line,
                    column,
                    row[column],
                    (f"is larger than Ukraine ({UKRAINE_KM2:,} km2)", "Check the value and its unit."),
                )
    if usable("chamber", "yea", "nay", "present", "not_voting"):
        _votes(descriptor, line, row, usable, report)


def _votes(
    descriptor: Descriptor, line: int, row: Row, usable: Callable[..., bool], report: Callable[..., None]
) -> None:
    total = sum(int(row[one]) for one in ("yea", "nay", "present", "not_voting"))
    parts = {
        "yea": ("r_yea", "d_yea", "i_yea"),
        "nay": ("r_nay", "d_nay", "i_nay"),
        "not_voting": ("r_not_voting", "d_not_voting"),
    }
    if row["chamber"] == "senate" and total > SENATE_SEATS + 1:
        report(
            line,
            "yea",
            row["yea"],
            (f"brings the Senate to {total} votes; it has {SENATE_SEATS} seats", "Check the totals."),
        )
    limit = HOUSE_WITH_DELEGATES if row.get("amendment") else HOUSE_SEATS
    if row["chamber"] == "house" and total > limit:
        report(
            line,
            "yea",
            row["yea"],
            (
                f"brings the House to {total} votes; it has {HOUSE_SEATS} seats, and with delegates (amendments only) "
                f"at most {HOUSE_WITH_DELEGATES}",
                "Check yea, nay, present and not voting.",
            ),
        )
    for column, party in parts.items():
        if (
            usable(*party)
            and (row["chamber"], column) != ("house", "")
            and all(one in descriptor.fields for one in party)
        ):
            split = sum(int(row[one]) for one in party)
            slack = 1 if row["chamber"] == "senate" and column in ("yea", "nay") else 0  # the Vice President
            short = int(row[column]) - split
            if (column == "not_voting" and short < 0) or (column != "not_voting" and not 0 <= short <= slack):
                report(
                    line,
                    column,
                    row[column],
                    (f"does not equal its parties' sum, {split}", "Check the totals and the party split."),
                )
    for column in ("r_yea", "r_nay", "d_yea", "d_nay"):
        without = f"{column}_excl_delegates"
        if usable(column, without) and int(row[without]) > int(row[column]):
            report(line, without, row[without], (f"is more than with delegates ({row[column]})", "Check both columns."))


def _declared_rules(
    descriptor: Descriptor, line: int, row: Row, wrong: set[tuple[int | None, str | None]], report: Callable[..., None]
) -> None:
    """The rules that the descriptor states for single rows."""

    def usable(*columns: str) -> bool:
        return all(row.get(one, "") != "" and (line, one) not in wrong for one in columns)

    for rule in descriptor.resource["casefile"].get("rules", []):
        if "equals" in rule and usable(rule["equals"]) and any(row.get(one) for one in rule["sum"]):
            if any((line, one) in wrong for one in rule["sum"]):
                continue
            total = sum(float(row.get(one) or 0) for one in rule["sum"])
            if float(row[rule["equals"]]) != total and not ({"chamber", "r_yea"} <= descriptor.fields.keys()):
                reason = (f"does not equal {' + '.join(rule['sum'])} = {total:g}", "Check the parts and the total.")
                report(line, rule["equals"], row[rule["equals"]], reason)
        elif "not_before" in rule:
            end, start = rule["not_before"]
            if {(end, start)} & {("field_end", "field_start"), ("date", "field_start"), ("date", "period_start")}:
                continue  # held in every table
            if usable(end, start) and row[end] < row[start]:
                report(line, end, row[end], (f"ends before it starts ({start} {row[start]})", "Correct the dates."))
        elif "order" in rule:
            low, high = rule["order"]
            if usable(low, high) and float(row[low]) > float(row[high]):
                report(line, high, row[high], (f"is less than {low} ({row[low]})", "Exchange or correct them."))
        elif "at_most" in rule:
            column = rule["column"]
            applies = usable(column) and all(row.get(k) == v for k, v in rule.get("when", {}).items())
            general = row.get("unit") == "km2" and rule["at_most"] >= UKRAINE_KM2  # held in every table
            if applies and not general and float(row[column]) > rule["at_most"]:
                reason = (f"is more than {rule['at_most']:,}, the most possible", "Check value and unit.")
                report(line, column, row[column], reason)


__all__ = ["Numbered", "Row", "validate_rows"]
