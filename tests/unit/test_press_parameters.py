"""Parameters are read without running anything, and nothing undeclared or unsafe gets to papermill."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from casefile.errors import UsageError
from casefile.press.parameters import check_parameters, parse_given, read_parameters

CELL = """\
# Change these and run all cells again.
as_of: str = "latest"  # YYYY-MM-DD, latest or then
data_dir: str = ""  # folder with the tables
count = 3
share: float = 0.5
verbose = False
names = ["a"]
"""


def notebook(source: str, *, tagged: int = 1) -> dict[str, object]:
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": source, "outputs": []}
    return {"cells": [{"cell_type": "code", "metadata": {}, "source": "raise SystemExit"}, *[cell] * tagged]}


def checked(**given: object) -> dict[str, object]:
    return check_parameters(read_parameters(notebook(CELL)), given)


def test_names_types_defaults_and_help_are_read() -> None:
    found = read_parameters(notebook(CELL))
    assert [(one.name, one.type, one.default) for one in found.values()] == [
        ("as_of", str, "latest"),
        ("data_dir", str, ""),
        ("count", int, 3),
        ("share", float, 0.5),
        ("verbose", bool, False),
        ("names", list, ["a"]),
    ]
    assert found["as_of"].help == "YYYY-MM-DD, latest or then"


def test_a_hash_inside_a_text_is_no_help() -> None:
    assert read_parameters(notebook("colour = '#fff'"))["colour"].help == ""


def test_a_cell_given_as_lines_is_read_too() -> None:
    content = notebook("")
    content["cells"][1]["source"] = ["a = 1\n", "b = 2"]  # type: ignore[index]
    assert list(read_parameters(content)) == ["a", "b"]


def test_a_notebook_without_the_tag_has_no_parameters() -> None:
    assert read_parameters(notebook("a = 1", tagged=0)) == {}


def test_two_tagged_cells_are_refused() -> None:
    with pytest.raises(UsageError, match="2 cells are tagged"):
        read_parameters(notebook("a = 1", tagged=2))


@pytest.mark.parametrize(
    "source", ["import os", "a = open('x')", "a, b = 1, 2", "a = 1 +", "a.b = 1", "a: set = {1}", "a = None"]
)
def test_anything_but_literals_is_refused_and_not_run(source: str) -> None:
    with pytest.raises(UsageError):
        read_parameters(notebook(source))


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": 1}', "\x00"])
def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="no readable notebook"):
        read_parameters(path)


def test_a_missing_notebook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no notebook"):
        read_parameters(tmp_path / "none.ipynb")


def test_a_notebook_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(notebook(CELL)), encoding="utf-8")
    assert next(iter(read_parameters(path))) == "as_of"


def test_a_misspelt_name_is_refused_with_the_allowed_ones() -> None:
    with pytest.raises(UsageError, match=r"no parameter 'asof'(.|\n)*as_of \(text, default 'latest'\)"):
        checked(asof="2024-06-30")


def test_a_name_that_is_code_is_refused() -> None:
    with pytest.raises(UsageError):
        check_parameters(read_parameters(notebook(CELL)), {"x = __import__('os').system('id'); y": "1"})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("count", "12", 12),
        ("share", "0.25", 0.25),
        ("share", "1", 1.0),
        ("verbose", "true", True),
        ("verbose", "False", False),
        ("names", "['b', 'c']", ["b", "c"]),
        ("as_of", "2024-06-30", "2024-06-30"),
    ],
)
def test_text_becomes_a_value_of_the_declared_type(name: str, text: str, value: object) -> None:
    assert checked(**{name: text}) == {name: value}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("count", "many"),
        ("count", "1.5"),
        ("count", True),
        ("share", "half"),
        ("share", "nan"),
        ("share", "inf"),
        ("verbose", "yes"),
        ("verbose", 1),
        ("names", "{'a': 1}"),
        ("names", "[1"),
        ("as_of", 20240630),
        ("as_of", None),
        ("names", "__import__('os')"),
    ],
)
def test_an_ill_typed_value_is_refused(name: str, value: object) -> None:
    with pytest.raises(UsageError, match=name):
        checked(**{name: value})


@pytest.mark.parametrize("value", ["a\nb", "a\x00", "\u202eabc", "a\u2028b", "\ud800", "x" * 5000, "\x1b[31m"])
def test_invisible_and_endless_text_is_refused(value: str) -> None:
    with pytest.raises(UsageError, match="data_dir"):
        checked(data_dir=value)


def test_invisible_text_inside_a_list_is_refused() -> None:
    with pytest.raises(UsageError, match="names"):
        checked(names=["fine", "\u202e"])


@pytest.mark.parametrize("value", ["latest", "then", "2022-02-24", "2024-02-29"])
def test_an_allowed_as_of_passes(value: str) -> None:
    assert checked(as_of=value) == {"as_of": value}


@pytest.mark.parametrize(
    "value", ["", "2024-6-30", "20240630", "2024-02-30", "30.06.2024", "2024-W05-1", " 2024-06-30", "٢٠٢٤-٠٦-٣٠"]
)
def test_an_as_of_that_is_no_date_is_refused_with_the_forms(value: str) -> None:
    with pytest.raises(UsageError, match="YYYY-MM-DD, 'latest' or 'then'"):
        checked(as_of=value)


def test_the_day_before_the_invasion_is_refused() -> None:
    with pytest.raises(UsageError, match="before 2022-02-24"):
        checked(as_of="2022-02-23")


def test_a_day_beyond_the_evidence_is_refused_and_the_newest_named() -> None:
    with pytest.raises(UsageError, match="newest evidence is of 2026-01-31"):
        check_parameters(read_parameters(notebook(CELL)), {"as_of": "9999-01-01"}, newest=lambda: date(2026, 1, 31))


def test_a_missing_data_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no data folder at"):
        checked(data_dir=str(tmp_path / "none"))


def test_a_folder_without_claims_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"claims\.yml"):
        checked(data_dir=str(tmp_path))


@pytest.mark.parametrize("name", ["out.txt", "/"])
def test_a_ledger_path_that_is_no_json_file_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="ledger_path"):
        check_parameters(read_parameters(notebook("ledger_path = ''")), {"ledger_path": name})


def test_values_come_in_the_order_of_the_cell() -> None:
    assert list(checked(count=1, as_of="then")) == ["as_of", "count"]


def test_given_texts_are_split_at_the_first_sign() -> None:
    assert parse_given(["a=b=c", "d="]) == {"a": "b=c", "d": ""}


@pytest.mark.parametrize("given", [["a"], ["=1"], ["a=1", "a=2"]])
def test_given_texts_that_name_nothing_or_repeat_are_refused(given: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_given(given)
