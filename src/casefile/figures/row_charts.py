"""One row a thing: bars, stacked bars, dots with intervals, before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casefile.figures.chart import About, Chart
from casefile.figures.drawing import (
    empty,
    heading,
    log_range,
    nice_range,
    numbers,
    plain_number,
    row_axis,
    rule,
    shown,
    value_axis,
    whiskers,
)
from casefile.figures.finish import charted
from casefile.figures.sketch import Sketch, Trace, bar, scatter
from casefile.figures.theme import SMALL, ink, symbol

Cells = Sequence[Any]

GAP = 0.3
"""The share of a row that its bars leave free."""


def bars(
    about: About,
    labels: Sequence[str],
    values: Cells | Sequence[Cells],
    *,
    roles: Sequence[str] | None = None,
    x_title: str,
    low: Cells | Sequence[Cells] | None = None,
    high: Cells | Sequence[Cells] | None = None,
    text: Cells | Sequence[Cells] | None = None,
    log: bool = False,
    group_names: Sequence[str] | None = None,
) -> Chart:
    """Horizontal bars, one row a label, the first on top; a missing value leaves its row empty.

    With `group_names`, `values` (and `low`, `high`, `text`) hold one list for each group, in the order of the names,
    and `roles` one role for each group; without, one role for each label. `text` defaults to the value itself.
    """
    figure = empty()
    names = list(group_names) if group_names is not None else [""]
    grouped = group_names is not None
    many = [numbers(one) for one in (_groups(values, names, labels) if grouped else [list(values)])]
    lows = [list(one) for one in (_groups(low, names, labels) if grouped else [low])] if low is not None else []
    highs = [list(one) for one in (_groups(high, names, labels) if grouped else [high])] if high is not None else []
    texts = [list(one) for one in (_groups(text, names, labels) if grouped else [text])] if text is not None else []
    palette = list(roles) if roles is not None else list("abcde"[: len(names)]) if grouped else ["a"] * len(labels)
    for place, (name, row) in enumerate(zip(names, many, strict=True)):
        own = [palette[place]] * len(labels) if grouped else palette
        written = texts[place] if texts else [plain_number(one) for one in row]
        made = bar(
            x=row,
            y=list(range(len(labels))),
            orientation="h",
            name=shown(name),
            marker={"color": [ink(one) for one in own], "line": {"width": 0}},
            text=None if lows and highs else [shown(one) if one is not None else "" for one in written],
            textposition="none" if lows and highs else "outside",
            cliponaxis=False,
            showlegend=grouped,
            hovertemplate="%{fullData.name}: %{x:,.3~f}<extra></extra>" if grouped else "%{x:,.3~f}<extra></extra>",
        )
        if lows and highs:
            made["error_x"] = whiskers("ink", row, lows[place], highs[place])
            figure.add_trace(_values(row, written, lows[place], highs[place], _middle(place, len(names))))
        figure.add_trace(made)
    held = [one for row in [*many, *map(numbers, lows), *map(numbers, highs)] for one in row if one is not None]
    figure.update_layout(barmode="group", bargap=GAP, bargroupgap=0.08, showlegend=grouped)
    row_axis(figure, labels)
    value_axis(figure, x_title, log_range(held) if log else _from_zero(held), log=log)
    if not log:
        _zero(figure)
    return charted(about, figure)


def stacked(
    about: About,
    labels: Sequence[str],
    parts: Mapping[str, Sequence[float]],
    *,
    roles: Mapping[str, str],
    x_title: str,
    text: bool = True,
    halfway: float | tuple[float, str] | None = None,
) -> Chart:
    """Horizontal bars made of named parts, e.g. votes.

    `halfway` is a rule across all rows: a place, or a place and its label.
    """
    figure = empty()
    up = [0.0] * len(labels)
    down = [0.0] * len(labels)
    for name, given in parts.items():
        row = numbers(given)
        figure.add_trace(
            bar(
                x=row,
                y=list(range(len(labels))),
                orientation="h",
                name=shown(name),
                marker={"color": ink(roles[name]), "line": {"width": 1, "color": ink("surface")}},
                text=[plain_number(one) if text and one else "" for one in row],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"color": ink("surface")},
                showlegend=True,
                hovertemplate="%{fullData.name}: %{x:,.3~f}<extra></extra>",
            )
        )
        for place, value in enumerate(row):
            if value is not None:
                up[place] += max(value, 0.0)
                down[place] += min(value, 0.0)
    top, bottom = max(up, default=1.0) or 1.0, min(down, default=0.0)
    figure.update_layout(barmode="relative", bargap=0.3, showlegend=True)
    row_axis(figure, labels)
    value_axis(figure, x_title, (bottom * 1.02, top * 1.02))
    _zero(figure)
    _reference(figure, halfway)
    return charted(about, figure)


def dots(
    about: About,
    labels: Sequence[str],
    values: Cells,
    *,
    low: Cells | None = None,
    high: Cells | None = None,
    roles: Sequence[str] | None = None,
    x_title: str,
    log: bool = False,
    groups: Sequence[str] | None = None,
    reference: float | tuple[float, str] | None = None,
) -> Chart:
    """A dot with its interval in each row. `groups` names each row's group; each group gets a heading of its own.

    `reference` is a rule across all rows: a place, or a place and its label. A row without a value stays empty.
    """
    figure = empty()
    row = numbers(values)
    own = list(roles) if roles is not None else ["a"] * len(labels)
    rows, headings = _headed(list(labels), groups)
    held = list(row)
    for role in dict.fromkeys(own):
        mine = [place for place in range(len(labels)) if own[place] == role]
        x = [row[place] for place in mine]
        dot = scatter(
            x=x,
            y=[rows[place] for place in mine],
            mode="markers",
            marker={"color": ink(role), "symbol": symbol(role), "size": 9},
            hovertemplate="%{x:,.3~f}<extra></extra>",
            showlegend=False,
        )
        if low is not None and high is not None:
            least, most = [list(low)[place] for place in mine], [list(high)[place] for place in mine]
            dot["error_x"] = whiskers(role, x, least, most)
            held += [*numbers(least), *numbers(most)]
        figure.add_trace(dot)
    ticks: list[str] = [""] * (len(rows) + len(headings))
    for place, name in zip(rows, labels, strict=True):
        ticks[place] = str(name)
    row_axis(figure, ticks)
    for place, name in headings:
        heading(figure, name, place)
    known = [one for one in held if one is not None]
    at = reference[0] if isinstance(reference, tuple) else reference
    known += [] if at is None else [float(at)]
    value_axis(
        figure, x_title, log_range(known) if log else nice_range(min(known, default=0), max(known, default=1)), log=log
    )
    _row_lines(figure, rows)
    _reference(figure, reference, log)
    return charted(about, figure)


def before_after(
    about: About,
    labels: Sequence[str],
    before: Cells,
    after: Cells,
    *,
    x_title: str,
    before_name: str,
    after_name: str,
    roles: Sequence[str] | None = None,
) -> Chart:
    """Two values a row joined by a line: open before, filled after. `roles` gives one role for each row."""
    figure = empty()
    first, second = numbers(before), numbers(after)
    own = list(roles) if roles is not None else ["a"] * len(labels)
    for place, (one, other) in enumerate(zip(first, second, strict=True)):
        if one is not None and other is not None:
            figure.add_shape(
                type="line",
                name="span",
                x0=one,
                x1=other,
                y0=place,
                y1=place,
                xref="x",
                yref="y",
                layer="below",
                line={"color": ink(own[place]), "width": 2, "dash": "solid"},
            )
    for name, row, kind in ((before_name, first, "circle-open"), (after_name, second, "circle")):
        figure.add_trace(
            scatter(
                x=row,
                y=list(range(len(labels))),
                mode="markers",
                name=shown(name),
                marker={"color": [ink(one) for one in own], "symbol": kind, "size": 10},
                showlegend=True,
                hovertemplate="%{fullData.name}: %{x:,.3~f}<extra></extra>",
            )
        )
    known = [one for one in [*first, *second] if one is not None]
    row_axis(figure, labels)
    value_axis(figure, x_title, nice_range(min(known, default=0), max(known, default=1)))
    _row_lines(figure, list(range(len(labels))))
    figure.update_layout(showlegend=True)
    return charted(about, figure)


def _middle(place: int, groups: int) -> float:
    """How far the middle of a group's bar lies below the middle of its row, in rows."""
    return -0.5 + GAP / 2 + (1 - GAP) / groups * (place + 0.5)


