"""Results kept under the content of everything they were made from: never stale, never trusted when damaged.

Standard library only, and no import of a heavy module: a build with nothing to do must not pay for one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from casefile.press.files import write_atomically
from casefile.words import counted, listed

FORMAT = 1  # change when the layout of an entry changes: older entries then count as foreign
MANIFEST = "entry.json"

KEPT = 400
"""Entries of each kind that stay when the cache is pruned: executed notebooks of some sixty editions."""

NOTES = frozenset({"last", "receipts"})
"""Folders of small notes, one for each label and not for each result, which do not grow."""

_SETTLED_NS = 2_000_000_000
"""A file touched less than this before it was hashed is hashed again next time: coarse clocks miss a second write."""

_MEMO_LIMIT = 5000  # facts kept about files by content; the report has a few hundred


class Hashes:
    """SHA-256 of files, looked up by size and times when nothing about a file has changed, kept in one JSON file."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._dirty = False
        try:
            kept = json.loads(store.read_text(encoding="utf-8"))
            self._files: dict[str, list[Any]] = dict(kept["files"])
            self._memo: dict[str, Any] = dict(kept["memo"])
        except (OSError, ValueError, KeyError, TypeError):
            self._files, self._memo = {}, {}

    def of(self, file: Path) -> str:
        """The file's SHA-256. Raises `OSError` when it cannot be read."""
        name = os.path.abspath(file)  # noqa: PTH100  a fifth of the cost of Path.resolve, on the hot path
        state = os.stat(name)  # noqa: PTH116
        signature = [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]
        known = self._files.get(name)
        same = isinstance(known, list) and len(known) == 6 and known[:4] == signature
        if known and same and max(state.st_mtime_ns, state.st_ctime_ns) + _SETTLED_NS < known[5]:
            return str(known[4])
        now = time.time_ns()
        with open(name, "rb") as opened:  # noqa: PTH123
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        self._files[name] = [*signature, digest, now]
        self._dirty = True
        return digest

    def fact(self, kind: str, digest: str, compute: Callable[[], Any]) -> Any:
        """A fact about content, computed once per content. It must be expressible in JSON."""
        name = f"{kind}:{digest}"
        if name not in self._memo:
            self._memo[name] = compute()
            self._dirty = True
        return self._memo[name]

    def save(self) -> None:
        """Write what was learnt; files that are gone are dropped."""
        if not self._dirty:
            return
        files = {name: entry for name, entry in self._files.items() if os.path.exists(name)}  # noqa: PTH110
        memo = dict(list(self._memo.items())[-_MEMO_LIMIT:])
        write_atomically(self._store, json.dumps({"files": files, "memo": memo}))
        self._dirty = False


@dataclass(frozen=True)
class Entry:
    """A result in the cache: the parts it was made from and the files it consists of."""

    key: str
    parts: Mapping[str, str]
    files: Mapping[str, Path]


def key_of(parts: Mapping[str, str]) -> str:
    """One key for everything that a result depends on."""
    return hashlib.sha256(json.dumps(dict(parts), sort_keys=True).encode()).hexdigest()


