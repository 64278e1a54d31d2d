"""The rating rule: monotone in the measure, flips exactly at the threshold, blind to the order of tests."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.model import Finding, Rating, Test
from casefile.verdicts.rules import apply_test, rate

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)
CUTS = st.sampled_from([1, 2, 4]).flatmap(
    lambda count: st.lists(NUMBERS, min_size=count, max_size=count, unique=True).map(lambda one: tuple(sorted(one)))
)


def rule(cuts: tuple[float, ...] = (), better: str = "higher", weight: float = 1, required: bool = False) -> Test:
    return Test("t", "f", "?", better, cuts, "because", weight, required)


def value(number: float | bool | None) -> Finding:
    return Finding("c.f", "f", number, "", "", "")


def score(cuts: tuple[float, ...], number: float, better: str = "higher") -> int:
    found = apply_test(rule(cuts, better), value(number)).score
    assert found is not None
    return found


@given(CUTS, NUMBERS, NUMBERS)
def test_a_higher_value_never_scores_lower_when_higher_is_better(cuts: tuple[float, ...], a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert score(cuts, low) <= score(cuts, high)


@given(CUTS, NUMBERS, NUMBERS)
def test_a_higher_value_never_scores_higher_when_lower_is_better(cuts: tuple[float, ...], a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert score(cuts, low, "lower") >= score(cuts, high, "lower")


@given(CUTS)
def test_the_score_flips_exactly_at_each_threshold(cuts: tuple[float, ...]) -> None:
    import math

    for cut in cuts:
        assert score(cuts, cut) > score(cuts, math.nextafter(cut, -math.inf))


@pytest.mark.parametrize(
    ("better", "number", "expected"), [("true", True, 2), ("true", False, -2), ("false", True, -2), ("false", False, 2)]
)
def test_truth_values_score_at_the_ends(better: str, number: bool, expected: int) -> None:
    assert apply_test(rule(better=better), value(number)).score == expected


@given(st.lists(st.tuples(st.sampled_from([-2, -1, 0, 1, 2]), st.integers(1, 3)), min_size=2, max_size=6), st.randoms())
def test_the_order_of_tests_is_irrelevant(scored: list[tuple[int, int]], random: object) -> None:
    results = [replace(apply_test(rule((0.0,), weight=weight), value(1.0)), score=one) for one, weight in scored]
    turned = list(results)
    random.shuffle(turned)  # type: ignore[attr-defined]
    assert rate(results) == rate(turned)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([2, 1], Rating.SUPPORTED),
        ([1, 1], Rating.MOSTLY_SUPPORTED),
        ([0, 1], Rating.MOSTLY_SUPPORTED),
        ([0, 0], Rating.MIXED),
        ([-1, 0], Rating.MIXED),
        ([-1, -1], Rating.MOSTLY_UNSUPPORTED),
        ([-2, -1], Rating.MOSTLY_UNSUPPORTED),
        ([-2, -2], Rating.CONTRADICTED),
    ],
)
def test_bands_of_the_weighted_mean(scores: list[int], expected: Rating) -> None:
    results = [replace(apply_test(rule((0.0,)), value(1.0)), score=one) for one in scores]
    assert rate(results)[0] is expected


def test_weights_count() -> None:
    heavy = replace(apply_test(rule((0.0,), weight=3), value(1.0)), score=2)
    light = replace(apply_test(rule((0.0,), weight=1), value(1.0)), score=-2)
    assert rate([heavy, light])[1] == 1.0


def test_a_missing_required_finding_makes_the_claim_untestable() -> None:
    results = [apply_test(rule((0.0,), required=True), value(None)), apply_test(rule((0.0,)), value(1.0))]
    assert rate(results)[0] is Rating.UNTESTABLE


def test_less_than_half_of_the_weight_is_too_little() -> None:
    results = [apply_test(rule((0.0,), weight=3), None), apply_test(rule((0.0,), weight=2), value(1.0))]
    assert rate(results)[0] is Rating.UNTESTABLE


def test_half_of_the_weight_is_enough() -> None:
    results = [apply_test(rule((0.0,), weight=2), None), apply_test(rule((0.0,), weight=2), value(1.0))]
    assert rate(results)[0] is Rating.SUPPORTED


def test_a_decisive_test_that_fails_holds_the_score_down() -> None:
    failed = apply_test(replace(rule(better="true"), decisive=True), value(False))
    built_on_it = replace(apply_test(rule((0.0,), weight=9), value(1.0)), score=2)
    assert rate([failed, built_on_it]) == (Rating.MOSTLY_UNSUPPORTED, -1.0)


def test_a_decisive_test_that_holds_adds_no_more_than_its_weight() -> None:
    passed = apply_test(replace(rule(better="true"), decisive=True), value(True))
    built_on_it = replace(apply_test(rule((0.0,)), value(1.0)), score=-2)
    assert rate([passed, built_on_it]) == (Rating.MIXED, 0.0)
