"""The lock, the environment for conda and Binder, the declared dependencies and the reasons for them agree."""

from __future__ import annotations

import re
import tomllib

import yaml

from casefile.paths import LOCK, PACKAGE, ROOT
from casefile.press.lockfile import ENVIRONMENT, PYTHON, direct_dependencies, environment_text, locked_versions

MODULES = {"jupyter-book": "jupyter_book", "pyyaml": "yaml"}
TAKEN_UP = {"jupyterlab", "pystemmer"}
"""Never imported here: the one is started by `make lab`, the other taken up by the stemmer that Sphinx imports."""


def pins() -> list[str]:
    content = yaml.safe_load(ENVIRONMENT.read_text(encoding="utf-8"))
    listed: list[str] = content["dependencies"][-1]["pip"]
    assert listed[-1] == "-e ."
    return listed[:-1]


def test_the_environment_is_as_make_lock_writes_it() -> None:
    assert ENVIRONMENT.read_text(encoding="utf-8") == environment_text(pins())


def test_every_package_of_the_environment_is_in_the_lock_at_that_version() -> None:
    locked = {
        line.rstrip(" \\") for line in LOCK.read_text(encoding="utf-8").splitlines() if re.match(r"[a-z0-9]", line)
    }
    versions = {one.partition(" ;")[0] for one in locked}
    assert {one.partition(" ;")[0] for one in pins()} <= versions
    assert len(pins()) > len(direct_dependencies())


def test_every_declared_dependency_is_in_the_lock_and_in_the_environment() -> None:
    named = set(direct_dependencies())
    assert named <= set(locked_versions())
    assert named <= {one.partition("==")[0] for one in pins()}


def test_every_declared_dependency_is_used() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    unused = [
        name
        for name in direct_dependencies()
        if name not in TAKEN_UP and not re.search(rf"^\s*(?:import|from) {MODULES.get(name, name)}\b", source, re.M)
    ]
    assert unused == []


def test_every_declared_dependency_has_its_reason() -> None:
    reasons = (
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Dependencies")[2].partition("\n## ")[0]
    )
    assert [name for name in direct_dependencies() if not re.search(rf"\b{name}\b", reasons)] == []
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    tools = [re.split(r"[<>=\[]", one)[0].lower() for one in extra["dev"]]
    families = {"pytest-xdist": "xdist", "pytest-timeout": "timeout", "pandas-stubs": "stubs", "types-pyyaml": "stubs",
                "types-defusedxml": "stubs", "axe-playwright-python": "axe"}  # fmt: skip
    assert [one for one in tools if families.get(one, one) not in reasons] == []


def test_every_locked_package_has_a_hash() -> None:
    packages = re.split(r"\n(?=[A-Za-z0-9])", LOCK.read_text(encoding="utf-8").partition("\n")[2])
    assert all("--hash=sha256:" in one for one in packages)


def test_the_oldest_python_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={PYTHON}"
