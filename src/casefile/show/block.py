"""What a notebook cell displays: HTML for the book and JupyterLab, words for a terminal, Plotly for charts."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from casefile.show.html import Html


class Block:
    """One displayed piece, with an HTML and a plain-text form made from the same content."""

    def __init__(self, html: Html, extra: dict[str, Any] | None = None) -> None:
        self.html = html
        self._extra = extra or {}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/html": str(self.html), "text/plain": repr(self), **self._extra}

    def __repr__(self) -> str:
        return plain(self.html)

    def show(self) -> None:
        """Display this block in the running notebook."""
        from IPython.display import display

        display(self)  # type: ignore[no-untyped-call]


def plain(html: str) -> str:
    """HTML as readable text: one line per block element, no markup, no drawings."""
    bare = re.sub(r"<(svg|style|script)\b.*?</\1>", "", html, flags=re.S)
    spaced = re.sub(r"</(td|th)>", "  ", bare)
    lines = re.sub(
        r"</?(p|div|section|article|tr|li|ul|ol|h\d|dt|dd|dl|summary|details|table|figure|figcaption)\b[^>]*>",
        "\n",
        spaced,
    )
    words = unescape(re.sub(r"<[^>]+>", "", lines))
    return "\n".join(re.sub(r"[ \t]+", " ", line).strip() for line in words.split("\n") if line.strip())
