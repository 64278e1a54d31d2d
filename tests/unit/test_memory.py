"""What is left of memory is read rightly, and a run that takes too much is ended in good order."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from casefile import memory
from casefile.errors import RunFailed
from casefile.memory import Left, ending, guard, left

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what is left")

PLENTY = "MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n"
LITTLE = "MemTotal: 8388608 kB\nMemAvailable: 51200 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n"
MIB = 1 << 20


@pytest.fixture
def readings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Made-up `proc` and `cgroup` in place of the machine's own: much memory, no control group."""
    write(tmp_path / "proc" / "meminfo", PLENTY)
    monkeypatch.setattr(memory, "PROC", tmp_path / "proc")
    monkeypatch.setattr(memory, "CGROUPS", tmp_path / "cgroup")
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def group(folder: Path, second: bool, limit: str, used: int, file_pages: int = 0) -> None:
    """A control group of either version, sizes in MiB."""
    names = ("memory.max", "memory.current") if second else ("memory.limit_in_bytes", "memory.usage_in_bytes")
    write(folder / names[0], f"{int(limit) * MIB if limit.isdigit() else limit}\n")
    write(folder / names[1], f"{used * MIB}\n")
    prefix = "" if second else "total_"
    write(folder / "memory.stat", f"anon 1\n{prefix}inactive_file {file_pages * MIB}\n{prefix}active_file 0\n")


def test_this_machine_tells_what_is_left() -> None:
    now = left()
    assert now is not None
    assert 0 < now.mib < now.limit


def test_free_swap_counts_as_memory(readings: Path) -> None:
    write(readings / "proc" / "meminfo", LITTLE.replace("SwapFree: 0", "SwapFree: 1048576"))
    assert left() == Left(1074, 8192, "this machine has")


@pytest.mark.parametrize(("second", "line"), [(True, "0::/job/step"), (False, "4:cpu,memory:/job/step")])
@pytest.mark.parametrize("inner", ["job", "job/step", ""])
def test_the_tightest_control_group_above_counts(readings: Path, second: bool, line: str, inner: str) -> None:
    write(readings / "proc" / "self" / "cgroup", f"9:cpuset:/elsewhere\n{line}\n")
    base = readings / "cgroup" / ("" if second else "memory")
    group(base / "job" / "step", second, "max" if second else "9223372036854771712", 300)
    group(base / inner, second, "512", 500, 30)
    assert left() == Left(42, 512, "this container may use")


def test_a_container_that_sees_itself_as_the_root_is_read(readings: Path) -> None:
    write(readings / "proc" / "self" / "cgroup", "4:memory:/docker/0123456789abcdef\n")
    group(readings / "cgroup" / "memory", False, "256", 200)
    assert left() == Left(56, 256, "this container may use")


def test_what_a_group_may_swap_out_counts(readings: Path) -> None:
    write(readings / "proc" / "self" / "cgroup", "0::/\n")
    write(readings / "proc" / "meminfo", PLENTY.replace("SwapFree: 0", "SwapFree: 1048576"))
    group(readings / "cgroup", True, "512", 500)
    write(readings / "cgroup" / "memory.swap.max", f"{100 * MIB}\n")
    write(readings / "cgroup" / "memory.swap.current", f"{40 * MIB}\n")
    assert left() == Left(72, 512, "this container may use")


def test_unreadable_readings_are_none_and_the_guard_is_absent(readings: Path) -> None:
    write(readings / "proc" / "meminfo", "nonsense\n")
    write(readings / "proc" / "self" / "cgroup", "0::/\n")
    assert left() is None
    with guard():
        assert not [one for one in threading.enumerate() if one.name == "memory guard"]


def test_a_run_with_enough_memory_is_left_alone(readings: Path) -> None:
    before = signal.getsignal(signal.SIGURG)
    with guard():
        time.sleep(3 * memory.LOOK)
    assert signal.getsignal(signal.SIGURG) == before
    assert not [one for one in threading.enumerate() if one.name == "memory guard"]


def test_an_error_of_the_run_stays_what_it_is(readings: Path) -> None:
    with pytest.raises(ValueError, match="its own"), guard():
        raise ValueError("its own")


def test_a_run_that_uses_the_memory_up_is_ended_and_told_why(readings: Path) -> None:
    done: list[str] = []
    with pytest.raises(RunFailed) as caught:
        run_until_short(readings, lambda: threading.Event().wait(60), done)
    assert done == ["tidied"]
    assert "50 MiB of the 8,192 MiB that this machine has" in str(caught.value)
    assert str(caught.value).endswith("the last good book is as it was. Use less.")


def run_until_short(readings: Path, wait: Callable[[], object], done: list[str]) -> None:
    with guard("Use less."):
        write(readings / "proc" / "meminfo", LITTLE)
        try:
            wait()
            done.append("finished")
        finally:
            done.append("tidied")


def test_a_run_that_could_not_last_is_not_begun(readings: Path) -> None:
    write(readings / "proc" / "meminfo", LITTLE)
    with pytest.raises(RunFailed, match="Too little memory"), guard():
        pytest.fail("it was begun")


def test_a_signal_from_elsewhere_ends_nothing(readings: Path) -> None:
    with guard():
        signal.raise_signal(signal.SIGURG)


