"""Other analyses: which agree, and which change nothing on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from casefile.evidence.library import Library
from casefile.verdicts.engine import Court, _tested
from casefile.verdicts.rules import judge, rate


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


def test_another_analysis_is_rated_as_a_verdict_of_its_own_would_be() -> None:
    """The short way (values and thresholds alone) and the long one (findings, results of tests, rating) agree."""
    court, day = Court(Library()), date(2024, 6, 30)
    evidence = court.library.at(day)
    recut = 0
    for claim in court.claims.values():
        kept = {one.id: (one.rating, one.score) for one in court.verdict(claim.id, day).reanalyses}
        for one in claim.alternatives:
            tests = [replace(test, cuts=one.cuts.get(test.id, test.cuts)) for test in claim.tests]
            assert kept[one.id] == rate(judge(tests, court.findings(claim, evidence, **one.set), claim.id))
            recut += bool(one.cuts)
    assert recut


def test_a_source_left_out_is_never_idle() -> None:
    court = Court(Library())
    for claim in court.of("opinion"):
        verdict = court.verdict(claim.id, date(2023, 10, 9))
        assert not any(one.idle for one in verdict.reanalyses if one.id.startswith("without:"))
