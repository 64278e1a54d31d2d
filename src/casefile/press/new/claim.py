"""`casefile new claim`: a registry entry, its analysis, cases of its rule and a section of the notebook."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from casefile.errors import UsageError
from casefile.evidence.claims import read_claims
from casefile.evidence.descriptors import Descriptor, no_such_table, read_descriptors
from casefile.model import Pillar
from casefile.paths import DATA
from casefile.press.new.project import SOURCE, Project, as_notebook, filled, spelled_right
from casefile.show.html import text

MOST_CELLS = 30  # a notebook beyond it is split, not grown; tests/notebooks/test_hygiene.py holds it
CLAIMS = "data/claims.yml"
TITLE = "FILL-IN: a short title"


def new_claim(project: Project, claim: str, pillar: str = "", table: str = "", title: str = "") -> list[str]:
    """Add the starting points of a claim to the project's edits; returns what to do next, a line each.

    Raises `UsageError` for a name that is taken or misspelt, an unknown pillar or table, or a full notebook.
    """
    spelled_right("claim", claim)
    family = _pillar(claim, pillar)
    if claim in read_claims(DATA):
        raise UsageError(f"There is a claim {claim} already; nothing was written.")
    if '"' in title or "\\" in title or not title.isprintable():
        raise UsageError("A title holds no quotes, backslashes or control characters.")
    source = _table(family, table)
    name = claim.removeprefix(f"{family}-").replace("-", "_")
    module = f"{name}_claim" if name[0].isdigit() else name
    function = claim.replace("-", "_")
    words = {"claim": claim, "pillar": family, "table": source.name, "title": title or TITLE, "function": function}
    project.create(f"{SOURCE}/pillars/{family}/{module}.py", filled("analysis.py.txt", **words, **_columns(source)))
    _register(project, family, module, claim, function)
    project.edit(CLAIMS, after_pillar(project.read(CLAIMS), family, filled("claim.yml.txt", **words)))
    cases = f"tests/spec/{family}.yml"
    if project.exists(cases):
        project.edit(cases, project.read(cases).rstrip("\n") + "\n" + filled("cases.yml.txt", **words))
    else:
        project.create(cases, filled("cases.yml.txt", **words))
    _section(project, family, claim, words["title"])
    return [
        "Fill in the marked places:  casefile check",
        f"Then look at the verdict:    casefile explain {claim}",
        f"And try the rule:            pytest tests/spec -k {claim}",
    ]


def _pillar(claim: str, pillar: str) -> str:
    known = [one.value for one in Pillar]
    family = pillar or claim.partition("-")[0]
    if family not in known:
        raise UsageError(f"There is no pillar {family!r}. Pillars: {', '.join(known)}. Add one: casefile new pillar")
    if not claim.startswith(f"{family}-"):
        raise UsageError(f"The id of a claim begins with its pillar: {family}-{claim.partition('-')[2] or claim}")
    return family


def _table(pillar: str, table: str) -> Descriptor:
    known = read_descriptors(DATA)
    if table:
        if table not in known:
            raise no_such_table(table, known)
        return known[table]
    own = [one for one in known.values() if one.name.startswith(f"{pillar}/")]
    if not own:
        raise UsageError(f"The pillar {pillar} has no table yet. Add one first: casefile new table {pillar}/NAME")
    return own[0]


def _columns(table: Descriptor) -> Mapping[str, str]:
    """What the analysis measures to begin with: the newest value of a column of numbers, else a count of rows."""
    numbers = [name for name, one in table.fields.items() if one["type"] == "number" and name not in table.key]
    dated = "date" if "date" in table.fields else "known_on"
    if not numbers:
        keep = 'rows = rows[rows["source_id"] != ""]  # FILL-IN: the rows to count'
        return {"keep": keep, "used": "rows", "value": "len(rows)", "date": dated}
    column = next((one for one in ("value", "pct") if one in numbers), numbers[0])
    keep = f'rows = rows[rows["{column}"].notna()]'
    return {"keep": keep, "used": "rows.tail(1)", "value": f'used["{column}"].iloc[0]', "date": dated}


def _register(project: Project, pillar: str, module: str, claim: str, function: str) -> None:
    """The analysis in its pillar's `ANALYSES`, its import in alphabetical order."""
    path = f"{SOURCE}/pillars/{pillar}/__init__.py"
    lines = project.read(path).splitlines()
    line = f"from casefile.pillars.{pillar}.{module} import {function}"
    later = [n for n, one in enumerate(lines) if one.startswith("from casefile.") and one > line]
    place = later[0] if later else max(n for n, one in enumerate(lines) if one.startswith("from casefile.")) + 1
    lines.insert(place, line)
    start = next(n for n, one in enumerate(lines) if one.startswith("ANALYSES"))
    if lines[start].endswith("{}"):
        lines[start : start + 1] = [lines[start][:-1], "}"]
    end = next((n for n, one in enumerate(lines) if n > start and one == "}"), None)
    if end is None:
        raise UsageError(f"{path} does not end its ANALYSES with a line of its own; register {function} by hand.")
    lines.insert(end, f'    "{claim}": {function},')
    project.edit(path, "\n".join(lines) + "\n")


def after_pillar(text: str, pillar: str, entry: str) -> str:
    """The registry of claims with an entry after the last one of its pillar; a new pillar comes last."""
    starts = [hit.start() for hit in re.finditer(r"^  - id: ", text, re.MULTILINE)]
    ends = [*starts[1:], len(text)]
    own = [end for start, end in zip(starts, ends, strict=True) if f"\n    pillar: {pillar}\n" in text[start:end]]
    if not own:
        return f"{text.rstrip()}\n\n  # ---- {pillar} {'-' * (72 - len(pillar))}\n{entry}"
    before = text[: own[-1]]
    heading = re.search(r"\n+(?: *#[^\n]*\n)*\n*\Z", before)
    cut = heading.start() if heading else len(before.rstrip())
    return f"{text[:cut].rstrip()}\n{entry}{text[cut:].lstrip(chr(10)) and chr(10) + text[cut:].lstrip(chr(10))}"


def _section(project: Project, pillar: str, claim: str, title: str) -> None:
    """The claim's three cells, before `Then and now`."""
    path = f"notebooks/{pillar}.ipynb"
    notebook = project.read_json(path)
    cells = notebook["cells"]
    if len(cells) + 3 > MOST_CELLS:
        raise UsageError(f"{path} has {len(cells)} cells, and may have {MOST_CELLS}: the claim needs another pillar.")
    place = next(n for n, one in enumerate(cells) if one["id"] == "then-and-now")
    prose = [f"## {text(title)}\n", "\n", "FILL-IN: what the claim rests on and what to look at; no computed numbers."]
    heading = {"cell_type": "markdown", "id": claim, "metadata": {}, "source": prose}
    cells[place:place] = [heading, *_calls(project, path, claim)]
    project.edit(path, as_notebook(notebook))


def _calls(project: Project, path: str, claim: str) -> list[dict[str, Any]]:
    """The code cells of a section, as the newest claim of this notebook has them, or any other's."""
    others = [path, *(f"notebooks/{pillar.value}.ipynb" for pillar in Pillar)]
    for name in others:
        cells = project.read_json(name)["cells"]
        model = next((one["id"] for one in reversed(cells) if one["id"].endswith("-evidence")), "")
        if model:
            known = model.removesuffix("-evidence")
            own = [one for one in cells if one["cell_type"] == "code" and one["id"].startswith(f"{known}-")]
            return json.loads(json.dumps(own).replace(known, claim))  # type: ignore[no-any-return]
    raise UsageError("No notebook has a section to follow; nothing was written.")
