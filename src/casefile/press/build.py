"""One build: notebooks through papermill, pages from the ledger, jupyter-book, checks, publication."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile.errors import RunFailed, UsageError
from casefile.model import Pillar
from casefile.paths import BOOK, BUILD, DATA, NOTEBOOKS, ROOT

if TYPE_CHECKING:
    from casefile.press.pages import Material

Say = Callable[[str], None]

NAMES = (*(pillar.value for pillar in Pillar), "verdicts")
RENDERERS = ("jupyter-book", "quarto")


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

    @property
    def executed(self) -> Path:
        """Where executed notebooks lie."""
        return self.work / "executed"


def plan(as_of: str, data_dir: Path | None, out: Path | None, only: str | None, jobs: int, force: bool) -> Plan:
    """Check the wishes of a build before anything runs. Raises `UsageError` with the allowed values."""
    from casefile.evidence.library import Library

    folder = (data_dir or DATA).resolve()
    if only is not None and only not in NAMES:
        raise UsageError(f"--only {only!r} names no notebook. Notebooks: {', '.join(NAMES)}.")
    library = Library(folder)
    day = library.vantage(as_of)
    library.at(day)
    place = (out or BUILD / "html").resolve()
    if place == ROOT or place in ROOT.parents or (place.exists() and not _ours(place)):
        raise UsageError(f"{place} is not an empty folder or an earlier book; nothing was written there.")
    work = BUILD if out is None else BUILD / "elsewhere"
    return Plan(day, folder, place, only, jobs, force, work)


def _ours(place: Path) -> bool:
    return place.is_dir() and (not any(place.iterdir()) or (place / "_static" / "ledgers" / "ledger.json").is_file())


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

    Raises `UsageError` for a wish that cannot be met, `RunFailed` for a notebook, page or chart that fails.
    """
    if renderer not in RENDERERS:
        raise UsageError(f"--with {renderer!r} is unknown. Renderers: {', '.join(RENDERERS)}.")
    from casefile.press import fresh
    from casefile.press.site import recover

    place = (out or BUILD / "html").resolve()
    if recover(place):
        say(f"An earlier build was interrupted; the last good book is back at {place}.")
    if renderer == "jupyter-book" and not force and only is None:
        stands = fresh.still_stands(as_of, (data_dir or DATA).resolve(), place)
        if stands:
            say("Nothing has changed since the last build.")
            return place / "index.html"
    wish = plan(as_of, data_dir, out, only, jobs, force)
    started = time.monotonic()
    material = _make(wish, say)
    if renderer == "quarto":
        from casefile.press.quarto import render

        return render(wish.work / "book", wish.work / "quarto", say)
    site = _site(wish, material, say)
    fresh.remember(as_of, wish.data_dir, place)
    say(f"Done in {time.monotonic() - started:.1f} s.")
    return site


def _make(wish: Plan, say: Say) -> _Made:
    from casefile.press.edition import execute, gather

    executed = execute(wish, say)
    say("Assembling the pages …")
    material, ledger = gather(wish)
    return _Made(executed, material, ledger)


@dataclass(frozen=True)
class _Made:
    executed: dict[str, Path]
    material: Material
    ledger: dict[str, Any]


def _site(wish: Plan, made: _Made, say: Say) -> Path:
    from casefile.press.assemble import assemble
    from casefile.press.check_site import check_site
    from casefile.press.site import build_site, publish

    sources = wish.work / "book"
    charts = assemble(made.executed, made.material, made.ledger, sources)
    say("Building the site with jupyter-book …")
    fresh_site = wish.out.with_name(f".{wish.out.name}.new")
    own = [path.name for path in (BOOK / "_static").glob("*")]
    try:
        build_site(sources, fresh_site, own)
        say("Checking the pages …")
        check_site(fresh_site, charts, made.material.claims, made.executed.values())
        publish(fresh_site, wish.out)
    finally:
        shutil.rmtree(fresh_site, ignore_errors=True)
    return wish.out / "index.html"


def run_one(notebook: Path, given: Sequence[str], out: Path | None) -> Path:
    """Run one notebook with `name=value` parameters, checked first; returns the executed notebook's path.

    Raises `UsageError` for an unknown or ill-typed parameter or a file that is no notebook, `RunFailed` when it fails.
    """
    from casefile.press.parameters import check_parameters, parse_given, read_parameters
    from casefile.press.run import run_notebook

    if not notebook.is_file() or notebook.suffix != ".ipynb":
        known = ", ".join(str((NOTEBOOKS / f"{name}.ipynb").relative_to(ROOT)) for name in NAMES)
        raise UsageError(f"{notebook} is no notebook. The project's notebooks: {known}.")
    values = parse_given(given)
    checked = check_parameters(read_parameters(notebook), values, newest=_newest(values.get("data_dir", "")))
    target = out or BUILD / "run" / notebook.name
    if target.resolve() == notebook.resolve():
        raise UsageError(f"{target} is the notebook itself; name another file with --out.")
    target.parent.mkdir(parents=True, exist_ok=True)
    done = run_notebook(notebook, checked, target)
    if done is None:
        raise RunFailed(f"{notebook} did not finish")
    return done.out


def _newest(data_dir: str) -> Callable[[], date]:
    def newest() -> date:
        from casefile.evidence.library import Library

        return Library(data_dir or None).newest

    return newest
