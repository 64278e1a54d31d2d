"""Assembling the book's sources: prose, executed notebooks and static files in one folder that jupyter-book builds."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from casefile.errors import DataError, Problem, RunFailed
from casefile.evidence.safe_yaml import read_yaml
from casefile.evidence.text import is_formula
from casefile.model import Pillar
from casefile.paths import BOOK, ROOT, SOURCES_FILE
from casefile.press import cards, feed, front, plotlyjs
from casefile.press.cache import Cache
from casefile.press.export.on_pages import page_records, write_static
from casefile.press.pages import Material, expand
from casefile.press.scripts import assignment, call
from casefile.press.theme import PAGES_FILE
from casefile.show.charts import CHART_MIME, PLOTLY_MIME
from casefile.show.html import anchor
from casefile.show.values import PILLAR_TITLES
from casefile.verdicts.ledger import canonical
from casefile.words import day

NOTEBOOKS = (*(pillar.value for pillar in Pillar), "verdicts")
KEPT_MIME = ("text/html", "text/plain")


def assemble(executed: Mapping[str, Path], material: Material, ledger: Mapping[str, Any], out: Path) -> list[str]:
    """Write the book's sources to `out` (emptied first) and return the ids of all charts placed.

    `executed` maps notebook name → executed notebook. Raises `RunFailed` when a notebook is missing or a page asks
    for something that the edition does not hold.
    """
    charts = write_pages(material, ledger, out)
    for name in NOTEBOOKS:
        if name not in executed:
            raise RunFailed(f"The notebook {name} was not executed; the book would lack its chapter.")
        charts += write_chapter(name, executed[name], out)
    return charts


def write_pages(material: Material, ledger: Mapping[str, Any], out: Path, cache: Cache | None = None) -> list[str]:
    """All of the sources but the chapters, which may still be running; returns the ids of the charts placed."""
    if out.exists():
        shutil.rmtree(out)
    static = out / "_static"
    (static / "charts").mkdir(parents=True)
    (static / "data").mkdir()
    (static / "ledgers").mkdir()
    for page in sorted(BOOK.glob("*.md")):
        (out / page.name).write_text(expand(page.read_text(encoding="utf-8"), material, page.name), encoding="utf-8")
    charts = _strip_files(material, static / "charts")
    for extra in ("references.bib",):
        if (BOOK / extra).is_file():
            shutil.copyfile(BOOK / extra, out / extra)
    for path in sorted((BOOK / "_static").glob("*")):
        if path.is_file() and not path.name.startswith("."):
            shutil.copyfile(path, static / path.name)
    _static_files(material, ledger, static, cache)
    (out / "_extra").mkdir()
    (out / "_extra" / "feed.xml").write_text(feed.atom(material, _base()), encoding="utf-8")
    shutil.copyfile(ROOT / "_toc.yml", out / "_toc.yml")
    (out / "_config.yml").write_text(_config(material), encoding="utf-8")
    (out / PAGES_FILE).write_text(canonical(_about_pages(material, ledger)), encoding="utf-8")
    return charts


def place_chapters(out: Path) -> None:
    """Empty files where the chapters will be, so that whoever lists the pages finds all of them."""
    for name in NOTEBOOKS:
        (out / f"{name}.ipynb").touch()


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


def _strip_files(material: Material, folder: Path) -> list[str]:
    """The front page's strip of verdicts, whose page is prose and not a notebook."""
    bundle = material.strip._repr_mimebundle_()
    write_chart(folder, bundle[CHART_MIME], bundle[PLOTLY_MIME])
    return [bundle[CHART_MIME]["id"]]


def _static_files(material: Material, ledger: Mapping[str, Any], static: Path, cache: Cache | None) -> None:
    from casefile.figures import theme

    (static / "palette.css").write_text(theme.palette_css(), encoding="utf-8")
    templates = {name: theme.plotly_template(dark=name == "dark") for name in ("light", "dark")}
    (static / "charts" / "_templates.js").write_text(
        assignment("casefileTemplates", templates) + assignment("casefileDark", theme.swaps()),
        encoding="utf-8",
    )
    (static / "history.js").write_text(front.history_script(material.timeline), encoding="utf-8")
    (static / "ledgers" / "ledger.json").write_text(canonical(ledger), encoding="utf-8")
    (static / "ledgers" / "timeline.json").write_text(canonical(material.timeline), encoding="utf-8")
    source, _ = plotlyjs.bundle()
    shutil.copyfile(source, static / "plotly.min.js")
    for name, descriptor in material.library.descriptors.items():
        _publish_table(descriptor.path, static / "data" / f"{anchor(name)}.csv")
        (static / "data" / f"{anchor(name)}.json").write_text(canonical(dict(descriptor.resource)), encoding="utf-8")
    _publish_table(material.library.data_dir / SOURCES_FILE, static / "data" / SOURCES_FILE)
    write_static(ledger, material.library, static)
    cards.write_cards(material, static, cache)


