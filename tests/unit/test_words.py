"""Numbers and dates as a careful writer would put them."""

from __future__ import annotations

from datetime import date

import pytest

from casefile import words


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (words.number(-1234.56, 1), "−1,234.6"),
        (words.number(-0.004, 2), "0.00"),
        (words.significant(0.03449), "0.034"),
        (words.significant(1234), "1,200"),
        (words.signed(3), "+3"),
        (words.signed(0), "0"),
        (words.signed(-2), "−2"),
        (words.percent(43.2), "43%"),
        (words.points(1), "1 point"),
        (words.points(-1), "−1 point"),
        (words.points(2.5, 1), "2.5 points"),
        (words.counted(1, "source"), "1 source"),
        (words.counted(2, "analysis", "analyses"), "2 analyses"),
        (words.day(date(2023, 10, 9)), "9 October 2023"),
        (words.day("2023-10-09"), "9 October 2023"),
        (words.month("2023-10-09"), "October 2023"),
        (words.listed(["a", "b", "c"]), "a, b and c"),
        (words.listed(["a"]), "a"),
        (words.listed([]), ""),
        (words.interval(3, 5, unit="%"), "3 to 5%"),
    ],
)
def test_words(made: str, expected: str) -> None:
    assert made == expected


def test_a_count_out_of_a_fixed_number_is_written_in_words() -> None:
    assert [words.value_text(one, "of the three") for one in (0, 1, 3)] == [
        "none of the three",
        "one of the three",
        "three of the three",
    ]
