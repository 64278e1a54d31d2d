"""From assembled sources to a site: jupyter-book, then pruning of what no page of ours loads."""

from __future__ import annotations

import contextlib
import errno
import importlib
import io
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from casefile import memory
from casefile.errors import RunFailed
from casefile.press import theme
from casefile.press.kept_pages import KeptPages
from casefile.press.light import import_jsonschema, import_soup, import_without_execution
from casefile.press.places import workplace

VARIABLE = "SOURCE_DATE_EPOCH"
EPOCH = "1696809600"
"""The one clock when SOURCE_DATE_EPOCH is not set: the article's date. Pages must not carry today's."""

KEPT_STATIC = {
    "casefile.css", "casefile.js", "theme.js", "palette.css", "icon.svg", "plotly.min.js", "history.js",
    "documentation_options.js", "doctools.js", "sphinx_highlight.js", "language_data.js", "searchtools.js",
    "charts", "data", "ledgers", "cards", "citations",
}  # fmt: skip
"""What our layout links to. Themes and extensions add much more (icon fonts, widgets) that no page of ours loads."""

DROPPED = (
    "objects.inv",
    ".buildinfo",
    ".buildinfo.bak",
    "_sources",
    "_sphinx_design_static",
    "genindex.html",
    "_panels_static",
)


FULL = f"[Errno {errno.ENOSPC}]"
"""How Python's words about a full disk begin, in whatever language."""

MUCH = 12_000_000
"""Bytes of pages from which several processes are quicker than one, whose forks and messages cost time too."""


SPHINX = ("typst", "jupyter_book.sphinx", "myst_nb.sphinx_ext", "sphinx_book_theme", "sphinxcontrib.bibtex")
"""What lays out pages, apart from our own code."""


def import_sphinx() -> None:
    """Import what lays out pages, which takes as long as laying out some of them."""
    import_jsonschema()
    import_soup()
    import_without_execution()
    with contextlib.suppress(Exception):  # whoever needs it meets the error itself, and tells it
        for name in (*SPHINX, *importlib.import_module("sphinx.application").builtin_extensions):
            importlib.import_module(name)


def _size(sources: Path) -> int:
    return sum(path.stat().st_size for path in sources.iterdir() if path.suffix in (".md", ".ipynb"))


def build_site(
    sources: Path,
    out: Path,
    own_static: Iterable[str] = (),
    jobs: int = 1,
    arrive: Callable[[str], None] = lambda page: None,
    kept: KeptPages | None = None,
    pages: Callable[[], None] = lambda: None,
) -> Path:
    """Run jupyter-book on the assembled `sources` and leave the pruned site in `out`; returns `out`.

    `pages` is called before the sources of the pages are looked at, and may wait until they are there; `arrive` with
    each page's name before it is read, chapters last, and may wait until it is there. Pages are read and written by
    `jobs` processes where there is much to read and Sphinx forks safely; the site is the same in any number.
    Pages that `kept` holds are not read and written again where they would be the same.
    Raises `RunFailed` with Sphinx's own words when it fails or warns (a warning here is a page that is not as meant),
    `OSError` when the disk is full.
    """
    import_sphinx()
    from jupyter_book.sphinx import build_sphinx

    said = io.StringIO()
    work = workplace(out)
    for old in (out, work):
        if old.exists():
            shutil.rmtree(old)
    work.mkdir(parents=True)
    again = kept is not None and kept.take(work)
    try:
        with (
            clock(),
            watched() as failed,
            watching(arrive, kept, pages) as broken,
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            result = build_sphinx(
                sources,
                work / "html",
                use_external_toc=True,
                noconfig=True,
                path_config=sources / "_config.yml",
                confoverrides={
                    "external_toc_path": (sources / "_toc.yml").as_posix(),
                    "latex_individualpages": False,
                    "html_static_path": [],  # placed below: Sphinx looks into each of some hundred files
                },
                doctreedir=work / "doctrees",
                builder="html",
                freshenv=not again,
                force_all=True,
                quiet=True,
                jobs=jobs if sys.platform.startswith("linux") and _size(sources) > MUCH else 1,
            )
        if broken:
            raise broken[0]
        words = said.getvalue()
        if FULL in words:  # its own account is a traceback that asks for a bug report
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(out.parent))
        if result != 0 or failed:
            words = "\n".join([*failed, words.strip()]).strip() or str(result)
            short = f"\n{memory.OUT_OF_MEMORY}" if "MemoryError" in words else ""
            raise RunFailed(f"jupyter-book could not build the book:\n{words}{short}")
        warnings = [line for line in words.splitlines() if "WARNING" in line or "ERROR" in line]
        if warnings:
            raise RunFailed("jupyter-book built the book with warnings:\n" + "\n".join(warnings[:20]))
        _place(sources / "_static", work / "html" / "_static")
        (work / "html").rename(out)
        if kept is not None:
            kept.keep(work, out, sorted(path.stem for path in (work / "doctrees").glob("*.doctree")))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _prune(out, set(own_static))
    return out


