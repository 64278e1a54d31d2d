"""The rules for notebooks: short, in the same order, without outputs, with parameters that explain themselves."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from casefile.evidence.claims import read_claims
from casefile.model import Pillar
from casefile.paths import DATA, NOTEBOOKS
from casefile.press.parameters import read_parameters
from casefile.show.html import text

PILLARS = [one.value for one in Pillar]
NAMES = [*PILLARS, "verdicts"]
MOST_CELLS, MOST_LINES = 30, 10
READABLE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def read(name: str) -> Any:
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=nbformat.NO_CONVERT)


def code_cells(name: str) -> list[Any]:
    return [cell for cell in read(name).cells if cell.cell_type == "code"]


def ids(name: str) -> list[str]:
    return [cell.id for cell in read(name).cells]


def claim_ids(pillar: str) -> list[str]:
    return [claim.id for claim in read_claims(DATA).values() if claim.pillar.value == pillar]


def test_there_are_exactly_the_seven_notebooks() -> None:
    assert {path.stem for path in Path(NOTEBOOKS).glob("*.ipynb")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_is_a_valid_notebook(name: str) -> None:
    nbformat.validate(read(name))


@pytest.mark.parametrize("name", NAMES)
def test_has_no_outputs_and_no_execution_counts(name: str) -> None:
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code_cells(name))


@pytest.mark.parametrize("name", NAMES)
def test_runs_on_the_kernel_python3(name: str) -> None:
    assert read(name).metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("name", NAMES)
def test_has_at_most_thirty_cells(name: str) -> None:
    assert len(read(name).cells) <= MOST_CELLS


@pytest.mark.parametrize("name", NAMES)
def test_no_cell_has_more_than_ten_lines_of_code(name: str) -> None:
    assert {cell.id for cell in code_cells(name) if len(cell.source.splitlines()) > MOST_LINES} == set()


@pytest.mark.parametrize("name", NAMES)
def test_defines_no_function_and_no_class(name: str) -> None:
    forbidden = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    nodes = [node for cell in code_cells(name) for node in ast.walk(ast.parse(cell.source))]
    assert not any(isinstance(node, forbidden) for node in nodes)


@pytest.mark.parametrize("name", NAMES)
def test_imports_nothing_but_casefile(name: str) -> None:
    nodes = [node for cell in code_cells(name) for node in ast.walk(ast.parse(cell.source))]
    modules = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    modules |= {one.name for node in nodes if isinstance(node, ast.Import) for one in node.names}
    assert modules == {"casefile"}


@pytest.mark.parametrize("name", NAMES)
def test_cell_ids_are_readable_and_used_once(name: str) -> None:
    found = ids(name)
    assert len(found) == len(set(found))
    assert [one for one in found if not READABLE.fullmatch(one)] == []


@pytest.mark.parametrize("name", NAMES)
def test_code_is_folded_on_the_page(name: str) -> None:
    assert [cell.id for cell in code_cells(name) if "hide-input" not in cell.metadata.get("tags", [])] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_first_code_cell_holds_the_parameters(name: str) -> None:
    tagged = [cell.id for cell in code_cells(name) if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == [code_cells(name)[0].id]


@pytest.mark.parametrize("name", NAMES)
def test_parameters_are_typed_and_explained(name: str) -> None:
    found = read_parameters(NOTEBOOKS / f"{name}.ipynb")
    assert {key: one.type for key, one in found.items()} == {"as_of": str, "data_dir": str, "ledger_path": str}
    assert all(one.help for one in found.values())
    assert [one.default for one in found.values()] == ["latest", "", ""]


@pytest.mark.parametrize("name", NAMES)
def test_papermill_reads_the_same_parameters_and_help(name: str) -> None:
    from papermill.inspection import inspect_notebook

    found = inspect_notebook(str(NOTEBOOKS / f"{name}.ipynb"))
    assert {key: one["inferred_type_name"] for key, one in found.items()} == dict.fromkeys(
        ("as_of", "data_dir", "ledger_path"), "str"
    )
    assert all(one["help"] for one in found.values())


@pytest.mark.parametrize("name", NAMES)
def test_begins_with_one_title_and_an_introduction(name: str) -> None:
    intro = read(name).cells[0]
    assert (intro.cell_type, intro.id) == ("markdown", "intro")
    assert intro.source.startswith("# ")
    assert len(intro.source.splitlines()) > 1


@pytest.mark.parametrize("name", NAMES)
def test_ends_with_the_ledger(name: str) -> None:
    last = read(name).cells[-1]
    assert (last.cell_type, last.id) == ("code", "ledger")
    assert "write_ledger(ledger_path)" in last.source


@pytest.mark.parametrize("name", NAMES)
def test_has_then_and_now_before_the_ledger(name: str) -> None:
    found = ids(name)
    assert "then-and-now" in found
    assert any("then_and_now()" in cell.source for cell in code_cells(name)[:-1])


@pytest.mark.parametrize("name", NAMES)
def test_prose_states_no_computed_number(name: str) -> None:
    """Numbers in prose come from the ledger; a heading may repeat the number that a claim itself states."""
    cells = [cell.source for cell in read(name).cells if cell.cell_type == "markdown"]
    prose = " ".join(line for source in cells for line in source.splitlines() if not line.startswith("#"))
    assert re.findall(r"\d+(?:[.,]\d+)?\s?(?:%|per cent|percent|points?\b|km)", prose) == []


@pytest.mark.parametrize("pillar", PILLARS)
def test_shows_every_claim_of_its_pillar_in_the_articles_order(pillar: str) -> None:
    assert [one for one in ids(pillar) if one in claim_ids(pillar)] == claim_ids(pillar)


@pytest.mark.parametrize("pillar", PILLARS)
def test_each_claim_is_shown_in_the_same_order(pillar: str) -> None:
    cells = {cell.id: cell.source.splitlines() for cell in read(pillar).cells}
    for claim in claim_ids(pillar):
        assert cells[f"{claim}-evidence"] == [
            f'case.{one}("{claim}")' for one in ("claim", "evidence", "charts", "findings")
        ]
        assert cells[f"{claim}-verdict"] == [f'case.{one}("{claim}")' for one in ("against", "verdict")]


@pytest.mark.parametrize("pillar", PILLARS)
def test_each_section_is_headed_by_the_claims_title(pillar: str) -> None:
    titles = {claim.id: claim.title for claim in read_claims(DATA).values() if claim.pillar.value == pillar}
    headings = {cell.id: cell.source.splitlines()[0] for cell in read(pillar).cells if cell.id in titles}
    assert headings == {claim: f"## {text(title)}" for claim, title in titles.items()}
