"""Poll files: FiveThirtyEight's wide CSV (one row a question, dates M/D/YY) and short CSV of our own columns."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from datetime import date

from casefile.errors import DataError, Problem, UsageError
from casefile.evidence.adapters import Adapter, Context, Rows
from casefile.evidence.intake.content import Content, refusal
from casefile.evidence.intake.sheet import Sheet, read_csv

SOURCE = {
    "source_id": "fivethirtyeight-polls",
    "publisher": "FiveThirtyEight",
    "title": "Polls behind its averages",
    "url": "https://projects.fivethirtyeight.com/polls/data/",
    "kind": "dataset",
    "license": "CC BY 4.0",
    "note": "Compiled polls; each row's address stands in its note",
}
APPROVAL = "opinion/approval"
LONG = ("opinion/polls", "resolve/polls")
_WIDE = {"pollster", "start_date", "end_date", "sample_size"}
_PRESIDENTS = ("Biden", "Trump")
_POPULATIONS = ("a", "rv", "lv", "v")  # adults before registered voters before likely ones
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})\Z", re.ASCII)


def american(text: str) -> str:
    """`1/16/21` (month first) as ISO. Raises `ValueError` for anything else, 31/1/21 included."""
    match = _AMERICAN.match(text.split(" ")[0])
    if not match:
        raise ValueError(f"{text!r} is no date of the form M/D/YY")
    month, day, year = (int(part) for part in match.groups())
    return date(year + 2000 if year < 100 else year, month, day).isoformat()


def wide(content: Content) -> list[tuple[int, dict[str, str]]]:
    """FiveThirtyEight's rows with ISO dates in start_date, end_date and created_at; the rest as in the file.

    Raises `DataError` at each date that cannot be read.
    """
    sheet = read_csv(content)
    sheet.refuse_if_broken()
    if not set(sheet.columns) >= _WIDE:
        raise refusal(content.name, "is no file of polls", f"Its columns must include {', '.join(sorted(_WIDE))}.", 1)
    wrong: list[Problem] = []
    found = []
    for line, row in sheet.rows:
        full = dict(row)
        for column in ("start_date", "end_date", "created_at"):
            try:
                full[column] = american(row[column]) if row.get(column) else ""
            except ValueError as error:
                wrong.append(
                    Problem(content.name, line, column, row[column], f"is no date ({error})", "Dates here are M/D/YY.")
                )
        found.append((line, full))
    if wrong:
        raise DataError(wrong)
    return found


def read(content: Content, context: Context) -> Rows:
    """Rows of the table asked for: approval from a wide file, polls from a short one in our own words."""
    if context.table == APPROVAL:
        return {APPROVAL: _approval(content, context)}
    sheet = read_csv(content)
    if set(sheet.columns) >= _WIDE:
        return {context.table: _answers(content, context)}
    return {context.table: _short(sheet, context)}


def _approval(content: Content, context: Context) -> list[tuple[int, dict[str, str]]]:
    """Approval of a president, one row a poll: adults before registered before likely voters."""
    best: dict[tuple[str, ...], tuple[int, int, dict[str, str]]] = {}
    for line, row in wide(content):
        president = next((one for one in _PRESIDENTS if one in row.get("politician", "")), row.get("politician", ""))
        yes = row.get("yes") or row.get("approve") or ""
        no = row.get("no") or row.get("disapprove") or ""
        made = {
            "president": context.options.get("president") or president,
            "pollster": row["pollster"],
            "measure": context.options.get("measure", "job"),
            "subgroup": "all",
            "date": row["end_date"],
            "date_precision": "day",
            "field_start": row["start_date"],
            "known_on": max(row.get("created_at", ""), row["end_date"]) if row.get("created_at") else "",
            "known_on_basis": "publication" if row.get("created_at") else "",
            "approve_pct": _share(yes),
            "disapprove_pct": _share(no),
            "n": _share(row["sample_size"]),
            "derived": "false",
            "source_id": context.options.get("source_id") or SOURCE["source_id"],
            "note": f"{row.get('population', '')} {row.get('url', '')}".strip(),
        }
        rank = _POPULATIONS.index(row["population"]) if row.get("population") in _POPULATIONS else len(_POPULATIONS)
        key = tuple(made[one] for one in ("president", "pollster", "measure", "subgroup", "date"))
        if key not in best or rank < best[key][0]:
            best[key] = (rank, line, made)
    return [(line, made) for _, line, made in best.values()]


def _answers(content: Content, context: Context) -> list[tuple[int, dict[str, str]]]:
    """One row an answer: every column that `--set answers=column,column` names."""
    context.need("series", "question", "answers")
    answers = [one.strip() for one in context.options["answers"].split(",")]
    found = []
    for line, row in wide(content):
        absent = [one for one in answers if one not in row]
        if absent:
            raise UsageError(f"The file has no column {absent[0]}. Columns: {', '.join(row)}.")
        slug = re.sub(r"[^a-z0-9]+", "-", row["pollster"].lower()).strip("-")
        for answer in answers:
            if row[answer]:
                found.append(
                    (
                        line,
                        {
                            "poll_id": f"{slug}-{row['end_date']}",
                            "pollster": row["pollster"],
                            "date": row["end_date"],
                            "date_precision": "day",
                            "field_start": row["start_date"],
                            "field_end": row["end_date"],
                            "known_on": max(row.get("created_at", ""), row["end_date"])
                            if row.get("created_at")
                            else "",
                            "known_on_basis": "publication" if row.get("created_at") else "",
                            "subgroup": "all",
                            "n": _share(row["sample_size"]),
                            "response": answer,
                            "pct": _share(row[answer]),
                            "derived": "false",
                            "source_id": SOURCE["source_id"],
                        },
                    )
                )
    return found


def _short(sheet: Sheet, context: Context) -> list[tuple[int, dict[str, str]]]:
    """Rows in our columns of which only the needed ones are there; dates ISO or M/D/YY; the rest by rule."""
    needed = {"pollster", "date", "response", "pct"}
    unnamed = sorted(needed - set(sheet.columns) - set(context.options))
    if unnamed:
        raise DataError(
            [
                Problem(sheet.name, 1, one, None, "the column is missing", "Add it, or give it with --set.")
                for one in unnamed
            ]
        )
    known = set(context.existing(context.table)[0]) if context.existing(context.table) else needed
    odd = sorted(set(sheet.columns) - known)
    if odd:
        raise DataError(
            [Problem(sheet.name, 1, one, None, "the table has no such column", "Remove it.") for one in odd]
        )
    sheet.refuse_if_broken()
    return [(line, _filled(row, context)) for line, row in sheet.rows]


def _filled(row: Mapping[str, str], context: Context) -> dict[str, str]:
    full = dict(row)
    for column in ("date", "field_start", "field_end", "known_on"):
        if _AMERICAN.match(full.get(column, "")):
            with contextlib.suppress(ValueError):  # the validator names it
                full[column] = american(full[column])
    slug = re.sub(r"[^a-z0-9]+", "-", full.get("pollster", "").lower()).strip("-")
    defaults = {
        "poll_id": f"{slug}-{full.get('date', '')[:7]}",
        "date_precision": "day",
        "field_end": full.get("date", ""),
        "subgroup": "all",
        "derived": "false",
    }
    return {
        **full,
        **{name: value for name, value in defaults.items() if not full.get(name) and not context.options.get(name)},
    }


def _share(text: str) -> str:
    return text[:-2] if text.endswith(".0") else text


def _recognises(content: Content) -> bool:
    head = content.raw[:3000].decode("utf-8", "replace").splitlines()
    columns = {one.strip('"') for one in head[0].split(",")} if head else set()
    return content.kind == "csv" and columns >= _WIDE


ADAPTER = Adapter(
    name="poll-csv",
    title="Polls as CSV: FiveThirtyEight's columns, or the needed ones of ours",
    tables=(APPROVAL, *LONG),
    recognises=_recognises,
    read=read,
    source=SOURCE,
    options=("answers",),
)
