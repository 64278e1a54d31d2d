"""How sure a rating is: strength of the evidence × agreement of the analyses, read off a stated table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from casefile.model import Claim, Confidence, Finding, Strength, TestResult, ordered

TABLE: Mapping[tuple[str, str], Confidence] = {
    ("strong", "high"): Confidence.VERY_HIGH,
    ("strong", "medium"): Confidence.HIGH,
    ("strong", "low"): Confidence.MEDIUM,
    ("moderate", "high"): Confidence.HIGH,
    ("moderate", "medium"): Confidence.MEDIUM,
    ("moderate", "low"): Confidence.LOW,
    ("limited", "high"): Confidence.MEDIUM,
    ("limited", "medium"): Confidence.LOW,
    ("limited", "low"): Confidence.VERY_LOW,
}
"""Strength (rows) × agreement (columns) → confidence."""

AGREEMENT = ((0.85, "high"), (0.60, "medium"), (0.0, "low"))
"""Share of the declared analyses with the same rating: one dissent in seven is still high, two in five is low."""

STRONG, MODERATE = 4, 2
"""Points out of five for strong and for moderate evidence. A proxy is moderate at best, however much of it there is."""


def strength(claim: Claim, findings: Sequence[Finding], kinds: Mapping[str, str]) -> Strength:
    """Up to five points: independent producers (2), a primary source or dataset (1), directness (1), size (1).

    `findings` are those that the claim's tests rest on; `kinds` maps source id → primary, secondary or dataset. Two
    reports of one poll have one producer and count once.
    """
    origins = ordered(one for finding in findings for one in finding.origins)
    sources = ordered(one for finding in findings for one in finding.sources)
    count = Counter(kinds.get(one, "secondary") for one in sources)
    reasons = []
    points = 2 if len(origins) >= 3 else 1 if len(origins) == 2 else 0
    reasons.append(f"{len(origins)} independent producer{'' if len(origins) == 1 else 's'}: {points} of 2")
    at_source = bool(count["primary"] or count["dataset"])
    points += at_source
    reasons.append(f"{'has' if at_source else 'no'} primary source or dataset: {int(at_source)} of 1")
    direct = claim.directness == "direct"
    points += direct
    reasons.append(
        f"{'measures what the claim says' if direct else 'a proxy for what the claim says'}: {int(direct)} of 1"
    )
    rows = len(ordered(row for finding in findings for row in finding.rows))
    sizeable = rows >= 10 or max((finding.sample or 0 for finding in findings), default=0) >= 1000
    points += sizeable
    large = " or a sample of 1,000 and more" if sizeable and rows < 10 else ""
    reasons.append(f"{rows} observation{'' if rows == 1 else 's'}{large}: {int(sizeable)} of 1")
    label = "strong" if points >= STRONG and direct else "moderate" if points >= MODERATE else "limited"
    return Strength(points, label, len(origins), dict(sorted(count.items())), tuple(reasons))


def agreement(robustness: float | None, results: Sequence[TestResult], score: float | None) -> str:
    """High, medium or low: from robustness; without alternatives, the share of test weight on the verdict's side."""
    share = robustness
    if share is None:
        applied = [one for one in results if one.score is not None]
        weight = sum(one.test.weight for one in applied)
        side = sum(one.test.weight for one in applied if (one.score or 0) * (score or 0) > 0)
        share = side / weight if weight else 0.0
    return next(label for least, label in AGREEMENT if share >= least)


def confidence(strength_label: str, agreement_label: str) -> Confidence:
    """The cell of `TABLE`."""
    return TABLE[strength_label, agreement_label]
