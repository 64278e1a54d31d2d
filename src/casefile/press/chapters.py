"""Executed notebooks as pages of the book. Imports nothing slow: the process that lays out pages has no tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casefile.evidence.canonical import canonical
from casefile.model import Pillar
from casefile.press.scripts import call
from casefile.show.html import anchor
from casefile.show.mime import CHART_MIME, PLOTLY_MIME

NOTEBOOKS = (*(pillar.value for pillar in Pillar), "verdicts")
KEPT_MIME = ("text/html", "text/plain")


def write_chapter(name: str, executed: Path, out: Path) -> list[str]:
    """An executed notebook beside the pages; returns the ids of its charts."""
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    charts = _extract(notebook, out / "_static" / "charts")
    (out / f"{name}.ipynb").write_text(
        json.dumps(notebook, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return charts


def _extract(notebook: dict[str, Any], folder: Path) -> list[str]:
    """Move live charts and downloads out of the outputs into files; keep HTML and text in the notebook."""
    found = []
    notebook["cells"] = _gathered(notebook["cells"])
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data")
            if data is None:
                continue
            chart = data.get(CHART_MIME)
            if chart is not None:
                write_chart(folder, chart, data[PLOTLY_MIME])
                found.append(chart["id"])
            output["data"] = {mime: data[mime] for mime in KEPT_MIME if mime in data}
            output["metadata"] = {}
    return found


def _gathered(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cells as the book shows them: code that prints nothing (parameters, set-up) goes into the fold of what follows."""
    kept: list[dict[str, Any]] = []
    waiting: list[dict[str, Any]] = []
    for cell in cells:
        if cell["cell_type"] != "code":
            kept += [*waiting, cell]
            waiting = []
            continue
        tags = cell["metadata"].setdefault("tags", [])
        if "hide-input" not in tags:
            tags.append("hide-input")  # papermill's own cell has no tag; the book folds it like all code
        if not cell.get("outputs"):
            waiting.append(cell)
            continue
        if waiting:
            sources = ["".join(one["source"]).strip() for one in (*waiting, cell)]
            cell["source"] = "\n\n".join(one for one in sources if one)
            waiting = []
        kept.append(cell)
    return [*kept, *waiting]


def write_chart(folder: Path, chart: Mapping[str, Any], figure: Mapping[str, Any]) -> None:
    """The live figure in both sizes as a script, the data as CSV, the metadata as JSON."""
    name = anchor(chart["name"])  # a chart's name comes through notebook outputs: never let it become a path
    sizes = {"wide": figure, "narrow": chart["narrow"]}
    (folder / f"{name}.js").write_text(call("casefileChart", name, sizes), encoding="utf-8")
    (folder / f"{name}.csv").write_text(chart["csv"], encoding="utf-8", newline="")
    (folder / f"{name}.json").write_text(canonical(chart["metadata"]), encoding="utf-8")
