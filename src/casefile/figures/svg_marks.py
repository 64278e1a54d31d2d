"""Traces as SVG: lines, bands, points, whiskers, bars, words in cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from casefile.figures.svg_parts import DASHES, Label, class_of, line_path, mark, tag
from casefile.figures.svg_subset import each, words
from casefile.figures.text import LEADING, width
from casefile.figures.theme import SMALL

if TYPE_CHECKING:
    from casefile.figures.svg_plan import Plan, Scene


def draw_trace(plan: Plan, scene: Scene, place: int, clip: str | None) -> None:
    """One trace of the figure, appended to the scene."""
    trace = plan.traces[place]
    if trace.get("type") == "bar":
        _bars(plan, scene, place, clip)
    elif trace.get("fill") == "toself":
        _area(plan, scene, trace, clip)
    else:
        _scatter(plan, scene, place, clip)


def _points(plan: Plan, trace: Mapping[str, Any]) -> list[tuple[float, float] | None]:
    found: list[tuple[float, float] | None] = []
    for x, y in zip(trace["x"], trace["y"], strict=True):
        across, down = plan.x(x), plan.y(y)
        found.append(None if across is None or down is None else (across, down))
    return found


def _area(plan: Plan, scene: Scene, trace: Mapping[str, Any], clip: str | None) -> None:
    path = line_path(_points(plan, trace))
    pieces = [f"M{one}Z" for one in path.split("M") if one]
    classes = f"cf-fill {class_of(trace['fillcolor'])}"
    opacity = f"{trace.get('opacity', 1):g}"
    scene.parts.append(tag("path", classes, d="".join(pieces), fill_opacity=opacity, clip_path=clip))


def _scatter(plan: Plan, scene: Scene, place: int, clip: str | None) -> None:
    trace = plan.traces[place]
    mode = trace.get("mode") or "lines"
    points = _points(plan, trace)
    line = trace.get("line") or {}
    if "lines" in mode and line.get("width", 2):
        classes = f"cf-line {class_of(line['color'])}"
        path = line_path(points, step=line.get("shape") == "hv")
        thickness = float(line.get("width", 2))
        if path:
            dash = DASHES.get(line.get("dash") or "")
            scene.parts.append(
                tag("path", classes, d=path, stroke_width=thickness, stroke_dasharray=dash, stroke_linejoin="round",
                    clip_path=clip)
            )  # fmt: skip
    for name in ("error_x", "error_y"):
        if trace.get(name):
            _whiskers(plan, scene, trace, name, clip)
    if "markers" in mode:
        _markers(plan, scene, place, points)
    elif "text" in mode:
        _free_text(plan, scene, trace, points)


def _markers(plan: Plan, scene: Scene, place: int, points: list[tuple[float, float] | None]) -> None:
    trace = plan.traces[place]
    style = trace["marker"]
    count = len(points)
    colours, sizes, symbols = (
        each(style.get(name, default), count) for name, default in (("color", ""), ("size", 6), ("symbol", "circle"))
    )
    blocks = plan.cell_text.get(place)
    for number, point in enumerate(points):
        if point is None or not _inside(plan, *point):
            continue
        x, y = point
        if blocks:
            tall = len(blocks[number]) * SMALL * LEADING
            y -= tall / 2 + 1
            scene.labels.append(Label("cell", blocks[number], x, y + 7, anchor="middle"))
        scene.parts.append(mark(symbols[number], x, y, float(sizes[number]), class_of(colours[number])))
    if "text" in (trace.get("mode") or "") and not plan.in_columns:
        _free_text(plan, scene, trace, points)


def _free_text(plan: Plan, scene: Scene, trace: Mapping[str, Any], points: list[tuple[float, float] | None]) -> None:
    """Words at points, moved up or down where they would cover others."""
    from casefile.figures.svg_margins import settle

    texts = each(trace.get("text"), len(points))
    colour = class_of((trace.get("textfont") or {}).get("color") or "#20242a")
    sides = each(trace.get("textposition") or "middle center", len(points))
    for point, text, side in zip(points, texts, sides, strict=True):
        down, _, across = side.partition(" ")
        anchor = {"left": "end", "right": "start"}.get(across, "middle")
        if point is None or not _inside(plan, *point) or not words(text):
            continue
        x = point[0] + {"start": 6, "end": -6}.get(anchor, 0)
        tall = SMALL * LEADING
        y = point[1] + {"top": -6 - tall, "bottom": 6}.get(down, -tall / 2)
        raw = Label("text", (words(text),), x, y, anchor, classes=colour, halo=True)
        scene.labels.append(settle(raw, scene.labels, plan.top, plan.bottom, plan.width))


def _inside(plan: Plan, x: float, y: float) -> bool:
    return plan.left - 1 <= x <= plan.right + 1 and plan.top - 1 <= y <= plan.bottom + 1


def _whiskers(plan: Plan, scene: Scene, trace: Mapping[str, Any], name: str, clip: str | None) -> None:
    error = trace[name]
    along = error["color"], float(error.get("thickness", 1.5))
    path = ""
    for number, (x, y) in enumerate(zip(trace["x"], trace["y"], strict=True)):
        if x is None or y is None:
            continue
        up, down = float(error["array"][number]), float((error.get("arrayminus") or error["array"])[number])
        if up == 0 and down == 0:
            continue
        if name == "error_x":
            ends = (plan.x(x - down), plan.y(y), plan.x(x + up), plan.y(y))
        else:
            ends = (plan.x(x), plan.y(y - down), plan.x(x), plan.y(y + up))
        ends = (plan.left if name == "error_x" and ends[0] is None else ends[0], *ends[1:])
        if all(one is not None for one in ends):
            path += "M{:.1f} {:.1f}L{:.1f} {:.1f}".format(*ends)
    if path and trace.get("type") == "bar":  # a light edge, so that the whisker is seen on its bar too
        edge = along[1] + 2
        scene.parts.append(tag("path", "cf-line cf-surface", d=path, stroke_width=edge, clip_path=clip))
    if path:
        scene.parts.append(tag("path", f"cf-line {class_of(along[0])}", d=path, stroke_width=along[1], clip_path=clip))


def _bars(plan: Plan, scene: Scene, place: int, clip: str | None) -> None:
    trace = plan.traces[place]
    bars = [number for number, one in enumerate(plan.traces) if one.get("type") == "bar"]
    mine = bars.index(place)
    grouped = plan.layout.get("barmode", "group") == "group"
    shift, thick = bar_slot(plan.layout, mine, len(bars))
    style = trace["marker"]
    colours = each(style["color"], len(trace["x"]))
    texts = each(trace.get("text") or "", len(trace["x"]))
    edge = style.get("line") or {}
    for number, (value, row) in enumerate(zip(trace["x"], trace["y"], strict=True)):
        if value is None or row is None:
            continue
        start = 0.0 if grouped else _stack(plan, bars[:mine], row, value)
        x0, x1 = plan.x(start), plan.x(start + value)
        x0, x1 = (min(max(plan.left if one is None else one, plan.left), plan.right) for one in (x0, x1))
        y0, y1 = plan.y(row + shift - thick), plan.y(row + shift + thick)
        width_of_edge = float(edge.get("width") or 0)
        inset = min(width_of_edge / 2, abs(x1 - x0) / 2)
        scene.parts.append(
            tag("rect", f"cf-fill {class_of(colours[number])}", x=min(x0, x1) + inset, y=y0,
                width=max(abs(x1 - x0) - 2 * inset, 0), height=y1 - y0, clip_path=clip)
        )  # fmt: skip
        text = words(texts[number])
        if text:
            _bar_text(scene, trace, number, text, (x0, x1, (y0 + y1) / 2))
    if trace.get("error_x"):
        shifted = {**trace, "y": [None if row is None else row + shift for row in trace["y"]]}
        _whiskers(plan, scene, shifted, "error_x", clip)


def bar_slot(layout: Mapping[str, Any], place: int, count: int) -> tuple[float, float]:
    """Where a bar lies in its row, as Plotly puts it: its middle below the row's, and half its thickness, in rows."""
    gap, inner = float(layout.get("bargap", 0.2)), float(layout.get("bargroupgap") or 0)
    if layout.get("barmode", "group") != "group":
        place, count = 0, 1
    slot = (1 - gap) / count
    return -0.5 + gap / 2 + slot * (place + 0.5), slot * (1 - inner) / 2


