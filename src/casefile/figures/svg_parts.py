"""The pieces of a drawing: elements, labels with their boxes, symbols."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casefile.figures.text import BOLD, LEADING, height, widest
from casefile.figures.theme import CLASSES, SMALL

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
"""What XML forbids, and overrides of direction, which reorder what a reader sees."""

DASHES = {"dash": "6 4", "dot": "1.5 3", "dashdot": "6 3 1.5 3", "longdash": "10 4"}


def escaped(text: str) -> str:
    """Text for XML, in elements and in double-quoted attributes."""
    clean = text if text.isprintable() else _UNPRINTABLE.sub("\ufffd", text)
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def short(value: float) -> str:
    """A coordinate to a tenth of a pixel."""
    text = f"{value:.1f}"
    text = text[:-2] if text.endswith(".0") else text
    return "0" if text == "-0" else text


def tag(name: str, classes: str, **attributes: float | str | None) -> str:
    """An empty element; underscores in names become dashes, None leaves an attribute out."""
    written = [f'<{name} class="{classes}"'] if classes else [f"<{name}"]
    for key, value in attributes.items():
        if value is not None:
            shown = value if isinstance(value, str) else short(value)
            written.append(f' {key.replace("_", "-")}="{shown}"')
    return "".join(written) + "/>"


def class_of(colour: str) -> str:
    """The class of a colour of the palette."""
    return CLASSES[colour]


@dataclass(frozen=True)
class Label:
    """A block of text at its place: `x` at its anchor, `y` at its top. `turned` reads upwards from (`x`, `y`)."""

    kind: str
    lines: tuple[str, ...]
    x: float
    y: float
    anchor: str = "start"
    size: float = SMALL
    classes: str = "cf-ink"
    bold: bool = False
    halo: bool = False
    turned: bool = False

    @property
    def width(self) -> float:
        """Pixels across, for type set level."""
        return widest(self.lines, self.size) * (BOLD if self.bold else 1)

    @property
    def height(self) -> float:
        """Pixels down, for type set level."""
        return height(len(self.lines), self.size)

    @property
    def box(self) -> Box:
        """The box that the text needs."""
        if self.turned:
            return (self.x, self.y - self.width, self.x + self.height, self.y)
        left = self.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * self.width
        return (left, self.y, left + self.width, self.y + self.height)

    def svg(self) -> str:
        """The text element."""
        base = 0.96 * self.size
        classes = f"cf-text {self.classes}{' cf-halo' if self.halo else ''}"
        extra = ' font-weight="600"' if self.bold else ""
        if self.halo:
            extra += ' stroke-width="3"'
        if self.turned:
            x, y = short(self.x + base), short(self.y)
            extra += f' transform="rotate(-90 {x} {y})"'
        else:
            x, y = short(self.x), short(self.y + base)
        anchor = "" if self.anchor == "start" else f' text-anchor="{self.anchor}"'
        start = f'<text class="{classes}" x="{x}" y="{y}" font-size="{short(self.size)}"{anchor}{extra}>'
        if len(self.lines) == 1:
            return f"{start}{escaped(self.lines[0])}</text>"
        rest = "".join(
            f'<tspan x="{x}" dy="{short(0 if place == 0 else self.size * LEADING)}">{escaped(line)}</tspan>'
            for place, line in enumerate(self.lines)
        )
        return f"{start}{rest}</text>"


def overlap(one: Box, other: Box, air: float = 0.0) -> bool:
    """Whether two boxes share more than an edge."""
    return (
        one[0] < other[2] + air and other[0] < one[2] + air and one[1] < other[3] + air and other[1] < one[3] + air
    )  # fmt: skip


_SHAPES: dict[str, Sequence[tuple[float, float]]] = {
    "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    "diamond": [(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)],
    "triangle-up": [(0, -1.15), (1.15, 0.85), (-1.15, 0.85)],
    "triangle-down": [(0, 1.15), (1.15, -0.85), (-1.15, -0.85)],
    "triangle-right": [(1.15, 0), (-0.85, 1.15), (-0.85, -1.15)],
    "triangle-left": [(-1.15, 0), (0.85, 1.15), (0.85, -1.15)],
    "cross": [(-0.4, -1.1), (0.4, -1.1), (0.4, -0.4), (1.1, -0.4), (1.1, 0.4), (0.4, 0.4),
              (0.4, 1.1), (-0.4, 1.1), (-0.4, 0.4), (-1.1, 0.4), (-1.1, -0.4), (-0.4, -0.4)],
    "x": [(-0.6, -1.1), (0, -0.5), (0.6, -1.1), (1.1, -0.6), (0.5, 0), (1.1, 0.6),
          (0.6, 1.1), (0, 0.5), (-0.6, 1.1), (-1.1, 0.6), (-0.5, 0), (-1.1, -0.6)],
    "line-ew": [(-1.2, -0.25), (1.2, -0.25), (1.2, 0.25), (-1.2, 0.25)],
    "line-ns": [(-0.25, -1.2), (0.25, -1.2), (0.25, 1.2), (-0.25, 1.2)],
}  # fmt: skip

SYMBOLS = frozenset({"circle", *_SHAPES})


def mark(symbol: str, x: float, y: float, size: float, classes: str) -> str:
    """A point's symbol, `size` pixels across; with `-open` an outline over the page's colour."""
    is_open = symbol.endswith("-open")
    base = symbol.removesuffix("-open")
    half = size / 2 - (0.8 if is_open else 0)
    # An open symbol hides the line under it, but in the page's own colour it lets the tile under it show.
    kind = f"cf-{'fill' if not is_open else 'line' if classes == 'cf-surface' else 'hollow'} {classes}"
    stroke = 1.8 if is_open else None
    if base == "circle":
        return tag("circle", kind, cx=x, cy=y, r=half, stroke_width=stroke)
    corners = _SHAPES[base]
    path = "M" + "L".join(f"{short(x + across * half)} {short(y + down * half)}" for across, down in corners) + "Z"
    return tag("path", kind, d=path, stroke_width=stroke)


def line_path(points: Iterable[tuple[float, float] | None], *, step: bool = False) -> str:
    """A path through points, broken where one is None; a point alone between two gaps makes no line."""
    written: list[str] = []
    stretch: list[tuple[float, float]] = []
    for point in [*points, None]:
        if point is not None:
            stretch.append(point)
            continue
        if len(stretch) > 1:
            thin = _thinned(stretch) if not step else stretch
            written.append(f"M{short(thin[0][0])} {short(thin[0][1])}")
            for x, y in thin[1:]:
                written.append(f"H{short(x)}V{short(y)}" if step else f"L{short(x)} {short(y)}")
        stretch = []
    return "".join(written)


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points that can be seen: of those within half a pixel across, the first, the extremes and the last."""
    if len(points) < 200:
        return points
    kept: list[tuple[float, float]] = []
    start = 0
    while start < len(points):
        end = start + 1
        while end < len(points) and abs(points[end][0] - points[start][0]) < 0.5:
            end += 1
        here = range(start, end)
        wanted = {start, end - 1, min(here, key=lambda n: points[n][1]), max(here, key=lambda n: points[n][1])}
        kept += [points[n] for n in sorted(wanted)]
        start = end
    return kept
