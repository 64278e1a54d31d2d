"""Whether the book still stands: nothing that it depends on has changed since it was built."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from casefile.paths import BOOK, BUILD, LOCK, NOTEBOOKS, PACKAGE, ROOT

_STATE = BUILD / "state.json"
_SUFFIXES = {".py", ".json", ".html", ".css", ".js", ".conf", ".typ", ".svg", ".md", ".bib", ".yml", ".csv", ".ipynb"}


def still_stands(as_of: str, data_dir: Path, place: Path) -> bool:
    """True when the book at `place` was made from the very bytes that are there now."""
    state = _read()
    built = state.get("books", {}).get(str(place))
    if not built or not (place / "index.html").is_file():
        return False
    return bool(built["key"] == _key(as_of, data_dir, state)) and built["site"] == _site_stamp(place)


def remember(as_of: str, data_dir: Path, place: Path) -> None:
    """Note what the book at `place` was made from."""
    state = _read()
    key = _key(as_of, data_dir, state)
    state.setdefault("books", {})[str(place)] = {"key": key, "site": _site_stamp(place)}
    _STATE.parent.mkdir(parents=True, exist_ok=True)
    partial = _STATE.with_suffix(f".{os.getpid()}.part")
    partial.write_text(json.dumps(state), encoding="utf-8")
    partial.replace(_STATE)


def _inputs(data_dir: Path) -> Iterator[Path]:
    yield from (LOCK, ROOT / "_config.yml", ROOT / "_toc.yml", ROOT / "CHANGELOG.md", ROOT / "benchmarks" / "RESULTS.md")
    for folder in (PACKAGE, NOTEBOOKS, BOOK, data_dir, ROOT / "tests" / "spec"):
        for base, folders, names in os.walk(folder):
            folders[:] = sorted(one for one in folders if not one.startswith((".", "__pycache__")))
            for name in sorted(names):
                if os.path.splitext(name)[1] in _SUFFIXES and not name.startswith("."):
                    yield Path(base, name)


def _key(as_of: str, data_dir: Path, state: dict[str, dict[str, object]]) -> str:
    """A hash of names and bytes; a file whose size and time are those of last time is not read again."""
    known: dict[str, object] = state.setdefault("files", {})
    digest = hashlib.sha256(f"{as_of}\0{os.environ.get('SOURCE_DATE_EPOCH', '')}\0".encode())
    for path in _inputs(data_dir):
        try:
            stat = path.stat()
        except OSError:
            continue
        stamp = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
        entry = known.get(str(path))
        if not (isinstance(entry, list) and entry[:3] == stamp):
            entry = [*stamp, hashlib.sha256(path.read_bytes()).hexdigest()]
            known[str(path)] = entry
        digest.update(f"{path}\0{entry[3]}\0".encode())
    return digest.hexdigest()


def _site_stamp(place: Path) -> str:
    """A hash over names, sizes and times of the site's files: a file taken away or changed makes it another."""
    digest = hashlib.sha256()
    for base, folders, names in os.walk(place):
        folders.sort()
        for name in sorted(names):
            stat = os.stat(os.path.join(base, name))
            digest.update(f"{base}/{name}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _read() -> dict[str, dict[str, object]]:
    try:
        state = json.loads(_STATE.read_text(encoding="utf-8"))
        return state if isinstance(state, dict) else {}
    except (OSError, ValueError):
        return {}
