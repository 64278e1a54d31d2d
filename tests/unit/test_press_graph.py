"""What a notebook depends on: enough that nothing goes stale, and no more."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from casefile.errors import DataError, UsageError
from casefile.evidence.library import Library
from casefile.model import Pillar
from casefile.paths import DATA, NOTEBOOKS
from casefile.press.cache import Hashes, why
from casefile.press.graph import NOT_IN_KERNELS, RUNS_KERNELS, Graph

Edit = Callable[[Path], None]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project: two pillars with a claim each, one table per pillar, a notebook per pillar and one for all."""
    data = tmp_path / "data"
    for pillar in Pillar:
        (data / pillar.value).mkdir(parents=True)
        (data / pillar.value / "rows.csv").write_text(
            f"date,known_on,source_id\n2024-01-01,2024-01-02,{pillar.value}-1\n"
        )
        resource = {"path": "rows.csv", "title": "Rows", "hash": "x", "bytes": 1}
        (data / pillar.value / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
    sources = "".join(f"{pillar.value}-1,t\n" for pillar in Pillar)
    (data / "sources.csv").write_text(f"source_id,title\n{sources}unused,t\n")
    claims = [f"- {{id: {one}-a, pillar: {one}, tables: [{one}/rows], title: A}}" for one in ("opinion", "economy")]
    (data / "claims.yml").write_text("claims:\n" + "\n".join(claims) + "\n")
    (data / "corrections.yml").write_text("[]\n")
    (tmp_path / "notebooks").mkdir()
    for name in ("opinion", "economy", "verdicts"):
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text(name)
    return tmp_path


def graph(project: Path) -> Graph:
    return Graph(
        Hashes(project / "hashes.json"),
        data_dir=project / "data",
        notebooks=project / "notebooks",
        lock=project / "lock",
    )


def append(name: str, text: str) -> Edit:
    return lambda project: (project / name).write_text((project / name).read_text() + text)  # type: ignore[return-value]


def replace(name: str, old: str, new: str) -> Edit:
    return lambda project: (project / name).write_text((project / name).read_text().replace(old, new))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("edit", "reruns"),
    [
        (append("data/economy/rows.csv", "2024-02-01,2024-02-02,economy-1\n"), ["economy", "verdicts"]),
        (append("data/congress/rows.csv", "2024-02-01,2024-02-02,congress-1\n"), ["verdicts"]),
        (append("notebooks/economy.ipynb", " "), ["economy"]),
        (append("data/corrections.yml", "# x\n"), ["economy", "opinion", "verdicts"]),
        (replace("data/sources.csv", "economy-1,t", "economy-1,other"), ["economy", "verdicts"]),
        (replace("data/sources.csv", "unused,t", "unused,other"), []),
        (
            replace("data/claims.yml", "id: economy-a, pillar: economy", "id: economy-b, pillar: economy"),
            ["economy", "verdicts"],
        ),
        (append("data/claims.yml", "# a comment\n"), []),
        (replace("data/economy/datapackage.json", "Rows", "Other"), ["economy", "verdicts"]),
        (replace("data/economy/datapackage.json", '"x"', '"y"'), []),
    ],
    ids=[
        "own-table",
        "other-table",
        "notebook",
        "corrections",
        "own-source",
        "other-source",
        "own-claim",
        "comment-in-claims",
        "own-description",
        "own-hash-only",
    ],
)
def test_a_change_reruns_what_depends_on_it_and_nothing_else(project: Path, edit: Edit, reruns: list[str]) -> None:
    names = ("economy", "opinion", "verdicts")
    before = {name: graph(project).parts(name, {"as_of": "2024-06-30"}) for name in names}
    edit(project)
    after = {name: graph(project).parts(name, {"as_of": "2024-06-30"}) for name in names}
    assert [name for name in names if before[name] != after[name]] == reruns


