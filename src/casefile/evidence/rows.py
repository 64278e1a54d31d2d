"""Rows against their descriptor: one validator for `casefile check` and for new data.

A row is a mapping column → text, exactly as in the CSV. Every problem is found, not only the first, and each names
file, line, column, value, rule and remedy.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from casefile.errors import Problem
from casefile.evidence.descriptors import Descriptor
from casefile.evidence.text import bad_link, hazard, skeleton
from casefile.model import Source

Row = Mapping[str, str]
Numbered = tuple[int, Row]
Reason = tuple[str, str]  # rule, remedy

NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?\Z", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
NO_VALUE = {
    "na",
    "n/a",
    "n.a.",
    "nan",
    "null",
    "#n/a",
    "#value!",
    "#ref!",
    "#div/0!",
    "<na>",
    "nil",
    "none",
    "-",
    "--",
    "—",
    "–",
    ".",
    "..",
    "…",
    "?",
    "tbd",
    "n.d.",
    "nd",
    "missing",
    "unknown",
    "inf",
    "-inf",
    "infinity",
}
SAFE_INTEGER = 2**53
UKRAINE_KM2 = 603_628
"""Area within the internationally recognised borders; no area of a front line can exceed it."""
HOUSE_SEATS, HOUSE_WITH_DELEGATES, SENATE_SEATS = 435, 441, 100
LATER_ALLOWED = ("period_end",)  # a forecast is about the future
EARLIEST = "1900-01-01"
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
        judge = _cell_judge(descriptor, column, sources, today or date.today())
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
    _keys(descriptor, numbered, report)
    _sums(descriptor, numbered, existing, report)
    _lookalikes(descriptor, numbered, existing, report)
    return sorted(found, key=lambda one: (one.row or 0, list(descriptor.fields).index(one.column or descriptor.key[0])))


def _cell_judge(
    descriptor: Descriptor, column: str, sources: Mapping[str, Source], today: date
) -> Callable[[str], Reason | None]:
    """The rule for the cells of one column: value → why it is refused, or None."""
    field = descriptor.fields[column]
    limits = field.get("constraints") or {}
    kind = field["type"]
    refers = any(
        column in ([key["fields"]] if isinstance(key["fields"], str) else key["fields"])
        and key["reference"]["resource"] == "sources"
        for key in descriptor.resource["schema"].get("foreignKeys", [])
    )
    allowed = limits.get("enum")
    is_link = column == "url" or column.endswith("_url")

    def judge(value: str) -> Reason | None:
        if value == "":
            return ("is empty but required", "Fill it, or leave the row out.") if limits.get("required") else None
        if kind in ("number", "integer"):
            return _number(value, kind, limits)
        if kind == "date":
            return _date(value, None if column in LATER_ALLOWED else today)
        if kind == "boolean":
            return None if value in ("true", "false") else ("is neither true nor false", "Write true or false.")
        if refers and value not in sources:
            return "is no registered source", "Register it in data/sources.csv, or bring it along with --source."
        if allowed is not None:
            if value in allowed:
                return None
            return "is not among the allowed values", f"Allowed: {', '.join(one for one in allowed if one)}."
        if is_link and (reason := bad_link(value)):
            return reason
        if value in ("NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "#N/A", "<NA>", "#REF!", "#VALUE!"):
            return "is a word for a missing value", "Leave the cell empty."
        return hazard(value)

    return judge


def _number(value: str, kind: str, limits: Mapping[str, float]) -> Reason | None:
    if not NUMBER.match(value):
        return _why_no_number(value)
    if kind == "integer" and "." in value:
        return "is not a whole number", "Give a whole number."
    number = float(value)
    if len(value) > 15 and int(value.lstrip("-").split(".")[0][:30]) > SAFE_INTEGER:
        return "is too large to be kept exactly", "Check the number; the limit is 2^53."
    if len(value.lstrip("-").replace(".", "").lstrip("0")) > 17:
        return "has more digits than can be kept exactly", "Round it to 15 digits."
    if "minimum" in limits and number < limits["minimum"]:
        return f"is below {limits['minimum']:g}, the least that this column can hold", "Check value and unit."
    if "maximum" in limits and number > limits["maximum"]:
        return f"is above {limits['maximum']:g}, the most that this column can hold", "Check value and unit."
    return None


def _why_no_number(value: str) -> Reason:
    if value.strip().casefold() in NO_VALUE:
        return "is no number", "Leave the cell empty when there is no value."
    if value != value.strip() or any(char.isspace() for char in value):
        return "has a space in a number", "Write the number without spaces."
    if any(char in value for char in "−–—‐‑"):
        return "has a dash that is no minus sign", "Use the plain hyphen-minus (U+002D)."
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", value):
        return "has a thousands separator", "Write the number without separators."
    if re.fullmatch(r"[-+]?\d+,\d+", value):
        return "has a decimal comma", "Use a decimal point."
    if re.fullmatch(r"[-+]?\d+(\.\d+)?\s*%", value):
        return "has a percent sign", "Write the number alone; the unit stands in the descriptor."
    if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)[eE][-+]?\d+", value):
        return "is written with an exponent", "Write the number in full."
    if value.startswith("="):
        return "is a formula", "Put the value, not a formula."
    if re.fullmatch(r"-?0\d+(\.\d+)?", value):
        return "has leading zeros", "Write the number without them."
    if value.isdigit() or re.fullmatch(r"[-+]?[\d.,٫٬']+", value):
        return "is not written in plain digits with a decimal point", "Write it like 1234.5."
    return "is no number", "Write a plain number with a decimal point, or leave the cell empty."


def _date(value: str, today: date | None) -> Reason | None:
    if not ISO_DATE.match(value):
        if re.fullmatch(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}", value):
            return "is a date whose day and month could be mistaken for each other", "Write it as YYYY-MM-DD."
        return "is no date in the form YYYY-MM-DD", "Write it as YYYY-MM-DD."
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return "is no day of the calendar", "Correct the date."
    if value < EARLIEST:
        return "lies before 1900", "Correct the date."
    if today and day > today:
        return "lies in the future", "Correct the date; only what has happened can be evidence."
    return None


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


def _keys(descriptor: Descriptor, rows: list[Numbered], report: Callable[..., None]) -> None:
    first: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        key = tuple(row.get(one, "") for one in descriptor.key)
        if key in first:
            reason = (f"has the same key as line {first[key]} ({', '.join(descriptor.key)})", "Keep one of them.")
            report(line, descriptor.key[0], "/".join(key), reason)
        else:
            first[key] = line


def _sums(descriptor: Descriptor, rows: list[Numbered], existing: Sequence[Row], report: Callable[..., None]) -> None:
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
                reason = (
                    f"brings the sum for {' / '.join(group)} to {totals[group]:g}, more than {rule['sum_at_most']:g}",
                    "Check the shares, or give answers of different questions different series.",
                )
                report(line, column, value, reason)


def _lookalikes(
    descriptor: Descriptor, rows: list[Numbered], existing: Sequence[Row], report: Callable[..., None]
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
            if not value or value in same or value in seen:
                continue
            seen.add(value)
            twin = known.setdefault(skeleton(value), value)
            if twin != value:
                report(
                    line, column, value, (f"differs from {twin!r} only in case, spaces or alphabet", f"Write {twin!r}.")
                )
