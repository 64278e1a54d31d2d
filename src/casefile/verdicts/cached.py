"""Verdicts kept on disk under a key of everything they depend on, so that asking twice costs nothing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from casefile.errors import UsageError
from casefile.evidence.journal import settle
from casefile.paths import BUILD, CLAIMS_FILE, CORRECTIONS_FILE, DATA, DESCRIPTOR_FILE, PACKAGE, SOURCES_FILE

_FOLDER = BUILD / "cache" / "verdicts"

_REGISTRIES = (CLAIMS_FILE, SOURCES_FILE, CORRECTIONS_FILE)
_LAYERS = ("evidence", "pillars", "verdicts")
_SHARED_CODE = ("model.py", "words.py")
"""What a verdict can depend on, by the layering that a test holds; pages, charts and prose are above it."""


def verdict_records(as_of: str, data_dir: Path | None) -> list[dict[str, Any]]:
    """All verdicts at one vantage as plain JSON values; computed when the data, the code or the date is new.

    The key holds the bytes of all data and of the package, so a kept answer is never stale; a broken entry is
    computed again.
    """
    folder = data_dir or DATA
    if not folder.is_dir():
        raise UsageError(f"There is no data folder at {folder}.")
    settle(folder)
    key = _key(as_of, folder)
    path = place(key)
    kept = read_records(path)
    if kept is not None:
        return kept
    from casefile.verdicts.kept import kept_court
    from casefile.verdicts.ledger import verdict_record

    court = kept_court(folder)
    day = court.library.vantage(as_of)
    records = [verdict_record(court.claims[one.claim], one) for one in court.verdicts(day)]
    keep_records(path, records)
    return records


def judge_ahead(
    data_dir: Path, start: date, end: date, jobs: int, meanwhile: Callable[[], None] = lambda: None
) -> None:
    """Have the monthly timeline between two days kept on disk, so that a notebook finds it; cheap when it is kept.

    `meanwhile` is called when other processes judge.
    """
    mark = _mark(data_dir, start, end)
    if read_records(mark) is None:
        from casefile.evidence.library import Library
        from casefile.verdicts.months import timeline_records

        timeline_records(Library(data_dir), start, end, jobs, meanwhile=meanwhile)
        keep_records(mark, [])


def is_judged(data_dir: Path, start: date, end: date) -> bool:
    """Whether `judge_ahead` would have nothing to do."""
    return read_records(_mark(data_dir, start, end)) is not None


def _mark(data_dir: Path, start: date, end: date) -> Path:
    return place(_key(f"timeline {start} {end}", data_dir))


def _key(what: str, folder: Path) -> str:
    data = [*folder.glob("*/*.csv"), *folder.glob(f"*/{DESCRIPTOR_FILE}"), *(folder / name for name in _REGISTRIES)]
    return hashlib.sha256(f"{what}\0{_digest(data, folder)}\0{code_digest()}".encode()).hexdigest()


@cache
def code_digest() -> str:
    """A digest of all code that a verdict can depend on: of this process's own code, so it is taken once."""
    code = [path for name in _LAYERS for path in (PACKAGE / name).rglob("*.py")]
    return _digest([*code, *(PACKAGE / name for name in _SHARED_CODE)], PACKAGE)


def _digest(files: Iterable[Path], base: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        if path.is_file():
            digest.update(path.relative_to(base).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def place(key: str, folder: Path | None = None) -> Path:
    """The file that holds what is kept under this key, in the project's own cache or in another folder."""
    return (folder or _FOLDER) / f"{key}.json"


def read_records(path: Path) -> list[dict[str, Any]] | None:
    """What was kept in a file; None when there is none or when it is damaged."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        records: list[dict[str, Any]] = kept["records"]
        return records if kept["hash"] == _hash(json.dumps(records)) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_records(path: Path, records: list[dict[str, Any]]) -> None:
    """Keep JSON values, in their order; a disk that does not take them costs time, not truth."""
    text = json.dumps(records)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.part")
        partial.write_text(f'{{"hash": "{_hash(text)}", "records": {text}}}', encoding="utf-8")
        partial.replace(path)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
