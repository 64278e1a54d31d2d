"""Laying out a plot with a vertical axis of numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from casefile.figures import svg_margins as margins
from casefile.figures.svg_edges import (
    below_height,
    draw_below,
    draw_flags,
    draw_key,
    fix_x,
    flags_of,
    key_names,
    rule_line,
)
from casefile.figures.svg_margins import EDGE, LINE
from casefile.figures.svg_parts import Label, class_of, tag
from casefile.figures.svg_plan import Plan, Scene, scale_of, ticks_of, title_of
from casefile.figures.svg_subset import words
from casefile.figures.text import longest_word, widest, wrap
from casefile.figures.theme import SMALL


def plot_layout(plan: Plan, scene: Scene, least: float) -> None:
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
    names = key_names(plan) + ([] if direct else [(place, words(note["text"])) for place, note in all_direct])
    entries, used = margins.key(names, plan.width)
    titles = [wrap(words(note["text"]), SMALL, plan.width - 2 * EDGE) for note in plan.notes("y-title")]
    upright = title_of(plan.y_axis)
    titles += [wrap(upright, SMALL, plan.width - 2 * EDGE)] if upright else []
    title_top = used
    used += sum(len(lines) * LINE for lines in titles) + (2 if titles else 0)
    plan.right = plan.width - (column + 12 if direct else 10)
    plan.left = 8.0
    for _ in range(2):  # the ticks depend on the height, which depends on the labels over the plot, thus on the ticks
        before = plan.left
        fix_x(plan)
        placed, flag_height = flags_of(plan)
        under = below_height(plan)
        room = max(least - used - max(flag_height, LINE / 2 + EDGE) - under, 150 if plan.phone else 190)
        ticks = ticks_of(plan.y_axis, scale_of(plan.y_axis, 0, 1), max(int(room / 46), 2))
        plan.left = max(EDGE + widest([lines[0] for _, lines in ticks], SMALL) + 7, 8)
    if plan.left != before:
        fix_x(plan)
        placed, flag_height = flags_of(plan)
        under = below_height(plan)
    plan.top = used + max(flag_height, LINE / 2 + EDGE)
    plan.bottom = plan.top + room
    scene.height = math.ceil(plan.bottom + under - 1e-6)
    plan.y = scale_of(plan.y_axis, plan.bottom, plan.top)
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
    draw_key(plan, scene, entries)
    y = title_top + EDGE
    for lines in titles:
        scene.labels.append(Label("title", lines, EDGE, y, classes="cf-quiet"))
        y += len(lines) * LINE
    draw_flags(plan, scene, placed)
    plan.y_ticks = ticks
    for at, lines in ticks:
        there = plan.y.pixel(at)
        if plan.y_axis.get("showgrid", True):
            scene.parts.append(rule_line("cf-grid", plan.left, there, plan.right, there))
        label = Label("tick", lines, plan.left - 6, there - LINE / 2, anchor="end", classes="cf-quiet")
        scene.labels.append(label)
    draw_below(plan, scene)
    return True


def _leaders(plan: Plan, scene: Scene, direct: list[tuple[int, Mapping[str, Any]]], labels: list[Label]) -> None:
    """A thin line from the end of a series to its label, where the two are not side by side."""
    for (place, note), label in zip(direct, labels, strict=True):
        if place < 0:
            continue
        last = _last_point(plan, place)
        if last is None:
            continue
        x, y = last
        middle = label.y + label.height / 2
        if (label.x - x < 24 and abs(middle - y) < 7) or not plan.top - 1 <= y <= plan.bottom + 1:
            continue
        edge = max(plan.right, x + 5)
        path = f"M{x + 5:.1f} {y:.1f}L{edge:.1f} {y:.1f}L{label.x - 2:.1f} {middle:.1f}"
        colour = class_of(note["font"]["color"])
        scene.parts.append(tag("path", f"cf-line {colour}", d=path, stroke_width=0.8, stroke_opacity="0.6"))


def _last_point(plan: Plan, place: int) -> tuple[float, float] | None:
    """The pixels of the last point of a trace that has both coordinates."""
    trace = plan.traces[place]
    for at in range(len(trace["x"]) - 1, -1, -1):
        x, y = plan.x(trace["x"][at]), plan.y(trace["y"][at])
        if x is not None and y is not None:
            return x, y
    return None


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
