"""A chart on the page: static drawing first, live Plotly on demand, data behind a disclosure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from casefile.evidence.library import Library
from casefile.figures.chart import NARROW, WIDE, Chart
from casefile.figures.downloads import csv_text, exact, metadata
from casefile.figures.finish import live
from casefile.figures.svg import laid_out, to_svg
from casefile.figures.svg_compose import Laid
from casefile.figures.svg_plan import least_height
from casefile.show.block import Block
from casefile.show.cards import source_link
from casefile.show.html import Html, anchor, disclosure, el, join, table
from casefile.show.mime import CHART_MIME, PLOTLY_MIME
from casefile.words import counted, day, number

TABLE_ROWS = 60
"""Rows in the table under a chart; the CSV has all."""

SOURCES_NAMED = 3
"""Publishers named under a chart; the others stand behind its disclosure."""

SOURCES_LISTED = 40
"""Publishers named there; a chart of all claims has hundreds, which the page of sources lists."""


def chart_block(chart: Chart, library: Library) -> Block:
    """The chart as HTML for the book, as Plotly for JupyterLab, and its data for the downloads."""
    name = anchor(chart.id)
    sizes = ((WIDE, "wide"), (NARROW, "narrow"))
    laid = {width: laid_out(chart, width, _least(width), f"{name}-{kind}") for width, kind in sizes}
    drawings = [_drawing(chart, width, kind, name, laid[width]) for width, kind in sizes]
    publishers = _one_each(chart.sources, library)
    first = publishers[:SOURCES_NAMED]
    more = len(publishers) - len(first)
    note: list[object] = [
        f"{chart.caption} " if chart.caption else "",
        "Source: " if len(publishers) == 1 else "Sources: ",
        join((source_link(one, library) for one in first), ", "),
        f" and {counted(more, 'other')}. " if more else ". ",
    ]
    if chart.last_date:
        note.append(f"Last observation: {day(chart.last_date)}.")
    rest = join((source_link(one, library) for one in publishers[:SOURCES_LISTED]), ", ") if more else None
    beyond = len(publishers) - SOURCES_LISTED
    last = [f" and {counted(beyond, 'other')} in the ", el("a", "list of sources", href="data.html#sources")]
    html = el(
        "figure",
        el("p", chart.title, class_="cf-title", id=f"{name}-title"),
        el("div", *drawings, class_="cf-plot", data_chart=chart.id, data_name=name),
        el("figcaption", *note),
        disclosure(
            "The numbers in this chart" + (" and all their sources" if more else ""),
            _data_table(chart),
            el("p", "Sources: ", rest, *(last if beyond > 0 else ()), ".", class_="cf-meta") if more else None,
        ),
        el(
            "p",
            el("a", "Data (CSV)", href=f"_static/charts/{name}.csv", download=True),
            " ",
            el("a", "About the data (JSON)", href=f"_static/charts/{name}.json", download=True),
            class_="cf-downloads",
        ),
        class_="cf-chart",
        id=f"c-{name}",
        data_chart_id=chart.id,
        aria_labelledby=f"{name}-title",
    )
    extra: dict[str, Any] = {
        PLOTLY_MIME: _live(chart, WIDE, laid[WIDE]),
        CHART_MIME: {
            "id": chart.id,
            "name": name,
            "csv": csv_text(chart),
            "metadata": metadata(chart),
            "narrow": _live(chart, NARROW, laid[NARROW]),
        },
    }
    return Block(html, extra)


def _least(width: int) -> int:
    return round(least_height(width))


def _drawing(chart: Chart, width: int, kind: str, name: str, laid: Laid) -> Html:
    """The drawing in a box of its own shape, so that the page need not lay it out before it comes into view."""
    svg = to_svg(chart, width=width, height=_least(width), ids=f"{name}-{kind}", laid=laid)
    height = svg.partition(' height="')[2].partition('"')[0]
    return el("div", Html(svg), class_=f"cf-{kind}", style=f"aspect-ratio:{width}/{height}")


def _live(chart: Chart, width: int, laid: Laid) -> dict[str, Any]:
    """The live chart of this width as plain JSON values, without its template: the page has one for each theme."""
    text = json.dumps(live(chart, width, laid), default=_value, allow_nan=False)
    figure: dict[str, Any] = json.loads(text, parse_float=lambda digits: exact(float(digits)))
    figure["layout"].pop("template", None)
    return {"data": figure["data"], "layout": figure["layout"]}


def _value(value: Any) -> Any:
    """A number of numpy's as a plain one."""
    return value.item()


def _one_each(names: Sequence[str], library: Library) -> list[str]:
    """One source for each publisher, originals before reports of them."""
    kinds = ("primary", "dataset", "secondary")
    found: dict[str, str] = {}
    for kind in kinds:
        for name in names:
            source = library.sources.get(name)
            if source is not None and source.kind == kind:
                found.setdefault(_publisher(name, library), name)
    return list(found.values())


def _publisher(source_id: str, library: Library) -> str:
    source = library.sources.get(source_id)
    return source.publisher if source else source_id


def _data_table(chart: Chart) -> Html:
    frame = chart.data
    columns = [str(one) for one in frame.columns]
    header = [f"{one} ({chart.units[one]})" if chart.units.get(one) else one for one in columns]
    numeric = frozenset(n for n, one in enumerate(frame.columns) if pd.api.types.is_numeric_dtype(frame[one]) and n > 0)
    shown = frame if len(frame) <= TABLE_ROWS else pd.concat([frame.head(TABLE_ROWS // 2), frame.tail(TABLE_ROWS // 2)])
    rows = [[_cell(value) for value in row] for row in shown.itertuples(index=False)]
    note = None
    if len(frame) > TABLE_ROWS:
        note = el(
            "p",
            f"The first and last {TABLE_ROWS // 2} of {number(len(frame))} rows; the CSV has all.",
            class_="cf-meta",
        )
    return join([table(header, rows, caption=f"Data: {chart.title}", numeric=numeric), note])


def _cell(value: Any) -> str:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return "–"
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value, 0 if value.is_integer() else 1 if abs(value) >= 100 else 2)
    return str(value)
