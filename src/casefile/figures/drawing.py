"""What every builder of the vocabulary draws with: series, rules, labels, axes. Scatter and bar only."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import pairwise
from typing import Any

from casefile.figures.axes import tick_text
from casefile.figures.chart import is_day, iso
from casefile.figures.sketch import Sketch, Trace, scatter
from casefile.figures.theme import ROLES, SIZE, SMALL, ink, plotly_template, text_ink
from casefile.model import ARTICLE_DATE
from casefile.words import MONTHS, number

ARTICLE_LABEL = f"Article, {ARTICLE_DATE.day} {MONTHS[ARTICLE_DATE.month - 1][:3]} {ARTICLE_DATE.year}"
LABEL_WIDTH = 26
"""Letters in a line of a row's label; longer ones are wrapped."""


@dataclass(frozen=True)
class Series:
    """One named series. `x` holds dates or numbers; None or NaN in `y` is a gap and stays one.

    `low` and `high` bound each point: a band under a line, whiskers on points without one. `dash` is for what is
    modelled or comes from elsewhere, `step` for what holds until it changes.
    """

    name: str
    x: Iterable[Any]
    y: Iterable[Any]
    role: str = "a"
    low: Iterable[Any] | None = None
    high: Iterable[Any] | None = None
    dash: bool = False
    markers: bool = False
    lines: bool = True
    step: bool = False

    def __post_init__(self) -> None:
        for name in ("x", "y", "low", "high"):
            given = getattr(self, name)
            object.__setattr__(self, name, None if given is None else tuple(given))


@dataclass(frozen=True)
class Mark:
    """A labelled vertical rule at a date or a number. The article's date is added without being asked for."""

    x: Any
    label: str


@dataclass(frozen=True)
class Band:
    """A shaded stretch of one axis with a label: `x0` to `x1`, or `y0` to `y1`."""

    label: str
    x0: Any = None
    x1: Any = None
    y0: Any = None
    y1: Any = None


def numbers(values: Iterable[Any]) -> list[float | None]:
    """Numbers as Python floats; whatever is missing or not finite is a gap."""
    found: list[float | None] = []
    for value in values:
        try:
            one = float(value)
        except (TypeError, ValueError):
            one = math.nan
        found.append(one if math.isfinite(one) else None)
    return found


def places(values: Iterable[Any]) -> list[Any]:
    """Positions on an axis: days as ISO strings, else numbers."""
    listed = list(values)
    if any(is_day(one) for one in listed):
        return [iso(one) if is_day(one) else None for one in listed]
    return list(numbers(listed))


def shown(text: str) -> str:
    """Text for Plotly, which reads markup in it: escaped."""
    return escape(str(text), quote=False)


def wrapped(text: str, width: int = LABEL_WIDTH) -> str:
    """Text for Plotly in lines of about `width` letters."""
    return "<br>".join(
        shown(line) for line in textwrap.wrap(str(text), width, break_on_hyphens=False, break_long_words=False) or [""]
    )


def empty() -> Sketch:
    """A figure in the theme, without a legend."""
    return Sketch({"template": plotly_template(False), "showlegend": False, "hovermode": "closest"})


def trace(one: Series, x: list[Any], y: list[float | None], *, size: float = 7) -> Trace:
    """A series as a line, points or both."""
    modes = [name for name, wanted in (("lines", one.lines), ("markers", one.markers or not one.lines)) if wanted]
    made = scatter(x=x, y=y, name=shown(one.name), mode="+".join(modes), connectgaps=False)
    if one.lines:
        made["line"] = {
            "color": ink(one.role),
            "width": ROLES[one.role].width,
            "dash": "dash" if one.dash else "solid",
            "shape": "hv" if one.step else "linear",
        }
    if one.markers or not one.lines:
        made["marker"] = {
            "color": ink(one.role),
            "size": size if not one.lines else 6,
            "symbol": ROLES[one.role].symbol,
        }
    day = "%{x|%-d %B %Y}" if any(isinstance(value, str) for value in x) else "%{x:,.3~f}"
    made["hovertemplate"] = f"%{{fullData.name}}<br>{day}: %{{y:,.3~f}}<extra></extra>"
    return made


def band(one: Series, x: list[Any]) -> Trace | None:
    """The area between `low` and `high`, one closed shape for each stretch without a gap; None without one."""
    low, high = numbers(one.low or ()), numbers(one.high or ())
    xs: list[Any] = []
    ys: list[float | None] = []
    stretch: list[int] = []
    for place in [*range(len(x)), None]:
        if place is not None and x[place] is not None and low[place] is not None and high[place] is not None:
            stretch.append(place)
            continue
        if len(stretch) > 1:
            there = _corners([(x[n], high[n]) for n in stretch], one.step)
            back = _corners([(x[n], low[n]) for n in stretch], one.step)[::-1]
            if xs:
                xs.append(None)
                ys.append(None)
            xs += [point[0] for point in (*there, *back)]
            ys += [point[1] for point in (*there, *back)]
        stretch = []
    if not xs:
        return None
    return scatter(
        x=xs,
        y=ys,
        mode="lines",
        fill="toself",
        fillcolor=ink(one.role),
        opacity=0.16,
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
    )


