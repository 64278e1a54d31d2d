"""The static drawing: nothing overlaps, nothing is cut, nothing is dropped in silence."""

from __future__ import annotations

import itertools
import re
import time
from dataclasses import replace
from html import unescape

import defusedxml.ElementTree as Xml
import plotly.graph_objects as go
import pytest
from figures_samples import KINDS, about, party_lines
from hypothesis import given, settings
from hypothesis import strategies as st

from casefile.figures import vocabulary as v
from casefile.figures.finish import live
from casefile.figures.svg import scene_of, size, to_svg
from casefile.figures.svg_parts import overlap
from casefile.figures.svg_subset import DrawingError
from casefile.figures.theme import ink, palette_css

WIDTHS = (720, 340)
CHARTS = {name: make() for name, make in KINDS.items()}
EVERY = pytest.mark.parametrize(("name", "width"), list(itertools.product(CHARTS, WIDTHS)))


def drawn(chart: v.Chart, width: int = 720, **more: bool) -> str:
    return to_svg(chart, width=width, height=size(chart, width)[1], ids="x", **more)


def check_labels(chart: v.Chart, width: int) -> None:
    scene = scene_of(chart, width, size(chart, width)[1])
    for label in scene.labels:
        left, top, right, bottom = label.box
        assert left >= -0.01, label
        assert top >= -0.01, label
        assert right <= width + 0.01, label
        assert bottom <= scene.height + 0.01, label
    for one, other in itertools.combinations(scene.labels, 2):
        assert not overlap(one.box, other.box, -0.01), (one, other)


@EVERY
def test_no_label_leaves_the_box_or_covers_another(name: str, width: int) -> None:
    check_labels(CHARTS[name], width)


@EVERY
def test_text_is_at_least_11_pixels(name: str, width: int) -> None:
    assert min(map(float, re.findall(r'font-size="([\d.]+)"', drawn(CHARTS[name], width)))) >= 11


@EVERY
def test_svg_is_well_formed_and_named_for_screen_readers(name: str, width: int) -> None:
    root = Xml.fromstring(drawn(CHARTS[name], width))
    names = root.attrib["aria-labelledby"].split()
    found = {one.attrib["id"]: one.text for one in root if "id" in one.attrib and one.tag.endswith(("title", "desc"))}
    assert root.attrib["role"] == "img"
    assert [found[one] for one in names] == [CHARTS[name].title, CHARTS[name].alt]


@EVERY
def test_inline_svg_has_no_style_of_its_own(name: str, width: int) -> None:
    svg = drawn(CHARTS[name], width)
    assert "style=" not in svg
    assert "<style" not in svg
    assert "#" not in svg.replace("url(#", "").replace("&#", "")


@EVERY
def test_every_class_has_a_rule(name: str, width: int) -> None:
    classes = {one for group in re.findall(r'class="([^"]*)"', drawn(CHARTS[name], width)) for one in group.split()}
    assert {one for one in classes if f".{one}{{" not in palette_css()} <= {"cf-chart"}


@EVERY
def test_ids_begin_with_the_given_prefix_and_are_unique(name: str, width: int) -> None:
    ids = re.findall(r' id="([^"]*)"', drawn(CHARTS[name], width))
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("x-") for one in ids)


@EVERY
def test_the_reserved_size_is_the_drawn_size(name: str, width: int) -> None:
    across, down = size(CHARTS[name], width)
    assert f'viewBox="0 0 {across} {down}"' in drawn(CHARTS[name], width)


@EVERY
def test_live_chart_has_the_height_of_the_drawing(name: str, width: int) -> None:
    assert live(CHARTS[name], width)["layout"]["height"] == size(CHARTS[name], width)[1]


@EVERY
def test_the_live_key_has_the_names_of_the_drawn_key(name: str, width: int) -> None:
    found = live(CHARTS[name], width)["layout"]
    texts = [one["text"].replace("<br>", " ") for one in found.get("annotations", [])]
    drawn_key = [label for label in scene_of(CHARTS[name], width).labels if label.kind == "key"]
    assert not found["showlegend"]
    assert all(" ".join(label.lines) in map(unescape, texts) for label in drawn_key)


