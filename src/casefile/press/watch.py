"""Preview while working: the book is built again whenever something that it is made from changes.

One process stays, with every library imported, and forks each build: nothing has to start, and no build can leave
anything behind for the next. Changed code starts the process anew.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import ThreadingHTTPServer
from multiprocessing import get_context

from casefile.errors import CasefileError
from casefile.paths import BOOK, BUILD, CHANGELOG, CITATION, DATA, NOTEBOOKS, RESULTS, ROOT, SPECIFICATIONS
from casefile.press.build import CACHE, build_book, check_checkout
from casefile.press.cache import Cache, some
from casefile.press.graph import Graph
from casefile.press.light import collect_rarely
from casefile.press.parameters import check_as_of
from casefile.press.publish import settle_site
from casefile.press.serve import LOOPBACK, open_server
from casefile.press.server import code_state, shared_server, warm_possible
from casefile.press.site import import_sphinx

Say = Callable[[str], None]
Refuse = Callable[[CasefileError], int]
"""Says why a build was refused, and gives the exit code."""

Seen = Mapping[str, tuple[int, int]]

LOOK = 0.1  # seconds between looks at the files
STILL = 0.05  # a file that changes again within this time is still being written

STOPPED = 128 + signal.SIGINT  # the exit code of a build that Ctrl-C ended, as shells have it

FOLDERS = (DATA, NOTEBOOKS, BOOK, SPECIFICATIONS)
FILES = (ROOT / "_config.yml", ROOT / "_toc.yml", CHANGELOG, CITATION, RESULTS)

IMPORTED = (
    "casefile.press.engine", "casefile.press.run", "casefile.press.binding", "casefile.press.assemble",
    "casefile.press.check_site", "casefile.press.site", "casefile.verdicts.kept", "casefile.verdicts.months",
    "casefile.figures.registry", "casefile.figures.verdict_charts",
)  # fmt: skip
"""What a build imports; what is missing here is imported by each build again."""


def serve_and_watch(as_of: str, port: int, jobs: int, say: Say, refuse: Refuse) -> None:
    """Build the book at `as_of`, show it on the loopback address, and build it again after each change, until interrupted.

    A build that fails says why, and the last good book stays. Raises `UsageError` for a wrong date and when the port is
    taken.
    """
    check_checkout()
    check_as_of(as_of, Graph(Cache(CACHE).hashes).newest)
    settle_site(BUILD / "html")
    with open_server(BUILD / "html", port) as server:
        port = server.server_address[1]
        forks = warm_possible()
        if forks:
            import_all()
        code = code_state()
        with showing(server, forks), shared_server() if forks else contextlib.nullcontext():
            say(f"The book is at http://{LOOPBACK}:{port}/ and built again after each change (stop with Ctrl-C)")
            follow(lambda: _build(as_of, jobs, refuse if forks else None, say), lambda: code_state() != code, say)
    say("The code has changed: starting anew.")
    os.execv(sys.executable, [sys.executable, "-m", "casefile", *again(as_of, port, jobs)])


def again(as_of: str, port: int, jobs: int) -> list[str]:
    """The arguments that start the same preview anew, on the port that pages are open at."""
    return ["serve", "--watch", "--as-of", as_of, "--port", str(port), "--jobs", str(jobs)]


def follow(build: Callable[[], object], ended: Callable[[], bool], say: Say) -> None:
    """Call `build` at once and after each change of a file, until `ended` says so."""
    before = look()
    build()
    while not ended():
        now = look()
        if now == before:
            time.sleep(LOOK)
            continue
        time.sleep(STILL)
        if look() != now:  # somebody is still writing
            continue
        say(f"{some(changed(before, now))} changed.")
        before = now  # what changes during the build is seen afterwards
        build()


def look() -> Seen:
    """Size and time of every file that the book is made from, hidden ones and editors' copies aside."""
    found = {}
    paths = [path for folder in FOLDERS for path in folder.rglob("*")]
    for path in [*paths, *FILES]:
        if path.name.startswith((".", "#")) or path.name.endswith(("~", ".swp", ".pyc", ".tmp")):
            continue
        with contextlib.suppress(OSError):  # gone since
            state = path.stat()
            if not path.is_dir():
                found[str(path.relative_to(ROOT))] = (state.st_size, state.st_mtime_ns)
    return found


def changed(before: Seen, now: Seen) -> list[str]:
    """The names of the files that differ."""
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def import_all() -> None:
    """Import what a build needs, and parse the tables, before the first process is forked. Starts no thread."""
    collect_rarely()
    import_sphinx()
    for name in IMPORTED:
        with contextlib.suppress(Exception):  # the build that needs it meets the error itself, and tells it
            importlib.import_module(name)
    with contextlib.suppress(Exception):  # likewise
        from casefile.verdicts.kept import kept_court

        library = kept_court().library
        for name in library.descriptors:
            library.sheet(name)
    gc.freeze()


def _build(as_of: str, jobs: int, refuse: Refuse | None, say: Say) -> None:
    """One build, in a process of its own: forked with `refuse`, or a new command without. The preview goes on after it."""
    if refuse is not None:
        process = get_context("fork").Process(target=_build_apart, args=(as_of, jobs, say, refuse))
        process.start()
        process.join()
        code = process.exitcode
    else:
        command = [sys.executable, "-m", "casefile", "build", "--as-of", as_of, "--jobs", str(jobs)]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code == STOPPED:
        raise KeyboardInterrupt
    if code:
        say("The book was not built; the last good one is shown.")


def _build_apart(as_of: str, jobs: int, say: Say, refuse: Refuse) -> None:
    try:
        build_book(
            as_of=as_of, data_dir=None, out=None, only=None, jobs=jobs, force=False, renderer="jupyter-book", say=say
        )
    except CasefileError as error:
        sys.exit(refuse(error))
    except KeyboardInterrupt:
        sys.exit(STOPPED)


@contextlib.contextmanager
def showing(server: ThreadingHTTPServer, forks: bool) -> Iterator[None]:
    """Answer readers: from a process of its own, as a process that forks builds should have no threads."""
    if not forks:
        threading.Thread(target=server.serve_forever, name="preview", daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
        return
    process = get_context("fork").Process(target=_answer, args=(server, os.getpid()), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _answer(server: ThreadingHTTPServer, owner: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the owner, who ends this process

    def leave_with_the_owner() -> None:
        if os.getppid() != owner:
            os._exit(0)

    server.service_actions = leave_with_the_owner  # type: ignore[method-assign]
    server.serve_forever()
