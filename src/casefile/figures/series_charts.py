"""Series over time or over numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from casefile.figures.chart import About, Chart, is_day, iso
from casefile.figures.drawing import (
    ARTICLE_LABEL,
    Band,
    Mark,
    Series,
    band,
    day_number,
    empty,
    label,
    log_range,
    nice_range,
    numbers,
    places,
    rule,
    shown,
    trace,
    whiskers,
    y_title,
)
from casefile.figures.finish import charted
from casefile.figures.sketch import Sketch
from casefile.figures.sketch import scatter as traced
from casefile.figures.theme import ink, symbol
from casefile.model import ARTICLE_DATE

NEAR = 0.15
"""The article's date is still drawn when the data end or begin this share of their span away from it."""


def lines(
    about: About,
    series: Sequence[Series],
    *,
    y_title: str,
    y_range: tuple[float, float] | None = None,
    y_log: bool = False,
    x_title: str = "",
    marks: Sequence[Mark] = (),
    zero_line: bool = False,
    bands: Sequence[Band] = (),
    article: bool = True,
) -> Chart:
    """Series as lines or points, each with its label at its end; uncertainty as bands or whiskers; gaps stay gaps.

    `y_range` is in the units of the axis, also when `y_log`. Raises `ValueError` for a series whose x and y differ
    in length.
    """
    figure = empty()
    xs, values = _draw(figure, series)
    span = _span(xs, bands)
    if span and isinstance(span[0], str):
        marked = [*marks]
        if article:
            marked += _article(about, span)
        span = _widened(span, [iso(one.x) for one in marked if is_day(one.x)] if marked else [])
        figure.update_xaxes(type="date", range=list(span))
    else:
        marked = [*marks]
        figure.update_xaxes(type="linear", range=list(nice_range(*span)) if span else [0, 1], tickformat=",")
    figure.update_xaxes(showgrid=False, showline=True, ticks="outside", ticklen=4, title={"text": shown(x_title)})
    _bands(figure, bands, y_log)
    for one in marked:
        rule(figure, places([one.x])[0], one.label, name="article" if one.label == ARTICLE_LABEL else "mark")
    values += [one for edge in bands for one in numbers((edge.y0, edge.y1)) if one is not None]
    _vertical(figure, values, y_title, y_range, y_log, zero_line)
    _direct(figure, series, y_log)
    return charted(about, figure)


def scatter(about: About, series: Sequence[Series], *, x_title: str, y_title: str, diagonal: bool = False) -> Chart:
    """Points of one number against another, e.g. a forecast against its outcome; `diagonal` is where they are equal."""
    figure = empty()
    spans: list[tuple[float, float]] = []
    for one in series:
        x, y = numbers(one.x), numbers(one.y)
        _same_length(one, x, y)
        dots = trace(_points(one), list(x), y, size=8)
        dots["hovertemplate"] = "%{fullData.name}: %{x:,.3~f} → %{y:,.3~f}<extra></extra>"
        dots["showlegend"] = True
        if one.low is not None and one.high is not None:
            dots["error_y"] = whiskers(one.role, y, one.low, one.high)
        figure.add_trace(dots)
        bounds = [*y, *numbers(one.low or ()), *numbers(one.high or ())]
        spans += [(here, there) for here in x for there in bounds if here is not None and there is not None]
    across = [one[0] for one in spans] or [0.0, 1.0]
    up = [one[1] for one in spans] or [0.0, 1.0]
    if diagonal:
        across = up = [*across, *up]
    x_span, y_span = nice_range(min(across), max(across)), nice_range(min(up), max(up))
    if diagonal:
        figure.add_shape(
            type="line",
            name="diagonal",
            x0=x_span[0],
            y0=y_span[0],
            x1=x_span[1],
            y1=y_span[1],
            layer="below",
            line={"color": ink("rule"), "width": 1, "dash": "dash"},
        )
        label(figure, "note", "equal", x=x_span[1], y=y_span[1], xref="x", yref="y", xanchor="right", yanchor="top")
    figure.update_xaxes(range=list(x_span), title={"text": shown(x_title)}, tickformat=",", showgrid=True)
    figure.update_layout(showlegend=len(series) > 1)
    _vertical(figure, [], y_title, y_span, False, False)
    return charted(about, figure)


def _points(one: Series) -> Series:
    return Series(one.name, one.x, one.y, role=one.role, lines=False, markers=True)


def _same_length(one: Series, x: Sequence[Any], y: Sequence[Any]) -> None:
    if len(x) != len(y):
        raise ValueError(f"Series {one.name!r} has {len(x)} places but {len(y)} values.")


