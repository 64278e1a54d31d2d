"""Killed at any moment, with the disk full, or twice at once: the data is old or new, never between."""

# ruff: noqa: E501, PT017, SIM117

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from intake_kit import state, text_of

from casefile.errors import DataError, RunFailed, UsageError
from casefile.evidence import journal
from casefile.evidence.journal import changes, commit, reading, settle, undo, writing
from casefile.evidence.lock import exclusive

OLD = {"a/one.csv": b"old one\n", "a/package.json": b"{}\n", "sources.csv": b"old sources\n"}
NEW: dict[str, bytes | None] = {
    "a/one.csv": b"new one\n",
    "a/package.json": b'{"x": 1}\n',
    "sources.csv": b"new\n",
    "b.json": b"[]\n",
}
SENATOR = {
    "lis_id": "S998", "bioguide_id": "Z000998", "name": "Example Senator", "party": "D", "state": "NJ",
    "date": "2026-10-01", "date_precision": "day", "source_id": "congress-legislators",
}  # fmt: skip
# A child that dies, as by SIGKILL, at the n-th call that changes the disk.
CHILD = """
import os, sys
from pathlib import Path
from casefile.evidence import journal
folder, deadly = Path(sys.argv[1]), int(sys.argv[2])
calls = 0
def counted(real):
    def call(*args, **kwargs):
        global calls
        calls += 1
        if calls == deadly:
            os._exit(9)
        return real(*args, **kwargs)
    return call
os.fsync = counted(os.fsync)
Path.replace = counted(Path.replace)
Path.mkdir = counted(Path.mkdir)
Path.unlink = counted(Path.unlink)
files = {"a/one.csv": b"new one\\n", "a/package.json": b'{"x": 1}\\n', "sources.csv": b"new\\n", "b.json": b"[]\\n"}
with journal.writing(folder, "test"):
    journal.commit(folder, files, "a test")
print(calls)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    base = tmp_path / "data"
    for name, content in OLD.items():
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_bytes(content)
    return base


def content(base: Path) -> dict[str, bytes]:
    return {name: (base / name).read_bytes() for name in state(base)}


def test_a_kill_at_every_step_leaves_old_or_new(tmp_path: Path) -> None:
    step, seen = 0, set()
    while True:
        step += 1
        base = tmp_path / f"data-{step}"
        for name, raw in OLD.items():
            (base / name).parent.mkdir(parents=True, exist_ok=True)
            (base / name).write_bytes(raw)
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(base), str(step)], capture_output=True, text=True, timeout=60
        )
        message = settle(base)
        with writing(base, "next"):
            pass
        found = content(base)
        assert found in (OLD, NEW), f"step {step} left a mixture"
        assert bool(message) == (found == NEW and done.returncode == 9 and bool(message))
        seen.add(found == NEW)
        if message:
            assert "now complete" in message
        if found == NEW:
            with writing(base, "undo"):
                undo(base)
            assert content(base) == OLD, f"step {step} cannot be undone"
        leftovers = [one.name for one in (base / ".undo").iterdir()] if (base / ".undo").exists() else []
        assert not [one for one in leftovers if one == "journal.json"]
        if done.returncode == 0:
            break
        assert step < 100
    assert seen == {True, False}
    assert step > 15


def test_a_reader_finishes_an_interrupted_change(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(journal, "_roll_forward", dies)
        with pytest.raises(KeyboardInterrupt), writing(folder, "test"):
            commit(folder, NEW, "a test")
    assert content(folder) == OLD
    assert "a test" in (settle(folder) or "")
    assert content(folder) == NEW
    assert settle(folder) is None


@pytest.mark.parametrize("failing", range(1, 12))
def test_a_full_disk_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    calls = 0
    real = journal._write

    def write(path: Path, raw: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        real(path, raw)

    monkeypatch.setattr(journal, "_write", write)
    try:
        with writing(folder, "test"):
            commit(folder, NEW, "a test")
    except OSError as error:
        assert error.errno == errno.ENOSPC
        assert content(folder) == OLD
        assert not changes(folder)
    else:
        assert content(folder) == NEW


def test_changes_are_undone_one_after_the_other(folder: Path) -> None:
    with writing(folder, "test"):
        commit(folder, {"sources.csv": b"second\n"}, "first change")
        commit(folder, {"sources.csv": b"third\n", "c.json": b"1\n"}, "second change")
        assert undo(folder).what == "second change"
        assert content(folder) == {**OLD, "sources.csv": b"second\n"}
        assert undo(folder).what == "first change"
        assert content(folder) == OLD
        with pytest.raises(UsageError):
            undo(folder)


def test_only_the_newest_changes_are_kept(folder: Path) -> None:
    with writing(folder, "test"):
        for number in range(journal.KEPT + 5):
            commit(folder, {"sources.csv": f"{number}\n".encode()}, f"change {number}")
    assert len(changes(folder)) == journal.KEPT


def test_a_second_writer_waits_then_declines_with_the_holder(folder: Path) -> None:
    heard: list[str] = []
    with writing(folder, "the first add"), pytest.raises(RunFailed, match="the first add"):
        with exclusive(folder / journal.LOCK, "another", wait=0.3, say=heard.append):
            pass
    assert heard
    assert "Waiting for" in heard[0]


def test_a_build_holds_the_data_still(folder: Path) -> None:
    with reading(folder, "build"), pytest.raises(RunFailed, match="asefile build"):
        with writing(folder, "add", wait=0.2):
            pass
    with writing(folder, "add"):
        pass


def test_a_folder_that_nobody_can_write_to_is_read_without_a_lock(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "touch", refused)
    with reading(folder, "build"):
        assert content(folder) == OLD
    assert not (folder / journal.LOCK).exists()


def test_a_manifest_from_elsewhere_reaches_no_file_outside(folder: Path) -> None:
    outside = folder.parent / "mine.txt"
    outside.write_bytes(b"mine\n")
    staged = folder / ".undo" / "1"
    (staged / "new").mkdir(parents=True)
    (folder / ".undo" / "mine.txt").write_bytes(b"theirs\n")
    files = {"../mine.txt": [None, journal.digest(b"theirs\n")]}
    (staged / "staged.json").write_text(json.dumps({"number": 1, "what": "x", "when": "", "files": files}))
    (folder / ".undo" / "journal.json").write_text('{"number": 1}')
    with pytest.raises(DataError, match="no manifest"):
        settle(folder)
    assert outside.read_bytes() == b"mine\n"


def test_undoing_the_first_file_of_a_folder_removes_the_folder(folder: Path) -> None:
    with writing(folder, "test"):
        commit(folder, {"deep/er/new.csv": b"1\n"}, "a test")
        undo(folder)
    assert not (folder / "deep").exists()


def test_a_lock_dies_with_its_holder(folder: Path) -> None:
    code = "import sys,time;from pathlib import Path;from casefile.evidence.journal import writing\nwith writing(Path(sys.argv[1]),'x'):\n print('held',flush=True);time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "held"
    child.kill()
    child.wait()
    with writing(folder, "next", wait=2):
        pass


def _add(base: Path, file: Path, *more: str) -> subprocess.Popen[str]:
    words = [
        sys.executable,
        "-m",
        "casefile",
        "add",
        "congress/senators",
        str(file),
        "--data-dir",
        str(base),
        "--yes",
        *more,
    ]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_add_survives_sigkill_at_random_moments(data_copy: Path, tmp_path: Path) -> None:
    file = tmp_path / "new.csv"
    file.write_text(text_of([SENATOR]))
    start = time.monotonic()
    assert _add(data_copy, file).wait(60) == 0
    whole = time.monotonic() - start
    new = state(data_copy)
    with writing(data_copy, "undo"):
        undo(data_copy)
    old = state(data_copy)
    chance = random.Random(6)
    for _ in range(8):
        child = _add(data_copy, file)
        time.sleep(chance.uniform(0.5, 1.05) * whole)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        settle(data_copy)
        found = state(data_copy)
        assert found in (old, new)
        if found == new:
            with writing(data_copy, "undo"):
                undo(data_copy)


def test_two_adds_at_once_do_not_mix(data_copy: Path, tmp_path: Path) -> None:
    files = []
    for number in (1, 2):
        files.append(tmp_path / f"new-{number}.csv")
        files[-1].write_text(text_of([{**SENATOR, "lis_id": f"S99{number}", "bioguide_id": f"Z00099{number}"}]))
    children = [_add(data_copy, file) for file in files]
    codes = [(child.communicate(timeout=90), child.returncode) for child in children]
    lines = (data_copy / "congress/senators.csv").read_text().splitlines()
    written = [number for number in (1, 2) if any(line.startswith(f"S99{number},") for line in lines)]
    assert len(written) == sum(code == 0 for _, code in codes)
    assert written, codes
    from casefile.evidence.check import check_data

    assert check_data(data_copy).fine


def test_an_undo_folder_that_is_lost_costs_only_the_undo(folder: Path) -> None:
    with writing(folder, "test"):
        commit(folder, NEW, "a test")
    shutil.rmtree(folder / ".undo")
    assert settle(folder) is None
    assert content(folder) == NEW
