"""Congress: key numbers recomputed from the files in plain Python, early dates, missing sources, no hindsight."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from datetime import date
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from casefile.evidence.library import Evidence, Library
from casefile.paths import DATA
from casefile.pillars.congress import ANALYSES
from casefile.pillars.congress.contenders import balance
from casefile.pillars.congress.names import surnames
from casefile.pillars.congress.rows import Rows
from casefile.pillars.congress.votes import aid_side, rice

THEN, LATER = date(2023, 10, 9), date(2026, 2, 4)
DELEGATES = {"AS", "DC", "GU", "MP", "PR", "VI"}


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(DATA)


def read(name: str) -> list[dict[str, str]]:
    with Path(DATA, "congress", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def values(ev: Evidence, claim: str, **choice: object) -> dict[str, object]:
    return {one.id.split(".")[1]: one.value for one in ANALYSES[claim](ev, **choice)}


def vote(number: str) -> dict[str, str]:
    return next(row for row in read("rollcalls") if row["vote_id"] == number)


def members(vote_id: str) -> dict[str, dict[str, str]]:
    return {row["bioguide_id"]: row for row in read("member_votes") if row["vote_id"] == vote_id}


def test_party_tallies_agree_with_the_votes_of_the_members() -> None:
    cast: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in read("member_votes"):
        cast[row["vote_id"]][f"{row['party'].lower()}_{row['vote']}"] += 1
    for row in read("rollcalls"):
        for column in ("r_yea", "r_nay", "d_yea", "d_nay", "i_yea", "i_nay"):
            assert cast[row["vote_id"]][column] == int(row[column]), (row["vote_id"], column)


def test_every_roll_call_has_its_members_and_the_other_way_round() -> None:
    assert {row["vote_id"] for row in read("rollcalls")} == {row["vote_id"] for row in read("member_votes")}


def test_republican_share_against_the_two_attempts(library: Library) -> None:
    shares = []
    for number in ("h432-118.2023", "h438-118.2023"):
        row = vote(number)
        shares.append(100 * int(row["r_nay"]) / (int(row["r_yea"]) + int(row["r_nay"])))
    found = values(library.at(THEN), "congress-house-cutoffs")
    assert found["republicans"] == pytest.approx(sum(shares) / 2)


def test_republican_share_without_delegates_counted_member_by_member(library: Library) -> None:
    shares = []
    for number in ("h432-118.2023", "h438-118.2023"):
        own = [row for row in members(number).values() if row["party"] == "R" and row["state"] not in DELEGATES]
        no, yes = (sum(row["vote"] == word for row in own) for word in ("nay", "yea"))
        shares.append(100 * no / (no + yes))
    found = values(library.at(THEN), "congress-house-cutoffs")
    assert found["without_delegates"] == pytest.approx(sum(shares) / 2)


def test_members_followed_from_the_two_attempts_to_april_2024(library: Library) -> None:
    first, second, later = members("h432-118.2023"), members("h438-118.2023"), members("h151-118.2024")
    group = [
        who
        for who, row in first.items()
        if row["party"] == "R" and row["state"] not in DELEGATES and row["vote"] == second[who]["vote"] == "nay"
    ]
    cast = [later[who]["vote"] for who in group if who in later and later[who]["vote"] in ("yea", "nay")]
    found = values(library.at(date(2024, 5, 1)), "congress-house-cutoffs")
    assert found["stayed_aid"] == pytest.approx(100 * cast.count("yea") / len(cast))


def test_a_member_missing_from_one_list_only_has_not_left_the_house(library: Library) -> None:
    assert values(library.at(THEN), "congress-house-cutoffs")["gone"] == 0


def test_cohesion_is_the_rice_index_of_the_last_year_of_house_votes(library: Library) -> None:
    rows = [
        row
        for row in read("rollcalls")
        if row["chamber"] == "house" and row["scope"] == "aid" and "2022-09-28" < row["date"] <= "2023-10-09"
    ]
    index = sorted(abs(int(r["r_yea"]) - int(r["r_nay"])) / (int(r["r_yea"]) + int(r["r_nay"])) for r in rows)
    middle = (index[len(index) // 2] + index[(len(index) - 1) // 2]) / 2
    assert values(library.at(THEN), "congress-no-consensus")["house_republicans"] == pytest.approx(middle)


def test_camps_by_support_add_up_from_the_polls(library: Library) -> None:
    stance = {row["polling_name"]: row["stance"] for row in read("gop_field")}
    sums: dict[str, float] = defaultdict(float)
    for row in read("gop_primary_polls"):
        if row["date"] == "2023-10-04" and row["series"] == "weekly national average":
            sums[stance[row["candidate"]]] += float(row["pct"])
    expected = sums["more_aggressive_aid"] / (sums["negotiate"] + sums["cut_or_stop"])
    assert values(library.at(THEN), "congress-gop-field")["support"] == pytest.approx(expected)


def test_every_combination_of_codings_is_counted(library: Library) -> None:
    rows = read("gop_field")
    choices = [[row["stance"]] + ([row["stance_secondary"]] if row["stance_secondary"] else []) for row in rows]
    outcomes = [
        abs(coding.count("more_aggressive_aid") - coding.count("negotiate") - coding.count("cut_or_stop")) <= 1
        for coding in product(*choices)
    ]
    found = values(library.at(THEN), "congress-gop-field")["codings"]
    assert found == pytest.approx(100 * sum(outcomes) / len(outcomes))


def test_later_money_takes_one_reckoning_of_each_act(library: Library) -> None:
    rows = [row for row in read("appropriations") if row["row_type"] == "act" and row["status"] == "enacted"]
    total = sum(
        float(row["amount_usd_bn"] or 0)
        for row in rows
        if row["date"] > "2023-09-30" and row["reckoned_by"] == "bill or press"
    )
    found = values(library.at(LATER), "congress-stopgap")["voted_later"]
    assert found == pytest.approx(100 * total / 24)


def test_the_other_reckoning_changes_the_later_money(library: Library) -> None:
    ev = library.at(LATER)
    press = values(ev, "congress-stopgap")["voted_later"]
    assert values(ev, "congress-stopgap", reckoned_by="CRFB")["voted_later"] > press  # type: ignore[operator]


def test_the_regular_line_is_not_known_at_the_article(library: Library) -> None:
    assert values(library.at(THEN), "congress-stopgap")["regular_line"] is None


def test_no_row_known_later_bears_on_an_earlier_finding(library: Library) -> None:
    for claim, analysis in ANALYSES.items():
        for one in analysis(library.at(THEN)):
            assert one.date is None or one.date <= THEN.isoformat(), (claim, one.id)


@pytest.mark.parametrize("as_of", ["2022-02-24", "2022-05-20", "2023-03-01", "2023-07-31", "2023-09-29", "2024-02-10"])
def test_every_date_gives_the_same_findings_with_or_without_a_value(library: Library, as_of: str) -> None:
    for analysis in ANALYSES.values():
        full = [one.id for one in analysis(library.at(LATER))]
        assert [one.id for one in analysis(library.at(date.fromisoformat(as_of)))] == full


@pytest.mark.parametrize(
    "source",
    ["hear-ye-congress-data", "hstoday-joint-statement", "wjno-avg-2023-10-04", "crs-if12040-oct2023", "cbs-cr-2023"],
)
def test_leaving_a_source_out_never_raises(library: Library, source: str) -> None:
    ev = library.at(LATER).without_source(source)
    for analysis in ANALYSES.values():
        assert analysis(ev)


def test_a_new_house_vote_is_picked_up_by_its_codes(library: Library) -> None:
    ev = library.at(LATER)
    table = ev.table("congress/rollcalls")
    row = table[table["vote_id"] == "h151-118.2024"].iloc[0].to_dict()
    row |= {"vote_id": "h999-119.2026", "date": pd.Timestamp(LATER), "r_yea": 18.0, "r_nay": 194.0}
    found = values(ev.with_row("congress/rollcalls", row), "congress-house-cutoffs")
    assert found["newest_aid"] == pytest.approx(100 * 18 / 212)


def test_a_roll_call_without_ballots_yet_does_not_empty_the_house(library: Library) -> None:
    ev = library.at(LATER)
    row = ev.table("congress/rollcalls").iloc[-1].to_dict()
    row |= {"vote_id": "h999-119.2026", "scope": "aid", "direction": "anti_aid", "chamber": "house"}
    row |= {"date": pd.Timestamp(LATER)}
    changed = ev.with_row("congress/rollcalls", row)
    assert values(changed, "congress-house-cutoffs")["gone"] == values(ev, "congress-house-cutoffs")["gone"]


def test_the_order_of_rows_does_not_matter(library: Library) -> None:
    ev = library.at(LATER)
    shuffled = Library(library.data_dir)
    for name in library.descriptors:
        if name.startswith("congress/"):
            whole = library.whole(name)
            places = random.Random(7).sample(range(len(whole)), len(whole))
            shuffled._tables[name] = whole.iloc[places].reset_index(drop=True)
    mixed = shuffled.at(LATER)
    for claim in ANALYSES:
        assert values(mixed, claim) == values(ev, claim), claim


def test_the_side_of_aid_turns_with_the_direction_of_the_motion() -> None:
    base = {"r_yea": 30.0, "r_nay": 10.0}
    frame = pd.DataFrame([{**base, "direction": "pro_aid"}, {**base, "direction": "anti_aid"}])
    assert aid_side(Rows(frame)).tolist() == [75.0, 25.0]


def test_rice_is_the_same_for_yes_and_no() -> None:
    frame = pd.DataFrame([{"r_yea": 30.0, "r_nay": 10.0}, {"r_yea": 10.0, "r_nay": 30.0}])
    assert rice(Rows(frame)).tolist() == [0.5, 0.5]


def test_balance_is_one_for_equal_camps_and_nothing_for_empty_ones() -> None:
    assert balance(3, 3) == 1
    assert balance(0, 4) == 0
    assert balance(0, 0) != balance(0, 0)  # NaN


def test_surnames_are_read_from_lists_and_roles() -> None:
    assert surnames("Cotton, Wicker, Collins, Graham (letter)") == ["Cotton", "Wicker", "Collins", "Graham"]
    assert surnames("Ken Calvert and Steve Womack (appropriators)") == ["Calvert", "Womack"]


SUMMER_2026 = date(2026, 7, 1)


def test_the_newest_final_vote_is_that_of_june_2026(library: Library) -> None:
    row = vote("h207-119.2026")
    share = 100 * int(row["r_yea"]) / (int(row["r_yea"]) + int(row["r_nay"]))
    assert values(library.at(SUMMER_2026), "congress-house-300m")["republicans_newest"] == pytest.approx(share)
    assert values(library.at(SUMMER_2026), "congress-house-cutoffs")["newest_aid"] == pytest.approx(share)


def test_a_vote_left_out_by_name_leaves_the_one_before_it(library: Library) -> None:
    before = values(library.at(SUMMER_2026), "congress-house-cutoffs", skip=["h207-119.2026"])["newest_aid"]
    assert before == pytest.approx(values(library.at(date(2026, 6, 3)), "congress-house-cutoffs")["newest_aid"])


def test_a_promise_is_counted_once_a_bill_by_the_last_vote_on_it(library: Library) -> None:
    votes = [
        row
        for row in read("rollcalls")
        if row["chamber"] == "senate" and row["scope"] == "aid" and "2023-09-30" < row["date"] <= LATER.isoformat()
        and row["direction"] != "neutral"
    ]  # fmt: skip
    last: dict[tuple[str, str], bool] = {}
    for row in sorted(votes, key=lambda one: (one["date"], int(one["rollcall_number"]))):
        cast = {one["name"].split()[-1]: one["vote"] for one in members(row["vote_id"]).values()}
        for name in ("McConnell", "Collins", "Graham"):
            if cast[name] in ("yea", "nay"):
                last[name, row["bill"]] = (cast[name] == "yea") == (row["direction"] == "pro_aid")
    share = 100 * sum(last.values()) / len(last)
    assert values(library.at(LATER), "congress-senate-leaders")["kept_republicans"] == pytest.approx(share)
    assert len({bill for _, bill in last}) < len(votes)


def test_money_of_the_last_year_is_counted_from_the_stopgap_on(library: Library) -> None:
    assert values(library.at(THEN), "congress-stopgap")["voted_last_year"] == 0
    laws = [
        float(row["amount_usd_bn"] or 0)
        for row in read("appropriations")
        if row["row_type"] == "act" and row["status"] == "enacted" and row["reckoned_by"] == "bill or press"
        and "2025-02-04" < row["date"] <= LATER.isoformat() and row["known_on"] <= LATER.isoformat()
    ]  # fmt: skip
    assert values(library.at(LATER), "congress-stopgap")["voted_last_year"] == pytest.approx(100 * sum(laws) / 24)


def test_support_of_the_camps_is_that_of_the_newest_average(library: Library) -> None:
    camps = {"more": ("more_aggressive_aid",), "talks": ("negotiate", "cut_or_stop")}
    stance = {row["polling_name"]: row["stance"] for row in read("gop_field")}
    newest = max(row["date"] for row in read("gop_primary_polls"))
    held = {name: 0.0 for name in camps}
    for row in read("gop_primary_polls"):
        for name, among in camps.items():
            if row["date"] == newest and stance.get(row["candidate"]) in among:
                held[name] += float(row["pct"])
    found = values(library.at(LATER), "congress-gop-field")["support"]
    assert found == pytest.approx(held["more"] / held["talks"])
