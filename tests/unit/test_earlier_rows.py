"""The number of the article's date leads to its own observations, not only to today's."""

from __future__ import annotations

import pytest

from casefile.evidence.library import Library
from casefile.model import ARTICLE_DATE, Pillar
from casefile.show import cards
from casefile.verdicts.engine import Court

COURT = Court(Library())


@pytest.mark.parametrize("pillar", [one.value for one in Pillar])
def test_each_number_of_the_articles_date_shows_rows_that_were_known_then(pillar: str) -> None:
    rows = {name: COURT.library.whole(name) for name in COURT.library.descriptors}
    known = {row: day for table in rows.values() for row, day in zip(table["row"], table["known_on"], strict=True)}
    for claim in COURT.of(pillar):
        verdicts = {
            "then": COURT.verdict(claim.id, ARTICLE_DATE),
            "now": COURT.verdict(claim.id, COURT.library.newest),
        }
        wanted = 0
        for then in verdicts["then"].findings:
            now = verdicts["now"].finding(then.id)
            if now is not None and then.value is not None and then.rows:
                wanted += set(then.rows) != set(now.rows)
                assert all(known[row].date() <= ARTICLE_DATE for row in then.rows), then.id
        page = str(cards.findings_card(claim, verdicts, COURT.library))
        assert page.count('class="cf cf-earlier"') == wanted, claim.id
