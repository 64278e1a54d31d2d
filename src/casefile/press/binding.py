"""Binding the book: pages written, read and laid out by a process of its own while notebooks still run."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile import memory
from casefile.errors import RunFailed
from casefile.paths import BOOK
from casefile.press.cache import Cache
from casefile.press.edition import NAMES, gather
from casefile.press.kept_pages import KeptPages
from casefile.press.places import workplace
from casefile.press.server import keep_no_server, warm_possible

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from casefile.press.build import Plan

Chapter = Callable[[str, bool], Path | None]
"""Gives the executed notebook of a chapter, by name; where it still runs, waits for it if told to, or gives None."""

MUCH_PROSE = 1_500_000
"""Bytes of pages without chapters from which a book is so large that several processes read it: for these, all of its
pages must be there."""


def bind(wish: Plan, chapter: Chapter, fresh: Path, made_with: str) -> None:
    """Write the book's sources, have jupyter-book make a site of them in `fresh`, and check it.

    `made_with` stands for the code and the versions that pages depend on.
    Raises `RunFailed` when a page asks for what there is not, jupyter-book fails, or the site is not whole.
    """
    from casefile.figures.registry import declared_charts
    from casefile.press.assemble import place_chapters, write_chapter, write_pages
    from casefile.press.check_site import check_site
    from casefile.press.site import build_site

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

    `begin` is called when the verdicts are judged and nothing but notebooks is left to run, `chapter` as each executed
    notebook is there, `finish` at the end; `close` in any case.
    """

    wish: Plan
    fresh: Path
    made_with: str = ""
    chapters: dict[str, Path] = field(default_factory=dict)
    _process: Any = None
    _channel: Connection | None = None
    _answered: bool = False  # its one answer was read: that all is well, as a fault is raised where it is read

    def begin(self) -> None:
        """Fork now, before this process starts a thread. Without `begin` all is done by `finish`."""
        if self.wish.jobs < 2 or not warm_possible():
            return
        context = get_context("fork")
        self._channel, other = context.Pipe()
        self._process = context.Process(
            target=_bound_apart, args=(self.wish, self.fresh, self.made_with, other, self._channel), daemon=False
        )
        self._process.start()
        other.close()
        for name, path in self.chapters.items():
            self._tell(name, path)

    def chapter(self, name: str, path: Path) -> None:
        """An executed notebook is there. Raises what went wrong meanwhile: the other notebooks need not run then."""
        self.chapters[name] = path
        if self._channel is not None:
            self._tell(name, path)
            if self._channel.poll():
                self._heed()

    def finish(self) -> None:
        """Return when the site is whole. Raises what `bind` raises."""
        if self._channel is None:
            bind(self.wish, lambda name, wait: self.chapters[name], self.fresh, self.made_with)
        else:
            self._heed()

    def close(self) -> None:
        """End what is still at work, and take away what it left."""
        if self._process is not None:
            if self._process.is_alive():
                self._process.kill()
            self._process.join()
        clear(self.fresh)

    def _tell(self, name: str, path: Path) -> None:
        assert self._channel is not None
        with contextlib.suppress(OSError):  # it has ended: its last word is read at once
            self._channel.send((name, path))

    def _heed(self) -> None:
        assert self._channel is not None
        if self._answered:
            return
        try:
            fault = self._channel.recv()
        except (EOFError, OSError):
            self._process.join()
            what = memory.ending(self._process.exitcode)
            raise RunFailed(f"The process that lays out the pages {what}. {memory.FEWER}") from None
        if fault is not None:
            raise fault
        self._answered = True


def clear(fresh: Path) -> None:
    """Take away a site that was being made, and what lies beside it."""
    for left in (fresh, workplace(fresh)):
        shutil.rmtree(left, ignore_errors=True)


def _bound_apart(wish: Plan, fresh: Path, made_with: str, channel: Connection, other: Connection) -> None:
    """In the forked process: bind, and answer with what went wrong, or None."""
    other.close()
    keep_no_server()
    gc.freeze()  # an extension of jupyter-book's looks through every object that is not frozen
    memory.offer_to_the_killer()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the owner, who ends this process
    owner = os.getppid()
    known: dict[str, Path] = {}

    def chapter(name: str, wait: bool) -> Path | None:
        while name not in known:
            if not wait and not channel.poll():
                return None
            try:
                came, path = channel.recv()
            except EOFError:  # its owner is gone, and with it whoever could hear of a fault
                clear(fresh)
                os._exit(1)
            known[came] = path
        return known[name]

    fault: BaseException | None = None
    try:
        bind(wish, chapter, fresh, made_with)
    except Exception as error:
        fault = error
    if os.getppid() != owner:  # likewise
        clear(fresh)
        return
    with contextlib.suppress(OSError):
        try:
            channel.send(fault)
        except OSError:
            raise
        except Exception:  # an error that cannot be sent
            channel.send(RunFailed(f"{type(fault).__name__}: {fault}"))
