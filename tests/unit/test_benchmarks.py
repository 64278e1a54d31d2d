"""The report of the benchmarks says what was measured, with ratios against the last side."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path

import pytest

from casefile.evidence.library import Library
from casefile.paths import DATA, ROOT

sys.path.insert(0, str(ROOT))

from benchmarks.comparisons import COMPARISONS, Side, compare, ratios
from benchmarks.growth import grow_claims, measured, registry
from benchmarks.measure import MeasurementError, Sample, machine, timed
from benchmarks.report import TITLES, markdown, plot, straight
from benchmarks.workshop import Workshop, workshop

FAST, SLOW = Sample(1.0, 0.5, 50.0), Sample(12.0, 11.0, 80.0)


def test_ratios_are_medians_divided_by_that_of_the_last_side() -> None:
    assert ratios({"plain": [SLOW, FAST, SLOW], "ours": [FAST]}) == {"ratios": {"plain": 12.0}}


def test_a_command_is_timed_with_its_memory(tmp_path: Path) -> None:
    sample = timed(
        [[sys.executable, "-c", "import time; x = bytearray(60 << 20); time.sleep(0.4)"]], tmp_path, os.environ
    )
    assert sample.seconds >= 0.4
    if sys.platform.startswith("linux"):
        assert sample.peak_mib > 60


def test_a_command_that_fails_gives_no_time(tmp_path: Path) -> None:
    with pytest.raises(MeasurementError, match="ended with 3"):
        timed([[sys.executable, "-c", "raise SystemExit(3)"]], tmp_path, os.environ)


def test_sides_alternate(tmp_path: Path) -> None:
    order: list[str] = []
    command = [sys.executable, "-S", "-c", "pass"]
    sides = [Side("a", [command], lambda: order.append("a")), Side("b", [command], lambda: order.append("b"))]
    found = compare(Workshop(tmp_path, date(2024, 1, 1)), sides, 2, lambda text: None)
    assert order == ["a", "b", "a", "b"]
    assert len(found["sides"]["a"]["runs"]) == 2


def test_the_report_names_machine_sides_and_ratio() -> None:
    side = {"median": 12.0, "fastest": 11.0, "slowest": 13.0, "cpu_median": 9.0, "peak_mib": 80.0, "runs": []}
    ours = {**side, "median": 1.0}
    comparison = {"sides": {"stock papermill, in series": side, "casefile": ours}, "ratios": {"stock papermill": 12.0}}
    growth = {"sides": {"1": ours, "2": side}, "ratios": {}}
    text = markdown({"machine": machine(), "runs": 3, "comparisons": {"execution": comparison, "growth": growth}})
    row = text.partition("stock papermill, in series")[2].partition("</tr>")[0]
    cells = [cell.partition("<")[0] for cell in row.split('<td class="num">')[1:]]
    assert cells == ["12.0 s", "11.0 s to 13.0 s", "9.00 s", "80 MiB", "12.0×"]
    assert "<svg" in text


def test_the_plot_can_be_read_without_being_seen() -> None:
    assert '<desc id="growth-wide-d">Time by number of editions: 1 in 2.00 s, 2 in 4.00 s.</desc>' in plot(
        [(1, 2), (2, 4)]
    )


def test_the_line_through_points_on_a_line_is_that_line() -> None:
    assert straight([(1, 5), (2, 7), (4, 11)]) == pytest.approx((3, 2, 0))


def test_what_is_off_the_line_is_told() -> None:
    assert "further than 0% from the line" in plot([(1, 5), (2, 7), (4, 11)])
    assert "further than 0% from the line" not in plot([(1, 5), (2, 7), (4, 20)])


@pytest.mark.parametrize("name", COMPARISONS)
def test_every_comparison_has_its_place_in_the_report(name: str) -> None:
    assert name in (*TITLES, "growth", "scale")


def test_the_report_says_how_straight_the_growth_of_books_is() -> None:
    places = ((1, 1), (2, 1), (4, 1), (1, 3))
    points = [
        {"times_rows": rows, "times_claims": claims, "rows": 100 * rows, "claims": 28 * claims, "book_mib": 5.0,
         "seconds": 6.0 + 4 * rows * claims, "cpu_seconds": 9.0, "peak_mib": 100.0 * rows}
        for rows, claims in places
    ]  # fmt: skip
    text = markdown({"machine": machine(), "runs": 3, "comparisons": {"scale": {"points": points}}})
    assert "As many rows again take 4.00 s and 100 MiB more. No time lies further than 0% from a straight line" in text


def test_a_copied_claim_has_all_that_belongs_to_one() -> None:
    with workshop(date(2026, 1, 1)) as shop:
        before = {one["id"] for one in registry(shop.root)["claims"]}
        grow_claims(shop.root, 3)
        assert {one["id"] for one in registry(shop.root)["claims"]} == {
            name + copy for name in before for copy in ("", "-2", "-3")
        }
        cells = json.loads((shop.root / "notebooks" / "opinion.ipynb").read_text(encoding="utf-8"))["cells"]
    ids = [one["id"] for one in cells]
    assert len(set(ids)) == len(ids)
    for part in ("", "-evidence", "-verdict"):
        assert f"opinion-biden-2{part}" in ids
    heading = next(one for one in cells if one["id"] == "opinion-biden-2")
    assert "".join(heading["source"]).splitlines()[0].endswith(" (2)")
    verdict = next(one for one in cells if one["id"] == "opinion-biden-2-verdict")
    assert 'case.verdict("opinion-biden-2")' in "".join(verdict["source"])


@pytest.mark.slow
def test_a_book_of_twice_the_rows_and_claims_is_whole() -> None:
    with workshop(Library(DATA).newest) as shop:
        claims = len(registry(shop.root)["claims"])
        found = measured(shop, 2, 2)
    assert found["claims"] == 2 * claims  # counted on the pages, too
