"""Assembling the book's sources: prose, executed notebooks and static files in one folder that jupyter-book builds."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casefile.errors import DataError, Problem, RunFailed
from casefile.evidence.canonical import canonical
from casefile.evidence.text import is_formula
from casefile.model import Pillar
from casefile.paths import BOOK, SOURCES_FILE
from casefile.press import cards, feed, front
from casefile.press.cache import Cache
from casefile.press.chapters import NOTEBOOKS, write_chapter, write_chart
from casefile.press.export.on_pages import page_records, write_static
from casefile.press.frame import base, write_frame
from casefile.press.pages import Material, expand
from casefile.press.scripts import assignment
from casefile.press.theme import PAGES_FILE
from casefile.show.html import anchor
from casefile.show.mime import CHART_MIME, PLOTLY_MIME
from casefile.show.values import PILLAR_TITLES
from casefile.words import day


def assemble(executed: Mapping[str, Path], material: Material, ledger: Mapping[str, Any], out: Path) -> list[str]:
    """Write the book's sources to `out` (emptied first) and return the ids of all charts placed.

    `executed` maps notebook name → executed notebook. Raises `RunFailed` when a notebook is missing or a page asks
    for something that the edition does not hold.
    """
    write_frame(next(iter(material.verdicts.values()))["now"].as_of, out)
    charts = write_pages(material, ledger, out)
    for name in NOTEBOOKS:
        if name not in executed:
            raise RunFailed(f"The notebook {name} was not executed; the book would lack its chapter.")
        charts += write_chapter(name, executed[name], out)
    return charts


def write_pages(material: Material, ledger: Mapping[str, Any], out: Path, cache: Cache | None = None) -> list[str]:
    """All of the sources but the frame and the chapters; returns the ids of the charts placed."""
    static = out / "_static"
    for page in sorted(BOOK.glob("*.md")):
        (out / page.name).write_text(expand(page.read_text(encoding="utf-8"), material, page.name), encoding="utf-8")
    charts = _strip_files(material, static / "charts")
    _static_files(material, ledger, static, cache)
    (out / "_extra" / "feed.xml").write_text(feed.atom(material, base()), encoding="utf-8")
    (out / PAGES_FILE).write_text(canonical(_about_pages(material, ledger)), encoding="utf-8")
    return charts


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


def _about_pages(material: Material, ledger: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Page → its description, its card and its records, which the theme puts into its head."""
    records = page_records(ledger, material.library)
    return {name: {**one, **records.get(name, {})} for name, one in descriptions(material).items()}


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
