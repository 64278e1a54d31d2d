"""The timeline kept on disk claim by claim, so that new rows in one table have only its own claims judged again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from casefile.evidence.library import Library
from casefile.verdicts import cached
from casefile.verdicts.kept import KeptCourt
from casefile.verdicts.timeline import dates, judge_wanted

Row = dict[str, Any]


def timeline_records(
    library: Library,
    start: date,
    end: date,
    jobs: int = 1,
    whole: Collection[date] | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[Row]:
    """The monthly timeline between two days as `timeline` gives it; what is kept already is not judged again.

    Of the days `whole` (the first and the last unless told) the verdicts themselves are kept too, for whoever shows
    them next. `meanwhile` is called when other processes judge.
    """
    court = KeptCourt(library)
    days = dates(start, end)
    held = {name: _held(court, name) for name in court.claims}
    wanted = {day: [name for name, rows in held.items() if day.isoformat() not in rows] for day in days}
    wanted = {day: names for day, names in wanted.items() if names}
    if wanted:
        make = partial(KeptCourt, days=whole or (start, end))
        fresh = judge_wanted(library, wanted, jobs, make, meanwhile)
        keep_rows(court, fresh)
        for row in fresh:
            held[row["claim"]][row["as_of"]] = row
    return [rows[day.isoformat()] for day in days for rows in held.values()]


def keep_rows(court: KeptCourt, rows: Iterable[Mapping[str, Any]], folder: Path | None = None) -> None:
    """Keep rows of a timeline (also of one judged elsewhere: in another process, on another machine)."""
    fresh: dict[str, dict[str, Row]] = {}
    for row in rows:
        fresh.setdefault(row["claim"], {})[row["as_of"]] = dict(row)
    for name, own in fresh.items():
        path = _path(court, name, folder)
        if path is not None:
            known = {row["as_of"]: row for row in cached.read_records(path) or ()}
            cached.keep_records(path, [row for _, row in sorted({**known, **own}.items())])


def _held(court: KeptCourt, name: str) -> dict[str, Row]:
    path = _path(court, name, None)
    return {row["as_of"]: row for row in (cached.read_records(path) if path else None) or ()}


def _path(court: KeptCourt, name: str, folder: Path | None) -> Path | None:
    key = court.key("months", court.claims[name])
    return None if key is None else cached.place(key, folder)
