"""The one registry of sources."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from casefile.errors import DataError, Problem
from casefile.model import Source
from casefile.paths import SOURCES_FILE

COLUMNS = ("source_id", "publisher", "title", "url", "published", "kind", "license", "note")
KINDS = ("primary", "secondary", "dataset")


class Sources(Mapping[str, Source]):
    """Read-only mapping source id → `Source`."""

    def __init__(self, rows: dict[str, Source]) -> None:
        self._rows = rows

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Source id → primary, secondary or dataset."""
        return {name: source.kind for name, source in self._rows.items()}

    def __getitem__(self, source_id: str) -> Source:
        return self._rows[source_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    @classmethod
    def read(cls, data_dir: Path) -> Sources:
        """Read `sources.csv`. Raises `DataError` when it is missing or a date in it is no date."""
        path = data_dir / SOURCES_FILE
        try:
            return _parsed(path, path.read_bytes())
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise DataError(
                [Problem(str(path), None, None, None, f"cannot be read ({error})", "Restore the registry.")]
            ) from None


@lru_cache(maxsize=2)
def _parsed(path: Path, content: bytes) -> Sources:
    """The registry with this very content, parsed once by a process and those that are forked from it."""
    rows: dict[str, Source] = {}
    problems: list[Problem] = []
    for number, row in enumerate(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")), start=2):
        try:
            published = date.fromisoformat(row["published"]) if row["published"] else None
            words = {name: row[name] for name in COLUMNS if name != "published"}
            rows[row["source_id"]] = Source(published=published, **words)
        except (KeyError, ValueError, TypeError) as error:
            problems.append(
                Problem(str(path), number, None, None, f"is no source row ({error})", "See CONTRIBUTING.md.")
            )
    if problems:
        raise DataError(problems)
    return Sources(rows)
