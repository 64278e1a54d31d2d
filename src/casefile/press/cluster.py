"""Editions on a Dask cluster. Workers need this package and nothing else: data and notebooks travel as bytes.

A bundle (data folder and notebooks, some megabytes) is sent to each worker once and unpacked under a name made from its
content. A task that dies with its worker is run again elsewhere; each result is written here the moment it arrives.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile.errors import CasefileError, RunFailed, UsageError
from casefile.paths import NOTEBOOKS, PACKAGE
from casefile.press.edition import WITH_LEDGER
from casefile.press.files import write_atomically

if TYPE_CHECKING:
    from casefile.press.editions import Piece
    from casefile.press.graph import Graph

Say = Callable[[str], None]

ANSWER = "15s"  # a scheduler on the other side of the world answers in less
WORKERS = 60.0  # seconds to wait for a first worker
URGENT = 1_000_000  # more than there are notebooks, so that what others wait for is begun first
RETRIES = 3  # a task whose worker was lost three times has a reason of its own to fail


def run_on_cluster(
    address: str,
    waiting: Sequence[Piece],
    judged: Sequence[date],
    graph: Graph,
    keep: Callable[[Piece], None],
    say: Say,
) -> None:
    """Run pieces on the cluster whose scheduler is at `address`; `keep` is called as each one is in its place.

    Raises `UsageError` when no scheduler answers or it has no worker, `RunFailed` when a notebook fails or a worker
    has another version of this package.
    """
    from distributed import Client

    try:
        client = Client(address, timeout=ANSWER)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(
            f"No Dask scheduler answers at {address} ({type(error).__name__}). Start one: dask scheduler"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKERS)
        except TimeoutError:
            raise UsageError(f"The scheduler at {address} has no workers. Start some: dask worker {address}") from None
        say(f"  cluster at {address}: {len(client.nthreads())} workers, {sum(client.nthreads().values())} threads")
        packed = pack(
            graph.data_dir, [NOTEBOOKS / f"{name}.ipynb" for name in dict.fromkeys(one.name for one in waiting)]
        )
        [bundle] = client.scatter([packed], broadcast=True)
        if judged:
            say("  verdicts month by month")
        _run_all(_Tasks(client, bundle, graph, waiting), judged, keep)


def _largest_first(data_dir: Path) -> list[str]:
    """The claims, those with the largest tables first, so that all workers end their shares together."""
    from casefile.evidence.claims import read_claims
    from casefile.evidence.descriptors import read_descriptors

    claims = read_claims(data_dir, read_descriptors(data_dir))
    sizes = {
        name: sum((data_dir / f"{table}.csv").stat().st_size for table in claim.tables)
        for name, claim in claims.items()
    }
    return sorted(sizes, key=lambda name: -sizes[name])


def _run_all(tasks: _Tasks, judged: Sequence[date], keep: Callable[[Piece], None]) -> None:
    """Judge and execute. Chapters fill the time until the last share of the timeline is judged, for which only the
    notebooks of all verdicts wait."""
    from distributed import as_completed

    names = _largest_first(tasks.graph.data_dir) if judged else []
    judging = {tasks.judge(place, name, judged) for place, name in enumerate(names)}
    running = {tasks.execute(one, []): one for one in tasks.waiting if not (judging and one.name == WITH_LEDGER)}
    rows: list[dict[str, Any]] = []
    finished = as_completed([*judging, *running])
    try:
        for done in finished:
            if done in judging:
                rows += _result(done)["rows"]
                judging.discard(done)
                if not judging:
                    [shared] = tasks.client.scatter([rows], broadcast=True)
                    last = {tasks.execute(one, shared): one for one in tasks.waiting if one.name == WITH_LEDGER}
                    running |= last
                    finished.update(last)
            else:
                piece = running[done]
                for name, content in _result(done)["files"].items():
                    write_atomically(piece.folder / name, content)
                keep(piece)
            done.release()
    except BaseException:
        tasks.client.cancel([*judging, *running])
        raise


class _Tasks:
    """Submits tasks for one bundle: shares of the timeline first, then notebooks, those of all verdicts before others."""

    def __init__(self, client: Any, bundle: Any, graph: Graph, waiting: Sequence[Piece]) -> None:
        self.client, self.bundle, self.graph, self.waiting = client, bundle, graph, waiting
        self.code = code_digest()

    def judge(self, place: int, name: str, days: Sequence[date]) -> Any:
        shown = sorted({days[0], *(one.day for one in self.waiting)})
        return self._submit(judge, 2 * URGENT - place, name, days, shown)

    def execute(self, piece: Piece, rows: Any) -> Any:
        urgent = URGENT if piece.name == WITH_LEDGER else 0
        declared = self.graph.declared(piece.name)
        place = self.waiting.index(piece)
        return self._submit(execute, urgent - place, rows, piece.name, piece.day.isoformat(), declared)

    def _submit(self, what: Callable[..., dict[str, Any]], priority: int, *given: Any) -> Any:
        return self.client.submit(what, self.bundle, self.code, *given, retries=RETRIES, pure=False, priority=priority)


def _result(future: Any) -> dict[str, Any]:
    try:
        made: dict[str, Any] = future.result()
    except CasefileError:
        raise
    except Exception as error:
        raise RunFailed(f"A worker failed: {type(error).__name__}: {error}") from None
    if "failed" in made:
        raise RunFailed(made["failed"])
    return made


@cache
def code_digest() -> str:
    """SHA-256 over this package's Python files: two machines with the same digest compute the same.

    Taken once, of the code that this process runs.
    """
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def pack(data_dir: Path, notebooks: Sequence[Path]) -> bytes:
    """Data folder and notebooks as one archive; the same files give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        named = [(f"notebooks/{path.name}", path) for path in notebooks]
        for path in data_dir.rglob("*"):
            inside = path.relative_to(data_dir)
            if path.is_file() and not any(part.startswith(".") for part in inside.parts):
                named.append((f"data/{inside.as_posix()}", path))
        for name, path in sorted(named):
            archive.writestr(zipfile.ZipInfo(name, (2023, 10, 9, 0, 0, 0)), path.read_bytes())
    return packed.getvalue()


