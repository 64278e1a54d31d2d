"""From a drawn figure to a chart; and the live chart in the same places as the static drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from casefile.figures.chart import WIDE, About, Chart, last_date
from casefile.figures.drawing import shown
from casefile.figures.sketch import Drawn, Sketch, merged
from casefile.figures.svg_compose import Laid, lay_out
from casefile.figures.svg_marks import bar_slot
from casefile.figures.svg_parts import Label
from casefile.figures.svg_plan import Plan, Scene, least_height
from casefile.figures.svg_rows import event_lines
from casefile.figures.svg_subset import each, words
from casefile.figures.theme import SIZE, SMALL
from casefile.words import written


def charted(about: About, figure: Sketch) -> Chart:
    """The chart of a sketch. The figure carries its name in `layout.meta` and is laid out for the wide size."""
    figure.update_layout(meta={"id": about.id, "claim": about.claim})
    drawn = figure.settled()
    return Chart(
        id=about.id,
        claim=about.claim,
        title=written(about.title),
        alt=about.alt,
        caption=about.caption,
        drawn={**drawn, "layout": merged(drawn["layout"], fitted(drawn, WIDE))},
        data=about.data,
        units=dict(about.units),
        sources=tuple(dict.fromkeys(one for one in about.sources if one)),
        method=about.method,
        as_of=about.as_of.isoformat(),
        last_date=last_date(about.data),
    )


def fitted(figure: Drawn, width: int, laid: Laid | None = None) -> dict[str, Any]:
    """Layout that puts a live chart's plot and labels where the static drawing of this width has them."""
    plan, scene = laid or lay_out(figure, width, least_height(width))
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
    if plan.cell_text:
        layout["showlegend"] = False
    rows = [label for label in scene.labels if label.kind == "row"]
    if plan.in_rows and rows:
        texts = {" ".join(label.lines): "<br>".join(map(shown, label.lines)) for label in rows}
        layout["yaxis"]["ticktext"] = [
            texts.get(" ".join(words(one).split()), one) for one in figure["layout"]["yaxis"]["ticktext"]
        ]
    return layout


def _annotations(figure: Drawn, plan: Plan, scene: Scene) -> list[dict[str, Any]]:
    """The figure's annotations, wrapped and shifted like the labels of the drawing."""
    waiting = {kind: [one for one in scene.labels if one.kind == kind] for kind in ("direct", "flag", "title")}
    found = []
    for note in figure["layout"].get("annotations") or ():
        made = dict(note)
        name = note.get("name", "")
        kind = {"direct": "direct", "y-title": "title"}.get(name, "flag" if note.get("yref") == "paper" else "")
        text = " ".join(words(note["text"]).split())
        mine = next((one for one in waiting.get(kind, ()) if " ".join(one.lines) == text), None)
        if mine is not None:
            waiting[kind].remove(mine)
            made["text"] = "<br>".join(map(shown, mine.lines))
            if kind == "direct":
                middle = mine.y + mine.height / 2
                made["xshift"] = round(mine.x - plan.right, 1)
                there = plan.note_y(made)
                made["yshift"] = round((plan.bottom if there is None else there) - middle, 1)
            else:
                made["yshift"] = round(plan.top - mine.y - mine.height, 1)
                made["xanchor"] = "right" if mine.anchor == "end" else "left"
            if kind == "title":
                made["xshift"] = round(mine.x - plan.left, 1)
        elif name == "event":
            lines, after = event_lines(plan, note)
            made["text"] = "<br>".join(map(shown, lines))
            made["xanchor"], made["xshift"] = ("left", 9) if after else ("right", -9)
            made["align"] = made["xanchor"]
        elif name == "heading":
            made["xshift"] = round(2 - plan.left, 1)
        found.append(made)
    return found


def live(chart: Chart, width: int = WIDE, laid: Laid | None = None) -> dict[str, Any]:
    """The figure's JSON for a live chart of this width, in the box of the static drawing of the same width.

    `laid` is the chart laid out for that drawing.
    """
    layout = merged(chart.drawn["layout"], fitted(chart.drawn, width, laid))
    for name in ("shapes", "annotations"):
        layout[name] = [dict(one) for one in layout.get(name) or ()]
    found: Drawn = {"data": [dict(one) for one in chart.drawn["data"]], "layout": layout}
    plan, scene = lay_out(found, width, least_height(width), checked=True)
    if not plan.in_columns:
        places = [(plan.x.number(at), label) for at, label in plan.x_ticks]
        layout["xaxis"].update(_fixed(plan.x_axis, places))
    else:
        _columns(found, plan, [label for label in scene.labels if label.kind == "column"])
    if not plan.in_rows:
        layout["yaxis"].update(_fixed(plan.y_axis, [(at, Label("tick", lines, 0, 0)) for at, lines in plan.y_ticks]))
    else:
        in_pixels(found, plan)
        layout["yaxis"]["tickfont"] = {**layout["yaxis"]["tickfont"], "size": SMALL if plan.phone else SIZE}
    names = [label for label in scene.labels if label.kind == "row" and label.halo]
    if names:  # above their rows
        layout["yaxis"]["showticklabels"] = False
    for one in names:
        text = "<br>".join(map(shown, one.lines))
        layout["annotations"] = [*(layout.get("annotations") or ()), _at(plan, text, one.x, one.y, {"size": one.size})]
    if not any(label.kind == "direct" for label in scene.labels):  # the key names the lines instead
        layout["annotations"] = [one for one in layout.get("annotations") or () if one.get("name") != "direct"]
    for trace in found["data"]:
        if any("-open" in str(one) for one in each((trace.get("marker") or {}).get("symbol"), 1)):
            trace["marker"] = {**trace["marker"], "line": {"width": 1.8}}
    layout["showlegend"] = False
    layout["annotations"] = [*(layout.get("annotations") or ()), *_key(found, plan)]
    return found