def _publish_table(path: Path, target: Path) -> None:
    """Copy a table as it is, so that its hash stays; raise `DataError` for a cell that a spreadsheet would run."""
    if _perhaps_a_formula(path.read_bytes().decode("utf-8")):
        _refuse_formulas(path)
    shutil.copyfile(path, target)


_BEGINNINGS = (*(before + sign for before in ',"\n\r' for sign in "=@+\t"), '"\r')
_NEGATIVE = (
    *(re.compile(rf"{before}-(?!\d+(?:\.\d+)?(?:[,\n\r]|\Z))") for before in (",", "\n", "\r")),
    re.compile(r'"-(?!\d+(?:\.\d+)?"(?!"))'),
)


def _perhaps_a_formula(text: str) -> bool:
    """Whether a cell of a CSV may begin like a formula, as words within one also may: most tables have no such place.

    Looked for as pairs of characters, since to take every table apart takes as long as to write all pages.
    """
    return (
        text[:1] in tuple("=@+-\t")
        or any(one in text for one in _BEGINNINGS)
        or any(one.search(text) for one in _NEGATIVE)
    )


def _refuse_formulas(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        for row in (reader := csv.reader(file)):
            if (cell := next(filter(is_formula, row), None)) is not None:
                rule = "begins like a spreadsheet formula and cannot be published"
                raise DataError([Problem(str(path), reader.line_num, None, cell[:60], rule, "Run: casefile check")])


def _config(material: Material) -> str:
    """The project's `_config.yml` plus what this edition adds for all pages alike."""
    config = read_yaml(ROOT / "_config.yml")
    as_of = next(iter(material.verdicts.values()))["now"].as_of
    context = {
        "casefile_description": config.get("casefile_description", ""),
        "casefile_edition": f"Edition of {day(as_of)}.",
        "casefile_base": _base().rstrip("/"),
    }
    config.pop("casefile_description", None)
    settings = config.setdefault("sphinx", {}).setdefault("config", {})
    settings["html_context"] = context
    settings["html_extra_path"] = ["_extra"]
    return "# Generated by casefile from _config.yml. Do not edit.\n" + yaml.safe_dump(
        config, sort_keys=False, allow_unicode=True
    )


def _about_pages(material: Material, ledger: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Page → its description, its card and its records, which the theme puts into its head."""
    records = page_records(ledger, material.library)
    return {name: {**one, **records.get(name, {})} for name, one in descriptions(material).items()}


def _base() -> str:
    """The site's address from `html.baseurl` in _config.yml, with a slash at its end; empty while it has none."""
    address = str((read_yaml(ROOT / "_config.yml").get("html") or {}).get("baseurl") or "")
    return f"{address.rstrip('/')}/" if address else ""


def descriptions(material: Material) -> dict[str, dict[str, str]]:
    """A description per page for search engines and shared links, generated from the verdicts."""
    sentences = " ".join(front.three_sentences(material.claims, material.verdicts)[:1])
    found = {"index": {"description": sentences, "kicker": "A case file in data"}}
    for place, pillar in enumerate(Pillar, 1):
        now = [pair["now"] for pair in material.verdicts.values() if pair["now"].pillar == pillar.value]
        counts = ", ".join(f"{count} {word}" for word, count in front.rating_counts(now).items())
        found[pillar.value] = {
            "description": f"{PILLAR_TITLES[pillar]}: {len(now)} claims, on the evidence of {day(now[0].as_of)}: {counts}.",
            "kicker": f"Chapter {place} of {len(Pillar)}",
            "chapter": "yes",
        }
    for name, words in {
        "verdicts": "All verdicts together, month by month since the article appeared.",
        "objections": "The best reply the authors could make, claim by claim, and what the data say to it.",
        "method": "How findings become verdicts: rules, thresholds, confidence, robustness, specifications.",
        "data": "Every table and source behind the book, with downloads and known gaps.",
        "rerun": "Run the report again with another date or with new data.",
        "glossary": "The words of this book, one meaning each.",
        "changes": "What changed in this book, and corrections.",
        "speed": "How fast the book is built, measured side by side with the plain recipe.",
        "tutorial": "From a new claim to a passing test, step by step.",
        "adapters": "How files from upstream become tables, format by format.",
        "search": "Search the book; nothing is sent anywhere.",
    }.items():
        found[name] = {"description": words}
    found["verdicts"]["kicker"] = found["objections"]["kicker"] = "All claims"
    for name, card in cards.contents(material).items():
        found[name] |= {"card": f"_static/{cards.FOLDER}/{name}.png", "card_alt": card["alt"]}
    return found
