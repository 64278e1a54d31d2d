"""What is known about one drawing while it is laid out: its axes, edges and labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casefile.figures import svg_margins as margins
from casefile.figures.axes import (
    Scale,
    Tick,
    date_ticks,
    day_of,
    exponent,
    log_ticks,
    number_ticks,
    plain,
)
from casefile.figures.svg_parts import Label
from casefile.figures.svg_subset import words

PHONE = 480
"""Below this width a drawing adapts to a phone: shorter label columns, smaller type for rows."""


def least_height(across: float) -> float:
    """The least height of a plot of this width; charts of rows are as high as their rows."""
    return 320.0 if across < PHONE else 380.0


@dataclass
class Scene:
    """A drawing before it is written: its height, its pieces in order, and its labels."""

    width: float
    height: float = 0.0
    parts: list[str] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)


@dataclass
class Plan:
    """Everything known about one drawing while it is laid out. Plot edges are pixels."""

    width: float
    ids: str
    traces: list[dict[str, Any]]
    layout: Mapping[str, Any]
    x_axis: Mapping[str, Any]
    y_axis: Mapping[str, Any]
    left: float = 6.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    x: Any = None
    y: Any = None
    key: list[margins.KeyEntry] = field(default_factory=list)
    x_ticks: list[tuple[float, Label]] = field(default_factory=list)
    y_ticks: list[Tick] = field(default_factory=list)
    cell_text: dict[int, list[tuple[str, ...]]] = field(default_factory=dict)

    @property
    def phone(self) -> bool:
        """Whether the drawing is for a phone."""
        return self.width < PHONE

    @property
    def in_rows(self) -> bool:
        """Whether the vertical axis is a list of rows."""
        return self.y_axis.get("tickmode") == "array"

    @property
    def in_columns(self) -> bool:
        """Whether the horizontal axis is a list of columns."""
        return self.x_axis.get("tickmode") == "array"

    def notes(self, *names: str) -> list[Mapping[str, Any]]:
        """The annotations with these names."""
        return [one for one in self.layout.get("annotations") or () if one["name"] in names]

    def shapes(self) -> list[Mapping[str, Any]]:
        """All shapes."""
        return list(self.layout.get("shapes") or ())

    def note_x(self, note: Mapping[str, Any]) -> float | None:
        """The pixel of an annotation; like Plotly, a place on a logarithmic axis is its exponent."""
        if note.get("xref") == "x" and self.x_axis.get("type") == "log":
            return float(self.x.pixel(note["x"]))
        return self.place_x(note["x"], note.get("xref"))

    def note_y(self, note: Mapping[str, Any]) -> float | None:
        """The same, downwards."""
        if note.get("yref") == "y" and self.y_axis.get("type") == "log":
            return float(self.y.pixel(note["y"]))
        return self.place_y(note["y"], note.get("yref"))

    def place_x(self, value: Any, ref: str | None) -> float | None:
        """The pixel of a place given on the axis or as a share of the plot."""
        if ref == "paper":
            return self.left + float(value) * (self.right - self.left)
        found: float | None = self.x(value)
        return found

    def place_y(self, value: Any, ref: str | None) -> float | None:
        """The same, downwards."""
        if ref == "paper":
            return self.bottom - float(value) * (self.bottom - self.top)
        found: float | None = self.y(value)
        return found


def with_places(axis: Mapping[str, Any], traces: list[dict[str, Any]], name: str) -> Mapping[str, Any]:
    """A category axis as an axis of numbered places."""
    if axis.get("type") != "category":
        return axis
    names = list(dict.fromkeys(value for trace in traces for value in trace.get(name) or () if value is not None))
    place = {value: number for number, value in enumerate(names)}
    for trace in traces:
        trace[name] = [place.get(value) for value in trace.get(name) or ()]
    edges = [-0.5, len(names) - 0.5]
    if name == "y":
        edges.reverse()
    ticks = {"tickmode": "array", "tickvals": list(range(len(names))), "ticktext": [str(one) for one in names]}
    return {**axis, **ticks, "type": "linear", "range": edges}


def scale_of(axis: Mapping[str, Any], start: float, end: float) -> Scale:
    kind = axis.get("type")
    given = list(axis.get("range") or (0, 1))
    to_number = day_of if kind == "date" else exponent if kind == "log" else plain
    low, high = (day_of(one) or 0.0 for one in given) if kind == "date" else (float(one) for one in given)
    if not abs(high - low) > 1e-12 * max(abs(low), abs(high)):
        low, high = low - max(abs(low) * 0.1, 0.5), high + max(abs(high) * 0.1, 0.5)
    return Scale(low, high, start, end, to_number)


def ticks_of(axis: Mapping[str, Any], scale: Scale, wanted: int) -> list[Tick]:
    low, high = sorted((scale.low, scale.high))
    if axis.get("tickmode") == "array":
        return [(float(at), (words(text),)) for at, text in zip(axis["tickvals"], axis["ticktext"], strict=True)]
    if axis.get("type") == "date":
        return date_ticks(low, high, wanted)
    found = log_ticks(low, high, wanted) if axis.get("type") == "log" else number_ticks(low, high, wanted)
    after = axis.get("ticksuffix") or ""
    return [(at, (*lines[:-1], lines[-1] + after)) for at, lines in found]


def title_of(axis: Mapping[str, Any]) -> str:
    return words((axis.get("title") or {}).get("text") or "")
