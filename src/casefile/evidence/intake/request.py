"""What an analyst asked for, and what it would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casefile.evidence.intake.compare import Comparison, as_json
from casefile.evidence.rows import Row


@dataclass
class Request:
    """What the analyst asked for."""

    table: str
    path: Path
    format: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    source_file: Path | None = None
    allow_jump: bool = False
    name: str = ""  # shown instead of the path's own name


@dataclass
class Plan:
    """What would change: per table the comparison, new sources, filled cells, warnings; and the files to write."""

    request: Request
    format: str
    sha256: str
    comparisons: list[Comparison] = field(default_factory=list)
    new_sources: list[Row] = field(default_factory=list)
    filled: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def conflicts(self) -> int:
        return sum(len(one.conflicts) for one in self.comparisons)

    @property
    def changes_nothing(self) -> bool:
        return not self.conflicts and not any(one.new or one.changed for one in self.comparisons)

    @property
    def sources_named(self) -> set[str]:
        """The ids of the sources that new, changed or conflicting rows name."""
        rows = [
            row
            for one in self.comparisons
            for row in [*one.new, *(row for _, row, _ in one.changed), *(row for _, _, row, _ in one.conflicts)]
        ]
        return {row.get(column, "") for row in rows for column in ("source_id", "source_id_2")}

    def as_json(self) -> dict[str, Any]:
        """The plan as plain JSON values."""
        return {
            "file": self.request.name or self.request.path.name,
            "format": self.format,
            "sha256": self.sha256,
            "tables": {one.table: as_json(one) for one in self.comparisons},
            "new_sources": [one["source_id"] for one in self.new_sources],
            "filled": self.filled,
            "warnings": self.warnings,
        }
