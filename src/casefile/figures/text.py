"""Measuring, wrapping and spreading text without a browser. Widths err on the wide side, so that nothing is cut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

LEADING = 1.22
"""Height of a line in ems."""

BOLD = 1.13
"""How much wider bold type runs."""

# Advance widths in thousandths of an em: for each letter the wider of the two metrics that readers' sans fonts have,
# the grotesque one (Helvetica, Arial, Liberation Sans) and that of Verdana and DejaVu Sans, rounded up.
_GROUPS = {
    280: "'ijl",
    300: "I",
    320: "‘’ ,.\u00a0",
    340: "|/:;\\",
    360: "f",
    370: "-",
    400: "[]t()",
    410: "!",
    420: "r",
    460: '"',
    500: "`*°J",
    520: "“”„",
    530: "sz",
    550: "c",
    560: "?_L–",
    580: "k",
    590: "•",
    600: "vxy",
    620: "aeo«»FT",
    640: "{}$0123456789bdghnpqu€£",
    670: "EKPSY",
    690: "ZABVX",
    730: "CR",
    740: "U",
    750: "N",
    760: "H",
    780: "&DG",
    790: "OQ",
    820: "w",
    840: "#+<=>~−×÷±≤≥≈",
    870: "M",
    960: "%",
    980: "m",
    990: "W",
    1000: "—…→←↑↓",
    1020: "@",
}
_WIDTHS = {letter: width / 1000 for width, letters in _GROUPS.items() for letter in letters}
_OTHER = 0.77
"""Accented and other alphabets: a wide letter."""
_WIDE = 1.1
"""Ideographs, emoji and whatever lies beyond them."""


@lru_cache(maxsize=8192)
def width(text: str, size: float) -> float:
    """The width of one line in pixels, never less than a browser draws it."""
    ems = 0.0
    for letter in text:
        known = _WIDTHS.get(letter)
        ems += known if known is not None else _OTHER if ord(letter) < 0x1100 else _WIDE
    return ems * size


def height(lines: int, size: float) -> float:
    """The height of a block of lines in pixels."""
    return lines * size * LEADING


@lru_cache(maxsize=4096)
def wrap(text: str, size: float, room: float) -> tuple[str, ...]:
    """Lines no wider than `room`; a word wider than that is broken between letters. Never empty."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width(longer, size) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while width(line, size) > room and len(line) > 1:
            cut = len(line) - 1
            while cut > 1 and width(line[:cut], size) > room:
                cut -= 1
            lines.append(line[:cut])
            line = line[cut:]
    return (*lines, line) if line or not lines else tuple(lines)


def widest(lines: Sequence[str], size: float) -> float:
    """The width of the widest line."""
    return max((width(line, size) for line in lines), default=0.0)


def longest_word(text: str, size: float) -> float:
    """The width of the widest word: what a column needs so that no word is broken."""
    return widest(text.split(), size)


def spread(middles: Sequence[float], heights: Sequence[float], top: float, bottom: float) -> list[float] | None:
    """Middles moved apart vertically, as little as it takes and in their order; None when they do not fit at all."""
    if math.fsum(heights) > bottom - top + 1e-6:
        return None
    order = sorted(range(len(middles)), key=lambda place: (middles[place], place))
    tops = [0.0] * len(middles)
    edge = top
    for place in order:
        tops[place] = max(middles[place] - heights[place] / 2, edge)
        edge = tops[place] + heights[place]
    edge = bottom
    for place in reversed(order):
        tops[place] = min(tops[place], edge - heights[place])
        edge = tops[place]
    return [tops[place] + heights[place] / 2 for place in range(len(middles))]
