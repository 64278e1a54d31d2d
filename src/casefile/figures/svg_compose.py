"""From a figure to a scene: margins, scales, then everything at its pixel."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import plotly.graph_objects as go

from casefile.figures import svg_margins as margins
from casefile.figures.axes import (
    Rows,
    Scale,
    Tick,
    date_ticks,
    day_of,
    exponent,
    log_ticks,
    number_ticks,
    plain,
    tick_text,
)
from casefile.figures.svg_margins import EDGE, LINE
from casefile.figures.svg_marks import draw_trace, swatch
from casefile.figures.svg_parts import DASHES, Label, class_of, tag
from casefile.figures.svg_subset import each, read, words
from casefile.figures.text import LEADING, longest_word, widest, width, wrap
from casefile.figures.theme import SIZE, SMALL

ROOMY = 1.5
"""The most by which rows grow to fill the height that is asked for; beyond it a chart of few rows looks empty."""

PHONE = 480
"""Below this width a drawing adapts to a phone: shorter label columns, smaller type for rows."""


@dataclass
class Scene:
    """A drawing before it is written: its height, its pieces in order, and its labels."""

    width: float
    height: float = 0.0
    parts: list[str] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)


@dataclass
class Plan:
    """Everything known about one drawing while it is laid out. Plot edges are pixels."""

    width: float
    ids: str
    traces: list[dict[str, Any]]
    layout: Mapping[str, Any]
    x_axis: Mapping[str, Any]
    y_axis: Mapping[str, Any]
    left: float = 6.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    x: Any = None
    y: Any = None
    key: list[margins.KeyEntry] = field(default_factory=list)
    x_ticks: list[tuple[float, Label]] = field(default_factory=list)
    y_ticks: list[Tick] = field(default_factory=list)
    cell_text: dict[int, list[tuple[str, ...]]] = field(default_factory=dict)

    @property
    def phone(self) -> bool:
        """Whether the drawing is for a phone."""
        return self.width < PHONE

    @property
    def in_rows(self) -> bool:
        """Whether the vertical axis is a list of rows."""
        return self.y_axis.get("tickmode") == "array"

    @property
    def in_columns(self) -> bool:
        """Whether the horizontal axis is a list of columns."""
        return self.x_axis.get("tickmode") == "array"

    def notes(self, *names: str) -> list[Mapping[str, Any]]:
        """The annotations with these names."""
        return [one for one in self.layout.get("annotations") or () if one["name"] in names]

    def shapes(self) -> list[Mapping[str, Any]]:
        """All shapes."""
        return list(self.layout.get("shapes") or ())

    def note_x(self, note: Mapping[str, Any]) -> float | None:
        """The pixel of an annotation; like Plotly, a place on a logarithmic axis is its exponent."""
        if note.get("xref") == "x" and self.x_axis.get("type") == "log":
            return float(self.x.pixel(note["x"]))
        return self.place_x(note["x"], note.get("xref"))

    def note_y(self, note: Mapping[str, Any]) -> float | None:
        """The same, downwards."""
        if note.get("yref") == "y" and self.y_axis.get("type") == "log":
            return float(self.y.pixel(note["y"]))
        return self.place_y(note["y"], note.get("yref"))

    def place_x(self, value: Any, ref: str | None) -> float | None:
        """The pixel of a place given on the axis or as a share of the plot."""
        if ref == "paper":
            return self.left + float(value) * (self.right - self.left)
        found: float | None = self.x(value)
        return found

    def place_y(self, value: Any, ref: str | None) -> float | None:
        """The same, downwards."""
        if ref == "paper":
            return self.bottom - float(value) * (self.bottom - self.top)
        found: float | None = self.y(value)
        return found


def lay_out(figure: go.Figure, across: float, least: float, ids: str = "cf") -> tuple[Plan, Scene]:
    """Margins, scales and labels of a figure `across` pixels wide and at least `least` high. Raises `DrawingError`."""
    traces, layout = read(figure)
    x_axis, y_axis = (_categories(layout.get(f"{name}axis") or {}, traces, name) for name in "xy")
    plan = Plan(across, ids, traces, layout, x_axis, y_axis)
    scene = Scene(across)
    if plan.in_rows:
        _rows(plan, scene, least)
    else:
        _plot(plan, scene, least)
    return plan, scene


def compose(figure: go.Figure, across: float, least: float, ids: str) -> Scene:
    """A figure's drawing, `across` pixels wide and at least `least` high. Raises `DrawingError`."""
    plan, scene = lay_out(figure, across, least, ids)
    _under_traces(plan, scene)
    clip = _clip(plan, scene)
    for place in range(len(plan.traces)):
        draw_trace(plan, scene, place, clip)
    _over_traces(plan, scene)
    return scene


