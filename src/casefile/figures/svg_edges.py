"""What surrounds every plot: the key, the flags over rules, the ticks and title below."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from casefile.figures import svg_margins as margins
from casefile.figures.axes import Tick, tick_text
from casefile.figures.svg_margins import EDGE, LINE
from casefile.figures.svg_marks import swatch
from casefile.figures.svg_parts import DASHES, Label, class_of, tag
from casefile.figures.svg_plan import Plan, Scene, scale_of, ticks_of, title_of
from casefile.figures.svg_subset import words
from casefile.figures.text import widest, wrap
from casefile.figures.theme import SMALL


def key_names(plan: Plan) -> list[tuple[int, str]]:
    """Traces that the key explains: in cells that carry their words it explains nothing."""
    if plan.cell_text or not (plan.layout.get("showlegend") or plan.in_columns):
        return []
    named = [(place, words(one.get("name"))) for place, one in enumerate(plan.traces) if one.get("showlegend")]
    return [one for one in named if one[1]]


def fix_x(plan: Plan) -> None:
    plan.x = scale_of(plan.x_axis, plan.left, plan.right)


def flags_of(plan: Plan) -> tuple[list[margins.Flag], float]:
    marks = []
    for note in plan.notes("mark", "article", "reference"):
        x = plan.note_x(note)
        if x is not None and plan.left - 1 <= x <= plan.right + 1:
            marks.append((x, words(note["text"]), class_of(note["font"]["color"])))
    return margins.flags(marks, plan.width, 112 if plan.phone else 150)


def draw_flags(plan: Plan, scene: Scene, placed: list[margins.Flag]) -> None:
    dotted = [plan.note_x(note) for note in plan.notes("article")]
    for flag in placed:
        dash = DASHES["dot"] if flag.x in dotted else None
        if flag.above > 3:
            top = plan.top - flag.above + 1
            scene.parts.append(rule_line("cf-rule", flag.x, plan.top, flag.x, top, stroke_dasharray=dash))
        scene.labels.append(replace(flag.label, y=plan.top - flag.above - flag.label.height))


def draw_key(plan: Plan, scene: Scene, entries: list[margins.KeyEntry]) -> None:
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
        ticks = ticks_of(plan.x_axis, plan.x, wanted)
        if whole and not all(float(at).is_integer() for at, _ in ticks):  # counts come in whole numbers
            ticks = [(at, (tick_text(at, 0),)) for at, _ in ticks if float(at).is_integer()]
        return ticks

    return margins.level_ticks(make, plan.x.pixel, y, plan.width, (plan.right - plan.left) / each_needs)


def below_height(plan: Plan) -> float:
    """What ticks and title take under the plot."""
    deepest = max((label.height for _, label in _below(plan, 0)), default=0.0)
    title = title_of(plan.x_axis)
    lines = wrap(title, SMALL, plan.width - 2 * EDGE) if title else ()
    return 7 + deepest + (3 + len(lines) * LINE if lines else 0) + EDGE


def draw_below(plan: Plan, scene: Scene) -> None:
    ticks = plan.x_ticks = _below(plan, plan.bottom + 7)
    for x, label in ticks:
        if plan.x_axis.get("showgrid", True):
            scene.parts.append(rule_line("cf-grid", x, plan.top, x, plan.bottom))
        scene.parts.append(rule_line("cf-axis", x, plan.bottom, x, plan.bottom + 4))
        scene.labels.append(label)
    scene.parts.append(rule_line("cf-axis", plan.left, plan.bottom, plan.right, plan.bottom))
    title = title_of(plan.x_axis)
    if title:
        y = plan.bottom + 10 + max((label.height for _, label in ticks), default=0.0)
        lines = wrap(title, SMALL, plan.width - 2 * EDGE)
        across = widest(lines, SMALL)
        middle = min(max((plan.left + plan.right) / 2, across / 2 + EDGE), plan.width - across / 2 - EDGE)
        scene.labels.append(Label("title", lines, middle, y, anchor="middle", classes="cf-quiet"))


def rule_line(classes: str, x0: float, y0: float, x1: float, y1: float, **more: Any) -> str:
    return tag(
        "line", f"cf-line {classes}", x1=x0, y1=y0, x2=x1, y2=y1, stroke_width=more.pop("stroke_width", 1), **more
    )