@pytest.mark.parametrize("name", CHARTS)
def test_only_scatter_and_bar_are_used(name: str) -> None:
    assert {one.type for one in CHARTS[name].figure.data} <= {"scatter", "bar"}


@pytest.mark.parametrize("name", CHARTS)
def test_drawing_twice_gives_the_same_bytes(name: str) -> None:
    assert drawn(CHARTS[name]) == drawn(CHARTS[name])


def test_a_drawing_grows_rather_than_crowd_its_rows() -> None:
    chart = CHARTS["analyses"]
    root = Xml.fromstring(to_svg(chart, width=340, height=100, ids="x"))
    assert float(root.attrib["height"]) > 300


def test_standalone_carries_the_light_palette() -> None:
    svg = drawn(CHARTS["votes"], standalone=True)
    assert f"color:{ink('good')}" in svg
    assert "var(" not in svg


def test_a_line_is_broken_at_a_gap() -> None:
    chart = v.lines(about("x"), [v.Series("A", [1, 2, 3, 4, 5], [1, 2, None, 4, 5])], y_title="%")
    paths = re.findall(r'<path class="cf-line cf-a" d="([^"]*)"', drawn(chart))
    assert [one.count("M") for one in paths if one.count("L") > 1 or one.count("M") > 1][-1] == 2


def test_a_point_alone_between_gaps_is_seen() -> None:
    chart = v.lines(about("x"), [v.Series("A", [1, 2, 3, 4, 5], [1, None, 3, None, 5])], y_title="%")
    assert drawn(chart).count('<circle class="cf-fill cf-a"') == 3


def test_values_outside_the_range_are_clipped() -> None:
    chart = v.lines(about("x"), [v.Series("A", [1, 2, 3], [1, 50, 3])], y_title="%", y_range=(0, 10))
    assert 'clip-path="url(#x-clip)"' in drawn(chart)


def test_a_negative_bar_ends_at_zero() -> None:
    chart = v.bars(about("x"), ["A", "B"], [-5, 5], x_title="Points")
    bars = re.findall(r'<rect class="cf-fill cf-a" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn(chart))
    left, right = ((float(x), float(x) + float(width)) for x, width in bars)
    assert left[1] == pytest.approx(right[0], abs=0.2)


def broken(**change: object) -> v.Chart:
    chart = party_lines()
    figure = go.Figure(chart.figure)
    figure.update_traces(change.get("trace", {}))
    figure.update_layout(change.get("layout", {}))
    for trace in change.get("add", []):  # type: ignore[attr-defined]
        figure.add_trace(trace)
    return replace(chart, drawn=figure.to_plotly_json())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"add": [go.Pie(values=[1, 2])]}, "pie"),
        ({"trace": {"hoveron": "points", "stackgroup": "one"}}, "hoveron|stackgroup"),
        ({"layout": {"title": {"text": "A title"}}}, "title"),
        ({"layout": {"xaxis": {"rangeslider": {"visible": True}}}}, "rangeslider"),
        ({"layout": {"shapes": [{"type": "circle", "x0": 0, "x1": 1, "y0": 0, "y1": 1}]}}, "circle"),
        ({"layout": {"annotations": [{"text": "?", "name": "loose", "showarrow": False}]}}, "loose"),
        ({"layout": {"annotations": [{"text": "?", "name": "note", "showarrow": True}]}}, "showarrow"),
        ({"add": [go.Scatter(x=[1], y=[1], mode="markers", marker={"color": "#123456"})]}, "#123456"),
        ({"add": [go.Scatter(x=[1], y=[1], mode="markers", marker={"color": ink("a"), "symbol": "star"})]}, "star"),
        ({"add": [go.Scatter(x=[1], y=[1], line={"color": ink("a"), "shape": "spline"})]}, "spline"),
    ],
)
def test_what_would_be_lost_is_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises(DrawingError, match=says):
        to_svg(broken(**change), width=720, height=380, ids="x")


