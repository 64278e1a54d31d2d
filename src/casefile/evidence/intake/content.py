"""What a file really is, whatever its name says."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path

from casefile.errors import DataError, Problem, UsageError

LARGEST = 64 * 1024 * 1024  # bytes; the largest table has a few megabytes
_MAGIC = {
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"%PDF": "a PDF document",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_HTML = re.compile(
    rb"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|script|meta|title|div|table|center|font|br|h[1-6]|p|pre|span|b|a|form)\b",
    re.I | re.S,
)
_SPECIAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class Content:
    """One file's bytes, its name, and what they are: csv, json, xml or xlsx."""

    name: str
    raw: bytes
    kind: str


def read_bytes(path: Path) -> bytes:
    """The bytes of one regular file of at most 64 MB. Raises `UsageError` (no such file), `DataError` (too large)."""
    try:
        status = path.stat()
    except OSError as error:
        raise UsageError(f"There is no file {path} ({error.strerror}).") from None
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"{path} is no regular file.")
    if status.st_size > LARGEST:
        raise refusal(path.name, f"is larger than {LARGEST // 2**20} MB", "Split it, or leave out what is not needed.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from None


def refusal(name: str, rule: str, remedy: str, line: int | None = None, value: str | None = None) -> DataError:
    """A refusal of the whole file for one reason."""
    return DataError([Problem(name, line, None, value, rule, remedy)])


def recognise(raw: bytes, name: str) -> Content:
    """What the bytes are. Raises `DataError` for everything that is no CSV, JSON, XML or XLSX."""
    suffix = Path(name).suffix.lower()
    if not raw.strip(b"\xef\xbb\xbf \t\r\n"):
        raise refusal(name, "is empty", "Give a file with a header and at least one row.")
    if raw.startswith(_ZIP):
        return Content(name, raw, _workbook(raw, name, suffix))
    for magic, what in _MAGIC.items():
        if raw.startswith(magic):
            raise refusal(name, f"is {what}, not a table", "Give the table itself as CSV, XLSX or JSON.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or _utf16(raw):
        raise refusal(name, "is in UTF-16 or UTF-32, not UTF-8", "Save it as UTF-8.")
    head = raw.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"version https://git-lfs.github.com/spec/"):
        raise refusal(
            name, "is a Git-LFS pointer, not the file that it points to", "Fetch the file itself: git lfs pull"
        )
    if re.match(rb"(\.\./)*\.?/?annex/objects/|/annex/objects/", head):
        raise refusal(name, "is a git-annex pointer, not the file that it points to", "Fetch the file itself.")
    if _HTML.match(head):
        raise refusal(
            name, "is an HTML page, not data", "The address gave a web page (a log-in or an error?); download it again."
        )
    if head.startswith(b"<"):
        return Content(name, raw, "xml")
    if head.startswith((b"{", b"[")):
        return Content(name, raw, "json")
    if suffix in (".xlsx", ".xlsm", ".json", ".geojson", ".xml"):
        raise refusal(name, f"is named {suffix} but is nothing of the kind", "Check the download.")
    return Content(name, raw, "csv")


def decoded(content: Content) -> str:
    """The text of a UTF-8 file without its byte order mark. Raises `DataError` at each control character."""
    try:
        text = content.raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.raw.count(b"\n", 0, error.start) + 1
        byte = f"0x{content.raw[error.start]:02x}"
        raise refusal(content.name, "is not in UTF-8", "Save it as UTF-8.", line, byte) from None
    odd = [
        Problem(
            content.name,
            text.count("\n", 0, hit.start()) + 1,
            None,
            f"U+{ord(hit.group()):04X}",
            "has a control character",
            "Remove it; if there are many, the file is damaged or in another encoding.",
        )
        for hit in list(_SPECIAL.finditer(text))[:1000]
    ]
    if odd:
        raise DataError(odd)
    return text


def _utf16(raw: bytes) -> bool:
    head = raw[:4000]
    return len(head) > 8 and head.count(0) * 4 > len(head)


def _workbook(raw: bytes, name: str, suffix: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            inside = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise refusal(name, "is a damaged archive", "Save or download it again.") from None
    if "xl/workbook.xml" not in inside:
        raise refusal(name, "is an archive, not a table", "Unpack it and give the table itself.")
    if suffix not in (".xlsx", ".xlsm"):
        raise refusal(name, "is an Excel workbook under another name", "Name it .xlsx, or save it as CSV.")
    return "xlsx"
