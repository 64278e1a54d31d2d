"""A table as text: columns, rows with their line numbers, and what was wrong with its shape."""

from __future__ import annotations

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from casefile.errors import DataError, Problem
from casefile.evidence.intake.content import Content, decoded, recognise, refusal
from casefile.evidence.rows import Row
from casefile.evidence.safe_json import Digits, parse_json, rows_with_lines
from casefile.evidence.text import skeleton

MOST_ROWS = 500_000
MOST_COLUMNS = 500  # the widest table has a few dozen; a file of thousands is no table and would take hours to judge
_FIELDS = re.compile(r'(?:(?:"(?:[^"]|"")*"|[^",]*)(?:,|\r?\Z))*')
"""One line of a CSV file in which a quote stands only where a cell is quoted."""
QUOTING = 'Put the whole cell in quotes and write each quote in it twice: "a ""word"" of his".'


@dataclass
class Sheet:
    """Columns, rows by line number, and problems of shape found on the way."""

    name: str
    columns: list[str]
    rows: list[tuple[int, Row]]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def refuse_if_broken(self) -> None:
        """Raises `DataError` with the problems of shape, when there are any."""
        if self.problems:
            raise DataError(self.problems)


def read_sheet(content: Content) -> Sheet:
    """A CSV, XLSX or JSON table. Raises `DataError` when it is none."""
    if content.kind == "csv":
        return read_csv(content)
    if content.kind == "json":
        return read_json(content)
    if content.kind == "xlsx":
        from casefile.evidence.intake.workbook import read_workbook

        return read_workbook(content)
    raise refusal(content.name, f"is {content.kind.upper()}, not a table", "Name its format with --format.")


def sheet_of(raw: bytes, name: str) -> Sheet:
    """`read_sheet` of bytes whose kind is still to be recognised."""
    return read_sheet(recognise(raw, name))


