"""Binding the book: pages written, read and laid out by a process of its own while notebooks still run."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from casefile.paths import BOOK
from casefile.press.apart import Apart, NotApart
from casefile.press.cache import Cache
from casefile.press.edition import NAMES, gather
from casefile.press.kept_pages import KeptPages
from casefile.press.places import workplace

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from casefile.press.build import Plan

Chapter = Callable[[str, bool], Path | None]
"""Gives the executed notebook of a chapter, by name; where it still runs, waits for it if told to, or gives None."""

JUDGED = "judged"
"""What the process that binds is told before it writes pages."""

MUCH_PROSE = 1_500_000
"""Bytes of pages without chapters from which a book is so large that several processes read it: for these, all of its
pages must be there."""


def bind(wish: Plan, chapter: Chapter, fresh: Path, made_with: str, judged: Callable[[], None] = lambda: None) -> None:
    """Write the book's sources, have jupyter-book make a site of them in `fresh`, and check it.

    `made_with` stands for the code and the versions that pages depend on. `judged` returns when the verdicts are kept.
    Raises `RunFailed` when a page asks for what there is not, jupyter-book fails, or the site is not whole.
    """
    from casefile.figures.registry import declared_charts
    from casefile.press.assemble import place_chapters, write_chapter, write_pages
    from casefile.press.check_site import check_site
    from casefile.press.site import build_site, import_sphinx

    import_sphinx()
    judged()
    sources = wish.work / "book"
    material, ledger = gather(replace(wish, jobs=1))
    charts = write_pages(material, ledger, sources, Cache(wish.work / "cache"))
    place_chapters(sources)
    taken: dict[str, Path] = {}

    def arrive(page: str, wait: bool = True) -> None:
        if page in NAMES and page not in taken and (executed := chapter(page, wait)) is not None:
            taken[page] = executed
            charts.extend(write_chapter(page, executed, sources))

    large = sum(path.stat().st_size for path in sources.glob("*.md")) > MUCH_PROSE
    for name in NAMES:
        arrive(name, wait=large)
    kept = KeptPages(wish.work / "pages", sources, made_with)
    own_static = [path.name for path in (BOOK / "_static").glob("*")]
    build_site(sources, fresh, own_static, wish.jobs, arrive, kept)
    read_anew = [path for name, path in taken.items() if name not in kept.same]  # the others were checked when read
    check_site(fresh, charts, material.claims, read_anew, declared_charts())


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
        given = (self.wish, self.fresh, self.made_with)
        try:
            self._apart = Apart("lays out the pages", bind_apart, given, str(self.wish.data_dir))
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
                self._heed()

    def finish(self) -> None:
        """Return when the site is whole. Raises what `bind` raises."""
        self._heed()
        if self._apart is None:
            bind(self.wish, lambda name, wait: self.chapters[name], self.fresh, self.made_with)

    def close(self) -> None:
        """End what is still at work, and take away what it left."""
        if self._apart is not None:
            self._apart.close()
        clear(self.fresh)

    def _heed(self) -> None:
        try:
            if self._apart is not None:
                self._apart.heed()
        except NotApart:
            self._apart = None


def clear(fresh: Path) -> None:
    """Take away a site that was being made, and what lies beside it."""
    for left in (fresh, workplace(fresh)):
        shutil.rmtree(left, ignore_errors=True)


def bind_apart(channel: Connection, wish: Plan, fresh: Path, made_with: str) -> None:
    """`bind` in a process of its own, which is told the chapters. When its owner is gone it takes away what it made."""
    known: dict[str, Path] = {}

    def leave(*_: object) -> NoReturn:
        clear(fresh)
        os._exit(1)

    def told() -> object:
        try:
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
        bind(wish, chapter, fresh, made_with, judged)
    finally:
        while channel.poll():
            told()
