"""What each notebook depends on, part by part, worked out without starting pandas or a kernel."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import platform
import sys
import sysconfig
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from casefile.errors import DataError, Problem, UsageError
from casefile.model import ARTICLE_DATE, Pillar
from casefile.paths import (
    CLAIMS_FILE,
    CORRECTIONS_FILE,
    DATA,
    DESCRIPTOR_FILE,
    LOCK,
    NOTEBOOKS,
    PACKAGE,
    PUBLISHED_FILE,
    SOURCES_FILE,
)
from casefile.press.cache import Hashes

NOT_IN_KERNELS = ("press/", "commands.py", "cli.py", "__main__.py", "evidence/adapters/")
"""Code that no notebook imports (a test of the layers holds this), so that the look of a page reruns nothing."""

RUNS_KERNELS = (
    "press/canonical.py",
    "press/engine.py",
    "press/forked.py",
    "press/forkserver.py",
    "press/inputs.py",
    "press/run.py",
    "press/stream.py",
    "press/warm.py",
)
"""The part of the press that shapes an executed notebook."""


class Graph:
    """Notebooks, and the data, claims, code and versions behind each of them."""

    def __init__(
        self, hashes: Hashes, *, data_dir: Path = DATA, notebooks: Path = NOTEBOOKS, lock: Path = LOCK
    ) -> None:
        if not data_dir.is_dir():
            raise UsageError(f"There is no data folder at {data_dir}. Name one with --data-dir.")
        self.hashes = hashes
        self.data_dir = data_dir
        self.lock = lock
        self.notebooks = {path.stem: path for path in sorted(notebooks.glob("*.ipynb"))}

    def notebook(self, name: str) -> Path:
        """Raises `UsageError` for a name that is no notebook."""
        try:
            return self.notebooks[name]
        except KeyError:
            raise UsageError(f"There is no notebook {name!r}. Notebooks: {', '.join(self.notebooks)}.") from None

    @cached_property
    def descriptors(self) -> dict[str, str]:
        """Table name → digest of its description, leaving out what only repeats the file's own bytes."""
        found: dict[str, str] = {}
        for pillar in Pillar:
            path = self.data_dir / pillar.value / DESCRIPTOR_FILE
            digest = _digest_or_problem(self.hashes, path)
            found |= self.hashes.fact(f"descriptors of {pillar.value}", digest, partial(_descriptions, path))
        return found

    @cached_property
    def claims(self) -> dict[str, dict[str, Any]]:
        """Pillar → the tables its claims read and a digest of those claims."""
        path = self.data_dir / CLAIMS_FILE
        found: dict[str, dict[str, Any]] = self.hashes.fact(
            "claims", _digest_or_problem(self.hashes, path), partial(_claims, path)
        )
        return found

    def tables(self, name: str) -> tuple[str, ...]:
        """The tables a notebook may read: those of its pillar's claims; every table when it is not about one pillar."""
        if name in self.claims:
            return tuple(self.claims[name]["tables"])
        return tuple(sorted(self.descriptors))

    def declared(self, name: str) -> tuple[str, ...]:
        """The files of the data folder a notebook may open, relative to it."""
        shared = [SOURCES_FILE, CLAIMS_FILE, CORRECTIONS_FILE]
        if name not in self.claims:
            shared.append(PUBLISHED_FILE)
        descriptors = [f"{pillar.value}/{DESCRIPTOR_FILE}" for pillar in Pillar]
        return tuple(sorted([*shared, *descriptors, *(f"{table}.csv" for table in self.tables(name))]))

    def parts(self, name: str, parameters: Mapping[str, object]) -> dict[str, str]:
        """Everything the executed notebook depends on, name → value or digest; the key of its result."""
        tables = self.tables(name)
        path = self.notebook(name)
        parts = {f"notebook:{path.name}": self.hashes.of(path)}
        parts |= {f"parameter:{key}": json.dumps(value, sort_keys=True) for key, value in parameters.items()}
        for table in tables:
            parts[f"data:{table}.csv"] = _digest_or_problem(self.hashes, self.data_dir / f"{table}.csv")
            parts[f"descriptor:{table}"] = self.descriptors.get(table, "none")
        pillars = [name] if name in self.claims else list(self.claims)
        parts |= {f"claims:{pillar}": self.claims[pillar]["digest"] for pillar in pillars}
        parts[f"sources:{name}"] = self._sources(tables)
        for file in (CORRECTIONS_FILE, *([] if name in self.claims else [PUBLISHED_FILE])):
            if (self.data_dir / file).is_file():
                parts[f"data:{file}"] = self.hashes.of(self.data_dir / file)
        return parts | self.code(kernels=True) | self.versions()

    def code(self, *, kernels: bool = False) -> dict[str, str]:
        """Digests of the package's files: all of them, or only those that shape what a kernel computes."""
        parts: dict[str, str] = {}
        for name in _package_files():
            if kernels and name.startswith(NOT_IN_KERNELS) and name not in RUNS_KERNELS:
                continue
            parts[f"code:{name}"] = self.hashes.of(PACKAGE / name)
        return parts

    def versions(self) -> dict[str, str]:
        """The lock, the installed distributions and the interpreter."""
        parts = {"python:version": platform.python_version(), "python:platform": f"{sys.platform} {platform.machine()}"}
        if self.lock.is_file():
            parts[f"lock:{self.lock.name}"] = self.hashes.of(self.lock)
        for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
            for entry in os.listdir(folder):  # noqa: PTH208  a plain list of names is all that is needed
                name, dash, version = entry.removesuffix(".dist-info").partition("-")
                if dash and entry.endswith(".dist-info"):
                    parts[f"installed:{name}"] = version
        return parts

    def data(self) -> dict[str, str]:
        """Digests of every file of the data folder: what the book as a whole depends on."""
        files = [path for path in sorted(self.data_dir.rglob("*")) if path.is_file()]
        names = [(path.relative_to(self.data_dir), path) for path in files]
        return {
            f"data:{name.as_posix()}": self.hashes.of(path)
            for name, path in names
            if not any(part.startswith(".") for part in name.parts)
        }

    def newest(self) -> date:
        """The day on which the newest observation of any table became known; what `latest` means."""
        days = []
        for table in self.descriptors:
            path = self.data_dir / f"{table}.csv"
            digest = _digest_or_problem(self.hashes, path)
            days.append(self.hashes.fact("newest", digest, partial(_column_max, path, "known_on")))
        if not any(days):
            raise UsageError(f"{self.data_dir} holds no dated observation.")
        return date.fromisoformat(max(days))

    def vantage(self, text: str) -> date:
        """A checked `as_of` as a day: `latest` becomes the newest evidence, `then` the day of the article."""
        if text in ("", "latest"):
            return self.newest()
        return ARTICLE_DATE if text == "then" else date.fromisoformat(text)

    def readers(self, file: str) -> list[str]:
        """The notebooks that depend on one file of the data folder (a path relative to it)."""
        return [name for name in self.notebooks if file in self.declared(name)]

    def _sources(self, tables: Sequence[str]) -> str:
        path = self.data_dir / SOURCES_FILE
        cited: set[str] = set()
        for table in tables:
            file = self.data_dir / f"{table}.csv"
            digest = _digest_or_problem(self.hashes, file)
            cited.update(self.hashes.fact("cited", digest, partial(_cited, file)))
        named = hashlib.sha256("\n".join(sorted(cited)).encode()).hexdigest()
        registry = _digest_or_problem(self.hashes, path)
        return str(self.hashes.fact("sources", f"{registry}:{named}", partial(_rows_digest, path, cited)))


