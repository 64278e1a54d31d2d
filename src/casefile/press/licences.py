"""The licences of the locked packages, read from what is installed; the list that goes with a release."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path
from typing import Any

from casefile.paths import BUILD
from casefile.press.files import write_atomically
from casefile.press.lockfile import locked_versions

PLACE = BUILD / "sbom" / "licences.csv"
ELSEWHERE = "not installed here"
"""The lock also pins what only other systems or Python versions need."""


def licence_lines() -> list[str]:
    """A CSV of package, version and licence, in order of name. Never asks the network."""
    lines = ["package,version,licence"]
    for name, version in sorted(locked_versions().items()):
        try:
            about = importlib.metadata.metadata(name)
            words = _licence(about)
        except importlib.metadata.PackageNotFoundError:
            words = ELSEWHERE
        lines.append(f'{name},{version},"{words}"')
    return lines


def _licence(about: Any) -> str:
    """The licence as the package states it: expression, else classifiers, else the first line of its text."""
    if expression := about.get("License-Expression"):
        return str(expression)
    classifiers = [
        one.rsplit(" :: ", 1)[-1] for one in about.get_all("Classifier") or [] if one.startswith("License ::")
    ]
    if classifiers:
        return "; ".join(classifiers)
    stated = str(about.get("License") or "").strip().split("\n")[0].replace('"', "'")
    return stated or "not stated"


def write_licences(place: Path = PLACE) -> Path:
    """Write the list and return its path."""
    write_atomically(place, "\n".join(licence_lines()) + "\n")
    return place


if __name__ == "__main__":
    print(write_licences(), file=sys.stderr)
