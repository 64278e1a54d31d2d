"""A process that has the heavy imports done and forks real Jupyter kernels from there.

Started by `casefile.press.server` as `python -m casefile.press.forkserver LISTENER LIFELINE DATA_DIR`: two inherited
file descriptors, a listening Unix socket and the read end of a pipe that its owner holds open, and the data folder. One
connection is one kernel: the client sends argv, environment and folder (with its stdout and stderr), the server forks
and answers `pid`, the kernel says `ready`, the server tells the `exit` code. A client that goes away takes its kernel
with it; an owner that goes away takes the server and every kernel. In the same way a client has a function called in a
process of its own (see `casefile.press.apart`): without argv, and with a third descriptor that function and answer
travel through. Such a process is asked to end where a kernel is killed, so that it can take away what it left half done.

Nothing here may start a thread or open a ZeroMQ context before the fork: both break in a forked process.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import os
import pickle
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from casefile.memory import offer_to_the_killer
from casefile.model import Pillar
from casefile.press.light import absent

FIRST = ("pandas", "casefile.verdicts.kept")
"""What parses the tables, imported before everything else."""

CALLED = (
    "yaml",
    "casefile.show",
    "casefile.show.case",
    "casefile.show.charts",
    "casefile.show.whole",
    "casefile.figures.registry",
    "casefile.verdicts.months",
    "casefile.figures.verdict_charts",
    *(f"casefile.{layer}.{pillar.value}" for layer in ("pillars", "figures") for pillar in Pillar),
)
"""What judges verdicts and lays out pages, and notebooks too: a build waits for the first before anything else."""

PRELOAD = (
    "ipykernel.kernelapp",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "jupyter_client.localinterfaces",
    "numpy.random",
    "psutil",
    "tornado.platform.asyncio",
    "casefile.press.inputs",
    "casefile.press.stream",
)
"""What else kernels import; a test says when something is missing. Absent modules are passed over."""

NEVER_WARM = ("plotly.io._renderers", "tqdm.auto", "tqdm.autonotebook")
"""Modules that look at the running kernel while they are imported, so that each kernel must import them itself."""

GROUP_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGKILL})


END_WITHIN = 2.0  # seconds, for processes that were asked to end


@dataclass
class Launch:
    """What a forked child is to become: a kernel, or without `argv` a process that calls a function."""

    argv: list[str] | None
    env: dict[str, str]
    cwd: str
    channel: socket.socket
    streams: list[int]


@dataclass
class Client:
    """One connection: its unread bytes, the streams that came with it, and the kernel forked for it."""

    channel: socket.socket
    unread: bytes = b""
    streams: list[int] = field(default_factory=list)
    pid: int | None = None
    end: signal.Signals = signal.SIGKILL  # what ends its process when nobody is left to want it

    def tell(self, **message: Any) -> None:
        with contextlib.suppress(OSError):  # a client that went away is noticed by its end of file
            self.channel.sendall(json.dumps(message).encode() + b"\n")

    def close(self) -> None:
        self.channel.close()
        for stream in self.streams:
            os.close(stream)
        self.streams.clear()


set_by_imports: dict[str, str] = {}
"""Environment variables that the imports set, as they would in a kernel that did them itself."""


def preload(data_dir: str = "", between: Callable[[], bool] = lambda: True) -> bool:
    """Import what notebooks need and parse the tables that they read, before the first kernel is forked.

    A kernel reads every file again and parses it unless it finds these very bytes parsed: see `evidence.library.loaded`.
    `between` is called when functions can be called apart, and only kernels cannot be had yet; when it answers False,
    this process has become another, and nothing more is imported. Returns what it answers.
    """
    gc.disable()  # a collection during the imports finds nothing and costs a tenth of their time
    before = dict(os.environ)
    import_all(FIRST)
    helper = tables_apart(data_dir)
    import_all(CALLED)
    with contextlib.suppress(Exception):  # as with an import that fails
        take_tables(helper, data_dir)
    if not between():
        return False
    with contextlib.suppress(Exception):
        import_without_debugger()
    import_all(PRELOAD)
    set_by_imports.update({name: value for name, value in os.environ.items() if name not in before})
    for name in NEVER_WARM:
        if sys.modules.pop(name, None) is not None:
            parent, _, child = name.rpartition(".")
            with contextlib.suppress(AttributeError):
                delattr(sys.modules[parent], child)
    gc.enable()
    gc.freeze()  # keeps the shared pages shared: a collection in a child would write to every one of them
    return True


def import_all(names: Iterable[str]) -> None:
    """Import what can be imported: the notebook that needs something else meets the error itself, and shows it."""
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def import_without_debugger() -> None:
    """Import what a kernel debugs with, without debugpy: where notebooks run unattended nobody debugs.

    It takes a tenth of all imports. A kernel says of itself that it has none; a notebook may still import it.
    """
    with absent("debugpy"):
        importlib.import_module("ipykernel.debugger")
    os.environ.setdefault("PYDEVD_USE_FRAME_EVAL", "NO")  # as its import would


def read_tables(data_dir: str) -> None:
    """Parse all tables, which the notebooks read."""
    from casefile.evidence.library import Library

    library = Library(data_dir or None)
    for name in library.descriptors:
        library.sheet(name)


def tables_apart(data_dir: str) -> tuple[int, int] | None:
    """Have a forked helper parse the tables during the other imports; its number, and where it writes them."""
    if threads() != 1:
        return None
    read_end, write_end = os.pipe()
    helper = os.fork()
    if helper:
        os.close(write_end)
        return helper, read_end
    try:
        os.close(read_end)
        read_tables(data_dir)
        with os.fdopen(write_end, "wb") as out:
            pickle.dump(sys.modules["casefile.evidence.library"].parsed_tables(), out, pickle.HIGHEST_PROTOCOL)
    finally:
        os._exit(0)  # what is missing then is parsed by who waits for it


def take_tables(helper: tuple[int, int] | None, data_dir: str) -> None:
    """Take the tables from the helper, or parse them here; and read claims and sources, which every notebook reads too."""
    from casefile.evidence.library import adopt_tables
    from casefile.evidence.sources import Sources
    from casefile.verdicts.cached import code_digest
    from casefile.verdicts.kept import kept_court

    try:
        assert helper is not None
        with os.fdopen(helper[1], "rb") as given:
            adopt_tables(pickle.load(given))  # written by a fork of this very process
    except (AssertionError, EOFError, OSError, pickle.UnpicklingError):
        read_tables(data_dir)
    finally:
        if helper is not None:
            os.waitpid(helper[0], 0)
    Sources.read(kept_court(data_dir).library.data_dir)
    code_digest()  # this code and no later one is what the kernels run


def threads() -> int:
    """How many threads this process has, foreign ones included."""
    return len(os.listdir("/proc/self/task"))  # noqa: PTH208  one system call, in a loop that must stay small


class Server:
    """Accepts launches, forks, passes signals on, reports exits. Single-threaded by design."""

    def __init__(self, listener: socket.socket, lifeline: int) -> None:
        self.listener = listener
        self.lifeline = lifeline
        self.clients: dict[int, Client] = {}
        self.children: dict[int, signal.Signals] = {}  # and what ends each
        self.alive = True
        self.forks_kernels = False
        self.wake_read, self.wake_write = os.pipe()
        for end in (self.wake_read, self.wake_write):
            os.set_blocking(end, False)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # from now on the end of the owner ends it, in good order
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        self.selector = selectors.DefaultSelector()
        for source in (listener, lifeline, self.wake_read):
            self.selector.register(source, selectors.EVENT_READ)

    def serve(self, *, calls_only: bool = False) -> Launch | None:
        """Run until the owner goes away; with `calls_only`, until nobody asks for a call by now, and whoever asks for a
        kernel waits. Returns None, or in a forked child what it is to become."""
        self.forks_kernels = not calls_only
        for client in list(self.clients.values()):  # who waits
            launch = self._obey(client)
            if launch is not None:
                return launch
        while self.alive:
            ready = self.selector.select(0 if calls_only else None)
            if not ready:
                return None
            for key, _ in ready:
                launch = self._answer(key)
                if launch is not None:
                    return launch
        return None

    def _answer(self, key: selectors.SelectorKey) -> Launch | None:
        if not self.alive:
            return None
        if key.fileobj is self.listener:
            self._accept()
        elif key.fileobj == self.lifeline:
            self._end()
        elif key.fileobj == self.wake_read:
            with contextlib.suppress(BlockingIOError):
                os.read(self.wake_read, 4096)
            self._reap()
        else:
            client = self.clients.get(key.fd)
            if client is not None and client is key.data:  # not forgotten a moment ago
                return self._hear(client)
        return None

    def _accept(self) -> None:
        channel, _ = self.listener.accept()
        client = self.clients[channel.fileno()] = Client(channel)
        self.selector.register(channel, selectors.EVENT_READ, client)

    def _hear(self, client: Client) -> Launch | None:
        try:
            data, streams, _, _ = socket.recv_fds(client.channel, 1 << 16, 3)
        except ConnectionError:
            data, streams = b"", []
        client.streams += streams
        client.unread += data
        if not data:
            self._kill(client, client.end)
            self._forget(client)
            return None
        return self._obey(client)

    def _obey(self, client: Client) -> Launch | None:
        """Do what a client wrote, as far as it can be done by now."""
        while b"\n" in client.unread:
            line, rest = client.unread.split(b"\n", 1)
            message = json.loads(line)
            if "argv" in message and not self.forks_kernels:
                return None
            client.unread = rest
            if "signal" in message:
                self._kill(client, message["signal"])
            elif "cwd" in message:
                launch = self._fork(client, message)
                if launch is not None:
                    return launch
        return None

    def _fork(self, client: Client, message: dict[str, Any]) -> Launch | None:
        count = threads()
        if count != 1:
            client.tell(declined=f"the fork server has {count} threads")
            return None
        argv = message.get("argv")
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # which a child must not miss before it can take it
        pid = os.fork()
        if pid:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
            client.pid = pid
            client.end = signal.SIGTERM if argv is None else signal.SIGKILL
            self.children[pid] = client.end
            client.tell(pid=pid)
            for stream in client.streams:
                os.close(stream)
            client.streams.clear()
            return None
        launch = Launch(argv, message["env"], message["cwd"], client.channel, list(client.streams))
        client.streams.clear()
        self._leave(keep=client)
        return launch

    def _leave(self, keep: Client) -> None:
        """In the child: let go of everything that belongs to the server."""
        signal.set_wakeup_fd(-1)
        self.selector.close()
        self.listener.close()
        for descriptor in (self.lifeline, self.wake_read, self.wake_write):
            os.close(descriptor)
        for other in self.clients.values():
            if other is not keep:
                other.close()
        self.clients.clear()

    def _kill(self, client: Client, number: int) -> None:
        if client.pid is not None and number in {0, *GROUP_SIGNALS}:
            _end_group(client.pid, number)

    def _reap(self) -> None:
        for client in [one for one in self.clients.values() if one.pid is not None]:
            assert client.pid is not None
            if os.waitid(os.P_PID, client.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                continue
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(client.pid, signal.SIGKILL)  # before the reaping, while the number is still ours
            _, status = os.waitpid(client.pid, 0)
            self.children.pop(client.pid, None)
            client.pid = None
            client.tell(exit=os.waitstatus_to_exitcode(status))
            self._forget(client)
        with contextlib.suppress(ChildProcessError):  # kernels whose client had gone already
            known = {one.pid for one in self.clients.values()}
            while (gone := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is not None:
                if gone.si_pid in known:
                    break
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(gone.si_pid, signal.SIGKILL)
                os.waitpid(gone.si_pid, 0)
                self.children.pop(gone.si_pid, None)

    def _forget(self, client: Client) -> None:
        self.clients.pop(client.channel.fileno(), None)
        self.selector.unregister(client.channel)
        client.close()

    def _end(self) -> None:
        self.alive = False
        for pid, end in self.children.items():
            _end_group(pid, end)
        late = time.monotonic() + END_WITHIN
        with contextlib.suppress(ChildProcessError):
            while self.children:
                gone, _ = os.waitpid(-1, os.WNOHANG)
                self.children.pop(gone, None)
                if not gone:
                    time.sleep(0.005)
                for pid in self.children if time.monotonic() > late else ():
                    _end_group(pid, signal.SIGKILL)
        address = self.listener.getsockname()
        with contextlib.suppress(OSError):  # an owner that was killed cannot tidy up
            os.unlink(address)  # noqa: PTH108
            os.rmdir(os.path.dirname(address))  # noqa: PTH106, PTH120


def _end_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:  # the child has not become a group leader yet
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def settle_in(launch: Launch) -> list[int]:
    """Make this forked child a session of its own with the streams, folder and state asked for; returns other streams."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    for number, stream in zip((1, 2), launch.streams, strict=False):
        os.dup2(stream, number)
        os.close(stream)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    os.chdir(launch.cwd)
    fresh_state(launch.env)
    return launch.streams[2:]


