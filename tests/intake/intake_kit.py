"""A valid file of new rows to damage, and helpers of the intake tests."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from casefile.evidence.intake.gate import Gate
from casefile.evidence.intake.request import Plan, Request
from casefile.paths import DATA

TODAY = date(2026, 11, 24)
FIXTURES = Path(__file__).parent / "fixtures"
UPSTREAM = DATA.parent.parent / "shared" / "raw"
"""Real upstream files, where a developer has them; nothing of them is committed."""

POLL = {
    "poll_id": "example-2026-10",
    "pollster": "Example Institute",
    "series": "example-fight-on",
    "question": "How long are you ready to endure the war?",
    "date": "2026-10-12",
    "date_precision": "day",
    "known_on": "2026-10-20",
    "known_on_basis": "publication",
    "field_start": "2026-10-02",
    "field_end": "2026-10-12",
    "n": "1003",
    "moe": "3.5",
    "mode": "phone",
    "territory": "government-controlled areas",
    "subgroup": "all",
    "response": "as-long-as-it-takes",
    "pct": "57.5",
    "reading": "",
    "answer_set": "",
    "derived": "false",
    "source_id": "yahoo-2023-08-22-dif",
    "source_id_2": "",
    "note": "",
}
POLLS = [POLL, {**POLL, "response": "a-few-months", "pct": "18"}, {**POLL, "response": "hard-to-say", "pct": "12"}]


def text_of(rows: Sequence[Mapping[str, str]], columns: Sequence[str] | None = None) -> str:
    """Rows as the text of a CSV file."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns or list(rows[0]), lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def state(folder: Path) -> dict[str, str]:
    """Every file outside quarantine, undo and lock, by hash."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def planned(data_dir: Path, table: str, path: Path, **settings: object) -> Plan:
    """What `casefile add` would do with a file, judged as of the test's day."""
    return Gate(data_dir, TODAY).plan(Request(table, path, **settings))  # type: ignore[arg-type]
