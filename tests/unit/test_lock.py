"""One writer at a time, on systems with and without flock; a holder that dies frees the lock."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from casefile.errors import RunFailed
from casefile.evidence import lock
from casefile.evidence.lock import exclusive


@pytest.fixture(params=["flock", "file"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "file":
        monkeypatch.setattr(lock, "fcntl", None)
    return str(request.param)


def hold(path: Path, way: str, seconds: float) -> subprocess.Popen[str]:
    code = (
        "import sys, time; from pathlib import Path; from casefile.evidence import lock\n"
        "if sys.argv[2] == 'file': lock.fcntl = None\n"
        "with lock.exclusive(Path(sys.argv[1]), 'build'):\n"
        "    print('held', flush=True); time.sleep(float(sys.argv[3]))"
    )
    command = [sys.executable, "-c", code, str(path), way, str(seconds)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    return holder


def end(holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.communicate()


def test_the_second_is_declined_and_told_who_holds_it(tmp_path: Path, way: str) -> None:
    holder = hold(tmp_path / "lock", way, 60)
    try:
        said = rf"Casefile build \(process {holder.pid}, since"
        with pytest.raises(RunFailed, match=said), exclusive(tmp_path / "lock", "add", wait=0):
            pass
    finally:
        end(holder)


def test_the_second_waits_says_so_once_and_goes_on(tmp_path: Path, way: str) -> None:
    holder = hold(tmp_path / "lock", way, 0.6)
    said: list[str] = []
    with exclusive(tmp_path / "lock", "add", wait=20, say=said.append):
        assert len(said) == 1
    holder.communicate()


def test_a_holder_that_was_killed_frees_it(tmp_path: Path, way: str) -> None:
    end(hold(tmp_path / "lock", way, 60))
    with exclusive(tmp_path / "lock", "add", wait=2):
        pass


def test_an_error_inside_frees_it(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), exclusive(tmp_path / "lock", "add"):
        raise ZeroDivisionError
    with exclusive(tmp_path / "lock", "add", wait=0):
        pass


def test_two_threads_never_hold_it_together(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        with exclusive(tmp_path / "lock", "add", wait=20):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.02)
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most == [1, 1, 1, 1]


def test_the_folder_is_made_when_missing(tmp_path: Path) -> None:
    with exclusive(tmp_path / "new" / "lock", "build"):
        assert (tmp_path / "new").is_dir()