def _categories(axis: Mapping[str, Any], traces: list[dict[str, Any]], name: str) -> Mapping[str, Any]:
    """A category axis as an axis of numbered places."""
    if axis.get("type") != "category":
        return axis
    names = list(dict.fromkeys(value for trace in traces for value in trace.get(name) or () if value is not None))
    place = {value: number for number, value in enumerate(names)}
    for trace in traces:
        trace[name] = [place.get(value) for value in trace.get(name) or ()]
    edges = [-0.5, len(names) - 0.5]
    if name == "y":
        edges.reverse()
    ticks = {"tickmode": "array", "tickvals": list(range(len(names))), "ticktext": [str(one) for one in names]}
    return {**axis, **ticks, "type": "linear", "range": edges}


def _scale(axis: Mapping[str, Any], start: float, end: float) -> Scale:
    kind = axis.get("type")
    given = list(axis.get("range") or (0, 1))
    to_number = day_of if kind == "date" else exponent if kind == "log" else plain
    low, high = (day_of(one) or 0.0 for one in given) if kind == "date" else (float(one) for one in given)
    if not abs(high - low) > 1e-12 * max(abs(low), abs(high)):
        low, high = low - max(abs(low) * 0.1, 0.5), high + max(abs(high) * 0.1, 0.5)
    return Scale(low, high, start, end, to_number)


def _ticks(axis: Mapping[str, Any], scale: Scale, wanted: int) -> list[Tick]:
    low, high = sorted((scale.low, scale.high))
    if axis.get("tickmode") == "array":
        return [(float(at), (words(text),)) for at, text in zip(axis["tickvals"], axis["ticktext"], strict=True)]
    if axis.get("type") == "date":
        return date_ticks(low, high, wanted)
    found = log_ticks(low, high, wanted) if axis.get("type") == "log" else number_ticks(low, high, wanted)
    after = axis.get("ticksuffix") or ""
    return [(at, (*lines[:-1], lines[-1] + after)) for at, lines in found]


def _title(axis: Mapping[str, Any]) -> str:
    return words((axis.get("title") or {}).get("text") or "")


def _key_names(plan: Plan) -> list[tuple[int, str]]:
    """Traces that the key explains: in cells that carry their words it explains nothing."""
    if plan.cell_text or not (plan.layout.get("showlegend") or plan.in_columns):
        return []
    named = [(place, words(one.get("name"))) for place, one in enumerate(plan.traces) if one.get("showlegend")]
    return [one for one in named if one[1]]


def _direct(plan: Plan) -> list[tuple[int, Mapping[str, Any]]]:
    """Labels at the ends of series with the trace that each belongs to."""
    found: list[tuple[int, Mapping[str, Any]]] = []
    for note in plan.notes("direct"):
        text = words(note["text"])
        mine = [place for place, one in enumerate(plan.traces) if words(one.get("name")) == text]
        ended = [place for place in mine if _ends_at(plan, place, note["y"])]
        found.append(((ended or mine or [-1])[0], note))
    return found


def _ends_at(plan: Plan, place: int, value: float) -> bool:
    """Whether a trace ends at the value of a label: two stretches of one series may share their name."""
    held = [one for one in plan.traces[place]["y"] if one is not None]
    value = 10**value if plan.y_axis.get("type") == "log" else value
    return bool(held) and math.isclose(held[-1], value, rel_tol=1e-9, abs_tol=1e-12)


