"""Notebooks run through papermill, one or many, with every way to fail made loud."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile import memory
from casefile.errors import RunFailed, UsageError
from casefile.model import AS_OF_CHECKED
from casefile.press.canonical import canonical_notebook, notebook_text, plain
from casefile.press.files import write_atomically
from casefile.press.inputs import VARIABLE, declaration
from casefile.press.light import import_papermill

if TYPE_CHECKING:
    from casefile.press.engine import Run

CELL_TIMEOUT = 180.0  # seconds; the slowest cell of the report takes a few
NOTEBOOK_TIMEOUT = 900.0
START_TIMEOUT = 120.0  # a cold start on a busy machine with every import still to do
LEFT = "the cell left early (it asked the kernel to exit)"


class NotebookFailed(RunFailed):
    """A notebook that did not run to its end: which, in which cell, why, and the traceback without colours."""

    def __init__(self, notebook: str, cell: str, error: str, detail: str = "", kept: Path | None = None) -> None:
        self.notebook, self.cell, self.error, self.detail, self.kept = notebook, cell, error, detail, kept
        place = f" in {cell}" if cell else ""
        told = f"\nThe notebook as far as it got: {kept}" if kept else ""
        super().__init__(f"{notebook} failed{place}: {error}{told}")


class Stopped(RunFailed):
    """A notebook ended because another one had failed or the build was interrupted."""


@dataclass(frozen=True)
class Job:
    """One notebook to run: checked parameters, where the executed notebook goes, and what it may read.

    `declared` are names of files relative to `data_dir` (None: any may be read). `shown` replaces, on the page,
    parameter values that name places on this machine. `log` takes the facts of the run as JSON. `failed` is where
    a notebook that fails is kept as far as it got.
    """

    notebook: Path
    parameters: Mapping[str, Any]
    out: Path
    cwd: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    data_dir: Path | None = None
    declared: Iterable[str] | None = None
    shown: Mapping[str, object] | None = None
    log: Path | None = None
    failed: Path | None = None
    cell_timeout: float = CELL_TIMEOUT
    notebook_timeout: float = NOTEBOOK_TIMEOUT
    warm: bool = True


@dataclass(frozen=True)
class Result:
    """A finished run: the executed notebook's path, its canonical content, the run's facts, and warnings."""

    job: Job
    out: Path
    content: Mapping[str, Any]
    facts: Mapping[str, Any]
    seconds: float

    @property
    def warnings(self) -> list[str]:
        """What a careful publisher would look at: stderr of cells, outputs that differ from run to run."""
        said = [f"cell {one['cell']!r} wrote to stderr: {plain(one['text']).strip()}" for one in self.facts["stderr"]]
        return [*said, *self.facts["warnings"]]


def run_notebook(
    path: Path,
    parameters: Mapping[str, Any],
    out: Path,
    *,
    cell_timeout: float = CELL_TIMEOUT,
    notebook_timeout: float = NOTEBOOK_TIMEOUT,
    warm: bool = True,
    **more: Any,
) -> Result:
    """Run one notebook with checked parameters and write it, in canonical form, to `out` in one step.

    `more` are the other fields of `Job`. Raises `NotebookFailed` when a cell raises or leaves early, when a limit is
    passed or the kernel dies, naming notebook, cell and error; `out` then stays as it was.
    """
    return run_job(
        Job(path, parameters, out, cell_timeout=cell_timeout, notebook_timeout=notebook_timeout, warm=warm, **more)
    )


def run_many(
    jobs: Sequence[Job],
    n: int | None = None,
    *,
    done: Callable[[Result], None] | None = None,
    contents: bool = True,
) -> list[Result]:
    """Run notebooks, at most `n` at a time (default: one per core); results in the order of the jobs.

    `done` is called in the caller's thread as each one finishes. When one fails, or the caller is interrupted, no
    other is started, those that run are ended with everything they started, and the first failure is raised.
    Without `contents` the results carry none: hundreds of executed notebooks would fill the memory.
    """
    if not jobs:
        return []
    ready_kernels(jobs[0])
    width = max(1, min(n or os.cpu_count() or 1, len(jobs)))
    stops: list[Callable[[str], None]] = []
    broken = threading.Event()
    slots = threading.Semaphore(width)
    pool = ThreadPoolExecutor(width + 1, thread_name_prefix="notebook")  # one begins while another's kernel ends
    futures: dict[Future[Result], int] = {}
    results: dict[int, Result] = {}
    try:
        futures.update(
            {pool.submit(_unless_broken, broken, slots, job, stops): place for place, job in enumerate(jobs)}
        )
        pending = set(futures)
        while pending:
            finished, pending = wait(pending, return_when=FIRST_COMPLETED)
            failures = [one.exception() for one in finished if one.exception() is not None]
            for failure in sorted(failures, key=lambda one: isinstance(one, Stopped)):
                assert failure is not None
                raise failure
            for one in finished:
                result, place = one.result(), futures.pop(one)
                results[place] = result if contents else replace(result, content={})
                if done:
                    done(result)
    except BaseException:
        broken.set()
        for future in futures:
            future.cancel()
        while not all(future.done() for future in futures):
            for stop in list(stops):
                stop("stopped")
            wait(futures, timeout=0.1)
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return [results[place] for place in range(len(jobs))]


def _unless_broken(
    broken: threading.Event, slots: threading.Semaphore, job: Job, stops: list[Callable[[str], None]]
) -> Result:
    """Run a job in one of the slots, unless another has failed: the thread that saw the failure would else take up the
    next one at once. The slot is free again when the last cell is done."""
    with contextlib.ExitStack() as held:
        slots.acquire()
        held.callback(slots.release)
        if broken.is_set():
            raise Stopped(f"{job.notebook} was not started: another notebook had failed")
        try:
            return _run(job, stops, held.close)
        except BaseException:
            broken.set()
            raise


def import_engine() -> None:
    """Import what executes notebooks: a quarter of a second, which is spent best while there is something to wait for."""
    import_papermill()
    importlib.import_module("casefile.press.engine").compile_schema()


def ready_kernels(job: Job | None = None) -> None:
    """Start the fork server in the background, so that its imports run while the caller does something else."""
    from casefile.press.server import ADDRESS, start_server, warm_possible

    env = _environment(job) if job else dict(os.environ)
    if (job is None or job.warm) and warm_possible(env) and not env.get(ADDRESS):
        folder = str(job.data_dir or job.parameters.get("data_dir", "")) if job else ""
        start_server(env, job.cwd or job.notebook.resolve().parent if job else None, folder)


def run_job(job: Job, stops: list[Callable[[str], None]] | None = None) -> Result:
    """Run one job. `stops` receives, while it runs, a function that ends it from another thread."""
    ready_kernels(job)
    return _run(job, stops)


def _run(job: Job, stops: list[Callable[[str], None]] | None = None, idle: Callable[[], None] = lambda: None) -> Result:
    if not job.notebook.is_file():
        raise UsageError(f"There is no notebook {job.notebook}.")
    import_papermill()
    from casefile.press.engine import Run

    run = Run(_environment(job), (job.cwd or job.notebook.resolve().parent), warm=job.warm, idle=idle)
    limit = f"did not finish within {job.notebook_timeout:g} seconds"
    watchdog = threading.Timer(job.notebook_timeout, run.stop, [limit])
    watchdog.daemon = True
    if stops is not None:
        stops.append(run.stop)
    began, clock = datetime.now(UTC), time.monotonic()
    watchdog.start()
    try:
        executed = _execute(job, run)
    finally:
        watchdog.cancel()
        if stops is not None:
            with contextlib.suppress(ValueError):
                stops.remove(run.stop)
    seconds = time.monotonic() - clock
    content, facts = canonical_notebook(executed, job.shown)
    facts |= {"notebook": str(job.notebook), "began": began.isoformat(), "seconds": round(seconds, 3), **run.report}
    write_atomically(job.out, notebook_text(content))
    if job.log:
        write_atomically(job.log, json.dumps(facts, indent=1, sort_keys=True, default=str) + "\n")
    if job.failed:
        job.failed.unlink(missing_ok=True)
    return Result(job, job.out, content, facts, seconds)


def _execute(job: Job, run: Run) -> Any:
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from casefile.press.engine import execute

    try:
        executed = execute(job.notebook.resolve(), job.parameters, run, START_TIMEOUT, job.cell_timeout)
    except PapermillExecutionError as error:
        said = f"{error.ename}: {error.evalue}"
        if error.ename.endswith("MemoryError"):  # Python's and NumPy's
            said = f"{said.rstrip(': ')}: the kernel ran out of memory. {memory.FEWER}"
        raise _failure(job, run, said, error.cell_index, error.traceback) from None
    except CellTimeoutError:
        raise _failure(job, run, f"the cell did not finish within {job.cell_timeout:g} seconds") from None
    except DeadKernelError:
        if run.left is not None:
            raise _failure(job, run, LEFT, run.left) from None
        raise _failure(job, run, f"the kernel died: {_death(run)}") from None
    except RuntimeError as error:
        why = str(error) if run.exit_code is None else f"{error}: {_death(run)}"
        raise _failure(job, run, f"the kernel did not start ({why})" if run.cell is None else why) from None
    _complete(job, run, executed)
    return executed


def _death(run: Run) -> str:
    code = run.exit_code
    return f"it {memory.ending(code)}" + (f". {memory.FEWER}" if code is not None and code < 0 else "")


def _complete(job: Job, run: Run, executed: Any) -> None:
    """Refuse a run that ended without an error and yet not at the end."""
    run.notebook = executed
    if run.left is not None:
        raise _failure(job, run, LEFT, run.left)
    for index, cell in enumerate(executed.cells):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        for output in cell.outputs:
            if output.output_type == "error":
                raise _failure(job, run, f"the cell left early ({output.ename}: {output.evalue})", index)
        if cell.execution_count is None:
            raise _failure(job, run, "the cell was never executed", index)
    if not run.finished:
        raise _failure(job, run, "the kernel was gone before the end of the notebook was confirmed")


def _failure(
    job: Job, run: Run, error: str, index: int | None = None, traceback: Iterable[str] = ()
) -> NotebookFailed | Stopped:
    if run.reason == "stopped":
        return Stopped(f"{job.notebook} was stopped.")
    index = run.cell if index is None else index
    if run.notebook is not None:
        from papermill.execute import remove_error_markers

        run.notebook = remove_error_markers(run.notebook)  # papermill put cells in, which moved the others
    kept = None
    if job.failed and run.notebook is not None:
        write_atomically(job.failed, notebook_text(canonical_notebook(run.notebook, job.shown)[0]))
        kept = job.failed
    cell = "" if index is None or run.notebook is None else _place(run.notebook, index)
    return NotebookFailed(str(job.notebook), cell, run.reason or error, plain("\n".join(traceback)), kept)


def _place(notebook: Any, index: int) -> str:
    cells = notebook.cells
    code = [place for place, one in enumerate(cells) if one.cell_type == "code"]
    name = cells[index].get("id", "")
    number = f"code cell {code.index(index) + 1} of {len(code)}" if index in code else f"cell {index + 1}"
    return f"cell {name!r} ({number})" if name else number


def _environment(job: Job) -> dict[str, str]:
    env = {**os.environ, **job.env}
    env.pop(VARIABLE, None)
    if job.data_dir:
        env[VARIABLE] = declaration(job.data_dir, job.declared)
        if job.declared is not None:
            env[AS_OF_CHECKED] = "1"
    return env
