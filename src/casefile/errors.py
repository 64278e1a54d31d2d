"""One family of errors; each carries the exit code that the command line documents."""

from __future__ import annotations

from dataclasses import dataclass


class CasefileError(Exception):
    """Base of every error that a user can cause. Shown without a traceback; `exit_code` ends the command."""

    exit_code = 1


class RunFailed(CasefileError):
    """A notebook, a build step or an export failed; names what and where (exit 1)."""


class UsageError(CasefileError):
    """A wrong parameter, option or path; the message lists what is allowed (exit 2)."""

    exit_code = 2


class VerdictChanged(CasefileError):
    """A comparison that was asked to fail on change found one (exit 4)."""

    exit_code = 4


@dataclass(frozen=True, order=True)
class Problem:
    """One defect in the data: where it is, what it is, which rule it breaks and what to do.

    `row` counts lines as an editor shows them (the header is line 1); None means the whole file.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    rule: str
    remedy: str

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", line {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        shown = "" if self.value is None else f": {self.value!r}"
        return f"{place}{shown}: {self.rule}. {self.remedy}"


class DataError(CasefileError):
    """Data that breaks its descriptor or the registry; holds every problem found, not only the first (exit 3)."""

    exit_code = 3
    shown = 50  # enough to see the pattern of a broken file without flooding a terminal

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        lines = [str(problem) for problem in problems[: self.shown]]
        if len(problems) > self.shown:
            lines.append(f"… and {len(problems) - self.shown} more")
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''} in the data"
        super().__init__("\n".join([count, *lines]))
