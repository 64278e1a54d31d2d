"""Where labels go: keys, flags over rules, labels at the ends of lines, ticks. Pixels and boxes only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from casefile.figures.axes import Tick
from casefile.figures.svg_parts import Label, overlap
from casefile.figures.text import LEADING, spread, widest, width, wrap
from casefile.figures.theme import SMALL

EDGE = 2.0
"""Pixels that every label keeps from the edge of the drawing."""
GAP = 7.0
"""Pixels between two labels side by side."""
LINE = SMALL * LEADING


@dataclass(frozen=True)
class KeyEntry:
    """A line of the key: the place of its swatch and its label."""

    trace: int
    x: float
    y: float
    label: Label


def key(names: Sequence[tuple[int, str]], room: float, *, swatch: float = 18.0) -> tuple[list[KeyEntry], float]:
    """Entries flowing over lines from the top left, and the height that they take."""
    entries: list[KeyEntry] = []
    x, y, tallest = EDGE, EDGE, 0.0
    for trace, name in names:
        lines = wrap(name, SMALL, room - swatch - 3 * EDGE)
        needed = swatch + 4 + widest(lines, SMALL)
        if x > EDGE and x + needed > room - EDGE:
            x, y = EDGE, y + tallest + 3
            tallest = 0.0
        label = Label("key", lines, x + swatch + 4, y)
        entries.append(KeyEntry(trace, x + swatch / 2, y + LINE / 2, label))
        x += needed + 14
        tallest = max(tallest, label.height)
    return entries, (y + tallest + 6 if entries else 0.0)


@dataclass(frozen=True)
class Flag:
    """A label over a vertical rule; `above` is how far over the plot its lower edge lies."""

    x: float
    above: float
    label: Label


def flags(marks: Sequence[tuple[float, str, str]], room: float, most: float) -> tuple[list[Flag], float]:
    """Labels over rules at (x, text, classes), stacked so that none covers another, and the height they take.

    Each begins at its rule and reads to the right; the ones that would leave the drawing end at their rule.
    """
    starts: list[tuple[float, Label]] = []
    ends: list[tuple[float, Label]] = []
    for x, text, classes in marks:
        lines = wrap(text, SMALL, min(most, room - 2 * EDGE))
        across = widest(lines, SMALL)
        label = Label("flag", lines, x, 0.0, classes=classes, halo=True)
        if x + across <= room - EDGE:
            starts.append((x, label))
        else:
            ends.append((x, replace(label, x=max(x + 1, across + EDGE), anchor="end")))
    placed: list[Flag] = []
    for x, label in (*sorted(starts, key=lambda one: -one[0]), *sorted(ends, key=lambda one: one[0])):
        left, _, right, _ = label.box
        above = 2.0
        for one in placed:
            here = one.label.box
            if left < here[2] + GAP and here[0] < right + GAP:
                above = max(above, one.above + one.label.height + 1)
        placed.append(Flag(x, above, label))
    return placed, max((one.above + one.label.height for one in placed), default=0.0) + (3 if placed else 0)


def ends(
    wanted: Sequence[tuple[float, str, str]], x: float, room: float, top: float, bottom: float
) -> list[Label] | None:
    """Labels in a column right of the plot, at (y, text, classes) or near it; None when they do not fit."""
    blocks = [wrap(text, SMALL, room) for _, text, _ in wanted]
    heights = [len(lines) * LINE + 1.5 for lines in blocks]
    middles = spread([min(max(y, top), bottom) for y, _, _ in wanted], heights, top - LINE / 2, bottom + LINE / 2)
    if middles is None:
        return None
    return [
        Label("direct", lines, x, middle - len(lines) * LINE / 2, classes=classes)
        for lines, middle, (_, _, classes) in zip(blocks, middles, wanted, strict=True)
    ]


def level_ticks(
    make: Callable[[int], list[Tick]], pixel: Callable[[float], float], y: float, room: float, most: float
) -> list[tuple[float, Label]]:
    """Ticks under a horizontal axis, as many as fit without touching, up to about `most`: (pixel, label)."""
    best: list[tuple[float, Label]] = []
    for wanted in range(max(int(most), 2), 0, -1):
        ticks = make(wanted)
        best = [(pixel(value), _under(pixel(value), lines, y, room)) for value, lines in ticks]
        if _apart([label for _, label in best]):
            return best
    kept: list[tuple[float, Label]] = []
    for tick in best:
        if not kept or _apart([kept[-1][1], tick[1]]):
            kept.append(tick)
    return kept


def _under(x: float, lines: tuple[str, ...], y: float, room: float) -> Label:
    half = widest(lines, SMALL) / 2
    middle = min(max(x, half + EDGE), room - half - EDGE) if 2 * half + 2 * EDGE < room else room / 2
    return Label("tick", lines, middle, y, anchor="middle", classes="cf-quiet")


def _apart(labels: Sequence[Label]) -> bool:
    boxes = [label.box for label in labels]
    return all(one[2] + GAP <= other[0] for one, other in pairwise(boxes))


def settle(label: Label, taken: Sequence[Label], top: float, bottom: float, room: float) -> Label:
    """A label moved up or down, as little as it takes, off the labels already there and into the drawing."""
    left, _, right, _ = label.box
    shift = max(EDGE - left, 0.0) - max(right - (room - EDGE), 0.0)
    inside = replace(label, x=label.x + shift, y=min(max(label.y, top), bottom - label.height))
    steps = sorted((place * LINE / 4 for place in range(-80, 81)), key=abs)
    for step in steps:
        moved = replace(inside, y=inside.y + step)
        if moved.y < top or moved.y + moved.height > bottom:
            continue
        if not any(overlap(moved.box, other.box, 1) for other in taken):
            return moved
    return inside


def value_room(ends_at: Sequence[tuple[float, str]], total: float) -> float:
    """What the plot must give up at one side so that labels beyond bars of these shares (0–1) stay inside."""
    needed = 0.0
    for share, text in ends_at:
        across = width(text, SMALL) + 8
        if share > 0.02:
            needed = max(needed, total - (total - across) / share)
        elif share >= 0:
            needed = max(needed, 0.0)
    return min(max(needed, 0.0), 0.6 * total)
