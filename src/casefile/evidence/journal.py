"""Several files changed as one: old or new, whatever happens in between, and back again with one command.

A change is staged under `data/.undo/<number>/`: the new files, copies of the old ones, and a manifest. Writing
`data/.undo/journal.json` is the moment of commitment; from then on the staged files are renamed into place, and a
command that finds the journal after a kill finishes the renames. Before that moment a kill leaves the data as it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from casefile.errors import DataError, Problem, RunFailed, UsageError
from casefile.evidence.lock import exclusive

FOLDER = ".undo"
LOCK = ".lock"
JOURNAL = "journal.json"
MANIFEST = "manifest.json"  # of a change that is in place
STAGED = "staged.json"  # the same before it is
KEPT = 20  # changes that can be undone, newest first


@dataclass(frozen=True)
class Change:
    """One applied change: its number, what it was, when, and the files with their hashes before and after."""

    number: int
    what: str
    when: str
    files: Mapping[str, tuple[str | None, str | None]]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextlib.contextmanager
def writing(data_dir: Path, what: str, say: Any = None, wait: float = 10.0) -> Iterator[None]:
    """Hold the data folder for one writer, after finishing what an interrupted one left."""
    with exclusive(data_dir / LOCK, what, wait=wait, say=say):
        message = _finish(data_dir)
        if message and say:
            say(message)
        yield


@contextlib.contextmanager
def reading(data_dir: Path, what: str, say: Any = None, wait: float = 60.0) -> Iterator[None]:
    """Hold the data folder still while many processes read it, so that one result never mixes old and new rows.

    A folder that cannot be written to has no writer to keep out and is read as it is.
    """
    try:
        (data_dir / LOCK).touch()
    except OSError:
        yield
        return
    with writing(data_dir, what, say, wait):
        yield


def settle(data_dir: Path) -> str | None:
    """Finish a change that a kill interrupted; says so on stderr and returns that sentence, None when all was whole.

    Cheap when nothing is pending (one look for a file), so that every reader of the data can call it. While another
    command is writing, it waits for it.
    """
    if not (data_dir / FOLDER / JOURNAL).exists():
        return None
    with exclusive(data_dir / LOCK, "finishing an interrupted change"):
        message = _finish(data_dir)
    if message:
        print(message, file=sys.stderr, flush=True)
    return message


def commit(data_dir: Path, files: Mapping[str, bytes | None], what: str) -> Change:
    """Write `files` (path below `data_dir` → content, None removes) as one change. Call inside `writing`.

    Raises `OSError` (disk full, no permission) before anything changed.
    """
    base = data_dir / FOLDER
    base.mkdir(exist_ok=True)
    number = max([*(int(one.name) for one in base.iterdir() if one.name.isdigit()), 0]) + 1
    folder = base / str(number)
    hashes: dict[str, tuple[str | None, str | None]] = {}
    try:
        for name, content in files.items():
            target = data_dir / name
            before = target.read_bytes() if target.exists() else None
            if before is not None:
                _write(folder / "old" / name, before)
            if content is not None:
                _write(folder / "new" / name, content)
            hashes[name] = (None if before is None else digest(before), None if content is None else digest(content))
        when = datetime.now().astimezone().isoformat(timespec="milliseconds")
        change = Change(number, what, when, hashes)
        manifest = json.dumps({"number": number, "what": what, "when": when, "files": hashes}, indent=1)
        _write(folder / STAGED, manifest.encode())
        _write(base / f".{JOURNAL}.part", json.dumps({"number": number}).encode())
        _sync(folder)
        (base / f".{JOURNAL}.part").replace(base / JOURNAL)
        _sync(base)
    except BaseException:
        if not (base / JOURNAL).exists():
            shutil.rmtree(folder, ignore_errors=True)
        raise
    _roll_forward(data_dir, change)
    _prune(base)
    return change


def undo(data_dir: Path) -> Change:
    """Take back the newest change. Call inside `writing`.

    Raises `UsageError` when there is none or when its files were changed by other hands since.
    """
    history = changes(data_dir)
    if not history:
        raise UsageError("There is no change to undo.")
    last = history[-1]
    for name, (_, after) in last.files.items():
        path = data_dir / name
        now = digest(path.read_bytes()) if path.exists() else None
        if now != after:
            raise UsageError(
                f"{name} was changed since by other means, so that undoing would lose that change. "
                f"The old files lie in {data_dir / FOLDER / str(last.number) / 'old'}."
            )
    old = data_dir / FOLDER / str(last.number) / "old"
    back: dict[str, bytes | None] = {
        name: None if before is None else (old / name).read_bytes() for name, (before, _) in last.files.items()
    }
    applied = commit(data_dir, back, f"undo of: {last.what}")
    for number in (last.number, applied.number):
        shutil.rmtree(data_dir / FOLDER / str(number), ignore_errors=True)
    return last


def changes(data_dir: Path) -> list[Change]:
    """The changes that can be undone, oldest first."""
    found = []
    for folder in (data_dir / FOLDER).glob("*"):
        if folder.name.isdigit() and (change := _manifest(folder / MANIFEST)):
            found.append(change)
    return sorted(found, key=lambda one: one.number)


def _finish(data_dir: Path) -> str | None:
    """Complete or clear away what an interrupted writer left. Needs the lock."""
    base = data_dir / FOLDER
    journal = base / JOURNAL
    if not journal.exists():
        with contextlib.suppress(OSError):
            for folder in base.iterdir():
                if folder.name.isdigit() and not (folder / MANIFEST).exists():
                    shutil.rmtree(folder, ignore_errors=True)
        return None
    try:
        number = int(json.loads(journal.read_text(encoding="utf-8"))["number"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            [
                Problem(
                    str(journal), None, None, None, f"cannot be read ({error})", "Restore data/ from version control."
                )
            ]
        ) from None
    change = _manifest(base / str(number) / STAGED) or _manifest(base / str(number) / MANIFEST)
    if change is None:
        raise DataError(
            [
                Problem(
                    str(base / str(number)), None, None, None, "has no manifest", "Restore data/ from version control."
                )
            ]
        )
    _roll_forward(data_dir, change)
    return (
        f"An earlier command was interrupted; its change is now complete ({change.what}). Undo it with: casefile undo"
    )


def _roll_forward(data_dir: Path, change: Change) -> None:
    base = data_dir / FOLDER
    for name, (_, after) in change.files.items():
        target, staged = data_dir / name, base / str(change.number) / "new" / name
        if after is None:
            target.unlink(missing_ok=True)
            _clear(target.parent, data_dir)
        elif staged.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            staged.replace(target)
        elif not target.exists() or digest(target.read_bytes()) != after:
            raise RunFailed(
                f"{target} is neither old nor new after an interrupted change. The old file is "
                f"{base / str(change.number) / 'old' / name}."
            )
        if target.parent.is_dir():
            _sync(target.parent)
    folder = base / str(change.number)
    if (folder / STAGED).exists():
        (folder / STAGED).replace(folder / MANIFEST)
    (base / JOURNAL).unlink(missing_ok=True)
    _sync(base)


def _clear(folder: Path, base: Path) -> None:
    """Remove folders that a removed file leaves empty, up to the base; compiled code does not count as content."""
    while folder != base and folder.is_dir() and {one.name for one in folder.iterdir()} <= {"__pycache__"}:
        shutil.rmtree(folder, ignore_errors=True)
        folder = folder.parent


def _manifest(path: Path) -> Change | None:
    try:
        one = json.loads(path.read_text(encoding="utf-8"))
        files = {name: (before, after) for name, (before, after) in one["files"].items()}
        if any(Path(name).is_absolute() or ".." in Path(name).parts for name in files):
            return None  # a manifest from elsewhere must not reach outside its folder
        return Change(one["number"], one["what"], one["when"], files)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def _prune(base: Path) -> None:
    numbers = sorted(int(one.name) for one in base.iterdir() if one.name.isdigit())
    for number in numbers[:-KEPT]:
        shutil.rmtree(base / str(number), ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make renames in `folder` durable, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
