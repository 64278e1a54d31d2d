"""The whole book as one PDF: the built pages set with Typst, which comes as a wheel. No browser, no TeX."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import lxml.html

from casefile.errors import RunFailed
from casefile.press.export.pages import Page, read_pages, standalone_svg
from casefile.show.html import anchor, is_web_address

TEMPLATE = Path(__file__).with_name("book.typ")
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5}
BLOCKS = {"p", "ul", "ol", "dl", "table", "div", "section", "figure", "details", "pre", "svg", "hr", *HEADINGS}


def write_pdf(site: Path, sources: Path, out: Path) -> Path:
    """Set the pages of `site` as one PDF at `out` (A4, contents, page numbers, links). Returns `out`.

    The same site gives the same bytes. Raises `RunFailed` with Typst's words when it cannot be set.
    """
    import typst

    pages = read_pages(site, sources)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        body = _Setter(pages, work).text()
        (work / "book.typ").write_text(TEMPLATE.read_text(encoding="utf-8") + body, encoding="utf-8")
        partial = work / "book.pdf"
        try:
            typst.compile(str(work / "book.typ"), output=str(partial), root=str(work), ignore_system_fonts=True)
        except Exception as error:  # the wheel raises its own class and RuntimeError alike
            raise RunFailed(f"The PDF could not be set: {error}") from None
        out.parent.mkdir(parents=True, exist_ok=True)
        whole = out.with_suffix(".pdf.part")
        whole.write_bytes(partial.read_bytes())
        whole.replace(out)
    return out


class _Setter:
    """HTML trees to Typst markup. All text goes through string literals, so that no character is markup."""

    def __init__(self, pages: list[Page], folder: Path) -> None:
        self.pages = pages
        self.folder = folder
        self.drawings = 0
        self.labels = {f"{page.name}--{node.get('id')}" for page in pages for node in page.main.xpath(".//*[@id]")} | {
            page.name for page in pages
        }
        self.placed: set[str] = set()
        self.page = pages[0]

    def text(self) -> str:
        """The whole document body."""
        parts = []
        for page in self.pages:
            self.page = page
            parts.append(f"#pagebreak(weak: true)\n{self._label(page.name)}\n")
            parts.append(self._blocks(page.main))
        return "\n".join(parts)

    def _label(self, name: str) -> str:
        key = _key(name)
        if key in self.placed:
            return ""
        self.placed.add(key)
        return f"#metadata(none) <{key}>"

    def _blocks(self, node: lxml.html.HtmlElement) -> str:
        parts: list[str] = []
        if node.text and node.text.strip():
            parts.append(_string(node.text))
        for child in node:
            if isinstance(child.tag, str):
                parts.append(self._block(child))
            if child.tail and child.tail.strip():
                parts.append(_string(child.tail))
        return "\n\n".join(part for part in parts if part)

    def _block(self, node: lxml.html.HtmlElement) -> str:
        tag = str(node.tag)
        label = self._label(f"{self.page.name}--{node.get('id')}") if node.get("id") else ""
        if tag in HEADINGS:
            made = f"#heading(level: {HEADINGS[tag]}, {self._inline_block(node)})"
        elif tag == "p":
            kind = node.get("class") or ""
            inner = self._inline(node)
            made = (
                f"#quiet[{inner}]"
                if "cf-meta" in kind or "cf-when" in kind
                else f"#lead[{inner}]"
                if "cf-lead" in kind or "cf-statement" in kind
                else inner
            )
        elif tag in ("ul", "ol"):
            function = "list" if tag == "ul" else "enum"
            items = [f"[{self._flow(one)}]" for one in node if one.tag == "li"]
            made = f"#{function}({', '.join(items)})" if items else ""
        elif tag == "dl":
            made = "\n\n".join(
                f"*{self._inline(one)}*" if one.tag == "dt" else self._flow(one) for one in node.xpath(".//dt|.//dd")
            )
        elif tag == "table":
            made = self._table(node)
        elif tag == "svg":
            made = self._drawing(node)
        elif tag == "details":
            made = self._details(node)
        elif tag == "pre":
            made = f"#raw(block: true, {_literal(node.text_content())})"
        elif tag == "hr":
            made = "#line(length: 100%, stroke: 0.5pt + luma(70%))"
        elif tag in ("span", "a", "strong", "em", "b", "code"):
            made = self._inline_node(node)
        elif tag == "figcaption":
            made = f"#quiet[{self._inline(node)}]"
        else:
            made = self._flow(node)
            if "cf-claim" in (node.get("class") or "") or "cf-verdict" in (node.get("class") or ""):
                made = f"#card[{made}]"
        return "\n".join(one for one in (label, made) if one)

    def _details(self, node: lxml.html.HtmlElement) -> str:
        summary = node.find("summary")
        head = self._inline(summary) if summary is not None else ""
        rest = [child for child in node if child.tag != "summary"]
        body = "\n\n".join(self._block(child) for child in rest)
        return f"#opened[{head}][{body}]"

    def _flow(self, node: lxml.html.HtmlElement) -> str:
        blocks = any(child.tag in BLOCKS for child in node.iterdescendants())
        return self._blocks(node) if blocks else self._inline(node)

    def _table(self, node: lxml.html.HtmlElement) -> str:
        caption = node.find("caption")
        title = "" if caption is None else caption.text_content()
        if title.startswith("Observations:"):
            return ""  # thousands of lines in all; the title page names the online edition for them
        rows = [[cell for cell in row if cell.tag in ("th", "td")] for row in node.xpath(".//tr")]
        width = max((sum(int(cell.get("colspan") or 1) for cell in row) for row in rows), default=0)
        if not width:
            return ""
        cells = []
        for place, row in enumerate(rows):
            made = []
            for cell in row:
                span = int(cell.get("colspan") or 1)
                content = self._flow(cell)
                bold = f"*{content}*" if place == 0 and content and "\n\n" not in content else content
                made.append(f"table.cell(colspan: {span})[{bold}]" if span > 1 else f"[{bold}]")
            made += ["[]"] * (width - sum(int(cell.get("colspan") or 1) for cell in row))
            line = ", ".join(made)
            cells.append(f"table.header({line})" if place == 0 else line)
        head = f"#quiet[{_string(title)}]\n" if title else ""
        return f"{head}#table(columns: {width}, {', '.join(cells)})"

    def _drawing(self, node: lxml.html.HtmlElement) -> str:
        self.drawings += 1
        name = f"drawing-{self.drawings}.svg"
        (self.folder / name).write_text(standalone_svg(node), encoding="utf-8")
        alt = node.xpath("string(./*[local-name()='desc'])") or node.xpath("string(./*[local-name()='title'])")
        return f"#image({_literal(name)}, width: 100%, alt: {_literal(alt)})"

    def _inline_block(self, node: lxml.html.HtmlElement) -> str:
        return f"[{self._inline(node)}]"

    def _inline(self, node: lxml.html.HtmlElement) -> str:
        return "".join(self._inline_parts(node))

    def _inline_parts(self, node: lxml.html.HtmlElement) -> Iterator[str]:
        if node.text:
            yield _string(node.text)
        for child in node:
            if isinstance(child.tag, str):
                yield self._inline_node(child)
            if child.tail:
                yield _string(child.tail)

    def _inline_node(self, node: lxml.html.HtmlElement) -> str:
        tag = str(node.tag)
        label = self._label(f"{self.page.name}--{node.get('id')}") if node.get("id") else ""
        inner = self._inline(node)
        if tag == "br":
            return "#linebreak()"
        if tag == "svg":
            return self._drawing(node)
        if not inner:
            return label
        if tag in ("strong", "b"):
            inner = f"#strong[{inner}]"
        elif tag in ("em", "i"):
            inner = f"#emph[{inner}]"
        elif tag == "code":
            inner = f"#raw({_literal(node.text_content())})"
        elif tag == "a":
            inner = self._link(node.get("href") or "", inner)
        elif "cf-chip" in (node.get("class") or ""):
            inner = f"#chip[{inner}]"
        elif "cf-kind" in (node.get("class") or "") or "cf-sure" in (node.get("class") or ""):
            inner = f"#small[{inner}]"
        return label + inner

    def _link(self, address: str, inner: str) -> str:
        if is_web_address(address):
            return f"#link({_literal(address)})[{inner}]"
        path, _, fragment = address.partition("#")
        page = path.removesuffix(".html") or self.page.name
        target = f"{page}--{fragment}" if fragment else page
        if target not in self.labels:
            return inner
        return f"#link(<{_key(target)}>)[{inner}]"


def _key(name: str) -> str:
    return f"k-{anchor(name)}"


def _literal(text: str) -> str:
    """A Typst string literal."""
    return json.dumps(_clean(text), ensure_ascii=False)


def _string(text: str) -> str:
    """Text in markup, as an expression that shows a string: nothing in it can be read as markup."""
    flat = re.sub(r"[ \t\r\n]+", " ", text)
    return f"#{_literal(flat)};"


def _clean(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "\ufffd", text)