def _corners(points: list[tuple[Any, Any]], step: bool) -> list[tuple[Any, Any]]:
    if not step:
        return points
    found = points[:1]
    for before, after in pairwise(points):
        found += [(after[0], before[1]), after]
    return found


def whiskers(role: str, y: Sequence[float | None], low: Iterable[Any], high: Iterable[Any]) -> dict[str, Any]:
    """Error bars from bounds; a missing bound draws nothing on its side."""
    bounds = zip(y, numbers(low), numbers(high), strict=True)
    up: list[float] = []
    down: list[float] = []
    for value, least, most in bounds:
        up.append(0.0 if value is None or most is None else max(most - value, 0.0))
        down.append(0.0 if value is None or least is None else max(value - least, 0.0))
    return {
        "type": "data",
        "array": up,
        "arrayminus": down,
        "symmetric": False,
        "color": ink(role),
        "thickness": 1.5,
        "width": 0,
    }


def rule(figure: Sketch, x: Any, label: str, *, name: str = "mark", log: bool = False) -> None:
    """A quiet vertical rule over the whole height, with its label on top. `log`: the axis is logarithmic."""
    figure.add_shape(
        type="line",
        name=name,
        x0=x,
        x1=x,
        y0=0,
        y1=1,
        xref="x",
        yref="paper",
        layer="below",
        line={"color": ink("rule"), "width": 1, "dash": "dot" if name == "article" else "solid"},
    )
    figure.add_annotation(
        name=name,
        text=shown(label),
        x=math.log10(x) if log else x,  # Plotly takes exponents for annotations, values for shapes
        y=1,
        xref="x",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        showarrow=False,
        font={"color": ink("quiet"), "size": SMALL},
    )


def label(figure: Sketch, name: str, text: str, *, role: str = "", **where: Any) -> None:
    """A label in the drawing: `direct` for a series, `y-title`, `heading` for a group of rows, `note` for a place."""
    colour = text_ink(role) if role else ink("quiet" if name in ("y-title", "mark") else "ink")
    figure.add_annotation(
        name=name, text=text, showarrow=False, align="left", font={"color": colour, "size": SMALL}, **where
    )


def heading(figure: Sketch, text: str, row: int) -> None:
    """The heading of a group of rows, on a row of its own."""
    bold = f"<b>{shown(text)}</b>"
    label(figure, "heading", bold, x=0, y=row, xref="paper", yref="y", xanchor="left", yanchor="middle")


def y_title(figure: Sketch, text: str) -> None:
    """The title of the vertical axis, level, above its upper end: read without turning the head."""
    if text:
        label(figure, "y-title", shown(text), x=0, y=1, xref="paper", yref="paper", xanchor="left", yanchor="bottom")


def nice_range(low: float, high: float, *, zero: bool = False) -> tuple[float, float]:
    """A range with a little air around the data; from zero where the data come near it."""
    if low > high:
        low, high = 0.0, 1.0
    if zero or (low >= 0 and low <= 0.45 * high):
        low = min(low, 0.0)
    if zero or (high <= 0 and high >= 0.45 * low):
        high = max(high, 0.0)
    span = high - low or abs(high) or 1.0
    return (low if low == 0 else low - 0.06 * span, high if high == 0 else high + 0.06 * span)


def log_range(values: Iterable[float]) -> tuple[float, float]:
    """The exponents of a logarithmic range that holds the positive values."""
    held = [math.log10(one) for one in values if one > 0] or [0.0, 1.0]
    air = 0.05 * (max(held) - min(held)) or 0.3
    return min(held) - air, max(held) + air


def row_axis(figure: Sketch, labels: Sequence[str]) -> None:
    """A vertical axis of rows, the first on top."""
    figure.update_yaxes(
        range=[len(labels) - 0.5, -0.5],
        tickmode="array",
        tickvals=list(range(len(labels))),
        ticktext=[wrapped(one) for one in labels],
        tickfont={"color": ink("ink"), "size": SIZE},
        ticklabelstandoff=8,
        showgrid=False,
        fixedrange=True,
    )


def value_axis(figure: Sketch, title: str, span: tuple[float, float], *, log: bool = False) -> None:
    """A horizontal axis of values with its title and unit."""
    figure.update_xaxes(
        title={"text": shown(title)},
        range=list(span),
        type="log" if log else "linear",
        tickformat=",",
        showgrid=True,
        fixedrange=True,
    )


def plain_number(value: float | None) -> str:
    """A value as its label: whole when large, with as many digits as it takes when small."""
    if value is None:
        return ""
    size = abs(value)
    if size >= 1e7:
        return tick_text(value, 0)
    digits = 0 if size >= 100 or float(value).is_integer() else 1 if size >= 1 else 2
    return number(value, digits)


def day_number(value: str) -> int:
    """An ISO day as a count of days, for arithmetic on a date axis."""
    return date.fromisoformat(value[:10]).toordinal()
