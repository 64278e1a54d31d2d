"""Building again elsewhere, under other conditions, and comparing byte by byte."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casefile.errors import RunFailed
from casefile.paths import BUILD, DATA, PACKAGE, ROOT
from casefile.words import counted

Say = Callable[[str], None]

SHOWN = 20  # differences listed; the first few tell the cause
EXCERPT = 60  # characters around a difference
LIMIT = 3600.0  # seconds for the second build on a slow machine

HERE: Mapping[str, str] = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
THERE: Mapping[str, str] = {
    "PYTHONHASHSEED": "4242",
    "TZ": "Pacific/Chatham",  # 12 h 45 min or 13 h 45 min ahead: another day for most of each day
    "LC_ALL": "C",
    "USER": "somebody",
    "LOGNAME": "somebody",
    "CASEFILE_WARM": "0",
    "COLUMNS": "37",
}
"""What differs in the second build, besides folder, home, umask, number of jobs and an empty cache."""

_TRACES: Mapping[str, str] = {
    "another folder": "the folder of the build",
    "somebody": "the name of the user",
    "Chatham": "the time zone",
}
"""Words that only the second build's conditions hold."""

_CLOCK = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d(?::\d\d(?:\.\d+)?)?|[+-]\d\d:\d\d")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")

COPIED = ("_config.yml", "_toc.yml", "pyproject.toml", "requirements.lock", "CHANGELOG.md", "CITATION.cff")
COPIED_FOLDERS = ("book", "notebooks", "src", "tests/spec", "benchmarks")


