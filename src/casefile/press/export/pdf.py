"""The whole book as one PDF: the built pages set with Typst, which comes as a wheel. No browser, no TeX."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import lxml.html

from casefile.errors import RunFailed
from casefile.press.export.pages import Page, read_pages, standalone_svg
from casefile.press.files import write_atomically
from casefile.show.html import anchor, is_web_address

TEMPLATE = Path(__file__).with_name("book.typ")
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5}
BLOCKS = {"p", "ul", "ol", "dl", "table", "div", "section", "figure", "details", "pre", "svg", "hr", *HEADINGS}


def write_pdf(site: Path, sources: Path, out: Path) -> Path:
    """Set the pages of `site` as one PDF at `out` (A4, contents, page numbers, links). Returns `out`.

    The same site gives the same bytes. Raises `RunFailed` with Typst's words when it cannot be set.
    """
    pages = read_pages(site, sources)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        body = _cover(pages[0], work, site) + _Setter(pages, work).text()
        (work / "book.typ").write_text(TEMPLATE.read_text(encoding="utf-8") + body, encoding="utf-8")
        partial = work / "book.pdf"
        _compile(work / "book.typ", partial)
        write_atomically(out, partial.read_bytes())
    return out


_TYPST = """
import sys, typst
from casefile.memory import offer_to_the_killer
offer_to_the_killer()
source, out, root = sys.argv[1:]
try:
    typst.compile(source, output=out, root=root, ignore_system_fonts=True, pdf_standards="ua-1")
except Exception as error:  # the wheel raises its own class and RuntimeError alike
    sys.exit(str(error))
