"""Commands about trust and many editions: verify, publish, export, editions. Imported by `casefile.cli`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casefile.cli import CORES, DataDir, Jobs, Json, app, print_json, say
from casefile.errors import RunFailed, UsageError

FORMATS = ("pdf", "epub", "claimreview", "ro-crate", "datapackage", "citation", "quarto")


@app.command()
def export(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help=f"{', '.join(FORMATS)}, or all.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="File or folder to write; _build/exports by default.")
    ] = None,
    site: Annotated[Path | None, typer.Option("--site", help="The built book; _build/html by default.")] = None,
    base: Annotated[str, typer.Option("--base", help="Address of the published site, for records of it.")] = "",
    data_dir: DataDir = None,
) -> None:
    """Write the built book as PDF or EPUB, or its records in standard formats."""
    if form not in (*FORMATS, "all"):
        raise UsageError(f"There is no export {form!r}. Exports: {', '.join(FORMATS)}, all.")
    if form == "all" and out is not None and out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; all exports need a folder.")
    from casefile.press.export.all import export_all, export_one

    if form == "all":
        for made in export_all(site, data_dir, out, base, say):
            say(f"Written: {made}")
        return
    say(f"Written: {export_one(form, site, data_dir, out, base)}")


@app.command()
def verify(
    quick: Annotated[bool, typer.Option("--quick", help="Compare the ledgers only; no notebook, no page.")] = False,
    history: Annotated[bool, typer.Option("--history", help="Replay the chain of accepted editions instead.")] = False,
    against: Annotated[
        Path | None,
        typer.Option("--against", help="With --history: an earlier copy of the history, which must be its beginning."),
    ] = None,
    data_dir: DataDir = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the second build where it was made.")] = False,
    as_json: Json = False,
) -> None:
    """Rebuild in another folder under other conditions and compare, byte by byte."""
    if against is not None and not history:
        raise UsageError("--against goes with --history.")
    if history:
        from casefile.press.history import replay

        entries = replay(data_dir, against)
        if as_json:
            print_json(entries)
            return
        for entry in entries:
            moved = "; ".join(f"{name}: {pair[0]} → {pair[1]}" for name, pair in entry["moved"].items())
            print(f"{entry['seq']}  edition of {entry['edition']}  {entry['hash'][:16]}  {moved or 'no rating moved'}")
        say(f"The chain of {len(entries)} accepted edition{'' if len(entries) == 1 else 's'} holds.")
        return
    from casefile.press.verify import verify as verified

    report = verified(quick=quick, data_dir=data_dir, keep=keep, say=say)
    if as_json:
        print_json(report.record())
    if report.differences:
        raise RunFailed(report.text())
    say(report.text())


@app.command()
def publish(
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", help="Why something that the gate holds back is right; must name it."),
    ] = None,
    on: Annotated[
        str, typer.Option("--on", help="The day from which ages count; the newest evidence by default.")
    ] = "",
    data_dir: DataDir = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what the gate would hold back.")] = False,
) -> None:
    """Accept the verdicts on the newest evidence: fresh sources, no unexplained jump, one more line of history."""
    from casefile.press.history import publish_ledger

    for line in publish_ledger(data_dir, accept or [], on, dry_run=dry_run):
        say(line)


@app.command()
def editions(
    start: Annotated[str, typer.Option("--from", help="First day; the article's date by default.")] = "then",
    end: Annotated[str, typer.Option("--to", help="Last day; the newest evidence by default.")] = "latest",
    every: Annotated[str, typer.Option(help="month, quarter or year.")] = "month",
    jobs: Jobs = CORES,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Address of a Dask scheduler, e.g. tcp://10.0.0.5:8786.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where they go; _build/editions by default.")] = None,
    data_dir: DataDir = None,
    force: Annotated[bool, typer.Option("--force", help="Run everything again, whatever the cache holds.")] = False,
) -> None:
    """One complete executed set (seven notebooks and the ledger) for each month end between two days."""
    from casefile.press.editions import build_editions

    made = build_editions(
        start=start, end=end, every=every, jobs=jobs, scheduler=scheduler, out=out, data_dir=data_dir, force=force,
        say=say,
    )  # fmt: skip
    say(f"{len(made)} editions are at {made[-1].parent}")