def read_csv(content: Content) -> Sheet:
    """A comma-separated file: UTF-8, one header, rows as long as the header. Ragged rows become problems."""
    text = decoded(content)
    name = content.name
    if "\r" in text.replace("\r\n", ""):
        raise refusal(name, "has line ends of an old Mac (CR alone)", "Save it with LF or CRLF line ends.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    problems: list[Problem] = []
    warnings: list[str] = []
    rows: list[tuple[int, Row]] = []
    try:
        header = next(reader)
    except (StopIteration, csv.Error) as error:
        raise refusal(name, f"has no readable header ({error})", "Give a header and rows.", 1) from None
    if not header:
        raise refusal(name, "begins with an empty line instead of a header", "Remove it.", 1)
    if len(header) == 1:
        _one_column(name, header[0])
    if header[0].startswith("sep="):
        raise refusal(name, "begins with a line for Excel (sep=) instead of a header", "Remove that line.", 1)
    limit_columns(name, len(header))
    lines = reader.line_num
    raw = text.split("\n")
    blank: list[int] = []  # at the end of the file they do no harm
    try:
        for cells in reader:
            start, lines = lines + 1, reader.line_num
            if not cells:
                blank.append(start)
                continue
            problems += [Problem(name, line, None, None, "is an empty line", "Remove it.") for line in blank]
            blank = []
            if lines > start:
                problems.append(
                    Problem(name, start, None, None, "has a line break inside a cell", "Put each row on one line.")
                )
            elif cells == header:
                problems.append(Problem(name, start, None, None, "is the header once more", "Remove it."))
            elif len(cells) != len(header):
                what = "shorter" if len(cells) < len(header) else "longer"
                rule = f"has {len(cells)} cells, {what} than the header with {len(header)}"
                problems.append(
                    Problem(name, start, None, None, rule, "Quote cells that hold a comma; the file may be cut off.")
                )
            elif any('"' in cell for cell in cells) and not _FIELDS.fullmatch(raw[start - 1]):
                column, cell = next((column, cell) for column, cell in zip(header, cells, strict=True) if '"' in cell)
                problems.append(
                    Problem(name, start, column, cell, "has a quote inside a cell that is not quoted", QUOTING)
                )
            else:
                rows.append((start, dict(zip(header, cells, strict=True))))
            if len(rows) > MOST_ROWS:
                raise refusal(name, f"has more than {MOST_ROWS:,} rows", "Split the file.")
    except csv.Error as error:
        problems.append(
            Problem(
                name,
                lines + 1,
                None,
                None,
                f"cannot be read as CSV ({error})",
                "Check the quotes; the file may be cut off.",
            )
        )
    if rows and not text.endswith("\n"):
        line, row = rows[-1]
        last = row[header[-1]]
        if last.replace(".", "").replace("-", "").isdigit():
            problems.append(
                Problem(
                    name,
                    line,
                    header[-1],
                    last,
                    "ends without a line end, so that digits may be cut off",
                    "Check that the file is whole and end its last line.",
                )
            )
        else:
            warnings.append("The last line has no line end; make sure that the file is whole.")
    if not rows and not problems:
        raise refusal(name, "has a header but no rows", "Give at least one row.")
    return Sheet(name, header, rows, problems, warnings)


def limit_columns(name: str, count: int) -> None:
    """Raises `DataError` for a file with more columns than any table could have."""
    if count > MOST_COLUMNS:
        raise refusal(name, f"has {count:,} columns, more than {MOST_COLUMNS}", "Give the table's columns only.", 1)


def _one_column(name: str, header: str) -> None:
    for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if header.count(mark) >= 2:
            raise refusal(name, f"is separated by {word}, not commas", "Save it with commas (and decimal points).", 1)
    rule = "is a line without a comma, not a header"
    raise refusal(name, rule, "Begin the file with its column names, separated by commas.", 1, header)


def read_json(content: Content) -> Sheet:
    """A list of flat objects, or an object whose only list is one. Missing keys and null are empty cells."""
    text = decoded(content)
    name = content.name
    value = parse_json(text, name)
    if isinstance(value, dict):
        lists = [one for one in value.values() if isinstance(one, list)]
        if len(lists) != 1:
            raise refusal(name, "is no list of rows", "Give a list of objects: [{column: value, …}, …].")
        value = lists[0]
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise refusal(name, "is no list of rows", "Give a list of objects: [{column: value, …}, …].")
    if not value:
        raise refusal(name, "has no rows", "Give at least one row.")
    lines = rows_with_lines(text)
    if len(lines) != len(value):
        lines = list(range(1, len(value) + 1))
    columns = list(dict.fromkeys(key for one in value for key in one))
    limit_columns(name, len(columns))
    problems: list[Problem] = []
    rows: list[tuple[int, Row]] = []
    for line, one in zip(lines, value, strict=True):
        cells = {}
        for column in columns:
            cell = one.get(column)
            if isinstance(cell, (dict, list)):
                problems.append(Problem(name, line, column, None, "holds a list or an object", "Give a plain value."))
            cells[column] = _cell(cell)
        rows.append((line, cells))
    return Sheet(name, columns, rows, problems)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Digits):
        return str(value)
    return str(value) if isinstance(value, str) else ""


def check_columns(sheet: Sheet, known: Iterable[str], may_miss: Iterable[str] = ()) -> None:
    """Raises `DataError` when the header is not the table's: missing, unknown, repeated or look-alike columns.

    `may_miss` are the columns that a file may leave out; the order of the columns is free.
    """
    known = list(known)
    by_shape = {skeleton(one): one for one in known}
    problems = list(sheet.problems)
    header_line = 1

    def report(column: str, rule: str, remedy: str) -> None:
        problems.append(Problem(sheet.name, header_line, column, None, rule, remedy))

    meant: set[str] = set()
    for position, column in enumerate(sheet.columns, start=1):
        if sheet.columns.index(column) != position - 1:
            report(column, "the column stands twice in the header", "Remove one of the two.")
        elif column in known:
            continue
        elif not column.strip():
            report(f"number {position}", "the column has no name", "Name it, or remove it.")
        elif skeleton(column) in by_shape:
            twin = by_shape[skeleton(column)]
            meant.add(twin)
            odd = next((f" (it holds {unicodedata.name(char, '?')})" for char in column if not char.isascii()), "")
            report(column, f"the column only looks like {twin!r}{odd}", f"Name it {twin}.")
        else:
            near = difflib.get_close_matches(column, [one for one in known if one not in sheet.columns], 1, 0.6)
            meant.update(near)
            hint = f"Is it {near[0]}? " if near else ""
            report(column, "the table has no such column", f"{hint}Columns: {', '.join(known)}.")
    absent = [one for one in known if one not in sheet.columns and one not in may_miss]
    for column in absent:
        remedy = (
            "Rename the column above." if column in meant else "Add it; its cells may be empty where it is optional."
        )
        report(column, "the column is missing", remedy)
    if len(problems) > len(sheet.problems):
        raise DataError(problems)
