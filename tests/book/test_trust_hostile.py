"""Data full of markup, scripts, formulas, bidi and control characters: the book shows it as text, nothing runs."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casefile.evidence.descriptors import read_descriptors
from casefile.paths import BOOK, DATA

HOSTILE = (
    '<script>window.pwned=1</script><img src=x onerror="window.pwned=2"><svg onload=window.pwned=3>'
    '"\'><a href="javascript:window.pwned=4">x</a> [y](javascript:window.pwned=5) ${window.pwned=6} {{7*7}} {% raw %} '
    '=HYPERLINK("http://hostile.invalid/") +1+1 @SUM(1) -2 </script><!-- --> ]]> &lt;b&gt; `{eval}`1` '
    "\u202etxt.exe\u202c \u2066a\u2069 \ufeff \u2028\u2029 %s {0} \\u003cscript\\u003e <style>*{display:none}</style> "
    "<iframe src=//hostile.invalid></iframe> <meta http-equiv=refresh content=0;url=//hostile.invalid> "
    "<base href=//hostile.invalid> ```{include} /etc/passwd``` {doc}`index` @import url(//hostile.invalid)"
)

FREE = {
    "note",
    "title",
    "publisher",
    "question",
    "wording",
    "text",
    "quote",
    "summary",
    "description",
    "label",
    "remark",
}
"""Columns that no analysis compares with words of its own."""


def poison(data: Path) -> int:
    """Put the hostile text behind every cell of a free text column of every table; returns how many cells."""
    count = 0
    targets = [(data / "sources.csv", {"publisher", "title", "license", "note"})]
    for descriptor in read_descriptors(data).values():
        keyed = {*descriptor.key, descriptor.origin}
        for field in descriptor.resource["schema"].get("foreignKeys", []):
            own = field["fields"]
            keyed.update([own] if isinstance(own, str) else own)
        free = {
            name
            for name, one in descriptor.fields.items()
            if one["type"] == "string"
            and name in FREE
            and name not in keyed
            and "enum" not in one.get("constraints", {})
        }
        targets.append((data / descriptor.path.relative_to(data), free))
    for path, columns in targets:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            names, rows = list(reader.fieldnames or ()), list(reader)
        for row in rows[:400]:
            for column in columns & set(names):
                row[column] = f"{row[column]} {HOSTILE}\x01\x1b[31m\r\n````{{raw}} html\n<b>out</b>"
                count += 1
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
    for descriptor_file in data.glob("*/datapackage.json"):
        package = json.loads(descriptor_file.read_text(encoding="utf-8"))
        for resource in package["resources"]:
            resource["title"] += " " + HOSTILE
            resource["description"] += " " + HOSTILE
            resource["casefile"].setdefault("known_gaps", []).append(HOSTILE)
            for field in resource["schema"]["fields"]:
                field["description"] = HOSTILE
        descriptor_file.write_text(json.dumps(package), encoding="utf-8")
    return count


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The pages of one chapter, the data page and the front, made from hostile data without running all notebooks."""
    from casefile.evidence.library import Library
    from casefile.model import Pillar
    from casefile.press import assemble as assembling
    from casefile.press.assemble import assemble
    from casefile.press.edition import NAMES
    from casefile.press.pages import Material
    from casefile.press.run import Job, run_many
    from casefile.press.site import build_site
    from casefile.verdicts.engine import Court
    from casefile.verdicts.ledger import build_ledger, vantages
    from casefile.verdicts.timeline import judge_days

    work = tmp_path_factory.mktemp("hostile")
    data = work / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns(".*"))
    assert poison(data) > 1000
    library = Library(data)
    court = Court(library)
    as_of = library.newest
    when = vantages(as_of)
    verdicts = {name: {moment: court.verdict(name, day) for moment, day in when.items()} for name in court.claims}
    material = Material(court, verdicts, judge_days(library, list(when.values())))
    from casefile.paths import NOTEBOOKS, ROOT

    run = [name for name in NAMES if name in (Pillar.RESOLVE.value, Pillar.ECONOMY.value)]
    jobs = [
        Job(NOTEBOOKS / f"{name}.ipynb", {"as_of": as_of.isoformat(), "data_dir": str(data)}, work / f"{name}.ipynb",
            cwd=ROOT, data_dir=data, shown={"data_dir": ""})
        for name in run
    ]  # fmt: skip
    executed = {one.job.notebook.stem: one.out for one in run_many(jobs, 2)}
    empty = {"cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Left out"]}],
             "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
             "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
    for name in NAMES:
        if name not in executed:
            executed[name] = work / f"empty-{name}.ipynb"
            executed[name].write_text(json.dumps(empty), encoding="utf-8")
    assemble(executed, material, build_ledger(court, as_of), work / "book")
    if not (work / "book" / "tutorial.md").exists():
        (work / "book" / "tutorial.md").write_text("# Tutorial\n", encoding="utf-8")
    assert assembling.NOTEBOOKS == NAMES
    return build_site(work / "book", work / "site", [path.name for path in (BOOK / "_static").glob("*")])


