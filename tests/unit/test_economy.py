"""Economy: key numbers recomputed from the files in plain Python, early dates, missing sources, no hindsight."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from casefile.evidence.library import Evidence, Library
from casefile.model import Finding
from casefile.paths import DATA
from casefile.pillars.economy import ANALYSES
from casefile.pillars.economy.budget import shares
from casefile.pillars.economy.rates import phases, value_change
from casefile.pillars.economy.records import Rows

THEN = date(2023, 10, 9)
LATER = date(2026, 7, 1)
TABLES = ("ruble", "macro", "budget", "fuel", "russian_polls", "elite_deaths", "elite_death_counts")
DAYS = (date(2022, 2, 24), date(2022, 3, 20), date(2022, 8, 31), date(2023, 1, 31), THEN, date(2024, 6, 30), LATER)


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(DATA)


def read(name: str, as_of: date = LATER) -> list[dict[str, str]]:
    with Path(DATA, "economy", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["known_on"] <= as_of.isoformat()]


def found(ev: Evidence, claim: str, **choice: object) -> dict[str, Finding]:
    return {one.id.split(".")[1]: one for one in ANALYSES[claim](ev, **choice)}


def values(ev: Evidence, claim: str, **choice: object) -> dict[str, object]:
    return {name: one.value for name, one in found(ev, claim, **choice).items()}


def official(day: str, pair: str = "USD/RUB") -> float:
    rows = [
        row for row in read("ruble") if (row["series"], row["pair"]) == ("cbr-official", pair) and row["date"] <= day
    ]
    return float(max(rows, key=lambda row: row["date"])["value"])


def poll(as_of: date, question: str, response: str, pollster: str = "levada") -> float:
    rows = [
        row
        for row in read("russian_polls", as_of)
        if (row["question"], row["response"], row["pollster"]) == (question, response, pollster)
    ]
    return float(max(rows, key=lambda row: row["date"])["value"])


# --- key numbers, recomputed


def test_loss_over_the_year_is_the_ratio_of_two_official_rates(library: Library) -> None:
    expected = 100 * (official("2022-10-07") / official("2023-10-09") - 1)
    assert values(library.at(THEN), "economy-ruble")["recent"] == pytest.approx(expected)


def test_depth_is_measured_from_the_best_rate_in_the_year_after_the_low(library: Library) -> None:
    rows = [row for row in read("ruble") if (row["series"], row["pair"]) == ("cbr-official", "USD/RUB")]
    best = min(float(row["value"]) for row in rows if "2022-03-11" <= row["date"] <= "2023-03-11")
    expected = 100 * (1 - best / official("2023-10-09"))
    assert values(library.at(THEN), "economy-ruble")["depth"] == pytest.approx(expected)


def test_recovery_compares_three_official_rates(library: Library) -> None:
    before, low, best = official("2022-02-23"), official("2022-03-11"), official("2022-06-30")
    assert values(library.at(THEN), "economy-ruble")["recovered"] == pytest.approx(100 * (low - best) / (low - before))


def test_three_currencies_counts_each_with_a_loss(library: Library) -> None:
    lost = sum(
        official("2022-10-07", pair) / official("2023-10-09", pair) < 0.95 for pair in ("USD/RUB", "EUR/RUB", "CNY/RUB")
    )
    assert values(library.at(THEN), "economy-ruble")["broad"] == lost


def test_shortage_sources_are_counted_once_each(library: Library) -> None:
    rows = [
        row
        for row in read("fuel", THEN)
        if row["kind"] in ("shortage_report", "rationing") and row["date"] > "2022-10-09"
    ]
    assert values(library.at(THEN), "economy-fuel")["shortage_sources"] == len({row["source_id"] for row in rows})


def test_the_export_ban_of_september_2023_was_lifted_after_the_days_between_its_rows(library: Library) -> None:
    lifted = [row["date"] for row in read("fuel") if row["kind"] == "export_ban_lifted" and row["date"] < "2024-01-01"]
    days = (date.fromisoformat(max(lifted)) - date(2023, 9, 21)).days
    assert values(library.at(LATER), "economy-fuel")["relief"] == days


def test_gaps_to_a_third_follow_from_the_budget_rows(library: Library) -> None:
    def share(vintage: str, year: str, kind: str) -> float:
        return next(
            float(row["share_pct"])
            for row in read("budget", THEN)
            if (row["budget_vintage"], row["year"], row["figure_kind"], row["item"], row["covers"])
            == (vintage, year, kind, "national_defence", "year")
        )

    made = values(library.at(THEN), "economy-defence-share")
    assert made["plan_gap"] == pytest.approx(100 / 3 - share("2024-2026 draft (Sep 2023)", "2024", "draft"))
    assert made["current_gap"] == pytest.approx(
        100 / 3 - share("2024-2026 draft (Sep 2023)", "2023", "ministry estimate")
    )
    assert made["document_gap"] == pytest.approx(share("Reuters document (4 Aug 2023)", "2023", "document") - 100 / 3)


def test_talks_margin_is_the_difference_of_the_newest_wave(library: Library) -> None:
    margin = poll(THEN, "continue-or-negotiate", "start-peace-talks") - poll(
        THEN, "continue-or-negotiate", "continue-military-action"
    )
    assert values(library.at(THEN), "economy-public-strain")["talks_margin"] == margin


def test_approval_and_support_are_the_newest_levada_waves(library: Library) -> None:
    made = values(library.at(THEN), "economy-public-strain")
    assert made["approval"] == poll(THEN, "putin-approval", "approve")
    assert made["army_support"] == poll(THEN, "support-for-military-actions", "support-total")


def test_deaths_are_counted_in_business_and_state_since_the_invasion(library: Library) -> None:
    rows = [row for row in read("elite_deaths", THEN) if row["date"] >= "2022-02-24" and row["circle"] != "other"]
    assert values(library.at(THEN), "economy-elite-deaths")["reported"] == len(rows)


def test_list_rate_pools_deaths_over_years_each_list_once(library: Library) -> None:
    def years(row: dict[str, str]) -> float:
        return (date.fromisoformat(row["date"]) - date.fromisoformat(row["since"])).days / 365.25

    rows = sorted(read("elite_death_counts", THEN), key=lambda row: row["date"])
    lists = {(row["source_id"], row["since"]): row for row in rows if row["since"] >= "2022"}
    assert len(lists) == 3  # the two counts of one public list are one list
    war = sum(float(row["value"]) for row in lists.values()) / sum(years(row) for row in lists.values())
    base = next(float(row["value"]) / years(row) for row in rows if row["date"] < "2022")
    assert values(library.at(THEN), "economy-elite-deaths")["rate_ratio"] == pytest.approx(war / base)


def test_worry_keeps_to_one_question_and_does_not_take_the_fear_of_mobilisation(library: Library) -> None:
    found = values(library.at(THEN), "economy-public-strain")
    waves = [row for row in read("russian_polls", THEN) if row["question"] == "anxiety-of-close-circle"]
    newest = max((row for row in waves if row["response"] == "anxious"), key=lambda row: row["date"])
    assert found["worry"] == float(newest["value"])


def test_a_loss_just_short_of_the_step_is_not_printed_as_the_step(library: Library) -> None:
    found = {one.id: one for one in ANALYSES["economy-ruble"](library.at(LATER))}["economy-ruble.broad"]
    rates = pd.DataFrame(read("ruble", LATER)).query("series == 'cbr-official' and pair == 'CNY/RUB'")
    rates = rates.assign(value=rates["value"].astype(float)).sort_values("date")
    last = rates.iloc[-1]
    before = rates[rates["date"] <= str(date.fromisoformat(last["date"]) - timedelta(days=365))].iloc[-1]
    loss = 100 * (1 - before["value"] / last["value"])
    assert 4.5 < loss < 5
    assert f"down {loss:.1f}% against the yuan" in found.sentence


def test_month_ends_keep_the_last_rate_of_each_month_and_no_other(library: Library) -> None:
    """Recomputed from the table: the change over a year between the last rates of two months."""
    rows = [row for row in read("ruble", THEN) if (row["series"], row["pair"]) == ("cbr-official", "USD/RUB")]
    last = {row["date"][:7]: row for row in sorted(rows, key=lambda row: row["date"])}
    kept = sorted(last.values(), key=lambda row: row["date"])
    end = kept[-1]
    year_before = str(date.fromisoformat(end["date"]) - timedelta(days=365))
    start = [row for row in kept if row["date"] <= year_before][-1]
    found = values(library.at(THEN), "economy-ruble", month_ends=True)
    assert found["recent"] == pytest.approx(100 * (float(start["value"]) / float(end["value"]) - 1))
    assert found["recent"] != values(library.at(THEN), "economy-ruble")["recent"]


def test_forecast_error_of_the_imf_is_outcome_minus_forecast(library: Library) -> None:
    rows = [row for row in read("macro", THEN) if row["indicator"] == "gdp_growth_yoy" and row["period"] == "year"]
    outcome = {
        row["period_end"]: row for row in sorted(rows, key=lambda row: row["known_on"]) if row["is_forecast"] == "false"
    }
    errors = [
        float(outcome[row["period_end"]]["value"]) - float(row["value"])
        for row in rows
        if row["is_forecast"] == "true"
        and row["forecaster"] == "imf-weo"
        and "2022-02-24" <= row["date"] <= row["period_end"]
        and row["period_end"] in outcome
    ]
    assert values(library.at(THEN), "economy-outlook")["gdp_error"] == pytest.approx(sum(errors) / len(errors))


def test_deficit_of_part_of_a_year_is_set_against_its_part_of_the_plan(library: Library) -> None:
    rows = [row for row in read("macro", THEN) if row["indicator"] == "federal_budget_balance_rub_bn"]
    plan = next(
        float(row["value"]) for row in rows if row["is_forecast"] == "true" and row["period_end"] == "2023-12-31"
    )
    done = next(float(row["value"]) for row in rows if row["period_end"] == "2023-08-31")
    assert values(library.at(THEN), "economy-outlook")["deficit_ratio"] == pytest.approx(done / (plan * 8 / 12))


# --- arithmetic of rates


def test_a_phase_ends_exactly_at_the_stated_reversal() -> None:
    assert [leg.falling for leg in phases([100, 120, 108.0], 10)] == [True, False]
    assert [leg.falling for leg in phases([100, 120, 108.1], 10)] == [True]


def test_a_doubled_rate_is_a_loss_of_half() -> None:
    assert value_change(50, 100) == -50


# --- vantages and robustness


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("claim", list(ANALYSES))
def test_the_same_findings_are_returned_at_every_date(library: Library, claim: str, day: date) -> None:
    assert list(found(library.at(day), claim)) == list(found(library.at(LATER), claim))


@pytest.mark.parametrize("claim", list(ANALYSES))
def test_no_source_is_indispensable_for_the_code(library: Library, claim: str) -> None:
    ev = library.at(LATER)
    names = list(found(ev, claim))
    for source in {one for each in found(ev, claim).values() for one in each.sources}:
        assert list(found(ev.without_source(source), claim)) == names


@pytest.mark.parametrize("claim", list(ANALYSES))
def test_without_any_source_every_finding_is_missing(library: Library, claim: str) -> None:
    ev = library.at(LATER)
    bare = ev.without_source(
        *{row[key] for name in TABLES for row in read(name) for key in ("source_id", "source_id_2")}
    )
    assert all(one.value is None for one in found(bare, claim).values())


@pytest.mark.parametrize("claim", list(ANALYSES))
def test_findings_at_the_articles_date_use_no_later_row(library: Library, claim: str) -> None:
    later = {row for name in TABLES for row in library.whole(f"economy/{name}").query("known_on > '2023-10-09'")["row"]}
    assert not later & {row for one in found(library.at(THEN), claim).values() for row in one.rows}


@pytest.mark.parametrize("claim", list(ANALYSES))
def test_the_order_of_rows_does_not_matter(library: Library, claim: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ev = library.at(LATER)
    before = values(ev, claim)
    shuffled = {}
    for name in TABLES:
        frame = ev.table(f"economy/{name}")
        order = list(range(len(frame)))
        random.Random(7).shuffle(order)
        shuffled[f"economy/{name}"] = frame.iloc[order]
    monkeypatch.setattr(Evidence, "table", lambda self, name: shuffled[name])
    assert values(ev, claim) == before


def test_a_year_in_progress_knows_no_outcome_of_its_own(library: Library) -> None:
    assert "2023" not in (found(library.at(THEN), "economy-outlook")["gdp_error"].sentence)


def test_the_forecast_published_the_day_after_the_article_is_not_used(library: Library) -> None:
    assert values(library.at(THEN), "economy-outlook")["outlook_growth"] == 1.5
    assert values(library.at(date(2023, 10, 10)), "economy-outlook")["outlook_growth"] == 1.1


def test_the_leaked_document_is_too_old_to_count_after_a_year_and_a_half(library: Library) -> None:
    assert values(library.at(date(2025, 1, 24)), "economy-defence-share")["document_gap"] is not None
    assert values(library.at(date(2025, 1, 25)), "economy-defence-share")["document_gap"] is None


def test_no_denial_on_record_is_a_gap_and_not_a_confirmation(library: Library) -> None:
    assert values(library.at(LATER), "economy-fuel")["denied"] is None


def test_trend_compares_by_month_since_the_earlier_span_begins_with_the_war(library: Library) -> None:
    dates = [date.fromisoformat(row["date"]) for row in read("elite_deaths", THEN) if row["circle"] != "other"]
    invasion, middle = date(2022, 2, 24), THEN - timedelta(days=365)
    recent = sum(middle < one for one in dates) / 365
    older = sum(invasion <= one <= middle for one in dates) / (middle - invasion).days
    assert values(library.at(THEN), "economy-elite-deaths")["trend"] == pytest.approx(recent / older)


def test_a_fuel_record_that_has_ended_shows_no_calm(library: Library) -> None:
    rows = read("fuel", LATER)
    short = max(row["date"] for row in rows if row["kind"] in ("shortage_report", "rationing"))
    end = max(row["date"] for row in rows)
    months = (date.fromisoformat(end) - date.fromisoformat(short)).days / 30.44
    assert values(library.at(LATER), "economy-fuel")["recency"] == pytest.approx(months)


def test_too_few_recent_deaths_make_no_trend(library: Library) -> None:
    assert values(library.at(LATER), "economy-elite-deaths")["trend"] is None


def test_reported_illness_without_death_stays_untested(library: Library) -> None:
    assert values(library.at(LATER), "economy-elite-deaths")["fell_ill"] is None


def test_a_figure_without_its_own_total_is_divided_by_the_total_known_with_it(library: Library) -> None:
    made = next(
        one
        for one in shares(Rows(library.at(LATER).table("economy/budget")))
        if (one.row.year, one.row.budget_vintage) == (2024, "2023-2025 draft (Sep 2022)")
    )
    assert made.total is not None
    assert made.total.budget_vintage == "2023-2025 law (Nov-Dec 2022)"


def test_errors_by_forecaster_are_means_of_outcome_minus_forecast(library: Library) -> None:
    from casefile.pillars.economy.outlook import by_forecaster, gdp_errors

    ordered = sorted(Rows(library.at(LATER).picked("economy/macro")), key=lambda one: (one.known_on, one.row))
    errors = gdp_errors([one for one in ordered if one.is_forecast], [one for one in ordered if not one.is_forecast])
    groups = by_forecaster(errors)
    rows = pd.DataFrame(read("macro", LATER)).query("indicator == 'gdp_growth_yoy' and period == 'year'")
    rows = rows.assign(value=rows["value"].astype(float))
    told = rows[(rows["is_forecast"] == "false") & (rows["forecaster"] != "novak-statement")]
    actual = told.sort_values("known_on").groupby("period_end")["value"].last()
    made = rows[(rows["is_forecast"] == "true") & (rows["forecaster"] == "world-bank")]
    made = made[(made["date"] >= "2022-02-24") & (made["date"] <= made["period_end"])]
    expected = (made["period_end"].map(actual) - made["value"]).dropna()
    assert len(expected) == len(groups["world-bank"])
    assert sum(one.points for one in groups["world-bank"]) / len(expected) == pytest.approx(expected.mean())
