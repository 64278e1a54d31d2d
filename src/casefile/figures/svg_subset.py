"""The part of Plotly that the static SVG draws. Anything else is refused: nothing is dropped in silence."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

import numpy as np

from casefile.errors import UsageError
from casefile.figures.sketch import Drawn
from casefile.figures.svg_parts import SYMBOLS
from casefile.figures.theme import CLASSES

_FONT = {"color", "size", "family"}
_ERROR = {"type", "array", "arrayminus", "symmetric", "color", "thickness", "width", "visible"}
_LIVE = {"hovertemplate", "hoverinfo", "hovertext", "customdata", "meta", "uid", "cliponaxis", "legendgroup"}
_TRACES: dict[str, dict[str, set[str]]] = {
    "scatter": {
        "": {"type", "x", "y", "name", "mode", "fill", "fillcolor", "opacity", "text", "textposition", "showlegend"}
        | {"connectgaps"}
        | _LIVE,
        "line": {"color", "width", "dash", "shape"},
        "marker": {"color", "size", "symbol", "opacity"},
        "marker.line": {"width", "color"},
        "textfont": _FONT,
        "error_x": _ERROR,
        "error_y": _ERROR,
    },
    "bar": {
        "": {"type", "x", "y", "name", "orientation", "text", "textposition", "showlegend", "opacity", "textangle"}
        | {"insidetextanchor"}
        | _LIVE,
        "marker": {"color", "opacity"},
        "marker.line": {"width", "color"},
        "textfont": _FONT,
        "error_x": _ERROR,
    },
}
_SHAPE = {
    "": {"type", "name", "x0", "x1", "y0", "y1", "xref", "yref", "layer", "fillcolor", "opacity"},
    "line": {"color", "width", "dash"},
}
_ANNOTATION = {
    "": {"name", "text", "x", "y", "xref", "yref", "xanchor", "yanchor", "xshift", "yshift", "showarrow", "align"},
    "font": _FONT,
}
_AXIS = {
    "": {
        "type",
        "range",
        "tickmode",
        "tickvals",
        "ticktext",
        "tickformat",
        "tickfont",
        "ticksuffix",
        "showgrid",
        "showline",
        "showticklabels",
        "side",
        "title",
        # Where a live chart puts things; a drawing decides for itself.
        "ticks",
        "ticklen",
        "ticklabelstandoff",
        "fixedrange",
        "automargin",
        "zeroline",
    },
    "tickfont": _FONT,
    "title": {"text", "font", "standoff"},
    "title.font": _FONT,
}
_LAYOUT = {"xaxis", "yaxis", "shapes", "annotations", "barmode", "bargap", "bargroupgap", "showlegend", "meta"} | {
    "template",
    "hovermode",
    "dragmode",
    "margin",
    "height",
    "width",
    "legend",
}
_VALUES: dict[str, tuple[Any, ...]] = {
    "mode": ("lines", "markers", "text", "lines+markers", "markers+text", "lines+markers+text", "lines+text", "none"),
    "fill": ("toself", "none"),
    "line.shape": ("linear", "hv"),
    "line.dash": ("solid", "dash", "dot", "dashdot", "longdash"),
    "orientation": ("h",),
    "connectgaps": (False,),
    "showarrow": (False,),
    "barmode": ("group", "relative", "stack", "overlay"),
    "textangle": (0,),
    "insidetextanchor": ("middle",),
    "error_x.type": ("data",),
    "error_y.type": ("data",),
}
ANNOTATIONS = ("direct", "y-title", "mark", "article", "reference", "heading", "event", "note")
_COLOURS = {"color", "fillcolor"}
_BREAK = re.compile(r"<br\s*/?>")
_BOLD = re.compile(r"</?b>")


class DrawingError(UsageError):
    """A figure uses something that the static drawing cannot show."""


def read(figure: Drawn, *, checked: bool = False) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Traces and layout of a figure's JSON. Raises `DrawingError` for anything that the drawing would lose, unless the
    figure is known to have been `checked`."""
    traces = [_decoded(one) for one in figure["data"]]
    layout = dict(figure["layout"])
    if not checked:
        _refuse_what_is_lost(traces, layout)
    return traces, layout


