"""Tiny notebooks for tests: written from code cells, run, and read back as what each cell printed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import v4

from casefile.press.run import run_notebook


def write(folder: Path, sources: Sequence[str], name: str = "tiny", parameters: str = "") -> Path:
    """A notebook with these code cells, ids cell-0, cell-1 …; `parameters` is the source of a tagged first cell."""
    cells = [v4.new_code_cell(source, id=f"cell-{place}") for place, source in enumerate(sources)]
    if parameters:
        cells.insert(0, v4.new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / f"{name}.ipynb"
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def run_printed(path: Path, **options: Any) -> list[str]:
    """What each code cell of a notebook printed."""
    content = run_notebook(path, {}, path.with_name("out.ipynb"), **options).content
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    return ["".join(output.get("text", "") for output in cell["outputs"]) for cell in code]
