"""Commands that come with the intake, the editions and the records; imported by `casefile.cli`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casefile.cli import DataDir, Json, app, print_json, say
from casefile.errors import DataError, RunFailed, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from casefile.evidence.intake.gate import Gate
    from casefile.evidence.intake.request import Plan, Request

    Extra = Callable[[], dict[str, bytes | None]]

DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
AllowJump = Annotated[bool, typer.Option("--allow-jump", help="Accept values that are out of scale, or a new unit.")]
Conflict = Annotated[
    str,
    typer.Option(
        "--on-conflict", help="stop, keep (our value stands) or replace (the new one stands); both stay on record."
    ),
]


def _folder(data_dir: Path | None) -> Path:
    from casefile.paths import DATA

    folder = data_dir or DATA
    if not folder.is_dir():
        raise UsageError(f"There is no data folder at {folder}.")
    return folder


def _options(pairs: list[str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in pairs or []:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise UsageError(f"--set {pair!r} is not of the form column=value.")
        if name in found:
            raise UsageError(f"--set {name} is given twice.")
        found[name] = value
    return found


@app.command()
def add(
    table: Annotated[str, typer.Argument(help="The table, e.g. opinion/polls.")],
    file: Annotated[Path, typer.Argument(help="CSV, XLSX or JSON in the table's columns, or an upstream file.")],
    format: Annotated[
        str,
        typer.Option("--format", help="The upstream format; recognised by itself where possible. 'list' lists them."),
    ] = "",
    source: Annotated[
        Path | None, typer.Option("--source", help="A CSV with new rows of the registry of sources.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="column=value that the file does not state; repeatable.")
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    on_conflict: Conflict = "stop",
    allow_jump: AllowJump = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """New data in, or refused whole: validates, shows what would change, asks, writes as one change.

    A refused file is kept with the reasons in data/.quarantine, with --dry-run too. Nothing reads that folder:
    delete it to empty it. A source that is not registered yet comes along with --source, a CSV with the columns of
    data/sources.csv; the publishers of the upstream formats are registered by themselves.
    """
    from casefile.evidence.adapters import formats
    from casefile.evidence.intake.request import Request

    if format == "list":
        print(formats())
        return
    request = Request(table, file, format, _options(settings), source, allow_jump)
    record = _bring_in(_folder(data_dir), request, dry_run, yes, on_conflict, as_json)
    if as_json:
        print_json(record)


def _bring_in(
    data_dir: Path,
    request: Request,
    dry_run: bool,
    yes: bool,
    on_conflict: str,
    as_json: bool,
    extra: Extra | None = None,
) -> dict[str, Any]:
    """Plan, show, ask and write one file; the plan is made again under the lock, so that nothing came between.

    `extra` gives further files to write with the change, below the data folder.
    """
    from casefile.evidence.intake.adding import ON_CONFLICT, refuse_conflicts, write
    from casefile.evidence.intake.gate import Gate
    from casefile.evidence.journal import settle, writing

    if on_conflict not in ON_CONFLICT:
        raise UsageError(f"--on-conflict {on_conflict!r} is unknown. Allowed: {', '.join(ON_CONFLICT)}.")
    settle(data_dir)
    gate = Gate(data_dir)
    try:
        plan = gate.plan(request)
    except DataError as error:
        if error.kept is not None:
            say(f"The refused file is kept as {error.kept}. Nothing was changed.")
        raise
    decision = _decide(plan, on_conflict, yes or dry_run)
    if decision == "stop" and not dry_run:
        refuse_conflicts(plan)
    record = {**_show(gate, plan, decision, as_json), "written": False}
    if plan.changes_nothing:
        say("Nothing to add: all rows are there already.")
    if dry_run or (plan.changes_nothing and not extra):
        return record
    if not yes and not plan.changes_nothing and not _agreed():
        say("Nothing was written.")
        return record
    with writing(data_dir, "add", say):
        fresh = Gate(data_dir)
        again = fresh.plan(request)
        if again.as_json() != plan.as_json():
            raise UsageError("The data changed in the meantime; nothing was written. Run the command again.")
        more = extra() if extra else {}
        if not plan.changes_nothing or more:
            change = write(fresh, again, decision, more)
            record["written"] = True
            if not plan.changes_nothing:
                say(f"Written as change {change.number}: {change.what}. Take it back with: {_undoing(data_dir)}")
    return record


def _undoing(data_dir: Path) -> str:
    """The command that takes the last change of this folder back, as it can be typed."""
    import shlex

    from casefile.paths import DATA

    return "casefile undo" if data_dir == DATA else f"casefile undo --data-dir {shlex.quote(str(data_dir))}"


def _decide(plan: Plan, on_conflict: str, quiet: bool) -> str:
    if not plan.conflicts or on_conflict != "stop" or quiet or not sys.stdin.isatty():
        return on_conflict
    answer = typer.prompt(f"{plan.conflicts} rows conflict: keep ours, replace, or stop?", default="stop", err=True)
    return answer if answer in ("keep", "replace") else "stop"


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise UsageError(
            "There is no terminal to ask at; nothing was written. Give --yes to write, or --dry-run to look."
        )
    try:
        return typer.confirm("Write this?", err=True)
    except typer.Abort:
        raise KeyboardInterrupt from None


def _show(gate: Gate, plan: Plan, decision: str, as_json: bool) -> dict[str, Any]:
    from casefile.errors import CasefileError
    from casefile.evidence.intake.adding import described, effect_lines

    record = plan.as_json()
    if not as_json:
        print("\n".join(described(plan, decision)))
    files = gate.files(plan, "replace" if decision == "replace" else "keep")
    tables = {one.table for one in plan.comparisons}
    if not plan.changes_nothing:
        from casefile.verdicts.effects import effects

        try:
            found = effects(gate.data_dir, files, tables)
        except CasefileError as error:
            if isinstance(error, (DataError, RunFailed)):
                raise
            found = {"findings": [], "verdicts": [], "error": str(error)}
        record["findings"], record["verdicts"] = found["findings"], found["verdicts"]
        if why := found.get("error"):
            record["error"] = why
            say(f"What this does to findings and verdicts could not be worked out: {why}")
        elif not as_json:
            print("\n".join(effect_lines(found)))
    return record


@app.command()
def refresh(
    upstream: Annotated[
        list[str] | None, typer.Argument(help="Names from data/upstream.yml; all by default. 'list' lists them.")
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    on_conflict: Conflict = "stop",
    allow_jump: AllowJump = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Download from the documented upstream addresses, through the same gate as `add`."""
    import tempfile
    from datetime import date
    from functools import partial

    from casefile.errors import CasefileError
    from casefile.evidence.intake.request import Request
    from casefile.evidence.refresh import chosen, fetch, record

    folder = _folder(data_dir)
    if upstream == ["list"]:
        print("\n".join(f"{one.id:20} {one.title} → {one.table}" for one in chosen(folder, [])))
        return
    records: list[dict[str, Any]] = []
    failed: list[tuple[str, CasefileError]] = []
    for one in chosen(folder, upstream or []):
        say(f"{one.id}: {one.title}")
        with tempfile.TemporaryDirectory(prefix="casefile-") as place:
            try:
                got = fetch(one, Path(place), date.today(), say=say)
                request = Request(one.table, got.path, one.format, dict(one.set), None, allow_jump, got.path.name)
                extra = partial(_fetched, record, folder, one, got)
                made = _bring_in(folder, request, dry_run, yes, on_conflict, as_json, extra)
                records.append({"upstream": one.id, "address": got.address, **made})
            except CasefileError as error:
                say(f"{one.id}: {error}")
                failed.append((one.id, error))
                records.append({"upstream": one.id, "error": str(error), "written": False})
    if as_json:
        print_json(records)
    if failed:
        names = ", ".join(name for name, _ in failed)
        worst = max((error for _, error in failed), key=lambda error: error.exit_code)
        if isinstance(worst, DataError):
            raise worst
        raise type(worst)(f"Not refreshed: {names}. The others are done.")


def _fetched(record: Any, folder: Path, one: Any, got: Any) -> dict[str, bytes | None]:
    content = record(folder, one, got)
    return {} if content is None else {"fetched.json": content}


@app.command()
def undo(
    data_dir: DataDir = None,
    listing: Annotated[bool, typer.Option("--list", help="List the changes that can be taken back.")] = False,
) -> None:
    """Take back the newest change that `add`, `refresh` or `new` made."""
    from datetime import datetime

    from casefile.evidence.intake.adding import take_back
    from casefile.evidence.journal import changes
    from casefile.paths import ROOT

    folders = [_folder(data_dir), *([ROOT] if data_dir is None else [])]
    made = [(datetime.fromisoformat(one.when), folder, one) for folder in folders for one in changes(folder)]
    if listing:
        for when, _, one in sorted(made, key=lambda entry: entry[0]):
            print(f"{when.isoformat(' ', 'seconds')}  {one.what}")
        return
    newest = max(made, key=lambda entry: entry[0])[1] if made else folders[0]
    change = take_back(newest, say)
    say(f"Taken back: {change.what}. All is as it was before.")
