"""How a command ends that could not do what was asked: one sentence, one document, one exit code."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand

from casefile import memory
from casefile.errors import CasefileError, DataError

STOPPED = 130  # 128 and the number of SIGINT, as shells have it
STOPPED_SAID = "Stopped; nothing that was finished is lost."
EXIT_CODES = (
    "Exit codes: 0 done, 1 run failed, 2 wrong usage or parameter, 3 data rejected, 4 verdict changed, "
    "130 stopped with Ctrl-C."
)
NEAR = 0.8  # how alike an option must be to be the one meant


def document(error: CasefileError) -> dict[str, Any]:
    """A refusal as one JSON document: {error, exit_code, problems, kept?}; without a fault in data, no problems."""
    found: dict[str, Any] = {"error": str(error), "exit_code": error.exit_code, "problems": []}
    if isinstance(error, DataError):
        found["problems"] = [asdict(one) for one in error.problems]
        if error.kept is not None:
            found["kept"] = str(error.kept)
    return found


class Output:
    """Whether one JSON document was asked for, and whether it has been printed: there is never a second one."""

    asked = False
    printed = False

    @classmethod
    def ask(cls, value: bool) -> bool:
        """The callback of every `--json`."""
        cls.asked = cls.asked or value
        return value

    @classmethod
    def json(cls, value: Any) -> None:
        """Print one JSON document on stdout."""
        cls.printed = True
        print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def refuse(error: CasefileError) -> int:
    """Say why on stderr, and on stdout as the document where one was asked for; returns the exit code."""
    if Output.asked and not Output.printed:
        Output.json(document(error))
    print(str(error), file=sys.stderr, flush=True)
    return error.exit_code


def stop() -> int:
    """Ctrl-C: one line, whatever was under way; returns the exit code."""
    print(f"\n{STOPPED_SAID}", file=sys.stderr, flush=True)
    return STOPPED


class Command(TyperCommand):
    """A command that, for a misspelt option, names only those that are like it, and says when it has no room to run."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            if hasattr(error, "possibilities"):
                known = list(error.possibilities or ())
                error.possibilities = difflib.get_close_matches(str(getattr(error, "option_name", "")), known, 3, NEAR)
            raise

    def invoke(self, ctx: Any) -> Any:
        memory.check_address_space(memory.FOR_A_COMMAND, "this command")
        return super().invoke(ctx)


Function = TypeVar("Function", bound=Callable[..., Any])


class Commands(typer.Typer):
    """Commands of the class above."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Function], Function]:
        return super().command(name, cls=Command, **settings)
