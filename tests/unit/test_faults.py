"""A full disk or too little memory ends with a clear message, and what was there is still there."""

from __future__ import annotations

import errno
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from casefile import cli
from casefile.errors import DataError, Problem
from casefile.press.files import write_atomically

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
from casefile import cli
from casefile.errors import DataError, Problem
def command(): {command}
cli.app.command("fill")(command)
sys.argv = ["casefile", "fill"]
cli.main()
"""


def run(command: str) -> subprocess.CompletedProcess[str]:
    code = FULL_DISK.format(command=command)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file size there")
def test_a_full_disk_leaves_the_old_file_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "ledger.json"
    path.write_text("old", encoding="utf-8")
    done = run(
        f"from casefile.press.files import write_atomically; write_atomically(Path({str(path)!r}), b'x' * 100000)"
    )
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert "nothing that was finished is lost" in done.stderr
    assert "Traceback" not in done.stderr
    assert path.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["ledger.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file size there")
def test_a_full_disk_changes_no_data(data_copy: Path) -> None:
    before = {path: path.read_bytes() for path in data_copy.rglob("*") if path.is_file()}
    command = (
        "from casefile.evidence.journal import commit, writing\n"
        f"    folder = Path({str(data_copy)!r})\n"
        "    with writing(folder, 'a test'): commit(folder, {'sources.csv': b'x' * 100000}, 'a test')"
    )
    done = run(command)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert all(path.read_bytes() == content for path, content in before.items())


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("libopenblas.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_too_little_memory_is_said(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def app(**_: object) -> None:
        raise error

    import casefile.commands
    import casefile.new_commands
    import casefile.trust_commands  # noqa: F401

    monkeypatch.setattr(cli, "app", app)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "Out of memory; nothing that was finished is lost" in capsys.readouterr().err


def test_a_write_that_fails_half_way_leaves_no_scraps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("casefile.press.files.os.replace", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_pdf_that_runs_out_of_memory_says_so_and_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from casefile.errors import RunFailed
    from casefile.press.export import pdf

    out = tmp_path / "book.pdf"
    monkeypatch.setattr(pdf, "_TYPST", "import os; os.abort()")
    with pytest.raises(RunFailed, match=r"Typst was ended \(signal 6\).*memory"):
        pdf._compile(tmp_path / "book.typ", out)
    assert not out.exists()


def test_what_typst_says_is_passed_on(tmp_path: Path) -> None:
    from casefile.errors import RunFailed
    from casefile.press.export import pdf

    (tmp_path / "book.typ").write_text("#nothing-of-the-kind()", encoding="utf-8")
    with pytest.raises(RunFailed, match="unknown variable"):
        pdf._compile(tmp_path / "book.typ", tmp_path / "book.pdf")


def test_rejected_data_keep_their_problems_on_the_way_from_another_process() -> None:
    error = DataError([Problem("data/claims.yml", 3, "id", None, "has no analysis", "Add it.")])
    error.kept = Path("kept")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.problems, again.kept) == (str(error), error.problems, error.kept)


def test_a_disk_that_fills_while_pages_are_written_is_called_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import jupyter_book.sphinx

    from casefile.press.site import build_site

    def fails(*_: object, **__: object) -> int:
        print(f"Exception occurred: OSError: [Errno {errno.ENOSPC}] No space left on device; please report this")
        return 2

    monkeypatch.setattr(jupyter_book.sphinx, "build_sphinx", fails)
    (tmp_path / "sources").mkdir()
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)) as caught:
        build_site(tmp_path / "sources", tmp_path / "site")
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["sources"]
