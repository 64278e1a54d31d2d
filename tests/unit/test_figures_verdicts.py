"""Charts of the verdicts: what they say is computed from what they show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from figures_samples import TITLES, analyses, strip, strip_rows, then_and_now, verdict

from casefile.figures.svg import to_svg
from casefile.figures.verdict_charts import robustness, verdict_strip
from casefile.model import Rating, Reanalysis
from casefile.words import written


def row(claim: str, day: str, rating: str) -> dict[str, str]:
    return {"claim": claim, "as_of": day, "rating": rating, "confidence": "high"}


STEADY = [row("claim-0", day, "mixed") for day in ("2023-10-09", "2023-10-31", "2023-11-30")]


def cells(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    chart = verdict_strip(rows, TITLES, as_of=date(2023, 11, 30))
    return [(one.x0, one.x1) for one in chart.figure.layout.shapes if one.name == "cell"]


def test_a_steady_rating_is_one_stretch() -> None:
    assert cells(STEADY) == [("2023-10-09", "2023-11-30")]


def test_a_change_begins_a_new_stretch() -> None:
    changed = [*STEADY[:2], row("claim-0", "2023-11-30", "supported"), row("claim-0", "2023-12-31", "supported")]
    assert cells(changed) == [("2023-10-09", "2023-11-30"), ("2023-11-30", "2023-12-31")]


def test_the_title_counts_the_changes() -> None:
    assert verdict_strip(STEADY, TITLES, as_of=date(2023, 11, 30)).title.startswith("None of one rating changed")


def test_each_rating_has_its_symbol_besides_its_colour() -> None:
    marked = {one.name: one.marker.symbol for one in strip().figure.data if one.showlegend}
    assert len(set(marked.values())) == len(marked)


def test_the_strip_keeps_its_rows_as_data() -> None:
    assert len(strip().data) == len(strip_rows())


def test_claims_stand_in_the_order_given() -> None:
    names = [one.replace("<br>", " ") for one in strip().figure.layout.yaxis.ticktext if one]
    assert names == list(TITLES.values())


def test_the_scorecard_counts_what_stood_and_what_stands() -> None:
    data = then_and_now().data
    good = data[data["rating"].isin(["supported", "mostly supported"])].groupby("vantage").size()
    assert then_and_now().title.startswith(written(f"{good['then']} of {len(TITLES)} claims"))
    assert f"{good['now']} are now" in then_and_now().title


def test_robustness_groups_what_agrees() -> None:
    headings = [one.text for one in analyses().figure.layout.annotations if one.name == "heading"]
    assert headings == ["<b>Same rating (6)</b>", "<b>Another rating (3)</b>"]


def test_robustness_marks_the_verdicts_own_score_and_tints_the_stretch_of_its_rating() -> None:
    shapes = analyses().figure.layout.shapes
    assert [one.x0 for one in shapes if one.name == "reference"] == [0.4]
    assert [(one.x0, one.x1) for one in shapes if one.name == "zone"] == [(-0.5, 0.5)]


def test_analyses_that_agree_on_the_score_share_a_row_and_keep_their_names() -> None:
    base = verdict("claim-0", Rating.MIXED, date(2026, 6, 30))
    given = tuple(Reanalysis(f"r{n}", f"Way {n}", Rating.MIXED, 0.2, True) for n in range(3))
    chart = robustness(replace(base, reanalyses=given))
    assert [text for trace in chart.figure.data for text in trace.text] == ["Way 0<br>Way 1<br>Way 2"]
    assert "3 analyses" in to_svg(chart, width=720, height=200, ids="x")


def test_an_analysis_without_a_score_keeps_its_row() -> None:
    base = verdict("claim-0", Rating.MIXED, date(2026, 6, 30))
    bare = Reanalysis("none", "Nothing left to test", Rating.UNTESTABLE, None, False)
    chart = robustness(type(base)(**{**base.__dict__, "reanalyses": (bare,)}))
    assert "Nothing left to test" in to_svg(chart, width=720, height=200, ids="x")


def test_a_verdict_without_other_analyses_is_drawn() -> None:
    base = verdict("claim-0", Rating.MIXED, date(2026, 6, 30))
    chart = robustness(type(base)(**{**base.__dict__, "reanalyses": ()}))
    assert to_svg(chart, width=340, height=100, ids="x").startswith("<svg")


def test_analyses_without_enough_evidence_stand_under_a_heading_of_their_own() -> None:
    base = verdict("claim-0", Rating.MIXED, date(2026, 6, 30))
    given = (
        Reanalysis("r0", "Way 0", Rating.MIXED, 0.2, True),
        Reanalysis("r1", "Way 1", Rating.UNTESTABLE, None, False),
    )
    headings = [
        one.text
        for one in robustness(replace(base, reanalyses=given)).figure.layout.annotations
        if one.name == "heading"
    ]
    assert headings == ["<b>Same rating (1)</b>", "<b>Too little evidence left to rate (1)</b>"]
