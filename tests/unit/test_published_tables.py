"""Tables go out as they are, unless a cell would be run by a spreadsheet: found without taking every table apart."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.errors import DataError
from casefile.evidence.text import is_formula
from casefile.paths import DATA
from casefile.press.assemble import _perhaps_a_formula, _publish_table

CELLS = st.one_of(
    st.text(alphabet='=@+-\t\r\n",. x1', max_size=6),
    st.sampled_from(
        ["", "-3", "-3.5", "+3", "-3 x", "-3=x", "-1e-05", "a, -b", 'say "-x"', "\r\nx", "\tx", "@x", "=1"]
    ),
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=4), st.sampled_from(["\n", "\r\n"]))
def test_no_formula_is_passed_over(rows: list[list[str]], end: str) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows(rows)
    read = [cell for row in csv.reader(io.StringIO(out.getvalue(), newline="")) for cell in row]
    if any(map(is_formula, read)):
        assert _perhaps_a_formula(out.getvalue())


@pytest.mark.parametrize("table", sorted(DATA.glob("*/*.csv")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_tables_go_out_as_they_are(table: Path, tmp_path: Path) -> None:
    _publish_table(table, tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_bytes() == table.read_bytes()


@pytest.mark.parametrize("cell", ["=1+1", "@x", '"=x"', "+A1", "-A1", '"-3 =x"', '"\tx"', '"\rx"'])
def test_a_formula_is_refused_and_nothing_is_written(tmp_path: Path, cell: str) -> None:
    table = tmp_path / "table.csv"
    table.write_bytes(f"a,b\n-1,-2.5\n1,{cell}\n".encode())
    with pytest.raises(DataError, match="spreadsheet formula"):
        _publish_table(table, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_most_tables_are_not_taken_apart() -> None:
    tables = sorted(DATA.glob("*/*.csv"))
    doubtful = [path.stem for path in tables if _perhaps_a_formula(path.read_text(encoding="utf-8"))]
    assert len(doubtful) < len(tables) / 2, doubtful
