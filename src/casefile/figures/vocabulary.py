"""The one chart vocabulary: everything that a pillar draws is one of these.

Only scatter and bar traces, shapes and annotations, so that Plotly's basic bundle and the static SVG draw all of it.
Colour roles: a b c d e muted republican democrat independent ukraine russia good bad, and the six ratings with dashes.
"""

from __future__ import annotations

from casefile.figures.chart import About, Chart
from casefile.figures.drawing import Band, Mark, Series
from casefile.figures.grid_charts import events, matrix
from casefile.figures.row_charts import bars, before_after, dots, stacked
from casefile.figures.series_charts import lines, scatter

__all__ = [
    "About",
    "Band",
    "Chart",
    "Mark",
    "Series",
    "bars",
    "before_after",
    "dots",
    "events",
    "lines",
    "matrix",
    "scatter",
    "stacked",
]