"""


def _compile(source: Path, out: Path) -> None:
    """Set one Typst file in a process of its own: a library that runs out of memory ends the process that called it."""
    done = subprocess.run(
        [sys.executable, "-c", _TYPST, str(source), str(out), str(source.parent)],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode < 0 or not (done.returncode or out.is_file()):
        raise RunFailed(
            f"The PDF could not be set: Typst was ended (signal {-done.returncode}), most likely for want of memory. "
            "It needs about a gigabyte. Nothing was written."
        )
    if done.returncode:
        raise RunFailed(f"The PDF could not be set: {done.stderr.strip()[-4000:]}")


_SPECIAL = {
    "cf-finding": "_finding",
    "cf-findings-head": "_findings_head",
    "cf-vantages": "_columns",
    "cf-three": "_columns",
    "cf-answers": "_answers",
    "cf-chart": "_chart",
    "cf-marks": "_marks",
    "cf-sources": "_sources",
    "cf-keys": "_keys",
    "cf-legend": "_keys",
}
"""Classes of blocks that print sets in its own way, and the methods that do."""

_FRAMES = {
    "cf-meta": "quiet",
    "cf-when": "quiet",
    "cf-sum": "quiet",
    "cf-lead": "lead",
    "cf-statement": "lead",
    "kicker": "kicker",
    "cf-claim": "claim",
    "cf-verdict": "verdict",
    "cf-against": "against",
}
"""Classes whose content is framed by a function of the template."""


def _cover(front: Page, folder: Path, site: Path) -> str:
    """The title page with the book's card, and the contents."""
    card = site / "_static" / "cards" / "cover.png"
    picture = ""
    if card.is_file():
        shutil.copyfile(card, folder / "cover.png")
        alt = " ".join(front.main.xpath("string(.//p[contains(@class, 'cf-lead')])").split())
        picture = f'#image("cover.png", width: 100%, alt: {_literal(f"{front.title}. {alt}")})'
    return f"#cover[{picture}]\n"


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
        self.method = ""
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
        tag, kind = str(node.tag), (node.get("class") or "").split()
        made: str
        label = self._label(f"{self.page.name}--{node.get('id')}") if node.get("id") else ""
        special = next((one for one in _SPECIAL if one in kind), None)
        if tag == "svg":
            made = self._drawing(node)
        elif special is not None:
            made = getattr(self, _SPECIAL[special])(node)
        elif tag in HEADINGS:
            made = f"#heading(level: {HEADINGS[tag]}, [{self._inline(node)}])"
        elif tag == "p":
            inner = self._inline(node)
            frame = next((_FRAMES[one] for one in kind if one in _FRAMES), "")
            made = f"#{frame}[{inner}]" if frame else inner
        elif tag in ("ul", "ol"):
            items = [f"[{self._flow(one)}]" for one in node if one.tag == "li"]
            made = f"#{'list' if tag == 'ul' else 'enum'}({', '.join(items)})" if items else ""
        elif tag == "dl":
            made = "\n\n".join(
                f"*{self._inline(one)}*" if one.tag == "dt" else self._flow(one) for one in node.xpath(".//dt|.//dd")
            )
        elif tag == "table":
            made = self._table(node)
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
            frame = next((_FRAMES[one] for one in kind if one in _FRAMES), "")
            made = f"#{frame}[{self._flow(node)}]" if frame else self._flow(node)
        return "\n".join(one for one in (label, made) if one)

    def _details(self, node: lxml.html.HtmlElement) -> str:
        summary = node.find("summary")
        head = self._inline(summary) if summary is not None else ""
        rest = [child for child in node if child.tag != "summary"]
        body = "\n\n".join(self._block(child) for child in rest)
        return f"#opened[{head}][{body}]"

    def _finding(self, node: lxml.html.HtmlElement) -> str:
        """A finding as a row of its table, with what its disclosure holds below."""
        summary = node.find("summary")
        name = self._inline(summary.xpath("./span[contains(@class, 'cf-name')]")[0])
        values = []
        for value in summary.xpath("./span[contains(@class, 'cf-value')]"):
            for when in value.xpath("./span[contains(@class, 'cf-when')]"):
                when.drop_tree()
            values.append(f"[{self._inline(value)}]")
        rest = [child for child in node if child.tag != "summary" and not self._said_before(child)]
        body = "\n\n".join(self._block(child) for child in rest)
        return f"#finding([{name}], ({''.join(f'{one}, ' for one in values)}))[{body}]"

    def _said_before(self, node: lxml.html.HtmlElement) -> bool:
        """Whether print leaves out a part of a finding: the method of the finding before it, the table online."""
        text = str(node.text_content())
        if node.tag == "h4" or "cf-scroll" in (node.get("class") or "") or (" used" in text and "All rows:" in text):
            return True
        if not text.startswith("Method: "):
            return False
        before, self.method = self.method, text
        return text == before

    def _findings_head(self, node: lxml.html.HtmlElement) -> str:
        cells = [f"[{self._inline(one)}]" for one in node[1:]]
        return f"#findings-head({', '.join(cells)})"

    def _columns(self, node: lxml.html.HtmlElement) -> str:
        return f"#columns-of({', '.join(f'[{self._flow(one)}]' for one in node)})"

    def _answers(self, node: lxml.html.HtmlElement) -> str:
        parts = [f"#small[{self._inline(one.find('dt'))}] {self._inline(one.find('dd'))}" for one in node]
        return " #h(1em) ".join(parts)

    def _chart(self, node: lxml.html.HtmlElement) -> str:
        """Title, drawing and caption on one page."""
        title = node.xpath("./p[contains(@class, 'cf-title')]")
        body = "\n\n".join(self._block(child) for child in node if child not in title)
        return f"#chart([{self._inline(title[0]) if title else ''}])[{body}]"

    def _marks(self, node: lxml.html.HtmlElement) -> str:
        """The squares of the front page: a rating and its shape each."""
        pairs = [
            f"({_literal((one.get('class') or '').removeprefix('cf-mark-').replace('-', ' '))}, "
            f"{_literal(one.text_content())})"
            for one in node
        ]
        return f"#marks({', '.join(pairs)})" if pairs else ""

    def _sources(self, node: lxml.html.HtmlElement) -> str:
        """Sources of a finding in one paragraph, each by its publisher; the chapter on sources has their titles."""
        if self.page.name == "data":
            return f"#list({', '.join(f'[{self._flow(one)}]' for one in node if one.tag == 'li')})"
        parts = []
        for item in node:
            for link in item.xpath(".//a[contains(@rel, 'external')]"):
                link.text = (link.text_content() or "").partition(": ")[0]
                link.tail = " "
            parts.append(self._inline(item))
        return f"#quiet[Sources: {_string('; ').join(parts)}.]"

    def _keys(self, node: lxml.html.HtmlElement) -> str:
        return " #h(1em) ".join(self._inline(one) for one in node)

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
        return f"{head}#table(columns: ({_shares(rows, width)}), {', '.join(cells)})"

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
            rating = node.text_content().split(maxsplit=1)[-1].strip()
            inner = f"#chip({_literal(rating)})[{inner}]"
        elif (
            "cf-kind" in (node.get("class") or "")
            or "cf-sure" in (node.get("class") or "")
            or ("cf-range" in (node.get("class") or ""))
        ):
            inner = f"#small[{inner}]"
        if "cf-range" in (node.get("class") or ""):
            inner = f"#linebreak(){inner}"
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


def _shares(rows: list[list[lxml.html.HtmlElement]], width: int) -> str:
    """Widths of a table's columns as shares, after the longest text in each, so that narrow ones break no words."""
    longest = [4.0] * width
    for row in rows:
        if len(row) == width:
            for place, cell in enumerate(row):
                longest[place] = max(longest[place], min(len(" ".join(cell.text_content().split())), 240))
    return ", ".join(f"{size**0.7:.2f}fr" for size in longest)


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
