"""Editions: the same bytes on one core, on many and on a cluster; what is done stays done."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casefile.errors import RunFailed, UsageError
from casefile.paths import DATA, NOTEBOOKS
from casefile.press import cluster, editions
from casefile.press.cluster import pack, unpack
from casefile.press.editions import build_editions

ONE = ("resolve",)
"""The quickest notebook stands for all seven."""

MONTHS = {"start": "2023-10-09", "end": "2023-12-31"}


@pytest.fixture
def own_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(editions, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(editions, "LOCK_FILE", tmp_path / "build.lock")
    return tmp_path


def build(out: Path, said: list[str] | None = None, **changed: Any) -> dict[str, bytes]:
    wish: dict[str, Any] = {
        **MONTHS, "every": "month", "jobs": 1, "scheduler": None, "data_dir": None, "force": False, "names": ONE,
    } | changed  # fmt: skip
    folders = build_editions(out=out, say=(said if said is not None else []).append, **wish)
    return {f"{one.name}/{path.name}": path.read_bytes() for one in folders for path in sorted(one.iterdir())}


def test_there_is_an_edition_for_each_month_end_in_any_number_of_jobs(own_build: Path) -> None:
    one = build(own_build / "one")
    assert list(one) == [f"{day}/resolve.ipynb" for day in ("2023-10-09", "2023-10-31", "2023-11-30", "2023-12-31")]
    assert build(own_build / "two", jobs=2, force=True) == one


def test_editions_that_were_made_are_not_made_again(own_build: Path) -> None:
    first = build(own_build / "one", end="2023-10-31")
    said: list[str] = []
    again = build(own_build / "two", said, end="2023-11-30")
    assert said[0] == "3 editions, 3 notebooks: 2 kept, 1 to be run."
    assert {name: again[name] for name in first} == first


def test_a_step_that_does_not_exist_is_refused(own_build: Path) -> None:
    with pytest.raises(UsageError, match="week"):
        build(own_build / "x", every="week")


def test_a_last_day_before_the_first_is_refused(own_build: Path) -> None:
    with pytest.raises(UsageError, match="before the first"):
        build(own_build / "x", start="2024-01-31", end="2023-12-31")


def test_a_place_that_is_a_file_is_refused(own_build: Path) -> None:
    (own_build / "x").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        build(own_build / "x")


def test_a_scheduler_that_does_not_answer_is_a_usage_error(own_build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "ANSWER", "1s")
    with pytest.raises(UsageError, match="No Dask scheduler answers"):
        build(own_build / "x", end="2023-10-09", scheduler=f"tcp://127.0.0.1:{free_port()}")


def test_a_bundle_is_the_same_bytes_twice_and_unpacks_once() -> None:
    packed = pack(DATA, [NOTEBOOKS / "resolve.ipynb"])
    assert pack(DATA, [NOTEBOOKS / "resolve.ipynb"]) == packed
    place = unpack(packed)
    assert unpack(packed) == place
    assert (place / "data" / "claims.yml").read_bytes() == (DATA / "claims.yml").read_bytes()


def test_a_worker_with_other_code_says_so() -> None:
    assert "another version" in cluster.judge(b"", "0" * 64, "economy-ruble", [], [])["failed"]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def dask_cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two worker processes, started with Dask's own command line."""
    address = f"tcp://127.0.0.1:{free_port()}"
    env = {**os.environ, "TMPDIR": str(tmp_path / "tmp"), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "5"}
    (tmp_path / "tmp").mkdir()
    dask = [sys.executable, "-m", "dask"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path, "env": env}
    host, port = address.removeprefix("tcp://").split(":")
    started = [subprocess.Popen([*dask, "scheduler", "--host", host, "--port", port, "--no-dashboard"], **quiet)]
    worker = [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    workers = [subprocess.Popen(worker, **quiet) for _ in range(2)]
    started += workers
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                break
        time.sleep(0.2)
    yield address, workers
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes_and_loses_nothing_when_a_worker_is_killed(
    own_build: Path, dask_cluster: tuple[str, list[subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, workers = dask_cluster
    keeper = editions._keeper
    kept: list[str] = []

    def killing(*arguments: Any) -> Any:
        keep = keeper(*arguments)

        def one(piece: editions.Piece) -> None:
            keep(piece)
            kept.append(piece.day.isoformat())
            if len(kept) == 1:
                workers[0].send_signal(signal.SIGKILL)

        return one

    with monkeypatch.context() as patched:
        patched.setattr(editions, "_keeper", killing)
        far = build(own_build / "far", scheduler=address)
    assert len(kept) == len(set(kept)) == 4
    assert far == build(own_build / "here", jobs=2, force=True)


@pytest.mark.slow
def test_a_notebook_that_fails_on_the_cluster_is_named(
    own_build: Path, dask_cluster: tuple[str, list[subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = own_build / "notebooks"
    folder.mkdir()
    text = (NOTEBOOKS / "resolve.ipynb").read_text(encoding="utf-8").replace("case.short_answer()", "1 / 0")
    (folder / "resolve.ipynb").write_text(text, encoding="utf-8")
    monkeypatch.setattr(cluster, "NOTEBOOKS", folder)
    with pytest.raises(RunFailed, match="ZeroDivisionError"):
        build(own_build / "far", end="2023-10-09", scheduler=dask_cluster[0])