@dataclass(frozen=True)
class Report:
    """What was compared (part → number of files) and what differed (file → where, in words)."""

    compared: dict[str, int]
    differences: dict[str, str]
    conditions: dict[str, str] = field(default_factory=dict)

    def record(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {"compared": self.compared, "differences": self.differences, "conditions": self.conditions}

    def text(self) -> str:
        """The report for a reader."""
        total = sum(self.compared.values())
        parts = ", ".join(f"{count} in {part}" for part, count in self.compared.items())
        if not self.differences:
            return f"Byte by byte the same: {counted(total, 'file')} ({parts})."
        lines = [f"  {name}: {where}" for name, where in list(self.differences.items())[:SHOWN]]
        if len(self.differences) > SHOWN:
            lines.append(f"  … and {len(self.differences) - SHOWN} more")
        if self.conditions:
            varied = ", ".join(f"{name}={value}" for name, value in self.conditions.items())
            lines.append(f"The second build had another folder, home, umask and cache, one job, and {varied}.")
        return "\n".join([f"{len(self.differences)} of {total} files differ ({parts}):", *lines])


def verify(*, quick: bool, data_dir: Path | None, keep: bool, say: Say) -> Report:
    """Compare this project's book, ledgers and exports with a second build in another folder under `THERE`.

    `quick` compares the ledgers alone, judged in two processes. Raises `RunFailed` when a build fails and `UsageError`
    outside a checkout.
    """
    data = (data_dir or DATA).resolve()
    if quick:
        return _quick(data)
    from casefile.press.build import build_book, check_checkout

    check_checkout()
    place = Path(tempfile.mkdtemp(prefix="casefile verify é "))
    try:
        copy = place / "another folder"
        say(f"Building again in {copy} (other folder, zone, locale, hash seed, user; stock kernels, one job)")
        _copy(copy, data)
        _run(copy, ["build", "--jobs", "1"], place)
        _run(copy, ["export", "all"], place)
        say("Building here, as usual")
        here = BUILD / "verify"
        shutil.rmtree(here, ignore_errors=True)
        from casefile.press.export.all import export_all

        build_book(
            as_of="latest", data_dir=data_dir, out=None, only=None, jobs=os.cpu_count() or 1, force=False,
            renderer="jupyter-book", say=say,
        )  # fmt: skip
        export_all(None, data_dir, here / "exports", "", say)
        pairs = {
            "site": (BUILD / "html", copy / "_build" / "html"),
            "sources": (BUILD / "book", copy / "_build" / "book"),
            "exports": (here / "exports", copy / "_build" / "exports"),
        }
        report = compare(pairs)
    finally:
        if keep:
            say(f"The second build stays in {place}")
        else:
            shutil.rmtree(place, ignore_errors=True)
    return report


def compare(pairs: Mapping[str, tuple[Path, Path]]) -> Report:
    """Compare folders file by file; the report names each file that differs and the first place where."""
    compared: dict[str, int] = {}
    differences: dict[str, str] = {}
    for part, (one, other) in pairs.items():
        left, right = _files(one), _files(other)
        compared[part] = len(left | right)
        for name in sorted(left | right):
            label = f"{part}/{name}"
            if name not in right:
                differences[label] = "is only in the first build"
            elif name not in left:
                differences[label] = "is only in the second build"
            elif (where := difference(one / name, other / name)) is not None:
                differences[label] = where
    return Report(compared, differences, dict(THERE))


def difference(one: Path, other: Path) -> str | None:
    """Where two files first differ and, where it can be told, why, in words; None when they hold the same bytes."""
    a, b = one.read_bytes(), other.read_bytes()
    if a == b:
        return None
    why = cause(a.decode(errors="replace"), b.decode(errors="replace"))
    return f"{_where(one.suffix, a, b)}{f' [{why}]' if why else ''}"


def cause(a: str, b: str) -> str:
    """Why two texts differ, as far as the texts themselves tell: what was varied shows, or its usual trace does."""
    for word, what in _TRACES.items():
        if (word in a) != (word in b):
            return f"{what} is in it"
    if len(a) == len(b) and sorted(a) == sorted(b):
        return "the same characters in another order: hash seed, order of files or of jobs"
    if _CLOCK.sub("", a) == _CLOCK.sub("", b):
        return "only dates or times differ: a clock"
    if _NUMBER.sub("", a) == _NUMBER.sub("", b):
        return "only numbers differ: other versions, or the arithmetic of another library, processor or Python"
    return ""


def _where(suffix: str, a: bytes, b: bytes) -> str:
    if suffix in (".json", ".ipynb", ".jsonld"):
        try:
            path = json_difference(json.loads(a), json.loads(b))
        except ValueError:
            path = None
        if path is not None:
            return path
    if suffix in (".epub", ".zip"):
        return _archives(a, b)
    try:
        return _lines(a.decode(), b.decode())
    except UnicodeDecodeError:
        at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
        return f"byte {at} ({len(a)} and {len(b)} bytes long)"


def json_difference(a: Any, b: Any, path: str = "$") -> str | None:
    """The first place where two JSON values differ, as a path and both values; None when they are equal."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            if key not in a or key not in b:
                return f"{path}.{key} is only in the {'first' if key in a else 'second'}"
            if (found := json_difference(a[key], b[key], f"{path}.{key}")) is not None:
                return found
        return None
    if isinstance(a, list) and isinstance(b, list):
        for place, (x, y) in enumerate(zip(a, b, strict=False)):
            if (found := json_difference(x, y, f"{path}[{place}]")) is not None:
                return found
        return None if len(a) == len(b) else f"{path} has {len(a)} and {len(b)} entries"
    if type(a) is type(b) and a == b:
        return None
    if isinstance(a, str) and isinstance(b, str):
        return f"{path}, {_lines(a, b)}"
    return f"{path}: {_short(json.dumps(a))} and {_short(json.dumps(b))}"


def _lines(a: str, b: str) -> str:
    left, right = a.split("\n"), b.split("\n")
    for number, (x, y) in enumerate(zip(left, right, strict=False), start=1):
        if x != y:
            at = next((n for n, (p, q) in enumerate(zip(x, y, strict=False)) if p != q), min(len(x), len(y)))
            start = max(0, at - EXCERPT // 2)
            return f"line {number}, column {at + 1}: {x[start : at + EXCERPT]!r} and {y[start : at + EXCERPT]!r}"
    return f"{len(left)} and {len(right)} lines"


def _archives(a: bytes, b: bytes) -> str:
    import io

    with zipfile.ZipFile(io.BytesIO(a)) as left, zipfile.ZipFile(io.BytesIO(b)) as right:
        for name in sorted({*left.namelist(), *right.namelist()}):
            if name not in left.namelist() or name not in right.namelist():
                return f"{name} is in one of the archives only"
            x, y = left.read(name), right.read(name)
            if x != y:
                return f"{name}, {_where(Path(name).suffix, x, y)}"
    return "the archives hold the same files, packed in another way"


def _short(text: str) -> str:
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _copy(copy: Path, data: Path) -> None:
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "*.egg-info")
    copy.mkdir(parents=True)
    for name in COPIED:
        if (ROOT / name).is_file():
            shutil.copyfile(ROOT / name, copy / name)
    for name in COPIED_FOLDERS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=unwanted)
    shutil.copytree(data, copy / "data", ignore=unwanted)


def _run(copy: Path, arguments: Sequence[str], place: Path) -> None:
    home = place / "home"
    home.mkdir(exist_ok=True)
    env = environment(THERE, home, copy / "src")
    done = subprocess.run(
        [sys.executable, "-m", "casefile", *arguments],
        cwd=copy, env=env, capture_output=True, text=True, timeout=LIMIT, check=False, umask=0o077,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        raise RunFailed(f"The second build failed at `casefile {' '.join(arguments)}`:\n{done.stderr.strip()[-4000:]}")


def environment(varied: Mapping[str, str], home: Path | None, source: Path) -> dict[str, str]:
    """The environment of one build: this one's search path, the varied settings, one clock, and nothing else."""
    names = ("PATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SOURCE_DATE_EPOCH")
    kept = {name: os.environ[name] for name in names if name in os.environ} | {"PYTHONPATH": str(source)}
    if home is not None:
        kept["HOME"] = str(home)
    return {**kept, **varied}


def _quick(data: Path) -> Report:
    with tempfile.TemporaryDirectory(prefix="casefile verify ") as folder:
        place = Path(folder)
        runs = []
        for name, varied in (("first", HERE), ("second", THERE)):
            work = place / name
            work.mkdir()
            env = environment(varied, work, PACKAGE.parent)
            command = [sys.executable, "-m", "casefile.press.verify", str(data), str(work / "ledger.json")]
            runs.append(subprocess.Popen(command, cwd=work, env=env, stderr=subprocess.PIPE, text=True))
        for run in runs:
            _, said = run.communicate(timeout=LIMIT)
            if run.returncode:
                raise RunFailed(f"The ledger could not be made:\n{said.strip()[-4000:]}")
        report = compare({"ledger": (place / "first", place / "second")})
    return report


def _write_ledger(data: str, out: str) -> None:
    """One process of a quick comparison: the ledger on the newest evidence, with rows read in file order."""
    from casefile.evidence.canonical import canonical
    from casefile.evidence.library import Library
    from casefile.verdicts.engine import Court
    from casefile.verdicts.ledger import build_ledger

    library = Library(Path(data))
    Path(out).write_text(canonical(build_ledger(Court(library), library.newest)), encoding="utf-8")


if __name__ == "__main__":
    _write_ledger(*sys.argv[1:3])
