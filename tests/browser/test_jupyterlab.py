"""An analyst in JupyterLab: opens a notebook, points it at new data, runs all, and sees the verdict change."""

from __future__ import annotations

import csv
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from casefile.evidence.library import Library
from casefile.paths import NOTEBOOKS
from casefile.verdicts.engine import Court

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CLAIM = "resolve-level"
TOKEN = "test"  # a throw-away server on loopback
LAUNCH = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip


def browser_path() -> str:
    """The browser to drive; without one the test is skipped in plain words, or fails where CI insists."""
    found = os.environ.get("CASEFILE_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        return found
    if os.environ.get("CASEFILE_REQUIRE_BROWSER") == "1":
        pytest.fail("CASEFILE_REQUIRE_BROWSER is set, but there is no Chromium")
    pytest.skip("there is no Chromium on this machine: the browser tests were not run")


def with_new_wave(data: Path) -> None:
    """Add a wave to a copy of the data in which nine in ten would give up no land."""
    path = data / "resolve" / "polls.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    series = [
        one
        for one in rows
        if (one["series"], one["subgroup"], one["response"])
        == ("kiis-territorial-concessions", "all", "no-concessions")
    ]
    newest = max(series, key=lambda one: one["known_on"])
    wave = {**newest, "poll_id": "kiis-new", "date": "2026-06-15", "known_on": "2026-06-30", "pct": "90", "reading": ""}
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, list(newest), lineterminator="\n").writerow(wave)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A JupyterLab of its own over a copy of one notebook: its address and folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    shutil.copy(NOTEBOOKS / "resolve.ipynb", folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_DATA_DIR": str(tmp_path / "jd"),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root",
        f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    log = (tmp_path / "lab.log").open("wb")
    server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                with urlopen(f"{address}/api?token={TOKEN}", timeout=2):
                    break
            except (URLError, OSError):
                assert server.poll() is None, (tmp_path / "lab.log").read_text(encoding="utf-8")[-2000:]
                time.sleep(0.5)
        yield address, folder
    finally:
        os.killpg(server.pid, 15)
        server.wait(20)
        log.close()


def test_new_data_change_the_verdict_in_jupyterlab(lab: tuple[str, Path], data_copy: Path, court: Court) -> None:
    address, _ = lab
    with_new_wave(data_copy)
    changed = Court(Library(data_copy))
    before = court.verdict(CLAIM, court.library.newest)
    after = changed.verdict(CLAIM, changed.library.newest)
    assert before.rating is not after.rating

    from playwright.sync_api import expect, sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path(), args=LAUNCH)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/lab/tree/resolve.ipynb?token={TOKEN}&reset")
        cell = page.locator(".jp-CodeCell", has_text="data_dir: str").first
        cell.wait_for(timeout=60_000)
        line = cell.locator(".cm-line", has_text="data_dir")
        line.click()
        page.keyboard.press("Home")
        page.keyboard.press("Shift+End")
        page.keyboard.type(f'data_dir: str = r"{data_copy}"')
        cell.locator(".cm-line", has_text=data_copy.name).wait_for(timeout=30_000)  # typed before it is run
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").first.wait_for(timeout=60_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        card = page.locator(f'[data-claim="{CLAIM}"]')
        card.wait_for(timeout=120_000)
        # JupyterLab leaves cells out of sight unpainted: go there, and wait for the words as a reader would.
        card.scroll_into_view_if_needed()
        answers = card.locator(".cf-answers")
        expect(answers).to_contain_text(after.rating.value, timeout=60_000)
        expect(answers).to_be_visible()
        browser.close()
