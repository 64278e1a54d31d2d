"""Measuring, wrapping and spreading text without a browser. Widths err on the wide side, so that nothing is cut."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

LEADING = 1.22
"""Height of a line in ems."""

_SLACK = 1.07
"""Other sans fonts run a little wider than the metrics below."""

# Advance widths of the common grotesque metrics (Helvetica, Arial, Liberation Sans), in thousandths of an em.
_GROUPS = {
    191: "'",
    222: "ijl‘’",
    260: "|",
    278: " !,./:;I[\\]ft\u00a0",
    333: "()-`r“”„",
    334: "{}",
    350: "•",
    355: '"',
    389: "*",
    400: "°",
    500: "Jckvsxyz",
    556: "#$0123456789?_abdeghnopquL–€£«»",
    584: "+<=>~−×÷±≤≥≈",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "—…→←↑↓",
    1015: "@",
}
_WIDTHS = {letter: width / 1000 * _SLACK for width, letters in _GROUPS.items() for letter in letters}
_OTHER = 0.72 * _SLACK
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
    if sum(heights) > bottom - top + 1e-6:
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
