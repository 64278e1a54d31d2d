"""The fork server's other side: starting it, sharing it, ending it. Imports nothing slow, so that it starts first."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path

from casefile.paths import PACKAGE, find_root

OFF = "CASEFILE_WARM"
"""`CASEFILE_WARM=0` starts every kernel the stock way."""

ADDRESS = "CASEFILE_FORKSERVER"
"""Address of a running fork server, so that commands run one after another can share it."""

_INTERPRETER = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_", "VIRTUAL_ENV")
"""Variables that act while Python starts or a library loads: a kernel with other values needs another server."""

_THREAD_LIMITS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def warm_possible(env: Mapping[str, str] | None = None) -> bool:
    """Whether kernels can be forked here: Linux (macOS frameworks do not survive a fork), and not switched off."""
    wanted = (os.environ if env is None else env).get(OFF, "1") != "0"
    return wanted and sys.platform.startswith("linux") and hasattr(os, "fork") and hasattr(socket, "send_fds")


class ForkServer:
    """A running fork server. It ends, with every kernel it forked, when this object or this process does.

    `data_dir` holds the tables that are parsed beforehand ("" for the project's own). Without `preload` the server
    starts at once, and its kernels do their own imports.
    """

    def __init__(self, env: Mapping[str, str], cwd: Path, *, preload: bool = True, data_dir: str = "") -> None:
        folder = tempfile.mkdtemp(prefix="casefile-")  # mode 0700: nobody else can connect
        self.address = str(Path(folder) / "fork")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.address)
            listener.listen(128)
            read_end, write_end = os.pipe()
            ends = [str(listener.fileno()), str(read_end)]
            command = [sys.executable, "-m", "casefile.press.forkserver", *ends, data_dir]
            try:
                self.process = subprocess.Popen(
                    command if preload else [*command, "--bare"],
                    pass_fds=(listener.fileno(), read_end),
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                    env={**env, **{limit: "1" for limit in _THREAD_LIMITS}},
                    cwd=cwd,
                )
            finally:
                os.close(read_end)
        self.lifeline = write_end
        self.close = weakref.finalize(self, _end_server, write_end, self.process, folder)

    @property
    def alive(self) -> bool:
        return self.close.alive and self.process.poll() is None


def _end_server(write_end: int, process: subprocess.Popen[bytes], folder: str) -> None:
    os.close(write_end)
    if process.poll() is None:
        with contextlib.suppress(OSError):  # while it imports, nothing else tells it; afterwards it takes no notice
            os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)


_current: dict[tuple[object, ...], ForkServer] = {}
_guard = threading.Lock()


def start_server(env: Mapping[str, str] | None = None, cwd: Path | str | None = None, data_dir: str = "") -> ForkServer:
    """The fork server for kernels with this environment and folder; started when there is none yet.

    Returns at once: the imports go on in the background, and kernels asked for meanwhile wait for them.
    A server whose package code or interpreter settings have changed since is left to its kernels and replaced.
    `data_dir` is only where a new server finds tables to parse beforehand: any server serves any folder.
    """
    env = dict(os.environ if env is None else env)
    root = find_root(Path(cwd) if cwd else None)
    settings = tuple(sorted((name, value) for name, value in env.items() if name.startswith(_INTERPRETER)))
    identity = (sys.executable, root, settings)
    with _guard:
        state = code_state()
        for known in [key for key, one in _current.items() if not one.alive or key[-1] != state]:
            del _current[known]
        if (*identity, state) not in _current:
            _current[(*identity, state)] = ForkServer(env, root, data_dir=data_dir)
        return _current[(*identity, state)]


def stop_servers() -> None:
    """End every fork server of this process, and with them their kernels."""
    with _guard:
        for server in _current.values():
            server.close()
        _current.clear()


def keep_no_server() -> None:
    """In a forked process: let go of the servers, which end when the process that started them does."""
    for server in _current.values():
        if server.close.detach() is not None:
            os.close(server.lifeline)
    _current.clear()


@contextlib.contextmanager
def shared_server() -> Iterator[str]:
    """A fork server that the commands started meanwhile share through the environment; yields its address."""
    server = start_server()
    before = os.environ.get(ADDRESS)
    os.environ[ADDRESS] = server.address
    try:
        yield server.address
    finally:
        if before is None:
            del os.environ[ADDRESS]
        else:
            os.environ[ADDRESS] = before


def code_state() -> tuple[tuple[str, int, int], ...]:
    """Size and time of every module of the package, and of the installed packages' folder."""
    files = [*sorted(PACKAGE.rglob("*.py")), Path(sysconfig.get_path("purelib"))]
    return tuple((str(file), stat.st_size, stat.st_mtime_ns) for file in files for stat in [file.stat()])
