"""What would change a verdict, computed: the nearest thresholds, and the smallest new observation that moves it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.model import Claim, Probe, Rating, Verdict
from casefile.verdicts.engine import Court
from casefile.verdicts.rules import apply_test, rate
from casefile.words import number, value_text

STEPS_AT_MOST = 60


@dataclass(frozen=True)
class Change:
    """One way in which the verdict would move: what is needed, and what the rating would become."""

    kind: str  # threshold | observation | none
    sentence: str
    rating: Rating | None
    value: float | str | None = None
    test: str | None = None


def at_thresholds(claim: Claim, verdict: Verdict) -> list[Change]:
    """For each test alone: the value nearest to the present one at which the rating would be another."""
    found = []
    for place, result in enumerate(verdict.results):
        finding = verdict.finding(result.test.finding)
        if result.score is None or finding is None:
            continue
        options: list[tuple[float, float | bool, Rating]] = []
        candidates: list[float | bool]
        if result.test.better in ("true", "false"):
            candidates = [not result.value]
        else:
            candidates = [edge for cut in result.test.cuts for edge in (cut, _beside(cut, result.test.better))]
        for value in candidates:
            changed = list(verdict.results)
            changed[place] = apply_test(result.test, replace(finding, value=value))
            rating, _ = rate(changed)
            if rating is not verdict.rating:
                options.append((abs(float(value) - float(result.value or 0)), value, rating))
        if options:
            _, value, rating = min(options, key=lambda one: one[0])
            if isinstance(value, bool):
                text = f"{finding.label}: the opposite would make it {rating.value}."
            else:
                cut = min(result.test.cuts, key=lambda one: abs(one - value))
                reached = (value >= cut) if result.test.better == "higher" else (value <= cut)
                side = (
                    ("at or above" if reached else "below")
                    if result.test.better == "higher"
                    else ("at or below" if reached else "above")
                )
                text = (
                    f"{finding.label}: now {value_text(result.value, finding.unit)}; "
                    f"{side} {value_text(cut, finding.unit)} it would be {rating.value}."
                )
            found.append(Change("threshold", text, rating, value, result.test.id))
    return found


def by_observation(court: Court, claim: Claim, evidence: Evidence, verdict: Verdict) -> list[Change]:
    """For each declared probe: the one new row, nearest to the newest of its kind, that would move the rating."""
    found = []
    for probe in claim.probes:
        template = _template(probe, evidence)
        if template is None:
            continue
        tried = _candidates(probe, template[probe.column])
        for value in tried:
            row = {**template, **probe.set, probe.column: value}
            outcome = court.judge(claim, evidence.with_row(probe.table, row), robust=False)
            if outcome.rating is not verdict.rating:
                text = probe.says.format(value=value if isinstance(value, str) else number(value, _digits(probe)))
                found.append(
                    Change("observation", f"{text} would make it {outcome.rating.value}.", outcome.rating, value)
                )
                break
        else:
            found.append(Change("none", _no_single(probe), None))
    return found


def would_change(court: Court, claim: Claim, evidence: Evidence, verdict: Verdict) -> list[Change]:
    """Observations first, then thresholds. Empty only when nothing in the rule can move the rating by itself."""
    return [*by_observation(court, claim, evidence, verdict), *at_thresholds(claim, verdict)]


def _no_single(probe: Probe) -> str:
    subject = probe.says.split("{value}")[0].strip().rstrip(",")
    return f"No single observation of this kind would move the rating ({subject} …)."


def _beside(cut: float, better: str) -> float:
    """A value just on the worse side of a cut."""
    step = max(abs(cut), 1.0) * 1e-9
    return cut - step if better == "higher" else cut + step


def _digits(probe: Probe) -> int:
    step = probe.step or 1
    return 0 if float(step).is_integer() else len(f"{step:g}".split(".")[1])


def _template(probe: Probe, evidence: Evidence) -> dict[str, Any] | None:
    rows = evidence.table(probe.table)
    for column, value in probe.like.items():
        rows = rows[rows[column].astype("str") == value]
    if rows.empty:
        return None
    newest: dict[str, Any] = {str(k): v for k, v in rows.iloc[int(rows["known_on"].argmax())].items()}
    for column in ("date", "known_on", "field_start", "field_end"):
        if column in newest:
            newest[column] = pd.Timestamp(evidence.moment)
    newest["row"] = f"{probe.table}:invented"
    return newest


def _candidates(probe: Probe, present: Any) -> list[Any]:
    """Values to try, nearest to the present one first."""
    if probe.values:
        return [value for value in probe.values if value != present]
    low, high = float(probe.low or 0), float(probe.high or 100)
    step = probe.step or (high - low) / STEPS_AT_MOST
    step = max(step, (high - low) / STEPS_AT_MOST)
    count = int((high - low) / step)
    values = [round(low + n * step, 6) for n in range(count + 1)]
    try:
        start = float(present)
    except (TypeError, ValueError):
        start = (low + high) / 2
    return sorted(values, key=lambda value: abs(value - start))
