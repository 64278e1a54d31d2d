"""Whether new samples of the same polls would give the same rating: sampling error carried through the rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import NormalDist

from casefile.model import Finding, TestResult
from casefile.verdicts.rules import banded, held, score_of

INTERVAL = 2 * NormalDist().inv_cdf(0.975)
"""Standard errors from the low to the high end of a 95% interval."""


def steadiness(results: Sequence[TestResult], findings: Mapping[str, Finding], claim: str) -> float | None:
    """How likely new samples of the same polls would give the same rating, 0 to 1; None when nothing is sampled.

    Each tested number with a sampling interval is drawn anew, normally about its value; all others stay. Numbers from
    the same rows move together; others count as independent, which they are not quite when they share single polls.
    Exact: every combination of levels is weighed, none simulated. A rating that sits on a threshold is near one half,
    however many analyses agree.
    """
    applied = [one for one in results if one.score is not None and one.test.weight > 0]
    fixed = 0.0
    together: dict[tuple[str, ...], list[TestResult]] = {}
    for one in applied:
        finding = findings[f"{claim}.{one.test.finding}"]
        if finding.sampling and _spread(finding) > 0:
            together.setdefault(finding.rows or (finding.id,), []).append(one)
        else:
            fixed += one.test.weight * (one.score or 0)
    if not together:
        sampled = any(findings[f"{claim}.{one.test.finding}"].sampling for one in applied)
        return 1.0 if sampled else None
    sums = {fixed: 1.0}
    for tests in together.values():
        added: dict[float, float] = {}
        for level, part in _levels(tests, findings, claim).items():
            for total, chance in sums.items():
                key = round(total + level, 6)
                added[key] = added.get(key, 0.0) + chance * part
        sums = added
    weight = sum(one.test.weight for one in applied)
    same = banded(held(sum(one.test.weight * (one.score or 0) for one in applied) / weight, applied))
    return round(sum(chance for total, chance in sums.items() if banded(held(total / weight, applied)) is same), 4)


def _spread(finding: Finding) -> float:
    """The standard error behind a 95% interval."""
    return (float(finding.high or 0) - float(finding.low or 0)) / INTERVAL


def _levels(tests: Sequence[TestResult], findings: Mapping[str, Finding], claim: str) -> dict[float, float]:
    """Weighted score → chance for tests on numbers that move together, by standard errors away from their values."""
    own = [findings[f"{claim}.{one.test.finding}"] for one in tests]
    pairs = list(zip(tests, own, strict=True))
    away = sorted({(cut - float(two.value or 0)) / _spread(two) for one, two in pairs for cut in one.test.cuts})
    inside = [away[0] - 1.0, *((a + b) / 2 for a, b in pairwise(away)), away[-1] + 1.0]
    below = [0.0, *(NormalDist().cdf(one) for one in away), 1.0]
    levels: dict[float, float] = {}
    for place, errors in enumerate(inside):
        moved = (float(two.value or 0) + errors * _spread(two) for two in own)
        scored = [(one.test, score_of(one.test, value)) for one, value in zip(tests, moved, strict=True)]
        level = sum(test.weight * (score or 0) for test, score in scored)
        levels[level] = levels.get(level, 0.0) + below[place + 1] - below[place]
    return levels
