"""Data full of markup, scripts, formulas, bidi and control characters: the book shows it as text, nothing runs."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import string
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from casefile.evidence.descriptors import read_descriptors
from casefile.evidence.library import Library
from casefile.model import Pillar
from casefile.paths import BOOK, DATA, NOTEBOOKS, ROOT
from casefile.press.assemble import assemble
from casefile.press.edition import NAMES
from casefile.press.export.citation import citation_files
from casefile.press.export.claimreview import claim_reviews
from casefile.press.export.crate import write_crate
from casefile.press.export.datapackage import write_datapackage
from casefile.press.export.epub import write_epub
from casefile.press.export.pages import read_pages
from casefile.press.export.pdf import _Setter, write_pdf
from casefile.press.export.standing import Standing
from casefile.press.pages import Material
from casefile.press.quarto import write_project
from casefile.press.run import Job, run_many
from casefile.press.site import build_site
from casefile.verdicts.engine import Court
from casefile.verdicts.ledger import build_ledger, vantages
from casefile.verdicts.timeline import judge_days

RUN = (Pillar.RESOLVE.value, Pillar.ECONOMY.value)
"""The chapters that are run: one with polls, one with names, rates and forecasts."""

HOSTILE = (
    '<script>window.pwned=1</script><img src=x onerror="window.pwned=2"><svg onload=window.pwned=3>'
    '"\'><a href="javascript:window.pwned=4">x</a> [y](javascript:window.pwned=5) ${window.pwned=6} {{7*7}} {% raw %} '
    '=HYPERLINK("http://hostile.invalid/") +1+1 @SUM(1) -2 </script><!-- --> ]]> &lt;b&gt; `{eval}`1` '
    "\u202etxt.exe\u202c \u2066a\u2069 \ufeff \u2028\u2029 %s {0} \\u003cscript\\u003e <style>*{display:none}</style> "
    "<iframe src=//hostile.invalid></iframe> <meta http-equiv=refresh content=0;url=//hostile.invalid> "
    "<base href=//hostile.invalid> ```{include} /etc/passwd``` {doc}`index` @import url(//hostile.invalid) "
    '{{< include /etc/passwd >}} ```{=html} @book{x, title={y}} \\input{/etc/passwd} #raw("z") #read("/etc/passwd") '
    "$x$ <k-index> *a* _b_ @k-index &#60;script&#62;"
)

COMPARED = {
    "opinion/polls": {"series", "response"},
    "opinion/information": {"experiment_id"},
    "opinion/aid_cost": {"item"},
    "congress/rollcalls": {"question"},
    "congress/gop_field": {"polling_name"},
    "congress/gop_primary_polls": {"candidate"},
    "economy/macro": {"forecaster"},
    "economy/russian_polls": {"response"},
    "resolve/polls": {"series", "subgroup", "response"},
    "aims/accountability": {"act"},
}
"""Text columns in which an analysis looks for words of its own: a changed word there is another row, not a hostile one.
Every other text column of every table is made hostile, those of keys (and so of row names) among them."""

NAMES_OF_ROWS = {"source_id", "source_id_2", "vote_id", "poll_id", "bioguide_id", "lis_id"}
"""By these, tables refer to each other."""

ADDRESS = "javascript:window.pwned=8//https://hostile.invalid/"


def poison(data: Path) -> int:
    """Put the hostile text behind every cell of a free text column of every table; returns how many cells."""
    count = 0
    targets = [(data / "sources.csv", {"publisher", "title", "license", "note"})]
    for descriptor in read_descriptors(data).values():
        texts = {
            name
            for name, one in descriptor.fields.items()
            if one["type"] == "string" and "enum" not in one.get("constraints", {})
        }
        texts -= NAMES_OF_ROWS | COMPARED.get(descriptor.name, set())
        targets.append((data / descriptor.path.relative_to(data), texts))
    for path, columns in targets:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            names, rows = list(reader.fieldnames or ()), list(reader)
        if path.name == "sources.csv":
            for row in rows[::2]:
                row["url"] = ADDRESS
        for row in rows[:400]:
            for column in sorted(columns & set(names)):
                if column.endswith("url"):
                    row[column] = ADDRESS
                    continue
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
            content = (descriptor_file.parent / resource["path"]).read_bytes()  # as if it had passed the gate
            resource["hash"], resource["bytes"] = f"sha256:{hashlib.sha256(content).hexdigest()}", len(content)
            resource["licenses"] = [{"name": HOSTILE, "title": HOSTILE, "path": ADDRESS}]
            for field in resource["schema"]["fields"]:
                field["description"] = HOSTILE
        descriptor_file.write_text(json.dumps(package), encoding="utf-8")
    return count + poison_registries(data)


def poison_registries(data: Path) -> int:
    """Put the hostile text behind every sentence of the claims, the article, the corrections and the upstream list."""
    count = 0

    def spoil(value: Any, keys: set[str]) -> None:
        nonlocal count
        for one in value if isinstance(value, list) else [value]:
            if not isinstance(one, dict):
                continue
            for key, inner in one.items():
                if key in keys and isinstance(inner, str):
                    one[key] = f"{inner} {HOSTILE}"
                    count += 1
                else:
                    spoil(inner, keys)

    sentences = {
        "claims.yml": {"title", "outlet", "statement", "refuted_by", "directness_reason", "question", "reason", "label",
                       "reply", "says"},
        "corrections.yml": {"reason", "author"},
        "upstream.yml": {"title", "licence"},
    }  # fmt: skip
    for name, keys in sentences.items():
        content = yaml.safe_load((data / name).read_text(encoding="utf-8"))
        spoil(content, keys)
        if name == "claims.yml":
            content["article"]["authors"].append(HOSTILE)
            content["article"]["address"] = ADDRESS
        (data / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return count


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Standing:
    """A book from hostile data: two chapters run, the others left empty under a hostile heading, all other pages."""
    work = tmp_path_factory.mktemp("hostile")
    data = work / "data"
    shutil.copytree(DATA, data, ignore=shutil.ignore_patterns(".*"))
    assert poison(data) > 10_000
    court = Court(Library(data))
    as_of = court.library.newest
    when = vantages(as_of)
    verdicts = {name: {moment: court.verdict(name, day) for moment, day in when.items()} for name in court.claims}
    material = Material(court, verdicts, judge_days(court.library, list(when.values())))
    jobs = [
        Job(NOTEBOOKS / f"{name}.ipynb", {"as_of": as_of.isoformat(), "data_dir": str(data)}, work / f"{name}.ipynb",
            cwd=ROOT, data_dir=data, shown={"data_dir": ""})
        for name in RUN
    ]  # fmt: skip
    executed = {one.job.notebook.stem: one.out for one in run_many(jobs, 2)}
    heading = "# Left out " + "".join(
        f"\\{one}" if one in string.punctuation else one for one in HOSTILE if one.isascii()
    )
    empty = {"cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": [heading]}],
             "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
             "nbformat": 4, "nbformat_minor": 5}  # fmt: skip
    for name in NAMES:
        if name not in executed:
            executed[name] = work / f"empty-{name}.ipynb"
            executed[name].write_text(json.dumps(empty), encoding="utf-8")
    ledger = build_ledger(court, as_of)
    assemble(executed, material, ledger, work / "book")
    if not (work / "book" / "tutorial.md").exists():
        (work / "book" / "tutorial.md").write_text("# Tutorial\n", encoding="utf-8")
    site = build_site(work / "book", work / "site", [path.name for path in (BOOK / "_static").glob("*")])
    return Standing(ledger, court.library, site, work / "book")


@pytest.fixture(scope="module")
def hostile_site(hostile: Standing) -> Path:
    return hostile.site


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
     r"<meta\s+http-equiv=[\"']?refresh", r"<b>out</b>", r"<style>\*", r"root:x:0:0",
     "[\u202a-\u202e\u2066-\u2069\x01\x1b\ufeff]"],
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
def test_the_feed_links_only_to_the_books_own_pages(hostile_site: Path) -> None:
    from defusedxml import ElementTree

    for link in ElementTree.parse(hostile_site / "feed.xml").iter("{http://www.w3.org/2005/Atom}link"):
        assert re.fullmatch(r"[a-z]+\.(?:html|xml)(?:#[a-z0-9-]+)?", link.attrib["href"])


@pytest.mark.slow
def test_the_pdf_is_set_and_hostile_text_stands_in_string_literals_only(hostile: Standing, tmp_path: Path) -> None:
    assert write_pdf(hostile.site, hostile.sources, tmp_path / "book.pdf").read_bytes().startswith(b"%PDF")
    markup = _Setter(read_pages(hostile.site, hostile.sources), tmp_path).text()
    assert "pwned" in markup
    bare = re.sub(r'"(?:[^"\\]|\\.)*"|<k-[a-z0-9-]+>', "", markup)  # labels are letters, digits and dashes
    assert not re.search(r"pwned|hostile\.invalid|passwd|iframe", bare)
    assert not re.search(r'#link\("(?!https?://)', markup)


@pytest.mark.slow
def test_the_epub_holds_no_script_no_handler_and_no_foreign_link(hostile: Standing, tmp_path: Path) -> None:
    from defusedxml import ElementTree

    path = write_epub(hostile.site, hostile.sources, tmp_path / "book.epub", "T", "A", "urn:x")
    texts = []
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            if not name.endswith((".xhtml", ".svg", ".opf", ".ncx")):
                continue
            for node in ElementTree.fromstring(book.read(name)).iter():
                tag = node.tag.rpartition("}")[2].lower()
                assert tag not in ("script", "iframe", "base", "object", "embed", "form"), name
                assert not [one for one in node.attrib if one.lower().startswith("on")], name
                assert not node.attrib.get("href", "").lower().startswith("javascript"), name
                texts.append(node.text or "")
    assert any("<script>window.pwned=1</script>" in one for one in texts)


@pytest.mark.slow
def test_citations_stay_one_entry_each(hostile: Standing) -> None:
    from pybtex.database import parse_string

    for name, content in citation_files(hostile).items():
        if name.endswith(".json"):
            assert len(json.loads(content)) == 1, name
            continue
        assert len(parse_string(content, "bibtex").entries) == 1, name
        assert content.count("\n@") == 0, name
        assert not re.search(r"(?<!\\)\\input", content), name


@pytest.mark.slow
def test_records_are_made_of_hostile_text_and_stay_valid(hostile: Standing, tmp_path: Path) -> None:
    assert json.loads(claim_reviews(hostile))["@graph"]
    assert write_datapackage(hostile, tmp_path / "package").is_file()
    crate = json.loads(write_crate(hostile, tmp_path / "crate").read_text(encoding="utf-8"))
    assert all(not one["@id"].startswith(("javascript", "/", "..")) for one in crate["@graph"])
    for action in (one for one in crate["@graph"] if one["@type"] == "CreateAction"):
        assert action["description"]
        assert action["actionStatus"] == "http://schema.org/CompletedActionStatus"
    trail = json.loads((tmp_path / "crate" / "provenance.jsonld").read_text(encoding="utf-8"))
    assert all(one.get("location", "https:").startswith("http") for one in trail["@graph"])


@pytest.mark.slow
def test_the_quarto_project_holds_no_shortcode_and_no_raw_block_of_theirs(hostile: Standing, tmp_path: Path) -> None:
    write_project(hostile.sources, tmp_path / "quarto")
    pages = [path for path in (tmp_path / "quarto").iterdir() if path.suffix in (".md", ".ipynb", ".yml")]
    assert len(pages) > len(NAMES)
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert "{{<" not in text, path.name
        assert "<script>window" not in text, path.name
        assert "<b>out</b>" not in text, path.name


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
