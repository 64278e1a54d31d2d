"""Pages that were kept: after any change the site is the one made from nothing, and little is made again."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from casefile.paths import ROOT
from casefile.press.kept_pages import NOTE, KeptPages
from casefile.press.site import build_site

pytestmark = pytest.mark.slow

PAGES = {
    "index": "# The book\n\nWords. [To a place](other.md#a-place)\n",
    "other": "# Other\n\n## A place\n\nWords of the other page, and [a chapter](chapter.ipynb).\n",
    "third": "# Third\n\nWords of the third page. See {doc}`other`.\n",
}

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
THIRD = "What the third page is about"


def notebook(text: str) -> str:
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": [f"# Chapter\n\n{text}"]}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps({"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sources"
    (folder / "_static").mkdir(parents=True)
    for name, text in PAGES.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / "chapter.ipynb").write_text(notebook("Words of the chapter."), encoding="utf-8")
    toc = "format: jb-book\nroot: index\nchapters:\n" + "".join(
        f"- file: {one}\n" for one in ("other", "third", "chapter")
    )
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config.pop("casefile_description")
    config["sphinx"]["config"]["html_context"] = {"casefile_edition": "Edition of today."}
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    say(folder, third=THIRD)
    return folder


def say(folder: Path, **about: str) -> None:
    said = {name: {"description": text} for name, text in about.items()}
    (folder / "_pages.json").write_text(json.dumps(said), encoding="utf-8")


def built(sources: Path, made_with: str = "this code") -> tuple[dict[str, bytes], KeptPages]:
    """The site's files, made with what an earlier build kept, and what was made of that."""
    kept = KeptPages(sources.with_name("pages"), sources, made_with)
    site = build_site(sources, sources.with_name("site"), kept=kept)
    return files(site), kept


def from_nothing(sources: Path) -> dict[str, bytes]:
    return files(build_site(sources, sources.with_name("fresh")))


def files(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


ALL = {"index", "other", "third", "chapter"}
CHANGES: dict[str, tuple[Callable[[Path], Any], set[str], set[str]]] = {
    "nothing": (lambda _: None, set(), ALL),
    "only what is said of a page": (lambda one: say(one, third="Something else"), set(), ALL - {"third"}),
    "words": (lambda one: edit(one / "third.md", "Words", "Other words"), {"third"}, ALL - {"third"}),
    "words of a chapter": (
        lambda one: (one / "chapter.ipynb").write_text(notebook("Others."), encoding="utf-8"),
        {"chapter"},
        ALL - {"chapter"},
    ),
    "a title, which others show": (lambda one: edit(one / "third.md", "# Third", "# Last"), {"third"}, set()),
    "a place, to which another leads": (lambda one: edit(one / "other.md", "A place", "That place"), {"other"}, set()),
    "what is said of a page": (
        lambda one: (say(one, third="Something else"), edit(one / "other.md", "Words", "Texts")),
        {"other"},
        ALL - {"third", "other"},
    ),
    "what is said of the root": (
        lambda one: (
            say(one, index="The root", third="What the third page is about"),
            edit(one / "other.md", "Words", "W"),
        ),
        {"other"},
        set(),
    ),
    "the order": (
        lambda one: edit(one / "_toc.yml", "- file: other\n- file: third\n", "- file: third\n- file: other\n"),
        ALL,
        set(),
    ),
    "the edition": (lambda one: edit(one / "_config.yml", "of today", "of tomorrow"), ALL, set()),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.filterwarnings("ignore")
def test_the_site_is_the_one_made_from_nothing(sources: Path, change: str) -> None:
    do, read, same = CHANGES[change]
    if "place" in change:  # the link that will lead nowhere is mended too, as its author would have to
        edit(sources / "index.md", "#a-place", "")
    built(sources)
    do(sources)
    site, kept = built(sources)
    assert site == from_nothing(sources)
    assert (kept.read, kept.same) == (read, same)
    again, kept = built(sources)
    assert again == site
    assert kept.read == set()


@pytest.mark.parametrize("page", ["other", "third"])
@pytest.mark.filterwarnings("ignore")
def test_words_that_a_page_no_longer_says_leave_the_index(sources: Path, page: str) -> None:
    edit(sources / "other.md", "Words", "Zanzibar and words")
    built(sources)
    edit(sources / "other.md", "Zanzibar and words", "Timbuktu and words")
    edit(sources / "third.md", "third page", "third page, after Zanzibar," if page == "third" else "third page")
    site, kept = built(sources)
    assert site == from_nothing(sources)
    assert kept.same >= {"index", "chapter"}
    assert (b'"zanzibar"' in site["searchindex.js"]) is (page == "third")


@pytest.mark.parametrize("extra", ["```{index} Zanzibar\n```\n", "![A picture](dot.png)\n"])
@pytest.mark.filterwarnings("ignore")
def test_what_the_index_or_the_pages_carry_along_is_not_lost(sources: Path, extra: str) -> None:
    (sources / "dot.png").write_bytes(DOT)
    edit(sources / "other.md", "## A place", f"{extra}\n## A place")
    built(sources)
    edit(sources / "third.md", "Words", "Other words")
    site, kept = built(sources)
    assert site == from_nothing(sources)
    assert kept.same == ALL - {"third"}


@pytest.mark.filterwarnings("ignore")
def test_a_page_that_is_gone_leaves_nothing_behind(sources: Path) -> None:
    built(sources)
    (sources / "third.md").unlink()
    edit(sources / "_toc.yml", "- file: third\n", "")
    site, _ = built(sources)
    assert site == from_nothing(sources)
    assert "third.html" not in site


@pytest.mark.parametrize("fault", ["damaged", "cut short", "one file gone", "of other code", "not there"])
@pytest.mark.filterwarnings("ignore")
def test_what_cannot_be_trusted_is_not_used(sources: Path, fault: str) -> None:
    built(sources)
    place = sources.with_name("pages")
    if fault == "damaged":
        (place / "html" / "other.html").write_text("Not what was kept", encoding="utf-8")
    elif fault == "cut short":
        (place / NOTE).write_bytes((place / NOTE).read_bytes()[:40])
    elif fault == "one file gone":
        next((place / "doctrees").glob("other*")).unlink()
    elif fault == "not there":
        shutil.rmtree(place)
    site, kept = built(sources, "other code" if fault == "of other code" else "this code")
    assert site == from_nothing(sources)
    assert (kept.read, kept.same) == (ALL, set())


@pytest.mark.filterwarnings("ignore")
def test_a_build_that_fails_keeps_nothing_and_the_next_one_is_whole(sources: Path) -> None:
    built(sources)
    edit(sources / "third.md", "{doc}`other`", "{doc}`nowhere`")
    with pytest.raises(Exception, match="nowhere"):
        built(sources)
    assert not sources.with_name("pages").exists()
    edit(sources / "third.md", "{doc}`nowhere`", "{doc}`other`")
    site, kept = built(sources)
    assert site == from_nothing(sources)
    assert kept.read == ALL
