"""The two halves of an edition: executed notebooks, and the material that pages draw on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile.model import ARTICLE_DATE, Pillar
from casefile.paths import BOOK, CHANGELOG, CITATION, NOTEBOOKS, RESULTS, ROOT, SPECIFICATIONS
from casefile.press.cache import Cache, key_of
from casefile.press.graph import Graph

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from casefile.press.build import Plan
    from casefile.press.pages import Material

WITH_LEDGER = "verdicts"
"""The notebook that judges all claims, and so writes the ledger of its edition."""

NAMES = (*(pillar.value for pillar in Pillar), WITH_LEDGER)
"""The notebooks of an edition, in the order of the book."""

KIND = "notebook"


def parameters(wish: Plan) -> dict[str, str]:
    """What every notebook of an edition is given."""
    return {"as_of": wish.as_of.isoformat(), "data_dir": str(wish.data_dir)}


def keys(wish: Plan, graph: Graph) -> dict[str, dict[str, str]]:
    """Notebook name → everything its executed form depends on. The data folder's place is no part of it."""
    return {name: graph.parts(name, {"as_of": wish.as_of.isoformat()}) for name in NAMES}


def execute(
    wish: Plan,
    graph: Graph,
    cache: Cache,
    say: Callable[[str], None],
    *,
    begun: Callable[[], None] = lambda: None,
    judged: Callable[[], None] = lambda: None,
    done: Callable[[str, Path], None] = lambda name, path: None,
) -> dict[str, Path]:
    """Executed notebooks by name: kept ones where nothing they depend on has changed, the others run by papermill.

    `begun` is called when it is known that some run, and nothing has been started by then but processes; `judged` when
    the verdicts are judged, before the first of them runs.
    `done` is called with each executed notebook as soon as it is there.
    """
    if wish.force or not cache.holds(KIND):
        warm(wish)
    found: dict[str, Path] = {}
    waiting: dict[str, dict[str, str]] = {}
    for name, parts in keys(wish, graph).items():
        again = wish.force if wish.only is None else wish.only == name
        entry = None if again else cache.fetch(KIND, parts)
        if entry is not None:
            found[name] = entry.files[f"{name}.ipynb"]
            done(name, found[name])
        else:
            waiting[name] = parts
            why = "asked for" if again else cache.reason(KIND, name, parts)
            say(f"  {name}: to be run, because {why}")
    if waiting:
        found |= _run(wish, graph, cache, waiting, say, begun, judged, done)
    return {name: found[name] for name in NAMES}


def warm(wish: Plan) -> None:
    """Have kernels made ready while it is still found out which notebooks are to run; for when some certainly are."""
    from casefile.press.run import Job, ready_kernels

    path = NOTEBOOKS / f"{NAMES[0]}.ipynb"
    ready_kernels(Job(path, parameters(wish), wish.work / "executed" / path.name, cwd=ROOT, data_dir=wish.data_dir))


def history(wish: Plan) -> list[dict[str, Any]]:
    """The verdicts at each month end of an edition, kept on disk for the notebook and the pages alike."""
    from casefile.evidence.library import Library
    from casefile.verdicts.months import timeline_records

    return timeline_records(Library(wish.data_dir), *span(wish), jobs=wish.jobs)


def judge(wish: Plan, meanwhile: Callable[[], None]) -> None:
    """Have the history kept on disk before notebooks ask for it: a kernel judges alone, and a build by several processes.

    `meanwhile` is called once, where possible while other processes judge.
    """
    from casefile.press.apart import NotApart, fork
    from casefile.press.run import import_engine
    from casefile.verdicts.cached import is_judged, judge_ahead

    given = (wish.data_dir, *span(wish))
    if is_judged(*given):
        meanwhile()
        return
    try:
        if wish.jobs < 2:
            raise NotApart
        apart = fork("judges verdicts", judge_apart, (*given, wish.jobs), str(wish.data_dir))
    except NotApart:
        meanwhile()
        judge_ahead(*given, wish.jobs, import_engine)
        return
    try:
        import_engine()  # before what may fork this process, and needs half of it
        meanwhile()
        apart.heed()
    except NotApart:
        judge_ahead(*given, wish.jobs)
    finally:
        apart.close()


