"""Categories against categories, and dated events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from casefile.figures.chart import About, Chart, iso
from casefile.figures.drawing import ARTICLE_LABEL, day_number, empty, heading, label, row_axis, rule, shown, wrapped
from casefile.figures.finish import charted
from casefile.figures.sketch import Sketch, scatter
from casefile.figures.theme import SMALL, ink, symbol, text_ink
from casefile.model import ARTICLE_DATE


def matrix(
    about: About,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Sequence[Sequence[str | None]],
    *,
    roles: Mapping[str, str],
    symbols: Mapping[str, str],
) -> Chart:
    """A grid of words: each cell a tint, a symbol and the word itself where it fits; None is an empty cell.

    `roles` gives each word its colour role, `symbols` its Plotly symbol (`circle`, `triangle-up-open` …).
    """
    figure = empty()
    for word, role in roles.items():
        found = [(column, row) for row, line in enumerate(cells) for column, cell in enumerate(line) if cell == word]
        if not found:
            continue
        for column, row in found:
            tile(figure, column - 0.48, column + 0.48, row - 0.45, row + 0.45, role)
        figure.add_trace(
            scatter(
                x=[one[0] for one in found],
                y=[one[1] for one in found],
                mode="markers+text",
                name=shown(word),
                text=[shown(word)] * len(found),
                textposition="bottom center",
                textfont={"color": ink("ink"), "size": SMALL},
                marker={"color": text_ink(role), "symbol": symbols.get(word, symbol(role)), "size": 10},
                hovertemplate="%{fullData.name}<extra></extra>",
                showlegend=True,
            )
        )
    row_axis(figure, rows)
    figure.update_xaxes(
        range=[-0.5, len(columns) - 0.5],
        tickmode="array",
        tickvals=list(range(len(columns))),
        ticktext=[wrapped(one, 14) for one in columns],
        tickfont={"color": ink("ink"), "size": SMALL},
        side="top",
        showgrid=False,
        fixedrange=True,
    )
    figure.update_layout(showlegend=True)
    return charted(about, figure)


def tile(figure: Sketch, x0: Any, x1: Any, y0: float, y1: float, role: str, *, opacity: float = 0.16) -> None:
    """A tinted cell."""
    figure.add_shape(
        type="rect",
        name="cell",
        x0=x0,
        x1=x1,
        y0=y0,
        y1=y1,
        xref="x",
        yref="y",
        layer="below",
        fillcolor=ink(role),
        opacity=opacity,
        line={"width": 0},
    )


def events(
    about: About, rows: Sequence[tuple[Any, str, str, str]], *, lanes: Sequence[str], article: bool = True
) -> Chart:
    """Dated events, each on a row of its own under the heading of its lane, so that no label hides another.

    `rows` holds (date, lane, label, role). Raises `ValueError` for an event whose lane is not in `lanes`.
    """
    strange = sorted({one[1] for one in rows} - set(lanes))
    if strange:
        raise ValueError(f"Events on lanes that are not declared: {', '.join(strange)}.")
    figure = empty()
    placed: list[tuple[str, int, str, str]] = []
    headings: list[tuple[int, str]] = []
    row = 0
    for lane in lanes:
        mine = sorted((iso(one[0]), one[2], one[3]) for one in rows if one[1] == lane)
        if not mine:
            continue
        if lane:
            headings.append((row, lane))
            row += 1
        for day, text, role in mine:
            placed.append((day, row, text, role))
            row += 1
    days = [one[0] for one in placed]
    marked = article and about.as_of >= ARTICLE_DATE
    span = _span([*days, ARTICLE_DATE.isoformat()] if marked else days)
    middle = (day_number(span[0]) + day_number(span[1])) / 2
    for role in dict.fromkeys(one[3] for one in placed):
        found = [one for one in placed if one[3] == role]
        figure.add_trace(
            scatter(
                x=[one[0] for one in found],
                y=[one[1] for one in found],
                mode="markers",
                marker={"color": ink(role), "symbol": symbol(role), "size": 9},
                text=[shown(one[2]) for one in found],
                hovertemplate="%{x|%-d %B %Y}: %{text}<extra></extra>",
                showlegend=False,
            )
        )
    for day, place, text, role in placed:
        left = day_number(day) <= middle
        label(
            figure,
            "event",
            wrapped(text, 44),
            role=role,
            x=day,
            y=place,
            xref="x",
            yref="y",
            xanchor="left" if left else "right",
            xshift=9 if left else -9,
            yanchor="middle",
        )
    for place, lane in headings:
        heading(figure, lane, place)
    row_axis(figure, [""] * max(row, 1))
    figure.update_yaxes(showticklabels=False)
    figure.update_xaxes(type="date", range=list(span), showline=True, ticks="outside", ticklen=4, showgrid=True)
    if marked:
        rule(figure, ARTICLE_DATE.isoformat(), ARTICLE_LABEL, name="article")
    return charted(about, figure)


def _span(days: list[str]) -> tuple[str, str]:
    """The first and the last day with a twentieth of air on both sides."""
    numbers = [day_number(one) for one in days] or [ARTICLE_DATE.toordinal()]
    air = max(round(0.05 * (max(numbers) - min(numbers))), 20)
    return date.fromordinal(min(numbers) - air).isoformat(), date.fromordinal(max(numbers) + air).isoformat()
