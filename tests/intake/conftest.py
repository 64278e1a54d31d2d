"""A data folder that intake tests may write to, and the real upstream files where a developer has them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from intake_kit import UPSTREAM

from casefile.paths import DATA


@pytest.fixture(scope="session")
def shared_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy of `data/` for tests that plan but do not write."""
    target = tmp_path_factory.mktemp("intake") / "data"
    shutil.copytree(DATA, target, ignore=shutil.ignore_patterns(".*"))
    return target


@pytest.fixture
def upstream() -> Path:
    """The folder of real upstream files; the test is skipped where it is absent."""
    if not (UPSTREAM / "samples").is_dir():
        pytest.skip("the real upstream files (../shared/raw) are not on this machine; own fixtures are tested instead")
    return UPSTREAM
