"""The command line. Each command imports what it needs when it runs, so that `--help` is instant.

Exit codes: 0 done, 1 run failed, 2 wrong usage or parameter, 3 data rejected, 4 verdict changed, 130 stopped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casefile import memory
from casefile.errors import CasefileError, RunFailed, UsageError, VerdictChanged
from casefile.paths import ROOT
from casefile.refusal import EXIT_CODES, STOPPED, Commands, Output, refuse, stop

if TYPE_CHECKING:
    from casefile.verdicts.engine import Court

app = Commands(
    name="casefile",
    help="Explainable, reproducible evidence reports: claims, evidence, findings, verdicts and a book.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

AsOf = Annotated[
    str, typer.Option("--as-of", help="The day to judge from: YYYY-MM-DD, 'latest' or 'then' (2023-10-09).")
]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="A folder in the layout of data/; the project's own by default.")
]
Json = Annotated[
    bool, typer.Option("--json", callback=Output.ask, help="Print one JSON document on stdout and nothing else.")
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes to use.")]
CORES = os.cpu_count() or 1


def say(text: str) -> None:
    """A message for the person at the terminal; stdout stays for results."""
    print(text, file=sys.stderr, flush=True)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    Output.json(value)


def _court(data_dir: Path | None) -> Court:
    from casefile.evidence.library import Library
    from casefile.verdicts.engine import Court

    return Court(Library(data_dir))


@app.command()
def verdicts(as_of: AsOf = "latest", data_dir: DataDir = None, as_json: Json = False) -> None:
    """All verdicts on one day: no kernel, no build."""
    from casefile.verdicts.cached import verdict_records

    records = verdict_records(as_of, data_dir)
    if as_json:
        print_json(records)
        return
    from casefile.show.terminal import verdict_table

    verdict_table(records)


@app.command()
def explain(
    claim: Annotated[str, typer.Argument(help="A claim's id, as `casefile verdicts` lists them.")],
    as_of: AsOf = "latest",
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """One verdict in full: rule, findings, rows, sources, and what would change it."""
    from casefile.verdicts.explain import explain as explained

    court = _court(data_dir)
    record = explained(court, claim, court.library.vantage(as_of))
    if as_json:
        print_json(record)
        return
    from casefile.show.terminal import explanation

    explanation(record)


@app.command()
def timeline(
    start: Annotated[str, typer.Option("--from", help="First day; the article's date by default.")] = "then",
    end: Annotated[str, typer.Option("--to", help="Last day; the newest evidence by default.")] = "latest",
    every: Annotated[str, typer.Option(help="month, quarter or year.")] = "month",
    data_dir: DataDir = None,
    jobs: Jobs = CORES,
    as_json: Json = False,
) -> None:
    """Every verdict at each month end (quarter, year) between two days."""
    from casefile.evidence.library import Library
    from casefile.verdicts.timeline import timeline as judged

    library = Library(data_dir)
    rows = judged(library, library.vantage(start), library.vantage(end), every, jobs)
    if as_json:
        print_json(rows)
        return
    from casefile.show.terminal import timeline_table

    timeline_table(rows)


@app.command()
def diff(
    a: Annotated[str, typer.Argument(help="A date, a ledger file or a data folder.")],
    b: Annotated[str, typer.Argument(help="What to compare it with.")],
    data_dir: DataDir = None,
    fail_on_change: Annotated[bool, typer.Option("--fail-on-change", help="Exit 4 when a rating differs.")] = False,
    as_json: Json = False,
) -> None:
    """What changed between two dates, ledgers or data folders: rows, findings, verdicts."""
    from casefile.verdicts.diff import as_text
    from casefile.verdicts.diff import diff as compared

    change = compared(a, b, data_dir)
    if as_json:
        print_json(change)
    else:
        print(as_text(change), end="")
    from casefile.verdicts.diff import ratings_that_differ

    if fail_on_change and (words := ratings_that_differ(change)):
        raise VerdictChanged(words)


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DATA_DIR]", help="The folder to check; data/ by default.")
    ] = None,
    option: Annotated[
        Path | None, typer.Option("--data-dir", help="The same, said as with the other commands.")
    ] = None,
) -> None:
    """Validate all data, claims, sources and corrections; every problem is listed."""
    if folder is not None and option is not None and folder != option:
        raise UsageError(f"Two folders are named, {folder} and {option}; name one.")
    data_dir = folder or option
    from casefile.errors import DataError
    from casefile.evidence.check import check_data
    from casefile.evidence.unfinished import unfinished
    from casefile.paths import DATA

    report = check_data(data_dir or DATA)
    for line in report.lines:
        print(line)
    problems = list(report.problems)
    if not problems:
        problems += _rule_problems(data_dir)
    problems += unfinished(data_dir or DATA)
    if problems:
        raise DataError(problems)
    say("All tables, sources, claims and corrections are in order.")


def _rule_problems(data_dir: Path | None) -> list[Any]:
    """Rules that name findings which nothing computes."""
    from casefile.errors import DataError

    court = _court(data_dir)
    found = []
    for claim in court.claims.values():
        try:
            court.findings(claim, court.library.at(court.library.newest))
        except DataError as error:
            found += error.problems
    return found


@app.command()
def build(
    as_of: AsOf = "latest",
    data_dir: DataDir = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the site goes; _build/html by default.")] = None,
    only: Annotated[
        str | None, typer.Option("--only", help="Run one pillar's notebook again and reuse the rest.")
    ] = None,
    jobs: Jobs = CORES,
    force: Annotated[bool, typer.Option("--force", help="Rebuild everything, whatever the cache holds.")] = False,
    renderer: Annotated[
        str, typer.Option("--with", help="jupyter-book, or quarto when it is on PATH.")
    ] = "jupyter-book",
) -> None:
    """Run all notebooks through papermill and assemble the book with jupyter-book."""
    from casefile.press.build import build_book

    place = build_book(
        as_of=as_of, data_dir=data_dir, out=out, only=only, jobs=jobs, force=force, renderer=renderer, say=say
    )
    say(f"The book is at {place}")


@app.command()
def run(
    notebook: Annotated[Path, typer.Argument(help="A notebook, e.g. notebooks/economy.ipynb.")],
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", help="name=value; checked before the run.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the executed notebook goes.")] = None,
) -> None:
    """Run one notebook through papermill, its parameters checked first."""
    from casefile.press.build import run_one

    say(f"Executed: {run_one(notebook, parameter or [], out)}")


@app.command()
def serve(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on the loopback address; 0 picks a free one.")
    ] = 8000,
    site: Annotated[Path | None, typer.Option("--site", help="The site to show; _build/html by default.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Build the book again after each change.")] = False,
    as_of: Annotated[str, typer.Option("--as-of", help="With --watch: the edition to build.")] = "latest",
    jobs: Jobs = CORES,
) -> None:
    """Preview the book on this machine only (loopback)."""
    if not watch:
        from casefile.press.serve import serve_site

        serve_site(site, port, say)
        return
    if site is not None:
        raise UsageError("--watch builds and shows the book in _build/html; leave --site out.")
    from casefile.press.watch import serve_and_watch

    serve_and_watch(as_of, port, jobs, say, refuse)


def main(wish: Callable[[], object] | None = None) -> None:
    """Run the command line, or a wish that was understood without it; errors of the user's making end in their exit
    code, without a traceback."""
    if (ROOT / ".undo" / "journal.json").exists():  # `casefile new` was killed: finish it before code is imported
        from casefile.evidence.journal import settle

        settle(ROOT)
    import casefile.commands
    import casefile.new_commands
    import casefile.trust_commands  # noqa: F401  (adds the commands for editions, exports and trust)

    try:
        (wish or app)()
    except CasefileError as error:
        sys.exit(refuse(error))
    except SystemExit as end:
        if end.code == STOPPED:  # what typer makes of Ctrl-C
            stop()
        raise
    except KeyboardInterrupt:
        sys.exit(stop())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (MemoryError, ImportError, RuntimeError, OSError) as error:
        if memory.wanting(error):
            sys.exit(refuse(RunFailed(memory.OUT_OF_MEMORY)))
        if not isinstance(error, OSError):
            raise
        place = f": {error.filename}" if error.filename else ""
        say(f"{error.strerror or error}{place}; nothing that was finished is lost.")
        sys.exit(1)


__all__ = ["UsageError", "app", "main", "print_json", "say"]
