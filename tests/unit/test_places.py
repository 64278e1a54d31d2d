"""Where results may be written: never over something that is not an earlier result of the same kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile import paths
from casefile.errors import DataError, UsageError
from casefile.evidence.text import is_formula
from casefile.paths import DATA, NOTEBOOKS
from casefile.press import build as building
from casefile.press.assemble import _publish_table
from casefile.press.build import check_checkout, run_one
from casefile.press.export.all import PLACES, check_place
from casefile.press.parameters import check_parameters, read_parameters
from project_kit import own_places


@pytest.mark.parametrize("form", sorted(PLACES))
def test_an_export_never_replaces_a_folder_of_something_else(form: str, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(UsageError, match=r"[Nn]othing was written"):
        check_place(form, tmp_path / "letters")


@pytest.mark.parametrize("form", sorted(PLACES))
def test_an_export_never_replaces_a_file_of_another_kind(form: str, tmp_path: Path) -> None:
    place = tmp_path / "claims.yml"
    place.write_text("claims: []", encoding="utf-8")
    with pytest.raises(UsageError, match=r"[Nn]othing was written"):
        check_place(form, place)


@pytest.mark.parametrize("form", sorted(PLACES))
def test_a_place_of_its_own_is_accepted(form: str, tmp_path: Path) -> None:
    check_place(form, tmp_path / PLACES[form])


def test_an_earlier_crate_may_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "ro-crate-metadata.json").write_text("{}", encoding="utf-8")
    check_place("ro-crate", tmp_path)


def test_a_notebook_from_elsewhere_is_not_run(tmp_path: Path) -> None:
    copy = tmp_path / "aims.ipynb"
    copy.write_bytes((NOTEBOOKS / "aims.ipynb").read_bytes())
    with pytest.raises(UsageError, match="notebooks from elsewhere are not run"):
        run_one(copy, [], None)


@pytest.mark.parametrize("target", [NOTEBOOKS / "aims.ipynb", NOTEBOOKS / "new.ipynb", DATA / "published.json", DATA])
def test_an_executed_notebook_goes_to_a_notebook_elsewhere(target: Path) -> None:
    with pytest.raises(UsageError, match="--out"):
        run_one(NOTEBOOKS / "aims.ipynb", [], target)


def test_a_run_cannot_write_the_accepted_ledger() -> None:
    declared = read_parameters(NOTEBOOKS / "aims.ipynb")
    with pytest.raises(UsageError, match="casefile publish"):
        check_parameters(declared, {"ledger_path": str(DATA / "published.json")})


@pytest.mark.parametrize("cell", ["=1", "@SUM(1)", "+1+1", "-2+3+cmd|' /C calc'!A0", "--1", "-cmd", "\t=1", "+1*2"])
def test_a_cell_that_a_spreadsheet_would_run_is_not_published(cell: str, tmp_path: Path) -> None:
    assert is_formula(cell)
    (tmp_path / "table.csv").write_text(f'date,note\n2023-10-09,"{cell}"\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"line 2.*cannot be published"):
        _publish_table(tmp_path / "table.csv", tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("cell", ["-5", "+18 points", "-5.5", "-3 to 4", "a=b", "", "-1,000 km²"])
def test_signed_numbers_and_words_are_no_formula(cell: str) -> None:
    assert not is_formula(cell)


def test_an_installed_package_takes_the_folder_it_is_called_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(
        paths, "__file__", str(tmp_path / "lib" / "python3" / "site-packages" / "casefile" / "paths.py")
    )
    assert paths.find_root(tmp_path / "here") == tmp_path / "here"


def test_a_folder_inside_a_project_belongs_to_it(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "claims.yml").write_text("claims: []", encoding="utf-8")
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert paths.find_root(tmp_path / "a" / "b") == tmp_path


def test_outside_a_checkout_it_is_said_what_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(building, "NOTEBOOKS", tmp_path / "notebooks")
    with pytest.raises(UsageError, match="run this in a checkout"):
        check_checkout()


def test_the_tests_build_apart_from_the_developers_book(tmp_path: Path) -> None:
    shared = {name for name, one in vars(building).items() if isinstance(one, Path) and one.is_relative_to(paths.BUILD)}
    own = own_places(tmp_path)
    assert shared == {name for name, one in own.items() if isinstance(one, Path)}
    assert all(one.is_relative_to(tmp_path) for one in own.values() if isinstance(one, Path))
