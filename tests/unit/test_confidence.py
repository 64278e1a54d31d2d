"""Confidence: evidence × agreement, and how sampling error limits it."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from casefile.evidence.claims import read_claims
from casefile.model import Finding, Test, TestResult
from casefile.paths import DATA
from casefile.verdicts.confidence import agreement, strength
from casefile.verdicts.rules import judge
from casefile.verdicts.steadiness import steadiness

RULE = Test("t", "f", "?", "higher", (0.0,), "because")


def sampled(value: float, half: float, name: str = "f", sampling: bool = True) -> Finding:
    return Finding(f"c.{name}", name, value, "", "", "", low=value - half, high=value + half, sampling=sampling)


def steady(value: float, half: float, sampling: bool = True, cuts: tuple[float, ...] = (0.0,)) -> float | None:
    findings = {"c.f": sampled(value, half, sampling=sampling)}
    return steadiness(judge([replace(RULE, cuts=cuts)], findings, "c"), findings, "c")


def test_a_number_on_its_threshold_is_as_likely_to_fall_on_either_side() -> None:
    assert steady(0.0, 5.0) == 0.5


def test_a_number_at_the_end_of_its_interval_from_the_threshold_is_steady_but_for_one_tail() -> None:
    assert steady(5.0, 5.0) == 0.975


def test_a_wider_interval_is_never_steadier() -> None:
    found = [steady(3.0, half, cuts=(-5.0, 0.0, 2.0, 9.0)) for half in (0.5, 1, 2, 4, 8, 16, 32)]
    assert found == sorted(found, reverse=True)


def test_a_range_of_several_numbers_is_no_sampling_error() -> None:
    assert steady(0.0, 5.0, sampling=False) is None


def test_a_certain_number_is_steady() -> None:
    assert steady(3.0, 0.0) == 1.0


def test_two_tests_on_one_number_move_together() -> None:
    findings = {"c.f": sampled(0.0, 5.0)}
    tests = [RULE, replace(RULE, id="u", cuts=(0.0,))]
    assert steadiness(judge(tests, findings, "c"), findings, "c") == 0.5


def test_two_numbers_from_the_same_rows_move_together() -> None:
    rows = ("polls:a", "polls:b")
    findings = {"c.f": replace(sampled(0.0, 5.0), rows=rows), "c.g": replace(sampled(3.0, 5.0, "g"), rows=rows)}
    tests = [RULE, replace(RULE, id="u", finding="g", cuts=(3.0,))]
    assert steadiness(judge(tests, findings, "c"), findings, "c") == 0.5


def test_two_numbers_count_as_independent() -> None:
    findings = {"c.f": sampled(0.0, 5.0), "c.g": sampled(0.0, 5.0, "g")}
    tests = [RULE, replace(RULE, id="u", finding="g")]
    assert steadiness(judge(tests, findings, "c"), findings, "c") == 0.25


def test_chances_agree_with_drawing_the_numbers() -> None:
    findings = {"c.f": sampled(1.0, 4.0), "c.g": sampled(-0.5, 3.0, "g"), "c.h": sampled(6.0, 0.5, "h", sampling=False)}
    tests = [
        replace(RULE, cuts=(-2.0, 0.0, 2.0, 5.0)),
        replace(RULE, id="u", finding="g", better="lower", cuts=(-1.0, 1.0), weight=2),
        replace(RULE, id="v", finding="h", cuts=(5.0,)),
    ]
    exact = steadiness(judge(tests, findings, "c"), findings, "c")
    from casefile.verdicts.rules import rate

    same, _ = rate(judge(tests, findings, "c"))
    draw = random.Random(7)
    hits = 0
    for _ in range(20_000):
        anew = dict(findings)
        for name in ("c.f", "c.g"):
            one = findings[name]
            anew[name] = replace(
                one, value=draw.gauss(float(one.value or 0), ((one.high or 0) - (one.low or 0)) / 3.92)
            )
        hits += rate(judge(tests, anew, "c"))[0] is same
    assert exact == pytest.approx(hits / 20_000, abs=0.015)


@pytest.mark.parametrize(
    ("robust", "steadily", "expected"),
    [(1.0, None, "high"), (1.0, 0.5, "low"), (0.5, 1.0, "low"), (0.9, 0.7, "medium"), (0.85, 0.85, "high")],
)
def test_the_lower_of_robustness_and_steadiness_counts(robust: float, steadily: float | None, expected: str) -> None:
    result = TestResult(RULE, 1.0, 2)
    assert agreement(robust, [result], 2.0, steadily) == expected


def test_a_primary_source_beside_the_point_earns_nothing() -> None:
    claim = replace(
        read_claims(DATA)["opinion-information"],
        tests=(replace(RULE, weight=3), replace(RULE, id="u", finding="g", weight=2)),
    )
    main = Finding(f"{claim.id}.f", "", 1.0, "", "", "", rows=("a",), sources=("press",), origins=("one",))
    aside = Finding(f"{claim.id}.g", "", 1.0, "", "", "", rows=("b",), sources=("record",), origins=("two",))
    kinds = {"press": "secondary", "record": "primary"}
    assert strength(claim, [main, aside], kinds).points == 2  # two producers, and directness
    swapped = [replace(main, sources=("record",)), replace(aside, sources=("press",))]
    assert strength(claim, swapped, kinds).points == 3
