"""`casefile new pillar`: its word in the model, a module, a descriptor, a notebook and a place in the book."""

from __future__ import annotations

import json
import keyword
import re

from casefile.errors import UsageError
from casefile.model import Pillar
from casefile.paths import BOOK
from casefile.press.new.project import SOURCE, TEMPLATES, Project, as_notebook, as_package, filled, spelled_right

MODEL = f"{SOURCE}/model.py"
TOC = "_toc.yml"
_MEMBER = re.compile(r'^    [A-Z]+ = "[a-z]+", ".*"$', re.MULTILINE)


def new_pillar(project: Project, name: str, heading: str = "") -> list[str]:
    """Add the starting points of a pillar to the project's edits; returns what to do next.

    Raises `UsageError` for a name that is taken, misspelt or a word of the program.
    """
    spelled_right("pillar", name)
    taken = {*(one.value for one in Pillar), *(path.stem for path in BOOK.glob("*.md")), "verdicts", "findings"}
    if name in taken or keyword.iskeyword(name):
        raise UsageError(f"{name!r} is taken. Choose another name than {', '.join(sorted(taken))}.")
    if '"' in heading or "\\" in heading or "$" in heading or not heading.isprintable():
        raise UsageError("A heading holds no quotes, backslashes, dollar signs or control characters.")
    title = heading or "FILL-IN: the heading of the chapter"
    model = project.read(MODEL)
    last = [hit.end() for hit in _MEMBER.finditer(model)][-1]
    project.edit(MODEL, f'{model[:last]}\n    {name.upper()} = "{name}", "{title}"{model[last:]}')
    project.create(f"{SOURCE}/pillars/{name}/__init__.py", filled("pillar.py.txt", heading=title))
    package = {
        "name": name,
        "title": f"{title}: FILL-IN: what its tables hold",
        "licenses": [{"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0 (the compilation)"}],
        "resources": [],
    }
    project.create(f"data/{name}/datapackage.json", as_package(package))
    notebook = json.loads((TEMPLATES / "notebook.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = [one.replace("$heading", title).replace("$pillar", name) for one in cell["source"]]
    project.create(f"notebooks/{name}.ipynb", as_notebook(notebook))
    toc = project.read(TOC)
    *_, newest = Pillar
    after = re.search(rf"^( *)- file: {newest.value}\n", toc, re.MULTILINE)
    if after is None:
        raise UsageError(f"{TOC} has no line for the chapter {newest.value}, after which the new one goes.")
    project.edit(TOC, f"{toc[: after.end()]}{after.group(1)}- file: {name}\n{toc[after.end() :]}")
    return [
        f"Give it a table:             casefile new table {name}/NAME",
        f"And a claim:                 casefile new claim {name}-NAME --table {name}/NAME",
        "What is still to fill in:    casefile check",
    ]
