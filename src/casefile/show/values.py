"""Values, ratings and dates as readers see them; one place so that card, table and export agree."""

from __future__ import annotations

from typing import Any

from casefile.model import Finding, Pillar, Rating
from casefile.show.html import Html, anchor, el
from casefile.words import day, number

SHAPES = {
    Rating.SUPPORTED: "▲",
    Rating.MOSTLY_SUPPORTED: "△",
    Rating.MIXED: "◆",
    Rating.MOSTLY_UNSUPPORTED: "▽",
    Rating.CONTRADICTED: "▼",
    Rating.UNTESTABLE: "○",
}
"""A shape for each rating, so that colour never carries it alone: up is borne out, down is contradicted."""

PILLAR_TITLES = {
    Pillar.OPINION: "US opinion",
    Pillar.CONGRESS: "Congress",
    Pillar.BATTLEFIELD: "The battlefield",
    Pillar.ECONOMY: "Russia’s economy",
    Pillar.RESOLVE: "Ukrainian resolve",
    Pillar.AIMS: "War aims and terms",
}

_AFTER = {"%": "%"}
_BEFORE = {"USD bn": ("$", " bn"), "usd_bn": ("$", " bn")}
_WORDS = {
    "km2": "km²",
    "km2/day": "km² a day",
    "pts": "points",
    "share": "",
    "yes/no": "",
    "true/false": "",
    "boolean": "",
}


def chip(rating: Rating | str) -> Html:
    """A rating as word and shape."""
    rating = Rating(rating)
    return el(
        "span",
        el("span", SHAPES[rating], class_="cf-shape", aria_hidden="true"),
        " ",
        rating.value,
        class_=f"cf-chip cf-{anchor(rating.value)}",
    )


def value_text(value: Any, unit: str) -> str:
    """A value with its unit: 43%, $24 bn, 366 km², yes."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    size = abs(float(value))
    digits = 0 if float(value).is_integer() or size >= 100 else 1 if size >= 1 else 2 if size >= 0.1 else 3
    shown = number(float(value), digits)
    if unit in _AFTER:
        return shown + _AFTER[unit]
    if unit in _BEFORE:
        return _BEFORE[unit][0] + shown + _BEFORE[unit][1]
    word = _WORDS.get(unit, unit)
    if word == "points" and abs(float(value)) == 1:
        word = "point"
    return f"{shown} {word}".strip()


def finding_text(finding: Finding | None) -> str:
    """A finding's value, with its interval where it has one."""
    if finding is None:
        return "not known"
    shown = value_text(finding.value, finding.unit)
    if finding.low is not None and finding.high is not None and finding.value is not None:
        shown += f" ({value_text(finding.low, '')} to {value_text(finding.high, '')})"
    return shown


def share_text(share: float | None) -> str:
    """Robustness as readers see it."""
    return "not applicable" if share is None else f"{number(100 * share)}% of analyses agree"


def vantage_name(name: str, iso: str) -> str:
    """`On 9 October 2023` or `Now (30 June 2026)`."""
    return f"On {day(iso)}" if name == "then" else f"Now ({day(iso)})"