def _columns(found: Drawn, plan: Plan, labels: Sequence[Label]) -> None:
    """Heads of columns where the drawing has them, turned like there; words in cells only where they fit."""
    layout = found["layout"]
    layout["xaxis"]["showticklabels"] = False
    for label in labels:
        note = _at(plan, "<br>".join(map(shown, label.lines)), label.x, label.y, {"size": label.size})
        if label.turned:
            note |= {"textangle": -90, "yanchor": "bottom"}
        elif label.anchor == "middle":
            note |= {"xanchor": "center", "align": "center"}
        layout["annotations"] = [*(layout.get("annotations") or ()), note]
    for place, trace in enumerate(found["data"]):
        if "text" in (trace.get("mode") or "") and place not in plan.cell_text:
            trace["mode"] = trace["mode"].replace("+text", "")


def in_pixels(found: dict[str, Any], plan: Plan) -> None:
    """Rows of the heights that the drawing gives them: the vertical axis counts pixels from the top of the plot."""

    def down(value: float) -> float:
        return round(float(plan.y(value)) - plan.top, 2)

    layout = found["layout"]
    bars = [trace for trace in found["data"] if trace.get("type") == "bar"]
    for trace in found["data"]:
        rows = [one for one in trace["y"] if one is not None]
        if trace in bars and rows:
            middle, thick = bar_slot(layout, bars.index(trace), len(bars))
            edges = [(down(row + middle - thick), down(row + middle + thick)) for row in rows]
            trace["width"] = [round(low - high, 2) for high, low in edges]
            trace["offset"] = [round((high - low) / 2, 2) for high, low in edges]
            trace["y"] = [round((high + low) / 2, 2) for high, low in edges]
        else:
            trace["y"] = [None if one is None else down(one) for one in trace["y"]]
    for shape in layout.get("shapes") or ():
        if shape.get("yref") == "y":
            shape["y0"], shape["y1"] = down(shape["y0"]), down(shape["y1"])
    for note in layout.get("annotations") or ():
        if note.get("yref") == "y":
            note["y"] = down(note["y"])
    axis = layout["yaxis"]
    axis["tickvals"] = [down(one) for one in axis["tickvals"]]
    axis["range"] = [round(plan.bottom - plan.top, 2), 0]


def _fixed(axis: Mapping[str, Any], places: Sequence[tuple[float, Label]]) -> dict[str, Any]:
    """The ticks of the drawing for a live axis."""
    values: list[Any] = [at for at, _ in places]
    if axis.get("type") == "date":
        values = [date.fromordinal(round(at)).isoformat() for at in values]
    elif axis.get("type") == "log":
        values = [10**at for at in values]
    return {"tickmode": "array", "tickvals": values, "ticktext": ["<br>".join(label.lines) for _, label in places]}


GLYPHS = {
    "circle": "●", "square": "■", "diamond": "◆", "triangle-up": "▲", "triangle-down": "▼", "x": "✖", "cross": "✚",
    "circle-open": "○", "square-open": "□", "diamond-open": "◇", "triangle-up-open": "△", "triangle-down-open": "▽",
}  # fmt: skip


def _key(found: dict[str, Any], plan: Plan) -> list[dict[str, Any]]:
    """The key of the drawing as annotations: Plotly's own legend takes more room than the drawing left for it."""
    made = []
    for entry in plan.key:
        trace = found["data"][entry.trace]
        style = trace.get("marker") or trace["line"]
        symbol = str(each(style.get("symbol", "square"), 1)[0]) if "marker" in trace else "line"
        font = {"size": 15, "color": each(style["color"], 1)[0]}
        mark = _at(plan, GLYPHS.get(symbol, "━"), entry.x, entry.y, font)
        text = "<br>".join(map(shown, entry.label.lines))
        name = _at(plan, text, entry.label.x, entry.label.y, {"size": SMALL})
        made += [{**mark, "xanchor": "center", "yanchor": "middle"}, name]
    return made


def _at(plan: Plan, text: str, x: float, y: float, font: dict[str, Any]) -> dict[str, Any]:
    """An annotation at a pixel of the drawing."""
    return {
        "text": text,
        "x": 0,
        "y": 1,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "top",
        "xshift": round(x - plan.left, 1),
        "yshift": round(plan.top - y, 1),
        "showarrow": False,
        "align": "left",
        "font": font,
    }
