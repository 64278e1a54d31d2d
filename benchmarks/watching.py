"""A preview that builds again after each change, at work beside the measured command."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.workshop import Workshop

PATIENCE = 120.0  # seconds for the first book

CHANGE = """
import os, sys, time
from datetime import date
from pathlib import Path
from benchmarks.workshop import Workshop
site = Path(sys.argv[1]) / "_build" / "html"
before = site.stat().st_ino
Workshop(Path(sys.argv[1]), date.fromisoformat(sys.argv[2])).change_a_table()
while not site.exists() or site.stat().st_ino == before:
    time.sleep(0.01)
"""
"""Changes a table and waits for the next book, which takes the place of the last one in one step."""


def change_and_wait(shop: Workshop) -> list[str]:
    """The command whose time is that from the change of a table to the new book."""
    return [sys.executable, "-c", CHANGE, str(shop.root), shop.day]


@contextmanager
def preview(shop: Workshop) -> Iterator[None]:
    """`casefile serve --watch` with its first book made; ends with the block."""
    log = shop.root.parent / "preview.txt"
    with log.open("w", encoding="utf-8") as out:
        command = shop.casefile("serve", "--watch", "--port", "0", "--as-of", shop.day)
        process = subprocess.Popen(command, cwd=shop.root, env=shop.env, stdout=out, stderr=out)
    try:
        _wait_for(log, process)
        yield
    finally:
        process.kill()
        process.wait()


def _wait_for(log: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while "Done in" not in log.read_text(encoding="utf-8"):
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"The preview made no book:\n{log.read_text(encoding='utf-8')[-2000:]}")
        time.sleep(0.1)