def _plot(plan: Plan, scene: Scene, least: float) -> None:
    """Margins and scales of a plot with a vertical axis of numbers."""
    direct = _direct(plan)
    texts = [words(note["text"]) for _, note in direct]
    most = 92.0 if plan.phone else 168.0
    column = max((widest(wrap(text, SMALL, most), SMALL) for text in texts), default=0.0)
    fits = not plan.phone or all(
        longest_word(text, SMALL) <= most and len(wrap(text, SMALL, most)) <= 3 for text in texts
    )
    if not (fits and _finish_plot(plan, scene, least, direct, column)):
        _finish_plot(plan, scene, least, [], 0.0)


def _finish_plot(
    plan: Plan, scene: Scene, least: float, direct: list[tuple[int, Mapping[str, Any]]], column: float
) -> bool:
    """One attempt; False when the labels at the ends of the lines do not fit beside the plot."""
    scene.labels.clear()
    scene.parts.clear()
    all_direct = _direct(plan)
    names = _key_names(plan) + ([] if direct else [(place, words(note["text"])) for place, note in all_direct])
    entries, used = margins.key(names, plan.width)
    titles = [wrap(words(note["text"]), SMALL, plan.width - 2 * EDGE) for note in plan.notes("y-title")]
    upright = _title(plan.y_axis)
    titles += [wrap(upright, SMALL, plan.width - 2 * EDGE)] if upright else []
    title_top = used
    used += sum(len(lines) * LINE for lines in titles) + (2 if titles else 0)
    plan.right = plan.width - (column + 12 if direct else 10)
    plan.left = 8.0
    for _ in range(2):  # the ticks depend on the height, which depends on the labels over the plot, thus on the ticks
        _fix_x(plan)
        placed, flag_height = _flags(plan)
        under = _below_height(plan)
        room = max(least - used - max(flag_height, LINE / 2 + EDGE) - under, 150 if plan.phone else 190)
        ticks = _ticks(plan.y_axis, _scale(plan.y_axis, 0, 1), max(int(room / 46), 2))
        plan.left = max(EDGE + widest([lines[0] for _, lines in ticks], SMALL) + 7, 8)
    _fix_x(plan)
    placed, flag_height = _flags(plan)
    under = _below_height(plan)
    plan.top = used + max(flag_height, LINE / 2 + EDGE)
    plan.bottom = plan.top + room
    scene.height = math.ceil(plan.bottom + under - 1e-6)
    plan.y = _scale(plan.y_axis, plan.bottom, plan.top)
    if direct:
        wanted = []
        for _, note in direct:
            at = plan.note_y(note)
            wanted.append((plan.bottom if at is None else at, words(note["text"]), class_of(note["font"]["color"])))
        under_flags = LINE / 2 if placed else 0.0
        found = margins.ends(wanted, plan.right + 10, column + 0.5, plan.top + under_flags, plan.bottom)
        if found is None:
            return False
        scene.labels += found
        _leaders(plan, scene, direct, found)
    _draw_key(plan, scene, entries)
    y = title_top + EDGE
    for lines in titles:
        scene.labels.append(Label("title", lines, EDGE, y, classes="cf-quiet"))
        y += len(lines) * LINE
    _draw_flags(plan, scene, placed)
    plan.y_ticks = ticks
    for at, lines in ticks:
        there = plan.y.pixel(at)
        if plan.y_axis.get("showgrid", True):
            scene.parts.append(_line("cf-grid", plan.left, there, plan.right, there))
        label = Label("tick", lines, plan.left - 6, there - LINE / 2, anchor="end", classes="cf-quiet")
        scene.labels.append(label)
    _draw_below(plan, scene)
    return True


def _leaders(plan: Plan, scene: Scene, direct: list[tuple[int, Mapping[str, Any]]], labels: list[Label]) -> None:
    """A thin line from the end of a series to its label, where the two are not side by side."""
    for (place, note), label in zip(direct, labels, strict=True):
        if place < 0:
            continue
        trace = plan.traces[place]
        points = [
            (plan.x(x), plan.y(y))
            for x, y in zip(trace["x"], trace["y"], strict=True)
            if x is not None and y is not None
        ]
        seen = [one for one in points if one[0] is not None and one[1] is not None]
        if not seen:
            continue
        x, y = seen[-1]
        middle = label.y + label.height / 2
        if (label.x - x < 24 and abs(middle - y) < 7) or not plan.top - 1 <= y <= plan.bottom + 1:
            continue
        edge = max(plan.right, x + 5)
        path = f"M{x + 5:.1f} {y:.1f}L{edge:.1f} {y:.1f}L{label.x - 2:.1f} {middle:.1f}"
        colour = class_of(note["font"]["color"])
        scene.parts.append(tag("path", f"cf-line {colour}", d=path, stroke_width=0.8, stroke_opacity="0.6"))


