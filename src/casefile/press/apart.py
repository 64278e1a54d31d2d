"""A function called in a process of its own, with a channel to it: forked from whichever process has the imports done.

That is the fork server, or the process that calls, where pandas is imported already (a preview that stays, a test).
So a build imports what notebooks, verdicts and pages need once, and what it needs itself is small.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile import memory
from casefile.errors import RunFailed
from casefile.paths import ROOT
from casefile.press.forked import Forked
from casefile.press.light import collect_rarely
from casefile.press.server import ADDRESS, keep_no_server, start_server, warm_possible

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Called = Callable[..., None]
"""Gets the channel first, and then what was given."""

IMPORTS = "pandas"
"""What takes the longest to import of all that is called apart."""


class NotApart(Exception):
    """No process could be forked for the call; whoever wanted it makes it itself."""


class Apart:
    """A call that runs in a process of its own. `what` is its name in messages: "The process that …".

    `function` must be importable by its name, `given` are its arguments. Raises `NotApart` when no process can be had.
    """

    def __init__(self, what: str, function: Called, given: tuple[Any, ...], data_dir: str = "") -> None:
        if not warm_possible():
            raise NotApart
        self.what = what
        self._answered = False
        self._process: Any = None
        if IMPORTS in sys.modules:
            self._fork_here(function, given)
        else:
            self._fork_there(function, given, data_dir)

    def _fork_here(self, function: Called, given: tuple[Any, ...]) -> None:
        context = get_context("fork")
        self._channel, other = context.Pipe()
        self._process = context.Process(target=_called_here, args=(function, given, other, self._channel), daemon=False)
        self._process.start()
        other.close()

    def _fork_there(self, function: Called, given: tuple[Any, ...], data_dir: str) -> None:
        self._channel, other = get_context("fork").Pipe()
        env, folder = dict(os.environ), os.fspath(Path.cwd())
        try:
            address = env.pop(ADDRESS, "") or start_server(env, ROOT, data_dir).address
            self._process = Forked(address, {"env": env, "cwd": folder}, [1, 2, other.fileno()])
            self._channel.send((function, given))
        except (ConnectionError, BrokenPipeError):
            self._channel.close()
            raise NotApart from None
        finally:
            other.close()

    def tell(self, message: object) -> None:
        """Send something to the function. To one that has ended it is not sent: its last word is read at once."""
        with contextlib.suppress(OSError):
            self._channel.send(message)

    @property
    def has_answered(self) -> bool:
        """Whether `heed` would return or raise at once."""
        return self._answered or self._channel.poll()

    def heed(self) -> None:
        """Wait until the function returns. Raises what it raises, `RunFailed` when its process ends otherwise, and
        `NotApart` when there never was one."""
        if self._answered:
            return
        try:
            fault = self._channel.recv()
        except (EOFError, OSError):
            raise self._lost() from None
        if fault is not None:
            raise fault
        self._answered = True

    def _lost(self) -> Exception:
        if isinstance(self._process, Forked):
            code: int | None = self._process.wait()
            if self._process.pid is None:
                return NotApart()
        else:
            self._process.join()
            code = self._process.exitcode
        return RunFailed(f"The process that {self.what} {memory.ending(code)}. {memory.FEWER}")

    def close(self) -> None:
        """End the process if it is still at work, and wait for its end."""
        if isinstance(self._process, Forked):
            if not self._answered:
                self._process.kill()
            self._process.wait()
        else:
            if self._process.is_alive() and not self._answered:
                self._process.kill()
            self._process.join()
        self._channel.close()


def _called_here(function: Called, given: tuple[Any, ...], channel: Connection, other: Connection) -> None:
    other.close()
    keep_no_server()
    memory.offer_to_the_killer()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the owner, who ends this process
    _call(function, given, channel)


def called_apart(stream: int) -> None:
    """In a process forked from the fork server: the call that comes through a descriptor."""
    from multiprocessing.connection import Connection

    channel: Connection = Connection(stream)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.enable()  # the fork server may still import, which it does without looking for garbage
    collect_rarely()
    try:
        function, given = channel.recv()  # from the owner of this fork server, the only one who can connect to it
    except EOFError:
        return
    _call(function, given, channel)
    for said in (sys.stdout, sys.stderr):
        said.flush()


def _call(function: Called, given: tuple[Any, ...], channel: Connection) -> None:
    gc.freeze()  # an extension of jupyter-book's looks through every object that is not frozen
    fault: BaseException | None = None
    try:
        function(channel, *given)
    except Exception as error:
        fault = error
    with contextlib.suppress(OSError):  # the owner is gone
        try:
            channel.send(fault)
        except OSError:
            raise
        except Exception:  # an error that cannot be sent
            channel.send(RunFailed(f"{type(fault).__name__}: {fault}"))