def test_helpers_that_share_out_the_work_are_ended_with_the_run(readings: Path) -> None:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children, get_context

    def wait() -> None:
        with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:  # which waits for all of them at its end
            list(pool.map(time.sleep, [3600, 3600]))

    with pytest.raises(RunFailed, match="Too little memory"):
        run_until_short(readings, wait, [])
    assert not active_children()


def test_a_helper_that_is_forked_as_the_run_ends_is_ended_too(readings: Path) -> None:
    from multiprocessing import active_children, get_context

    def wait() -> None:
        try:
            threading.Event().wait(60)
        finally:
            get_context("fork").Process(target=time.sleep, args=[3600]).start()

    with pytest.raises(RunFailed, match="Too little memory"):
        run_until_short(readings, wait, [])
    assert not active_children()


LIMITED = """
import mmap, resource, sys, time
from casefile import memory
from casefile.errors import RunFailed
used = memory._statm() * 4096
resource.setrlimit(resource.RLIMIT_AS, (used + (400 << 20), used + (400 << 20)))
taken = []
try:
    with memory.guard():
        while True:
            taken.append(mmap.mmap(-1, 1 << 20))
            time.sleep(0.005)
except RunFailed as error:
    sys.exit(str(error))
"""


def test_a_process_that_fills_its_address_space_is_ended_before_it_is_full() -> None:
    done = subprocess.run([sys.executable, "-c", LIMITED], capture_output=True, text=True, timeout=60, check=False)
    assert "that this process may use (ulimit -v)" in done.stderr
    assert "Traceback" not in done.stderr


def limited(mib: int, *words: str) -> subprocess.CompletedProcess[str]:
    """A command under a limit on its address space, as `ulimit -v` sets it."""
    code = (
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_AS, ({mib} << 20, {mib} << 20)); "
        f"sys.argv = ['casefile', *{words!r}]; from casefile.__main__ import main; main()"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("mib", "words", "need"),
    [
        (100, ["verdicts", "--json"], "this command needs about 300 MiB"),
        (500, ["run", "notebooks/aims.ipynb"], "kernel needs about 1,024 MiB"),
        (500, ["build", "--force", "--jobs", "2"], "a build with 2 jobs needs about 1,600 MiB"),
        (500, ["editions", "--force", "--jobs", "1"], "a build with 1 job needs about 1,440 MiB"),
    ],
)
def test_a_limit_that_no_run_fits_in_is_said_before_anything_starts(mib: int, words: list[str], need: str) -> None:
    done = limited(mib, *words)
    assert done.returncode == 1
    assert f"limited to {mib} MiB (ulimit -v)" in done.stderr
    assert need in done.stderr
    assert "Traceback" not in done.stderr


def test_help_is_given_under_any_limit() -> None:
    assert limited(100, "build", "--help").returncode == 0


def test_one_job_is_advised_where_that_would_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "address_space", lambda: 1500.0)
    with pytest.raises(RunFailed, match="or use --jobs 1"):
        memory.check_build(2)
    memory.check_build(1)


def test_the_end_of_a_process_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ending(-signal.SIGKILL) == "was killed by the system, most likely for want of memory"
    assert ending(3) == "ended itself with exit code 3"
    monkeypatch.setattr(memory, "address_space", lambda: 900.0)
    assert ending(-signal.SIGABRT) == "was ended by SIGABRT, under an address space limited to 900 MiB (ulimit -v)"


def test_a_killed_judge_is_reported_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    from casefile.evidence.library import Library
    from casefile.paths import DATA
    from casefile.verdicts import timeline

    monkeypatch.setattr(timeline, "_rows", killed)
    days = [date(2024, month, 1) for month in range(1, 13)]
    with pytest.raises(RunFailed, match="A process that judged verdicts was killed by the system"):
        timeline.judge_days(Library(DATA), days, 2)


def killed(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("more", [0, 1])  # Sphinx itself forgets what it meets while it hands out more work
def test_a_killed_writer_of_pages_is_not_forgotten(more: int) -> None:
    from sphinx.util.parallel import ParallelTasks

    from casefile.press.site import watched

    with watched() as failed, contextlib.suppress(EOFError):
        tasks = ParallelTasks(1)
        tasks.add_task(killed)
        while more and not failed:
            tasks.add_task(time.time)
        tasks.join()
    assert [one.partition(".")[0] for one in failed] == [
        "a process that reads and writes pages was killed by the system, most likely for want of memory"
    ]


KILLED_WHILE_JUDGING = """
import sys, time
from datetime import date
from casefile.evidence.library import Library
from casefile.verdicts import timeline
timeline.ALONE = 0
def rest(task):
    time.sleep(600)
timeline._rows = rest
timeline.judge_days(Library(), [date(2023, 10, 9), date(2024, 5, 5)], 2)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_helpers_end_when_their_owner_is_killed() -> None:
    owner = subprocess.Popen([sys.executable, "-c", KILLED_WHILE_JUDGING])

    def helpers() -> set[str]:
        listed = Path(f"/proc/{owner.pid}/task/{owner.pid}/children")
        return set(listed.read_text(encoding="ascii").split()) if listed.exists() else set()

    end = time.monotonic() + 60
    while len(helpers()) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    started = helpers()
    assert len(started) == 2
    time.sleep(0.5)  # both have settled in
    owner.kill()
    owner.wait()
    while any(alive(one) for one in started) and time.monotonic() < end:
        time.sleep(0.02)
    assert not [one for one in started if alive(one)]


def alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2] != "Z"
    except OSError:
        return False