def _rows(plan: Plan, scene: Scene, least: float) -> None:
    """Margins and scales of a chart of rows: its height follows from the rows."""
    size = SMALL if plan.phone else SIZE
    texts = [words(one) for one in plan.y_axis["ticktext"]]
    shown = plan.y_axis.get("showticklabels", True) and any(texts)
    most = 0.36 * plan.width
    blocks = [wrap(one, size, most) if one else () for one in texts]
    above = False
    if shown:
        above = plan.phone and (max(map(len, blocks)) > 2 or any(longest_word(one, size) > most for one in texts))
        if above:
            blocks = [wrap(one, size, plan.width - 2 * EDGE) if one else () for one in texts]
        else:
            plan.left = EDGE + max(widest(lines, size) for lines in blocks) + 9
    plan.right = plan.width - 10
    names_end = plan.left - 9
    _make_room_for_values(plan)
    _fix_x(plan)
    _fit_cells(plan)
    entries, used = margins.key(_key_names(plan), plan.width)
    for note in plan.notes("y-title"):
        lines = wrap(words(note["text"]), SMALL, plan.width - 2 * EDGE)
        scene.labels.append(Label("title", lines, EDGE, used + EDGE, classes="cf-quiet"))
        used += len(lines) * LINE + 5
    placed, flag_height = _flags(plan)
    column_labels, column_height = _columns(plan)
    plan.top = used + flag_height + column_height + (2 if not above else 0)
    heights, heads = _row_heights(plan, blocks, size, above)
    under = EDGE + 2 if plan.in_columns else _below_height(plan)
    spare = least - plan.top - under - sum(heights)
    if spare > 0 and heights:
        factor = min(1 + spare / sum(heights), ROOMY)
        heights = [one * factor for one in heights]
    tops = [plan.top]
    for one in heights:
        tops.append(tops[-1] + one)
    plan.bottom = tops[-1]
    scene.height = math.ceil(plan.bottom + under - 1e-6)
    plan.y = Rows(tops, heads)
    _draw_key(plan, scene, entries)
    _draw_flags(plan, scene, placed)
    for label in column_labels:
        scene.labels.append(replace(label, y=label.y + plan.top))
    if shown:
        for row, lines in enumerate(blocks):
            if not lines:
                continue
            if above:
                scene.labels.append(Label("row", lines, EDGE, tops[row] + 4, size=size, halo=True))
            else:
                top = plan.y(row) - len(lines) * size * LEADING / 2
                scene.labels.append(Label("row", lines, names_end, top, anchor="end", size=size))
    for note in plan.notes("heading"):
        lines = wrap(words(note["text"]), size, (plan.width - 2 * EDGE) / 1.08)
        top = plan.y(note["y"]) - len(lines) * size * LEADING / 2 + 3
        scene.labels.append(Label("heading", lines, EDGE, top, size=size, bold=True))
    if not plan.in_columns:
        _draw_below(plan, scene)


def _make_room_for_values(plan: Plan) -> None:
    """Move the plot's edges in, so that the values written beyond bars stay inside the drawing."""
    scale = _scale(plan.x_axis, 0.0, 1.0)
    after: list[tuple[float, str]] = []
    before: list[tuple[float, str]] = []
    for trace in plan.traces:
        free = trace.get("mode") == "text"
        if not free and (trace.get("type") != "bar" or trace.get("textposition") != "outside"):
            continue
        texts = each(trace.get("text") or "", len(trace["x"]))
        sides = each(trace.get("textposition"), len(trace["x"]))
        for value, text, side in zip(trace["x"], map(words, texts), sides, strict=True):
            if value is None or not text:
                continue
            share = scale(value) or 0.0
            if side == "middle left" or (not free and value < 0):
                before.append((1 - share, text))
            elif side != "middle center":
                after.append((share, text))
    total = plan.right - plan.left + 8
    plan.right -= max(margins.value_room(after, total) - 8, 0.0)
    plan.left += margins.value_room(before, plan.right - plan.left)


