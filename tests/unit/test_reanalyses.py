"""Other analyses: which agree, and which change nothing on a day."""

from __future__ import annotations

from datetime import date

from casefile.evidence.library import Library
from casefile.verdicts.engine import Court, _tested


def test_an_analysis_is_idle_exactly_when_its_choice_leaves_every_tested_number() -> None:
    court = Court(Library())
    claim, day = court.claim("aims-no-bargaining"), date(2023, 10, 9)
    verdict = court.verdict(claim.id, day)
    evidence = court.library.at(day)
    base = _tested(claim, court.findings(claim, evidence))
    declared = {one.id: one for one in claim.alternatives}
    marked = {one.id: one.idle for one in verdict.reanalyses if one.id in declared}
    wanted = {
        name: not one.cuts and _tested(claim, court.findings(claim, evidence, **one.set)) == base
        for name, one in declared.items()
    }
    assert marked == wanted
    assert {True, False} <= set(marked.values())


def test_a_source_left_out_is_never_idle() -> None:
    court = Court(Library())
    for claim in court.of("opinion"):
        verdict = court.verdict(claim.id, date(2023, 10, 9))
        assert not any(one.idle for one in verdict.reanalyses if one.id.startswith("without:"))
