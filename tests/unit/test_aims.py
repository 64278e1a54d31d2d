"""The aims pillar: key numbers recomputed by other means, early dates, missing sources, order of rows, charts."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import Any

import pytest

from casefile.evidence.claims import read_claims
from casefile.evidence.library import Evidence, Library
from casefile.figures.registry import charts_for
from casefile.model import ARTICLE_DATE, FIRST_AS_OF, Finding
from casefile.paths import DATA
from casefile.pillars.aims import ANALYSES
from casefile.verdicts.engine import Court

CLAIMS = {name: claim for name, claim in read_claims(DATA).items() if name.startswith("aims-")}
LATER = date(2026, 3, 31)


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(DATA)


def found(claim: str, evidence: Evidence, **choice: Any) -> dict[str, Finding]:
    narrow = evidence.only(CLAIMS[claim].tables)
    return {one.id.removeprefix(f"{claim}."): one for one in ANALYSES[claim](narrow, **choice)}


def rows(table: str, as_of: date, **like: str) -> list[dict[str, str]]:
    """Rows straight from the CSV, known on a day, oldest first."""
    with (DATA / "aims" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        kept = [row for row in csv.DictReader(file) if row["known_on"] <= as_of.isoformat()]
    return sorted((row for row in kept if all(row[k] == v for k, v in like.items())), key=lambda row: row["date"])


@pytest.mark.parametrize("as_of", [ARTICLE_DATE, LATER], ids=str)
def test_overlap_on_the_named_issues_is_the_sum_of_the_newest_codings(library: Library, as_of: date) -> None:
    worth = {"none": 0, "partial": 1, "full": 2}
    newest = [
        rows("positions", as_of, issue=issue)[-1]["overlap"] for issue in ("territory", "war_crimes", "reparations")
    ]
    value = found("aims-no-bargaining", library.at(as_of))["named_overlap"].value
    assert value == pytest.approx(100 * sum(worth[one] for one in newest) / 6)


def test_at_the_article_nothing_of_the_drafts_of_2022_is_known(library: Library) -> None:
    spring = found("aims-no-bargaining", library.at(ARTICLE_DATE))["spring_2022"]
    assert all("2022-03-29" in row for row in spring.rows)
    later = found("aims-no-bargaining", library.at(date(2024, 12, 31)))["spring_2022"]
    assert any("2022-04-15" in row for row in later.rows)


def test_private_signals_appear_on_the_day_of_the_first_report_and_not_before(library: Library) -> None:
    day = date.fromisoformat(min(row["known_on"] for row in rows("statements", LATER, channel="unnamed_sources")))
    assert found("aims-no-bargaining", library.at(day - timedelta(days=1)))["signals"].value is None
    assert found("aims-no-bargaining", library.at(day))["signals"].value >= 1


def test_months_without_change_are_counted_between_terms_not_to_the_vantage(library: Library) -> None:
    open_channels = {"on_record", "document"}
    terms = [row for row in rows("statements", ARTICLE_DATE) if row["move"] and row["channel"] in open_channels]
    moved = [row for row in terms if row["move"] != "same"]
    days = (date.fromisoformat(terms[-1]["date"]) - date.fromisoformat(moved[-1]["date"])).days
    value = found("aims-no-bargaining", library.at(ARTICLE_DATE))["months_unchanged"].value
    assert value == pytest.approx(days / 30.44)


def test_steps_before_the_article_were_all_steps_apart(library: Library) -> None:
    then = found("aims-no-bargaining", library.at(ARTICLE_DATE))
    assert then["steps_towards"].value == 0
    assert then["steps_apart"].value == len(
        [row for row in rows("statements", ARTICLE_DATE, move="wider") if row["date"] >= "2022-03-30"]
    )


def test_counting_the_side_that_moved_less_never_counts_more(library: Library) -> None:
    evidence = library.at(LATER)
    least = found("aims-no-bargaining", evidence, by_side="least")["steps_towards"].value
    total = found("aims-no-bargaining", evidence)["steps_towards"].value
    assert least <= total


@pytest.mark.parametrize(("land", "how"), [("lowest", min), ("highest", max)])
def test_territory_can_be_taken_by_its_hardest_or_softest_part(library: Library, land: str, how: Any) -> None:
    worth = {"none": 0, "partial": 1, "full": 2}
    ground = how(worth[rows("positions", LATER, issue=one)[-1]["overlap"]] for one in ("territory", "donbas", "crimea"))
    others = sum(worth[rows("positions", LATER, issue=one)[-1]["overlap"]] for one in ("war_crimes", "reparations"))
    value = found("aims-no-bargaining", library.at(LATER), land=land)["named_overlap"].value
    assert value == pytest.approx(100 * (ground + others) / 6)


def test_a_record_that_has_ended_is_judged_at_its_end(library: Library) -> None:
    stale = Library(DATA)
    for name, rows_before in _only_before(library, "2022-06-01").items():
        stale._tables[name] = rows_before.reset_index(drop=True)
    late = {name: one.value for name, one in found("aims-no-bargaining", stale.at(ARTICLE_DATE)).items()}
    early = {name: one.value for name, one in found("aims-no-bargaining", stale.at(date(2022, 6, 1))).items()}
    assert late["months_unchanged"] == early["months_unchanged"]


def _only_before(library: Library, day: str) -> dict[str, Any]:
    tables = ("aims/statements", "aims/positions")
    return {name: library.whole(name)[library.whole(name)["date"] < day] for name in tables}


@pytest.mark.parametrize("as_of", [ARTICLE_DATE, LATER], ids=str)
def test_speakers_are_the_officials_on_record_in_two_years(library: Library, as_of: date) -> None:
    start = as_of.replace(year=as_of.year - 2).isoformat()
    said = [
        row["actor"]
        for row in rows("statements", as_of, side="russia")
        if row["gist"] in ("end_of_state", "one_people")
        and row["office"] in ("official", "head_of_state")
        and row["date"] >= start
    ]
    assert found("aims-rhetoric", library.at(as_of))["speakers"].value == len(set(said))


def test_the_remark_of_the_inquiry_is_hedged_at_both_vantages(library: Library) -> None:
    for as_of in (ARTICLE_DATE, LATER):
        assert found("aims-rhetoric", library.at(as_of))["un_level"].value == 1


def test_the_remark_is_unknown_the_day_before_it_was_made(library: Library) -> None:
    assert found("aims-rhetoric", library.at(date(2023, 9, 24)))["un_remark"].value is False


def test_the_interview_is_counted_from_its_airing_and_its_recording_is_told(library: Library) -> None:
    (row,) = rows("statements", ARTICLE_DATE, actor="Andrey Mordvichev")
    gap = (date.fromisoformat(row["date"]) - date.fromisoformat(row["recorded_by"])).days
    then = found("aims-beyond", library.at(ARTICLE_DATE))
    assert then["recorded_before"].value == pytest.approx(gap / 30.44)
    assert "leading question" in then["recorded_before"].sentence


def test_answers_to_leading_questions_can_be_left_out(library: Library) -> None:
    evidence = library.at(ARTICLE_DATE)
    free = found("aims-beyond", evidence, prompted_counts=False)["officers"].value
    assert free == found("aims-beyond", evidence)["officers"].value - 1


def test_denials_are_counted_only_from_the_day_they_were_made(library: Library) -> None:
    for as_of in (ARTICLE_DATE, LATER):
        assert found("aims-beyond", library.at(as_of))["denials"].value == len(
            rows("statements", as_of, gist="beyond_denied")
        )


@pytest.mark.parametrize("as_of", [ARTICLE_DATE, LATER], ids=str)
def test_people_wanted_are_the_sum_of_the_warrants(library: Library, as_of: date) -> None:
    total = sum(float(row["value"]) for row in rows("accountability", as_of, step="warrant"))
    assert found("aims-icc", library.at(as_of))["wanted"].value == total


def test_the_running_total_of_the_sources_agrees_with_the_sum_of_warrants(library: Library) -> None:
    told = float(rows("accountability", LATER, step="warrants_total")[-1]["value"])
    assert found("aims-icc", library.at(LATER))["wanted"].value == told


def test_nothing_is_enforced_and_no_body_is_in_force(library: Library) -> None:
    for as_of in (ARTICLE_DATE, LATER):
        values = found("aims-icc", library.at(as_of))
        assert (values["enforcement"].value, values["in_force"].value) == (0, 0)


def test_an_arrest_lowers_the_verdict(library: Library) -> None:
    evidence = library.at(LATER)
    row = evidence.table("aims/accountability").iloc[-1].to_dict()
    arrest = evidence.with_row("aims/accountability", {**row, "step": "arrest", "act": "arrest"})
    assert found("aims-icc", arrest)["enforcement"].value == 1


@pytest.mark.parametrize("claim", list(ANALYSES))
@pytest.mark.parametrize(
    "as_of", [FIRST_AS_OF, date(2022, 3, 29), date(2022, 7, 1), date(2023, 3, 31), ARTICLE_DATE, LATER], ids=str
)
def test_every_finding_that_the_rule_names_is_returned_at_any_date(library: Library, claim: str, as_of: date) -> None:
    got = found(claim, library.at(as_of))
    rule = CLAIMS[claim]
    named = {test.finding for test in rule.tests} | {*rule.against, *rule.reply_findings, rule.headline}
    assert named <= set(got)
    assert all(one.sentence for one in got.values())


@pytest.mark.parametrize("claim", list(ANALYSES))
@pytest.mark.parametrize("as_of", [ARTICLE_DATE, LATER], ids=str)
def test_no_source_left_out_breaks_an_analysis(library: Library, claim: str, as_of: date) -> None:
    evidence = library.at(as_of)
    used = {source for one in found(claim, evidence).values() for source in one.sources}
    for source in used:
        assert found(claim, evidence.without_source(source))
    assert found(claim, evidence.without_source(*library.sources))


@pytest.mark.parametrize("claim", list(ANALYSES))
def test_order_of_rows_does_not_matter(claim: str) -> None:
    straight, shuffled = Library(DATA), Library(DATA)
    for table in CLAIMS[claim].tables:
        shuffled._tables[table] = straight.whole(table).sample(frac=1, random_state=7).reset_index(drop=True)
    assert found(claim, straight.at(LATER)) == found(claim, shuffled.at(LATER))


@pytest.mark.parametrize("claim", list(ANALYSES))
def test_every_alternative_is_a_recomputation_that_matters_at_some_date(court: Court, claim: str) -> None:
    days = [date(2022, 12, 31), ARTICLE_DATE, date(2024, 1, 31), date(2024, 6, 30), date(2025, 8, 15), LATER]
    usual = {day: _values(claim, court.library.at(day)) for day in days}
    for one in CLAIMS[claim].alternatives:
        if one.set:
            assert any(_values(claim, court.library.at(day), **one.set) != usual[day] for day in days), one.id


def _values(claim: str, evidence: Evidence, **choice: Any) -> dict[str, Any]:
    return {name: one.value for name, one in found(claim, evidence, **choice).items()}


@pytest.mark.parametrize("claim", list(ANALYSES))
@pytest.mark.parametrize("as_of", [FIRST_AS_OF, date(2022, 6, 30), ARTICLE_DATE, LATER], ids=str)
def test_charts_are_drawn_at_any_date(court: Court, claim: str, as_of: date) -> None:
    verdict = court.judge(court.claim(claim), court.library.at(as_of), robust=False)
    for chart in charts_for(claim, verdict, court.library.at(as_of)):
        assert chart.title
        assert chart.alt
        assert chart.last_date is None or chart.last_date <= as_of.isoformat()


def test_no_row_of_a_moment_is_known_before_the_later_of_its_two_positions() -> None:
    for row in rows("positions", LATER):
        assert row["known_on"] >= row["date"]
        if row["date"] == "2022-04-15":
            assert row["known_on"] >= "2024-03-01"


def test_money_from_frozen_assets_is_summed_from_the_day_it_was_told(library: Library) -> None:
    first = date(2024, 7, 26)
    assert found("aims-icc", library.at(first - timedelta(days=1)))["proceeds"].value is None
    assert found("aims-icc", library.at(first))["proceeds"].value == 1.5
    told = rows("accountability", LATER, mechanism="asset_proceeds")
    assert found("aims-icc", library.at(LATER))["proceeds"].value == sum(float(row["value"]) for row in told)
