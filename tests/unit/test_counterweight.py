"""What is named against a headline: the test that holds the rating back most, and nothing where none does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from casefile.evidence.library import Library
from casefile.model import ARTICLE_DATE, Finding, Test, Verdict
from casefile.paths import DATA
from casefile.verdicts.counterweight import because, counter_sentence, counterweight
from casefile.verdicts.kept import KeptCourt
from casefile.verdicts.ledger import verdict_record
from casefile.verdicts.rules import banded, judge, rate

LATER = date(2026, 7, 1)


@pytest.fixture(scope="module")
def court() -> KeptCourt:
    return KeptCourt(Library(DATA))


def verdict(sample: Verdict, *tests: tuple[str, float, float], headline: str = "head") -> Verdict:
    """A verdict from (finding, score, weight); each value is its own score."""
    findings = {f"c.{name}": Finding(f"c.{name}", name, score, "", f"Says {name}.", "") for name, score, _ in tests}
    findings.setdefault(f"c.{headline}", Finding(f"c.{headline}", headline, 1.0, "", f"Says {headline}.", ""))
    rules = [Test(name, name, "?", "higher", (-1.5, -0.5, 0.5, 1.5), "", weight) for name, _, weight in tests]
    results = judge(rules, findings, "c")
    rating, score = rate(results)
    head = findings[f"c.{headline}"]
    return replace(
        sample, claim="c", rating=rating, score=score, results=results, findings=tuple(findings.values()),
        headline=head, sentence=head.sentence,
    )  # fmt: skip


@pytest.fixture(scope="module")
def sample(court: KeptCourt) -> Verdict:
    return court.verdict("aims-icc", LATER)


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ([("head", 2, 2), ("a", -2, 1)], "a"),  # the other side of zero
        ([("head", 2, 2), ("a", -2, 1), ("b", -1, 3)], "b"),  # the weight counts too
        ([("head", 2, 1), ("a", 0, 1), ("b", 1, 1)], "a"),  # short of the headline, none on the other side
        ([("head", 2, 3), ("a", 0, 0.5)], ""),  # the rating is the headline's own
        ([("head", 2, 20), ("a", -2, 1)], ""),  # too light to be named
        ([("head", -2, 2), ("a", 2, 1)], "a"),  # a headline against the claim has its counterweight too
        ([("head", 1, 1), ("a", 2, 3)], ""),  # raised beyond the headline on its own side: nothing held back
        ([("head", 0, 1), ("a", -2, 1), ("b", 2, 3)], "b"),  # a neutral headline under a better rating
        ([("head", 2, 1)], ""),
    ],
)
def test_what_holds_a_rating_back(sample: Verdict, tests: list[tuple[str, float, float]], expected: str) -> None:
    found = counterweight(verdict(sample, *tests))
    assert (found.label if found else "") == expected


def test_a_headline_without_a_test_stands_for_the_side_of_the_score(sample: Verdict) -> None:
    found = counterweight(verdict(sample, ("a", 2, 2), ("b", -1, 1), headline="other"))
    assert found is not None
    assert found.label == "b"


def test_a_finding_in_the_headlines_own_words_is_not_repeated(sample: Verdict) -> None:
    made = verdict(sample, ("head", 2, 1), ("a", -2, 1))
    twin = tuple(replace(one, sentence="Says head.") for one in made.findings)
    assert counterweight(replace(made, findings=twin, headline=twin[0])) is None


@pytest.mark.parametrize("when", [ARTICLE_DATE, LATER])
def test_every_rating_below_its_headline_says_why(court: KeptCourt, when: date) -> None:
    held = 0
    for name, claim in court.claims.items():
        one = court.verdict(name, when)
        but = counter_sentence(one)
        assert but != one.sentence
        own = [r.score for r in one.results if r.test.finding == claim.headline and r.score is not None]
        if own and own[0] > 0 and one.score is not None and one.score < own[0] and banded(own[0]) is not one.rating:
            assert but, f"{name}: {one.rating.value} beside “{one.sentence}”"
            held += 1
        record = verdict_record(claim, one)
        assert record["but"] == but
        assert because(record).endswith(but or one.sentence)
    assert held


@pytest.mark.parametrize("when", [ARTICLE_DATE, LATER])
def test_every_value_lies_in_its_own_range(court: KeptCourt, when: date) -> None:
    for name in court.claims:
        for one in court.verdict(name, when).findings:
            if isinstance(one.value, float) and one.low is not None and one.high is not None:
                assert one.low - 1e-9 <= one.value <= one.high + 1e-9, one.id
