"""The book's own Sphinx theme: one layout, one style sheet, one small script, nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


def setup(app: Any) -> dict[str, bool]:
    """Register the theme with Sphinx (entry point `sphinx.html_themes`)."""
    app.add_html_theme("casefile", str(FOLDER))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
