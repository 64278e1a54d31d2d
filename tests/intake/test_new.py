"""`casefile new`: starting points that work as they stand, say what is to be filled in, and reach no book before."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.press.new.claim import after_pillar
from casefile.press.new.project import TEMPLATES
from project_kit import casefile, copy_of_the_project, texts


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_the_project(tmp_path_factory.mktemp("new") / "project")


@pytest.fixture
def taken_back(project: Path) -> Iterator[dict[str, str]]:
    """The project as it is; afterwards everything that the test began is undone, and nothing else differs."""
    before = texts(project)
    yield before
    while casefile(project, "undo").returncode == 0:
        pass
    assert texts(project) == before, "undo left something behind"


def run(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_new_claim_works_and_says_what_is_to_be_filled_in(project: Path, taken_back: dict[str, str]) -> None:
    done = casefile(project, "new", "claim", "economy-example", "--pillar", "economy")
    assert done.returncode == 0, done.stderr
    assert "casefile check" in done.stderr
    written = done.stdout.split()
    assert set(written) == {name for name, text in texts(project).items() if taken_back.get(name) != text}
    assert "src/casefile/pillars/economy/example.py" in written
    checked = casefile(project, "check")
    assert checked.returncode == 3
    for name in set(written) - {"src/casefile/pillars/economy/__init__.py"}:
        assert re.search(rf"^{re.escape(name)}, line \d+: .*is still to be filled in", checked.stderr, re.MULTILINE)
    built = casefile(project, "build")
    assert (built.returncode, "is still to be filled in" in built.stderr) == (3, True)
    assert not (project / "_build" / "html").exists()
    for check in (("ruff", "format", "--check", "src"), ("ruff", "check", "src")):
        assert run(project, "-m", *check).returncode == 0, check


def test_a_new_pillar_with_table_and_claim_comes_to_stand(project: Path, taken_back: dict[str, str]) -> None:
    assert casefile(project, "new", "pillar", "diplomacy", "--title", "Diplomacy").returncode == 0
    alone = casefile(project, "check")
    assert "'diplomacy': is a pillar without a claim" in alone.stderr
    assert casefile(project, "new", "claim", "diplomacy-talks").returncode == 2, "a claim without a table"
    assert casefile(project, "new", "table", "diplomacy/rounds").returncode == 0
    assert casefile(project, "new", "claim", "diplomacy-talks").returncode == 0
    empty = casefile(project, "check")
    assert "data/diplomacy/rounds.csv: has a header but no rows yet" in empty.stderr
    places = [line.strip() for line in (project / "_toc.yml").read_text(encoding="utf-8").splitlines()]
    assert places[places.index("- file: aims") + 1] == "- file: diplomacy"
    file = project / "rounds-new.csv"
    file.write_text(
        "date,date_precision,known_on,known_on_basis,series,value,unit,source_id,source_id_2,derived,note\n"
        "2026-01-05,day,2026-01-06,publication,invented,60,rounds,yahoo-2023-08-22-dif,,false,\n",
        encoding="utf-8",
    )
    added = casefile(project, "add", "diplomacy/rounds", str(file), "--yes")
    assert added.returncode == 0, added.stderr
    assert "diplomacy-talks: untestable → supported" in added.stdout
    file.unlink()


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("claim", "economy-ruble"), "already"),
        (("claim", "Economy-X"), "is no name for a claim"),
        (("claim", "../x-y"), "is no name for a claim"),
        (("claim", "trade-balance"), "There is no pillar 'trade'"),
        (("claim", "ruble-again", "--pillar", "economy"), "begins with its pillar: economy-again"),
        (("claim", "economy-x", "--table", "economy/rubel"), "Did you mean economy/ruble"),
        (("claim", "economy-x", "--title", 'a "quote"'), "no quotes"),
        (("table", "economy/ruble"), "is there already"),
        (("table", "ruble"), "is no PILLAR/NAME"),
        (("table", "economy/../x"), "is no name for a table"),
        (("pillar", "economy"), "is taken"),
        (("pillar", "class"), "is taken"),
        (("pillar", "method"), "is taken"),
        (("pillar", "two-words"), "is no name for a pillar"),
    ],
)
def test_a_name_that_cannot_be_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], why: str
) -> None:
    from casefile.cli import main

    monkeypatch.setattr("sys.argv", ["casefile", "new", *words])
    with pytest.raises(SystemExit) as end:
        main()
    assert (end.value.code, why in capsys.readouterr().err) == (2, True)


def test_an_entry_goes_after_the_last_of_its_pillar() -> None:
    first = "claims:\n\n  # a\n  - id: a-1\n    pillar: a\n  - id: a-2\n    pillar: a\n"
    text = f"{first}\n  # b\n  - id: b-1\n    pillar: b\n"
    entry = "  - id: a-3\n    pillar: a\n"
    assert after_pillar(text, "a", entry) == text.replace("\n\n  # b", f"\n{entry}\n  # b")
    assert after_pillar(text, "b", "  - id: b-2\n    pillar: b\n") == text + "  - id: b-2\n    pillar: b\n"
    assert after_pillar(text, "c", "  - id: c-1\n    pillar: c\n").endswith("---\n  - id: c-1\n    pillar: c\n")


def test_every_template_marks_its_places() -> None:
    assert all("FILL-IN: " in path.read_text(encoding="utf-8") for path in TEMPLATES.iterdir())
