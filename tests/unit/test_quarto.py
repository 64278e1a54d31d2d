"""The second renderer: a project of documented keys from the assembled sources, rendered by a `quarto` on PATH."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from casefile.errors import RunFailed, UsageError
from casefile.paths import ROOT
from casefile.press.quarto import configuration, find_quarto, pandoc, render, write_project

TEXT, YES_NO = {"type": "string"}, {"type": "boolean"}
TEXTS = {"type": "array", "items": TEXT}
SOME = {"anyOf": [TEXT, TEXTS]}
REGION = {"anyOf": [TEXT, {"type": "array"}]}


def closed(**properties: object) -> dict[str, object]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


# What Quarto accepts, for every key that we write and the closed objects around them, as stated by its own schema:
# https://github.com/quarto-dev/quarto-cli/tree/main/src/resources/schema
# project.yml (project, book); definitions.yml (base-website, book-schema, chapter-list, page-footer);
# document-execute.yml (enabled); document-options.yml (theme, css); document-toc.yml; document-numbering.yml;
# cell-codeoutput.yml (code-fold, code-summary, echo); document-render.yml (from). Read on 27 November 2026.
SCHEMA = closed(
    lang=TEXT,
    project=closed(
        **{
            "title": TEXT, "type": {"enum": ["default", "website", "book", "manuscript"]}, "render": TEXTS,
            "execute-dir": {"enum": ["file", "project"]}, "output-dir": TEXT, "lib-dir": TEXT, "resources": SOME,
            "pre-render": SOME, "post-render": SOME,
        }
    ),
    execute=closed(
        **{
            "enabled": YES_NO, "ipynb": YES_NO, "cache": {"enum": [True, False, "refresh"]},
            "freeze": {"enum": [True, False, "auto"]}, "eval": YES_NO, "echo": {"enum": [True, False, "fenced"]},
        }
    ),
    book=closed(
        **{
            "title": TEXT, "subtitle": TEXT, "author": SOME, "date": TEXT, "date-format": TEXT, "abstract": TEXT,
            "description": TEXT, "chapters": TEXTS, "appendices": TEXTS, "references": TEXT, "output-file": TEXT,
            "cover-image": TEXT, "cover-image-alt": TEXT, "doi": TEXT, "favicon": TEXT, "site-url": TEXT,
            "repo-url": TEXT, "search": {"type": ["boolean", "object"]}, "page-navigation": YES_NO,
            "page-footer": {
                "anyOf": [
                    TEXT,
                    closed(
                        left=REGION, center=REGION, right=REGION, border={"type": ["boolean", "string"]},
                        background=TEXT, foreground=TEXT,
                    ),
                ]
            },
        }
    ),
    format=closed(
        html=closed(
            **{
                "theme": {"anyOf": [TEXT, TEXTS, closed(light=SOME, dark=SOME)]}, "css": SOME, "toc": YES_NO,
                "toc-depth": {"type": "number"}, "number-sections": YES_NO,
                "code-fold": {"enum": [True, False, "show"]}, "code-summary": TEXT, "from": TEXT,
            }
        )
    ),
)  # fmt: skip


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


def test_the_project_keeps_to_the_documented_schema(sources: Path, tmp_path: Path) -> None:
    found = settings(write_project(sources, tmp_path / "quarto"))
    jsonschema.validate(found, SCHEMA)


@pytest.mark.parametrize(
    ("place", "value"),
    [(("project", "output-directory"), "_site"), (("execute", "enabled"), "no"), (("book", "chapter"), ["index.md"]),
     (("book", "page-footer"), {"middle": "x"}), (("format", "html"), {"toc": "yes"})],
)  # fmt: skip
def test_the_schema_refuses_what_quarto_does_not_know(
    sources: Path, tmp_path: Path, place: tuple[str, str], value: object
) -> None:
    found = settings(write_project(sources, tmp_path / "quarto"))
    found[place[0]][place[1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, SCHEMA)


def test_the_settings_of_this_book_keep_to_the_schema_too() -> None:
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    context = config["sphinx"]["config"].setdefault("html_context", {})
    context |= {"casefile_description": "What: it [is]", "casefile_edition": "Edition of 22 August 2026."}
    chapters = ["index.md", "economy.ipynb"]
    written = yaml.safe_load(yaml.safe_dump(configuration(config, chapters), sort_keys=False, allow_unicode=True))
    jsonschema.validate(written, SCHEMA)
    assert written["book"]["description"] == "What: it [is]"


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
