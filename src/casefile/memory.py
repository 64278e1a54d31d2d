"""How much memory is left, and an orderly end before the system ends a run without a word.

Readings come from /proc and from the memory controllers below /sys/fs/cgroup, which only Linux has. Elsewhere nothing
can be read: `left` is None, and the guard is absent and says nothing.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casefile.errors import RunFailed

PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")

RESERVE = 100.0  # MiB; with less the system's killer is near, and a message still needs some
LOOK = 0.1  # seconds between readings: a fast notebook takes some tens of MiB in that time
GRACE = 10.0  # seconds for the run to end before it is told again
NUDGE = getattr(signal, "SIGURG", None)  # ignored wherever nobody waits for it

FOR_A_COMMAND = 300  # MiB of address space; measured: `verdicts` works with 300 and not with 200
FOR_A_NOTEBOOK = 1024  # measured: the kernel of the notebook of all verdicts takes 970
FOR_A_BUILD = (
    1280,
    160,
    4,
)  # and for each job, of which this many count; measured: 1,400, 1,500, 1,650 and 1,850 for 1, 2,
# 4 and 8 jobs. Most of it is reserved by threads and never touched: a build holds half a GiB of memory.

FEWER = "Use --jobs 1, end other programs, or allow more memory."
FEWER_EDITIONS = "Use --jobs 1, fewer editions at a time (--from, --to), or allow more memory."
MORE = "End other programs, or allow more memory."
KILLED = "was killed by the system, most likely for want of memory"
OUT_OF_MEMORY = f"Out of memory; nothing that was finished is lost. {FEWER}"

_MIB = 1 << 20
_SIGNS = ("failed to map segment", "cannot allocate memory", "can't start new thread", "openblas")


@dataclass(frozen=True, order=True)
class Left:
    """What is left of a limit, in MiB, and whose limit it is."""

    mib: float
    limit: float
    whose: str

    def __str__(self) -> str:
        return f"{max(self.mib, 0):,.0f} MiB of the {self.limit:,.0f} MiB that {self.whose}"


def left() -> Left | None:
    """The scarcest of what this machine, this container and this process may still take; None where nothing tells."""
    found = [one for one in (_machine(), *map(_group, _groups()), _address_space()) if one is not None]
    return min(found, default=None)


def address_space() -> float | None:
    """The limit on this process's address space in MiB (`ulimit -v`); None without one."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft / _MIB


def check_address_space(need: float, what: str, remedy: str = "") -> None:
    """Raises `RunFailed` where the limit is so low that a library would end the process before any message."""
    limit = address_space()
    if limit is not None and limit < need:
        raise RunFailed(
            f"The address space of this process is limited to {limit:,.0f} MiB (ulimit -v); {what} needs about "
            f"{need:,.0f} MiB, most of it reserved and never used. Nothing was started. Raise the limit"
            f"{remedy}: ulimit -v {round(need * 1024)}"
        )


def check_build(jobs: int) -> None:
    """`check_address_space` for a build or editions with this many jobs."""
    need, fewest = _for_a_build(jobs), _for_a_build(1)
    limit = address_space() or 0
    remedy = ", or use --jobs 1" if jobs > 1 and limit >= fewest else ""
    check_address_space(need, f"a build with {jobs} job{'' if jobs == 1 else 's'}", remedy)


def _for_a_build(jobs: int) -> int:
    base, each, most = FOR_A_BUILD
    return base + each * min(jobs, most)


def wanting(error: BaseException) -> bool:
    """Whether an error is how Python or a library says that there was no memory to be had."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    return isinstance(error, (ImportError, OSError, RuntimeError)) and any(one in str(error).lower() for one in _SIGNS)


def ending(code: int | None) -> str:
    """How a process ended, in words that follow its name, from the code that its parent got."""
    if code is None:
        return "was lost"
    if code >= 0:
        return f"ended itself with exit code {code}"
    if -code == getattr(signal, "SIGKILL", 9):
        return KILLED
    name = signal.Signals(-code).name if -code in {int(one) for one in signal.Signals} else f"signal {-code}"
    limit = address_space()
    under = "" if limit is None else f", under an address space limited to {limit:,.0f} MiB (ulimit -v)"
    return f"was ended by {name}{under}"


def offer_to_the_killer() -> None:
    """Let the system's killer take this process and its children first: their parent can then say what happened."""
    with contextlib.suppress(OSError):
        (PROC / "self" / "oom_score_adj").write_text("500")


class Ended(KeyboardInterrupt):
    """Raised in the main thread when memory is short: whatever takes Ctrl-C well takes this well, too."""


