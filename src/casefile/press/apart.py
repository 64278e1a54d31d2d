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

Called = Callable[..., Any]
"""Gets the channel first, and then what was given."""

IMPORTS = "pandas"
"""What takes the longest to import of all that is called apart."""


class NotApart(Exception):
    """No process could be forked for the call; whoever wanted it makes it itself."""


class Apart:
    """A call that runs in a process of its own. `what` is its name in messages: "The process that …".

    `process` and the owner's end of its channel come from `fork`, `fork_here` or `fork_there`.
    """

    def __init__(self, what: str, process: Any, channel: Connection) -> None:
        self.what = what
        self._process = process
        self._channel = channel
        self._answer: list[Any] = []

    def tell(self, message: object) -> None:
        """Send something to the function. To one that has ended it is not sent: its last word is read at once."""
        with contextlib.suppress(OSError):
            self._channel.send(message)

    @property
    def has_answered(self) -> bool:
        """Whether `heed` would return or raise at once."""
        return bool(self._answer) or self._channel.poll()

    def heed(self) -> Any:
        """Wait until the function returns, and return what it does. Raises what it raises, `RunFailed` when its process
        ends otherwise, and `NotApart` when there never was one."""
        if not self._answer:
            try:
                answer, fault = self._channel.recv()
            except (EOFError, OSError):
                raise self._lost() from None
            if fault is not None:
                raise fault
            self._answer.append(answer)
        return self._answer[0]

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
        if not self._answer:
            self._process.kill()
        if isinstance(self._process, Forked):
            self._process.wait()
        else:
            self._process.join()
        self._channel.close()


def fork(what: str, function: Called, given: tuple[Any, ...], data_dir: str = "") -> Apart:
    """Have `function`, importable by its name, called with what is `given` by a fork of whoever has the imports done.

    Raises `NotApart` when no process can be had.
    """
    if IMPORTS in sys.modules:
        return fork_here(what, function, given)
    return fork_there(what, function, given, server_address(data_dir))


def server_address(data_dir: str = "") -> str:
    """The address of the fork server that this build uses, started when there is none. Raises `NotApart` without one."""
    if not warm_possible():
        raise NotApart
    return os.environ.get(ADDRESS) or start_server(cwd=ROOT, data_dir=data_dir).address


def fork_here(what: str, function: Called, given: tuple[Any, ...]) -> Apart:
    """The same from a fork of this process, which must have no thread that matters. Raises `NotApart`."""
    if not warm_possible():
        raise NotApart
    context = get_context("fork")
    channel, other = context.Pipe()
    process = context.Process(target=_called_here, args=(function, given, other, channel), daemon=False)
    process.start()
    other.close()
    return Apart(what, process, channel)


def fork_there(what: str, function: Called, given: tuple[Any, ...], address: str) -> Apart:
    """The same from a fork of the server at this address. Raises `NotApart`, at once or when it is heeded."""
    channel, other = get_context("fork").Pipe()
    env = {name: value for name, value in os.environ.items() if name != ADDRESS}
    try:
        process = Forked(address, {"env": env, "cwd": os.fspath(Path.cwd())}, [1, 2, other.fileno()])
        channel.send((function, given))
    except ConnectionError:
        channel.close()
        raise NotApart from None
    finally:
        other.close()
    return Apart(what, process, channel)


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
    answer, fault = None, None
    try:
        answer = function(channel, *given)
    except Exception as error:
        fault = error
    with contextlib.suppress(OSError):  # the owner is gone
        try:
            channel.send((answer, fault))
        except OSError:
            raise
        except Exception as error:  # it, or the answer, is something that cannot be sent
            said = fault or error
            channel.send((None, RunFailed(f"{type(said).__name__}: {said}")))
