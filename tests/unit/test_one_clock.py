"""What could make two builds differ: the clock of the machine, and the copy of plotly.js that set-up left there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from casefile.errors import RunFailed, UsageError
from casefile.evidence import library as reading
from casefile.evidence.library import Library
from casefile.figures.downloads import exact
from casefile.model import AS_OF_CHECKED
from casefile.press import plotlyjs
from casefile.press.run import Job, _environment


class Yesteryear(date):
    """A machine whose clock stands years behind."""

    @classmethod
    def today(cls) -> date:
        return date(2020, 1, 1)


def test_a_kernel_with_declared_tables_does_not_compare_its_date_with_the_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "date", Yesteryear)
    monkeypatch.setenv(AS_OF_CHECKED, "1")
    monkeypatch.setattr(Library, "newest", property(lambda _: pytest.fail("every table was read for the newest row")))
    assert Library().at(date(2024, 6, 30)).as_of == date(2024, 6, 30)


def test_the_press_says_so_to_kernels_that_may_read_some_tables_only(tmp_path: Path) -> None:
    narrow = Job(tmp_path / "a.ipynb", {}, tmp_path / "b.ipynb", data_dir=tmp_path, declared=["claims.yml"])
    wide = Job(tmp_path / "a.ipynb", {}, tmp_path / "b.ipynb", data_dir=tmp_path)
    assert AS_OF_CHECKED in _environment(narrow)
    assert AS_OF_CHECKED not in _environment(wide)


def test_elsewhere_a_day_beyond_clock_and_evidence_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(AS_OF_CHECKED, raising=False)
    library = Library()
    with pytest.raises(UsageError, match="lies in the future"):
        library.at(date(9999, 1, 1))


def test_a_changed_copy_of_plotly_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(plotlyjs, "STORE", tmp_path)
    version = plotlyjs._pin()["version"]
    (tmp_path / f"plotly-basic-{version}.min.js").write_text("alert(1)", encoding="utf-8")
    with pytest.raises(RunFailed, match="is not the pinned file"):
        plotlyjs.bundle()


def test_without_the_small_plotly_the_wheels_own_serves_and_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(plotlyjs, "STORE", tmp_path)
    path, source = plotlyjs.bundle()
    assert path.is_file()
    assert source.startswith("plotly wheel ")


def test_what_arithmetic_leaves_in_the_last_digits_is_not_published() -> None:
    """Python 3.12 and newer add floats up in another way than 3.11."""
    assert exact(0.1 + 0.2) == exact(0.3) == 0.3
    assert exact(15.900000000000002) == 15.9
    assert exact(1403550.25) == 1403550.25
    assert exact(-1e-9) == -1e-9
