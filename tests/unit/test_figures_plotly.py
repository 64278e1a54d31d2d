"""Every chart is drawn as plain JSON; here Plotly's own objects check each of them, as no notebook does any more."""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go
import pytest
from figures_samples import KINDS

from casefile.evidence.library import Library
from casefile.figures.chart import NARROW, WIDE, Chart
from casefile.figures.finish import live
from casefile.figures.registry import charts_for
from casefile.figures.theme import plotly_template
from casefile.figures.verdict_charts import robustness
from casefile.model import Pillar
from casefile.verdicts.engine import Court


@pytest.fixture(scope="module")
def court() -> Court:
    return Court(Library())


def check(chart: Chart) -> None:
    """Plotly knows every property and its value, and would write what we write."""
    for drawn in (chart.drawn, live(chart, WIDE), live(chart, NARROW)):
        plain = json.loads(json.dumps(drawn, default=lambda one: one.item()))
        plain["layout"] = {name: value for name, value in plain["layout"].items() if value != []}
        assert json.loads(go.Figure(drawn).to_json()) == plain


@pytest.mark.parametrize("name", KINDS)
def test_plotly_accepts_every_kind_of_chart(name: str) -> None:
    check(KINDS[name]())


@pytest.mark.parametrize("pillar", [one.value for one in Pillar])
def test_plotly_accepts_every_chart_of_the_book(court: Court, pillar: str) -> None:
    evidence = court.library.at(court.library.newest)
    charts = []
    for claim in court.of(pillar):
        verdict = court.verdict(claim.id, evidence.moment)
        charts += [*charts_for(claim.id, verdict, evidence), robustness(verdict)]
    assert charts
    for chart in charts:
        check(chart)


@pytest.mark.parametrize("dark", [False, True])
def test_plotly_accepts_the_theme(dark: bool) -> None:
    assert go.layout.Template(plotly_template(dark)).to_plotly_json() == plotly_template(dark)


@pytest.mark.parametrize("change", [{"colour": "red"}, {"mode": "wavy"}])
def test_the_check_would_notice(change: dict[str, Any]) -> None:
    drawn = next(iter(KINDS.values()))().drawn
    with pytest.raises(ValueError, match="Invalid"):
        go.Figure({**drawn, "data": [{**drawn["data"][0], **change}]})