def _values(row: list[float | None], written: Sequence[Any], low: Cells, high: Cells, below: float) -> Trace:
    """Values written beyond their whiskers."""
    ends = []
    for value, least, most in zip(row, numbers(low), numbers(high), strict=True):
        bounds = [one for one in (value, least, most) if one is not None]
        ends.append(None if value is None else min(bounds) if value < 0 else max(bounds))
    return scatter(
        x=ends,
        y=[place + below for place in range(len(row))],
        mode="text",
        text=[f"\u00a0{shown(one)}\u00a0" if one is not None else "" for one in written],
        textposition=["middle left" if value is not None and value < 0 else "middle right" for value in row],
        textfont={"color": ink("ink"), "size": SMALL},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )


def _groups(cells: Any, names: list[str], labels: Sequence[str]) -> list[list[Any]]:
    """One list for each group; also accepts one list for each label when that is the only way to read it."""
    given = [list(one) for one in cells]
    if len(given) == len(names) and all(len(one) == len(labels) for one in given):
        return given
    if len(given) == len(labels) and all(len(one) == len(names) for one in given):
        return [list(one) for one in zip(*given, strict=True)] if given else [[] for _ in names]
    raise ValueError(f"{len(names)} groups of {len(labels)} rows need one list of {len(labels)} values for each group.")