def test_category_axes_are_drawn() -> None:
    figure = go.Figure(go.Scatter(x=["one", "two"], y=[1, 2], mode="markers", marker={"color": ink("a")}))
    figure.update_layout(xaxis={"type": "category"}, yaxis={"range": [0, 3]}, template="none")
    svg = to_svg(replace(party_lines(), drawn=figure.to_plotly_json()), width=720, height=300, ids="x")
    assert ">one</text>" in svg
    assert svg.count("<circle") == 2


def test_numpy_arrays_are_read() -> None:
    import numpy as np

    figure = go.Figure(
        go.Scatter(x=np.array([1.0, 2.0]), y=np.array([1.0, 2.0]), mode="lines", line={"color": ink("a")})
    )
    figure.update_layout(xaxis={"range": [0, 3]}, yaxis={"range": [0, 3]}, template="none")
    assert "<path" in to_svg(replace(party_lines(), drawn=figure.to_plotly_json()), width=720, height=300, ids="x")


NUMBERS = st.floats(-1e15, 1e15, allow_nan=False).map(lambda one: round(one, 6))
TEXT = st.text(min_size=1, max_size=60)


def sound(chart: v.Chart) -> None:
    """Well-formed, labels inside, and every coordinate inside the box."""
    for width in WIDTHS:
        svg = drawn(chart, width)
        for element in Xml.fromstring(svg).iter():
            assert not [one for one in element.attrib.values() if re.search(r"\b(nan|inf)\b|[MLHV](nan|inf)", one)]
        check_labels(chart, width)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NUMBERS, st.none() | NUMBERS), min_size=1, max_size=12), TEXT)
def test_any_line_stays_in_the_box(points: list[tuple[float, float | None]], name: str) -> None:
    x, y = zip(*sorted(points, key=lambda one: one[0]), strict=True)
    sound(v.lines(about("any"), [v.Series(name, x, y)], y_title=name, x_title=name))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(TEXT, NUMBERS), min_size=1, max_size=8))
def test_any_bar_stays_in_the_box(rows: list[tuple[str, float]]) -> None:
    chart = v.bars(about("any"), [one[0] for one in rows], [one[1] for one in rows], x_title="Value")
    sound(chart)
    for width in WIDTHS:
        for x, across in re.findall(
            r'<rect class="cf-fill cf-a" x="([-\d.]+)" y="[-\d.]+" width="([-\d.]+)"', drawn(chart, width)
        ):
            assert float(x) >= 0
            assert float(x) + float(across) <= width


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.dates(), NUMBERS), min_size=1, max_size=10), st.lists(st.tuples(st.dates(), TEXT), max_size=4)
)
def test_any_dates_stay_in_the_box(points: list[tuple[object, float]], marks: list[tuple[object, str]]) -> None:
    days = [one[0].replace(year=2000 + one[0].year % 40, day=1) for one in points]  # type: ignore[attr-defined]
    rules = [v.Mark(day.replace(year=2000 + day.year % 40, day=1), text) for day, text in marks]  # type: ignore[attr-defined]
    sound(v.lines(about("any"), [v.Series("A", sorted(days), [one[1] for one in points])], y_title="%", marks=rules))


@settings(max_examples=30, deadline=None)
@given(TEXT, TEXT)
def test_text_is_escaped(label: str, title: str) -> None:
    chart = v.bars(about("any"), [f"<b>&{label}", "B"], [1, 2], x_title="]]>")
    root = Xml.fromstring(drawn(replace(chart, title=f"<script>{title}")))
    assert not [one for one in root.iter() if one.tag.endswith(("script", "}b"))]


@pytest.mark.parametrize("name", CHARTS)
def test_a_drawing_takes_little_time(name: str) -> None:
    times = []
    for _ in range(5):
        start = time.process_time()
        to_svg(CHARTS[name], width=720, height=400, ids="x")
        times.append(time.process_time() - start)
    assert min(times) < 0.015