def become_caller(launch: Launch) -> None:
    """Turn this forked child into a process that calls the function that comes through the third stream."""
    from casefile.press.apart import called_apart

    [stream] = settle_in(launch)
    launch.channel.close()
    called_apart(stream)


def become_kernel(launch: Launch) -> None:
    """Turn this forked child into what `python -m ipykernel_launcher` would have been, and run it to its end."""
    assert launch.argv is not None
    settle_in(launch)
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = [sys.modules["ipykernel"].__path__[0].replace("ipykernel", "ipykernel_launcher.py"), *launch.argv]
    app = IPKernelApp.instance(parent_handle=os.getppid())  # the kernel ends by itself when the server is gone
    app.initialize(launch.argv)
    with contextlib.suppress(OSError):
        launch.channel.sendall(b'{"ready": true}\n')
    launch.channel.close()
    app.start()
    leave(app)


def leave(app: Any) -> None:
    """End as the interpreter would, but without dismantling modules: that would copy every page shared so far."""
    import atexit
    import threading

    atexit.unregister(app.close)  # it stops the output thread first, and the control thread may wait for that for ever
    app.control_thread.join(1)  # lets the answer to the shutdown request go out
    threading._shutdown()  # type: ignore[attr-defined]  # waits for the notebook's own threads, as an exit does
    opened = files()
    gc.freeze()  # IPython's own end looks for garbage, which goes with the process anyway
    atexit._run_exitfuncs()
    for one in [*opened, *files()]:
        if not one.closed:
            with contextlib.suppress(Exception):
                one.flush()
    os._exit(0)