def _refuse_what_is_lost(traces: list[dict[str, Any]], layout: Mapping[str, Any]) -> None:
    for place, one in enumerate(traces):
        kind = one.get("type", "scatter")
        if kind not in _TRACES:
            raise DrawingError(f"A {kind!r} trace cannot be drawn as SVG; only scatter and bar can.")
        _check(one, _TRACES[kind], f"{kind} trace {place}")
    strange = sorted(set(layout) - _LAYOUT)
    if strange:
        raise DrawingError(f"The layout's {strange[0]!r} cannot be drawn as SVG.")
    if layout.get("barmode") is not None:
        _value("barmode", layout["barmode"], "layout")
    for name in ("xaxis", "yaxis"):
        _check(layout.get(name) or {}, _AXIS, name)
    for place, one in enumerate(layout.get("shapes") or ()):
        _check(one, _SHAPE, f"shape {place}")
        if one.get("type") not in ("line", "rect"):
            raise DrawingError(f"Shape {place} is a {one.get('type')!r}; only lines and rectangles are drawn.")
    for place, one in enumerate(layout.get("annotations") or ()):
        _check(one, _ANNOTATION, f"annotation {place}")
        if one.get("name") not in ANNOTATIONS:
            allowed = ", ".join(ANNOTATIONS)
            raise DrawingError(f"Annotation {place} has the name {one.get('name')!r}. Names that are drawn: {allowed}.")


def _check(node: Mapping[str, Any], allowed: Mapping[str, set[str]], where: str, path: str = "") -> None:
    for key, value in node.items():
        here = f"{path}.{key}" if path else key
        if value is None:
            continue
        if here in allowed and isinstance(value, Mapping):
            _check(value, allowed, where, here)
        elif key not in allowed.get(path, ()):
            raise DrawingError(f"The property {here!r} of {where} cannot be drawn as SVG.")
        else:
            _value(here, value, where)
            if key in _COLOURS:
                _colour(value, where)
            if here == "marker.symbol":
                _symbol(value, where)


def _value(path: str, value: Any, where: str) -> None:
    if path in _VALUES and value not in _VALUES[path]:
        raise DrawingError(f"{path} = {value!r} of {where} cannot be drawn as SVG; {_VALUES[path]} can.")


def _colour(value: Any, where: str) -> None:
    for one in value if isinstance(value, list | tuple) else [value]:
        if one not in CLASSES:
            raise DrawingError(
                f"The colour {one!r} of {where} is not in the palette; use a role of casefile.figures.theme."
            )


def _symbol(value: Any, where: str) -> None:
    for one in value if isinstance(value, list | tuple) else [value]:
        if str(one).removesuffix("-open") not in SYMBOLS:
            allowed = ", ".join(sorted(SYMBOLS))
            raise DrawingError(f"The symbol {one!r} of {where} cannot be drawn as SVG. Symbols: {allowed}.")


def _decoded(trace: Mapping[str, Any]) -> dict[str, Any]:
    """A trace whose arrays are lists, whatever Plotly made of them."""
    return {key: _plain(value) for key, value in trace.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        if "bdata" in value:
            flat = np.frombuffer(base64.b64decode(value["bdata"]), dtype=np.dtype(value["dtype"]))
            return [None if one != one else one for one in flat.tolist()]
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def words(text: Any) -> str:
    """Plotly's text as plain text: line breaks are spaces here, for each drawing wraps by itself."""
    return unescape(_BOLD.sub("", _BREAK.sub(" ", str(text)))).strip() if text is not None else ""


def each(value: Any, count: int) -> Sequence[Any]:
    """A property that is one value or a list of them, as a list."""
    return value if isinstance(value, list) else [value] * count