@contextlib.contextmanager
def guard(remedy: str = FEWER) -> Iterator[None]:
    """End what runs inside, as Ctrl-C would, when less than `RESERVE` is left.

    Raises `RunFailed` that says what is left, of which limit, and `remedy`. It costs a thread that reads some small
    files ten times a second. Absent where nothing can be read, and outside the main thread, which alone can be told.
    """
    if NUDGE is None or threading.current_thread() is not threading.main_thread() or left() is None:
        yield
        return
    watch = _Watch()
    before = signal.signal(NUDGE, watch.end_the_run)
    try:
        try:
            watch.look()  # a run that could not last is not begun
            watch.start()
            yield
        finally:
            watch.over.set()
    except BaseException:
        watch.over.set()
        if watch.short is None:
            raise
        for helper in _end_helpers():  # also one that was being forked when the others were ended
            helper.join(GRACE)
        raise RunFailed(
            f"Too little memory is left to go on: {watch.short}. The run was ended before the system would have done "
            f"it; what was finished is kept, and the last good book is as it was. {remedy}"
        ) from None
    finally:
        if watch.is_alive():
            watch.join()
        signal.signal(NUDGE, signal.SIG_DFL if before is None else before)


class _Watch(threading.Thread):
    """Looks at what is left, again and again, and ends the run when that is too little."""

    def __init__(self) -> None:
        super().__init__(name="memory guard", daemon=True)
        self.short: Left | None = None
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(LOOK):
            with contextlib.suppress(MemoryError):  # then the main thread meets it as well
                if self.look():
                    self.over.wait(GRACE)

    def look(self) -> bool:
        """Take a reading; when it is too low, end helpers and run."""
        now = left()
        if now is None or now.mib >= RESERVE:
            return False
        self.short = self.short or now
        _end_helpers()
        assert NUDGE is not None
        signal.pthread_kill(threading.main_thread().ident or 0, NUDGE)
        return True

    def end_the_run(self, *_: object) -> None:
        """In the main thread; nothing when the run has ended meanwhile or someone else sent the signal."""
        if self.short is not None and not self.over.is_set():
            raise Ended


def _end_helpers() -> list[Any]:
    """Kill the processes that share out work, and name them: who waits for them would else wait until they are done."""
    helpers = sys.modules["multiprocessing"].active_children() if "multiprocessing" in sys.modules else []
    for helper in helpers:
        helper.kill()
    return helpers


def _machine() -> Left | None:
    facts = _facts(PROC / "meminfo")
    if "MemAvailable" not in facts:
        return None
    swap = facts.get("SwapFree", 0)
    whole = facts.get("MemTotal", 0) + facts.get("SwapTotal", 0)
    return Left((facts["MemAvailable"] + swap) / 1024, whole / 1024, "this machine has")


def _facts(path: Path) -> dict[str, int]:
    """`name value` or `name: value unit`, a line each."""
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return {}
    words = [line.replace(":", " ").split() for line in lines]
    return {one[0]: int(one[1]) for one in words if len(one) > 1 and one[1].isdigit()}


def _number(path: Path) -> int | None:
    """The number in a file; None for `max`, and for a file that is not there."""
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _groups() -> list[Path]:
    """The control groups of this process and all above them, of both versions, as they may be mounted here."""
    try:
        lines = (PROC / "self" / "cgroup").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []
    found: list[Path] = []
    for line in lines:
        _, controllers, place = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        for base in [CGROUPS / "memory"] if controllers else [CGROUPS, CGROUPS / "unified"]:
            own = base / place.strip("/")
            found += [one for one in (own, *own.parents) if one == base or base in one.parents]
    return found


def _group(folder: Path) -> Left | None:
    """What is left to a control group; file pages that can be dropped count as free, as they do for the machine."""
    limit, used = _number(folder / "memory.max"), _number(folder / "memory.current")
    prefix = ""
    if limit is None or used is None:
        limit, used = _number(folder / "memory.limit_in_bytes"), _number(folder / "memory.usage_in_bytes")
        prefix = "total_"
    if limit is None or used is None or limit >= 1 << 60:  # the first version's word for no limit is a huge number
        return None
    stat = _facts(folder / "memory.stat")
    free = limit - used + stat.get(f"{prefix}inactive_file", 0) + stat.get(f"{prefix}active_file", 0)
    return Left((free + _swap(folder)) / _MIB, limit / _MIB, "this container may use")


def _swap(folder: Path) -> int:
    """Bytes that a group may still swap out (second version only)."""
    if not (folder / "memory.swap.max").is_file():
        return 0
    free = _facts(PROC / "meminfo").get("SwapFree", 0) * 1024
    most = _number(folder / "memory.swap.max")
    return free if most is None else max(0, min(free, most - (_number(folder / "memory.swap.current") or 0)))


def _address_space() -> Left | None:
    limit = address_space()
    pages = _statm() if limit is not None else None
    if limit is None or pages is None:
        return None
    return Left(limit - pages * os.sysconf("SC_PAGE_SIZE") / _MIB, limit, "this process may use (ulimit -v)")


def _statm() -> int | None:
    try:
        return int((PROC / "self" / "statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None
