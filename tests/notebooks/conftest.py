"""Tiny notebooks, one per behaviour, and the end of the fork server they share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tiny_notebooks import run_printed, write

from casefile.press.server import stop_servers


@pytest.fixture
def tiny(tmp_path: Path) -> Callable[..., Path]:
    """Writes a notebook with the given code cells into the test's folder."""
    return lambda *sources, **options: write(tmp_path, sources, **options)


@pytest.fixture
def printed() -> Callable[..., list[str]]:
    """Runs a notebook and returns what each code cell printed."""
    return run_printed


@pytest.fixture(scope="session", autouse=True)
def _servers_end() -> Iterator[None]:
    yield
    stop_servers()