class Cache:
    """Entries by kind and key under one folder; `label` is what a reader calls a result, such as a notebook's name."""

    def __init__(self, root: Path, hashes: Hashes | None = None) -> None:
        self.root = root
        self.hashes = hashes or Hashes(root / "hashes.json")
        self._damaged: dict[tuple[str, str], str] = {}

    def fetch(self, kind: str, parts: Mapping[str, str]) -> Entry | None:
        """The result for these parts, with every file checked; None when there is none. A damaged one is removed."""
        key = key_of(parts)
        folder = self.root / kind / key
        try:
            entry = _read(folder, kind, key, self.hashes)
            with contextlib.suppress(OSError):
                os.utime(folder)  # what is in use is pruned last
            return entry
        except FileNotFoundError:
            if not folder.exists() and not folder.is_symlink():
                return None
            fault = "a file of it is missing"
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            fault = str(error)
        self._damaged[(kind, key)] = fault
        _remove(folder)
        return None

    def holds(self, kind: str) -> bool:
        """Whether anything of this kind is kept."""
        folder = self.root / kind
        return folder.is_dir() and any(folder.iterdir())

    def store(self, kind: str, parts: Mapping[str, str], files: Mapping[str, Path | bytes]) -> Entry:
        """Keep a result: file names and their contents (or where to copy them from). All of it, or nothing."""
        key = key_of(parts)
        folder = self.root / kind / key
        folder.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
        try:
            digests: dict[str, str] = {}
            for name, content in files.items():
                target = building / name
                target.parent.mkdir(parents=True, exist_ok=True)
                if isinstance(content, bytes):
                    target.write_bytes(content)
                else:
                    shutil.copyfile(content, target)
                with target.open("rb") as opened:
                    digests[name] = hashlib.file_digest(opened, "sha256").hexdigest()
            manifest = {"format": FORMAT, "kind": kind, "key": key, "parts": dict(parts), "files": digests}
            (building / MANIFEST).write_text(json.dumps({**manifest, "seal": _seal(manifest)}), encoding="utf-8")
            _remove(folder)
            building.rename(folder)
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise
        return Entry(key, dict(parts), {name: folder / name for name in files})

    def reason(self, kind: str, label: str, parts: Mapping[str, str]) -> str:
        """Why this result has to be made (again), in words."""
        if (fault := self._damaged.get((kind, key_of(parts)))) is not None:
            return f"its stored result was damaged ({fault})"
        return why(self.last(kind, label), parts)

    def last(self, kind: str, label: str) -> dict[str, str] | None:
        """The parts of the last result with this label, or None."""
        try:
            parts = json.loads(self._pointer(kind, label).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return parts if isinstance(parts, dict) else None

    def remember(self, kind: str, label: str, parts: Mapping[str, str]) -> None:
        """Note that this is now the current result with this label."""
        if self.last(kind, label) != dict(parts):
            write_atomically(self._pointer(kind, label), json.dumps(dict(parts), sort_keys=True))

    def prune(self, keep: int = KEPT) -> int:
        """Remove the entries longest unused beyond `keep` of each kind, and what is half-written; returns how many.

        Of single files, such as verdicts, 20 times as many stay: each is a hundredth of a notebook's size.
        """
        removed = 0
        for kind in [one for one in self.root.glob("*") if one.is_dir() and one.name not in NOTES]:
            entries = sorted(_with_times(kind), reverse=True)
            whole = [path for _, path in entries if path.is_dir() and not path.name.startswith(".new-")]
            single = [path for _, path in entries if not path.is_dir()]
            stale = [path for _, path in entries if path.name.startswith(".new-")]
            for path in [*stale, *whole[keep:], *single[20 * keep :]]:
                _remove(path)
                removed += 1
        return removed

    def _pointer(self, kind: str, label: str) -> Path:
        return self.root / "last" / f"{kind}-{hashlib.sha256(label.encode()).hexdigest()[:16]}.json"


class Receipts:
    """What was written to places outside the cache, so that a later build can tell whether it still stands there."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache

    def write(self, label: str, parts: Mapping[str, str], root: Path) -> None:
        """Note all files under `root` as the product of `parts`."""
        files = {name: self.cache.hashes.of(root / name) for name in _tree(root)}
        write_atomically(self._path(label), json.dumps({"key": key_of(parts), "root": str(root), "files": files}))
        self.cache.remember("receipt", label, parts)

    def fault(self, label: str, parts: Mapping[str, str], root: Path) -> str | None:
        """None when `root` still holds exactly the product of `parts`; otherwise why it has to be made again."""
        try:
            receipt = json.loads(self._path(label).read_text(encoding="utf-8"))
            key, noted, files = receipt["key"], receipt["root"], dict(receipt["files"])
        except (OSError, ValueError, KeyError, TypeError):
            return self.cache.reason("receipt", label, parts) if self.cache.last("receipt", label) else why(None, parts)
        if key != key_of(parts):
            return self.cache.reason("receipt", label, parts)
        if noted != str(root):
            return f"it was last written to {noted}"
        present = set(_tree(root))
        if missing := sorted(set(files) - present):
            return f"{some(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        if extra := sorted(present - set(files)):
            return f"{some(extra)} {'was' if len(extra) == 1 else 'were'} not there before"
        changed = [name for name, digest in files.items() if self.cache.hashes.of(root / name) != digest]
        return f"{some(changed)} {'was' if len(changed) == 1 else 'were'} changed by hand" if changed else None

    def _path(self, label: str) -> Path:
        return self.cache.root / "receipts" / f"{hashlib.sha256(label.encode()).hexdigest()[:16]}.json"


_WORDING = {
    "notebook": "the notebook {name}",
    "parameter": "the parameter {name}",
    "data": "data/{name}",
    "descriptor": "the description of {name}",
    "sources": "the sources cited for {name}",
    "claims": "the claims of {name}",
    "code": "the code in {name}",
    "lock": "{name}",
    "installed": "the installed {name}",
    "python": "Python's {name}",
}
_WITH_VALUES = ("parameter", "installed", "python")


def why(old: Mapping[str, str] | None, new: Mapping[str, str]) -> str:
    """What changed between the parts of two results, in words, most telling first."""
    if old is None:
        return "it has not been made before"
    changes: dict[str, list[str]] = {}
    for part in sorted({*old, *new}, key=_order):
        if old.get(part) == new.get(part):
            continue
        kind, _, name = part.partition(":")
        thing = _WORDING.get(kind, "{name}").format(name=name or kind)
        if part not in old:
            said = f"{thing} is new" if kind not in _WITH_VALUES else f"{thing} is now {new[part]}"
        elif part not in new:
            said = f"{thing} is gone"
        elif kind in _WITH_VALUES:
            said = f"{thing} changed from {old[part]} to {new[part]}"
        else:
            said = f"{thing} changed"
        changes.setdefault(kind, []).append(said)
    if not changes:
        return "nothing it depends on has changed"
    return "; ".join(some(said) for said in changes.values())


def _order(part: str) -> tuple[int, str]:
    kind = part.partition(":")[0]
    kinds = list(_WORDING)
    return (kinds.index(kind) if kind in kinds else len(kinds), part)


def some(things: Iterable[str], most: int = 3) -> str:
    """Names in a list of words, the first few and how many others."""
    every = list(things)
    more = len(every) - most
    return listed(every if more <= 0 else [*every[:most], f"{counted(more, 'other')}"])


def _read(folder: Path, kind: str, key: str, hashes: Hashes) -> Entry:
    if folder.is_symlink():
        raise ValueError("it is a link")
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    seal = manifest.pop("seal")
    if manifest.get("format") != FORMAT or seal != _seal(manifest):
        raise ValueError("it was not written by this version of casefile")
    if manifest["kind"] != kind or manifest["key"] != key or key_of(manifest["parts"]) != key:
        raise ValueError("it belongs to another result")
    files: dict[str, Path] = {}
    for name, digest in manifest["files"].items():
        files[name] = folder / name
        if files[name].is_symlink() or hashes.of(files[name]) != digest:
            raise ValueError(f"{name} is not what was stored")
    return Entry(key, manifest["parts"], files)


def _with_times(folder: Path) -> Iterator[tuple[float, Path]]:
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another command was quicker
            yield path.lstat().st_mtime, path


def _seal(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def _tree(root: Path) -> list[str]:
    found: list[str] = []
    stack = [""]
    while stack:
        folder = stack.pop()
        with contextlib.suppress(FileNotFoundError), os.scandir(root / folder) as entries:
            for one in entries:
                name = f"{folder}/{one.name}" if folder else one.name
                if one.is_dir(follow_symlinks=False):
                    stack.append(name)
                else:
                    found.append(name)
    return sorted(found)
