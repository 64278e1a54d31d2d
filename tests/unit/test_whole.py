"""The page of all verdicts: what lies behind a change of rating, and which new observation matters most."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from casefile.evidence.library import Library
from casefile.model import ARTICLE_DATE
from casefile.paths import DATA
from casefile.show import matters, reasons
from casefile.verdicts.kept import KeptCourt
from casefile.verdicts.would_change import also_moved

LATER = date(2026, 7, 1)


@pytest.fixture(scope="module")
def court() -> KeptCourt:
    return KeptCourt(Library(DATA))


def test_an_observation_is_named_in_words_with_the_day_it_became_known(court: KeptCourt) -> None:
    row = next(
        one for one in court.library.whole("aims/positions")["row"] if "2022-04-15" in one and one.endswith("sanctions")
    )
    known, words = reasons.observation(court.library, row) or ("", "")
    assert known == "2024-03-01"
    assert words.startswith("March–April 2022, Istanbul (Positions of the two sides")
    assert words.endswith("15 April 2022 (known on 1 March 2024)")


def test_a_code_of_the_tables_gives_way_to_the_publisher(court: KeptCourt) -> None:
    row = next(one for one in court.library.whole("economy/ruble")["row"] if "cbr-official" in one)
    _, words = reasons.observation(court.library, row) or ("", "")
    assert "cbr-official" not in words
    assert "Bank of Russia" in words


def test_no_row_of_an_unknown_name(court: KeptCourt) -> None:
    assert reasons.observation(court.library, "economy/ruble:nothing") is None


def test_what_left_the_span_is_told_when_fewer_observations_count(court: KeptCourt) -> None:
    before, after = court.verdict("aims-beyond", date(2025, 3, 31)), court.verdict("aims-beyond", LATER)
    told = str(reasons.why(court.library, before, after))
    assert "2 officers → 1 officer" in told
    assert "left the span that counts" in told


def test_nothing_that_became_known_after_the_second_day_is_named(court: KeptCourt) -> None:
    days = [ARTICLE_DATE, date(2024, 3, 31), date(2025, 3, 31), LATER]
    for first, second in pairwise(days):
        for name in court.claims:
            before, after = court.verdict(name, first), court.verdict(name, second)
            for result in after.results:
                finding = after.finding(result.test.finding)
                told = [reasons.observation(court.library, row) for row in (finding.rows if finding else ())]
                assert all(one is None or one[0] <= str(second) for one in told)
                assert str(reasons.why(court.library, before, after))


def test_what_moves_more_ratings_comes_first_and_really_moves_them(court: KeptCourt) -> None:
    found = matters.observations(court, LATER)
    assert [len(one.also) for one in found] == sorted((len(one.also) for one in found), reverse=True)
    for one in found:
        claim = court.claims[one.claim]
        assert one.claim not in one.also
        assert one.also == also_moved(court, claim, one.change, LATER)
        for name, rating in one.also.items():
            assert rating is not court.verdict(name, LATER).rating
            assert claim.probes[one.change.probe or 0].table in court.claims[name].tables


def test_a_threshold_moves_no_other_claim(court: KeptCourt) -> None:
    claim = court.claims["economy-ruble"]
    from casefile.verdicts.would_change import at_thresholds

    change = at_thresholds(court.verdict(claim.id, LATER))[0]
    assert also_moved(court, claim, change, LATER) == {}
