"""The preview that builds again: what counts as a change, when a build begins, and when the process starts anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casefile.cli import app
from casefile.errors import UsageError
from casefile.press import watch


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one table and one page, looked at quickly."""
    for name in ("data", "book"):
        (tmp_path / name).mkdir()
    (tmp_path / "data" / "table.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "book" / "index.md").write_text("# Words\n", encoding="utf-8")
    monkeypatch.setattr(watch, "ROOT", tmp_path)
    monkeypatch.setattr(watch, "FOLDERS", (tmp_path / "data", tmp_path / "book"))
    monkeypatch.setattr(watch, "FILES", (tmp_path / "_toc.yml",))
    monkeypatch.setattr(watch, "LOOK", 0.001)
    monkeypatch.setattr(watch, "STILL", 0.001)
    return tmp_path


def followed(project: Path, *steps: Callable[[], object]) -> tuple[list[int], list[str]]:
    """One step before each further look; returns how many were taken before each build, and what was said."""
    left, built, said = list(steps), [], []

    def ended() -> bool:
        if not left:
            return True
        left.pop(0)()
        return False

    watch.follow(lambda: built.append(len(steps) - len(left)), ended, said.append)
    return built, said


def test_it_builds_once_and_after_each_change_of_content(project: Path) -> None:
    table, page = project / "data" / "table.csv", project / "book" / "index.md"
    built, said = followed(
        project,
        lambda: None,
        lambda: table.write_text("a\n22\n", encoding="utf-8"),
        lambda: None,
        lambda: page.unlink(),
        lambda: (project / "_toc.yml").write_text("root: index\n", encoding="utf-8"),
        lambda: None,
    )
    assert built == [0, 2, 4, 5]
    assert said == ["data/table.csv changed.", "book/index.md changed.", "_toc.yml changed."]


def test_what_editors_leave_is_no_change(project: Path) -> None:
    names = (".table.csv.swp", "table.csv~", "#table.csv#", ".index.md.tmp", "4913.tmp", ".~lock.table.csv#")
    built, said = followed(project, *[lambda name=name: (project / "data" / name).write_text("x") for name in names])  # type: ignore[misc]
    assert (built, said) == ([0], [])


def test_a_file_that_is_still_being_written_is_waited_for(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = project / "data" / "table.csv"
    grown = iter(["a\n22\n", "a\n333\n"])

    def write_more(seconds: float) -> None:
        if (more := next(grown, None)) is not None:
            table.write_text(more, encoding="utf-8")

    monkeypatch.setattr(watch.time, "sleep", write_more)
    built, said = followed(project, lambda: table.write_text("a\n1\n2\n", encoding="utf-8"), *[lambda: None] * 4)
    assert table.read_text(encoding="utf-8") == "a\n333\n"
    assert built == [0, 3]
    assert said == ["data/table.csv changed."]


def test_a_change_during_a_build_leads_to_another(project: Path) -> None:
    built = []

    def build() -> None:
        built.append(1)
        if len(built) == 1:
            (project / "data" / "late.csv").write_text("b\n", encoding="utf-8")

    left = [1, 2, 3]
    watch.follow(build, lambda: not left or left.pop() == 0, lambda text: None)
    assert len(built) == 2


def test_the_same_preview_starts_anew_on_the_same_port(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[object] = []
    monkeypatch.setattr("casefile.press.watch.serve_and_watch", lambda *words: taken.append(words))
    result = CliRunner().invoke(app, watch.again("2024-05-05", 8123, 3))
    assert result.exit_code == 0, result.output
    as_of, port, jobs, *_ = taken[0]  # type: ignore[misc]
    assert (as_of, port, jobs) == ("2024-05-05", 8123, 3)


def test_another_site_cannot_be_built() -> None:
    result = CliRunner().invoke(app, ["serve", "--watch", "--site", "elsewhere"])
    assert isinstance(result.exception, UsageError)
    assert "leave --site out" in str(result.exception)


def test_a_wrong_date_is_refused_before_anything_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "open_server", lambda *_: pytest.fail("a server was opened"))
    with pytest.raises(UsageError, match="2023-02-31"):
        watch.serve_and_watch("2023-02-31", 0, 1, print, lambda error: 2)
