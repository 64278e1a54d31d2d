"""One timed command: wall time, processor time and the most memory its whole process tree held at once."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

SAMPLE = 0.05  # seconds between looks at the process tree, at the least
SHARE = 0.04  # of the time may be spent on looking: counting the pages of many large processes takes a while


@dataclass(frozen=True)
class Sample:
    """What one run of one side took."""

    seconds: float
    cpu_seconds: float
    peak_mib: float


class MeasurementError(Exception):
    """A measured command did not end well; a time for it would mean nothing."""


def timed(commands: Sequence[Sequence[str]], cwd: Path, env: Mapping[str, str]) -> Sample:
    """Run commands one after another and measure them as one."""
    before, clock = os.times(), time.monotonic()
    peak = 0.0
    for command in commands:
        process = subprocess.Popen(
            list(command), cwd=cwd, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        watcher = _Watcher(process.pid)
        watcher.start()
        said, _ = process.communicate()
        peak = max(peak, watcher.finish())
        if process.returncode:
            raise MeasurementError(f"{' '.join(command)}\nended with {process.returncode}:\n{said[-3000:]}")
    after = os.times()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Sample(round(time.monotonic() - clock, 3), round(cpu, 3), round(peak, 1))


class _Watcher(threading.Thread):
    """Adds up the memory of a process and its descendants, again and again; shared pages count once (PSS)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.peak = 0.0
        self.ended = threading.Event()

    def run(self) -> None:
        pause = SAMPLE
        while not self.ended.wait(pause):
            clock = time.monotonic()
            self.peak = max(self.peak, _tree_mib(self.pid))
            pause = max(SAMPLE, (time.monotonic() - clock) / SHARE)

    def finish(self) -> float:
        self.ended.set()
        self.join()
        return self.peak


def _tree_mib(pid: int) -> float:
    import psutil

    try:
        root = psutil.Process(pid)
        return sum(_mib(one.pid) for one in [root, *root.children(recursive=True)])
    except psutil.Error:
        return 0.0


def _mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    except (OSError, StopIteration):
        return 0.0


def summary(samples: Sequence[Sample]) -> dict[str, Any]:
    """Median, spread and every single run."""
    seconds = [one.seconds for one in samples]
    return {
        "median": round(statistics.median(seconds), 3),
        "fastest": min(seconds),
        "slowest": max(seconds),
        "cpu_median": round(statistics.median(one.cpu_seconds for one in samples), 3),
        "peak_mib": max(one.peak_mib for one in samples),
        "runs": [asdict(one) for one in samples],
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "bytecode_cached": _compiled(),
        "load_at_start": round(os.getloadavg()[0], 2),
        "versions": {name: version(name) for name in ("papermill", "jupyter-book", "nbclient", "ipykernel", "pandas")},
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _compiled() -> bool:
    """Whether the libraries' byte code is on disk: without it every import is several times slower, on both sides."""
    import pandas

    return (Path(pandas.__file__).parent / "__pycache__" / f"__init__.{sys.implementation.cache_tag}.pyc").is_file()
