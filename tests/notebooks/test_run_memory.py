"""A build that runs short of memory or loses a kernel: told in words, the old book whole, the next one made."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from project_kit import casefile, copy_of_the_project, environment

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what is left")

SHORT = "MemTotal: 8388608 kB\\nMemAvailable: 51200 kB\\n"
GUARDED = """
import sys
from pathlib import Path
from casefile import memory
memory.PROC = Path(sys.argv.pop(1))
from casefile.__main__ import main
main()
"""


def guarded(project: Path, proc: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a copy of the project whose guard reads a folder of ours in place of /proc."""
    command = [sys.executable, "-c", GUARDED, str(proc), *words]
    return subprocess.run(
        command, cwd=project, env=environment(project), capture_output=True, text=True, timeout=240, check=False
    )


def change(project: Path, *lines: str) -> None:
    """Put lines at the top of the economy notebook's first cell after its parameters."""
    path = project / "notebooks" / "economy.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(one for one in notebook["cells"] if one["id"] == "setup")
    cell["source"] = [*(f"{line}\n" for line in lines), *cell["source"]]
    path.write_text(json.dumps(notebook), encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def scraps(project: Path) -> list[str]:
    """Files and folders that only an unfinished build or write has."""
    return [path.name for path in (project / "_build").rglob(".*") if path.name.endswith((".new", ".tmp", ".work"))]


def running(project: Path) -> list[str]:
    """Processes that work in the project's folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if (place / "cwd").readlink().is_relative_to(project):
                found.append((place / "cmdline").read_text(encoding="utf-8"))
        except OSError:
            continue
    return found


def ended_in_order(done: subprocess.CompletedProcess[str], project: Path, book: dict[str, bytes]) -> None:
    """A message and no traceback; the book as it was; no scraps and no processes left."""
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert files(project / "_build" / "html") == book
    assert not scraps(project)
    assert not running(project)


@pytest.mark.slow
def test_memory_runs_short_then_a_kernel_is_killed_then_all_is_well(tmp_path: Path) -> None:
    project = copy_of_the_project(tmp_path / "project")
    original = (project / "notebooks" / "economy.ipynb").read_text(encoding="utf-8")
    book = project / "_build" / "html"
    for name in ("index.html", "_static/ledgers/ledger.json"):  # what makes a folder a book of ours
        (book / name).parent.mkdir(parents=True, exist_ok=True)
        (book / name).write_text("the old book", encoding="utf-8")
    before = files(book)
    proc = tmp_path / "proc"
    proc.mkdir()
    (proc / "meminfo").write_text("MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\n", encoding="utf-8")

    use_it_up = f"open({str(proc / 'meminfo')!r}, 'w').write('{SHORT}')"
    change(project, use_it_up, "import time; time.sleep(600)")
    short = guarded(project, proc, "build")
    assert "Too little memory is left to go on: 50 MiB of the 8,192 MiB that this machine has." in short.stderr
    assert "Use --jobs 1" in short.stderr
    ended_in_order(short, project, before)

    (project / "notebooks" / "economy.ipynb").write_text(original, encoding="utf-8")
    change(project, "import os, signal", "os.kill(os.getpid(), signal.SIGKILL)")
    killed = casefile(project, "build")
    assert "economy.ipynb failed in cell 'setup'" in killed.stderr
    assert "it was killed by the system, most likely for want of memory" in killed.stderr
    ended_in_order(killed, project, before)

    (project / "notebooks" / "economy.ipynb").write_text(original, encoding="utf-8")
    well = casefile(project, "build")
    assert well.returncode == 0, well.stderr
    assert "Waiting for" not in well.stderr
    assert "the old book" not in (book / "index.html").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("words", [("run", "notebooks/economy.ipynb"), ("editions", "--to", "then", "--jobs", "1")])
def test_one_notebook_and_editions_are_ended_in_the_same_way(tmp_path: Path, words: tuple[str, ...]) -> None:
    project = copy_of_the_project(tmp_path / "project")
    proc = tmp_path / "proc"
    proc.mkdir()
    (proc / "meminfo").write_text("MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\n", encoding="utf-8")
    change(project, f"open({str(proc / 'meminfo')!r}, 'w').write('{SHORT}')", "import time; time.sleep(600)")
    done = guarded(project, proc, *words)
    assert done.returncode == 1
    [said] = [line for line in done.stderr.splitlines() if "memory" in line]
    assert said.startswith("Too little memory is left to go on: 50 MiB of the 8,192 MiB that this machine has.")
    assert "Traceback" not in done.stderr
    assert "Task" not in done.stderr
    assert not (project / "_build" / "run" / "economy.ipynb").exists()
    assert not running(project)
