"""Functions for a process of its own, in a module that the fork server can import as well."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from casefile.errors import DataError, Problem

PROBLEM = Problem("data/x.csv", 3, "a", None, "begins like a formula", "Run: casefile check")


def about(channel: Any, name: str) -> dict[str, Any]:
    """What a process is like in which it is called."""
    return {
        "pid": os.getpid(),
        "session": os.getsid(0),
        "folder": str(Path.cwd()),
        "variable": os.environ.get(name),
        "interrupt": signal.getsignal(signal.SIGINT) is signal.SIG_IGN,
    }


def say(channel: Any) -> None:
    print("said there", flush=True)
    print("and here", file=sys.stderr, flush=True)


def twice(channel: Any) -> int:
    return 2 * int(channel.recv())


def refuse(channel: Any) -> None:
    raise DataError([PROBLEM])


def odd(channel: Any) -> Any:
    return lambda: None


def die(channel: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def work(channel: Any, place: Path, stubborn: bool = False) -> None:
    """Something half done, which it takes away when it is asked to end; or does not listen."""

    def leave(*_: object) -> None:
        place.unlink()
        os._exit(1)

    signal.signal(signal.SIGTERM, signal.SIG_IGN if stubborn else leave)
    place.write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(600)
