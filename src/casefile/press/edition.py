"""The two halves of an edition: executed notebooks, and the material that pages draw on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile.evidence.library import Library
from casefile.model import ARTICLE_DATE
from casefile.paths import NOTEBOOKS, ROOT
from casefile.press.pages import Material
from casefile.press.run import Job, run_many
from casefile.verdicts.cached import timeline_records
from casefile.verdicts.engine import Court
from casefile.verdicts.ledger import build_ledger, vantages

if TYPE_CHECKING:
    from casefile.press.build import Plan


def execute(wish: Plan, say: Callable[[str], None]) -> dict[str, Path]:
    """Run the notebooks of an edition through papermill; notebook name → executed notebook."""
    from casefile.press.build import NAMES

    wish.executed.mkdir(parents=True, exist_ok=True)
    jobs = []
    for name in NAMES:
        parameters = {"as_of": wish.as_of.isoformat(), "data_dir": str(wish.data_dir)}
        jobs.append(
            Job(
                NOTEBOOKS / f"{name}.ipynb",
                parameters,
                wish.executed / f"{name}.ipynb",
                cwd=ROOT,
                data_dir=wish.data_dir,
                shown={"data_dir": "data"},
                log=wish.work / "runs" / f"{name}.json",
                failed=wish.work / "failed" / f"{name}.ipynb",
            )
        )
    say(f"Running {len(jobs)} notebooks as of {wish.as_of} …")
    done = run_many(jobs, wish.jobs, done=lambda result: say(f"  {result.job.notebook.stem} ({result.seconds:.1f} s)"))
    return {result.job.notebook.stem: result.out for result in done}


def gather(wish: Plan) -> tuple[Material, dict[str, Any]]:
    """The verdicts, the timeline and the ledger of an edition."""
    library = Library(wish.data_dir)
    court = Court(library)
    when = vantages(wish.as_of)
    verdicts = {
        name: {moment: court.verdict(name, day) for moment, day in when.items()} for name in court.claims
    }
    start = min(ARTICLE_DATE, wish.as_of)
    material = Material(
        court=court,
        verdicts=verdicts,
        timeline=timeline_records(library, start, wish.as_of, jobs=wish.jobs),
        spec_folder=ROOT / "tests" / "spec",
        benchmarks=ROOT / "benchmarks" / "RESULTS.md",
        changelog=ROOT / "CHANGELOG.md",
    )
    return material, build_ledger(court, wish.as_of)
