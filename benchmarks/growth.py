"""A project grown from the real one: many times the rows, the claims, or both, built into a whole book.

Rows are copied under new keys. Claims are copied under new names (`opinion-biden-2`) with all that belongs to one: an
entry in the registry, an analysis, charts, cases of the rule and a section of its chapter. Nothing of a copy is shared
with its original but the tables: each is judged by itself, with its other analyses, month by month.
"""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from benchmarks.measure import MeasurementError, timed
from benchmarks.workshop import Workshop, restamp
from casefile.evidence.descriptors import Descriptor, read_descriptors
from casefile.model import Pillar

POINTS = ((1, 1), (5, 1), (10, 1), (20, 1), (1, 2), (1, 5), (1, 10))
"""(times the rows, times the claims) of each book."""

ANALYSES = """

def _renamed(analysis: Callable[..., list[Finding]], claim: str, name: str) -> Callable[..., list[Finding]]:
    from dataclasses import replace
    from functools import wraps

    @wraps(analysis)
    def renamed(*arguments: object, **choices: object) -> list[Finding]:
        found = analysis(*arguments, **choices)
        return [one and replace(one, id=one.id.replace(claim, name, 1)) for one in found]

    return renamed


ORIGINALS = ANALYSES
ANALYSES = dict(ORIGINALS)
for n in range(2, {times} + 1):
    ANALYSES |= {{f"{{name}}-{{n}}": _renamed(one, name, f"{{name}}-{{n}}") for name, one in ORIGINALS.items()}}
"""
CHARTS = """

CHARTS = {{**CHARTS, **{{f"{{name}}-{{n}}": drawn for n in range(2, {times} + 1) for name, drawn in CHARTS.items()}}}}
"""
"""What is added to a pillar's modules: the same functions under the copies' names."""


def measured(shop: Workshop, rows: int, claims: int) -> dict[str, Any]:
    """Time, memory and size of a whole book, nothing kept, with so many times the rows and the claims."""
    count = sum(grow_table(one, rows) for one in read_descriptors(shop.root / "data").values())
    if claims > 1:
        grow_claims(shop.root, claims)
    env = {**shop.env, "PYTHONPATH": str(shop.root / "src")}  # the copy's own code, which has the copies' analyses
    sample = timed([shop.build()], shop.root, env)
    book = shop.root / "_build" / "html"
    made = sum(page.read_text(encoding="utf-8").count(' data-claim="') for page in book.glob("*.html"))
    listed = len(registry(shop.root)["claims"])
    if made != listed:
        raise MeasurementError(f"The registry has {listed} claims, the book {made}.")
    size = sum(file.stat().st_size for file in book.rglob("*") if file.is_file())
    times = {"times_rows": rows, "times_claims": claims}
    return {**times, "rows": count, "claims": listed, "book_mib": round(size / (1 << 20), 1), **asdict(sample)}


def registry(project: Path) -> dict[str, Any]:
    """The registry of claims of a project."""
    found: dict[str, Any] = yaml.safe_load((project / "data" / "claims.yml").read_text(encoding="utf-8"))
    return found


def grow_table(descriptor: Descriptor, times: int) -> int:
    """Copy a table's rows under new keys (a free text column of the key gets a number); returns how many there are."""
    foreign = {"source_id", "source_id_2"}
    free = [
        name
        for name in descriptor.key
        if descriptor.fields[name]["type"] == "string"
        and name not in foreign
        and "enum" not in descriptor.fields[name].get("constraints", {})
    ]
    with descriptor.path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names, rows = list(reader.fieldnames or ()), list(reader)
    if times == 1 or not free:
        return len(rows)
    column = free[-1]
    grown = rows + [{**row, column: f"{row[column]} {n}"} for n in range(1, times) for row in rows]
    with descriptor.path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(grown)
    restamp(descriptor.path)  # grown rows are no one's mistake: they are to be judged, not refused
    return len(grown)


def grow_claims(project: Path, times: int) -> None:
    """Copy every claim of a project, with all that belongs to it, until there are `times` as many."""
    content = registry(project)
    titles = {one["id"]: one["title"] for one in content["claims"]}
    content["claims"] += [
        {**one, "id": f"{one['id']}-{n}", "title": f"{one['title']} ({n})"}
        for n, one in _copies(content["claims"], times)
    ]
    _write_yaml(project / "data" / "claims.yml", content)
    for pillar in Pillar:
        _add(project / "src" / "casefile" / "pillars" / pillar.value / "__init__.py", ANALYSES, times)
        _add(project / "src" / "casefile" / "figures" / f"{pillar.value}.py", CHARTS, times)
        _grow_cases(project / "tests" / "spec" / f"{pillar.value}.yml", times)
        _grow_notebook(project / "notebooks" / f"{pillar.value}.ipynb", titles, times)


def _copies(originals: list[Any], times: int) -> Iterator[tuple[int, Any]]:
    return ((n, one) for n in range(2, times + 1) for one in originals)


def _add(path: Path, code: str, times: int) -> None:
    path.write_text(path.read_text(encoding="utf-8") + code.format(times=times), encoding="utf-8")


def _grow_cases(path: Path, times: int) -> None:
    cases = yaml.safe_load(path.read_text(encoding="utf-8"))
    _write_yaml(path, cases + [{**one, "claim": f"{one['claim']}-{n}"} for n, one in _copies(cases, times)])


def _grow_notebook(path: Path, titles: dict[str, str], times: int) -> None:
    """A section for each copy behind the others, its heading and its cells' ids under the new name."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = notebook["cells"]
    claims = [one["id"] for one in cells if one["id"] in titles]
    sections = {
        name: [one for one in cells if one["id"] in (name, f"{name}-evidence", f"{name}-verdict")] for name in claims
    }
    added = []
    for n, name in _copies(claims, times):
        for cell in copy.deepcopy(sections[name]):
            cell["id"] = cell["id"].replace(name, f"{name}-{n}", 1)
            cell["source"] = [line.replace(f'"{name}"', f'"{name}-{n}"') for line in cell["source"]]
            if cell["cell_type"] == "markdown":
                cell["source"][0] = f"{cell['source'][0].rstrip()} ({n})\n"
            added.append(cell)
    place = next(at for at, one in enumerate(cells) if one["id"] == "then-and-now")
    cells[place:place] = added
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


class _Written(yaml.SafeDumper):
    """Every copy written out: our YAML knows no references."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _write_yaml(path: Path, content: Any) -> None:
    text = yaml.dump(content, Dumper=_Written, sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
