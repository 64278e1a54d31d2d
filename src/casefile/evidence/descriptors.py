"""Data Package descriptors: what each table is, column by column."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from casefile.errors import DataError, Problem, UsageError
from casefile.model import Pillar
from casefile.paths import DESCRIPTOR_FILE


@dataclass(frozen=True)
class Descriptor:
    """One table: its name `pillar/table`, its file, and the Data Package resource that describes it."""

    name: str
    path: Path
    resource: Mapping[str, Any]

    @cached_property
    def fields(self) -> dict[str, Mapping[str, Any]]:
        """Column name → field descriptor, in file order."""
        return {field["name"]: field for field in self.resource["schema"]["fields"]}

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The columns that together name one row."""
        key = self.resource["schema"]["primaryKey"]
        return (key,) if isinstance(key, str) else tuple(key)

    @cached_property
    def origin(self) -> str:
        """The column that tells independent producers apart, or `=word` for a table with a single producer."""
        return str(self.resource["casefile"]["origin"])

    @cached_property
    def same_producer(self) -> Mapping[str, str]:
        """Names of a producer that stand for another: one house that did the fieldwork counts once."""
        return {str(one): str(other) for one, other in self.resource["casefile"].get("same_producer", {}).items()}

    @property
    def is_record(self) -> bool:
        """Whether the table is the official record of what it holds, so that a second producer could only copy it."""
        return bool(self.resource["casefile"].get("record", False))

    @property
    def title(self) -> str:
        return str(self.resource["title"])


def no_such_table(name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that is no table: the tables that were probably meant, then all of them."""
    tables = sorted(known)
    bare = Path(name).with_suffix("").as_posix().lower().removeprefix("./").removeprefix("data/")
    meant = [one for one in tables if one == bare or one.endswith(f"/{bare}")]
    meant = meant or [one for one in tables if one.endswith(f"/{bare.rpartition('/')[2]}")]
    meant = meant or difflib.get_close_matches(bare, tables, 2, 0.7)
    hint = f"Did you mean {' or '.join(meant)}? " if meant else ""
    return UsageError(f"There is no table {name!r}. {hint}Tables: {', '.join(tables)}.")


def read_descriptors(data_dir: Path) -> dict[str, Descriptor]:
    """All tables under `data_dir` by name `pillar/table`.

    Raises `UsageError` when the folder is missing, `DataError` when a descriptor cannot be read.
    """
    if not data_dir.is_dir():
        raise UsageError(
            f"There is no data folder at {data_dir}. Name one with --data-dir (or the parameter data_dir)."
        )
    found: dict[str, Descriptor] = {}
    problems: list[Problem] = []
    for pillar in Pillar:
        path = data_dir / pillar.value / DESCRIPTOR_FILE
        try:
            package = json.loads(path.read_text(encoding="utf-8"))
            for resource in package["resources"]:
                name = f"{pillar.value}/{Path(resource['path']).stem}"
                found[name] = Descriptor(name, data_dir / pillar.value / resource["path"], resource)
        except (OSError, ValueError, KeyError, TypeError) as error:
            problems.append(
                Problem(str(path), None, None, None, f"is no readable Data Package descriptor ({error})", "Restore it.")
            )
    if problems:
        raise DataError(problems)
    return found
