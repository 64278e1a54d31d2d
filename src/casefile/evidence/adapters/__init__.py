"""One file per upstream format; each turns an upstream file into rows of our tables.

An adapter is a module with one `ADAPTER`. Adding a format is one file here and one test; `book/adapters.md` says how.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from casefile.errors import UsageError
from casefile.evidence.intake.content import Content

Rows = dict[str, list[tuple[int, dict[str, str]]]]
"""Table name → (line number in the upstream file, row)."""


@dataclass(frozen=True)
class Context:
    """What an adapter may know beside the file: the table asked for, `--set` options, the day, and our tables."""

    table: str
    options: Mapping[str, str]
    today: date
    existing: Callable[[str], list[dict[str, str]]]
    """All rows of one of our tables, as text."""

    def need(self, *names: str) -> None:
        """Raises `UsageError` that lists the options which the upstream file does not state and nobody gave."""
        absent = [one for one in names if not self.options.get(one)]
        if absent:
            raise UsageError(
                f"The file does not say {', '.join(absent)}. Say it with "
                + " ".join(f"--set {one}='…'" for one in absent)
            )


@dataclass(frozen=True)
class Adapter:
    """One upstream format: how to recognise a file and how to read it into rows of our tables."""

    name: str
    title: str
    tables: tuple[str, ...]
    """Tables that it can feed; the first is the usual one."""
    recognises: Callable[[Content], bool]
    read: Callable[[Content, Context], Rows]
    source: Mapping[str, str] = field(default_factory=dict)
    """The registry row of its publisher; registered with the first file when it is new."""
    needs: tuple[str, ...] = ()
    """Columns that the upstream file never states and that `--set` must give, for new rows."""
    options: tuple[str, ...] = ()
    """Further `--set` names that it understands."""
    loose: frozenset[str] = frozenset()
    """Columns in which another wording than ours is no conflict."""


def adapters() -> dict[str, Adapter]:
    """All adapters by name. A file in this folder without `ADAPTER` is a helper."""
    found: dict[str, Adapter] = {}
    for module in pkgutil.iter_modules(__path__):
        one: Any = getattr(importlib.import_module(f"{__name__}.{module.name}"), "ADAPTER", None)
        if one is not None:
            found[one.name] = one
    return found


def formats() -> str:
    """All formats, a line each."""
    ours = f"  {'table':22} our own columns, as CSV, XLSX or JSON"
    return "\n".join([ours, *(f"  {one.name:22} {one.title} → {', '.join(one.tables)}" for one in adapters().values())])


def adapter(name: str) -> Adapter:
    """Raises `UsageError` listing the formats when there is none of this name."""
    known = adapters()
    if name not in known:
        near = difflib.get_close_matches(name.lower(), known, 1, 0.5)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(f"There is no format {name!r}. {hint}Formats:\n{formats()}")
    return known[name]
