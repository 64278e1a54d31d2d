"""Many editions at once: one flat list of notebooks over all dates, on this machine's cores or on a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casefile import memory
from casefile.errors import UsageError
from casefile.evidence.journal import reading
from casefile.evidence.unfinished import refuse_unfinished
from casefile.model import ARTICLE_DATE
from casefile.paths import BUILD, DATA, NOTEBOOKS, ROOT
from casefile.press.build import CACHE
from casefile.press.cache import Cache
from casefile.press.edition import KIND, NAMES, WITH_LEDGER
from casefile.press.files import write_atomically
from casefile.press.graph import Graph
from casefile.press.light import collect_rarely
from casefile.press.lock import exclusive
from casefile.press.places import check_writable
from casefile.press.publish import LOCK_FILE

Say = Callable[[str], None]

LEDGER = "ledger.json"
LEDGER_KIND = "ledger"


@dataclass(frozen=True)
class Piece:
    """One notebook of one edition, the key of its result, and where it goes."""

    day: date
    name: str
    parts: dict[str, str]
    folder: Path

    @property
    def notebook(self) -> Path:
        return self.folder / f"{self.name}.ipynb"

    @property
    def ledger(self) -> Path:
        return self.folder / LEDGER


def build_editions(
    *,
    start: str,
    end: str,
    every: str,
    jobs: int,
    scheduler: str | None,
    out: Path | None,
    data_dir: Path | None,
    force: bool,
    say: Say,
    names: Sequence[str] = NAMES,
) -> list[Path]:
    """Write `<out>/<date>/` with seven executed notebooks and the ledger for the first day, each month (quarter, year)
    end and the last day; returns the folders in order of date.

    Results kept by earlier builds are used again; each finished piece is written and kept at once, so that whatever
    ends the command loses nothing that was done. Raises `UsageError` for a wrong date or step or a scheduler that does
    not answer, `RunFailed` when a notebook fails or memory runs short.
    """
    from casefile.press.build import check_checkout
    from casefile.press.parameters import check_as_of
    from casefile.verdicts.timeline import dates

    refuse_unfinished(data_dir)
    check_checkout()
    memory.check_build(jobs)
    collect_rarely()
    cache = Cache(CACHE)
    graph = Graph(cache.hashes, data_dir=(data_dir or DATA).resolve())
    for text in (start, end):
        check_as_of(text, graph.newest)
    days = dates(graph.vantage(start), graph.vantage(end), every)
    place = (out or BUILD / "editions").resolve()
    if place.exists() and not place.is_dir():
        raise UsageError(f"{place} is a file; editions need a folder.")
    check_writable(place)
    with (
        exclusive(LOCK_FILE, "building editions", say=say),
        reading(graph.data_dir, "editions", say),
        memory.guard(memory.FEWER_EDITIONS),
    ):
        pieces = [
            Piece(day, name, graph.parts(name, {"as_of": day.isoformat()}), place / day.isoformat())
            for day in days
            for name in names
        ]
        waiting = [piece for piece in pieces if force or not _kept(piece, cache)]
        kept = len(pieces) - len(waiting)
        say(f"{len(days)} editions, {len(pieces)} notebooks: {kept} kept, {len(waiting)} to be run.")
        if waiting:
            waiting.sort(key=lambda one: (one.name != WITH_LEDGER, one.day))  # the longest first: no core idles
            whole = any(piece.name == WITH_LEDGER for piece in waiting) and days[-1] >= ARTICLE_DATE
            judged = dates(ARTICLE_DATE, days[-1]) if whole else []
            if scheduler:
                from casefile.press.cluster import run_on_cluster

                run_on_cluster(scheduler, waiting, judged, graph, _keeper(cache, len(waiting), say), say)
            else:
                _run_here(waiting, judged, graph, jobs, _keeper(cache, len(waiting), say), say)
        cache.hashes.save()
    return [place / day.isoformat() for day in days]


def _kept(piece: Piece, cache: Cache) -> bool:
    """Whether the piece is in the cache; if so it is put in its place."""
    entry = cache.fetch(KIND, piece.parts)
    if entry is None:
        return False
    if piece.name == WITH_LEDGER:
        ledger = cache.fetch(LEDGER_KIND, piece.parts)
        if ledger is None:
            return False
        write_atomically(piece.ledger, ledger.files[LEDGER].read_bytes())
    write_atomically(piece.notebook, entry.files[f"{piece.name}.ipynb"].read_bytes())
    return True


def _keeper(cache: Cache, total: int, say: Say) -> Callable[[Piece], None]:
    """Called with each piece whose files stand in their place: keeps them for later builds and tells how far it is."""
    count = 0

    def keep(piece: Piece) -> None:
        nonlocal count
        cache.store(KIND, piece.parts, {piece.notebook.name: piece.notebook})
        if piece.name == WITH_LEDGER:
            cache.store(LEDGER_KIND, piece.parts, {LEDGER: piece.ledger})
        count += 1
        if count % len(NAMES) == 0 or count == total:
            say(f"  {count} of {total}")

    return keep


def _run_here(
    waiting: Sequence[Piece],
    judged: Sequence[date],
    graph: Graph,
    jobs: int,
    keep: Callable[[Piece], None],
    say: Say,
) -> None:
    from casefile.evidence.library import Library
    from casefile.press.run import Job, run_many
    from casefile.verdicts.months import timeline_records

    listed = [
        Job(
            NOTEBOOKS / f"{one.name}.ipynb",
            parameters(one, str(graph.data_dir)),
            one.notebook,
            cwd=ROOT,
            data_dir=graph.data_dir,
            declared=graph.declared(one.name),
            shown=SHOWN,
        )
        for one in waiting
    ]
    if judged:
        say("  verdicts month by month")
        whole = {judged[0], *(one.day for one in waiting)}
        timeline_records(Library(graph.data_dir), judged[0], judged[-1], jobs=jobs, whole=whole)
    by_place = {one.notebook: one for one in waiting}
    run_many(listed, jobs, done=lambda result: keep(by_place[result.out]), contents=False)


SHOWN: dict[str, object] = {"data_dir": "", "ledger_path": None}
"""What a page shows for parameters that name places: the same notebook then comes from a build and from editions."""


def parameters(piece: Piece, data_dir: str, ledger: str | None = None) -> dict[str, str]:
    """What a piece's notebook is given."""
    given = {"as_of": piece.day.isoformat(), "data_dir": data_dir}
    if piece.name == WITH_LEDGER:
        given["ledger_path"] = ledger or str(piece.ledger)
    return given
