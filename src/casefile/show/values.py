"""Values, ratings and dates as readers see them; one place so that card, table and export agree."""

from __future__ import annotations

from collections.abc import Iterable

from casefile.model import Finding, Pillar, Rating
from casefile.show.html import Html, anchor, el
from casefile.words import day, number, places, value_text

SHAPES = {
    Rating.SUPPORTED: "▲",
    Rating.MOSTLY_SUPPORTED: "△",
    Rating.MIXED: "◆",
    Rating.MOSTLY_UNSUPPORTED: "▽",
    Rating.CONTRADICTED: "▼",
    Rating.UNTESTABLE: "○",
}
"""A shape for each rating, so that colour never carries it alone: up is borne out, down is contradicted."""

PILLAR_TITLES = {one: one.heading for one in Pillar}


def chip(rating: Rating | str) -> Html:
    """A rating as word and shape."""
    rating = Rating(rating)
    return el(
        "span",
        el("span", SHAPES[rating], class_="cf-shape", aria_hidden="true"),
        " ",
        rating.value,
        class_=f"cf-chip cf-is-{anchor(rating.value)}",
    )


def finding_text(finding: Finding | None) -> str:
    """A finding's value, with its interval where it has one."""
    if finding is None:
        return "not known"
    value, interval = finding_parts(finding)
    return f"{value} ({interval})" if interval else value


def finding_parts(finding: Finding | None, digits: int | None = None) -> tuple[str, str]:
    """A finding's value and its interval, both to the same number of digits; an empty interval when it has none.

    A range of several numbers is called one, so that it is not read as sampling error.
    """
    if finding is None:
        return "not known", ""
    value, low, high = finding.value, finding.low, finding.high
    if value is None or isinstance(value, (bool, str)):
        return value_text(value, finding.unit), ""
    digits = digits if digits is not None else _digits(finding)
    if low is None or high is None:
        return value_text(value, finding.unit, digits), ""
    kind = "" if finding.sampling else "range "
    return value_text(value, finding.unit, digits), f"{kind}{number(low, digits)} to {number(high, digits)}"


def shared_digits(findings: Iterable[Finding | None]) -> int | None:
    """Digits after the point for one finding at several vantages side by side, so that 5.3 stands beside 5.0.

    None where the values differ so much in size that they cannot share them.
    """
    held = [one for one in findings if one is not None]
    values = [number for one in held for number in _numbers(one.value)]
    if not values:
        return None
    if all(one.is_integer() for one in values):
        return 0
    everything = [number for one in held for number in _numbers(one.value, one.low, one.high)]
    digits = places(*everything)
    return None if any(one and not round(one, digits) for one in everything) else digits


def _digits(finding: Finding) -> int:
    """As many as its size asks for; none when the value itself is whole, however its interval was computed."""
    values = _numbers(finding.value)
    return 0 if values[0].is_integer() else places(*_numbers(finding.value, finding.low, finding.high))


def _numbers(*given: object) -> list[float]:
    return [float(one) for one in given if isinstance(one, (int, float)) and not isinstance(one, bool)]


def share_text(share: float | None) -> str:
    """Robustness as readers see it."""
    return "not applicable" if share is None else f"{number(100 * share)}% of analyses agree"


def steady_text(share: float | None) -> str:
    """Steadiness as readers see it; empty when no tested number comes from a sample."""
    return "" if share is None else f"new samples would give the same rating in {number(100 * share)}% of cases"


def agreement_text(label: str, robustness: float | None, steadiness: float | None) -> str:
    """Why agreement is high, medium or low: the share of analyses, the chance with new samples, and which counts."""
    analyses = "no other analysis was declared" if robustness is None else share_text(robustness)
    parts = [analyses, *([steady_text(steadiness)] if steadiness is not None else [])]
    lower = "; the lower counts" if robustness is not None and steadiness is not None else ""
    return f"Agreement {label}: {'; '.join(parts)}{lower}."


def vantage_name(name: str, iso: str) -> str:
    """`On 9 October 2023` or `Now (30 June 2026)`."""
    return f"On {day(iso)}" if name == "then" else f"Now ({day(iso)})"


__all__ = [
    "PILLAR_TITLES", "SHAPES", "agreement_text", "chip", "finding_parts", "finding_text", "share_text", "shared_digits",
    "steady_text", "value_text", "vantage_name",
]  # fmt: skip
