"""Which charts belong to which claim. Each pillar's module is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from casefile.evidence.library import Evidence
from casefile.figures.chart import Chart
from casefile.model import Pillar, Verdict

Draw = Callable[[Verdict, Evidence], Chart]


@cache
def charts_of(pillar: str) -> Mapping[str, tuple[Draw, ...]]:
    """Claim id → chart functions of one pillar; empty for a pillar that draws nothing."""
    name = f"casefile.figures.{pillar}"
    if find_spec(name) is None:
        return {}
    found: Mapping[str, tuple[Draw, ...]] = import_module(name).CHARTS
    return found


def charts_for(claim_id: str, verdict: Verdict, evidence: Evidence) -> tuple[Chart, ...]:
    """The charts of one claim at one vantage, in their order. Raises `ValueError` when two have the same id."""
    drawn = tuple(draw(verdict, evidence) for draw in charts_of(claim_id.partition("-")[0]).get(claim_id, ()))
    names = [one.id for one in drawn]
    if len(set(names)) < len(names):
        raise ValueError(f"Charts of {claim_id} share an id: {', '.join(sorted(names))}.")
    return drawn


def declared_charts() -> dict[str, tuple[str, ...]]:
    """Claim id → names of its chart functions, over all pillars: what a page must show, or the build fails."""
    return {
        claim: tuple(draw.__name__ for draw in draws)
        for pillar in Pillar
        for claim, draws in charts_of(pillar.value).items()
    }
