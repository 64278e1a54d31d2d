"""The workflows: pinned actions, least rights, no question asked where nobody answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from casefile.paths import ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAY_WRITE = {
    ("book", "attest"): {"id-token", "attestations"},
    ("book", "publish"): {"pages", "id-token"},
    ("refresh", "propose"): {"contents", "pull-requests"},
}


def workflow(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in workflow(path)["jobs"].values() for step in job["steps"]]


def test_there_are_workflows_to_look_at() -> None:
    assert {path.stem for path in FILES} == {"book", "check", "refresh"}


@pytest.mark.parametrize("path", FILES, ids=lambda one: one.stem)
def test_every_action_is_pinned_by_its_commit_and_tells_its_version(path: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", path.read_text(encoding="utf-8"))
    assert used
    assert [one for one, rest in used if not re.search(r"@[0-9a-f]{40}$", one) or not re.match(r" # v\d", rest)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda one: one.stem)
def test_only_the_jobs_that_must_may_write(path: Path) -> None:
    content = workflow(path)
    assert content["permissions"] == {"contents": "read"}
    for name, job in content["jobs"].items():
        writing = {scope for scope, right in job.get("permissions", {}).items() if right == "write"}
        assert writing == MAY_WRITE.get((path.stem, name), set()), name


@pytest.mark.parametrize("path", FILES, ids=lambda one: one.stem)
def test_no_expression_stands_inside_a_script(path: Path) -> None:
    assert [step["run"] for step in steps(path) if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize("path", FILES, ids=lambda one: one.stem)
def test_commands_that_ask_are_told_not_to(path: Path) -> None:
    lines = [line for step in steps(path) for line in step.get("run", "").splitlines()]
    asking = [line for line in lines if re.search(r"casefile (?:refresh|add)\b", line)]
    assert all("--yes" in line for line in asking)
    assert bool(asking) == (path.stem == "refresh")


@pytest.mark.parametrize("path", FILES, ids=lambda one: one.stem)
def test_browser_tests_cannot_be_left_out_in_silence(path: Path) -> None:
    for step in steps(path):
        if step.get("run") == "make test":
            assert step["env"]["CASEFILE_REQUIRE_BROWSER"] == "1"


def test_the_book_that_is_published_is_the_one_that_is_tested() -> None:
    [path] = [one for one in FILES if one.stem == "book"]
    [tested] = [step for step in steps(path) if step.get("run") == "make test"]
    assert tested["env"]["CASEFILE_SITE"] == "${{ github.workspace }}/_build/html"
