"""`add` and `undo` as functions: plan, decide, write as one change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from casefile.errors import DataError, Problem, UsageError
from casefile.evidence.intake.compare import Comparison
from casefile.evidence.intake.gate import Gate
from casefile.evidence.intake.request import Plan
from casefile.evidence.journal import Change, commit, undo, writing

ON_CONFLICT = ("stop", "keep", "replace")
SHOWN = 20
LONGEST = 40  # characters of a cell shown
QUIET = ("note", "known_on_basis", "derived")


def refuse_conflicts(plan: Plan) -> None:
    """Raises `DataError` naming both values of every conflicting cell, when there are conflicts."""
    name = plan.request.name or plan.request.path.name
    problems = [
        Problem(
            name,
            line,
            column,
            after,
            f"conflicts with {before!r}, which {row} has",
            "Keep both on record and say which one stands: --on-conflict keep (ours) or replace (the new one).",
        )
        for one in plan.comparisons
        for line, row, _, cells in one.conflicts
        for column, (before, after) in cells.items()
    ]
    if problems:
        raise DataError(problems)


def write(gate: Gate, plan: Plan, on_conflict: str, extra: dict[str, bytes | None] | None = None) -> Change:
    """Write a plan as one change. Call inside `journal.writing`, with a gate opened inside it."""
    files = {**gate.files(plan, on_conflict), **(extra or {})}
    what = f"{plan.request.name or plan.request.path.name} into {', '.join(one.table for one in plan.comparisons)}"
    return commit(gate.data_dir, files, what)


def take_back(data_dir: Path, say: Callable[[str], None] | None = None) -> Change:
    """Undo the newest change. Raises `UsageError` when there is none."""
    if not data_dir.is_dir():
        raise UsageError(f"There is no data folder at {data_dir}.")
    with writing(data_dir, "undo", say):
        return undo(data_dir)


def described(plan: Plan, on_conflict: str) -> list[str]:
    """The plan in lines for a terminal."""
    lines = [f"{plan.request.name or plan.request.path.name} read as {plan.format}, sha256 {plan.sha256[:16]}…"]
    for one in plan.comparisons:
        lines += _table(one, on_conflict)
    if plan.new_sources:
        lines.append(f"New sources: {', '.join(one['source_id'] for one in plan.new_sources)}")
    for basis, count in plan.filled.items():
        lines.append(f"known_on was not stated in {count} row{'s' if count != 1 else ''}; filled by rule: {basis}")
    return lines + [f"Note: {one}" for one in plan.warnings]


def _table(one: Comparison, on_conflict: str) -> list[str]:
    lines = [
        f"{one.table}: {len(one.new)} new, {len(one.changed)} changed, {len(one.conflicts)} conflicting, "
        f"{one.same} already there"
    ]
    for row in one.new[:SHOWN] if len(one.new) <= SHOWN else [*one.new[: SHOWN // 2], {}, *one.new[-SHOWN // 2 :]]:
        shown = " ".join(f"{k}={_brief(v)}" for k, v in row.items() if v and k not in QUIET)
        lines.append(f"  + {shown}" if shown else "    …")
    for name, _, cells in one.changed[:SHOWN]:
        lines += [f"  ~ {name} {k}: {a!r} → {b!r}" for k, (a, b) in cells.items()]
    stays = {"keep": "the old value stays", "replace": "the new value takes its place"}.get(on_conflict, "to decide")
    for _, name, _, cells in one.conflicts[:SHOWN]:
        lines += [f"  ! {name} {k}: {a!r} against {b!r} ({stays})" for k, (a, b) in cells.items()]
    return lines


def _brief(value: str) -> str:
    """A cell short enough that every column of the row is seen."""
    return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"


def effect_lines(found: dict[str, Any]) -> list[str]:
    """Findings and verdicts that would change, in lines for a terminal."""
    before, after = found.get("as_of", (None, None))
    lines = []
    if before != after:
        lines.append(f"The newest evidence is then of {after} (now {before}): every claim is judged at that day.")
    lines.append(f"Findings that change: {len(found['findings'])}")
    for one in found["findings"][:SHOWN]:
        values = f"{one['before']} → {one['after']} {one['unit']}".rstrip()
        lines.append(f"  {one['vantage']}: {one['label']} ({one['finding']}): {values}")
    if len(found["findings"]) > SHOWN:
        lines.append(f"  and {len(found['findings']) - SHOWN} more")
    ratings = [one for one in found["verdicts"] if one["before"] != one["after"]]
    lines.append(f"Ratings that change: {len(ratings)}")
    lines += [f"  {one['vantage']}: {one['claim']}: {one['before']} → {one['after']}" for one in ratings]
    surer = [one for one in found["verdicts"] if one["before"] == one["after"]]
    lines.append(f"Confidence that changes under the same rating: {len(surer)}")
    lines += [
        f"  {one['vantage']}: {one['claim']}: {one['confidence_before']} → {one['confidence_after']}" for one in surer
    ]
    return lines
