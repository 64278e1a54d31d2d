"""Data Package descriptors: what each table is, column by column."""

from __future__ import annotations

import difflib
import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from casefile.errors import DataError, Problem, UsageError
from casefile.model import Pillar
from casefile.paths import CLAIMS_FILE, DATA, DESCRIPTOR_FILE


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


def refuse_no_data_folder(data_dir: Path) -> None:
    """Raises `UsageError` for a folder in which nothing of a data folder is, so that nobody is told to restore it."""
    if (data_dir / CLAIMS_FILE).exists() or any((data_dir / one.value / DESCRIPTOR_FILE).exists() for one in Pillar):
        return
    raise UsageError(f"{data_dir} is no data folder: it holds no {CLAIMS_FILE} and no table.")


def check_command(data_dir: Path) -> str:
    """The command that lists everything wrong with a data folder, as it is typed."""
    return "casefile check" if data_dir == DATA else f"casefile check {shlex.quote(str(data_dir))}"


def read_descriptors(data_dir: Path) -> dict[str, Descriptor]:
    """All tables under `data_dir` by name `pillar/table`.

    Raises `UsageError` when the folder is missing, `DataError` when a descriptor cannot be read.
    """
    if not data_dir.is_dir():
        raise UsageError(
            f"There is no data folder at {data_dir}. Name one with --data-dir (or the parameter data_dir)."
        )
    refuse_no_data_folder(data_dir)
    found: dict[str, Descriptor] = {}
    problems: list[Problem] = []
    for pillar in Pillar:
        path = data_dir / pillar.value / DESCRIPTOR_FILE
        try:
            package = json.loads(path.read_text(encoding="utf-8"))
            for resource in package["resources"]:
                name = f"{pillar.value}/{Path(resource['path']).stem}"
                found[name] = Descriptor(name, data_dir / pillar.value / resource["path"], resource)
        except OSError as error:
            problems.append(Problem(str(path), None, None, None, f"cannot be read ({error.strerror})", "Restore it."))
        except (ValueError, KeyError, TypeError, RecursionError):
            rule = "is no Data Package descriptor"
            problems.append(Problem(str(path), None, None, None, rule, f"Run: {check_command(data_dir)}"))
    if problems:
        raise DataError(problems)
    return found
