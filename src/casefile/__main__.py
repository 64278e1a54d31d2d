"""`python -m casefile` is the command `casefile`.

A build with nothing to do is answered here: loading the command line takes longer than finding that out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
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
        from casefile.cli import main as command_line

        command_line()
    else:
        seconds = time.monotonic() - started
        said = ("Nothing has changed since the last build.", f"Done in {seconds:.1f} s.", f"The book is at {front}")
        print(*said, sep="\n", file=sys.stderr, flush=True)


def unchanged(arguments: Sequence[str]) -> Path | None:
    """The front page of the book when these arguments ask for a plain build that has nothing to do; else None."""
    if (
        list(arguments[:1]) != ["build"]
        or len(arguments) not in (1, 3)
        or list(arguments[1:2]) not in ([], ["--as-of"])
    ):
        return None
    from casefile.errors import CasefileError
    from casefile.paths import ROOT

    if (ROOT / ".undo" / "journal.json").exists():
        return None
    from casefile.press.build import last_book

    try:
        return last_book(arguments[2] if len(arguments) == 3 else "latest")
    except (CasefileError, OSError, MemoryError):
        return None  # the command line meets the same error, and tells it


if __name__ == "__main__":
    main()