def _fit_cells(plan: Plan) -> None:
    """Words inside cells, when all of them fit; otherwise a key explains the symbols."""
    if not plan.in_columns:
        return
    found: dict[int, list[tuple[str, ...]]] = {}
    cell = abs(plan.x.pixel(1) - plan.x.pixel(0)) - 8
    for place, trace in enumerate(plan.traces):
        if "text" not in (trace.get("mode") or ""):
            continue
        texts = [words(one) for one in each(trace.get("text"), len(trace["x"]))]
        blocks = [wrap(one, SMALL, cell) for one in texts]
        if any(longest_word(one, SMALL) > cell for one in texts) or any(len(lines) > 2 for lines in blocks):
            return
        found[place] = blocks
    plan.cell_text = found


def _row_heights(
    plan: Plan, blocks: list[tuple[str, ...]], size: float, above: bool
) -> tuple[list[float], list[float]]:
    """The height of each row, and what the label above its marks takes of it."""
    bars = [one for one in plan.traces if one.get("type") == "bar"]
    grouped = len(bars) if plan.layout.get("barmode", "group") == "group" else min(len(bars), 1)
    marks = 24.0
    if bars:
        marks = 16.0 * grouped + 10
    elif plan.in_columns:
        deepest = max((len(lines) for found in plan.cell_text.values() for lines in found), default=0)
        marks = 26.0 + deepest * LINE + (4 if deepest else 0)
    elif any(one.get("name") == "cell" for one in plan.shapes()):
        marks = 19.0
    heights, heads = [], []
    for lines in blocks:
        text = len(lines) * size * LEADING
        heads.append(text + 4 if above and lines else 0.0)
        heights.append(marks + heads[-1] if above else max(marks, text + 6))
    for note in plan.notes("event"):
        row = round(note["y"])
        lines, _ = event_lines(plan, note)
        heights[row] = max(heights[row], len(lines) * LINE + 8)
    for note in plan.notes("heading"):
        row = round(note["y"])
        heights[row] = max(22.0, size * LEADING * len(wrap(words(note["text"]), size, plan.width / 1.1)) + 8)
        heads[row] = 0.0
    return heights, heads


