"""The whole book as an EPUB: the built pages as XHTML with static charts, packed by ebooklib, with fixed dates."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from ebooklib import epub
from lxml import etree

from casefile.press.export.pages import Page, read_pages, standalone_svg
from casefile.press.files import write_atomically
from casefile.show.html import is_web_address

MOMENT = datetime(2023, 10, 9, tzinfo=UTC)
"""The one date in the file: the article's. A clock would make two builds of one edition differ."""

STYLE = """
body { font-family: serif; line-height: 1.5; } h1, h2, h3, h4 { line-height: 1.2; font-family: sans-serif; }
table { border-collapse: collapse; width: 100%; font-size: .85em; } th, td { border-bottom: 1px solid #999; text-align: left; vertical-align: top; padding: .3em .5em .3em 0; }
.cf-chip { font-weight: bold; white-space: nowrap; } .cf-meta, .cf-when, .cf-kind, .cf-sure { font-size: .85em; color: #444; }
.cf-marks i { font-style: normal; margin-right: .2em; } .cf-finding summary { font-weight: bold; } .cf-range { font-weight: normal; }
.cf-claim, .cf-verdict { border-left: 3px solid #0b5563; padding-left: .8em; margin: 1em 0; } .cf-statement { font-size: 1.1em; }
figure { margin: 1em 0; } img { max-width: 100%; } figcaption { font-size: .85em; color: #444; }
"""


def write_epub(site: Path, sources: Path, out: Path, title: str, author: str, identifier: str) -> Path:
    """Pack the pages of `site` as an EPUB 3 at `out`. The same site gives the same bytes. Returns `out`."""
    pages = read_pages(site, sources)
    book = epub.EpubBook()
    book.set_identifier(identifier)
    book.set_title(title)
    book.set_language("en")
    book.add_author(author)
    style = epub.EpubItem(uid="style", file_name="style.css", media_type="text/css", content=STYLE.encode())
    book.add_item(style)
    cover = site / "_static" / "cards" / "cover.png"
    if cover.is_file():
        book.set_cover("cover.png", cover.read_bytes(), create_page=False)
    chapters: list[epub.EpubHtml] = []
    contents: list[object] = []
    for page in pages:
        for drawing in _take_drawings(page):
            book.add_item(drawing)
        _mend_links(page, {one.name for one in pages})
        chapter = epub.EpubHtml(uid=page.name, title=page.title, file_name=f"{page.name}.xhtml", lang="en")
        inner = "".join(etree.tostring(node, encoding="unicode", method="xml") for node in page.main)
        chapter.content = f"<html><head><title>{_escape(page.title)}</title></head><body>{inner}</body></html>"
        chapter.add_item(style)
        book.add_item(chapter)
        chapters.append(chapter)
        contents.append((chapter, _sections(page)) if _sections(page) else chapter)
    book.toc = contents
    book.spine = ["nav", *chapters]
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    packed = io.BytesIO()
    epub.write_epub(packed, book, {"mtime": MOMENT})
    write_atomically(out, _fixed(packed))
    return out


def _sections(page: Page) -> list[epub.Link]:
    """The sections of a chapter for the contents."""
    found = []
    for heading in page.main.xpath(".//h2"):
        place = heading.get("id") or (heading.getparent().get("id") if heading.getparent().tag == "section" else None)
        if place:
            title = " ".join(heading.text_content().split())
            found.append(epub.Link(f"{page.name}.xhtml#{place}", title, f"{page.name}-{place}"))
    return found


def _take_drawings(page: Page) -> list[epub.EpubItem]:
    """Turn each inline drawing into a file and an image with its description."""
    items = []
    for number, node in enumerate(page.main.xpath(".//svg"), start=1):
        name = f"drawings/{page.name}-{number}.svg"
        alt = node.xpath("string(./*[local-name()='desc'])") or node.xpath("string(./*[local-name()='title'])")
        items.append(
            epub.EpubItem(
                uid=f"{page.name}-svg-{number}",
                file_name=name,
                media_type="image/svg+xml",
                content=standalone_svg(node).encode(),
            )
        )
        image = etree.Element("img", src=name, alt=alt)
        image.tail = node.tail
        parent = node.getparent()
        parent.replace(node, image)
    return items


def _mend_links(page: Page, names: set[str]) -> None:
    """Links between pages point at their XHTML; links to files that only the site has become plain text."""
    for node in page.main.xpath(".//a[@href]"):
        address = node.get("href")
        path, mark, fragment = address.partition("#")
        if is_web_address(address):
            continue
        if path.removesuffix(".html") in names:
            node.set("href", f"{path.removesuffix('.html')}.xhtml{mark}{fragment}")
        elif path:
            del node.attrib["href"]
    for node in page.main.iter():
        for name in [one for one in node.attrib if one.startswith("data-") or one in ("tabindex", "download")]:
            del node.attrib[name]
    ids = set(page.main.xpath(".//@id"))
    for node in page.main.xpath(".//a[starts-with(@href, '#')]"):
        if node.get("href")[1:] not in ids:
            del node.attrib["href"]


def _fixed(packed: io.BytesIO) -> bytes:
    """The same archive with fixed times and order: mimetype first and stored, as EPUB demands."""
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(out, "w") as target:
        names = sorted(source.namelist(), key=lambda name: (name != "mimetype", name))
        for name in names:
            entry = zipfile.ZipInfo(name, (2023, 10, 9, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, source.read(name))
    return out.getvalue()


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
