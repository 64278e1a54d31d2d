"""What Sphinx read and wrote for the last book, so that pages on which nothing has changed need neither again.

A page's source is known by its digest. Its HTML also shows what surrounds it (titles and headings of other pages for
navigation, the places that links lead to, the edition): when any of that is not as it was, every page is written anew.
All of it is used once: the folder is taken away at the start and put back by a build that came to its end.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FORMAT = 1  # change when the layout of the folder changes
NOTE = "kept.json"
SETTINGS = ("_config.yml", "_toc.yml", "references.bib")
INDEX = "searchindex.js"
FAR = 1 << 62  # microseconds: read later than any file was changed


class KeptPages:
    """Pages kept in a folder, good for whatever has the same `made_with`: code, versions, settings."""

    def __init__(self, place: Path, sources: Path, made_with: str) -> None:
        self.place = place
        self.sources = sources
        settings = [_digest(sources / name) for name in SETTINGS]
        self.key = _of([FORMAT, made_with, settings, os.environ.get("SOURCE_DATE_EPOCH"), str(sources)])
        self.known: dict[str, str] = {}
        self.read: set[str] = set()
        self.same: set[str] = set()
        self._note: dict[str, Any] = {}
        self._taken: Path | None = None
        self._surroundings = ""
        self._about: dict[str, str] = {}

    def take(self, work: Path) -> bool:
        """Move what was kept to `work`, where Sphinx finds it; false when there is none, or it is another's or damaged."""
        taken = work / "kept"
        try:
            self.place.rename(taken)
            note = json.loads((taken / NOTE).read_text(encoding="utf-8"))
            whole = note["key"] == self.key and note["files"] == _tree(taken)
        except (OSError, ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            return False
        (taken / "doctrees").rename(work / "doctrees")
        self._taken, self._note = taken, note
        return True

    def begin(self, app: Any) -> None:
        """Tell Sphinx which pages it need not read: those with the same source."""
        self._about = {name: _of(one) for name, one in app.config.html_context.get("casefile_pages", {}).items()}
        for page in list(app.env.all_docs):
            source = Path(app.env.doc2path(page))
            same = source.is_file() and self._note.get("sources", {}).get(page) == _digest(source)
            app.env.all_docs[page] = FAR if same else 0

    def before_reading(self, page: str) -> None:
        """The page is read again."""
        self.read.add(page)

    def before_writing(self, app: Any) -> None:
        """Have the pages that would come out the same copied and not written."""
        if self._surroundings:  # told twice, where Sphinx finds more to do though nothing was read
            return
        self._surroundings = surroundings(app)
        if self._taken is None or self._note.get("surroundings") != self._surroundings:
            return
        about = self._note["about"]
        pages = self._taken / "html"
        self.same = {
            page
            for page in app.env.all_docs
            if page not in self.read and self._about.get(page) == about.get(page) and (pages / f"{page}.html").is_file()
        }
        if len(app.env.images) or not self._index_suffices(pages):
            self._copy_when_written(app.builder, pages)
        else:
            self._write_the_others(app.builder, pages)

    def _index_suffices(self, pages: Path) -> bool:
        """Whether the kept search index tells all of its pages: Sphinx does not read entries of index directives again."""
        index = pages / INDEX
        return index.is_file() and '"indexentries": {}' in index.read_text(encoding="utf-8")

    def _copy_when_written(self, builder: Any, pages: Path) -> None:
        """Resolve and index every page, and copy those that would come out the same in place of writing them."""
        write = builder.write_doc

        def copied_or_written(page: str, doctree: Any) -> None:
            if page in self.same:
                shutil.copyfile(pages / f"{page}.html", builder.get_outfilename(page))
            else:
                write(page, doctree)

        builder.write_doc = copied_or_written

    def _write_the_others(self, builder: Any, pages: Path) -> None:
        """Copy the pages that would come out the same, with the index of their words, and have Sphinx write the others."""
        write, load = builder.write, builder.load_indexer

        def write_others(wanted: Any, updated: Any, method: str = "update") -> None:
            for page in self.same:
                shutil.copyfile(pages / f"{page}.html", builder.get_outfilename(page))
            shutil.copyfile(pages / INDEX, Path(builder.outdir) / INDEX)
            write(sorted(set(builder.env.all_docs) - self.same), updated, method)

        def load_whole(written: Any) -> None:
            load(written)
            for words in (builder.indexer._mapping, builder.indexer._title_mapping):
                for word in [word for word, found in words.items() if not found]:
                    del words[word]  # that only pages to be written had; Sphinx would keep the word without a page

        builder.write, builder.load_indexer = write_others, load_whole

    def keep(self, work: Path, html: Path, pages: list[str]) -> None:
        """Keep the book that was made in `work`; in one step, so that a build that dies leaves none."""
        fresh = work / "keeping"
        (fresh / "html").mkdir(parents=True)
        (work / "doctrees").rename(fresh / "doctrees")
        for name in [*(f"{page}.html" for page in pages), INDEX]:
            shutil.copyfile(html / name, fresh / "html" / name)
        note = {
            "key": self.key,
            "sources": {page: _digest(self.source(page)) for page in pages},
            "surroundings": self._surroundings,
            "about": self._about,
            "files": _tree(fresh),
        }
        (fresh / NOTE).write_text(json.dumps(note), encoding="utf-8")
        shutil.rmtree(self.place, ignore_errors=True)
        fresh.rename(self.place)

    def source(self, page: str) -> Path:
        """The file that a page is read from."""
        notebook = self.sources / f"{page}.ipynb"
        return notebook if notebook.is_file() else self.sources / f"{page}.md"


def surroundings(app: Any) -> str:
    """A digest of all that a page may show of the others and of the book."""
    env = app.env
    context = dict(app.config.html_context)
    about = context.pop("casefile_pages", {})
    return _of(
        [
            _plain(env.titles),
            _plain(env.longtitles),
            _plain(env.tocs),
            _plain(env.toctree_includes),
            _plain(env.toc_secnumbers),
            _plain(env.toc_fignumbers),
            _plain(
                {page: {**one, "wordcount": None} for page, one in env.metadata.items()}
            ),  # a page tells only its own
            _plain(env.domaindata),
            _plain(context),
            _plain(about.get(env.config.root_doc)),
        ]
    )


def _plain(value: Any) -> Any:
    """A value in JSON's terms and in a fixed order; what has no fixed form only makes that pages are written anew."""
    if isinstance(value, Mapping):
        return sorted([repr(name), _plain(one)] for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    if hasattr(value, "pformat"):  # a node of a document
        return value.pformat()
    return repr(value)


def _of(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _tree(folder: Path) -> dict[str, str]:
    """File → digest of all that is kept."""
    return {
        path.relative_to(folder).as_posix(): _digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != NOTE
    }
