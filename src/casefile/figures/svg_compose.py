"""From a figure to a scene: margins and scales first, then everything at its pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from casefile.figures import svg_margins as margins
from casefile.figures.sketch import Drawn
from casefile.figures.svg_edges import rule_line
from casefile.figures.svg_margins import LINE
from casefile.figures.svg_marks import draw_trace
from casefile.figures.svg_parts import DASHES, Label, class_of, tag
from casefile.figures.svg_plan import Plan, Scene, with_places
from casefile.figures.svg_plot import plot_layout
from casefile.figures.svg_rows import event_lines, rows_layout
from casefile.figures.svg_subset import read, words
from casefile.figures.text import wrap
from casefile.figures.theme import SMALL

Laid = tuple[Plan, Scene]
"""What `lay_out` found: static and live charts of one width need the same, and it is half of the work."""


def lay_out(figure: Drawn, across: float, least: float, ids: str = "cf", *, checked: bool = False) -> Laid:
    """Margins, scales and labels of a figure `across` pixels wide and at least `least` high. Raises `DrawingError`."""
    traces, layout = read(figure, checked=checked)
    x_axis, y_axis = (with_places(layout.get(f"{name}axis") or {}, traces, name) for name in "xy")
    plan = Plan(across, ids, traces, layout, x_axis, y_axis)
    scene = Scene(across)
    if plan.in_rows:
        rows_layout(plan, scene, least)
    else:
        plot_layout(plan, scene, least)
    return plan, scene


def compose(plan: Plan, scene: Scene) -> Scene:
    """The whole drawing of a figure that was laid out: to its labels come those inside the plot. Once for a scene."""
    _under_traces(plan, scene)
    clip = _clip(plan, scene)
    for place in range(len(plan.traces)):
        draw_trace(plan, scene, place, clip)
    _over_traces(plan, scene)
    return scene


def _under_traces(plan: Plan, scene: Scene) -> None:
    for shape in sorted(plan.shapes(), key=lambda one: one.get("name") != "row"):  # nothing lies under a row's line
        if shape.get("layer") == "below":
            _shape(plan, scene, shape)


def _over_traces(plan: Plan, scene: Scene) -> None:
    for shape in plan.shapes():
        if shape.get("layer") != "below":
            _shape(plan, scene, shape)
    for note in plan.notes("event"):
        lines, after = event_lines(plan, note)
        y = plan.y(note["y"]) - len(lines) * LINE / 2
        x = plan.x(note["x"]) + (9 if after else -9)
        colour = class_of(note["font"]["color"])
        scene.labels.append(Label("event", lines, x, y, "start" if after else "end", classes=colour, halo=True))
    for note in plan.notes("note"):
        x, y = plan.note_x(note), plan.note_y(note)
        if x is None or y is None:
            continue
        anchor = {"left": "start", "right": "end"}.get(note.get("xanchor", ""), "middle")
        lines = wrap(words(note["text"]), SMALL, 0.5 * plan.width)
        colour = class_of(note["font"]["color"])
        raw = Label("note", lines, x + {"start": 4, "end": -4}.get(anchor, 0), y + 2, anchor, classes=colour, halo=True)
        if note.get("yanchor") == "bottom":
            raw = replace(raw, y=y - 2 - raw.height)
        elif note.get("yanchor") == "middle":
            raw = replace(raw, y=y - raw.height / 2)
        scene.labels.append(margins.settle(raw, scene.labels, plan.top, plan.bottom, plan.width))


def _shape(plan: Plan, scene: Scene, shape: Mapping[str, Any]) -> None:
    found = (
        plan.place_x(shape["x0"], shape.get("xref")),
        plan.place_y(shape["y0"], shape.get("yref")),
        plan.place_x(shape["x1"], shape.get("xref")),
        plan.place_y(shape["y1"], shape.get("yref")),
    )
    if any(one is None for one in found):
        return
    x0, y0, x1, y1 = (float(one) for one in found if one is not None)
    if max(x0, x1) < plan.left - 1 or min(x0, x1) > plan.right + 1:
        return
    if max(y0, y1) < plan.top - 1 or min(y0, y1) > plan.bottom + 1:
        return
    x0, x1 = (min(max(one, plan.left), plan.right) for one in (x0, x1))
    y0, y1 = (min(max(one, plan.top), plan.bottom) for one in (y0, y1))
    if shape["type"] == "rect":
        scene.parts.append(
            tag("rect", f"cf-fill {class_of(shape['fillcolor'])}", x=min(x0, x1), y=min(y0, y1),
                width=abs(x1 - x0), height=abs(y1 - y0), fill_opacity=f"{shape.get('opacity', 1):g}")
        )  # fmt: skip
        return
    line = shape.get("line") or {}
    dash = DASHES.get(line.get("dash") or "solid")
    classes = class_of(line["color"])
    scene.parts.append(rule_line(classes, x0, y0, x1, y1, stroke_width=line.get("width", 1), stroke_dasharray=dash))


def _clip(plan: Plan, scene: Scene) -> str | None:
    """A clip path when a trace leaves the plot, and its reference."""
    for trace in plan.traces:
        inside = all(plan.x.holds(one) for one in trace.get("x") or () if one is not None)
        if not inside or not all(plan.y.holds(one) for one in trace.get("y") or () if one is not None):
            x, y = plan.left - 1, plan.top - 1
            box = tag("rect", "", x=x, y=y, width=plan.right - x + 1, height=plan.bottom - y + 1)
            scene.parts.append(f'<clipPath id="{plan.ids}-clip">{box}</clipPath>')
            return f"url(#{plan.ids}-clip)"
    return None
