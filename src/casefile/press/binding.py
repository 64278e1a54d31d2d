"""Binding the book: pages written, read and laid out by a process of its own while notebooks still run."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, NoReturn

from casefile.paths import BOOK
from casefile.press.apart import IMPORTS, Apart, NotApart, fork_here, fork_there, server_address
from casefile.press.cache import Cache
from casefile.press.chapters import write_chapter
from casefile.press.edition import NAMES, gather
from casefile.press.frame import write_frame
from casefile.press.kept_pages import KeptPages
from casefile.press.places import workplace

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from casefile.model import Claim
    from casefile.press.build import Plan

Chapter = Callable[[str, bool], Path | None]
"""Gives the executed notebook of a chapter, by name; where it still runs, waits for it if told to, or gives None."""

JUDGED = "judged"
"""What the process that binds is told before it writes pages."""

MUCH_PROSE = 1_500_000
"""Bytes of pages without chapters from which a book is so large that several processes read it: for these, all of its
pages must be there."""


@dataclass(frozen=True)
class Written:
    """What the check of the finished site goes by: charts placed, claims, and the charts declared for each."""

    charts: list[str]
    claims: Mapping[str, Claim]
    declared: Mapping[str, Collection[str]]


def write(channel: object, wish: Plan) -> Written:
    """Write the pages of the book that are no chapters, from verdicts that are kept; in any process that has the tables."""
    from casefile.figures.registry import declared_charts
    from casefile.press.assemble import write_pages

    material, ledger = gather(replace(wish, jobs=1))
    charts = write_pages(material, ledger, wish.work / "book", Cache(wish.work / "cache"))
    return Written(charts, dict(material.claims), declared_charts())


class Writer:
    """Has pages written while this process does something else: by a fork of the server at `address`, or when there is
    none by this process when they are waited for.

    `judged` returns when the verdicts are kept.
    """

    def __init__(self, wish: Plan, judged: Callable[[], object], address: str | None) -> None:
        self.wish, self.judged = wish, judged
        self._found: Written | None = None
        self._fault: BaseException | None = None
        self._waiting: Thread | None = None
        if address is not None:
            self._waiting = Thread(target=self._wait, args=[address], name="writer", daemon=True)
            self._waiting.start()

    def _wait(self, address: str) -> None:
        try:
            self.judged()
            apart = fork_there("writes the pages", write, (self.wish,), address)
            try:
                self._found = apart.heed()
            finally:
                apart.close()
        except NotApart:
            pass
        except Exception as error:
            self._fault = error

    def written(self) -> Written:
        """Wait for the pages. Raises what writing them raises."""
        if self._waiting is None:
            self.judged()
        else:
            self._waiting.join()
        if self._fault is not None:
            raise self._fault
        if self._found is None:
            self._found = write(None, self.wish)
        return self._found


def bind(
    wish: Plan,
    chapter: Chapter,
    fresh: Path,
    made_with: str,
    judged: Callable[[], object] = lambda: None,
    address: str | None = None,
) -> None:
    """Write the book's sources, have jupyter-book make a site of them in `fresh`, and check it.

    `made_with` stands for the code and the versions that pages depend on. `judged` returns when the verdicts are kept.
    Raises `RunFailed` when a page asks for what there is not, jupyter-book fails, or the site is not whole.
    """
    from casefile.press.check_site import check_site
    from casefile.press.site import build_site, import_sphinx

    sources = wish.work / "book"
    write_frame(wish.as_of, sources)
    writer = Writer(wish, judged, address)
    import_sphinx()
    taken: dict[str, Path] = {}
    charts: list[str] = []

    def arrive(page: str, wait: bool = True) -> None:
        if page in NAMES and page not in taken and (executed := chapter(page, wait)) is not None:
            taken[page] = executed
            charts.extend(write_chapter(page, executed, sources))

    found: list[Written] = []

    def pages() -> None:
        found.append(writer.written())
        large = sum(path.stat().st_size for path in sources.glob("*.md")) > MUCH_PROSE
        for name in NAMES:
            arrive(name, wait=large)

    kept = KeptPages(wish.work / "pages", sources, made_with)
    own_static = [path.name for path in (BOOK / "_static").glob("*")]
    build_site(sources, fresh, own_static, wish.jobs, arrive, kept, pages)
    read_anew = [path for name, path in taken.items() if name not in kept.same]  # the others were checked when read
    [written] = found
    check_site(fresh, [*written.charts, *charts], written.claims, read_anew, written.declared)


@dataclass
class Binder:
    """Binds one book to `fresh`, beside the notebooks where this system forks and more than one job is allowed.

    `begin` is called when it is certain that notebooks are to run, `judged` when the verdicts are kept, `chapter` as
    each executed notebook is there, `finish` at the end; `close` in any case.
    """

    wish: Plan
    fresh: Path
    made_with: str = ""
    chapters: dict[str, Path] = field(default_factory=dict)
    _apart: Apart | None = None

    def begin(self) -> None:
        """Fork now, before this process starts a thread. Without `begin` all is done by `finish`."""
        if self.wish.jobs < 2:
            return
        try:
            address = None if IMPORTS in sys.modules else server_address(str(self.wish.data_dir))
            given = (self.wish, self.fresh, self.made_with, address)
            self._apart = fork_here("lays out the pages", bind_apart, given)
        except NotApart:
            return
        for name, path in self.chapters.items():
            self._apart.tell((name, path))

    def judged(self) -> None:
        """The verdicts are kept: pages may be written."""
        if self._apart is not None:
            self._apart.tell(JUDGED)

    def chapter(self, name: str, path: Path) -> None:
        """An executed notebook is there. Raises what went wrong meanwhile: the other notebooks need not run then."""
        self.chapters[name] = path
        if self._apart is not None:
            self._apart.tell((name, path))
            if self._apart.has_answered:
                self._apart.heed()

    def finish(self) -> None:
        """Return when the site is whole. Raises what `bind` raises."""
        if self._apart is not None:
            self._apart.heed()
        else:
            bind(self.wish, lambda name, wait: self.chapters[name], self.fresh, self.made_with)

    def close(self) -> None:
        """End what is still at work, and take away what it left."""
        if self._apart is not None:
            self._apart.close()
        clear(self.fresh)


def clear(fresh: Path) -> None:
    """Take away a site that was being made, and what lies beside it."""
    for left in (fresh, workplace(fresh)):
        shutil.rmtree(left, ignore_errors=True)


def bind_apart(channel: Connection, wish: Plan, fresh: Path, made_with: str, address: str | None) -> None:
    """`bind` in a process of its own, which is told the chapters. When its owner is gone it takes away what it made."""
    known: dict[str, Path] = {}

    def leave(*_: object) -> NoReturn:
        clear(fresh)
        os._exit(1)

    reading = Lock()  # the writer's thread waits here for the verdicts

    def told() -> object:
        try:
            with reading:
                message = channel.recv()
        except (EOFError, OSError):  # the owner is gone, and with it whoever could hear of a fault
            leave()
        if message != JUDGED:
            known.update([message])
        return message

    def chapter(name: str, wait: bool) -> Path | None:
        while name not in known:
            if not wait and not channel.poll():
                return None
            told()
        return known[name]

    def judged() -> None:
        while told() != JUDGED:
            pass

    signal.signal(signal.SIGTERM, leave)  # from a fork server whose owner is gone
    try:
        bind(wish, chapter, fresh, made_with, judged, address)
    finally:
        while not reading.locked() and channel.poll():
            told()
