"""A figure while it is drawn: Plotly's own JSON as plain dictionaries, put together once at the end.

Plotly's objects check every property each time one is set. For the charts of a chapter that took longer than all
analyses together. A test holds each chart of the book against Plotly's checks instead (`Chart.figure` makes them).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Trace = dict[str, Any]
Drawn = dict[str, Any]
"""A whole figure: {"data": [trace, …], "layout": {…}}."""


def scatter(**properties: Any) -> Trace:
    """A scatter trace."""
    return {**properties, "type": "scatter"}


def bar(**properties: Any) -> Trace:
    """A bar trace."""
    return {**properties, "type": "bar"}


class Sketch:
    """Traces, shapes, annotations and layout, with the few verbs of `plotly.graph_objects.Figure` that builders use."""

    def __init__(self, layout: Mapping[str, Any]) -> None:
        self.traces: list[Trace] = []
        self.layout: dict[str, Any] = dict(layout)
        self.shapes: list[dict[str, Any]] = []
        self.annotations: list[dict[str, Any]] = []

    def add_trace(self, trace: Trace) -> None:
        """One more trace, over those before it."""
        self.traces.append(trace)

    def add_traces(self, traces: Iterable[Trace]) -> None:
        """More traces."""
        self.traces.extend(traces)

    def add_shape(self, **properties: Any) -> None:
        """One more line or rectangle."""
        self.shapes.append(properties)

    def add_annotation(self, **properties: Any) -> None:
        """One more text."""
        self.annotations.append(properties)

    def update_layout(self, **properties: Any) -> None:
        """Set properties of the layout; dictionaries are merged."""
        self.layout = merged(self.layout, properties)

    def update_xaxes(self, **properties: Any) -> None:
        """Set properties of the horizontal axis."""
        self.update_layout(xaxis=properties)

    def update_yaxes(self, **properties: Any) -> None:
        """Set properties of the vertical axis."""
        self.update_layout(yaxis=properties)

    def settled(self) -> Drawn:
        """The whole figure; a property set to None counts as not set."""
        layout = {**self.layout, "shapes": self.shapes, "annotations": self.annotations}
        found: Drawn = _set(
            {"data": self.traces, "layout": {key: value for key, value in layout.items() if value != []}}
        )
        return found


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """`old` with the properties of `new`, dictionary by dictionary; neither is changed."""
    found = dict(old)
    for key, value in new.items():
        known = found.get(key)
        found[key] = merged(known, value) if isinstance(value, Mapping) and isinstance(known, Mapping) else value
    return found


def _set(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _set(value) for key, value in node.items() if value is not None}
    return [_set(one) for one in node] if isinstance(node, list) and node and isinstance(node[0], Mapping) else node
