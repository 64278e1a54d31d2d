"""The tutorial and the page on adapters do what they say: followed to the letter in a copy of the project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tutorial_kit import follow, steps

from casefile.evidence.adapters import adapters
from casefile.paths import BOOK
from project_kit import copy_of_the_project, environment


@pytest.mark.slow
@pytest.mark.timeout(900)  # it builds a book
def test_the_tutorial_can_be_followed(tmp_path: Path) -> None:
    project = copy_of_the_project(tmp_path / "project")
    assert follow(BOOK / "tutorial.md", project) >= 14
    chapter = (project / "_build" / "html" / "economy.html").read_text(encoding="utf-8")
    assert "The ruble fell against the yuan too" in chapter
    assert "FILL-IN" not in chapter
    hygiene = [sys.executable, "-m", "pytest", "-q", "-n0", "tests/notebooks/test_hygiene.py"]
    rules = [*hygiene, "-k", "economy and not papermill"]
    done = subprocess.run(rules, cwd=project, env=environment(project), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_stated_line_that_does_not_come_fails(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```bash\npython -c 'print(41)'\n```\n\n```text\n42\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="did not come"):
        follow(page, tmp_path)
    page.write_text("```bash\npython -c 'raise SystemExit(3)'\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="ended with 3, not 0"):
        follow(page, tmp_path)
    assert [one.language for one in steps(page)] == ["bash"]


def test_an_adapter_can_be_added_as_the_page_says(tmp_path: Path) -> None:
    project = copy_of_the_project(tmp_path / "project")
    assert follow(BOOK / "adapters.md", project) == 2


def test_the_page_on_adapters_lists_every_format() -> None:
    text = (BOOK / "adapters.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in text for name in [*adapters(), "table"])
