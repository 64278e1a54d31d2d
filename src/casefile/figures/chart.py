"""A chart with everything that is published beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from casefile.figures.sketch import Drawn

if TYPE_CHECKING:
    import plotly.graph_objects as go

WIDE = 720
"""Width in pixels of the drawing for screens, print and books."""

NARROW = 340
"""Width in pixels of the drawing for a phone held upright."""


@dataclass(frozen=True)
class Chart:
    """A figure, its words, its data and where they come from. Made by `casefile.figures.vocabulary`.

    `drawn` is the figure as Plotly's JSON.
    """

    id: str
    claim: str
    title: str
    alt: str
    caption: str
    drawn: Drawn
    data: pd.DataFrame
    units: Mapping[str, str]
    sources: tuple[str, ...]
    method: str
    as_of: str
    last_date: str | None

    @cached_property
    def figure(self) -> go.Figure:
        """The figure as Plotly's own object. Raises `ValueError` for a property that Plotly does not know."""
        import plotly.graph_objects as go

        return go.Figure(self.drawn)


@dataclass(frozen=True)
class About:
    """What every chart states besides its drawing.

    `title` says what is seen, `alt` the finding, `caption` how to read it. `data` is the table that readers download,
    `units` the unit of each of its columns, `method` the dotted name of the function or a sentence.
    """

    id: str
    claim: str
    title: str
    alt: str
    caption: str
    data: pd.DataFrame
    units: Mapping[str, str]
    sources: Sequence[str]
    method: str
    as_of: date


def last_date(data: pd.DataFrame) -> str | None:
    """The newest day in the column `date`, else in the first column that holds dates; None without one."""
    for name in ["date", *data.columns]:
        if name not in data.columns:
            continue
        days = [iso(one) for one in data[name] if is_day(one)]
        if days:
            return max(days)
    return None


def is_day(value: Any) -> bool:
    """Whether a value is a day: a date, a timestamp or an ISO string."""
    if isinstance(value, date):
        return not pd.isna(value)
    if not isinstance(value, str) or len(value) < 10 or value[4] != "-" or value[7] != "-":
        return False
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def iso(value: Any) -> str:
    """A day as an ISO string."""
    return str(value)[:10] if isinstance(value, str) else date(value.year, value.month, value.day).isoformat()
