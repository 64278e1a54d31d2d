"""What every chart of the vocabulary promises: labels, units, uncertainty, the article's date, gaps."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from figures_samples import KINDS, about, dumbbell, happenings, intervals, party_lines, ruble, slopes, votes

from casefile.figures import vocabulary as v
from casefile.figures.svg import to_svg


def notes(chart: v.Chart, name: str) -> list[str]:
    return [one.text for one in chart.figure.layout.annotations if one.name == name]


@pytest.mark.parametrize("name", KINDS)
def test_a_figure_names_its_chart_and_claim(name: str) -> None:
    chart = KINDS[name]()
    assert chart.figure.layout.meta == {"id": chart.id, "claim": chart.claim}


def test_the_article_is_marked_on_a_date_axis() -> None:
    assert notes(party_lines(), "article") == ["Article, 9 Oct 2023"]
    assert notes(happenings(), "article") == ["Article, 9 Oct 2023"]


def test_a_chart_from_before_the_article_does_not_know_of_it() -> None:
    assert notes(party_lines(as_of=date(2023, 9, 30)), "article") == []


def test_the_article_is_not_marked_far_from_the_data() -> None:
    chart = v.lines(about("x"), [v.Series("A", ["2010-01-01", "2012-01-01"], [1, 2])], y_title="%")
    assert notes(chart, "article") == []


def test_series_are_labelled_where_they_end() -> None:
    labels = {
        one.text.replace("<br>", " "): one.y for one in party_lines().figure.layout.annotations if one.name == "direct"
    }
    assert len(labels) == 3
    assert not party_lines().figure.layout.showlegend


def test_a_series_without_a_name_has_no_label() -> None:
    chart = v.lines(about("x"), [v.Series("", [1, 2], [1, 2]), v.Series("A", [1, 2], [2, 1])], y_title="%")
    assert notes(chart, "direct") == ["A"]


def test_hyphenated_words_stay_whole() -> None:
    text = "A long label that stops after a semi-detached stand-alone amendment"
    assert v.bars(about("x"), [text], [1], x_title="%").figure.layout.yaxis.ticktext[0].replace("<br>", " ") == text


def test_the_unit_stands_on_the_axis() -> None:
    assert notes(ruble(), "y-title") == ["Index"]
    assert votes().figure.layout.xaxis.title.text == "Members"


def test_uncertainty_of_a_line_is_a_band() -> None:
    areas = [one for one in party_lines().figure.data if one.fill == "toself"]
    assert len(areas) == 2


def test_a_band_is_broken_at_a_gap() -> None:
    areas = [one for one in party_lines().figure.data if one.fill == "toself"]
    assert None in list(areas[1].x)


def test_uncertainty_of_points_is_a_whisker() -> None:
    points = ruble().figure.data[0]
    assert list(points.error_y.array) == pytest.approx([3] * 12)


def test_uncertainty_of_a_row_is_a_whisker() -> None:
    assert list(slopes().figure.data[0].error_x.arrayminus)[:2] == [2, 2]
    assert list(intervals().figure.data[-1].error_x.array) == pytest.approx([2.5, 3, 3])


def test_a_missing_value_stays_a_gap() -> None:
    assert v.lines(about("x"), [v.Series("A", [1, 2], [float("nan"), 1])], y_title="%").figure.data[0].y[0] is None


def test_pandas_columns_and_timestamps_are_read() -> None:
    table = pd.DataFrame({"date": pd.to_datetime(["2023-01-01", "2024-01-01"]), "y": [1.0, 2.0]})
    chart = v.lines(
        about("x"), [v.Series("A", table["date"], table["y"], low=table["y"], high=table["y"])], y_title="%"
    )
    assert list(chart.figure.data[0].x)[:2] == ["2023-01-01", "2024-01-01"]


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="2 places but 1 values"):
        v.lines(about("x"), [v.Series("A", [1, 2], [1])], y_title="%")


def test_groups_of_bars_need_a_value_for_each_row() -> None:
    with pytest.raises(ValueError, match="2 groups of 3 rows"):
        v.bars(about("x"), ["a", "b", "c"], [[1, 2], [1, 2]], x_title="%", group_names=["one", "two"])


def test_an_event_needs_a_declared_lane() -> None:
    with pytest.raises(ValueError, match="Court"):
        v.events(about("x"), [("2023-01-01", "Court", "Warrant", "a")], lanes=["Talks"])


def test_before_is_open_and_after_is_filled() -> None:
    assert [one.marker.symbol for one in dumbbell().figure.data] == ["circle-open", "circle"]


def test_parts_of_a_bar_are_named_in_the_key() -> None:
    assert [one.name for one in votes().figure.data if one.showlegend] == ["Yea", "Nay", "Not voting"]


@pytest.mark.parametrize(
    "chart",
    [
        lambda: v.lines(about("x"), [], y_title="%"),
        lambda: v.lines(about("x"), [v.Series("A", ["2023-01-01"], [None])], y_title="%"),
        lambda: v.lines(about("x"), [v.Series("A", ["2023-01-01"], [0.0])], y_title="%", y_log=True),
        lambda: v.lines(about("x"), [v.Series("A", [], [])], y_title="%", y_log=True),
        lambda: v.bars(about("x"), [], [], x_title="%"),
        lambda: v.bars(about("x"), ["A"], [None], x_title="%"),
        lambda: v.bars(about("x"), ["A"], [0], x_title="%", low=[None], high=[None]),
        lambda: v.stacked(about("x"), ["A"], {"x": [0]}, roles={"x": "a"}, x_title="%"),
        lambda: v.dots(about("x"), ["A"], [None], x_title="%"),
        lambda: v.dots(about("x"), ["A"], [5], x_title="%", log=True, reference=10),
        lambda: v.before_after(about("x"), ["A"], [None], [1], x_title="%", before_name="b", after_name="a"),
        lambda: v.matrix(about("x"), [], [], [], roles={}, symbols={}),
        lambda: v.matrix(about("x"), ["A"], ["B"], [[None]], roles={"y": "a"}, symbols={}),
        lambda: v.events(about("x"), [], lanes=["A"]),
        lambda: v.scatter(about("x"), [v.Series("A", [None], [1])], x_title="%", y_title="%", diagonal=True),
    ],
)
def test_a_chart_without_data_is_still_drawn(chart: object) -> None:
    assert to_svg(chart(), width=340, height=200, ids="x").startswith("<svg")  # type: ignore[operator]
