"""Executed notebooks in one canonical form, with the facts of the particular run set apart."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Any

Keep = Callable[[Any], str]

INJECTED = "injected-parameters"
"""The id of the cell that papermill inserts; its own is random."""

_RUN_KEYS = ("execution", "papermill", "ExecuteTime")
_ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")
_IN_ADDRESS = "at 0x"  # looked for first: the pattern takes a hundred times as long to find nothing
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def canonical_notebook(
    notebook: Mapping[str, Any], shown: Mapping[str, object] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The notebook as published, and the facts of its run.

    Times, durations, versions and paths go to the facts; so does what was written to stderr. Streams cut in pieces
    become one. `shown` gives, for parameters whose values name places on one machine, what the page shows instead;
    None leaves the parameter out.
    The input is not modified.
    """
    metadata = json.loads(json.dumps(notebook["metadata"]))
    cells = [{**cell, "metadata": dict(cell["metadata"])} for cell in notebook["cells"]]
    content: dict[str, Any] = {**notebook, "metadata": metadata, "cells": cells}
    facts: dict[str, Any] = {"papermill": metadata.pop("papermill", {}), "cells": {}, "stderr": [], "warnings": []}
    language = metadata.get("language_info", {})
    facts["language_version"] = language.pop("version", None)
    language.pop("codemirror_mode", None)  # repeats the version
    for cell in cells:
        if "injected-parameters" in cell["metadata"].get("tags", ()):
            cell["id"] = INJECTED
            if shown:
                facts["injected"], cell["source"] = cell["source"], _shown(cell["source"], shown)
        runs = {key: cell["metadata"].pop(key) for key in _RUN_KEYS if key in cell["metadata"]}
        facts["cells"][cell.get("id", "")] = runs
        if cell["cell_type"] == "code":
            cell["outputs"] = _outputs(cell, facts)
    return content, facts


def notebook_text(content: Mapping[str, Any]) -> str:
    """A notebook as the bytes that are published: keys sorted, one space a level, texts as lists of lines.

    JSON outputs (charts) take one line each: a line for each of their numbers would be slow to write and to read.
    """
    mark, held = token_hex(16), []

    def keep(value: Any) -> str:
        held.append(json.dumps(value, ensure_ascii=False, sort_keys=True))
        return f"{mark}{len(held) - 1}"

    lined = {**content, "cells": [_lined(cell, keep) for cell in content["cells"]]}
    text = json.dumps(lined, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return re.sub(f'"{mark}([0-9]+)"', lambda found: held[int(found[1])], text)


def plain(text: str) -> str:
    """Text without terminal colours."""
    return _ESCAPES.sub("", text)


def _outputs(cell: Mapping[str, Any], facts: dict[str, Any]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for output in map(dict, cell["outputs"]):
        if output["output_type"] == "stream" and output["name"] == "stderr":
            facts["stderr"].append({"cell": cell.get("id"), "text": _text(output["text"])})
            continue
        if output["output_type"] == "stream":
            if kept and kept[-1]["output_type"] == "stream":
                kept[-1]["text"] = _text(kept[-1]["text"]) + _text(output["text"])
                continue
        elif any(_has_address(_text(value)) for value in output.get("data", {}).values() if _is_text(value)):
            facts["warnings"].append(f"cell {cell.get('id')!r} shows a memory address, which differs from run to run")
        kept.append(output)
    return kept


def _has_address(text: str) -> bool:
    return _IN_ADDRESS in text and _ADDRESS.search(text) is not None


def _lined(cell: Mapping[str, Any], keep: Keep) -> dict[str, Any]:
    changed: dict[str, Any] = {**cell, "source": _text(cell["source"]).splitlines(keepends=True)}
    if "outputs" in cell:
        changed["outputs"] = [_lined_output(output, keep) for output in cell["outputs"]]
    return changed


def _lined_output(output: Mapping[str, Any], keep: Keep) -> dict[str, Any]:
    changed = dict(output)
    if "text" in changed:
        changed["text"] = _text(changed["text"]).splitlines(keepends=True)
    if "data" in changed:
        changed["data"] = {
            kind: keep(value)
            if kind.endswith("json")
            else _text(value).splitlines(keepends=True)
            if _is_text(value)
            else value
            for kind, value in changed["data"].items()
        }
    return changed


def _is_text(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def _shown(source: str | list[str], shown: Mapping[str, object]) -> str:
    lines = []
    for line in _text(source).split("\n"):
        name = line.split(" = ", 1)[0]
        if name not in shown:
            lines.append(line)
        elif shown[name] is not None:
            lines.append(f"{name} = {json.dumps(shown[name], ensure_ascii=False)}")
    return "\n".join(lines)
