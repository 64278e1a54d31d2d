"""Daily claims of the General Staff of Ukraine on Russian losses: personnel or equipment, as JSON."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from casefile.errors import DataError, Problem
from casefile.evidence.adapters import Adapter, Context, Rows
from casefile.evidence.intake.content import Content, decoded, refusal
from casefile.evidence.safe_json import Digits, parse_json

SOURCE = {
    "source_id": "petroivaniuk-losses",
    "publisher": "Petro Ivaniuk",
    "title": "2022 Ukraine Russia War Dataset",
    "url": "https://github.com/PetroIvaniuk/2022-Ukraine-Russia-War-Dataset",
    "kind": "dataset",
    "license": "MIT",
    "note": "Daily posts of the General Staff of Ukraine: claims of a warring party",
}
COLUMNS = {
    "personnel": "personnel",
    "tank": "tanks",
    "APC": "armoured_vehicles",
    "field artillery": "artillery",
    "MRL": "mlrs",
    "anti-aircraft warfare": "air_defence",
    "aircraft": "aircraft",
    "helicopter": "helicopters",
    "vehicles and fuel tanks": "vehicles_and_fuel_tanks",
}


def days(content: Content) -> list[tuple[int, dict[str, str]]]:
    """One row a day with the counts that the file has, in our columns.

    Raises `DataError` for another shape, for the file of corrections (differences, not counts) and for totals that
    fall from one day to the next by more than a correction does.
    """
    name = content.name
    value = parse_json(decoded(content), name)
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) and "date" in one for one in value):
        raise refusal(name, "is no list of days", "Take …losses_personnel.json or …losses_equipment.json.")
    found: list[tuple[int, dict[str, str]]] = []
    for place, one in enumerate(value, start=1):
        row = {"date": str(one["date"])}
        for theirs, ours in COLUMNS.items():
            if one.get(theirs) is not None:
                row[ours] = _count(one[theirs])
        found.append((place, row))
    if all(len(row) == 1 for _, row in found):
        raise refusal(name, "has none of the known counts", "Take …losses_personnel.json or …losses_equipment.json.")
    found.sort(key=lambda one: one[1]["date"])
    _rising(found, name)
    return found


def _count(value: Any) -> str:
    text = str(value)
    return text[:-2] if isinstance(value, Digits) and text.endswith(".0") else text


def _rising(found: list[tuple[int, dict[str, str]]], name: str) -> None:
    """Totals since the invasion grow; the file of corrections holds differences and must not pass for totals."""
    wrong = []
    for column in COLUMNS.values():
        before = 0.0
        for place, row in found:
            text = row.get(column, "")
            if not text.lstrip("-").isdigit():
                continue
            if float(text) < 0.8 * before or float(text) < 0:
                rule = f"falls below the day before ({before:g}); these are totals since the invasion"
                remedy = "Check the file; the file of corrections holds differences and cannot be added."
                wrong.append(Problem(name, place, column, text, rule, remedy))
            before = max(before, float(text))
    if wrong:
        raise DataError(wrong)


def read(content: Content, context: Context) -> Rows:
    """Rows of `battlefield/losses`: Fridays, month ends, the last day, days of the table (`every=day`: all)."""
    known = {row["date"] for row in context.existing("battlefield/losses")}
    found = days(content)
    every = context.options.get("every", "week") == "day"
    last = found[-1][1]["date"]
    shared = {
        "date_precision": "day",
        "known_on_basis": "same-day",
        "side_losing": "russia",
        "claimant": "General Staff of Ukraine",
        "source_id": SOURCE["source_id"],
        "derived": "false",
    }
    return {
        "battlefield/losses": [
            (place, {**shared, **row, "known_on": row["date"]})
            for place, row in found
            if every or row["date"] in known or row["date"] == last or _kept(row["date"])
        ]
    }


def _kept(text: str) -> bool:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return True  # the validator will say what is wrong with it
    return day.weekday() == 4 or (day + timedelta(days=1)).day == 1


def _recognises(content: Content) -> bool:
    head = content.raw[:2000]
    return (
        content.kind == "json"
        and b'"date"' in head
        and b'"day"' in head
        and (b'"personnel"' in head or b'"APC"' in head)
    )


ADAPTER = Adapter(
    name="general-staff-losses",
    title="Claimed Russian losses, JSON of personnel or equipment",
    tables=("battlefield/losses",),
    recognises=_recognises,
    read=read,
    source=SOURCE,
    options=("every",),
)
