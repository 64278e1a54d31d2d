"""Notebooks, command line and engine cannot disagree: they are compared number by number."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from casefile.model import Pillar
from casefile.paths import NOTEBOOKS, ROOT
from casefile.press.run import Job, run_many
from casefile.verdicts.engine import Court
from casefile.verdicts.explain import explain
from casefile.verdicts.ledger import verdict_record

AS_OF = "2024-06-30"
PILLARS = [pillar.value for pillar in Pillar]


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The ledger that each chapter's notebook writes, run through papermill at one date."""
    folder = tmp_path_factory.mktemp("ledgers")
    jobs = [
        Job(
            NOTEBOOKS / f"{pillar}.ipynb",
            {"as_of": AS_OF, "ledger_path": str(folder / f"{pillar}.json")},
            folder / f"{pillar}.ipynb",
            cwd=ROOT,
        )
        for pillar in PILLARS
    ]
    run_many(jobs, 2)
    return {pillar: json.loads((folder / f"{pillar}.json").read_text(encoding="utf-8")) for pillar in PILLARS}


@pytest.mark.slow
@pytest.mark.parametrize("pillar", PILLARS)
def test_a_notebook_writes_the_verdicts_that_the_engine_gives(
    pillar: str, ledgers: dict[str, Any], court: Court
) -> None:
    day = court.library.vantage(AS_OF)
    expected = [verdict_record(claim, court.verdict(claim.id, day)) for claim in court.of(pillar)]
    assert ledgers[pillar]["verdicts"]["now"] == json.loads(json.dumps(expected))


@pytest.mark.slow
@pytest.mark.parametrize("pillar", PILLARS)
def test_a_notebook_writes_the_findings_that_explain_prints(pillar: str, ledgers: dict[str, Any], court: Court) -> None:
    for claim in court.of(pillar):
        for finding in explain(court, claim.id, court.library.vantage(AS_OF))["findings"]:
            written = ledgers[pillar]["findings"]["now"][finding["id"]]
            assert (written["value"], written["rows"]) == (finding["value"], finding["rows"])


@pytest.mark.slow
def test_the_command_line_prints_the_verdicts_that_the_notebooks_write(ledgers: dict[str, Any]) -> None:
    command = [sys.executable, "-m", "casefile", "verdicts", "--as-of", AS_OF, "--json"]
    printed = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    written = [one for pillar in PILLARS for one in ledgers[pillar]["verdicts"]["now"]]
    assert printed == written


@pytest.mark.slow
def test_the_stock_papermill_command_runs_a_notebook_with_another_date(tmp_path: Path) -> None:
    out = tmp_path / "out.ipynb"
    notebook = NOTEBOOKS / "aims.ipynb"
    command = [sys.executable, "-m", "papermill", str(notebook), str(out), "-p", "as_of", AS_OF, "--no-progress-bar"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "30 June 2024" in out.read_text(encoding="utf-8")


def test_papermill_explains_the_parameters_of_every_notebook() -> None:
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        command = [sys.executable, "-m", "papermill", "--help-notebook", str(path)]
        text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        assert "as_of: str" in text, path.name
        assert "data_dir: str" in text, path.name