def _headed(labels: list[str], groups: Sequence[str] | None) -> tuple[list[int], list[tuple[int, str]]]:
    """The row of each label, and the headings with theirs: a heading before each run of one group."""
    rows: list[int] = []
    headings: list[tuple[int, str]] = []
    last = None
    row = 0
    for place in range(len(labels)):
        group = groups[place] if groups is not None else None
        if group is not None and group != last:
            headings.append((row, str(group)))
            row += 1
            last = group
        rows.append(row)
        row += 1
    return rows, headings


def _from_zero(held: list[float]) -> tuple[float, float]:
    low, high = min([0.0, *held]), max([0.0, *held])
    span = high - low or 1.0
    return (low - 0.03 * span if low < 0 else 0.0, high + 0.03 * span if high > 0 or low == 0 else 0.0)


def _zero(figure: Sketch) -> None:
    figure.add_shape(
        type="line",
        name="zero",
        x0=0,
        x1=0,
        y0=0,
        y1=1,
        xref="x",
        yref="paper",
        line={"color": ink("axis"), "width": 1, "dash": "solid"},
    )


def _row_lines(figure: Sketch, rows: Sequence[int]) -> None:
    """A faint line along each row, from its label to its dot."""
    for row in rows:
        figure.add_shape(
            type="line",
            name="row",
            x0=0,
            x1=1,
            y0=row,
            y1=row,
            xref="paper",
            yref="y",
            layer="below",
            line={"color": ink("grid"), "width": 1, "dash": "solid"},
        )


def _reference(figure: Sketch, reference: float | tuple[float, str] | None, log: bool = False) -> None:
    if reference is not None:
        place, name = reference if isinstance(reference, tuple) else (reference, plain_number(float(reference)))
        rule(figure, float(place), name, name="reference", log=log)
