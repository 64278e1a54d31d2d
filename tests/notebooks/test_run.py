"""Running notebooks: every way to fail is loud, names notebook and cell, and leaves the last good result alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from casefile.errors import RunFailed, UsageError
from casefile.press.inputs import VARIABLE
from casefile.press.run import Job, NotebookFailed, Stopped, run_many, run_notebook

Tiny = Callable[..., Path]


def failure(path: Path, out: Path, **options: object) -> NotebookFailed:
    with pytest.raises(NotebookFailed) as caught:
        run_notebook(path, {}, out, **options)  # type: ignore[arg-type]
    return caught.value


def gone(pid: int, seconds: float = 5.0) -> bool:
    """Whether a process ends (or is a zombie that only waits to be counted) within some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.05)
    return False


def waits_for(file: Path) -> str:
    """A cell that waits until another notebook has written a file."""
    return (
        "import time; from pathlib import Path\n"
        f"while not (Path({str(file)!r}).is_file() and Path({str(file)!r}).read_text()): time.sleep(0.05)"
    )


def test_a_notebook_runs_with_its_parameter(tiny: Tiny, tmp_path: Path) -> None:
    path = tiny("print(as_of)", parameters="as_of: str = 'latest'  # day")
    result = run_notebook(path, {"as_of": "2024-06-30"}, tmp_path / "out.ipynb")
    assert "2024-06-30" in result.out.read_text(encoding="utf-8")


def test_a_cell_that_raises_is_named_with_its_error(tiny: Tiny, tmp_path: Path) -> None:
    error = failure(tiny("x = 1", "raise ValueError('no rows')"), tmp_path / "out.ipynb")
    assert (error.cell, error.error) == ("cell 'cell-1' (code cell 2 of 2)", "ValueError: no rows")


def test_a_failure_carries_the_traceback_without_colours(tiny: Tiny, tmp_path: Path) -> None:
    error = failure(tiny("raise ValueError('no rows')"), tmp_path / "out.ipynb")
    assert "Traceback" in error.detail
    assert "\x1b" not in error.detail


@pytest.mark.parametrize("leave", ["import sys; sys.exit(0)", "raise SystemExit", "import sys; sys.exit(3)"])
def test_a_cell_that_leaves_early_is_a_failure(tiny: Tiny, tmp_path: Path, leave: str) -> None:
    error = failure(tiny(leave, "print('never')"), tmp_path / "out.ipynb")
    assert "cell-0" in error.cell
    assert "SystemExit" in error.error


@pytest.mark.parametrize("place", [0, 1])
def test_a_cell_that_ends_the_process_is_a_failure(tiny: Tiny, tmp_path: Path, place: int) -> None:
    cells = ["x = 1", "x = 2"]
    cells[place] = "import os; os._exit(0)"
    error = failure(tiny(*cells), tmp_path / "out.ipynb")
    assert error.error == "the kernel died: it ended itself with exit code 0"
    assert f"cell-{place}" in error.cell


def test_a_polite_exit_in_the_middle_is_a_failure(tiny: Tiny, tmp_path: Path) -> None:
    error = failure(tiny("x = 1", "exit()", "print('never')"), tmp_path / "out.ipynb")
    assert "cell-1" in error.cell
    assert "left early" in error.error


def test_a_polite_exit_at_the_end_is_a_failure_too(tiny: Tiny, tmp_path: Path) -> None:
    assert "left early" in failure(tiny("x = 1", "quit()"), tmp_path / "out.ipynb").error


def test_a_killed_kernel_is_a_failure_that_says_by_whom(tiny: Tiny, tmp_path: Path) -> None:
    for warm in (True, False):
        killed = tiny("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
        error = failure(killed, tmp_path / "out.ipynb", warm=warm)
        assert "the kernel died: it was killed by the system, most likely for want of memory" in error.error
        assert "--jobs 1" in error.error
        assert "cell-0" in error.cell


def test_a_kernel_that_aborts_is_a_failure_with_its_signal(tiny: Tiny, tmp_path: Path) -> None:
    assert "it was ended by SIGABRT" in failure(tiny("import os; os.abort()"), tmp_path / "out.ipynb").error


def test_a_cell_that_finds_no_memory_says_what_helps(tiny: Tiny, tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))"
    error = failure(tiny(limit, "bytearray(8 << 30)"), tmp_path / "out.ipynb")
    assert error.error.startswith("MemoryError: the kernel ran out of memory. Use --jobs 1")
    assert "cell-1" in error.cell


def test_a_cell_past_its_limit_is_a_failure(tiny: Tiny, tmp_path: Path) -> None:
    error = failure(tiny("while True: pass"), tmp_path / "out.ipynb", cell_timeout=1)
    assert error.error == "the cell did not finish within 1 seconds"
    assert "cell-0" in error.cell


