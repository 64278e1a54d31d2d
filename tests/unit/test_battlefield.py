"""Battlefield: key numbers recomputed from the files in plain Python, early dates, missing sources, no hindsight."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import pandas as pd
import pytest

from casefile.evidence.library import Evidence, Library
from casefile.model import Finding
from casefile.paths import DATA
from casefile.pillars.battlefield import ANALYSES
from casefile.pillars.battlefield.tolls import counts

THEN = date(2023, 10, 9)
LATER = date(2026, 7, 31)
TABLES = ("territory", "front", "offensives", "losses", "oryx", "casualties", "assessments", "outlook")
SCALE = {"deepstate": 1.0, "isw-economist": 1.031, "liveuamap": 1.0}


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(DATA)


def read(name: str) -> list[dict[str, str]]:
    with Path(DATA, "battlefield", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found(ev: Evidence, claim: str, **choice: object) -> dict[str, Finding]:
    return {one.id.split(".")[1]: one for one in ANALYSES[claim](ev, **choice)}


def values(ev: Evidence, claim: str, **choice: object) -> dict[str, object]:
    return {name: one.value for name, one in found(ev, claim, **choice).items()}


def held(series: str, day: str) -> float:
    """The area on the newest map on or before a day, on the common scale."""
    rows = [
        row
        for row in read("territory")
        if (row["series"], row["measure"], row["includes_pre_2022"]) == (series, "russian_held_km2", "true")
        and row["date"] <= day
    ]
    return float(max(rows, key=lambda row: row["date"])["value"]) / SCALE[series]


def gained(series: str, start: str, end: str) -> float:
    return held(series, start) - held(series, end)


def front(day: str) -> dict[str, str]:
    return next(row for row in read("front") if row["date"] == day)


@pytest.mark.parametrize("series", list(SCALE))
def test_net_gain_of_each_series_from_3_june_to_the_article(library: Library, series: str) -> None:
    name = f"net_{series.replace('-', '_')}"
    expected = gained(series, "2023-06-03", "2023-10-09")
    assert values(library.at(THEN), "battlefield-progress")[name] == pytest.approx(expected)
    assert expected > 300


def test_net_pace_is_the_median_of_the_three_series(library: Library) -> None:
    expected = median(gained(series, "2023-06-03", "2023-10-09") for series in SCALE) / 128
    assert values(library.at(THEN), "battlefield-progress")["year"] == pytest.approx(expected)


def test_net_pace_of_the_last_month_had_turned(library: Library) -> None:
    expected = median(gained(series, "2023-09-09", "2023-10-09") for series in SCALE) / 30
    assert values(library.at(THEN), "battlefield-progress")["month"] == pytest.approx(expected)
    assert expected < 0


def test_gross_gain_is_that_of_the_article_day_and_not_of_a_later_one(library: Library) -> None:
    gross = float(front("2023-10-09")["gross_gain_km2"])
    assert gross < float(front("2023-10-12")["gross_gain_km2"])
    for day in (THEN, LATER):
        assert values(library.at(day), "battlefield-progress")["gross"] == gross


def test_momentum_compares_the_last_month_with_the_average(library: Library) -> None:
    now, before = (float(front(day)["gross_gain_km2"]) for day in ("2023-10-09", "2023-09-09"))
    expected = 100 * ((now - before) / 30) / (now / 128)
    assert values(library.at(THEN), "battlefield-progress")["momentum"] == pytest.approx(expected)


def test_offensive_against_kherson_in_area_and_pace(library: Library) -> None:
    kherson = [
        row for row in read("offensives") if row["operation"] == "kherson-2022" and row["period_start"] == "2022-08-29"
    ]
    gross = float(front("2023-10-09")["gross_gain_km2"])
    got = values(library.at(THEN), "battlefield-slower")
    assert got["area_share"] == pytest.approx(100 * gross / float(kherson[0]["low"]))
    assert got["pace_share"] == pytest.approx(100 * gross / 128 / float(kherson[0]["per_day_low"]))


def test_stored_offensive_row_of_the_article_day_agrees_with_the_front_table() -> None:
    row = next(row for row in read("offensives") if row["operation"] == "counteroffensive-2023-to-9-oct")
    assert float(row["high"]) == float(front(row["date"])["gross_gain_km2"])
    assert float(row["low"]) == float(front(row["date"])["firm_gain_km2"])
    assert float(row["per_day_high"]) == pytest.approx(float(row["high"]) / int(row["days"]), abs=0.01)
    assert (date.fromisoformat(row["date"]) - date.fromisoformat(row["period_start"])).days + 1 == int(row["days"])


def test_daily_pace_of_every_operation_is_its_area_over_its_days() -> None:
    for row in read("offensives"):
        for end in ("low", "high"):
            assert float(row[f"per_day_{end}"]) == pytest.approx(float(row[end]) / int(row["days"]), rel=0.01), row[
                "operation"
            ]


def test_the_economist_areas_are_divided_before_they_are_used(library: Library) -> None:
    raw = [
        float(row["value"])
        for day in ("2023-06-03", "2023-10-09")
        for row in read("territory")
        if (row["series"], row["measure"], row["date"]) == ("isw-economist", "russian_held_km2", day)
    ]
    got = values(library.at(THEN), "battlefield-progress")["net_isw_economist"]
    assert got == pytest.approx((raw[0] - raw[1]) / 1.031)


def test_cbs_sides_are_added_and_not_counted_twice(library: Library) -> None:
    cbs = [one for one in counts(library.at(THEN)) if one.name.startswith("CBS")]
    assert [(one.low, one.high) for one in cbs] == [(500_000, 500_000)]


def test_claim_of_the_article_day_plus_newest_estimate_for_ukraine(library: Library) -> None:
    claim = next(int(row["personnel"]) for row in read("losses") if row["date"] == "2023-10-09")
    rows = [
        row
        for row in read("casualties")
        if (row["side"], row["kind"], row["cumulative"]) == ("ukraine", "killed_and_wounded", "true")
        and row["known_on"] <= "2023-10-09"
    ]
    newest = max(rows, key=lambda row: row["date"])
    mixed = next(one for one in counts(library.at(THEN)) if one.name.startswith("Ukraine's claim"))
    assert (mixed.low, mixed.high) == (claim + int(newest["low"]), claim + int(newest["high"]))


def test_dropping_the_warring_parties_drops_the_sum_with_a_claim(library: Library) -> None:
    assert not any(one.party for one in counts(library.at(THEN), parties=False))


def test_model_run_of_2026_is_not_known_before_it(library: Library) -> None:
    assert (
        min(row["known_on"] for row in read("casualties") if row["estimator"] == "The Economist model") == "2026-08-22"
    )
    assert values(library.at(LATER), "battlefield-casualties")["model"] is None
    run = date(2026, 8, 22)
    if library.newest >= run:
        assert values(library.at(run), "battlefield-casualties")["model"] is not None


def test_recount_of_2026_is_not_known_in_2023(library: Library) -> None:
    assert values(library.at(THEN), "battlefield-progress")["recount"] is None
    assert values(library.at(LATER), "battlefield-progress")["recount"] == 634


def test_monthly_sums_published_in_2025_are_not_known_in_2023() -> None:
    late = [row for row in read("casualties") if row["estimator"] == "UK MoD (monthly cumulation)"]
    assert late
    assert min(row["known_on"] for row in late) > "2025-01-01"


def test_no_row_is_known_before_it_happened() -> None:
    for table in TABLES:
        for row in read(table):
            assert row["known_on"] >= row["date"] or row["date_precision"] in ("month", "approx", "inferred"), (
                table,
                row,
            )


def test_exact_days_are_kept_around_the_article() -> None:
    for series in SCALE:
        days = {
            row["date"] for row in read("territory") if row["series"] == series and row["measure"] == "russian_held_km2"
        }
        assert {"2023-06-03", "2023-10-09"} <= days
    wanted = {f"2023-10-{one:02d}" for one in range(6, 13)}
    assert wanted <= {row["date"] for row in read("losses")}
    assert wanted <= {row["date"] for row in read("front")}


def test_bulk_tables_are_weekly_and_not_daily() -> None:
    for table in ("losses", "front"):
        days = sorted({date.fromisoformat(row["date"]) for row in read(table)})
        assert (days[-1] - days[0]).days / len(days) > 4


def test_share_of_supporters_counted_by_hand(library: Library) -> None:
    rows = [
        row
        for row in read("outlook")
        if row["supporter"] == "true"
        and "2023-06-04" <= row["date"] <= "2023-10-09"
        and row["known_on"] <= "2023-10-09"
    ]
    worth = {"a year or more": 1.0, "long, no date": 1.0, "into next year": 0.5}
    expected = 100 * sum(worth.get(row["horizon"], 0.0) for row in rows) / len(rows)
    assert values(library.at(THEN), "battlefield-year-away")["said"] == pytest.approx(expected)


def test_land_still_held_against_the_article_day(library: Library) -> None:
    shares = []
    for series in ("deepstate", "isw-economist"):
        base = held(series, "2023-10-09") - 43_620
        shares.append(100 * (held(series, "2024-10-09") - 43_620) / base)
    shares.append(100 * (held("liveuamap", "2024-10-09") - 43_620) / (held("liveuamap", "2023-10-09") - 43_620))
    got = values(library.at(date(2024, 10, 9)), "battlefield-year-away")
    assert got["still_held"] == pytest.approx(median(shares))
    assert got["no_victory"] is True


def test_outcome_stays_open_until_the_year_is_over(library: Library) -> None:
    for day in (THEN, date(2024, 3, 1), date(2024, 10, 8)):
        assert values(library.at(day), "battlefield-year-away")["no_victory"] is None


def test_outcome_does_not_change_afterwards(library: Library) -> None:
    at_once = values(library.at(date(2024, 10, 9)), "battlefield-year-away", victory=50.0)["no_victory"]
    assert values(library.at(LATER), "battlefield-year-away", victory=50.0)["no_victory"] == at_once


def test_later_operations_do_not_count_on_the_article_day(library: Library) -> None:
    got = values(library.at(THEN), "battlefield-slower")
    assert got["later_area"] is None
    assert got["later_pace"] is None
    assert values(library.at(LATER), "battlefield-slower")["later_area"] is not None


def test_series_that_disagree_are_said_to_disagree(library: Library) -> None:
    for one in found(library.at(LATER), "battlefield-progress").values():
        if one.unit == "km² a day" and one.low is not None and one.high is not None:
            assert ("disagree" in one.sentence) == (one.low < 0 < one.high)


@pytest.mark.parametrize("claim", list(ANALYSES))
def test_the_same_findings_are_returned_at_any_date(library: Library, claim: str) -> None:
    names = list(found(library.at(THEN), claim))
    day = date(2022, 2, 24)
    while day <= LATER:
        assert list(found(library.at(day), claim)) == names
        day += timedelta(days=37)


@pytest.mark.parametrize("claim", list(ANALYSES))
@pytest.mark.parametrize("day", [THEN, LATER], ids=str)
def test_any_source_may_be_missing(library: Library, claim: str, day: date) -> None:
    ev = library.at(day)
    names = list(found(ev, claim))
    for source in sorted({one for finding in found(ev, claim).values() for one in finding.sources}):
        assert list(found(ev.without_source(source), claim)) == names


@pytest.mark.parametrize("claim", list(ANALYSES))
def test_nothing_known_gives_findings_without_values(library: Library, claim: str) -> None:
    every = {
        row[column]
        for table in TABLES
        for row in read(table)
        for column in ("source_id", "source_id_2")
        if column in row
    }
    assert not any(one for one in values(library.at(LATER).without_source(*every), claim).values())


@pytest.mark.parametrize("claim", list(ANALYSES))
def test_order_of_rows_is_no_matter(claim: str) -> None:
    plain, mixed = Library(DATA), Library(DATA)
    for table in TABLES:
        whole = plain.whole(f"battlefield/{table}")
        order = list(range(len(whole)))
        random.Random(7).shuffle(order)
        mixed._tables[f"battlefield/{table}"] = whole.iloc[order].reset_index(drop=True)
    for day in (THEN, LATER):
        assert ANALYSES[claim](mixed.at(day)) == ANALYSES[claim](plain.at(day))


@pytest.mark.parametrize("claim", list(ANALYSES))
def test_later_rows_change_nothing_earlier(claim: str) -> None:
    whole, cut = Library(DATA), Library(DATA)
    for table in TABLES:
        frame = cut.whole(f"battlefield/{table}")
        cut._tables[f"battlefield/{table}"] = frame[frame["known_on"] <= pd.Timestamp(THEN)].reset_index(drop=True)
    assert ANALYSES[claim](whole.at(THEN)) == ANALYSES[claim](cut.at(THEN))


@pytest.mark.parametrize("claim", list(ANALYSES))
@pytest.mark.parametrize("day", [THEN, LATER], ids=str)
def test_every_finding_with_a_value_leads_to_rows_and_sources(library: Library, claim: str, day: date) -> None:
    for one in found(library.at(day), claim).values():
        if one.value is not None:
            assert one.rows, one.id
            assert set(one.sources) <= set(library.sources)


def test_a_new_map_moves_the_month(library: Library) -> None:
    table = library.whole("battlefield/territory")
    same = table[
        (table["series"] == "deepstate")
        & (table["measure"] == "russian_held_km2")
        & table["includes_pre_2022"].fillna(False)
    ]
    newest = same[same["date"] <= pd.Timestamp(THEN)].iloc[-1].to_dict()
    newest |= {
        "date": pd.Timestamp(THEN),
        "known_on": pd.Timestamp(THEN),
        "value": newest["value"] - 900.0,
        "row": "invented",
    }
    ev = library.at(THEN)
    before = found(ev, "battlefield-progress")["month"]
    after = found(ev.with_row("battlefield/territory", newest), "battlefield-progress")["month"]
    assert after.high is not None
    assert before.high is not None
    assert after.high > before.high