def _stack(plan: Plan, before: list[int], row: float, value: float) -> float:
    """Where a part begins: after the parts of its own sign."""
    start = 0.0
    for number in before:
        other = plan.traces[number]
        for one, place in zip(other["x"], other["y"], strict=True):
            if place == row and one is not None and (one < 0) == (value < 0):
                start += one
    return start


def _bar_text(scene: Scene, trace: Mapping[str, Any], number: int, text: str, bar: tuple[float, float, float]) -> None:
    x0, x1, middle = bar
    top = middle - SMALL * LEADING / 2
    if trace.get("textposition") == "inside":
        if width(text, SMALL) + 6 <= abs(x1 - x0):
            colour = class_of((trace.get("textfont") or {}).get("color") or "#ffffff")
            scene.labels.append(Label("value", (text,), (x0 + x1) / 2, top, anchor="middle", classes=colour))
        return
    back = trace["x"][number] < 0
    label = Label("value", (text,), x1 + (-5 if back else 5), top, anchor="end" if back else "start")
    scene.labels.append(label)


def swatch(trace: Mapping[str, Any], x: float, y: float) -> str:
    """What stands before a name in the key: a bit of the line, the point, or the bar's colour."""
    if trace.get("type") == "bar":
        colour = each(trace["marker"]["color"], 1)[0]
        return tag("rect", f"cf-fill {class_of(colour)}", x=x - 7, y=y - 5, width=14, height=10)
    mode = trace.get("mode") or "lines"
    drawn = ""
    if "lines" in mode:
        line = trace["line"]
        dash = DASHES.get(line.get("dash") or "")
        drawn += tag("line", f"cf-line {class_of(line['color'])}", x1=x - 9, y1=y, x2=x + 9, y2=y,
                     stroke_width=float(line.get("width", 2)), stroke_dasharray=dash)  # fmt: skip
    if "markers" in mode:
        style = trace["marker"]
        colour, symbol = each(style["color"], 1)[0], each(style.get("symbol", "circle"), 1)[0]
        drawn += mark(symbol, x, y, 8, class_of(colour))
    return drawn