def _draw(figure: Sketch, series: Sequence[Series]) -> tuple[list[Any], list[float]]:
    """Add bands, then lines on top; gives all places and all values that must fit on the axes."""
    xs: list[Any] = []
    values: list[float | None] = []
    tops = []
    for one in series:
        x, y = places(one.x), numbers(one.y)
        _same_length(one, x, y)
        line = trace(one, x, y)
        if one.low is not None and one.high is not None:
            if one.lines:
                area = band(one, x)
                if area is not None:
                    figure.add_trace(area)
            else:
                line["error_y"] = whiskers(one.role, y, one.low, one.high)
            values += [*numbers(one.low), *numbers(one.high)]
        tops.append(line)
        xs += [place for place in x if place is not None]
        values += y
    figure.add_traces(tops)
    return xs, [one for one in values if one is not None]


def _span(xs: list[Any], bands: Sequence[Band]) -> tuple[Any, Any] | None:
    edges = [one for edge in bands for one in places([edge.x0, edge.x1]) if one is not None]
    held = [*xs, *edges]
    return (min(held), max(held)) if held else None


def _article(about: About, span: tuple[str, str]) -> list[Mark]:
    """The article's date, when the chart reaches near it and the vantage is not before it."""
    first, last = day_number(span[0]), day_number(span[1])
    near = max(NEAR * (last - first), 31)
    there = ARTICLE_DATE.toordinal()
    if about.as_of < ARTICLE_DATE or not first - near <= there <= last + near:
        return []
    return [Mark(ARTICLE_DATE.isoformat(), ARTICLE_LABEL)]


def _widened(span: tuple[str, str], days: list[str]) -> tuple[str, str]:
    """The span with the marked days and a little air, so that no point sits on the edge."""
    first = min(map(day_number, [span[0], *days]))
    last = max(map(day_number, [span[1], *days]))
    air = max(round(0.015 * (last - first)), 1)
    return date.fromordinal(first - air).isoformat(), date.fromordinal(last + air).isoformat()


def _bands(figure: Sketch, bands: Sequence[Band], log: bool) -> None:
    for one in bands:
        across = one.x0 is not None or one.x1 is not None
        x = places([one.x0, one.x1]) if across else [0, 1]
        y = [0, 1] if across else numbers([one.y0, one.y1])
        refs = ("x", "paper") if across else ("paper", "y")
        figure.add_shape(
            type="rect",
            name="band",
            x0=x[0],
            x1=x[1],
            y0=y[0],
            y1=y[1],
            xref=refs[0],
            yref=refs[1],
            layer="below",
            fillcolor=ink("muted"),
            opacity=0.14,
            line={"width": 0},
        )
        if across:
            label(
                figure, "mark", shown(one.label), x=x[0], y=1, xref="x", yref="paper", xanchor="left", yanchor="bottom"
            )
        else:
            top = max(one for one in y if one is not None)
            top = math.log10(top) if log else top
            label(figure, "note", shown(one.label), x=0, y=top, xref="paper", yref="y", xanchor="left", yanchor="top")


def _vertical(
    figure: Sketch,
    values: list[float],
    title: str,
    y_range: tuple[float, float] | None,
    y_log: bool,
    zero_line: bool,
) -> None:
    if y_log:
        span = log_range(y_range or values)
    else:
        span = y_range or nice_range(min(values, default=0.0), max(values, default=1.0), zero=zero_line)
    figure.update_yaxes(type="log" if y_log else "linear", range=list(span), tickformat=",", showgrid=True)
    if zero_line:
        figure.add_shape(
            type="line",
            name="zero",
            x0=0,
            x1=1,
            xref="paper",
            y0=0,
            y1=0,
            yref="y",
            layer="below",
            line={"color": ink("axis"), "width": 1.5, "dash": "solid"},
        )
    y_title(figure, title)


def _end(figure: Sketch, one: Series) -> None:
    """The role's symbol on the last point, for grey print, and on points alone between gaps, which no line shows."""
    x, y = places(one.x), numbers(one.y)
    known = [place for place, value in enumerate(y) if value is not None and x[place] is not None]
    wanted = [
        place
        for place in known
        if place == known[-1]
        or not ((place > 0 and y[place - 1] is not None) or (place + 1 < len(y) and y[place + 1] is not None))
    ]
    figure.add_trace(
        traced(
            x=[x[place] for place in wanted],
            y=[y[place] for place in wanted],
            mode="markers",
            marker={"color": ink(one.role), "symbol": symbol(one.role), "size": 8},
            hoverinfo="skip",
            showlegend=False,
        )
    )


def _direct(figure: Sketch, series: Sequence[Series], log: bool) -> None:
    """A label at the end of each series that has a value."""
    for one in series:
        held = [value for value in numbers(one.y) if value is not None and (value > 0 or not log)]
        if held and one.lines:
            _end(figure, one)
        if held and one.name.strip():
            label(
                figure,
                "direct",
                shown(one.name),
                role=one.role,
                x=1,
                y=math.log10(held[-1]) if log else held[-1],
                xref="paper",
                yref="y",
                xanchor="left",
                yanchor="middle",
            )
