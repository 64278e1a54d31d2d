"""The tables at an as-of date, the registries, and the intake of new data."""
