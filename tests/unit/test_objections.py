"""The Objections page: each reply is answered by the findings of both days, once where they say the same."""

from __future__ import annotations

import pytest

from casefile.evidence.library import Library
from casefile.model import ARTICLE_DATE
from casefile.paths import DATA
from casefile.press.method import _answer, objections
from casefile.verdicts.engine import Court


@pytest.fixture(scope="module")
def court() -> Court:
    return Court(Library(DATA))


def pair(court: Court, claim: str) -> dict[str, object]:
    return {"then": court.verdict(claim, ARTICLE_DATE), "now": court.verdict(claim, court.library.newest)}


def test_a_figure_that_no_longer_reaches_is_told_as_of_the_article(court: Court) -> None:
    _, said = _answer(pair(court, "economy-defence-share"), "document_gap")  # type: ignore[arg-type]
    assert said.startswith("On the article’s date: ")
    assert "Now:" not in said
    assert "none was known" not in said


def test_a_figure_that_changed_is_told_on_both_days(court: Court) -> None:
    verdicts = pair(court, "battlefield-progress")
    _, said = _answer(verdicts, "month")  # type: ignore[arg-type]
    assert said.startswith("On the article’s date: In the 30 days to 9 October 2023")
    assert "Now: In the 30 days to " in said


def test_a_figure_that_stayed_is_told_once(court: Court) -> None:
    _, said = _answer(pair(court, "aims-rhetoric"), "un_remark")  # type: ignore[arg-type]
    assert said.count("On 25 September 2023") == 1
    assert "article’s date" not in said


def test_every_claim_has_a_reply_and_an_answer_in_numbers(court: Court) -> None:
    verdicts = {name: pair(court, name) for name in court.claims}
    page = str(objections(court.claims, verdicts))  # type: ignore[arg-type]
    assert page.count("The best reply: ") == len(court.claims) == page.count("What the data say to it:")
    for name in court.claims:
        told = [_answer(verdicts[name], one)[1] for one in court.claims[name].reply_findings]  # type: ignore[arg-type]
        assert any(any(letter.isdigit() for letter in one) for one in told), name
