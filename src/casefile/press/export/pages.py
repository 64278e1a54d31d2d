"""The built pages as trees, in reading order: what the PDF and the EPUB are made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import lxml.html
from lxml import etree

from casefile.errors import UsageError
from casefile.evidence.safe_yaml import read_yaml
from casefile.figures.theme import drawing_css

LEFT_OUT = (
    "//nav", "//form", "//button", "//script", "//noscript", "//input", "//*[contains(@class, 'cf-narrow')]",
    "//*[contains(@class, 'cf-slider')]", "//*[contains(@class, 'cf-downloads')]", "//*[contains(@class, 'headerlink')]",
    "//details[contains(@class, 'hide')]", "//div[contains(@class, 'cell_input')]", "//*[contains(@class, 'unseen')]",
)  # fmt: skip
"""What only a screen can use: controls, downloads, the phone's copy of each chart, folded code."""

LONG_TABLES = "//details[summary[starts-with(text(), 'The numbers in this chart')]]"


@dataclass(frozen=True)
class Page:
    """One page: its name, its title and its main content."""

    name: str
    title: str
    main: lxml.html.HtmlElement


def read_pages(site: Path, sources: Path) -> list[Page]:
    """The pages of a built site in the order of the contents. Raises `UsageError` when there is no book yet."""
    if not (site / "index.html").is_file():
        raise UsageError(f"There is no book at {site}. Build one first: casefile build")
    pages = []
    for name in page_names(sources):
        tree = lxml.html.fromstring((site / f"{name}.html").read_text(encoding="utf-8"))
        main = tree.get_element_by_id("content")
        for path in (*LEFT_OUT, LONG_TABLES):
            for node in main.xpath("." + path):
                node.drop_tree()
        title = main.xpath("string(.//h1)").strip() or name
        pages.append(Page(name, title, main))
    return pages


def page_names(sources: Path) -> list[str]:
    """The pages of the assembled book by name, in the order of its contents."""
    toc = read_yaml(sources / "_toc.yml")
    return [toc["root"], *(one["file"] for part in toc["parts"] for one in part["chapters"])]


def standalone_svg(node: lxml.html.HtmlElement) -> str:
    """An inline drawing as a file of its own, with the light palette inside."""
    text = etree.tostring(node, encoding="unicode", method="xml", with_tail=False)
    head, _, rest = text.partition(">")
    if "xmlns=" not in head:
        head = head.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    head = head.replace("viewbox=", "viewBox=")
    return f"{head}><style>{drawing_css()}</style>{rest}"
