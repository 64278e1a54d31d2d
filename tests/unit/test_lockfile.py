"""The lock, the environment for conda and Binder, and the declared dependencies agree."""

from __future__ import annotations

import re
import tomllib

from casefile.paths import LOCK, ROOT
from casefile.press.lockfile import ENVIRONMENT, environment_text, locked_versions


def test_environment_and_lock_agree() -> None:
    assert ENVIRONMENT.read_text(encoding="utf-8") == environment_text()


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {re.split(r"[<>=!~\[ ]", one)[0].lower() for one in project["dependencies"]}
    assert named <= set(locked_versions())


def test_every_locked_package_has_a_hash() -> None:
    packages = re.split(r"\n(?=[A-Za-z0-9])", LOCK.read_text(encoding="utf-8").partition("\n")[2])
    assert all("--hash=sha256:" in one for one in packages)