def _place(own: Path, static: Path) -> None:
    """Put our own static files among Sphinx's; ours stay where both have one."""
    shutil.copytree(own, static, dirs_exist_ok=True, copy_function=_link_or_copy)


def _link_or_copy(source: str, target: str) -> None:
    """The same bytes under a second name, which takes a tenth of the time: sources are written anew, never changed."""
    Path(target).unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:  # a disk or a system that has no such thing
        shutil.copyfile(source, target)


class _Watcher:
    """Waits for pages that are on their way and tells what was kept of the others.

    Sphinx tells an error met here in words of its own, which do not help whoever has to mend it: it is kept as it was.
    """

    def __init__(
        self, arrive: Callable[[str], None], kept: KeptPages | None, pages: Callable[[], None] = lambda: None
    ) -> None:
        self.arrive = arrive
        self.kept = kept
        self.pages = pages
        self.broken: list[Exception] = []

    def await_pages(self) -> None:
        try:
            self.pages()
        except Exception as error:
            self.broken.append(error)
            raise

    def begin(self, app: Any) -> None:
        if self.kept is not None:
            self.kept.begin(app)

    def before_reading(self, page: str) -> None:
        try:
            self.arrive(page)
        except Exception as error:
            self.broken.append(error)
            raise
        if self.kept is not None:
            self.kept.before_reading(page)

    def nothing_read(self, app: Any) -> None:
        if self.kept is not None and not self.kept.read:
            self.kept.before_writing(app)

    def before_writing(self, app: Any) -> None:
        if self.kept is not None:
            self.kept.before_writing(app)


@contextlib.contextmanager
def watching(
    arrive: Callable[[str], None], kept: KeptPages | None = None, pages: Callable[[], None] = lambda: None
) -> Iterator[list[Exception]]:
    """Have the theme call `pages` before it looks at any and `arrive` before each is read; yields a list that gets the
    error that they raised."""
    theme.watcher = own = _Watcher(arrive, kept, pages)
    try:
        yield own.broken
    finally:
        theme.watcher = None


@contextlib.contextmanager
def watched() -> Iterator[list[str]]:
    """Hold on to what went wrong in Sphinx's own processes; yields a list that gets it in words.

    Sphinx passes over a failure that it meets while it hands out more work, and the pages of that process are missing.
    """
    from sphinx.util.parallel import ParallelTasks

    said: list[str] = []
    join_one = ParallelTasks._join_one

    def join_and_tell(tasks: Any) -> Any:
        try:
            return join_one(tasks)
        except EOFError:  # it was gone before it had answered
            said.append(f"a process that reads and writes pages {memory.ending(_dead(tasks))}. {memory.FEWER}")
            raise
        except Exception as error:
            said.append(str(error))
            raise

    ParallelTasks._join_one = join_and_tell
    try:
        yield said
    finally:
        ParallelTasks._join_one = join_one


def _dead(tasks: Any) -> int | None:
    """The code that a process of these ended with."""
    for number in tasks._precvs:
        tasks._procs[number].join(0.1)
        if tasks._procs[number].exitcode is not None:
            return int(tasks._procs[number].exitcode)
    return None


@contextlib.contextmanager
def clock() -> Iterator[None]:
    """SOURCE_DATE_EPOCH set for Sphinx and then as it was: what is made afterwards must not depend on a build before."""
    given = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = given or EPOCH
    try:
        yield
    finally:
        if given is None:
            del os.environ[VARIABLE]


def _prune(out: Path, own: set[str]) -> None:
    for name in DROPPED:
        path = out / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for path in (out / "_static").iterdir():
        if path.name not in KEPT_STATIC | own:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
