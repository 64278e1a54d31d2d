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
    score = score_of(test, value)
    if value is None:
        return TestResult(test, None, None)
    if test.better in ("true", "false"):
        return TestResult(test, bool(value), score)
    number = float(value)
    return TestResult(test, value, score, min(test.cuts, key=lambda cut: abs(cut - number)))


def score_of(test: Test, value: float | bool | str | None) -> int | None:
    """The level that a value reaches: −2 to +2, None without a value."""
    if value is None:
        return None
    if test.better in ("true", "false"):
        return 2 if bool(value) == (test.better == "true") else -2
    if isinstance(value, (str, bool)):
        raise TypeError(f"{test.id}: a {test.better}-is-better test needs a number, not {value!r}")
    higher = test.better == "higher"
    reached = 0
    for cut in test.cuts:
        reached += value >= cut if higher else value <= cut
    return _LEVELS[len(test.cuts)][reached]


def rate(results: Sequence[TestResult]) -> tuple[Rating, float | None]:
    """The rating and the weighted mean score of the tests that could be applied.

    Untestable when a required test has no value, or when less than half of the weight could be applied. A decisive test
    that failed outright holds the score at `FAILED` or below.
    """
    return rate_scores([result.test for result in results], [result.score for result in results])


def rate_scores(tests: Sequence[Test], scores: Sequence[int | None]) -> tuple[Rating, float | None]:
    """The same from the tests and the score of each."""
    whole = weight = total = 0.0
    failed = False
    for test, score in zip(tests, scores, strict=True):
        whole += test.weight
        if score is None:
            if test.required:
                return Rating.UNTESTABLE, None
        elif test.weight > 0:
            weight += test.weight
            total += test.weight * score
            failed = failed or (test.decisive and score == -2)
    if not weight or weight < ENOUGH_WEIGHT * whole:
        return Rating.UNTESTABLE, None
    mean = round(total / weight, 6)
    held_down = min(mean, FAILED) if failed else mean
    return banded(held_down), held_down


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
