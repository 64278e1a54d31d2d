"""Single cells against their column: numbers, dates, allowed values, registered sources, plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from casefile.evidence.descriptors import Descriptor
from casefile.evidence.text import bad_link, hazard
from casefile.model import Source

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
LATER_ALLOWED = ("period_end",)  # a forecast is about the future
EARLIEST = "1900-01-01"


def cell_judge(
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
