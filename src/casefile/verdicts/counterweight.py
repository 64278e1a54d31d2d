"""What holds a rating back from what its headline says: one finding, chosen by one rule from the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casefile.model import Finding, Rating, TestResult, Verdict
from casefile.verdicts.rules import banded, rate

SUBSTANTIAL = 0.1
"""Least share of the weight of the applied tests that a test must carry to be named beside the headline."""

LEAD = "Against that: "
"""What stands between the headline's sentence and that of the finding against it."""


def counterweight(verdict: Verdict) -> Finding | None:
    """The tested finding that holds the rating back most from what the headline says; None without one.

    The headline stands for the mean score of its own tests (those of its finding, or of one with the same sentence),
    or, where no test uses it, for the side of the verdict's score. Each test of another finding is left out in turn:
    the one without which the score would move farthest to the headline's side is named, the first of equals. It must
    carry a tenth of the weight, and either stand on the other side of zero or be part of what keeps the rating short of
    the headline's own.
    """
    if verdict.headline is None or verdict.score is None or verdict.rating is Rating.UNTESTABLE:
        return None
    applied = [one for one in verdict.results if one.score is not None and one.test.weight > 0]
    own = [one for one in applied if _is_headline(verdict, one)]
    side = _mean(own) if own else (2.0 if verdict.score >= 0 else -2.0)
    sign = 1 if (side or -verdict.score) > 0 else -1
    short = bool(own) and banded(side) is not verdict.rating and (side - verdict.score) * sign > 0
    enough = SUBSTANTIAL * sum(one.test.weight for one in applied)
    best, chosen = 0.0, None
    for one in applied:
        finding, score = verdict.finding(one.test.finding), one.score or 0
        against = score * side < 0 or (short and (side - score) * sign > 0)
        if one in own or not against or finding is None or not finding.sentence or one.test.weight < enough:
            continue
        _, without = rate([other for other in verdict.results if other is not one])
        pull = 0.0 if without is None else round((without - verdict.score) * sign, 6)
        if pull > best:
            best, chosen = pull, finding
    return chosen


def counter_sentence(verdict: Verdict) -> str:
    """The sentence of the finding against the headline; empty without one."""
    found = counterweight(verdict)
    return "" if found is None else found.sentence


def because(record: Mapping[str, Any]) -> str:
    """The headline's sentence, and after it that of the finding that holds the rating back."""
    return f"{record['sentence']} {LEAD}{record['but']}" if record.get("but") else str(record["sentence"])


def _is_headline(verdict: Verdict, result: TestResult) -> bool:
    finding = verdict.finding(result.test.finding)
    return finding is not None and (finding == verdict.headline or finding.sentence == verdict.sentence)


def _mean(results: Sequence[TestResult]) -> float:
    return sum(one.test.weight * (one.score or 0) for one in results) / sum(one.test.weight for one in results)