def unpack(bundle: bytes) -> Path:
    """The bundle's folder on this machine; unpacked once, in one step, under the user's own temporary folder."""
    base = Path(tempfile.gettempdir()) / f"casefile-{os.getuid() if hasattr(os, 'getuid') else 'worker'}"
    base.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and base.stat().st_uid != os.getuid():
        raise RunFailed(f"{base} belongs to another user.")
    place = base / _name(bundle)
    if place.is_dir():
        return place
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=base))
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            archive.extractall(fresh)
        fresh.rename(place)
    except OSError:
        if not place.is_dir():  # otherwise another task of this machine was faster
            raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return place


@lru_cache(maxsize=2)
def _name(bundle: bytes) -> str:
    return hashlib.sha256(bundle).hexdigest()[:32]


def _kept(root: Path) -> Path:
    """Where kernels that run in an unpacked bundle find what is kept of verdicts."""
    return root / "_build" / "cache" / "verdicts"


def judge(bundle: bytes, code: str, claim: str, days: Sequence[date], shown: Collection[date]) -> dict[str, Any]:
    """On a worker: the timeline's rows of one claim, or why not. Verdicts of the days `shown` are kept there, whole."""
    if (fault := _other_code(code)) is not None:
        return {"failed": fault}
    from casefile.evidence.library import Library
    from casefile.verdicts.kept import KeptCourt
    from casefile.verdicts.timeline import judge_wanted

    root = unpack(bundle)
    make = partial(KeptCourt, days=shown, folder=_kept(root))
    return {"rows": judge_wanted(Library(root / "data"), {day: [claim] for day in days}, make=make)}


def execute(
    bundle: bytes, code: str, rows: list[dict[str, Any]], name: str, as_of: str, declared: Sequence[str]
) -> dict[str, Any]:
    """On a worker: one executed notebook, and the ledger where it writes one, as bytes by file name; or why not."""
    if (fault := _other_code(code)) is not None:
        return {"failed": fault}
    from casefile.press.editions import SHOWN, Piece, parameters
    from casefile.press.run import Job, run_job
    from casefile.verdicts.kept import kept_court
    from casefile.verdicts.months import keep_rows

    root = unpack(bundle)
    kept = _kept(root)
    days = sorted({row["as_of"] for row in rows})
    mark = kept / f".{'-'.join([str(len(days)), *days[:1], *days[-1:]])}"
    if rows and not mark.exists():
        keep_rows(kept_court(root / "data"), rows, kept)
        mark.touch()
    with tempfile.TemporaryDirectory(prefix="casefile-") as folder:
        piece = Piece(date.fromisoformat(as_of), name, {}, Path(folder))
        job = Job(
            root / "notebooks" / f"{name}.ipynb",
            parameters(piece, str(root / "data")),
            piece.notebook,
            cwd=root,
            data_dir=root / "data",
            declared=declared,
            shown=SHOWN,
        )
        try:
            run_job(job)
        except CasefileError as error:
            return {"failed": f"{as_of}: {error}"}
        made = [piece.notebook, *([piece.ledger] if piece.ledger.is_file() else [])]
        return {"files": {path.name: path.read_bytes() for path in made}}


def _other_code(code: str) -> str | None:
    if code_digest() == code:
        return None
    return "A worker has another version of casefile than this machine; its results could differ. Install the same one."


__all__ = ["code_digest", "execute", "judge", "pack", "run_on_cluster", "unpack"]