def test_a_notebook_past_its_limit_is_a_failure(tiny: Tiny, tmp_path: Path) -> None:
    error = failure(tiny("import time", "time.sleep(60)"), tmp_path / "out.ipynb", notebook_timeout=1.5)
    assert error.error == "did not finish within 1.5 seconds"


def test_a_hanging_cell_that_ignores_signals_is_ended(tiny: Tiny, tmp_path: Path) -> None:
    path = tiny(
        f"import os, signal, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)",
    )
    failure(path, tmp_path / "out.ipynb", cell_timeout=1)
    assert gone(int((tmp_path / "pid").read_text()))


def test_a_failure_leaves_the_last_good_notebook_untouched(tiny: Tiny, tmp_path: Path) -> None:
    out = tmp_path / "out.ipynb"
    out.write_text("last good", encoding="utf-8")
    failure(tiny("1/0"), out)
    assert out.read_text(encoding="utf-8") == "last good"
    assert not list(tmp_path.glob(".*.tmp"))


def test_a_failed_notebook_is_kept_as_far_as_it_got_until_the_next_success(tiny: Tiny, tmp_path: Path) -> None:
    failed = tmp_path / "failed.ipynb"
    failure(tiny("print('so far')", "1/0"), tmp_path / "out.ipynb", failed=failed)
    assert "so far" in failed.read_text(encoding="utf-8")
    run_notebook(tiny("1"), {}, tmp_path / "out.ipynb", failed=failed)
    assert not failed.exists()


def test_what_a_notebook_started_ends_with_it(tiny: Tiny, tmp_path: Path) -> None:
    path = tiny(
        "import subprocess; started = subprocess.Popen(['sleep', '60'])",
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(started.pid))",
    )
    run_notebook(path, {}, tmp_path / "out.ipynb")
    assert gone(int((tmp_path / "pid").read_text()))


def test_a_file_left_open_is_written_out(tiny: Tiny, tmp_path: Path) -> None:
    run_notebook(tiny(f"f = open({str(tmp_path / 'kept')!r}, 'w'); f.write('all of it');"), {}, tmp_path / "out.ipynb")
    assert (tmp_path / "kept").read_text() == "all of it"


def test_handlers_for_the_end_are_run(tiny: Tiny, tmp_path: Path) -> None:
    source = f"import atexit, pathlib; atexit.register(pathlib.Path({str(tmp_path / 'kept')!r}).write_text, 'bye');"
    run_notebook(tiny(source), {}, tmp_path / "out.ipynb")
    assert (tmp_path / "kept").read_text() == "bye"


def test_a_file_that_a_handler_for_the_end_leaves_open_is_written_out(tiny: Tiny, tmp_path: Path) -> None:
    source = (
        f"import atexit\ndef end():\n    global f\n    f = open({str(tmp_path / 'kept')!r}, 'w'); f.write('bye')\n"
        "atexit.register(end);"
    )
    run_notebook(tiny(source), {}, tmp_path / "out.ipynb")
    assert (tmp_path / "kept").read_text() == "bye"


def test_a_missing_notebook_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no notebook"):
        run_notebook(tmp_path / "none.ipynb", {}, tmp_path / "out.ipynb")


def test_braces_in_a_path_are_only_characters(tiny: Tiny, tmp_path: Path) -> None:
    folder = tmp_path / "{as_of.__class__}"
    folder.mkdir()
    path = folder / "tiny.ipynb"
    path.write_bytes(tiny("1", parameters="as_of = 'x'").read_bytes())
    assert run_notebook(path, {"as_of": "y"}, folder / "out.ipynb").out == folder / "out.ipynb"


def test_two_runs_give_the_same_bytes(tiny: Tiny, tmp_path: Path) -> None:
    path = tiny("print('a')\nprint('b')", "import warnings; warnings.warn('careful')", "{1, 2}", parameters="n = 1")
    one, two = (run_notebook(path, {"n": 2}, tmp_path / name).out.read_bytes() for name in ("1.ipynb", "2.ipynb"))
    assert one == two


def test_facts_of_the_run_stand_in_the_log_and_not_in_the_notebook(tiny: Tiny, tmp_path: Path) -> None:
    log = tmp_path / "run.json"
    result = run_notebook(tiny("import sys; print('oops', file=sys.stderr)"), {}, tmp_path / "out.ipynb", log=log)
    facts = json.loads(log.read_text(encoding="utf-8"))
    assert facts["papermill"]["duration"] > 0
    assert facts["language_version"]
    assert facts["peak_mib"] > 10
    assert "papermill" not in result.out.read_text(encoding="utf-8")
    assert result.warnings == ["cell 'cell-0' wrote to stderr: oops"]


