"""Shared by all suites: the repository's data, opened once, and a copy of it to damage."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from casefile.evidence.library import Library
from casefile.paths import DATA
from casefile.verdicts.engine import Court


@pytest.fixture(scope="session")
def court() -> Court:
    """All claims over the repository's own data."""
    return Court(Library(DATA))


@pytest.fixture
def data_copy(tmp_path: Path) -> Path:
    """A copy of `data/` that a test may change."""
    target = tmp_path / "data"
    shutil.copytree(DATA, target, ignore=shutil.ignore_patterns(".*"))
    return target
