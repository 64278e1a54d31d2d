"""The project's files as a set of edits that are written together or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any

from casefile.errors import DataError, Problem, UsageError
from casefile.evidence.journal import Change, commit, writing
from casefile.paths import DATA, PACKAGE, ROOT

TEMPLATES = Path(__file__).parent / "templates"
SOURCE = "src/casefile"
SPELLING = {
    "claim": re.compile(r"[a-z]+(-[a-z0-9]+)+"),
    "table": re.compile(r"[a-z][a-z0-9_]*"),
    "pillar": re.compile(r"[a-z]{2,20}"),
}
ALLOWED = {
    "claim": "small letters, digits and dashes, the pillar first: economy-key-rate",
    "table": "small letters, digits and underscores: key_rate",
    "pillar": "small letters only: diplomacy",
}
LONGEST = 60  # characters of a name; it stands in file names, addresses and headings


class Project:
    """Texts of the project's files by path below its folder, changed in memory and written as one change."""

    def __init__(self) -> None:
        if not PACKAGE.is_relative_to(ROOT) or not (ROOT / SOURCE).is_dir():
            raise UsageError(
                f"This casefile runs from {PACKAGE}, not from the project at {ROOT}. "
                "Call the one of the project: .venv/bin/casefile"
            )
        self.files: dict[str, str] = {}
        self._new: set[str] = set()

    def read(self, name: str) -> str:
        """The text of a file, with the edits made so far."""
        if name not in self.files:
            try:
                return (ROOT / name).read_text(encoding="utf-8")
            except OSError as error:
                problem = Problem(name, None, None, None, f"cannot be read ({error.strerror})", "Restore the file.")
                raise DataError([problem]) from None
        return self.files[name]

    def exists(self, name: str) -> bool:
        return name in self.files or (ROOT / name).exists()

    def create(self, name: str, text: str) -> None:
        """A new file. Raises `UsageError` when there is one already: nothing is ever overwritten."""
        if self.exists(name):
            raise UsageError(f"{name} is there already; nothing was written. Choose another name.")
        self.files[name] = text
        self._new.add(name)

    def edit(self, name: str, text: str) -> None:
        """The new text of a file that is there."""
        self.files[name] = text

    def read_json(self, name: str) -> Any:
        return json.loads(self.read(name))

    def write(self, what: str, say: Callable[[str], None]) -> Change:
        """Write all edits as one change; new files first, so that nothing names a file that is not there yet."""
        order = sorted(self.files, key=lambda name: name not in self._new)
        with writing(DATA, what, say), writing(ROOT, what, say):
            for name in self._new:
                if (ROOT / name).exists():
                    raise UsageError(f"{name} came to be in the meantime; nothing was written.")
            return commit(ROOT, {name: self.files[name].encode() for name in order}, what)


def spelled_right(kind: str, name: str) -> None:
    """Raises `UsageError` with the allowed spelling for a name that cannot be one of a claim, table or pillar."""
    if not SPELLING[kind].fullmatch(name) or len(name) > LONGEST:
        raise UsageError(f"{name!r} is no name for a {kind}. Allowed: {ALLOWED[kind]}; at most {LONGEST} characters.")


def filled(template: str, **words: str) -> str:
    """A template with its `$words` replaced. Raises `KeyError` for a word that is not given."""
    return Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(words)


def as_notebook(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def as_package(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
