"""Verdicts kept on disk under a key of everything they depend on, so that asking twice costs nothing."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile.errors import UsageError
from casefile.evidence.journal import settle
from casefile.paths import BUILD, CLAIMS_FILE, CORRECTIONS_FILE, DATA, DESCRIPTOR_FILE, PACKAGE, SOURCES_FILE

if TYPE_CHECKING:
    from casefile.evidence.library import Library
    from casefile.model import Claim
    from casefile.verdicts.engine import Court
    from casefile.verdicts.would_change import Change

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
    path = _FOLDER / f"{key}.json"
    kept = _read(path)
    if kept is not None:
        return kept
    from casefile.evidence.library import Library
    from casefile.verdicts.engine import Court
    from casefile.verdicts.ledger import verdict_record

    court = Court(Library(folder))
    day = court.library.vantage(as_of)
    records = [verdict_record(court.claims[one.claim], one) for one in court.verdicts(day)]
    _keep(path, records)
    return records


def timeline_records(library: Library, start: date, end: date, jobs: int = 1) -> list[dict[str, Any]]:
    """The monthly timeline between two days as plain JSON values, each day kept like `verdict_records`."""
    from casefile.verdicts.timeline import dates, judge_days

    days = dates(start, end)
    state = _key("day", library.data_dir)
    kept = {day: _read(_day_path(_FOLDER, state, day)) for day in days}
    missing = [day for day, rows in kept.items() if rows is None]
    if missing:
        fresh = judge_days(library, missing, jobs)
        keep_days(library, fresh, state=state)
        for day in missing:
            kept[day] = [row for row in fresh if row["as_of"] == day.isoformat()]
    return [row for day in days for row in kept[day] or ()]


def keep_days(
    library: Library, rows: Iterable[Mapping[str, Any]], folder: Path = _FOLDER, state: str | None = None
) -> None:
    """Keep rows of a timeline that were judged elsewhere (another process, another machine), day by day."""
    state = state or _key("day", library.data_dir)
    days: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        days.setdefault(row["as_of"], []).append(dict(row))
    for name, own in days.items():
        _keep(_day_path(folder, state, date.fromisoformat(name)), own)


def _day_path(folder: Path, state: str, day: date) -> Path:
    return folder / f"{hashlib.sha256(f'{state} {day}'.encode()).hexdigest()}.json"


def change_records(court: Court, claim: Claim, as_of: date) -> list[Change]:
    """What would change one verdict, kept like `verdict_records` but keyed by the tables that the claim may read.

    The chapter of the claim and the notebook of all verdicts both show it; the second to ask finds it here.
    """
    from casefile.model import Rating
    from casefile.verdicts.would_change import Change, would_change

    path = _FOLDER / f"{_key(f'change {claim.id} {as_of}', court.library.data_dir, claim.tables)}.json"
    kept = _read(path)
    if kept is None:
        verdict = court.verdict(claim.id, as_of)
        found = would_change(court, claim, court.library.at(as_of), verdict)
        kept = [{**asdict(one), "rating": one.rating and one.rating.value} for one in found]
        _keep(path, kept)
    return [Change(**{**one, "rating": Rating(one["rating"]) if one["rating"] else None}) for one in kept]


def _key(what: str, folder: Path, tables: Iterable[str] | None = None) -> str:
    digest = hashlib.sha256(f"{what}\0".encode())
    files = folder.glob("*/*.csv") if tables is None else (folder / f"{name}.csv" for name in tables)
    data = [*files, *folder.glob(f"*/{DESCRIPTOR_FILE}"), *(folder / name for name in _REGISTRIES)]
    code = [PACKAGE / name for name in _SHARED_CODE] + [
        path for name in _LAYERS for path in (PACKAGE / name).rglob("*.py")
    ]
    for base, paths in ((folder, data), (PACKAGE, code)):
        for path in sorted(paths):
            if path.is_file():
                digest.update(path.relative_to(base).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _read(path: Path) -> list[dict[str, Any]] | None:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        text = json.dumps(kept["records"], sort_keys=True)
        if kept["hash"] == hashlib.sha256(text.encode()).hexdigest():
            records: list[dict[str, Any]] = kept["records"]
            return records
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _keep(path: Path, records: list[dict[str, Any]]) -> None:
    text = json.dumps(records, sort_keys=True)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.part")
        partial.write_text(
            json.dumps({"hash": hashlib.sha256(text.encode()).hexdigest(), "records": records}), encoding="utf-8"
        )
        partial.replace(path)
    except OSError:
        pass  # a cache that cannot be written costs time, not truth
