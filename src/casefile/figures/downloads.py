"""A chart's data and what describes them, as readers download them."""

from __future__ import annotations

import csv
import io
import math
from datetime import date, datetime
from typing import Any

import pandas as pd

from casefile.figures.chart import Chart

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A spreadsheet runs text that begins with one of these."""


DIGITS = 12
"""Significant digits of a published value: far more than any source has, fewer than arithmetic leaves noise in."""


def csv_text(chart: Chart) -> str:
    """The chart's data as CSV with `\\n` line ends. Text that a spreadsheet would run gets a leading apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_cell(name) for name in chart.data.columns])
    for row in chart.data.itertuples(index=False, name=None):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        return f"'{text}" if value.startswith(_FORMULA) else text
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return (
            ""
            if not math.isfinite(value)
            else f"{value:.0f}"
            if value.is_integer() and abs(value) < 1e15
            else repr(exact(value))
        )
    if isinstance(value, int):
        return str(value)
    return _cell(str(value))


def exact(value: float) -> float:
    """A float without what arithmetic left in its last digits, which differs between versions of Python."""
    return float(f"{value:.{DIGITS}g}")


def metadata(chart: Chart) -> dict[str, Any]:
    """What a chart's data are: names, units, sources, method and dates, ready for JSON."""
    return {
        "id": chart.id,
        "claim": chart.claim,
        "title": chart.title,
        "description": chart.alt,
        "caption": chart.caption,
        "units": dict(chart.units),
        "columns": [str(name) for name in chart.data.columns],
        "rows": len(chart.data),
        "sources": list(chart.sources),
        "method": chart.method,
        "as_of": chart.as_of,
        "last_date": chart.last_date,
    }