def test_a_new_lock_reruns_every_notebook(project: Path) -> None:
    before = graph(project).parts("economy", {})
    (project / "lock").write_text("pandas==3\n")
    assert why(before, graph(project).parts("economy", {})) == "lock is new"


def test_parameters_are_part_of_the_key(project: Path) -> None:
    one, two = (graph(project).parts("economy", {"as_of": day}) for day in ("2024-06-30", "2024-07-31"))
    assert why(one, two) == 'the parameter as_of changed from "2024-06-30" to "2024-07-31"'


def test_the_code_behind_pages_is_no_part_of_a_notebook(project: Path) -> None:
    code = [part.removeprefix("code:") for part in graph(project).parts("economy", {}) if part.startswith("code:")]
    assert {name for name in code if name.startswith(NOT_IN_KERNELS)} == set(RUNS_KERNELS)
    assert "verdicts/rules.py" in code


def test_all_code_is_part_of_the_book(project: Path) -> None:
    assert {"code:press/graph.py", "code:verdicts/rules.py", "code:press/theme/theme.conf"} <= set(
        graph(project).code()
    )


def test_declared_files_are_those_of_the_pillar_and_the_registries(project: Path) -> None:
    declared = graph(project).declared("economy")
    assert "economy/rows.csv" in declared
    assert "opinion/rows.csv" not in declared
    assert {"sources.csv", "claims.yml", "corrections.yml", "opinion/datapackage.json"} <= set(declared)


def test_a_notebook_about_everything_may_read_every_table(project: Path) -> None:
    assert {f"{pillar.value}/rows.csv" for pillar in Pillar} <= set(graph(project).declared("verdicts"))


def test_the_readers_of_a_file_are_named(project: Path) -> None:
    assert graph(project).readers("economy/rows.csv") == ["economy", "verdicts"]


def test_the_newest_day_is_that_of_any_table(project: Path) -> None:
    append("data/aims/rows.csv", "2025-01-01,2025-03-04,aims-1\n")(project)
    assert str(graph(project).newest()) == "2025-03-04"


def test_latest_and_then_become_days(project: Path) -> None:
    assert [str(graph(project).vantage(text)) for text in ("latest", "then", "2024-06-30")] == [
        "2024-01-02",
        "2023-10-09",
        "2024-06-30",
    ]


def test_files_and_hidden_files_of_the_data_folder_are_told_apart(project: Path) -> None:
    (project / "data" / ".lock").write_text("")
    assert "data:.lock" not in graph(project).data()
    assert "data:economy/rows.csv" in graph(project).data()


@pytest.mark.parametrize("name", ["claims.yml", "sources.csv", "economy/rows.csv", "economy/datapackage.json"])
def test_a_missing_file_is_named(project: Path, name: str) -> None:
    (project / "data" / name).unlink()
    with pytest.raises(DataError, match=name):
        graph(project).parts("economy", {})


def test_a_missing_folder_is_a_usage_error(project: Path) -> None:
    with pytest.raises(UsageError, match="no data folder"):
        Graph(Hashes(project / "h"), data_dir=project / "none", notebooks=project / "notebooks", lock=project / "lock")


def test_an_unknown_notebook_is_a_usage_error(project: Path) -> None:
    with pytest.raises(UsageError, match="economy, opinion, verdicts"):
        graph(project).notebook("weather")


def test_the_newest_day_agrees_with_the_library(tmp_path: Path) -> None:
    found = Graph(Hashes(tmp_path / "h"), data_dir=DATA, notebooks=NOTEBOOKS).newest()
    assert found == Library(DATA).newest


def test_every_cited_source_counts_as_read(tmp_path: Path) -> None:
    """The parts of a notebook cover each table its pillar's claims name."""
    whole = Graph(Hashes(tmp_path / "h"), data_dir=DATA, notebooks=NOTEBOOKS)
    for pillar, claims in whole.claims.items():
        for table in claims["tables"]:
            with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
                assert "source_id" in (csv.DictReader(file).fieldnames or ()), (pillar, table)
