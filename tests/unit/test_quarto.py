"""The second renderer: a project of documented keys from the assembled sources, rendered by a `quarto` on PATH."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from casefile.errors import RunFailed, UsageError
from casefile.press.quarto import configuration, find_quarto, pandoc, render, write_project

# Keys as Quarto's reference documents them: https://quarto.org/docs/reference/projects/books.html and
# https://quarto.org/docs/reference/formats/html.html
PROJECT = {
    "title",
    "type",
    "render",
    "execute-dir",
    "output-dir",
    "lib-dir",
    "resources",
    "preview",
    "pre-render",
    "post-render",
}
TOP = {"project", "book", "format", "execute", "lang"}
BOOK = {
    "title", "subtitle", "author", "date", "description", "abstract", "doi", "chapters", "appendices", "references",
    "output-file", "cover-image", "search", "sidebar", "navbar", "page-footer", "page-navigation", "site-url",
    "repo-url", "downloads", "sharing", "favicon",
}  # fmt: skip
HTML = {
    "theme", "css", "toc", "toc-depth", "number-sections", "code-fold", "code-summary", "from", "embed-resources",
    "link-external-newwindow", "anchor-sections",
}  # fmt: skip
EXECUTE = {"enabled", "cache", "freeze", "eval", "echo", "output", "warning", "error"}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Assembled sources in small: two pages and a notebook."""
    folder = tmp_path / "book"
    (folder / "_static").mkdir(parents=True)
    (folder / "_static" / "palette.css").write_text(":root{}")
    (folder / "index.md").write_text("# Front\n\n```{raw} html\n<p>x</p>\n```\n", encoding="utf-8")
    (folder / "data.md").write_text("# Data\n\n(sources)=\n## Sources\n", encoding="utf-8")
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Opinion"]},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {"tags": ["hide-cell"]},
            "source": ["1"],
            "outputs": [],
            "execution_count": 1,
        },
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "opinion.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (folder / "_toc.yml").write_text(
        "root: index\nparts:\n- caption: The claims\n  chapters:\n  - file: opinion\n  - file: data\n"
    )
    config = {
        "title": "A title: with a colon",
        "author": "The team",
        "sphinx": {
            "config": {"html_context": {"casefile_description": "What", "casefile_edition": "Edition of today."}}
        },
    }
    (folder / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return folder


def settings(project: Path) -> dict[str, dict[str, object]]:
    loaded: dict[str, dict[str, object]] = yaml.safe_load(project.read_text(encoding="utf-8"))
    return loaded


def test_only_documented_keys_are_written(sources: Path, tmp_path: Path) -> None:
    found = settings(write_project(sources, tmp_path / "quarto"))
    assert set(found) <= TOP
    assert set(found["project"]) <= PROJECT
    assert set(found["book"]) <= BOOK
    assert set(found["execute"]) <= EXECUTE
    assert set(found["format"]) == {"html"}
    assert set(found["format"]["html"]) <= HTML  # type: ignore[call-overload]


def test_the_project_is_a_book_that_executes_nothing(sources: Path, tmp_path: Path) -> None:
    found = settings(write_project(sources, tmp_path / "quarto"))
    assert found["project"]["type"] == "book"
    assert found["execute"] == {"enabled": False}


def test_the_chapters_are_those_of_the_contents_and_exist(sources: Path, tmp_path: Path) -> None:
    project = write_project(sources, tmp_path / "quarto")
    chapters = settings(project)["book"]["chapters"]
    assert chapters == ["index.md", "opinion.ipynb", "data.md"]
    assert all((project.parent / str(one)).is_file() for one in chapters)


def test_raw_html_is_spelled_as_pandoc_does() -> None:
    assert pandoc("a\n````{raw} html\n<pre>```</pre>\n````\nb") == "a\n````{=html}\n<pre>```</pre>\n````\nb"


def test_named_places_stay_reachable() -> None:
    assert pandoc("(sources)=\n## Sources\n") == "[]{#sources}\n\n## Sources\n"


def test_a_page_that_is_missing_is_named(sources: Path, tmp_path: Path) -> None:
    (sources / "data.md").unlink()
    with pytest.raises(RunFailed, match="data"):
        write_project(sources, tmp_path / "quarto")


def test_without_quarto_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError) as caught:
        find_quarto()
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def fake(folder: Path, body: str) -> str:
    folder.mkdir()
    command = folder / "quarto"
    command.write_text(f"#!/bin/sh\n{body}\n")
    command.chmod(0o755)
    return str(folder)


def test_quarto_is_called_on_the_project_without_execution(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = 'echo "$@" > "$2/called"; mkdir -p "$2/_site"; echo page > "$2/_site/index.html"'
    monkeypatch.setenv("PATH", fake(tmp_path / "bin", body) + ":/usr/bin:/bin")
    front = render(sources, tmp_path / "quarto", lambda text: None)
    assert front == tmp_path / "quarto" / "_site" / "index.html"
    assert (tmp_path / "quarto" / "called").read_text().split() == ["render", str(tmp_path / "quarto"), "--no-execute"]


def test_a_quarto_that_fails_is_quoted(sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", fake(tmp_path / "bin", "echo no such filter >&2; exit 1") + ":/usr/bin:/bin")
    with pytest.raises(RunFailed, match="no such filter"):
        render(sources, tmp_path / "quarto", lambda text: None)


def test_a_quarto_that_leaves_nothing_is_noticed(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", fake(tmp_path / "bin", "exit 0") + ":/usr/bin:/bin")
    with pytest.raises(RunFailed, match="left no"):
        render(sources, tmp_path / "quarto", lambda text: None)


def test_titles_with_punctuation_survive(sources: Path, tmp_path: Path) -> None:
    assert settings(write_project(sources, tmp_path / "quarto"))["book"]["title"] == "A title: with a colon"


def test_configuration_names_no_page_twice() -> None:
    config = {
        "title": "t",
        "author": "a",
        "sphinx": {"config": {"html_context": {"casefile_description": "", "casefile_edition": ""}}},
    }
    chapters = ["index.md", "a.ipynb"]
    assert configuration(config, chapters)["project"]["render"] == chapters
