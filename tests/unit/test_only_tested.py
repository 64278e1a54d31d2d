"""A rating needs only the findings that its tests judge: leaving out the others changes none of them."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from casefile.evidence.library import Library
from casefile.model import ARTICLE_DATE, FIRST_AS_OF, Finding
from casefile.paths import DATA
from casefile.pillars.findings import finding, only, states, states_argument, uncited
from casefile.verdicts.engine import Court, analyses

COURT = Court(Library(DATA))
DAYS = (FIRST_AS_OF, date(2022, 9, 30), ARTICLE_DATE, date(2025, 6, 30), COURT.library.newest)


def stated(claim_id: str, day: date, **choice: object) -> dict[str, Finding]:
    claim = COURT.claims[claim_id]
    view = COURT.library.at(day).only(claim.tables)
    found = [one for one in analyses(claim.pillar.value)[claim_id](view, **choice) if one is not None]
    return {one.id.split(".", 1)[1]: one for one in found}


@pytest.mark.parametrize("claim_id", list(COURT.claims))
def test_each_finding_alone_is_what_it_is_among_all(claim_id: str) -> None:
    """Asked for one name at a time, first: nothing that was left out may be kept and then missing among all."""
    for day in DAYS:
        with uncited():
            alone = {}
            for name in stated(claim_id, day):
                with only(frozenset({name})):
                    alone[name] = stated(claim_id, day)[name]
            assert alone == stated(claim_id, day)


@pytest.mark.parametrize("claim_id", list(COURT.claims))
def test_what_the_tests_judge_is_the_same_without_the_rest(claim_id: str) -> None:
    claim = COURT.claims[claim_id]
    names = {f"{claim_id}.{test.finding}" for test in claim.tests}
    for day in DAYS:
        evidence = COURT.library.at(day)
        for choice in ({}, *(one.set for one in claim.alternatives if one.set)):
            tested, whole = COURT.tested(claim, evidence, **choice), COURT.findings(claim, evidence, **choice)
            assert names <= set(tested)
            assert {name: tested[name].value for name in names} == {name: whole[name].value for name in names}
        assert COURT.rating(claim, evidence) is COURT.verdict(claim_id, day).rating


def test_sentences_and_rows_that_nobody_reads_are_not_made() -> None:
    made: list[str] = []

    def says() -> str:
        made.append("sentence")
        return "2 of them."

    def rows() -> list[pd.DataFrame]:
        made.append("rows")
        return [pd.DataFrame({"row": ["t:1"], "origin": ["o"], "source_id": ["s"]})]

    def state() -> Finding:
        return finding("claim", "name", "Label", 2.0, "of them", says, finding, rows)

    with uncited():
        bare = state()
    assert made == []
    full = state()
    assert bare == Finding(full.id, "", full.value, "", "", "")
    assert (full.sentence, full.rows, full.sources) == ("Two of them.", ("t:1",), ("s",))


def test_work_is_left_out() -> None:
    """Not only allowed to be: of all findings of all claims, at least a third is not computed for a rating."""
    tested = sum(len(COURT.tested(claim, COURT.library.at(ARTICLE_DATE))) for claim in COURT.claims.values())
    whole = sum(len(stated(name, ARTICLE_DATE)) for name in COURT.claims)
    assert tested < whole * 2 / 3


def test_a_function_that_states_what_nobody_wants_is_not_run() -> None:
    @states("a", "b")
    def several() -> list[Finding]:
        raise AssertionError("run")

    @states_argument("name")
    def one(name: str) -> Finding:
        raise AssertionError(name)

    with only(frozenset({"c"})):
        assert several() == []
        assert one("b") is None
        assert one(name="b") is None
    for wanted in ("a", "b"):
        with only(frozenset({wanted})), pytest.raises(AssertionError):
            several()
    with pytest.raises(AssertionError):
        one("a")
