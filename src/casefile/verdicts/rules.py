"""The rule that turns findings into a rating. One rule for all claims; thresholds stand in `data/claims.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from casefile.model import Finding, Rating, Test, TestResult

BANDS: tuple[tuple[float, Rating], ...] = (
    (1.5, Rating.SUPPORTED),
    (0.5, Rating.MOSTLY_SUPPORTED),
    (-0.5, Rating.MIXED),
    (-1.5, Rating.MOSTLY_UNSUPPORTED),
    (-2.0, Rating.CONTRADICTED),
)
"""Lowest mean score for each rating. Scores run from −2 to +2 in whole steps, so each band is one step wide around its
own score, and the two outer ratings need most of the weight at the extreme. A score on a border gets the better rating,
on every border alike, so that the scale has no hole."""

ENOUGH_WEIGHT = 0.5
"""Below half of the weight of a claim's tests, too little of the claim was tested to rate it."""

FAILED = -1.0
"""Highest score of a claim one of whose decisive tests failed outright: mostly unsupported at best."""

_LEVELS = {1: (-2, 2), 2: (-2, 0, 2), 4: (-2, -1, 0, 1, 2)}


def apply_test(test: Test, finding: Finding | None) -> TestResult:
    """Score one finding from −2 (speaks against the claim) to +2 (speaks for it); None when it has no value."""
    value = None if finding is None else finding.value
    if value is None:
        return TestResult(test, None, None)
    if test.better in ("true", "false"):
        return TestResult(test, bool(value), 2 if bool(value) == (test.better == "true") else -2)
    if isinstance(value, (str, bool)):
        raise TypeError(f"{test.id}: a {test.better}-is-better test needs a number, not {value!r}")
    levels = _LEVELS[len(test.cuts)]
    if test.better == "higher":
        score = levels[sum(value >= cut for cut in test.cuts)]
    else:
        score = levels[sum(value <= cut for cut in test.cuts)]
    return TestResult(test, value, score, min(test.cuts, key=lambda cut: abs(cut - value)))


def rate(results: Sequence[TestResult]) -> tuple[Rating, float | None]:
    """The rating and the weighted mean score of the tests that could be applied.

    Untestable when a required test has no value, or when less than half of the weight could be applied. A decisive test
    that failed outright holds the score at `FAILED` or below.
    """
    whole = sum(result.test.weight for result in results)
    applied = [result for result in results if result.score is not None and result.test.weight > 0]
    weight = sum(result.test.weight for result in applied)
    if any(result.test.required and result.score is None for result in results):
        return Rating.UNTESTABLE, None
    if not applied or weight < ENOUGH_WEIGHT * whole:
        return Rating.UNTESTABLE, None
    score = held(round(sum(result.test.weight * (result.score or 0) for result in applied) / weight, 6), applied)
    return banded(score), score


def held(score: float, results: Sequence[TestResult]) -> float:
    """The score, held down where a decisive test failed outright."""
    failed = any(result.test.decisive and result.score == -2 for result in results)
    return min(score, FAILED) if failed else score


def banded(score: float) -> Rating:
    """The rating of a weighted mean score from −2 to +2."""
    rounded = round(score, 6)
    return next(rating for lowest, rating in BANDS if rounded >= lowest)


def judge(tests: Sequence[Test], findings: Mapping[str, Finding], claim: str) -> tuple[TestResult, ...]:
    """All tests of one claim applied to its findings (by full id `claim.name`)."""
    return tuple(apply_test(test, findings.get(f"{claim}.{test.finding}")) for test in tests)
