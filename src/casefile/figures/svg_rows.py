"""Laying out a chart of rows: its height follows from the rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from casefile.figures import svg_margins as margins
from casefile.figures.axes import Rows
from casefile.figures.svg_edges import (
    below_height,
    draw_below,
    draw_flags,
    draw_key,
    fix_x,
    flags_of,
    key_names,
)
from casefile.figures.svg_margins import EDGE, LINE
from casefile.figures.svg_parts import Label
from casefile.figures.svg_plan import Plan, Scene, scale_of, ticks_of
from casefile.figures.svg_subset import each, words
from casefile.figures.text import BOLD, LEADING, longest_word, widest, width, wrap
from casefile.figures.theme import SIZE, SMALL

ROOMY = 1.5
"""The most by which rows grow to fill the height that is asked for; beyond it a chart of few rows looks empty."""


def rows_layout(plan: Plan, scene: Scene, least: float) -> None:
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
    fix_x(plan)
    _fit_cells(plan)
    entries, used = margins.key(key_names(plan), plan.width)
    for note in plan.notes("y-title"):
        lines = wrap(words(note["text"]), SMALL, plan.width - 2 * EDGE)
        scene.labels.append(Label("title", lines, EDGE, used + EDGE, classes="cf-quiet"))
        used += len(lines) * LINE + 5
    placed, flag_height = flags_of(plan)
    column_labels, column_height = _columns(plan)
    plan.top = used + flag_height + column_height + (2 if not above else 0)
    heights, heads = _row_heights(plan, blocks, size, above)
    under = EDGE + 2 if plan.in_columns else below_height(plan)
    spare = least - plan.top - under - math.fsum(heights)
    if spare > 0 and heights:
        factor = min(1 + spare / math.fsum(heights), ROOMY)
        heights = [one * factor for one in heights]
    tops = [plan.top]
    for one in heights:
        tops.append(tops[-1] + one)
    plan.bottom = tops[-1]
    scene.height = math.ceil(plan.bottom + under - 1e-6)
    plan.y = Rows(tops, heads)
    draw_key(plan, scene, entries)
    draw_flags(plan, scene, placed)
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
        lines = wrap(words(note["text"]), size, (plan.width - 2 * EDGE) / BOLD)
        top = plan.y(note["y"]) - len(lines) * size * LEADING / 2 + 3
        scene.labels.append(Label("heading", lines, EDGE, top, size=size, bold=True))
    if not plan.in_columns:
        draw_below(plan, scene)


def _make_room_for_values(plan: Plan) -> None:
    """Move the plot's edges in, so that the values written beyond bars stay inside the drawing."""
    scale = scale_of(plan.x_axis, 0.0, 1.0)
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
        heights[row] = max(
            22.0, size * LEADING * len(wrap(words(note["text"]), size, (plan.width - 2 * EDGE) / BOLD)) + 8
        )
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
    ticks = ticks_of(plan.x_axis, plan.x, 0)
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
