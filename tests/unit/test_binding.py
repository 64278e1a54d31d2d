"""The book bound by a process of its own: chapters handed over as they come, every fault told, nothing left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from casefile.errors import DataError, Problem, RunFailed
from casefile.press import binding, theme
from casefile.press.binding import Binder, Chapter
from casefile.press.build import Plan
from casefile.press.light import import_without_execution
from casefile.press.site import watching

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only on Linux is a process forked for it")

Work = Callable[..., None]


def binder(folder: Path, monkeypatch: pytest.MonkeyPatch, work: Work, jobs: int = 2) -> Binder:
    """A binder whose whole work is a function of ours."""
    monkeypatch.setattr(binding, "bind", work)
    return Binder(Plan(date(2023, 10, 9), folder, folder / "site", None, jobs, False, folder), folder / "fresh")


@pytest.mark.parametrize("jobs", [1, 2])
def test_chapters_come_in_any_order_before_and_after_the_fork(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    def work(wish: Plan, chapter: Chapter, fresh: Path, made_with: str, *_: object) -> None:
        fresh.mkdir()
        found = [chapter(name, True) for name in ("late", "early", "kept")]
        names = [one.name for one in found if one]
        (wish.data_dir / "said").write_text(f"{' '.join(names)} {os.getpid()}", encoding="utf-8")

    one = binder(tmp_path, monkeypatch, work, jobs)
    try:
        one.chapter("kept", Path("a/kept.ipynb"))
        one.begin()
        one.chapter("early", Path("a/early.ipynb"))
        one.chapter("late", Path("a/late.ipynb"))
        one.finish()
        *names, process = (tmp_path / "said").read_text(encoding="utf-8").split()
        assert names == ["late.ipynb", "early.ipynb", "kept.ipynb"]
        assert (int(process) == os.getpid()) is (jobs == 1)
        assert (tmp_path / "fresh").is_dir()
    finally:
        one.close()
    assert not (tmp_path / "fresh").exists()


def test_a_chapter_that_is_not_there_yet_can_be_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(wish: Plan, chapter: Chapter, fresh: Path, made_with: str, *_: object) -> None:
        early = None
        while early is None:
            early = chapter("early", False)
        (wish.data_dir / "said").write_text(f"{early.name} {chapter('late', False)}", encoding="utf-8")

    one = binder(tmp_path, monkeypatch, work)
    one.begin()
    try:
        one.chapter("early", Path("a/early.ipynb"))
        one.finish()
    finally:
        one.close()
    assert (tmp_path / "said").read_text(encoding="utf-8") == "early.ipynb None"


def test_a_process_that_is_done_at_once_is_heard_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(wish: Plan, chapter: Chapter, fresh: Path, made_with: str, *_: object) -> None:
        chapter("early", True)

    one = binder(tmp_path, monkeypatch, work)
    one.begin()
    try:
        one.chapter("early", Path("a/early.ipynb"))
        one._apart._process.join(20)
        one.chapter("late", Path("a/late.ipynb"))  # the answer lies there already and is read here
        one.finish()
    finally:
        one.close()


def test_a_fault_arrives_as_it_was_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem("data/x.csv", 3, "a", None, "begins like a formula", "Run: casefile check")

    def work(*_: object) -> None:
        raise DataError([problem])

    one = binder(tmp_path, monkeypatch, work)
    one.begin()
    try:
        with pytest.raises(DataError) as caught:
            one.finish()
        assert list(caught.value.problems) == [problem]
    finally:
        one.close()


def test_a_fault_that_cannot_be_sent_arrives_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Odd(Exception):
        pass

    def work(*_: object) -> None:
        raise Odd("of a class that nobody else has")

    one = binder(tmp_path, monkeypatch, work)
    one.begin()
    try:
        with pytest.raises(RunFailed, match="Odd: of a class that nobody else has"):
            one.finish()
    finally:
        one.close()


def test_a_fault_is_told_while_notebooks_still_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(*_: object) -> None:
        raise RunFailed("a page asks for what there is not")

    one = binder(tmp_path, monkeypatch, work)
    one.begin()
    try:
        one._apart._process.join(20)
        with pytest.raises(RunFailed, match="asks for what there is not"):
            one.chapter("early", Path("early.ipynb"))
    finally:
        one.close()


def test_a_killed_process_is_named_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(wish: Plan, chapter: Chapter, fresh: Path, made_with: str, *_: object) -> None:
        fresh.mkdir()
        binding.workplace(fresh).mkdir()
        chapter("never", True)

    one = binder(tmp_path, monkeypatch, work)
    one.begin()
    try:
        while not binding.workplace(tmp_path / "fresh").exists():
            time.sleep(0.01)
        os.kill(one._apart._process.pid, signal.SIGKILL)
        with pytest.raises(RunFailed, match="lays out the pages was killed by the system"):
            one.finish()
    finally:
        one.close()
    assert list(tmp_path.iterdir()) == []


def test_closing_ends_what_is_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = binder(tmp_path, monkeypatch, lambda *_: time.sleep(600))
    one.begin()
    one.close()
    assert one._apart._process.exitcode == -signal.SIGKILL
    assert one._apart._process not in multiprocessing.active_children()


def test_an_error_before_a_page_is_read_is_kept_as_it_was() -> None:
    def arrive(page: str) -> None:
        raise RunFailed(f"{page} is not there")

    with watching(arrive) as broken:
        with pytest.raises(RunFailed):
            theme.is_read(None, None, "economy")
        assert [str(one) for one in broken] == ["economy is not there"]
    theme.is_read(None, None, "economy")  # a later build does not wait for it


def test_chapters_are_read_last_and_otherwise_in_order() -> None:
    class Environment:
        def doc2path(self, page: str) -> str:
            return f"{page}.ipynb" if page in ("aims", "verdicts") else f"{page}.md"

    pages = ["aims", "changes", "data", "verdicts", "index"]
    theme.chapters_last(None, Environment(), pages)
    assert pages == ["changes", "data", "index", "aims", "verdicts"]


def test_sphinx_comes_without_what_executes_notebooks(tmp_path: Path) -> None:
    script = (
        "from casefile.press.light import import_without_execution, import_jsonschema\n"
        "import_jsonschema(); import_without_execution()\n"
        "import sys, jupyter_book.sphinx, myst_nb.sphinx_ext\n"
        "print('sqlalchemy' in sys.modules, 'myst_nb.core.execute.cache' in sys.modules)\n"
        "from myst_nb.core.execute import NotebookClientCache\n"
        "NotebookClientCache()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout.split() == ["False", "False"]
    assert "executed by papermill" in done.stderr


def test_the_stand_ins_are_not_put_in_the_way_of_whoever_has_the_real_ones() -> None:
    import myst_nb.core.execute

    before = myst_nb.core.execute.NotebookClientDirect
    import_without_execution()
    assert myst_nb.core.execute.NotebookClientDirect is before


ORPHANED = """
import os, sys, time
from datetime import date
from pathlib import Path
from casefile.press import binding
from casefile.press.build import Plan
folder = Path(sys.argv[1])
def work(wish, chapter, fresh, made_with, *_):
    fresh.mkdir()
    (folder / "begun").touch()
    chapter("late", True) if sys.argv[2] == "waits" else time.sleep(0.5)
binding.bind = work
one = binding.Binder(Plan(date(2023, 10, 9), folder, folder / "site", None, 2, False, folder), folder / "fresh")
one.begin()
print(one._apart._process.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", ["waits", "works"])
def test_a_process_whose_owner_was_killed_ends_and_clears_up(tmp_path: Path, how: str) -> None:
    command = [sys.executable, "-c", ORPHANED, str(tmp_path), how]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "CASEFILE_WARM": "1"})
    assert owner.stdout is not None
    child = int(owner.stdout.readline())
    while not (tmp_path / "begun").exists():
        time.sleep(0.01)
    owner.kill()
    owner.wait()
    end = time.monotonic() + 20
    while (tmp_path / "fresh").exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert not (tmp_path / "fresh").exists()
    while Path(f"/proc/{child}/stat").exists() and time.monotonic() < end:
        if Path(f"/proc/{child}/stat").read_text(encoding="utf-8").split()[2] == "Z":
            break
        time.sleep(0.02)
    else:
        assert not Path(f"/proc/{child}").exists()
