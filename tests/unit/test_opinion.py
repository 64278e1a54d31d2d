"""The opinion pillar: key numbers recomputed by other means, early dates, missing sources, order of rows."""

from __future__ import annotations

import csv
import math
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from casefile.evidence.library import Evidence, Library
from casefile.figures.registry import charts_for
from casefile.model import ARTICLE_DATE, FIRST_AS_OF, Finding
from casefile.paths import DATA
from casefile.pillars.opinion import ANALYSES
from casefile.pillars.opinion.message_facts import AID_BN, BUDGET_SHARE, HELD
from casefile.pillars.opinion.waves import Estimate, Wave, every, pooled, slope
from casefile.verdicts.engine import Court

LATER = date(2026, 3, 31)
TABLES = {
    "opinion-decline": ["opinion/polls"],
    "opinion-biden": ["opinion/polls", "opinion/approval"],
    "opinion-information": ["opinion/information", "opinion/polls"],
    "opinion-message-facts": ["opinion/aid_cost", "battlefield/territory"],
}


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(DATA)


def found(claim: str, evidence: Evidence, **choice: Any) -> dict[str, Finding]:
    return {one.id.removeprefix(f"{claim}."): one for one in ANALYSES[claim](evidence.only(TABLES[claim]), **choice)}


def rows(table: str, as_of: date, **like: str) -> list[dict[str, str]]:
    """Rows straight from the CSV, known on a day, oldest first."""
    with (DATA / "opinion" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        kept = [row for row in csv.DictReader(file) if row["known_on"] <= as_of.isoformat()]
    return sorted((row for row in kept if all(row[k] == v for k, v in like.items())), key=lambda row: row["date"])


def share(series: str, group: str, response: str, poll: str) -> float:
    (row,) = rows("polls", LATER, series=series, subgroup=group, response=response, poll_id=poll)
    return float(row["pct"])


def test_pooling_equals_statsmodels() -> None:
    combine = pytest.importorskip("statsmodels.stats.meta_analysis").combine_effects
    values, variances = [19.4, 7.1, 2.0, 33.0, -3.0], [9.0, 4.0, 25.0, 16.0, 1.0]
    ours = pooled([Estimate(str(n), v, s, (n,)) for n, (v, s) in enumerate(zip(values, variances, strict=True))])
    theirs = combine(np.array(values), np.array(variances), method_re="dl").summary_frame().loc["random effect"]
    assert ours is not None
    assert [ours.value, ours.low, ours.high] == pytest.approx([theirs["eff"], theirs["ci_low"], theirs["ci_upp"]])


def test_slope_equals_weighted_least_squares() -> None:
    sm = pytest.importorskip("statsmodels.api")
    waves = [Wave(0, 7, 2, 0), Wave(310, 26, 1, 1), Wave(450, 28, 1.5, 2)]
    x = np.array([wave.day for wave in waves]) / 365.25
    fit = sm.WLS([7, 26, 28], sm.add_constant(x), weights=[1 / 2, 1, 1 / 1.5]).fit()
    ours = slope("one", waves)
    assert ours is not None
    assert ours.value == pytest.approx(fit.params[1])


def test_slope_needs_waves_four_months_apart() -> None:
    assert slope("one", [Wave(0, 52, 2, 0), Wave(7, 45, 2, 1)]) is None


def test_slope_of_two_waves_is_their_difference_a_year() -> None:
    ours = slope("one", [Wave(0, 10, 1, 0), Wave(731, 30, 9, 1)])
    assert ours is not None
    assert ours.value == pytest.approx(20 / (731 / 365.25))
    assert math.sqrt(ours.variance) == pytest.approx(math.sqrt(10) / (731 / 365.25))


def test_decline_then_is_steeper_among_republicans(library: Library) -> None:
    now = found("opinion-decline", library.at(ARTICLE_DATE))
    assert now["republican-trend"].value < now["democrat-trend"].value < 0  # type: ignore[operator]
    assert now["party-gap"].high < 0  # type: ignore[operator]


def test_last_months_before_the_article_recomputed(library: Library) -> None:
    gap = found("opinion-decline", library.at(ARTICLE_DATE), how="mean")["recent-gap"].value

    def rise(series: str, response: str, polls: tuple[str, str], sign: int) -> float:
        sides = [
            share(series, g, response, polls[1]) - share(series, g, response, polls[0])
            for g in ("republican", "democrat")
        ]
        return -sign * (sides[0] - sides[1])

    expected = [
        rise("pew-aid-level", "too-much", ("pew-2023-01", "pew-2023-06"), 1),
        rise("abc-wapo-aid-level", "too-much", ("abc-wapo-2023-02", "abc-wapo-2023-09"), 1),
        rise("ipsos-should-provide-weapons", "agree", ("ipsos-2023-05", "ipsos-2023-10"), -1),
    ]
    assert gap == pytest.approx(sum(expected) / 3)


def test_series_are_never_mixed(library: Library) -> None:
    """A single wave of another wording, however extreme, cannot move a trend."""
    evidence = library.at(ARTICLE_DATE)
    other = evidence.table("opinion/polls").iloc[0].to_dict()
    other |= {"series": "another-wording", "poll_id": "x", "row": "opinion/polls:x", "pct": 99.0, "subgroup": "all"}
    changed = evidence.with_row("opinion/polls", other)
    before, after = (found("opinion-decline", one) for one in (evidence, changed))
    assert [one.value for one in before.values()] == [one.value for one in after.values()]


def test_support_rose_in_the_newest_year(library: Library) -> None:
    assert found("opinion-decline", library.at(LATER))["last-year"].low > 0  # type: ignore[operator]


def test_turn_of_2025_recomputed_for_three_pollsters(library: Library) -> None:
    sentence = found("opinion-biden", library.at(LATER))["turn-2025"].sentence
    pew = share("pew-aid-level", "republican", "too-much", "pew-2024-11") - share(
        "pew-aid-level", "republican", "too-much", "pew-2025-08"
    )
    gallup = share("gallup-aid-level", "republican", "too-much", "gallup-2024-12") - share(
        "gallup-aid-level", "republican", "too-much", "gallup-2025-08"
    )
    reagan = share("reagan-military-aid", "republican", "support", "reagan-2025-10") - share(
        "reagan-military-aid", "republican", "support", "reagan-2024-11"
    )
    for name, value in (("Pew", pew), ("Gallup", gallup), ("Reagan Institute", reagan)):
        assert f"{name} +{value:.0f}" in sentence


def test_change_of_president_is_unknown_before_it_happened(library: Library) -> None:
    then = found("opinion-biden", library.at(date(2025, 1, 15)))
    assert {then["turn-2025"].value, then["first-months-2025"].value} == {None}


def test_low_of_march_2025_falls_after_biden(library: Library) -> None:
    low = found("opinion-biden", library.at(LATER))["lowest-point"]
    held = rows("polls", LATER, series="chicago-council-arms", subgroup="republican")
    assert low.value == min(float(row["pct"]) for row in held)
    assert "March 2025, after Biden had left" in low.sentence


def test_approval_change_recomputed_with_pandas(library: Library) -> None:
    ours = found("opinion-biden", library.at(ARTICLE_DATE), how="mean")["approval-change"].value
    table = pd.DataFrame(rows("approval", ARTICLE_DATE, president="Biden", measure="job", subgroup="all"))
    table = table[(table["approve_pct"] != "") & (table["pollster"] != "FiveThirtyEight average")]
    table = table.assign(approve=table["approve_pct"].astype(float), day=pd.to_datetime(table["date"]))
    half = pd.Timedelta(days=6 * 365.25 / 12)
    start, end = pd.Timestamp(FIRST_AS_OF), pd.Timestamp(ARTICLE_DATE)
    early = table[(table["day"] >= start) & (table["day"] < start + half)].groupby("pollster")["approve"].mean()
    late = table[(table["day"] >= end - half) & (table["day"] < end)].groupby("pollster")["approve"].mean()
    assert ours == pytest.approx((late - early).dropna().mean())


def test_republican_gain_is_after_less_before(library: Library) -> None:
    (row,) = rows("information", LATER, experiment_id="reagan-2023-06-facts", subgroup="republican")
    gain = found("opinion-information", library.at(ARTICLE_DATE))["republican-gain"].value
    assert gain == float(row["after_pct"]) - float(row["before_pct"])


def test_democratic_gain_rests_on_the_article_alone(library: Library) -> None:
    gain = found("opinion-information", library.at(ARTICLE_DATE))["democrat-gain"]
    assert gain.sources == ("fp-oped-2023-10",)


def test_without_its_confirmation_the_republican_gain_is_unconfirmed(library: Library) -> None:
    evidence = library.at(ARTICLE_DATE).without_source("hotair-2023-07-07")
    confirmed = found("opinion-information", evidence)["figures-confirmed"].value
    assert confirmed == 0.0


def test_claimed_message_equals_the_survey_wording() -> None:
    told = {row["item"]: float(row["value"]) for row in rows("aid_cost", LATER, producer="Survey text")}
    names = ("military-aid", "share-of-military-budget", "territory-held")
    assert [told[f"survey-wording-{name}"] for name in names] == [AID_BN, BUDGET_SHARE, HELD]


def test_official_share_of_the_budget_recomputed(library: Library) -> None:
    share_found = found("opinion-message-facts", library.at(ARTICLE_DATE))["share-official"].value
    (aid,) = rows("aid_cost", LATER, item="us-security-assistance-cumulative-since-2022-02-24", date="2023-06-09")
    (budget,) = rows("aid_cost", LATER, item="us-defense-budget-fy2023")
    assert share_found == pytest.approx(100 * float(aid["value"]) / float(budget["value"]))


def test_request_of_august_2023_is_not_taken_for_the_told_cost(library: Library) -> None:
    cited = found("opinion-message-facts", library.at(LATER))["aid-official"].rows
    assert not any("supplemental-request" in row for row in cited)


def test_survey_own_figure_is_no_evidence_for_territory(library: Library) -> None:
    cited = found("opinion-message-facts", library.at(ARTICLE_DATE), when="survey")["territory-held"]
    assert cited.origins
    assert not any("stimulus" in one for one in cited.origins)


@pytest.mark.parametrize("claim", sorted(ANALYSES))
def test_every_finding_is_returned_on_the_first_day(claim: str, library: Library) -> None:
    assert set(found(claim, library.at(FIRST_AS_OF))) == set(found(claim, library.at(LATER)))


@pytest.mark.parametrize("claim", sorted(ANALYSES))
def test_no_source_is_indispensable_to_the_code(claim: str, library: Library) -> None:
    evidence = library.at(LATER)
    whole = found(claim, evidence)
    for source in {source for one in whole.values() for source in one.sources}:
        assert set(found(claim, evidence.without_source(source))) == set(whole)


@pytest.mark.parametrize("claim", sorted(ANALYSES))
def test_nothing_at_all_leaves_every_finding_without_value(claim: str, library: Library) -> None:
    evidence = library.at(LATER)
    sources = {source for one in found(claim, evidence).values() for source in one.sources}
    for table in TABLES[claim]:
        frame = evidence.table(table)
        sources |= set(frame["source_id"]) | set(frame["source_id_2"])
    assert {one.value for one in found(claim, evidence.without_source(*sources)).values()} == {None}


@pytest.mark.parametrize("claim", sorted(ANALYSES))
def test_order_of_rows_does_not_matter(claim: str, library: Library) -> None:
    shuffled = Library(DATA)
    for table in TABLES[claim]:
        shuffled._tables[table] = library.whole(table).sample(frac=1, random_state=7).reset_index(drop=True)
    straight, other = (found(claim, one.at(LATER)) for one in (library, shuffled))
    for name, one in straight.items():
        assert one.value == pytest.approx(other[name].value), name
        assert one.sentence == other[name].sentence, name


@pytest.mark.parametrize("claim", sorted(ANALYSES))
def test_findings_rest_only_on_rows_known_on_the_day(claim: str, library: Library) -> None:
    for one in found(claim, library.at(ARTICLE_DATE)).values():
        for row in one.rows:
            frame = library.whole(row.split(":")[0])
            assert (frame.loc[frame["row"] == row, "known_on"] <= pd.Timestamp(ARTICLE_DATE)).all(), row


@pytest.mark.parametrize("as_of", [FIRST_AS_OF, ARTICLE_DATE, LATER], ids=str)
@pytest.mark.parametrize("claim", sorted(ANALYSES))
def test_charts_are_drawn_from_rows_known_on_the_day(claim: str, as_of: date, court: Court) -> None:
    evidence = court.library.at(as_of)
    for chart in charts_for(claim, court.verdict(claim, as_of, robust=False), evidence.only(TABLES[claim])):
        assert chart.title
        assert chart.last_date is None or chart.last_date <= as_of.isoformat()


@pytest.mark.parametrize("as_of", [ARTICLE_DATE, LATER], ids=str)
def test_told_cost_is_held_to_the_newest_official_total(library: Library, as_of: date) -> None:
    held = rows("aid_cost", as_of, item="us-security-assistance-cumulative-since-2022-02-24")
    newest = float(max(held, key=lambda row: (row["date"], float(row["value"])))["value"])
    ours = found("opinion-message-facts", library.at(as_of))["aid-newest-shortfall"].value
    assert ours == pytest.approx(100 * (newest - 24) / newest)


def test_sampled_findings_say_so_and_ranges_do_not(library: Library) -> None:
    decline, biden = (found(name, library.at(ARTICLE_DATE)) for name in ("opinion-decline", "opinion-biden"))
    assert {decline[one].sampling for one in ("pooled-trend", "party-gap", "recent-gap")} == {True}
    assert not biden["cause-held"].sampling


def test_the_interval_of_the_last_two_waves_is_told(library: Library) -> None:
    gap = found("opinion-decline", library.at(ARTICLE_DATE))["recent-gap"]
    assert gap.low is not None
    assert gap.low < 0 < (gap.high or 0)
    assert "95% interval" in gap.sentence
    assert gap.sentence.endswith("not distinguishable from no difference.")


def test_a_trend_says_in_the_direction_of_its_value_and_owns_up_to_a_zero_inside_its_interval(library: Library) -> None:
    for when in (ARTICLE_DATE, LATER):
        for name, one in found("opinion-decline", library.at(when)).items():
            if not name.endswith("trend") and name not in ("last-year", "whole-war"):
                continue
            assert one.low is not None
            assert one.high is not None
            assert isinstance(one.value, float)
            assert one.low <= one.value <= one.high
            assert (" rose by " in one.sentence) == (one.value > 0)
            assert ("not distinguishable from no change" in one.sentence) == (one.low <= 0 <= one.high)


def test_a_source_left_out_leaves_the_waves_of_the_other_questions_the_same_objects() -> None:
    """What is computed of a question is kept under its waves: of equal but other objects it would be computed anew."""
    evidence = Library(DATA).at(date(2024, 6, 30))
    polls = evidence.picked("opinion/polls")
    source = min(evidence.sole_sources(["opinion/polls"]))
    whole, less = every(polls), every(evidence.without_source(source).picked("opinion/polls"))
    lost = {key for key in whole if less.get(key) is not whole[key]}
    reported = {key for key, by in zip(polls.values("series"), polls.values("source_id"), strict=True) if by == source}
    assert {key[0] for key in lost} <= reported
    assert 0 < len(lost) < len(whole) / 2


def test_claims_that_leave_out_the_same_source_share_the_rows_that_stay() -> None:
    evidence = Library(DATA).at(date(2024, 6, 30))
    source = min(evidence.sole_sources(["opinion/polls"]))
    one, other = (evidence.only(TABLES[name]).without_source(source) for name in ("opinion-decline", "opinion-biden"))
    assert one.picked("opinion/polls") is other.picked("opinion/polls")
    assert len(one.picked("opinion/polls")) < len(evidence.picked("opinion/polls"))