def file_parts(kind: str, files: Iterable[Path], root: Path, hashes: Hashes) -> dict[str, str]:
    """Digests of files as parts of a key, named relative to `root`."""
    return {f"{kind}:{path.relative_to(root).as_posix()}": hashes.of(path) for path in files}


def _digest_or_problem(hashes: Hashes, path: Path) -> str:
    try:
        return hashes.of(path)
    except OSError as error:
        raise DataError(
            [Problem(str(path), None, None, None, f"cannot be read ({error.strerror})", "Restore the file.")]
        ) from None


def _package_files() -> list[str]:
    found: list[str] = []
    stack = [""]
    while stack:
        folder = stack.pop()
        with os.scandir(PACKAGE / folder) as entries:
            for one in entries:
                name = f"{folder}{one.name}"
                if one.is_dir():
                    if one.name != "__pycache__":
                        stack.append(f"{name}/")
                elif not one.name.endswith((".pyc", ".tmp")):
                    found.append(name)
    return sorted(found)


def _descriptions(path: Path) -> dict[str, str]:
    try:
        resources = json.loads(path.read_text(encoding="utf-8"))["resources"]
        return {
            f"{path.parent.name}/{Path(one['path']).stem}": _digest(
                {key: value for key, value in one.items() if key not in ("hash", "bytes")}
            )
            for one in resources
        }
    except (ValueError, KeyError, TypeError) as error:
        problem = Problem(
            str(path), None, None, None, f"is no readable Data Package descriptor ({error})", "Restore it."
        )
        raise DataError([problem]) from None


def _claims(path: Path) -> dict[str, dict[str, Any]]:
    from casefile.evidence.safe_yaml import read_yaml

    content = read_yaml(path)
    found: dict[str, dict[str, Any]] = {}
    try:
        for pillar in dict.fromkeys(one["pillar"] for one in content["claims"]):
            claims = [one for one in content["claims"] if one["pillar"] == pillar]
            tables = sorted({str(table) for one in claims for table in one["tables"]})
            found[str(pillar)] = {"tables": tables, "digest": _digest(claims)}
    except (KeyError, TypeError) as error:
        problem = Problem(str(path), None, None, None, f"lacks {error} in a claim", "Run: casefile check")
        raise DataError([problem]) from None
    return found


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _column_max(path: Path, column: str) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return max((row.get(column) or "" for row in csv.DictReader(file)), default="")


def _cited(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return sorted({row.get(column) or "" for row in rows for column in ("source_id", "source_id_2")} - {""})


def _rows_digest(path: Path, wanted: set[str]) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return _digest([row for row in csv.DictReader(file) if row.get("source_id") in wanted])
