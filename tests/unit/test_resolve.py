"""Ukrainian resolve: key numbers recomputed from the table, early dates, sources left out, what was known when."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import pytest

from casefile.evidence.library import Evidence, Library
from casefile.model import ARTICLE_DATE, Finding
from casefile.paths import DATA
from casefile.pillars.resolve import ANALYSES
from casefile.pillars.resolve.questions import LAND, QUESTIONS
from casefile.pillars.resolve.waves import Polls, Wave, breaks, half_interval, year_before

TABLE = "resolve/polls"
LATE = date(2026, 3, 31)
RAW = pd.read_csv(DATA / "resolve" / "polls.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(DATA)


def found(ev: Evidence, claim: str, **choice: object) -> dict[str, Finding]:
    return {one.id.removeprefix(f"{claim}."): one for one in ANALYSES[claim](ev, **choice)}


def plain(series: str, response: str, known_by: str, group: str = "all") -> list[tuple[str, float]]:
    """Date and share of each wave, first published report each, straight from the file."""
    rows = RAW[
        (RAW.series == series)
        & (RAW.response == response)
        & (RAW.subgroup == group)
        & (RAW.known_on <= known_by)
        & ~RAW.reading.isin(["revised", "first-cut"])
    ].sort_values(["date", "known_on"])
    first = rows.drop_duplicates("poll_id")
    return list(zip(first.date, first.pct.astype(float), strict=True))


# ---- numbers, recomputed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", [ARTICLE_DATE, date(2024, 12, 31), LATE], ids=str)
def test_land_is_the_newest_known_share_of_the_concessions_question(library: Library, as_of: date) -> None:
    expected = plain("kiis-territorial-concessions", "no-concessions", as_of.isoformat())[-1]
    land = found(library.at(as_of), "resolve-level")["land"]
    assert (land.date, land.value) == expected


@pytest.mark.parametrize("as_of", [ARTICLE_DATE, date(2024, 12, 31), LATE], ids=str)
def test_both_pollsters_are_held_to_a_year_before_the_article(library: Library, as_of: date) -> None:
    stable = found(library.at(as_of), "resolve-stable")
    start = date(2022, 10, 9)
    for name, series, response in (
        ("since-baseline", "kiis-territorial-concessions", "no-concessions"),
        ("since-baseline-fight", "gallup-fight-until-victory", "fight-until-win"),
    ):
        waves = plain(series, response, as_of.isoformat())
        _, before = min(waves[:-1], key=lambda one: (abs((date.fromisoformat(one[0]) - start).days), one[0]))
        assert stable[name].value == pytest.approx(before - waves[-1][1])


@pytest.mark.parametrize("as_of", [ARTICLE_DATE, date(2024, 12, 31), LATE], ids=str)
def test_fight_is_the_newest_known_gallup_share(library: Library, as_of: date) -> None:
    expected = plain("gallup-fight-until-victory", "fight-until-win", as_of.isoformat())[-1]
    fight = found(library.at(as_of), "resolve-level")["fight"]
    assert (fight.date, fight.value) == expected


def test_fall_since_the_article_is_the_difference_of_two_waves(library: Library) -> None:
    then = plain("kiis-territorial-concessions", "no-concessions", ARTICLE_DATE.isoformat())[-1][1]
    now = plain("kiis-territorial-concessions", "no-concessions", LATE.isoformat())[-1][1]
    assert found(library.at(LATE), "resolve-level")["land-since"].value == then - now


def test_a_year_compares_with_the_wave_nearest_to_365_days_before(library: Library) -> None:
    waves = plain("kiis-territorial-concessions", "no-concessions", ARTICLE_DATE.isoformat())
    last_day, last = date.fromisoformat(waves[-1][0]), waves[-1][1]
    ages = [((last_day - date.fromisoformat(day)).days, pct) for day, pct in waves[:-1]]
    _, before = min((abs(age - 365), pct) for age, pct in ages if 243 <= age <= 487)
    assert found(library.at(ARTICLE_DATE), "resolve-stable")["land-year"].value == before - last


def test_median_over_pollsters_counts_each_pollster_once(library: Library) -> None:
    losses = found(library.at(ARTICLE_DATE), "resolve-losses")
    newest = [
        plain("kiis-know-killed-or-wounded", "have-killed-or-wounded", "2023-10-09")[-1][1],
        plain("razumkov-know-killed-or-wounded", "have-killed-or-wounded", "2023-10-09")[-1][1],
        plain("ndi-lost-friends-or-relatives", "yes", "2023-10-09")[-1][1],
    ]
    assert losses["pollsters"].value == sorted(newest)[1]


def test_interval_from_a_printed_error_is_that_error_at_one_half() -> None:
    rounding = 1.959964**2 / 12
    assert math.isclose(half_interval(50, math.nan, 3.4), math.sqrt(3.4**2 + rounding), rel_tol=1e-9)


def test_interval_from_a_sample_uses_the_design_effect() -> None:
    expected = 1.959964 * math.sqrt(1.5 * 84 * 16 / 2013 + 1 / 12)
    assert math.isclose(half_interval(84, 2013, math.nan), expected, rel_tol=1e-9)


def test_interval_of_a_region_is_wider_than_that_of_the_country() -> None:
    assert half_interval(75, 2013, math.nan, "east") > 2 * half_interval(75, 2013, math.nan)


def test_a_change_is_reported_with_an_interval_around_it(library: Library) -> None:
    fight = found(library.at(ARTICLE_DATE), "resolve-stable")["fight-year"]
    assert fight.low is not None
    assert fight.high is not None
    assert 0 < fight.low < fight.value < fight.high  # type: ignore[operator]


def wave(day: int, pct: float, half: float = 2.5) -> Wave:
    return Wave(day, day, pct, half, math.nan, (day,), "KIIS")


def test_a_step_is_found_as_one_break_at_its_place() -> None:
    level = [wave(n, pct) for n, pct in enumerate([84, 85, 84, 83, 60, 61, 59, 60])]
    assert [place for place, _ in breaks(level)] == [4]


def test_a_level_series_has_no_break() -> None:
    assert breaks([wave(n, 84 + n % 2) for n in range(10)]) == []


def test_no_year_before_when_all_waves_are_too_near() -> None:
    waves = [wave(0, 80), wave(100, 82), wave(200, 81)]
    assert year_before(waves, waves[-1]) is None


# ---- what was known when ---------------------------------------------------------------------------------------------


def test_the_poll_of_the_articles_own_day_is_admitted(library: Library) -> None:
    assert found(library.at(ARTICLE_DATE), "resolve-stable")["published"].value == 0


def test_the_poll_of_the_articles_own_day_is_not_known_the_day_before(library: Library) -> None:
    day_before = date(2023, 10, 8)
    assert found(library.at(day_before), "resolve-level")["fight"].value == 70
    assert found(library.at(day_before), "resolve-stable")["fight-year"].value is None


def test_the_poll_of_the_articles_own_day_can_be_left_out(library: Library) -> None:
    assert found(library.at(ARTICLE_DATE), "resolve-level", same_day=False)["fight"].value == 70


def test_the_wave_in_the_field_in_october_2023_is_not_known_in_october(library: Library) -> None:
    assert found(library.at(date(2023, 11, 30)), "resolve-stable")["field-wave"].value is None
    assert found(library.at(date(2023, 12, 31)), "resolve-stable")["field-wave"].value == 4


def test_back_values_are_known_only_from_the_later_report() -> None:
    back = RAW[RAW.reading == "back-value"]
    gap = pd.to_datetime(back.known_on) - pd.to_datetime(back.date)
    assert (gap.dt.days > 14).all()


def test_revised_averages_are_known_only_from_the_revision() -> None:
    assert (RAW[RAW.reading == "revised"].known_on >= "2024-11-01").all()


def test_revised_averages_replace_first_figures_only_when_asked_for(library: Library) -> None:
    polls = Polls(library.at(LATE).table(TABLE), averages=True)
    gallup = next(one for one in QUESTIONS if one.series == "gallup-fight-until-victory")
    assert [one.pct for one in polls.waves(gallup)][:2] == [73, 63]
    assert [one.pct for one in Polls(library.at(LATE).table(TABLE)).waves(gallup)][:2] == [70, 60]


def test_of_two_reports_the_first_counts_and_the_second_can_be_taken(library: Library) -> None:
    ev = library.at(LATE)
    assert found(ev, "resolve-losses")["lost"].value == 77
    assert found(ev, "resolve-losses", second_report=True)["lost"].value == 80


# ---- robustness of the code ------------------------------------------------------------------------------------------

MONTHS = pd.date_range("2022-02-28", "2026-08-31", freq="ME").date


@pytest.mark.parametrize("claim", sorted(ANALYSES))
def test_every_finding_is_returned_in_every_month(library: Library, claim: str) -> None:
    names = {one.id for one in ANALYSES[claim](library.at(LATE))}
    for as_of in [date(2022, 2, 24), *MONTHS]:
        assert {one.id for one in ANALYSES[claim](library.at(as_of))} == names


@pytest.mark.parametrize("claim", sorted(ANALYSES))
def test_any_source_may_be_missing(library: Library, claim: str) -> None:
    ev = library.at(LATE)
    names = {one.id for one in ANALYSES[claim](ev)}
    for source in sorted(set(RAW.source_id)):
        assert {one.id for one in ANALYSES[claim](ev.without_source(source))} == names


@pytest.mark.parametrize("claim", sorted(ANALYSES))
def test_the_order_of_rows_does_not_matter(claim: str) -> None:
    straight, shuffled = Library(DATA), Library(DATA)
    shuffled._tables[TABLE] = shuffled.whole(TABLE).sample(frac=1, random_state=7).reset_index(drop=True)
    first = [(one.id, one.value, one.low, one.high, one.sentence) for one in ANALYSES[claim](straight.at(LATE))]
    assert [(one.id, one.value, one.low, one.high, one.sentence) for one in ANALYSES[claim](shuffled.at(LATE))] == first


def test_a_new_wave_of_a_known_question_is_taken_up(library: Library) -> None:
    ev = library.at(LATE)
    rows = ev.table(TABLE)
    template = rows[(rows.series == LAND.series) & (rows.response == "no-concessions") & (rows.subgroup == "all")].iloc[
        -1
    ]
    new = {**template.to_dict(), "poll_id": "kiis-new", "date": ev.day, "known_on": ev.day, "pct": 61.0, "reading": ""}
    assert found(ev.with_row(TABLE, new), "resolve-level")["land"].value == 61


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda one: one.series)
def test_every_followed_question_has_its_answers_in_the_table(asked: object) -> None:
    answers = set(RAW[RAW.series == asked.series].response)  # type: ignore[attr-defined]
    assert set(asked.resolute) <= answers  # type: ignore[attr-defined]


def test_no_sentence_mixes_points_and_per_cent(library: Library) -> None:
    for claim in ANALYSES:
        for one in ANALYSES[claim](library.at(LATE)):
            assert "% points" not in one.sentence
            assert "nan" not in one.sentence


def test_waves_of_a_series_are_read_once_while_its_rows_stay_the_same(library: Library) -> None:
    """Other months, choices and left-out sources that leave a series as it is find its waves made."""
    evidence = library.at(LATE)
    polls = evidence.picked(TABLE)
    source = min(evidence.sole_sources([TABLE]))
    reported = {
        name for name, by in zip(polls.values("series"), polls.values("source_id"), strict=True) if by == source
    }
    whole, less = Polls(polls), Polls(evidence.without_source(source).picked(TABLE))
    same = [one for one in QUESTIONS if one.series not in reported and whole.waves(one)]
    assert same
    assert all(less.waves(one) is whole.waves(one) for one in same)
    assert Polls(polls, undecided="excluded").waves(LAND) != whole.waves(LAND)
    assert Polls(polls, design_effect=3.0).waves(LAND) != whole.waves(LAND)
