"""Numbers and dates as a careful writer would put them. Pure functions of their arguments."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

MINUS = "\u2212"
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def number(value: float, digits: int = 0) -> str:
    """A number with thousands separators, a true minus sign and no negative zero: −1,234.5."""
    rounded = round(float(value), digits)
    if rounded == 0:
        rounded = 0.0
    return f"{rounded:,.{digits}f}".replace("-", MINUS)


def significant(value: float, digits: int = 2) -> str:
    """A number to `digits` significant figures, never shown more exactly than that: 0.034, 1,200."""
    if value == 0 or not math.isfinite(value):
        return number(value)
    places = digits - 1 - math.floor(math.log10(abs(value)))
    return number(round(value, places), max(places, 0))


def signed(value: float, digits: int = 0) -> str:
    """A number that always shows its sign, with a true minus: +3, −2, 0."""
    text = number(value, digits)
    return text if float(round(value, digits)) <= 0 else f"+{text}"


def percent(value: float, digits: int = 0) -> str:
    """A share in per cent: 43%."""
    return f"{number(value, digits)}%"


def points(value: float, digits: int = 0) -> str:
    """A difference between two shares: 1 point, 2.5 points. Never a per cent sign."""
    return counted(value, "point", digits=digits)


def spelled(value: int) -> str:
    """A whole number in words up to twelve, in figures above: seven, 28."""
    words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    return words[value] if 0 <= value < len(words) else number(value)


def alone(value: int) -> str:
    """A whole number that stands without its noun: none, seven, 28."""
    return spelled(value) if value else "none"


def part(value: int, whole: int) -> str:
    """A count out of another, in words up to twelve: none of four, seven of 28."""
    return f"{alone(value)} of {spelled(whole)}"


def counted(value: float, noun: str, plural: str | None = None, digits: int = 0) -> str:
    """A count with its noun in the right number: 1 source, 2 sources."""
    return f"{number(value, digits)} {noun if abs(round(value, digits)) == 1 else plural or noun + 's'}"


def times(count: float) -> str:
    """How often: once, twice, 3 times."""
    return {1: "once", 2: "twice"}.get(round(count), counted(count, "time"))


def few(value: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun, in words up to twelve: one source, four sources, 28 sources."""
    return f"{spelled(value)} {noun if value == 1 else plural or noun + 's'}"


_OPENING = re.compile(rf"(\d+)( of (?:the )?)?(\d+)?(?= (?!(?:{'|'.join(MONTHS)})\\b)[a-z])")
_YEAR_NUMBER = re.compile(r"\b((?:19|20)\d\d) (?=\d)")


def unclear(low: float, high: float, of: str = "change") -> str:
    """What a sentence adds to a movement whose interval holds zero; empty where it does not."""
    return f", not distinguishable from no {of}" if low <= 0 <= high else ""


def written(sentence: str) -> str:
    """A sentence as printed: a small number at its start in words, and a comma between a year and a number after it."""
    found = _OPENING.match(sentence)
    if found and (bool(found[2]) == bool(found[3])) and all(int(one) <= 12 for one in found.group(1, 3) if one):
        part, of, whole = found.groups()
        if of and part == whole:
            lead = "Both" if part == "2" else f"All {spelled(int(part))}" if int(part) > 2 else ""
        else:
            first = "none" if of and part == "0" else spelled(int(part))
            lead = first.capitalize() + (f"{of}{spelled(int(whole))}" if of else "")
        sentence = lead + sentence[found.end() :] if lead else sentence
    return _YEAR_NUMBER.sub(r"\1, ", sentence)


def day(value: Any) -> str:
    """A date as 9 October 2023. Takes a date, a datetime, a pandas timestamp or an ISO string."""
    when = _date(value)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def month(value: Any) -> str:
    """A date as October 2023."""
    when = _date(value)
    return f"{MONTHS[when.month - 1]} {when.year}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """Words as a list: a, b and c."""
    words = list(items)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def _date(value: Any) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return value.date() if isinstance(value, datetime) else value


def interval(low: float, high: float, digits: int = 0, unit: str = "") -> str:
    """A range as 3 to 5, with the unit once at the end."""
    return f"{number(low, digits)} to {number(high, digits)}{unit}"


_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_PERCENT = {"%", "percent"}
_DOLLARS = {
    "USD bn": " billion",
    "usd_bn": " billion",
    "billion US dollars": " billion",
    "million US dollars": " million",
}
_WORDS = {
    "km2": "km²",
    "km2/day": "km² a day",
    "pts": "points",
    **dict.fromkeys(("share", "ratio", "index", "score", "yes/no", "yes or no", "true/false", "boolean"), ""),
}
_ONE = {"people": "person", "analyses": "analysis", "km² a day": "km² a day"}


def places(*values: float) -> int:
    """Digits after the point that suit values shown together: those of the largest, none when all are whole."""
    size = max(abs(float(one)) for one in values)
    if size >= 100 or all(float(one).is_integer() for one in values):
        return 0
    return 1 if size >= 1 else 2 if size >= 0.1 else 3


def value_text(value: Any, unit: str, digits: int | None = None) -> str:
    """A value with its unit: 43%, $24 bn, 366 km², yes; `digits` after the point, or as many as its size asks for."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return day(value) if _ISO.fullmatch(value) else value
    if digits is None:
        digits = places(value)
    shown = number(float(value), digits)
    if unit in _PERCENT:
        return f"{shown}%"
    if unit in _DOLLARS:
        return f"${shown}{_DOLLARS[unit]}"
    word = _WORDS.get(unit, unit)
    if word.startswith("of the ") and float(value).is_integer():
        return f"{alone(int(value))} {word}"
    if shown in ("1", f"{MINUS}1"):
        first, gap, rest = word.partition(" ")
        word = _ONE.get(word) or (first.removesuffix("s") if len(first) > 3 else first) + gap + rest
    return f"{shown} {word}".strip()


def meant(name: str, known: Sequence[str]) -> str:
    """'Did you mean …? ' with the one or two names that are like a misspelt one; "" when none is."""
    near = difflib.get_close_matches(name.lower(), known, 2, 0.7)
    return f"Did you mean {' or '.join(near)}? " if near else ""
