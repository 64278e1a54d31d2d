"""The rules at work: each row of tests/spec/*.yml is findings in, rating out. The Method page prints these rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from casefile.evidence.claims import read_claims
from casefile.evidence.safe_yaml import read_yaml
from casefile.model import Claim, Finding
from casefile.paths import DATA
from casefile.verdicts.rules import judge, rate

HERE = Path(__file__).parent
CLAIMS = read_claims(DATA)
CASES = [
    pytest.param(entry["claim"], case, id=f"{entry['claim']}: {case['case']}")
    for path in sorted(HERE.glob("*.yml"))
    for entry in read_yaml(path)
    for case in entry["cases"]
]


def rating_of(claim: Claim, values: dict[str, Any]) -> str:
    findings = {
        f"{claim.id}.{name}": Finding(f"{claim.id}.{name}", name, value, "", "", "") for name, value in values.items()
    }
    return rate(judge(claim.tests, findings, claim.id))[0].value


@pytest.mark.parametrize(("claim_id", "case"), CASES)
def test_findings_in_rating_out(claim_id: str, case: dict[str, Any]) -> None:
    assert rating_of(CLAIMS[claim_id], case["findings"]) == case["rating"]


@pytest.mark.parametrize("claim_id", list(CLAIMS))
def test_every_claim_is_specified_by_three_cases_or_more(claim_id: str) -> None:
    assert sum(param.values[0] == claim_id for param in CASES) >= 3


@pytest.mark.parametrize("claim_id", list(CLAIMS))
def test_specified_findings_are_those_that_the_rule_tests(claim_id: str) -> None:
    tested = {test.finding for test in CLAIMS[claim_id].tests}
    named = {name for param in CASES if param.values[0] == claim_id for name in param.values[1]["findings"]}
    assert named <= tested
