"""The types under which a chart stands in a notebook's output."""

CHART_MIME = "application/vnd.casefile.chart+json"
"""What the book takes: names, data and the narrow figure."""

PLOTLY_MIME = "application/vnd.plotly.v1+json"
"""What JupyterLab draws."""
