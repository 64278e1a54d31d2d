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
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile.errors import CasefileError, RunFailed, UsageError
from casefile.paths import NOTEBOOKS, PACKAGE
from casefile.press.files import write_atomically

if TYPE_CHECKING:
    from casefile.evidence.library import Library
    from casefile.press.editions import Piece
    from casefile.press.graph import Graph

Say = Callable[[str], None]

ANSWER = "15s"  # a scheduler on the other side of the world answers in less
WORKERS = 60.0  # seconds to wait for a first worker
RETRIES = 3  # a task whose worker was lost three times has a reason of its own to fail
SHARES = 4  # pieces of the month-by-month work per worker, so that a slow worker holds up little


def run_on_cluster(
    address: str,
    waiting: Sequence[Piece],
    judged: Sequence[date],
    library: Library,
    graph: Graph,
    keep: Callable[[Piece], None],
    say: Say,
) -> None:
    """Run pieces on the cluster whose scheduler is at `address`; `keep` is called as each one is in its place.

    Raises `UsageError` when no scheduler answers or it has no worker, `RunFailed` when a notebook fails or a worker
    has another version of this package.
    """
    from distributed import Client, as_completed

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
        cores = sum(client.nthreads().values())
        say(f"  cluster at {address}: {len(client.nthreads())} workers, {cores} threads")
        packed = pack(
            graph.data_dir, [NOTEBOOKS / f"{name}.ipynb" for name in dict.fromkeys(one.name for one in waiting)]
        )
        [bundle] = client.scatter([packed], broadcast=True)
        code = code_digest()
        rows: list[dict[str, Any]] = []
        if judged:
            say("  verdicts month by month")
            size = max(1, -(-len(judged) // (SHARES * cores)))
            shares = [list(judged[at : at + size]) for at in range(0, len(judged), size)]
            futures = [client.submit(judge, bundle, code, one, retries=RETRIES, pure=False) for one in shares]
            for done in as_completed(futures):
                rows += _result(done)["rows"]
        [shared] = client.scatter([rows], broadcast=True)
        tasks = {
            client.submit(
                execute, bundle, shared, code, one.name, one.day.isoformat(), graph.declared(one.name),
                retries=RETRIES, pure=False, priority=-place,
            ): one
            for place, one in enumerate(waiting)
        }  # fmt: skip
        try:
            for done in as_completed(tasks):
                piece, made = tasks[done], _result(done)["files"]
                for name, content in made.items():
                    write_atomically(piece.folder / name, content)
                keep(piece)
                done.release()
        except BaseException:
            client.cancel(list(tasks))
            raise


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


def code_digest() -> str:
    """SHA-256 over this package's Python files: two machines with the same digest compute the same."""
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
    digest = hashlib.sha256(bundle).hexdigest()
    base = Path(tempfile.gettempdir()) / f"casefile-{os.getuid() if hasattr(os, 'getuid') else 'worker'}"
    base.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and base.stat().st_uid != os.getuid():
        raise RunFailed(f"{base} belongs to another user.")
    place = base / digest[:32]
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


def judge(bundle: bytes, code: str, days: Sequence[date]) -> dict[str, Any]:
    """On a worker: the timeline's rows for some days, or why not."""
    if (fault := _other_code(code)) is not None:
        return {"failed": fault}
    from casefile.evidence.library import Library
    from casefile.verdicts.timeline import judge_days

    return {"rows": judge_days(Library(unpack(bundle) / "data"), list(days))}


def execute(
    bundle: bytes, rows: list[dict[str, Any]], code: str, name: str, as_of: str, declared: Sequence[str]
) -> dict[str, Any]:
    """On a worker: one executed notebook, and the ledger where it writes one, as bytes by file name; or why not."""
    if (fault := _other_code(code)) is not None:
        return {"failed": fault}
    from casefile.press.editions import SHOWN, Piece, parameters
    from casefile.press.run import Job, run_job
    from casefile.verdicts.kept import kept_court
    from casefile.verdicts.months import keep_rows

    root = unpack(bundle)
    kept = root / "_build" / "cache" / "verdicts"
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
