"""A copy of the project to work in, and the command line of that copy."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from casefile.paths import ROOT

PARTS = (
    "src",
    "data",
    "notebooks",
    "book",
    "tests",
    "_toc.yml",
    "_config.yml",
    "pyproject.toml",
    "CHANGELOG.md",
    "CITATION.cff",
)
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*", "*.egg-info", "*.pyc")


def own_places(folder: Path) -> dict[str, Any]:
    """What `casefile.press.build` is given for a build apart from the developer's own: work, cache and locks."""
    return {
        "BUILD": folder,
        "CACHE": folder / "cache",
        "LOCK_FILE": folder / "build.lock",
        "reading": lambda *_: contextlib.nullcontext(),  # the lock of data/ is the developer's too
    }


def copy_of_the_project(place: Path) -> Path:
    """The project's files without environment, caches and builds."""
    place.mkdir(parents=True)
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=LEFT_OUT)
        else:
            shutil.copyfile(source, place / name)
    return place


def casefile(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One command in a copy of the project, run by the copy's own code."""
    return subprocess.run(
        [sys.executable, "-m", "casefile", *words],
        cwd=project,
        env=environment(project),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def environment(project: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(project / "src"), "COLUMNS": "200"}


def texts(project: Path) -> dict[str, str]:
    """Every file of the copy that counts, by path."""
    found = {}
    for path in sorted(project.rglob("*")):
        name = path.relative_to(project)
        if path.is_file() and not any(part.startswith(".") or part in ("__pycache__", "_build") for part in name.parts):
            found[name.as_posix()] = path.read_text(encoding="utf-8", errors="replace")
    return found
