"""A Dask scheduler with workers on this machine, started with Dask's own commands; each has its own address."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.workshop import Workshop

PATIENCE = 60.0  # seconds for a scheduler to answer


@dataclass(frozen=True)
class Cluster:
    """The scheduler's address, and the folder that its workers take for temporary files."""

    address: str
    temporary: Path

    def forget(self) -> None:
        """Remove what workers keep from one run to the next, but not what they hold in memory: they stay warm."""
        for folder in self.temporary.glob("casefile-*/*/_build"):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def cluster(shop: Workshop, workers: int) -> Iterator[Cluster]:
    """A scheduler and this many worker processes of one thread each; all end with the block."""
    temporary = shop.root.parent / f"workers-{workers}"
    temporary.mkdir()
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    address = f"tcp://127.0.0.1:{port}"
    env = {**shop.env, "TMPDIR": str(temporary)}
    dask = [sys.executable, "-m", "dask"]
    scheduler = [*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    worker = [*dask, "worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    started = [
        subprocess.Popen(command, cwd=temporary, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in [scheduler, *[worker] * workers]
    ]
    try:
        _wait_for(port)
        yield Cluster(address, temporary)
    finally:
        for process in started:
            process.kill()
            process.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("the Dask scheduler did not start")
