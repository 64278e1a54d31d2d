"""How sure a rating is: strength of the evidence × agreement of analyses and samples, read off a stated table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

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
"""Share with the same rating: one dissent in seven is still high, two in five is low. The same steps for the declared
analyses and for new samples; the lower of the two counts."""

FIRSTHAND = ("primary", "dataset")
"""Kinds of sources that are not another's report."""

STRONG, MODERATE = 4, 2
"""Points out of five for strong and for moderate evidence. A proxy is moderate at best, however much of it there is."""

PROXY_AT_MOST = Confidence.MEDIUM
"""Many analyses of a proxy may agree on the proxy; none of them closes the gap between it and what the claim says."""


def strength(
    claim: Claim, findings: Sequence[Finding], kinds: Mapping[str, str], records: Collection[str] = ()
) -> Strength:
    """Up to five points: independent producers (2), primary sources or datasets (1), directness (1), size (1).

    `findings` are those that the claim's tests rest on; `kinds` maps source id → primary, secondary or dataset. Two
    reports of one poll have one producer and count once, as do two names of one house. The point for primary sources
    needs them behind half of the weight of these tests: one beside the point does not make the evidence firsthand.
    `records` are the tables that are the official record of what they hold (how a house voted): behind half of the
    weight they earn both points for producers, since a second producer could only copy them.
    """
    origins = ordered(one for finding in findings for one in finding.origins)
    sources = ordered(one for finding in findings for one in finding.sources)
    count = Counter(kinds.get(one, "secondary") for one in sources)
    reasons = []
    weights = {one.id: _weight_on(claim, one) for one in findings}
    on_record = {one.id for one in findings if any(row.partition(":")[0] in records for row in one.rows)}
    points = 2 if len(origins) >= 3 else 1 if len(origins) == 2 else 0
    many = f"{len(origins)} independent producer{'' if len(origins) == 1 else 's'}"
    if points < 2 and on_record and sum(weights[one] for one in on_record) >= sum(weights.values()) / 2:
        points, many = 2, "the official record of the event itself"
    reasons.append(f"{many}: {points} of 2")
    firsthand = {one.id for one in findings if any(kinds.get(source) in FIRSTHAND for source in one.sources)}
    whole = sum(weights.values())
    share = sum(weights[one] for one in firsthand) / whole if whole else 0.0
    at_source = share >= 0.5
    points += at_source
    reasons.append(f"primary sources or datasets behind {100 * share:.0f}% of the test weight: {int(at_source)} of 1")
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


def _weight_on(claim: Claim, finding: Finding) -> float:
    return sum(test.weight for test in claim.tests if f"{claim.id}.{test.finding}" == finding.id)


def agreement(
    robustness: float | None, results: Sequence[TestResult], score: float | None, steady: float | None = None
) -> str:
    """High, medium or low: from robustness or steadiness, whichever is lower.

    Without alternatives the share of test weight on the verdict's side stands for robustness.
    """
    share = robustness
    if share is None:
        applied = [one for one in results if one.score is not None]
        weight = sum(one.test.weight for one in applied)
        side = sum(one.test.weight for one in applied if (one.score or 0) * (score or 0) > 0)
        share = side / weight if weight else 0.0
    share = share if steady is None else min(share, steady)
    return next(label for least, label in AGREEMENT if share >= least)


def cell_text(strength_label: str, points: int, agreement_label: str, sure: str) -> str:
    """The cell of the table in words, with what kept the confidence from being the cell's own."""
    cell = f"Evidence {strength_label} ({points} of 5) × agreement {agreement_label} = "
    whole = TABLE[strength_label, agreement_label].value
    if sure == whole:
        return f"{cell}confidence {sure}."
    why = "a proxy gives no more" if sure == PROXY_AT_MOST.value else "nothing could be rated"
    return f"{cell}{whole}; confidence {sure}, because {why}."


def confidence(strength_label: str, agreement_label: str, directness: str = "direct") -> Confidence:
    """The cell of `TABLE`; a proxy never gives more than `PROXY_AT_MOST`."""
    found = TABLE[strength_label, agreement_label]
    return found if directness == "direct" or found not in (Confidence.HIGH, Confidence.VERY_HIGH) else PROXY_AT_MOST
