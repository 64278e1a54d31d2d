"""What would change a verdict, computed: the nearest thresholds, and the smallest new observation that moves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.model import Claim, Finding, Probe, Rating, Test, Verdict
from casefile.verdicts.engine import Court
from casefile.verdicts.rules import apply_test, rate
from casefile.words import number, places, value_text

STEPS = 60
"""Values tried between low and high for a probe that declares no step of its own."""

PLACE = "{value}"
"""Where a claim's sentence takes the value. Only these characters: a format string could reach into the program."""


@dataclass(frozen=True)
class Change:
    """One way in which the verdict would move: what is needed, and what the rating would become."""

    kind: str  # threshold | observation | none
    sentence: str
    rating: Rating | None
    value: float | str | None = None
    test: str | None = None
    probe: int | None = None  # the place of the probe among the claim's, for an observation
    steps: int | None = None  # how many of the probe's own steps the value lies from the newest of its kind
    condition: str = ""  # what is needed, without the rating it would bring; the subject alone where nothing suffices


def at_thresholds(verdict: Verdict) -> list[Change]:
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
            candidates = [edge for cut in result.test.cuts for edge in (cut, _past(cut, result.test.better))]
        for value in candidates:
            changed = list(verdict.results)
            changed[place] = apply_test(result.test, replace(finding, value=value))
            rating, _ = rate(changed)
            if rating is not verdict.rating:
                options.append((abs(float(value) - float(result.value or 0)), value, rating))
        if options:
            _, value, rating = min(options, key=lambda one: one[0])
            condition = f"{finding.label}: {_needed(result.test, finding.unit, value)} (now {_present(finding)})"
            sentence = f"{condition} would make it {rating.value}."
            found.append(Change("threshold", sentence, rating, value, result.test.id, condition=condition))
    return found


def by_observation(court: Court, claim: Claim, evidence: Evidence, verdict: Verdict) -> list[Change]:
    """For each declared probe: the one new row, nearest to the newest of its kind, that would move the rating."""
    found = []
    for place, probe in enumerate(claim.probes):
        template = _template(probe.table, probe.like, evidence)
        if template is None:
            continue
        ask = partial(_rated, court, claim, _with_beside(probe, evidence), probe, template)
        start = template[probe.column] if probe.start is None else probe.start
        value = _moving(probe, start, lambda one, ask=ask: ask(one) is not verdict.rating)  # type: ignore[misc]
        if value is None:
            subject = _subject(probe)
            found.append(
                Change(
                    "none", f"{subject} alone would not move the rating, whatever it showed.", None, condition=subject
                )
            )
        else:
            shown = value if isinstance(value, str) else number(value, _digits(probe))
            rating = ask(value)
            condition = probe.says.replace(PLACE, shown)
            sentence = f"{condition} would make it {rating.value}."
            steps = _steps(probe, start, value)
            bare = condition.rstrip(",")
            found.append(Change("observation", sentence, rating, value, probe=place, steps=steps, condition=bare))
    return found


def also_moved(court: Court, claim: Claim, change: Change, as_of: date) -> dict[str, Rating]:
    """The other claims whose rating the observation of `change` would move too, with what it would become.

    One new row is read by every claim that reads its table.
    """
    evidence = court.library.at(as_of)
    probe = claim.probes[change.probe or 0]
    template = _template(probe.table, probe.like, evidence)
    if change.kind != "observation" or template is None:
        return {}
    row = {**template, **probe.set, probe.column: change.value}
    extended = _with_beside(probe, evidence).with_row(probe.table, row)
    moved = {}
    for name, other in court.claims.items():
        if name != claim.id and probe.table in other.tables:
            rating = court.rating(other, extended)
            if rating is not court.verdict(name, as_of).rating:
                moved[name] = rating
    return moved


def _with_beside(probe: Probe, evidence: Evidence) -> Evidence:
    """The evidence with the other rows of the new report, as they were in the last one."""
    for other in probe.beside:
        like = {key: value for key, value in other.items() if key != "table"}
        table = other.get("table", probe.table)
        row = _template(table, like if "table" in other else {**probe.like, **like}, evidence)
        evidence = evidence if row is None else evidence.with_row(table, {**row, **probe.set})
    return evidence


def _steps(probe: Probe, present: Any, value: float | str) -> int:
    """Steps of the probe from the newest row of its kind to `value`, at least one: a row is a step by itself."""
    if isinstance(value, str) or not isinstance(present, (int, float)) or present != present:
        return 1
    grid = _grid(probe)
    return max(1, round(abs(value - present) / (grid[1] - grid[0])))


def _rated(
    court: Court, claim: Claim, evidence: Evidence, probe: Probe, template: dict[str, Any], value: float | str
) -> Rating:
    row = {**template, **probe.set, probe.column: value}
    return court.rating(claim, evidence.with_row(probe.table, row))


