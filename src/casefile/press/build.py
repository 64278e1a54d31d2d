"""One build: notebooks through papermill, pages from the ledger, jupyter-book, checks, publication."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casefile import memory
from casefile.errors import UsageError
from casefile.evidence.journal import reading
from casefile.evidence.unfinished import refuse_unfinished
from casefile.paths import BOOK, BUILD, DATA, NOTEBOOKS, ROOT
from casefile.press.cache import Cache, Receipts, key_of
from casefile.press.edition import NAMES, execute, gather, page_parts, warm
from casefile.press.graph import Graph
from casefile.press.light import collect_rarely
from casefile.press.lock import exclusive
from casefile.press.places import check_writable
from casefile.press.publish import LOCK_FILE
from casefile.press.server import ADDRESS, start_server, warm_possible

Say = Callable[[str], None]

RENDERERS = ("jupyter-book", "quarto")
CACHE = BUILD / "cache"


@dataclass(frozen=True)
class Plan:
    """What one build is asked to make; every path absolute, the date resolved."""

    as_of: date
    data_dir: Path
    out: Path
    only: str | None
    jobs: int
    force: bool
    work: Path


def build_book(
    *,
    as_of: str,
    data_dir: Path | None,
    out: Path | None,
    only: str | None,
    jobs: int,
    force: bool,
    renderer: str,
    say: Say,
) -> Path:
    """Make the book and return its front page. The last good book stays until the new one is whole.

    Raises `UsageError` for a wish that cannot be met, `RunFailed` for a notebook, page or chart that fails and for too
    little memory.
    """
    check_checkout()
    if renderer not in RENDERERS:
        raise UsageError(f"--with {renderer!r} is unknown. Renderers: {', '.join(RENDERERS)}.")
    if renderer == "quarto":
        from casefile.press.quarto import find_quarto

        find_quarto()
    if only is not None and only not in NAMES:
        raise UsageError(f"--only {only!r} names no notebook. Notebooks: {', '.join(NAMES)}.")
    refuse_unfinished(data_dir)
    started = time.monotonic()
    collect_rarely()
    cache = Cache(CACHE)
    graph = Graph(cache.hashes, data_dir=(data_dir or DATA).resolve())
    wish = _plan(as_of, graph, out, only, jobs, force)
    with exclusive(LOCK_FILE, "building the book", say=say), memory.guard():
        front = _build(wish, graph, cache, renderer, say)
        cache.hashes.save()
    say(f"Done in {time.monotonic() - started:.1f} s.")
    return front


def last_book(as_of: str) -> Path | None:
    """The front page of the last book when a plain build at `as_of` would have nothing to do, else None.

    Otherwise the fork server is started that the build is going to use, before the command line is even loaded. Raises
    what `build_book` raises before it builds. Changes nothing.
    """
    check_checkout()
    refuse_unfinished(None)
    first = not (BUILD / "html").exists()
    if first:
        start_ahead()
    cache = Cache(CACHE)
    graph = Graph(cache.hashes, data_dir=DATA.resolve())
    wish = _plan(as_of, graph, None, None, 1, False)
    fault = Receipts(cache).fault(f"site {wish.out}", page_parts(wish, graph), wish.out)
    if fault and not first:
        start_ahead()
    cache.hashes.save()
    return None if fault else wish.out / "index.html"


def start_ahead() -> None:
    """Start the fork server that a build is going to use: what it imports is waited for longest."""
    if warm_possible() and not os.environ.get(ADDRESS) and memory.address_space() is None:  # else it is looked at first
        start_server(cwd=ROOT, data_dir=str(DATA.resolve()))


def check_checkout() -> None:
    """Refuse, with `UsageError`, what needs notebooks and prose where there are none: outside a checkout."""
    if not (NOTEBOOKS.is_dir() and BOOK.is_dir()):
        raise UsageError(
            f"There are no notebooks and no prose at {ROOT}: run this in a checkout of the project. Anywhere, with "
            "--data-dir, work: verdicts, explain, timeline, diff, check, add, refresh, publish."
        )


def _plan(as_of: str, graph: Graph, out: Path | None, only: str | None, jobs: int, force: bool) -> Plan:
    from casefile.press.parameters import check_as_of

    check_as_of(as_of, graph.newest)
    place = (out or BUILD / "html").resolve()
    if place == ROOT or place in ROOT.parents or (place.exists() and not _ours(place)):
        raise UsageError(f"{place} is neither empty nor an earlier book; nothing was written there.")
    check_writable(place.parent)  # a new book is made beside the old one
    return Plan(graph.vantage(as_of), graph.data_dir, place, only, jobs, force, BUILD)


def _ours(place: Path) -> bool:
    return place.is_dir() and (not any(place.iterdir()) or (place / "_static" / "ledgers" / "ledger.json").is_file())


def _build(wish: Plan, graph: Graph, cache: Cache, renderer: str, say: Say) -> Path:
    from casefile.press.publish import BACK, recover

    if recover(wish.out):
        say(BACK.format(wish.out))
    receipts = Receipts(cache)
    label = f"site {wish.out}"
    if cache.last("receipt", label) is None:  # a first book: kernels are made ready while its parts are hashed
        memory.check_build(wish.jobs)
        warm(wish)
    parts = page_parts(wish, graph)
    fault = receipts.fault(label, parts, wish.out)
    if fault is None and not wish.force and wish.only is None and renderer == "jupyter-book":
        say("Nothing has changed since the last build.")
        return wish.out / "index.html"
    memory.check_build(wish.jobs)
    say(f"Building the edition of {wish.as_of}: {fault or 'asked for'}.")
    if renderer == "quarto":
        return _render_quarto(wish, graph, cache, say)
    from casefile.press.binding import Binder
    from casefile.press.plotlyjs import bundle
    from casefile.press.publish import publish

    say(f"  site: jupyter-book, with plotly.js from {bundle()[1]}")
    fresh = wish.out.with_name(f".{wish.out.name}.new")
    binder = Binder(wish, fresh, key_of(graph.code() | graph.versions()))
    try:
        with reading(wish.data_dir, "build", say):
            execute(wish, graph, cache, say, begun=binder.begin, judged=binder.judged, done=binder.chapter)
            binder.finish()
        publish(fresh, wish.out)
    finally:
        binder.close()
    receipts.write(label, parts, wish.out)
    cache.prune()
    return wish.out / "index.html"


def _render_quarto(wish: Plan, graph: Graph, cache: Cache, say: Say) -> Path:
    from casefile.press.quarto import render

    with reading(wish.data_dir, "build", say):
        executed = execute(wish, graph, cache, say)
        material, ledger = gather(wish)
    from casefile.press.assemble import assemble

    assemble(executed, material, ledger, wish.work / "book")
    return render(wish.work / "book", wish.work / "quarto", say)


def run_one(notebook: Path, given: Sequence[str], out: Path | None) -> Path:
    """Run one notebook with `name=value` parameters, checked first; returns the executed notebook's path.

    Raises `UsageError` for an unknown or ill-typed parameter or a file that is no notebook, `RunFailed` when it fails
    or memory runs short.
    """
    from casefile.press.parameters import check_parameters, parse_given, read_parameters
    from casefile.press.run import run_notebook

    check_checkout()
    known = ", ".join(str((NOTEBOOKS / f"{name}.ipynb").relative_to(ROOT)) for name in NAMES)
    if not notebook.exists():
        seen = "" if notebook.is_absolute() else f" (seen from {Path.cwd()})"
        raise UsageError(f"There is no {notebook}{seen}. The project is at {ROOT}; its notebooks: {known}.")
    if not notebook.is_file() or notebook.suffix != ".ipynb":
        raise UsageError(f"{notebook} is no notebook. The project's notebooks: {known}.")
    if notebook.resolve().parent != NOTEBOOKS.resolve():
        raise UsageError(
            f"{notebook} is not in {NOTEBOOKS}: notebooks from elsewhere are not run here. The project's notebooks: {known}."
        )
    memory.check_address_space(memory.FOR_A_NOTEBOOK, "a notebook’s kernel")
    values = parse_given(given)
    checked = check_parameters(read_parameters(notebook), values, newest=_newest(values.get("data_dir", "")))
    target = out or BUILD / "run" / notebook.name
    if target.resolve().is_relative_to(NOTEBOOKS.resolve()):
        raise UsageError(f"{target} lies among the notebooks without outputs; name another place with --out.")
    if target.is_dir() or target.suffix != ".ipynb":
        raise UsageError(f"{target} does not name a notebook; --out takes a file that ends in .ipynb.")
    check_writable(target.parent)
    target.parent.mkdir(parents=True, exist_ok=True)
    with memory.guard(memory.MORE):
        return run_notebook(notebook, checked, target).out


def _newest(data_dir: str) -> Callable[[], date]:
    return lambda: Graph(Cache(CACHE).hashes, data_dir=Path(data_dir or DATA).resolve()).newest()
