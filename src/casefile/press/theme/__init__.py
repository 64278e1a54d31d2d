"""The book's own Sphinx theme: one layout, one style sheet, one small script, nothing from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

FOLDER = Path(__file__).resolve().parent

AFTER_EXTENSIONS = 900
"""Later than the default priority, at which other extensions have had their turn with a page."""

INERT = ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex", "jupyter_book")
"""Extensions that jupyter-book loads and that do not say whether pages may be read by several processes. Here they do
nothing: no part has a number, and no LaTeX is made."""


PAGES_FILE = "_pages.json"
"""Among the book's sources: what each page's head says of it. Its own file, as YAML takes long to read."""


class Watcher(Protocol):
    """Whoever builds the book and has a say while Sphinx does."""

    def await_pages(self) -> None: ...

    def begin(self, app: Any) -> None: ...

    def before_reading(self, page: str) -> None: ...

    def nothing_read(self, app: Any) -> None: ...

    def before_writing(self, app: Any) -> None: ...


watcher: Watcher | None = None
"""Set for the time of a build by `casefile.press.site`; a stock jupyter-book has none."""


def setup(app: Any) -> dict[str, bool]:
    """Register the theme with Sphinx (entry point `sphinx.html_themes`)."""
    from casefile.press.theme.search import English

    app.add_html_theme("casefile", str(FOLDER))
    app.add_search_language(English)
    for name in INERT:
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = app.extensions[name].parallel_write_safe = True
    app.connect("builder-inited", know_pages)
    app.connect("env-before-read-docs", chapters_last)
    app.connect("env-purge-doc", is_read)
    app.connect("env-updated", none_read, priority=AFTER_EXTENSIONS)
    app.connect("env-check-consistency", all_read)
    app.connect("doctree-resolved", without_scripts, priority=AFTER_EXTENSIONS)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def know_pages(app: Any) -> None:
    """Give the layout what is said of each page; nothing where sources were assembled in another way."""
    if watcher is not None:
        watcher.await_pages()
    path = Path(app.srcdir) / PAGES_FILE
    if path.is_file():
        app.config.html_context["casefile_pages"] = json.loads(path.read_text(encoding="utf-8"))
    if watcher is not None:
        watcher.begin(app)


def chapters_last(app: Any, env: Any, pages: list[str]) -> None:
    """Read executed notebooks after all other pages: they may still be on their way."""
    pages.sort(key=lambda page: env.doc2path(page).endswith(".ipynb"))


def is_read(app: Any, env: Any, page: str) -> None:
    """Sphinx forgets what it knew of a page and reads it next."""
    if watcher is not None:
        watcher.before_reading(page)


def none_read(app: Any, env: Any) -> None:
    """All pages that had to be read have been: perhaps none, of which Sphinx makes no further mention."""
    if watcher is not None:
        watcher.nothing_read(app)


def all_read(app: Any, env: Any) -> None:
    """All pages are known, and are laid out next."""
    if watcher is not None:
        watcher.before_writing(app)


def without_scripts(app: Any, doctree: Any, docname: str) -> None:
    """Take away what sphinx-thebe appends to each notebook: inline scripts that the page's policy forbids anyway."""
    from docutils import nodes

    for node in list(doctree.children):
        if isinstance(node, nodes.raw) and node.astext().lstrip().startswith("<script"):
            doctree.remove(node)