def test_a_place_on_this_machine_is_not_published(tiny: Tiny, tmp_path: Path) -> None:
    path = tiny("1", parameters="ledger_path = ''\nas_of = 'latest'")
    given = {"ledger_path": str(tmp_path / "ledger.json"), "as_of": "then"}
    result = run_notebook(path, given, tmp_path / "out.ipynb", shown={"ledger_path": "ledger.json"})
    text = result.out.read_text(encoding="utf-8")
    assert str(tmp_path) not in text
    assert 'ledger_path = \\"ledger.json\\"' in text


def test_an_undeclared_data_file_cannot_be_read(tiny: Tiny, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "secret.csv").write_text("a\n", encoding="utf-8")
    path = tiny(f"import pandas; pandas.read_csv({str(data / 'secret.csv')!r})")
    error = failure(path, tmp_path / "out.ipynb", data_dir=data, declared=["known.csv"])
    assert "secret.csv was read but not declared. Declared: known.csv." in error.error


def test_declared_files_that_were_read_are_in_the_facts(tiny: Tiny, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("read.csv", "unread.csv"):
        (tmp_path / "data" / name).write_text("a\n", encoding="utf-8")
    path = tiny(f"open({str(tmp_path / 'data' / 'read.csv')!r}).close()")
    result = run_notebook(
        path, {}, tmp_path / "o.ipynb", data_dir=tmp_path / "data", declared=["read.csv", "unread.csv"]
    )
    assert result.facts["read"] == ["read.csv"]


def test_the_declaration_does_not_stay_in_the_notebooks_environment(tiny: Tiny, tmp_path: Path) -> None:
    path = tiny(f"import os; assert {VARIABLE!r} not in os.environ")
    run_notebook(path, {}, tmp_path / "out.ipynb", data_dir=tmp_path, declared=[])


def test_many_notebooks_come_back_in_the_order_of_the_jobs(tiny: Tiny, tmp_path: Path) -> None:
    jobs = [Job(tiny(f"print({n})", name=f"n{n}"), {}, tmp_path / f"out{n}.ipynb") for n in range(4)]
    seen: list[str] = []
    results = run_many(jobs, 2, done=lambda result: seen.append(result.out.name))
    assert [result.out for result in results] == [job.out for job in jobs]
    assert sorted(seen) == [job.out.name for job in jobs]


def test_two_notebooks_run_at_the_same_time_and_not_three(tiny: Tiny, tmp_path: Path) -> None:
    source = "import time; a = time.time(); time.sleep(0.5); print(a, time.time())"
    jobs = [Job(tiny(source, name=f"n{n}"), {}, tmp_path / f"out{n}.ipynb") for n in range(4)]
    spans = [
        tuple(float(word) for word in result.content["cells"][0]["outputs"][0]["text"].split())
        for result in run_many(jobs, 2)
    ]
    together = [sum(a <= begin < b for a, b in spans) for begin, _ in spans]
    assert max(together) == 2


def test_when_one_fails_the_others_are_stopped_and_the_first_failure_is_told(tiny: Tiny, tmp_path: Path) -> None:
    slow = tiny(
        f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)", name="slow"
    )
    bad = tiny(waits_for(tmp_path / "pid"), "1/0", name="bad")
    late = tiny("1", name="late")
    began = time.monotonic()
    with pytest.raises(RunFailed, match=r"bad\.ipynb failed in cell 'cell-1'.*ZeroDivisionError") as caught:
        run_many([Job(one, {}, tmp_path / f"{one.stem}-out.ipynb") for one in (slow, bad, late)], 2)
    assert not isinstance(caught.value, Stopped)
    assert time.monotonic() - began < 50  # the slow one would sleep for a minute after its start
    assert gone(int((tmp_path / "pid").read_text()))
    assert not (tmp_path / "slow-out.ipynb").exists()
    assert not (tmp_path / "late-out.ipynb").exists()


def test_an_interrupt_stops_every_notebook(tiny: Tiny, tmp_path: Path) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    slow = tiny(
        f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)", name="slow"
    )
    quick = tiny(waits_for(tmp_path / "pid"), name="quick")
    with pytest.raises(KeyboardInterrupt):
        run_many([Job(one, {}, tmp_path / f"{one.stem}-out.ipynb") for one in (slow, quick)], 2, done=interrupt)
    assert gone(int((tmp_path / "pid").read_text()))


def test_no_jobs_need_no_kernel() -> None:
    assert run_many([]) == []


def test_a_run_leaves_no_folder_behind(tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    place = tmp_path / "t"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    run_notebook(tiny("1"), {}, tmp_path / "out.ipynb", warm=False)
    assert list(place.iterdir()) == []