def judge_apart(channel: Connection, data_dir: Path, start: date, end: date, jobs: int) -> None:
    """`judge_ahead` in a process of its own."""
    from casefile.verdicts.cached import judge_ahead

    judge_ahead(data_dir, start, end, jobs)


def span(wish: Plan) -> tuple[date, date]:
    """The first and the last day of an edition's history."""
    return min(ARTICLE_DATE, wish.as_of), wish.as_of


def _run(
    wish: Plan,
    graph: Graph,
    cache: Cache,
    waiting: dict[str, dict[str, str]],
    say: Callable[[str], None],
    begun: Callable[[], None],
    judged: Callable[[], None],
    done: Callable[[str, Path], None],
) -> dict[str, Path]:
    from casefile.press.run import Job, Result, run_many

    fresh = wish.work / "executed"
    fresh.mkdir(parents=True, exist_ok=True)
    jobs = [
        Job(
            NOTEBOOKS / f"{name}.ipynb",
            parameters(wish),
            fresh / f"{name}.ipynb",
            cwd=ROOT,
            data_dir=wish.data_dir,
            declared=graph.declared(name),
            shown={"data_dir": ""},
            log=wish.work / "runs" / f"{name}.json",
            failed=wish.work / "failed" / f"{name}.ipynb",
        )
        for name in sorted(waiting, key=lambda one: one != WITH_LEDGER)  # first: it takes longest, and all is judged
    ]
    warm(wish)  # its imports run meanwhile
    if WITH_LEDGER in waiting:
        say("  history: verdicts at each month end")
        judge(wish, meanwhile=begun)
    else:
        begun()
    judged()

    found = {}

    def keep(one: Result) -> None:
        name = one.job.notebook.stem
        say(f"  {name}: run in {one.seconds:.1f} s")
        for warning in one.warnings:
            say(f"  {name}: {warning}")
        entry = cache.store(KIND, waiting[name], {f"{name}.ipynb": one.out})
        cache.remember(KIND, name, waiting[name])
        found[name] = entry.files[f"{name}.ipynb"]
        done(name, found[name])

    run_many(jobs, wish.jobs, done=keep)
    return found


def page_parts(wish: Plan, graph: Graph) -> dict[str, str]:
    """Everything that the site depends on: the notebooks' keys, the data, the code, and what pages are written from."""
    from casefile.press.graph import file_parts
    from casefile.press.plotlyjs import bundle

    files = [ROOT / "_config.yml", ROOT / "_toc.yml", CHANGELOG, CITATION, RESULTS]
    for folder in (BOOK, SPECIFICATIONS):
        files += [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in (".py", ".pyc")]
    parts = {f"executed:{name}": key_of(own) for name, own in keys(wish, graph).items()}
    parts |= file_parts("page", [path for path in files if path.is_file()], ROOT, graph.hashes)
    parts |= graph.data() | graph.code() | graph.versions()
    parts["parameter:as_of"] = wish.as_of.isoformat()
    parts["plotly.js:bundle"] = graph.hashes.of(bundle()[0])
    return parts


def gather(wish: Plan) -> tuple[Material, dict[str, Any]]:
    """The verdicts, the timeline and the ledger of an edition."""
    from casefile.press.pages import Material
    from casefile.verdicts.kept import kept_court
    from casefile.verdicts.ledger import build_ledger, vantages

    court = kept_court(wish.data_dir)
    when = vantages(wish.as_of)
    verdicts = {name: {moment: court.verdict(name, day) for moment, day in when.items()} for name in court.claims}
    material = Material(court, verdicts, history(wish))
    return material, build_ledger(court, wish.as_of)