def event_lines(plan: Plan, note: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """The lines of an event's label and whether it stands to the right of its point: on the side with room."""
    text = words(note["text"])
    x = plan.x(note["x"])
    right, left = plan.width - EDGE - x - 9, x - 9 - EDGE
    across = width(text, SMALL)
    after = across <= right or (across > left and right >= left)
    return wrap(text, SMALL, max(right if after else left, 60)), after


def _columns(plan: Plan) -> tuple[list[Label], float]:
    """Labels over columns, their y counted from the top of the plot; turned when a word is wider than its column."""
    if not plan.in_columns:
        return [], 0.0
    ticks = _ticks(plan.x_axis, plan.x, 0)
    cell = abs(plan.x.pixel(1) - plan.x.pixel(0)) - 6
    if any(longest_word(lines[0], SMALL) > cell for _, lines in ticks):
        blocks = [wrap(lines[0], SMALL, 110) for _, lines in ticks]
        room = max(cell, LINE)
        kept = [lines[: max(int(room / LINE), 1)] if len(lines) * LINE > room else lines for lines in blocks]
        if any(one != other for one, other in zip(blocks, kept, strict=True)):
            kept = [(" ".join(lines),) for lines in blocks]
        labels = [
            Label("column", lines, plan.x.pixel(at) - len(lines) * LINE / 2, -6, turned=True)
            for (at, _), lines in zip(ticks, kept, strict=True)
        ]
        return labels, max((label.width for label in labels), default=0.0) + 8
    blocks = [wrap(lines[0], SMALL, cell) for _, lines in ticks]
    labels = [
        Label("column", lines, plan.x.pixel(at), -6 - len(lines) * LINE, anchor="middle")
        for (at, _), lines in zip(ticks, blocks, strict=True)
    ]
    return labels, max((label.height for label in labels), default=0.0) + 8


def _fix_x(plan: Plan) -> None:
    plan.x = _scale(plan.x_axis, plan.left, plan.right)


def _flags(plan: Plan) -> tuple[list[margins.Flag], float]:
    marks = []
    for note in plan.notes("mark", "article", "reference"):
        x = plan.note_x(note)
        if x is not None and plan.left - 1 <= x <= plan.right + 1:
            marks.append((x, words(note["text"]), class_of(note["font"]["color"])))
    return margins.flags(marks, plan.width, 112 if plan.phone else 150)


def _draw_flags(plan: Plan, scene: Scene, placed: list[margins.Flag]) -> None:
    dotted = [plan.note_x(note) for note in plan.notes("article")]
    for flag in placed:
        dash = DASHES["dot"] if flag.x in dotted else None
        if flag.above > 3:
            top = plan.top - flag.above + 1
            scene.parts.append(_line("cf-rule", flag.x, plan.top, flag.x, top, stroke_dasharray=dash))
        scene.labels.append(replace(flag.label, y=plan.top - flag.above - flag.label.height))


def _draw_key(plan: Plan, scene: Scene, entries: list[margins.KeyEntry]) -> None:
    plan.key = entries
    for entry in entries:
        if entry.trace >= 0:
            scene.parts.append(swatch(plan.traces[entry.trace], entry.x, entry.y))
        scene.labels.append(entry.label)


def _below(plan: Plan, y: float) -> list[tuple[float, Label]]:
    """Ticks with their labels under the plot."""
    each_needs = 34 if plan.x_axis.get("type") == "date" else 44
    whole = plan.x_axis.get("type") == "linear" and all(
        one is None or float(one).is_integer() for trace in plan.traces for one in trace["x"]
    )

    def make(wanted: int) -> list[Tick]:
        ticks = _ticks(plan.x_axis, plan.x, wanted)
        if whole and not all(float(at).is_integer() for at, _ in ticks):  # counts come in whole numbers
            ticks = [(at, (tick_text(at, 0),)) for at, _ in ticks if float(at).is_integer()]
        return ticks

    return margins.level_ticks(make, plan.x.pixel, y, plan.width, (plan.right - plan.left) / each_needs)


def _below_height(plan: Plan) -> float:
    """What ticks and title take under the plot."""
    deepest = max((label.height for _, label in _below(plan, 0)), default=0.0)
    title = _title(plan.x_axis)
    lines = wrap(title, SMALL, plan.width - 2 * EDGE) if title else ()
    return 7 + deepest + (3 + len(lines) * LINE if lines else 0) + EDGE


def _draw_below(plan: Plan, scene: Scene) -> None:
    ticks = plan.x_ticks = _below(plan, plan.bottom + 7)
    for x, label in ticks:
        if plan.x_axis.get("showgrid", True):
            scene.parts.append(_line("cf-grid", x, plan.top, x, plan.bottom))
        scene.parts.append(_line("cf-axis", x, plan.bottom, x, plan.bottom + 4))
        scene.labels.append(label)
    scene.parts.append(_line("cf-axis", plan.left, plan.bottom, plan.right, plan.bottom))
    title = _title(plan.x_axis)
    if title:
        y = plan.bottom + 10 + max((label.height for _, label in ticks), default=0.0)
        lines = wrap(title, SMALL, plan.width - 2 * EDGE)
        across = widest(lines, SMALL)
        middle = min(max((plan.left + plan.right) / 2, across / 2 + EDGE), plan.width - across / 2 - EDGE)
        scene.labels.append(Label("title", lines, middle, y, anchor="middle", classes="cf-quiet"))


def _line(classes: str, x0: float, y0: float, x1: float, y1: float, **more: Any) -> str:
    return tag(
        "line", f"cf-line {classes}", x1=x0, y1=y0, x2=x1, y2=y1, stroke_width=more.pop("stroke_width", 1), **more
    )


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
    scene.parts.append(_line(classes, x0, y0, x1, y1, stroke_width=line.get("width", 1), stroke_dasharray=dash))


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
