"""`python -m casefile` is the command `casefile`.

A build with nothing to do is answered here: loading the command line takes longer than finding that out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path


def main() -> None:
    """Answer the commonest wish at once; hand every other, and every doubt, to the command line."""
    started = time.monotonic()
    try:
        front = unchanged(sys.argv[1:])
    except KeyboardInterrupt:
        from casefile.refusal import stop

        sys.exit(stop())
    if front is None:
        from casefile import cli

        as_of = plain_build(sys.argv[1:])
        cli.main(None if as_of is None else partial(build, as_of))
    else:
        seconds = time.monotonic() - started
        said = ("Nothing has changed since the last build.", f"Done in {seconds:.1f} s.", f"The book is at {front}")
        print(*said, sep="\n", file=sys.stderr, flush=True)


def plain_build(arguments: Sequence[str]) -> str | None:
    """The day of the edition when these arguments ask for a build and nothing else, else None."""
    match list(arguments):
        case ["build"]:
            return "latest"
        case ["build", "--as-of", as_of] if not as_of.startswith("-"):
            return as_of
    return None


def build(as_of: str) -> None:
    """The command `build`, without the parser of options, whose libraries take as long to load as a chapter to run."""
    from casefile import cli, memory

    memory.check_address_space(memory.FOR_A_COMMAND, "this command")
    cli.build(as_of)


def unchanged(arguments: Sequence[str]) -> Path | None:
    """The front page of the book when these arguments ask for a plain build that has nothing to do; else None."""
    as_of = plain_build(arguments)
    if as_of is None:
        return None
    from casefile.errors import CasefileError
    from casefile.paths import ROOT

    if (ROOT / ".undo" / "journal.json").exists():
        return None
    from casefile.press.build import last_book

    try:
        return last_book(as_of)
    except (CasefileError, OSError, MemoryError):
        return None  # the command line meets the same error, and tells it


if __name__ == "__main__":
    main()
