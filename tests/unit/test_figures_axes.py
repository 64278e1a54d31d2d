"""Ticks are round, distinct and inside; text is measured on the wide side."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.figures.axes import Rows, Scale, date_ticks, day_of, log_ticks, number_ticks, plain
from casefile.figures.text import longest_word, spread, width, wrap


def texts(ticks: list[tuple[float, tuple[str, ...]]]) -> list[str]:
    return [" ".join(lines) for _, lines in ticks]


def test_number_ticks_are_round() -> None:
    assert texts(number_ticks(0, 100, 5)) == ["0", "20", "40", "60", "80", "100"]
    assert texts(number_ticks(-5, 5, 4)) == ["−5.0", "−2.5", "0.0", "2.5", "5.0"]
    assert texts(number_ticks(0, 225, 9)) == ["0", "25", "50", "75", "100", "125", "150", "175", "200", "225"]


def test_large_numbers_are_written_with_a_word() -> None:
    assert texts(number_ticks(0, 4e9, 4)) == ["0", "1 bn", "2 bn", "3 bn", "4 bn"]


def test_log_ticks_are_powers_with_steps_between_where_there_is_room() -> None:
    assert texts(log_ticks(0, 3, 4)) == ["1", "10", "100", "1,000"]
    assert texts(log_ticks(1, 2, 5)) == ["10", "20", "50", "100"]
    assert texts(log_ticks(-2, 0, 3)) == ["0.01", "0.1", "1"]


def test_date_ticks_name_the_year_once() -> None:
    ticks = date_ticks(date(2023, 1, 1).toordinal(), date(2023, 12, 31).toordinal(), 5)
    assert [lines for _, lines in ticks] == [("Jan", "2023"), ("Apr",), ("Jul",), ("Oct",)]


def test_years_alone_over_a_long_span() -> None:
    assert texts(date_ticks(date(2014, 1, 1).toordinal(), date(2026, 1, 1).toordinal(), 7))[:3] == [
        "2014",
        "2016",
        "2018",
    ]


def test_days_over_a_short_span() -> None:
    assert texts(date_ticks(date(2023, 10, 1).toordinal(), date(2023, 10, 9).toordinal(), 5))[0] == "1 Oct 2023"


@given(st.floats(-1e12, 1e12), st.floats(1e-3, 1e12), st.integers(2, 12))
def test_number_ticks_lie_inside_and_differ(low: float, span: float, wanted: int) -> None:
    high = low + span
    if high - low < 1e-9 * max(abs(low), abs(high)):
        return
    ticks = number_ticks(low, high, wanted)
    air = 1e-6 * (high - low)
    assert all(low - air <= at <= high + air for at, _ in ticks)
    assert len(ticks) <= 2 * wanted + 2


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 20_000), st.integers(1, 12))
def test_date_ticks_lie_inside_and_rise(first: date, days: int, wanted: int) -> None:
    low = first.toordinal()
    places = [at for at, _ in date_ticks(low, low + days, wanted)]
    assert places == sorted(set(places))
    assert all(low <= at <= low + days for at in places)


def test_a_scale_turns_values_into_pixels_and_back() -> None:
    scale = Scale(0, 10, 100, 200, plain)
    assert scale(5) == 150
    assert scale.number(150) == 5
    assert scale(None) is None


def test_days_and_instants_share_a_scale() -> None:
    assert day_of("2023-10-09T12:00") == day_of("2023-10-09") + 0.5  # type: ignore[operator]


def test_rows_of_different_heights_have_their_middles() -> None:
    rows = Rows([0, 20, 60], [0, 10])
    assert rows(0) == 10
    assert rows(1) == 45


@given(st.text(max_size=200), st.floats(20, 300))
def test_wrapped_lines_are_no_wider_than_the_room(text: str, room: float) -> None:
    assert all(width(line, 11) <= room or len(line) == 1 for line in wrap(text, 11, room))


@given(st.text(max_size=200), st.floats(20, 300))
def test_wrapping_loses_no_letter(text: str, room: float) -> None:
    assert "".join("".join(wrap(text, 11, room)).split()) == "".join(text.split())


def test_the_longest_word_decides_the_least_column() -> None:
    assert longest_word("a reparations b", 11) == width("reparations", 11)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=8))
def test_spread_labels_do_not_touch_and_stay_inside(middles: list[float]) -> None:
    heights = [14.0] * len(middles)
    found = spread(middles, heights, 0, 300)
    assert found is not None
    placed = sorted(found)
    assert all(after - before >= 14 - 1e-6 for before, after in pairwise(placed))
    assert placed[0] >= 7 - 1e-6
    assert placed[-1] <= 293 + 1e-6


def test_labels_that_cannot_fit_are_given_up() -> None:
    assert spread([1, 2, 3], [20, 20, 20], 0, 50) is None


@pytest.mark.parametrize(("text", "least"), [("Hello", 25.0), ("−12.5%", 33.0)])
def test_text_is_measured_on_the_wide_side(text: str, least: float) -> None:
    assert width(text, 11) >= least
