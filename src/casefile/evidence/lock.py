"""One writer at a time: a second build, intake or refresh waits a while, then says who holds the lock."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from casefile.errors import RunFailed

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_POLL = 0.1  # seconds between attempts


@contextlib.contextmanager
def exclusive(path: Path, what: str, *, wait: float = 10.0, say: Callable[[str], None] | None = None) -> Iterator[None]:
    """Hold the lock at `path` while doing `what`; the operating system frees it when this process ends.

    Waits up to `wait` seconds for another holder, telling `say` once. Raises `RunFailed` naming the holder after that.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    take, release = (_take_flock, _release_flock) if fcntl else (_take_file, _release_file)
    end = time.monotonic() + wait
    told = False
    while (held := take(path)) is None:
        if not told and say and wait > 0:
            say(f"Waiting for {_holder(path)}.")
            told = True
        if time.monotonic() >= end:
            raise RunFailed(f"{_first_up(_holder(path))} is still busy with {path.parent}. Try again when it is done.")
        time.sleep(_POLL)
    try:
        _sign(path, what)
        yield
    finally:
        release(path, held)


def _sign(path: Path, what: str) -> None:
    note = {"what": what, "pid": os.getpid(), "since": datetime.now().astimezone().isoformat(timespec="seconds")}
    path.write_text(json.dumps(note) + "\n", encoding="utf-8")


def _holder(path: Path) -> str:
    note = _note(path)
    if not note:
        return "another casefile command"
    return f"casefile {note.get('what')} (process {note.get('pid')}, since {note.get('since')})"


def _note(path: Path) -> dict[str, Any]:
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _take_flock(path: Path) -> int | None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _release_flock(_path: Path, held: int) -> None:
    os.ftruncate(held, 0)  # the file stays: removing it would let two commands hold two files of one name
    os.close(held)


def _take_file(path: Path) -> int | None:
    """Where there is no flock: the file's existence is the lock; one left by a process that is gone is taken over."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        pid = _note(path).get("pid")
        if isinstance(pid, int) and not _running(pid):
            with contextlib.suppress(OSError):
                path.unlink()
        return None


def _release_file(path: Path, held: int) -> None:
    os.close(held)
    with contextlib.suppress(OSError):
        path.unlink()


def _running(pid: int) -> bool:
    processes: Any = importlib.import_module("psutil")  # comes with ipykernel; os.kill(pid, 0) ends it on Windows
    return bool(processes.pid_exists(pid))


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
