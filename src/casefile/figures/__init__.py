"""One chart vocabulary on Plotly, one theme, and a static SVG of the same figure."""
