"""New rows in every table, as a later wave, vote or rate would bring them: accepted, and no analysis or chart stops."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from intake_kit import TODAY, text_of

from casefile.evidence.descriptors import Descriptor
from casefile.evidence.intake.adding import write
from casefile.evidence.intake.gate import Gate
from casefile.evidence.intake.request import Request
from casefile.evidence.library import Library
from casefile.figures.registry import charts_for
from casefile.verdicts.engine import Court

OPEN = {
    "name", "candidate", "act", "actor", "speaker", "operation",
    "experiment_id", "poll_id", "vote_id", "lis_id", "bioguide_id",
}  # fmt: skip
"""Columns of keys that name single things: a later row names another one."""


def later(descriptor: Descriptor, row: dict[str, str], number: int) -> dict[str, str]:
    """A row like one of the table's, of a day in November 2026 and of another thing."""
    made = dict(row)
    for column, about in descriptor.fields.items():
        if about["type"] == "date" and made[column]:
            begins = column in ("field_start", "period_start", "since")
            made[column] = "2026-11-01" if begins else f"2026-11-{10 + number:02d}"
        elif column in descriptor.key and column in OPEN:
            made[column] += f"-new{number}"
    return made


def test_new_rows_of_every_table_stop_no_analysis_and_no_chart(data_copy: Path, tmp_path: Path) -> None:
    chance = random.Random(2)
    tables = sorted(Library(data_copy).descriptors)
    for name in tables:
        gate = Gate(data_copy, TODAY)
        descriptor, rows = gate.descriptors[name], gate.rows(name)
        picked = [rows[-1], *chance.sample(rows, min(3, len(rows)))]
        path = tmp_path / "new.csv"
        new = [later(descriptor, row, number) for number, row in enumerate(picked)]
        path.write_text(text_of(new, list(descriptor.fields)), encoding="utf-8")
        plan = gate.plan(Request(name, path, allow_jump=True))
        write(gate, plan, "replace")
    court = Court(Library(data_copy))
    evidence = court.library.at(court.library.newest)
    for claim in court.claims.values():
        verdict = court.judge(claim, evidence, robust=False)
        assert verdict.findings, claim.id
        charts_for(claim.id, verdict, evidence)


@pytest.mark.parametrize("span", [0, 1])
def test_a_list_of_deaths_over_a_single_day_has_a_rate(data_copy: Path, span: int) -> None:
    library = Library(data_copy)
    row: dict[str, Any] = library.whole("economy/elite_death_counts").iloc[-1].to_dict()
    day = row["date"]
    row |= {"since": day - pd.Timedelta(days=span), "row": "invented"}
    court = Court(library)
    evidence = library.at(library.newest).with_row("economy/elite_death_counts", row)
    verdict = court.judge(court.claim("economy-elite-deaths"), evidence, robust=False)
    assert verdict.findings
    assert charts_for("economy-elite-deaths", verdict, evidence)
