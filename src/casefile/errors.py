"""One family of errors; each carries the exit code that the command line documents."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


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
        place = harmless(self.file)
        if self.row is not None:
            place += f", line {self.row}"
        if self.column is not None:
            place += f", column {harmless(self.column)}"
        shown = "" if self.value is None else f": {quoted(self.value)}"
        return f"{place}{shown}: {self.rule}. {self.remedy}"


LONGEST_SHOWN = 120  # characters of a value or name in a message; enough to find it, too few to flood a terminal


def quoted(text: str) -> str:
    """A value from a file in quotes, unprintable characters escaped, the middle of a long one left out."""
    if len(text) <= LONGEST_SHOWN:
        return repr(text)
    return f"{text[: LONGEST_SHOWN // 2]!r} … {text[-LONGEST_SHOWN // 4 :]!r} ({len(text):,} characters)"


def harmless(text: str) -> str:
    """A name from a file as it may stand on a terminal: no control characters, not endless."""
    plain = text if text.isprintable() else repr(text)[1:-1]
    return plain if len(plain) <= 2 * LONGEST_SHOWN else f"{plain[:LONGEST_SHOWN]} … ({len(text):,} characters)"


class DataError(CasefileError):
    """Data that breaks its descriptor or the registry; holds every problem found, not only the first (exit 3)."""

    exit_code = 3
    shown = 50  # enough to see the pattern of a broken file without flooding a terminal

    kept: Path | None = None  # where the refused bytes lie

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        lines = [str(problem) for problem in problems[: self.shown]]
        if len(problems) > self.shown:
            lines.append(f"… and {len(problems) - self.shown} more")
        count = f"{len(problems)} problem{'s' if len(problems) != 1 else ''} in the data"
        super().__init__("\n".join([count, *lines]))

    def __reduce__(self) -> tuple[Any, ...]:
        """As it came: an error that another process raised is otherwise made again from its message."""
        return type(self), (self.problems,), {"kept": self.kept}
