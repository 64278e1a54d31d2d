"""Verdicts over time: every claim judged again at each month end, on what was known then."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date, timedelta
from multiprocessing import get_all_start_methods, get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any

from casefile import memory
from casefile.errors import RunFailed, UsageError
from casefile.evidence.library import Library
from casefile.model import ARTICLE_DATE
from casefile.verdicts.engine import Court

STEPS = ("month", "quarter", "year")
ALONE = 170
"""Up to this many verdicts, starting a second process costs more than it saves."""


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def dates(start: date, end: date, every: str = "month") -> list[date]:
    """`start`, each following month (quarter, year) end, and `end`. Raises `UsageError` for an unknown step."""
    if every not in STEPS:
        raise UsageError(f"--every {every!r} is unknown. Steps: {', '.join(STEPS)}.")
    if end < start:
        raise UsageError(f"The last date {end} lies before the first {start}.")
    found = [start]
    day = month_end(start)
    while day < end:
        wanted = every == "month" or day.month == 12 or (every == "quarter" and day.month % 3 == 0)
        if day > start and wanted:
            found.append(day)
        day = month_end(day + timedelta(days=1))
    return [*found, end] if end > start else found


def timeline(
    library: Library, start: date = ARTICLE_DATE, end: date | None = None, every: str = "month", jobs: int = 1
) -> list[dict[str, Any]]:
    """Rows {claim, as_of, rating, confidence, robustness, score, value, unit, sentence}, by date and then claim.

    Runs in `jobs` processes when there are enough dates; the rows are the same in any number of them.
    """
    return judge_days(library, dates(start, end or library.newest, every), jobs)


def judge_days(library: Library, days: Sequence[date], jobs: int = 1) -> list[dict[str, Any]]:
    """The rows of a timeline for these days, whatever their spacing."""
    names = list(Court(library).claims)
    return judge_wanted(library, {day: names for day in days}, jobs)


def judge_wanted(
    library: Library,
    wanted: Mapping[date, Sequence[str]],
    jobs: int = 1,
    make: Callable[[Library], Court] = Court,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[dict[str, Any]]:
    """The rows of a timeline for some claims on each of some days; `make` gives the court that judges them.

    `meanwhile` is called when other processes judge, and this one would wait.
    """
    court = make(library)
    if jobs < 2 or sum(map(len, wanted.values())) <= ALONE:
        return _judged(court, wanted)
    rows = _shared_out(court, wanted, jobs, make, meanwhile)
    order = {name: n for n, name in enumerate(court.claims)}
    return sorted(rows, key=lambda row: (row["as_of"], order[row["claim"]]))


def changes(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each change of rating in a timeline: {claim, as_of, before, after, sentence}."""
    last: dict[str, dict[str, Any]] = {}
    found = []
    for row in rows:
        before = last.get(row["claim"])
        if before and before["rating"] != row["rating"]:
            found.append(
                {
                    "claim": row["claim"],
                    "as_of": row["as_of"],
                    "since": before["as_of"],
                    "before": before["rating"],
                    "after": row["rating"],
                    "sentence": row["sentence"],
                }
            )
        last[row["claim"]] = row
    return found


_inherited: Court | None = None
"""The court that helping processes find in place: forked with its tables read, or made by each of them at its start."""


def _shared_out(
    court: Court,
    wanted: Mapping[date, Sequence[str]],
    jobs: int,
    make: Callable[[Library], Court],
    meanwhile: Callable[[], None],
) -> list[dict[str, Any]]:
    """The rows from `jobs` processes, a claim at a time: forked with the tables read, or new ones that read them.

    Forking copies no table: the memory is shared until it is written to. All days of a claim go to one process, as
    days with the same rows are judged once there; claims with the most rows go first, so that all end together.
    """
    global _inherited
    days: dict[str, list[date]] = {}
    for day, names in wanted.items():
        for name in names:
            days.setdefault(name, []).append(day)
    weight = {name: sum(len(court.library.sheet(table)) for table in court.claims[name].tables) for name in days}
    tasks = sorted(days.items(), key=lambda one: -weight[one[0]] * len(one[1]))
    forks = "fork" in get_all_start_methods()
    _inherited = court if forks else None
    try:
        with ProcessPoolExecutor(
            jobs, get_context("fork" if forks else None), _settle_in, (make, str(court.library.data_dir))
        ) as pool:
            found = pool.map(_rows, tasks)
            meanwhile()
            return [row for rows in found for row in rows]
    except BrokenProcessPool:
        raise RunFailed(f"A process that judged verdicts {memory.KILLED}. {memory.FEWER}") from None
    finally:
        _inherited = None


def _settle_in(make: Callable[[Library], Court], data_dir: str) -> None:
    """At the start of a helping process: a court of its own, unless it was forked with one."""
    global _inherited
    memory.offer_to_the_killer()
    Thread(target=_leave_with_the_owner, name="owner", daemon=True).start()
    _inherited = _inherited or make(Library(data_dir))


def _leave_with_the_owner() -> None:
    """A helper waits for work in a pipe that its fellows hold open as well, so it would outlive a killed owner."""
    owner = parent_process()
    if owner is not None:
        wait([owner.sentinel])
        os._exit(1)


def _rows(task: tuple[str, Sequence[date]]) -> list[dict[str, Any]]:
    assert _inherited is not None
    name, days = task
    return _judged(_inherited, {day: [name] for day in days})


def _judged(court: Court, wanted: Mapping[date, Sequence[str]]) -> list[dict[str, Any]]:
    rows = []
    for day, names in wanted.items():
        for verdict in (court.glance(name, day) for name in names):
            head = verdict.headline
            rows.append(
                {
                    "claim": verdict.claim,
                    "as_of": day.isoformat(),
                    "rating": verdict.rating.value,
                    "confidence": verdict.confidence.value,
                    "robustness": verdict.robustness,
                    "score": verdict.score,
                    "value": None if head is None else head.value,
                    "unit": "" if head is None else head.unit,
                    "sentence": verdict.sentence,
                    "tests": {one.test.id: one.value for one in verdict.results},
                }
            )
    return rows