def files() -> list[Any]:
    """The file objects that the collector of garbage knows of."""
    kind: type = io.IOBase.__mro__[1]  # of all files, those written in C too; `IOBase` itself is asked ten times slower
    return [one for one in gc.get_objects() if isinstance(one, kind)]


def fresh_state(env: dict[str, str]) -> None:
    """Undo what a fork shares and a new process would not: environment, clock zone, seeds."""
    import random
    import time

    os.environ.clear()
    os.environ.update({**set_by_imports, **env})
    time.tzset()
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


def main() -> None:
    listener = socket.socket(fileno=int(sys.argv[1]))
    lifeline = int(sys.argv[2])
    for held in (listener.fileno(), lifeline):
        os.set_inheritable(held, False)
    offer_to_the_killer()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the owner, and the owner's end ends this process
    if sys.path and sys.path[0] in ("", os.getcwd()):  # noqa: PTH109  compared with what the interpreter put there
        del sys.path[0]
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # a notice that every kernel would print
    server, launch = None, None

    def between() -> bool:
        nonlocal server, launch
        server = Server(listener, lifeline)
        launch = server.serve(calls_only=True)
        return launch is None and server.alive

    if "--bare" in sys.argv:
        launch = Server(listener, lifeline).serve()
    elif preload(sys.argv[3], between):
        assert server is not None
        launch = server.serve()
    if launch is not None:
        (become_caller if launch.argv is None else become_kernel)(launch)
    os._exit(0)  # nothing is open here, and taking every module apart takes longer than a kernel's end


if __name__ == "__main__":
    main()
