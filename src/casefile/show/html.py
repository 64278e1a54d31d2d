"""Building HTML from text that is always escaped. Data never becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

_VOID = {"br", "hr", "img", "input", "meta", "link", "col"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters and bidirectional overrides: they can reorder what a reader sees, and mean nothing here."""


class Html(str):
    """Text that is already HTML. Only `el`, `join` and trusted renderers make it."""

    __slots__ = ()


_APOSTROPHE = re.compile(r"(?<=\w)'")


def text(value: object) -> Html:
    """Any value as escaped text, without control characters and bidirectional overrides, with printers' apostrophes."""
    return value if isinstance(value, Html) else _text(str(value))


@lru_cache(maxsize=8192)
def _text(value: str) -> Html:
    """The same of a string: a chapter's tables say the same words hundreds of times."""
    seen = visible(value)
    return Html(escape(_APOSTROPHE.sub("’", seen) if "'" in seen else seen, quote=True))


def attribute(value: object) -> Html:
    """An attribute's value: escaped, otherwise as it is."""
    return _attribute(str(value))


@lru_cache(maxsize=8192)
def _attribute(value: str) -> Html:
    return Html(escape(visible(value), quote=True))


def visible(value: object) -> str:
    """Text for a template that escapes it: without control characters and bidirectional overrides."""
    seen = str(value)
    return seen if seen.isprintable() else _CONTROL.sub("\ufffd", seen)  # what is printable holds none of them


def el(tag: str, *children: object, **attributes: object) -> Html:
    """An element. `class_` and `for_` lose their underscore, other underscores become dashes.

    An attribute that is None or False is left out, True is written bare. Children that are None vanish.
    """
    written = ""
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        name = name.rstrip("_").replace("_", "-")
        written += f" {name}" if value is True else f' {name}="{attribute(value)}"'
    inner = "".join([text(child) for child in children if child is not None])
    return Html(f"<{tag}{written}>" if tag in _VOID else f"<{tag}{written}>{inner}</{tag}>")


def join(parts: Iterable[object], between: str = "") -> Html:
    """Parts in a row, each escaped unless it is HTML."""
    return Html(between.join([text(part) for part in parts if part is not None]))


def link(label: object, address: str, **attributes: object) -> Html:
    """A link when the address is http(s), else only its label: an address is text from data."""
    if not is_web_address(address):
        return el("span", label)
    return el("a", label, href=address, rel="noopener noreferrer external", **attributes)


def is_web_address(address: str) -> bool:
    """Whether an address is plain http or https with a host."""
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not _CONTROL.search(address)
    except ValueError:
        return False


def anchor(name: str) -> str:
    """An id or fragment from a claim, finding, table or source id: letters, digits and dashes."""
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()


def table(
    header: Iterable[object],
    rows: Iterable[Iterable[object]],
    *,
    caption: object = None,
    class_: str = "",
    numeric: frozenset[int] = frozenset(),
    row_header: bool = True,
) -> Html:
    """A table with scoped headers, in a box that scrolls sideways by keyboard too when it is wide."""
    head = el(
        "tr", *(el("th", cell, scope="col", class_="num" if n in numeric else None) for n, cell in enumerate(header))
    )
    body = []
    for row in rows:
        cells = [
            el("th", cell, scope="row")
            if n == 0 and row_header
            else el("td", cell, class_="num" if n in numeric else None)
            for n, cell in enumerate(row)
        ]
        body.append(el("tr", *cells))
    inner = el(
        "table",
        el("caption", caption) if caption else None,
        el("thead", head),
        el("tbody", *body),
        class_=f"cf {class_}".strip(),
    )
    return el("div", inner, class_="cf-scroll", tabindex="0", role="group", aria_label=_label(caption))


def disclosure(summary: object, *content: object, class_: str = "") -> Html:
    """Content behind a summary that opens it."""
    return el("details", el("summary", summary), *content, class_=f"cf {class_}".strip())


def on_this_page(groups: Iterable[tuple[str, str, Iterable[tuple[str, str]]]]) -> Html:
    """A list of the parts of a long page: (title, id, [(title, id) …]) for each group."""
    items = [
        el(
            "li",
            el("a", title, href=f"#{id_}"),
            el("ul", *(el("li", el("a", one, href=f"#{to}")) for one, to in inner)),
        )
        for title, id_, inner in groups
    ]
    return el("nav", disclosure("On this page", el("ul", *items)), class_="cf-here", aria_label="On this page")


def _label(caption: object) -> str:
    return re.sub(r"<[^>]+>", "", str(caption)) if caption else "Table"
