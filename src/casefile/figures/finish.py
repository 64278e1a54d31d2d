"""From a drawn figure to a chart; and the live chart in the same places as the static drawing."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from casefile.figures.chart import WIDE, About, Chart, last_date
from casefile.figures.drawing import shown
from casefile.figures.svg_compose import Plan, Scene, lay_out
from casefile.figures.svg_subset import words

LEAST = {True: 320.0, False: 380.0}
"""The least height of a plot on a phone, and elsewhere."""


def charted(about: About, figure: go.Figure) -> Chart:
    """The chart of a drawn figure. The figure carries its name in `layout.meta` and is laid out for the wide size."""
    figure.update_layout(meta={"id": about.id, "claim": about.claim})
    figure.update_layout(fitted(figure, WIDE))
    return Chart(
        id=about.id,
        claim=about.claim,
        title=about.title,
        alt=about.alt,
        caption=about.caption,
        figure=figure,
        data=about.data,
        units=dict(about.units),
        sources=tuple(dict.fromkeys(one for one in about.sources if one)),
        method=about.method,
        as_of=about.as_of.isoformat(),
        last_date=last_date(about.data),
    )


def fitted(figure: go.Figure, width: int) -> dict[str, Any]:
    """Layout that puts a live chart's plot and labels where the static drawing of this width has them."""
    plan, scene = lay_out(figure, width, LEAST[width < 480])
    layout: dict[str, Any] = {
        "height": round(scene.height),
        "margin": {
            "l": round(plan.left),
            "r": round(plan.width - plan.right),
            "t": round(plan.top),
            "b": round(scene.height - plan.bottom),
            "pad": 0,
        },
        "legend": {"xref": "container", "yref": "container", "x": 0, "xanchor": "left", "y": 1, "yanchor": "top"},
        "xaxis": {"automargin": False},
        "yaxis": {"automargin": False},
        "annotations": _annotations(figure, plan, scene),
    }
    rows = [label for label in scene.labels if label.kind == "row"]
    if plan.in_rows and rows:
        texts = {" ".join(label.lines): "<br>".join(map(shown, label.lines)) for label in rows}
        layout["yaxis"]["ticktext"] = [
            texts.get(" ".join(words(one).split()), one) for one in figure.layout.yaxis.ticktext
        ]
    return layout


def _annotations(figure: go.Figure, plan: Plan, scene: Scene) -> list[dict[str, Any]]:
    """The figure's annotations, wrapped and shifted like the labels of the drawing."""
    waiting = {kind: [one for one in scene.labels if one.kind == kind] for kind in ("direct", "flag", "title")}
    found = []
    for note in figure.layout.annotations:
        made = note.to_plotly_json()
        kind = {"direct": "direct", "y-title": "title"}.get(note.name, "flag" if note.yref == "paper" else "")
        text = " ".join(words(note.text).split())
        mine = next((one for one in waiting.get(kind, ()) if " ".join(one.lines) == text), None)
        if mine is not None:
            waiting[kind].remove(mine)
            made["text"] = "<br>".join(map(shown, mine.lines))
            if kind == "direct":
                middle = mine.y + mine.height / 2
                made["xshift"] = round(mine.x - plan.right, 1)
                there = plan.y(note.y)
                made["yshift"] = round((plan.bottom if there is None else there) - middle, 1)
            else:
                made["yshift"] = round(plan.top - mine.y - mine.height, 1)
                made["xanchor"] = "right" if mine.anchor == "end" else "left"
            if kind == "title":
                made["xshift"] = round(mine.x - plan.left, 1)
        elif note.name == "heading":
            made["xshift"] = round(2 - plan.left, 1)
        found.append(made)
    return found


def live(chart: Chart, width: int = WIDE) -> dict[str, Any]:
    """The figure's JSON for a live chart of this width, in the box of the static drawing of the same width."""
    figure = go.Figure(chart.figure)
    figure.update_layout(fitted(figure, width))
    found: dict[str, Any] = figure.to_plotly_json()
    return found
