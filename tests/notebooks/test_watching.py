"""The preview in a copy of the project: it follows data and code, tells what is broken, and ends whole."""

from __future__ import annotations

import contextlib
import csv
import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from casefile.press.server import warm_possible
from project_kit import copy_of_the_project, environment

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not warm_possible(), reason="only Linux forks builds")]

LONG = 120.0  # seconds


class Preview:
    """A running preview and what it has said."""

    def __init__(self, project: Path) -> None:
        self.log = project.parent / "said.txt"
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "casefile", "serve", "--watch", "--port", "0"],
                cwd=project, env=environment(project), stdout=out, stderr=out, start_new_session=True,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler) and None,
            )  # fmt: skip

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + LONG
        while not done():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.05)

    def page(self, name: str) -> str:
        ports = re.findall(r"127\.0\.0\.1:(\d+)/", self.said)
        assert len(set(ports)) == 1
        connection = http.client.HTTPConnection("127.0.0.1", int(ports[0]), timeout=20)
        connection.request("GET", f"/{name}")
        return connection.getresponse().read().decode()


@pytest.fixture
def preview(tmp_path: Path) -> Iterator[Preview]:
    one = Preview(copy_of_the_project(tmp_path / "project"))
    try:
        yield one
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(one.process.pid, signal.SIGKILL)
        one.process.wait()


def children(pid: int) -> set[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return {int(one) for one in found} | {more for one in found for more in children(int(one))}


def test_the_page_follows_the_data_and_the_code(preview: Preview, tmp_path: Path) -> None:
    project = tmp_path / "project"
    preview.wait(lambda: preview.said.count("Done in") == 1)
    assert "Checked by hand" not in preview.page("_static/data/economy-ruble.csv")

    table = project / "data" / "economy" / "ruble.csv"
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[-1]["note"] = "Checked by hand"
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    preview.wait(lambda: preview.said.count("Done in") == 2)
    last = preview.said.rpartition("data/economy/ruble.csv changed.")[2]
    assert re.findall(r"^  (\w+): run in", last, re.M) in (["economy", "verdicts"], ["verdicts", "economy"])
    assert "Checked by hand" in preview.page("_static/data/economy-ruble.csv")

    claims = project / "data" / "claims.yml"
    whole = claims.read_bytes()
    claims.write_bytes(whole + b"x: [\n")
    preview.wait(lambda: "the last good one is shown" in preview.said)
    assert "Checked by hand" in preview.page("_static/data/economy-ruble.csv")
    claims.write_bytes(whole)

    module = project / "src" / "casefile" / "words.py"
    module.write_text(module.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    preview.wait(lambda: "starting anew" in preview.said)
    anew = preview.said.count("Done in")
    preview.wait(lambda: preview.said.count("Done in") > anew)
    assert "<html" in preview.page("index.html")

    started = children(preview.process.pid)
    assert started
    preview.process.send_signal(signal.SIGINT)
    assert preview.process.wait(20) == 130
    assert preview.said.endswith("Stopped; nothing that was finished is lost.\n")
    end = time.monotonic() + 10
    while any(Path(f"/proc/{one}").exists() for one in started) and time.monotonic() < end:
        time.sleep(0.05)
    assert not [one for one in started if Path(f"/proc/{one}").exists()]