def _moving(probe: Probe, present: Any, moves: Callable[[Any], bool]) -> float | str | None:
    if probe.values:
        return next((one for one in probe.values if moves(one)), None)  # the same word again is a new row too
    return _nearest(_grid(probe), present, moves)


def would_change(court: Court, claim: Claim, evidence: Evidence, verdict: Verdict) -> list[Change]:
    """Observations first, then thresholds, then what would not suffice alone.

    Empty only when nothing in the rule can move the rating by itself.
    """
    found = [*by_observation(court, claim, evidence, verdict), *at_thresholds(verdict)]
    return sorted(found, key=lambda one: one.kind == "none")


def _needed(test: Test, unit: str, value: float | bool) -> str:
    """What the number would have to be, as its threshold says it: `at least 5 points`, `below 12%`, `no`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    cut = min(test.cuts, key=lambda one: abs(one - value))
    if test.better == "higher":
        return f"{'at least' if value >= cut else 'below'} {value_text(cut, unit)}"
    return f"{'at most' if value <= cut else 'above'} {value_text(cut, unit)}"


def _present(finding: Finding) -> str:
    """The value of now, with as many digits as its card shows."""
    if finding.low is None or finding.high is None or isinstance(finding.value, (bool, str)) or finding.value is None:
        return value_text(finding.value, finding.unit)
    return value_text(finding.value, finding.unit, places(finding.value, finding.low, finding.high))


_TURNS = re.compile(
    r",| (?:in|after|on) which\b| with\b| that (?:goes|counts|gives|falls)\b| (?:reported|coming|coded)\b"
    r"| of the kind\b| (?:of|at|is|as) [“$]?\{"
)
"""Where the sentence of a probe stops naming the observation and begins to say what it shows."""


def _subject(probe: Probe) -> str:
    """The observation that a probe invents, without what it shows: `One more Pew wave`."""
    return _TURNS.split(probe.says, maxsplit=1)[0].strip().rstrip(",")


def _past(cut: float, better: str) -> float:
    """A value just on the worse side of a cut."""
    step = max(abs(cut), 1.0) * 1e-9
    return cut - step if better == "higher" else cut + step


def _digits(probe: Probe) -> int:
    step = probe.step or 1
    return 0 if float(step).is_integer() else len(f"{step:g}".split(".")[1])


def _template(table: str, like: Mapping[str, str], evidence: Evidence) -> dict[str, Any] | None:
    rows = evidence.picked(table)
    places = rows.places
    for column, wanted in like.items():
        found = rows.sheet.index(column).items()
        alike = {at for value, where in found if _text(value) == wanted for at in where}
        places = [at for at in places if at in alike]
    if not places:
        return None
    # Of several rows known at once the last: it looks farthest ahead.
    known = rows.sheet.values("known_on")
    last = max(places, key=lambda at: (known[at], at))
    newest = {name: rows.sheet.values(name)[last] for name in rows.columns}
    for column in ("date", "known_on", "field_start", "field_end"):
        if column in newest:
            newest[column] = pd.Timestamp(evidence.moment)
    newest["row"] = f"{table}:invented"
    return newest


def _text(value: Any) -> str:
    return str(value.date()) if isinstance(value, pd.Timestamp) else str(value)


def _grid(probe: Probe) -> list[float]:
    """The values that one new observation may take, rising: each is printed as it is tried."""
    low, high = float(probe.low or 0), float(100 if probe.high is None else probe.high)
    step = probe.step or (high - low) / STEPS
    return [round(low + n * step, 6) for n in range(int((high - low) / step) + 1)]


def _nearest(grid: Sequence[float], present: Any, moves: Callable[[float], bool]) -> float | None:
    """The value nearest to `present` that moves the rating, on either side; None when none does.

    Steps outwards in doubling strides and then halves the last stride. That finds the nearest value when a rating
    that has moved stays moved farther out on that side, as it does for tests with rising or falling thresholds.
    """
    try:
        start = float(present)
    except (TypeError, ValueError):
        start = (grid[0] + grid[-1]) / 2
    here = min(range(len(grid)), key=lambda place: abs(grid[place] - start))
    hits = [hit for hit in (_outwards(grid, here, way, moves) for way in (-1, 1)) if hit is not None]
    return min(hits, key=lambda value: abs(value - start), default=None)


def _outwards(grid: Sequence[float], here: int, way: int, moves: Callable[[float], bool]) -> float | None:
    end = 0 if way < 0 else len(grid) - 1
    if way > 0 and moves(grid[here]):
        return grid[here]  # even the present value again would move it
    near, stride = here, 1
    while near != end:
        far = near + way * stride
        far = max(far, end) if way < 0 else min(far, end)
        if moves(grid[far]):
            while abs(far - near) > 1:
                middle = (far + near) // 2
                if moves(grid[middle]):
                    far = middle
                else:
                    near = middle
            return grid[far]
        near, stride = far, 2 * stride
    return None
