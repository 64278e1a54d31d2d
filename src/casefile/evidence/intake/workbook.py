"""XLSX: one visible sheet with one header row and plain values, and nothing that a reader does not see."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from typing import Any

from casefile.errors import Problem
from casefile.evidence.intake.content import Content, refusal
from casefile.evidence.intake.sheet import MOST_ROWS, Sheet, limit_columns

MOST_FILES = 500
MOST_UNPACKED = 200 * 2**20  # bytes
MOST_RATIO = 100  # a sheet of numbers shrinks about tenfold
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_ERROR = re.compile(rb"\st=\"e\"")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*ref=\"([A-Z]+\d+(?::[A-Z]+\d+)?)\"")
_HIDDEN = re.compile(rb"<(?:\w+:)?(?:row|col)\s[^>]*hidden=\"(?:1|true)\"")


def read_workbook(content: Content) -> Sheet:
    """The only visible sheet of a workbook as text.

    Raises `DataError` for a zip bomb, macros, links to other files, hidden sheets, rows or columns, formulas, error
    cells, merged cells, a document type, or more than one sheet with content.
    """
    _archive(content)
    from openpyxl import load_workbook  # type: ignore[import-untyped,unused-ignore]

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book: Any = load_workbook(io.BytesIO(content.raw), read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever its parsers raise on damaged files
        raise refusal(
            content.name, f"cannot be read as a workbook ({type(error).__name__})", "Save it again as .xlsx."
        ) from None
    try:
        return _sheet(content, book)
    finally:
        book.close()


def _archive(content: Content) -> None:
    name = content.name
    try:
        with zipfile.ZipFile(io.BytesIO(content.raw)) as archive:
            inside = archive.infolist()
            unpacked = sum(one.file_size for one in inside)
            packed = max(sum(one.compress_size for one in inside), 1)
            if (
                len(inside) > MOST_FILES
                or unpacked > MOST_UNPACKED
                or (unpacked > 2**20 and unpacked / packed > MOST_RATIO)
            ):
                raise refusal(
                    name,
                    f"unpacks to {unpacked:,} bytes in {len(inside)} files, like a zip bomb",
                    "Save the sheet as CSV.",
                )
            if any(one.flag_bits & 1 for one in inside):
                raise refusal(name, "is locked with a password", "Save it without one.")
            names = [one.filename for one in inside]
            if len(set(names)) != len(names) or any(".." in one or one.startswith("/") for one in names):
                raise refusal(name, "is an archive with misleading file names", "Save the sheet as CSV.")
            if any("vbaProject" in one for one in names):
                raise refusal(name, "holds macros", "Save it as .xlsx without macros, or as CSV.")
            if any(one.startswith("xl/externalLinks/") for one in names):
                raise refusal(name, "takes values from other files", "Paste the values, then save again.")
            for one in inside:
                if one.filename.endswith((".xml", ".rels")):
                    _part(name, one.filename, _read(archive, one, name))
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError, zipfile.LargeZipFile) as error:
        raise refusal(name, f"is a damaged archive ({type(error).__name__})", "Save it again.") from None


def _read(archive: zipfile.ZipFile, one: zipfile.ZipInfo, name: str) -> bytes:
    """One member, never more than it announces (a forged size is how a bomb hides)."""
    import zlib

    try:
        with archive.open(one) as file:
            found = file.read(one.file_size + 1)
    except (zlib.error, zipfile.BadZipFile) as error:
        raise refusal(name, f"is a damaged archive ({error})", "Save it again.") from None
    if len(found) > one.file_size:
        raise refusal(name, "is an archive that hides its size", "Save the sheet as CSV.")
    return found


def _part(name: str, part: str, found: bytes) -> None:
    if b"\0" in found:  # UTF-16 would hide what is looked for here
        raise refusal(name, f"has a part that is not in UTF-8 ({part})", "Save the sheet as CSV.")
    if b"<!DOCTYPE" in found or b"<!ENTITY" in found:
        raise refusal(name, f"has a document type or entities in {part}", "Save the sheet as CSV.")
    if not part.startswith("xl/worksheets/"):
        return
    if _FORMULA.search(found):
        raise refusal(name, "has formulas, whose stored results may be missing or old", "Paste the values, then save.")
    if _ERROR.search(found):
        raise refusal(name, "has cells with an error (#REF!, #DIV/0! …)", "Correct or empty them.")
    if merged := _MERGED.search(found):
        raise refusal(
            name, "has merged cells", "Unmerge them: one header row, one value a cell.", None, merged.group(1).decode()
        )
    if _HIDDEN.search(found):
        raise refusal(name, "has hidden rows or columns", "Show or remove them.")


def _sheet(content: Content, book: Any) -> Sheet:
    name = content.name
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    if hidden:
        raise refusal(name, "has hidden sheets", "Show or remove them.", None, ", ".join(hidden))
    filled: list[tuple[str, list[tuple[Any, ...]]]] = []
    for sheet in book.worksheets:
        rows: list[tuple[Any, ...]] = []
        try:
            sheet.reset_dimensions()
            for cells in sheet.iter_rows(values_only=True):
                rows.append(cells)
                if len(rows) > MOST_ROWS:
                    raise refusal(name, f"has more than {MOST_ROWS:,} rows", "Split the file.")
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
            raise refusal(
                name, f"has a sheet that cannot be read ({type(error).__name__})", "Save it again, or as CSV."
            ) from None
        if any(cell is not None for cells in rows for cell in cells):
            filled.append((sheet.title, rows))
    if len(filled) != 1:
        what = "no sheet with content" if not filled else "more than one sheet with content"
        raise refusal(name, f"has {what}", "Leave one sheet with a header and rows.")
    return _table(name, filled[0][1])


def _table(name: str, lines: list[tuple[Any, ...]]) -> Sheet:
    problems: list[Problem] = []
    while lines and all(cell is None for cell in lines[-1]):
        lines.pop()
    header = ["" if cell is None else str(cell) for cell in lines[0]]
    while header and not header[-1]:
        header.pop()
    limit_columns(name, len(header))
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        values = [_text(cell) for cell in cells]
        if all(not value for value in values):
            problems.append(Problem(name, number, None, None, "is an empty line", "Remove it."))
            continue
        if any(values[len(header) :]):
            problems.append(
                Problem(name, number, None, None, "has cells beyond the header", "Give them a column name.")
            )
        values += [""] * (len(header) - len(values))
        if values[: len(header)] == header:
            problems.append(Problem(name, number, None, None, "is the header once more", "Remove it."))
            continue
        rows.append((number, dict(zip(header, values, strict=False))))
    if not rows and not problems:
        raise refusal(name, "has a header but no rows", "Give at least one row.")
    return Sheet(name, header, rows, problems)  # type: ignore[arg-type]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time(0) else cell.isoformat(" ")
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, float):
        return (
            str(int(cell))
            if cell.is_integer() and abs(cell) <= 2**53
            else format(cell, "f")
            if abs(cell) < 1e-4 and cell
            else repr(cell)
        )
    return str(cell)