def pages(site: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in site.glob("*.html")}


@pytest.mark.slow
def test_the_hostile_text_is_on_the_pages_as_text(hostile_site: Path) -> None:
    found = [
        name for name, page in pages(hostile_site).items() if "&lt;script&gt;window.pwned=1&lt;/script&gt;" in page
    ]
    assert {"data.html", "resolve.html"} <= set(found)


@pytest.mark.slow
@pytest.mark.parametrize(
    "pattern",
    [r"<script>window", r"<img[^>]*onerror", r"<svg[^>]*onload", r"href=[\"']?javascript:", r"<iframe", r"<base",
     r"<meta[^>]*refresh", r"<b>out</b>", r"<style>\*", r"root:x:0:0", "[\u202a-\u202e\u2066-\u2069\x01\x1b\ufeff]"],
)  # fmt: skip
def test_nothing_of_it_became_markup(hostile_site: Path, pattern: str) -> None:
    found = {}
    for name, page in pages(hostile_site).items():
        bare = re.sub(r'<script type="application/ld\+json">.*?</script>', "", page, flags=re.S)
        if match := re.search(pattern, bare, re.I):
            found[name] = bare[max(0, match.start() - 80) : match.end() + 80]
    assert not found


@pytest.mark.slow
def test_scripts_with_data_cannot_be_ended_by_it(hostile_site: Path) -> None:
    for path in (hostile_site / "_static").rglob("*.js"):
        if path.name.startswith(("plotly", "search", "doctools", "sphinx", "language", "documentation")):
            continue
        text = path.read_text(encoding="utf-8")
        assert "<script>window.pwned" not in text, path.name
        assert "\u2028" not in text, path.name


@pytest.mark.slow
def test_downloads_hold_no_formula(hostile_site: Path) -> None:
    for path in (hostile_site / "_static" / "charts").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    if cell[:1] in "=+@\t\r" and cell:
                        pytest.fail(f"{path.name}: {cell!r}")


@pytest.mark.slow
def test_feed_and_records_stay_well_formed(hostile_site: Path) -> None:
    from defusedxml import ElementTree

    ElementTree.parse(hostile_site / "feed.xml")
    for name, page in pages(hostile_site).items():
        for record in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S):
            assert json.loads(record)["@context"] == "https://schema.org", name


@pytest.mark.slow
@pytest.mark.browser
def test_chromium_runs_nothing_and_asks_nobody(hostile_site: Path) -> None:
    browser_path = os.environ.get("CASEFILE_BROWSER") or shutil.which("chromium")
    if browser_path is None:
        if os.environ.get("CASEFILE_REQUIRE_BROWSER"):
            pytest.fail("a browser is required here and there is none")
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=arguments)
        page = browser.new_page()
        asked: list[str] = []
        refused: list[str] = []
        dialogs: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        page.on("console", lambda one: refused.append(one.text) if "Content Security Policy" in one.text else None)
        page.on("dialog", lambda one: (dialogs.append(one.message), one.dismiss()))
        seen: dict[str, Any] = {}
        for name in ("index", "data", "resolve", "economy", "method", "objections"):
            page.goto((hostile_site / f"{name}.html").as_uri(), wait_until="load")
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            figure = page.query_selector("[data-chart-id]")
            if figure:
                figure.scroll_into_view_if_needed()
                figure.hover()
                page.wait_for_timeout(500)
            seen[name] = page.evaluate("window.pwned ?? null")
        browser.close()
    assert seen == dict.fromkeys(seen)
    assert not dialogs
    assert [one for one in asked if not one.startswith(("file:", "data:", "blob:"))] == []
    assert refused == []
