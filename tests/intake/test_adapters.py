"""Each upstream format gives the rows that it should: on own fixtures, and on real files where they lie."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from intake_kit import FIXTURES, TODAY, planned

from casefile.errors import DataError, UsageError
from casefile.evidence.adapters import (
    adapters,
    cbr,
    congress_json,
    deepstate,
    house_clerk,
    losses,
    polls,
    rollcall,
    senate_lis,
    voteview,
    worldbank,
)
from casefile.evidence.intake.compare import Comparison
from casefile.evidence.intake.content import Content, recognise
from casefile.evidence.intake.gate import Gate
from casefile.evidence.intake.request import Request
from casefile.verdicts.effects import effects

SAID = {"title": "An invented vote", "scope": "aid", "direction": "pro_aid"}


def content(path: Path) -> Content:
    return recognise(path.read_bytes(), path.name)


def fixture(data: Path, table: str, name: str, **options: str) -> dict[str, Comparison]:
    return {one.table: one for one in planned(data, table, FIXTURES / name, options=options).comparisons}


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("roll901.xml", "house-clerk"),
        ("vote_119_2_00901.xml", "senate-lis"),
        ("data.json", "congress-json"),
        ("voteview_rollcalls.csv", "voteview"),
        ("voteview_2017.csv", "voteview"),
        ("voteview_members.csv", "voteview"),
        ("XML_daily.xml", "cbr"),
        ("XML_dynamic.xml", "cbr"),
        ("losses_personnel.json", "general-staff-losses"),
        ("losses_equipment.json", "general-staff-losses"),
        ("worldbank_rus.json", "worldbank"),
        ("deepstatemap_data_20261015.geojson", "deepstate"),
        ("1791800000.geojson", "deepstate"),
        ("polls_538.csv", "poll-csv"),
    ],
)
def test_a_format_is_recognised_by_itself(name: str, form: str) -> None:
    assert [one.name for one in adapters().values() if one.recognises(content(FIXTURES / name))] == [form]


def test_house_clerk_gives_totals_splits_and_members(shared_data: Path) -> None:
    found = fixture(shared_data, "congress/rollcalls", "roll901.xml", **SAID)
    vote = found["congress/rollcalls"].new[0]
    assert (vote["vote_id"], vote["date"], vote["bill"]) == ("h901-119.2026", "2026-10-05", "H.R. 9999")
    assert (vote["amendment"], vote["sponsor"]) == ("Part A Amendment No. 3", "Adams (D-NC)")
    assert [vote[one] for one in ("yea", "nay", "present", "not_voting")] == ["3", "1", "1", "1"]
    assert [vote[one] for one in ("r_yea", "d_yea", "d_yea_excl_delegates")] == ["1", "2", "1"]
    members = {one["bioguide_id"]: one for one in found["congress/member_votes"].new}
    assert members["N000147"]["state"] == "DC"
    assert members["A000370"]["name"] == "Alma S. Adams"
    assert members["Z999901"]["vote"] == "yea"


def test_senate_ids_become_bioguide_ids(shared_data: Path) -> None:
    found = fixture(shared_data, "congress/rollcalls", "vote_119_2_00901.xml", **SAID)
    vote = found["congress/rollcalls"].new[0]
    assert (vote["vote_id"], vote["question"], vote["required_majority"]) == ("s901-119.2026", "cloture", "3/5")
    members = {one["bioguide_id"]: one for one in found["congress/member_votes"].new}
    assert members["M001153"]["vote"] == "yea"
    assert members["S000033"]["party"] == "I"


def test_a_senator_we_do_not_know_is_named(shared_data: Path, tmp_path: Path) -> None:
    text = (FIXTURES / "vote_119_2_00901.xml").read_text().replace("S428", "S999")
    path = tmp_path / "vote.xml"
    path.write_text(text)
    with pytest.raises(DataError, match="Alsobrooks"):
        planned(shared_data, "congress/rollcalls", path, options=SAID)


def test_every_senator_we_do_not_know_is_named_but_totals_need_none(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "vote.xml"
    path.write_text((FIXTURES / "vote_119_2_00901.xml").read_text().replace("S428", "S999").replace("S288", "S998"))
    with pytest.raises(DataError) as refused:
        planned(shared_data, "congress/rollcalls", path, options=SAID)
    assert [one.value for one in refused.value.problems] == ["S999", "S998"]
    assert "--set members=no" in str(refused.value)
    alone = planned(shared_data, "congress/rollcalls", path, options={**SAID, "members": "no"})
    assert [one.table for one in alone.comparisons] == ["congress/rollcalls"]
    related = planned(shared_data, "congress/related_votes", path, options={"title": "x", "topic": "other"})
    vote = related.comparisons[0].new[0]
    assert [vote[one] for one in ("yea", "r_yea", "d_yea", "r_nay")] == ["2", "1", "1", "1"]


@pytest.mark.parametrize(("stated", "fine"), [("2", True), ("3", True), ("4", False)])
def test_a_tie_broken_by_the_vice_president_adds_up(shared_data: Path, tmp_path: Path, stated: str, fine: bool) -> None:
    text = (FIXTURES / "vote_119_2_00901.xml").read_text()
    text = text.replace("<yeas>2</yeas>", f"<yeas>{stated}</yeas>").replace(
        "<by_whom/><tie_breaker_vote/>",
        "<by_whom>Vice President</by_whom><tie_breaker_vote>Yea</tie_breaker_vote>",
    )
    path = tmp_path / "vote.xml"
    path.write_text(text)
    if fine:
        assert planned(shared_data, "congress/rollcalls", path, options=SAID).comparisons[0].new[0]["yea"] == stated
    else:
        with pytest.raises(DataError, match="stated total"):
            planned(shared_data, "congress/rollcalls", path, options=SAID)


def test_congress_json_gives_the_vote(shared_data: Path) -> None:
    vote = fixture(shared_data, "congress/rollcalls", "data.json", **SAID)["congress/rollcalls"].new[0]
    assert (vote["bill"], vote["required_majority"], vote["yea"], vote["not_voting"]) == (
        "H.J.Res. 9998",
        "2/3",
        "2",
        "1",
    )


def test_what_upstream_does_not_say_is_asked_for(shared_data: Path) -> None:
    with pytest.raises(UsageError, match=r"scope, direction(?s:.*)--set scope='…'(?s:.*)scope: one of aid, arms"):
        fixture(shared_data, "congress/rollcalls", "data.json", title="x")
    with pytest.raises(UsageError, match="topic"):
        fixture(shared_data, "congress/related_votes", "data.json", title="x")
    with pytest.raises(UsageError, match="means nothing"):
        fixture(shared_data, "congress/rollcalls", "data.json", **SAID, colour="blue")


def test_a_roll_call_cut_short_does_not_add_up(shared_data: Path, tmp_path: Path) -> None:
    text = (FIXTURES / "roll901.xml").read_text()
    path = tmp_path / "roll.xml"
    path.write_text(re.sub(r"<recorded-vote><legislator name-id=\"Z999901\".*?</recorded-vote>\n", "", text))
    with pytest.raises(DataError, match="lists 2 members"):
        planned(shared_data, "congress/rollcalls", path, options=SAID)
    plan = planned(shared_data, "congress/rollcalls", path, options={**SAID, "members": "no"})
    assert [len(one.new) for one in plan.comparisons] == [1]
    assert plan.comparisons[0].new[0]["r_yea"] == "1"


def test_voteview_gives_the_chosen_vote(shared_data: Path) -> None:
    options = {**SAID, "congress": "119", "chamber": "house", "rollcall_number": "904"}
    vote = fixture(shared_data, "congress/rollcalls", "voteview_rollcalls.csv", **options)["congress/rollcalls"].new[0]
    assert (vote["vote_id"], vote["yea"], vote["nay"], vote["bill"]) == ("h904-119.2026", "100", "330", "H.R. 9996")
    old = fixture(shared_data, "congress/rollcalls", "voteview_2017.csv", **SAID)["congress/rollcalls"].new[0]
    assert (old["vote_id"], old["yea"]) == ("h1-114.2015", "220")
    with pytest.raises(UsageError, match="rollcall_number"):
        fixture(shared_data, "congress/rollcalls", "voteview_rollcalls.csv", **SAID)
    assert voteview.members(content(FIXTURES / "voteview_members.csv"))[0]["bioguide_id"] == "A000055"


def test_bank_of_russia_divides_by_the_nominal(shared_data: Path) -> None:
    rows = {one["pair"]: one for one in fixture(shared_data, "economy/ruble", "XML_daily.xml")["economy/ruble"].new}
    assert {pair: row["value"] for pair, row in rows.items()} == {
        "USD/RUB": "80.1234",
        "EUR/RUB": "92.5",
        "CNY/RUB": "11.2345",
    }
    assert rows["CNY/RUB"]["known_on"] == "2026-10-14"
    dynamic = fixture(shared_data, "economy/ruble", "XML_dynamic.xml")["economy/ruble"].new
    assert [(one["date"], one["value"]) for one in dynamic] == [("2026-10-13", "80.0001"), ("2026-10-14", "80.1234")]


def test_losses_keep_fridays_month_ends_and_the_last_day(shared_data: Path) -> None:
    found = fixture(shared_data, "battlefield/losses", "losses_personnel.json")["battlefield/losses"].new
    assert [(one["date"], one["personnel"]) for one in found] == [("2026-10-16", "1501000"), ("2026-10-18", "1503000")]
    every = fixture(shared_data, "battlefield/losses", "losses_personnel.json", every="day")["battlefield/losses"].new
    assert len(every) == 4
    tanks = fixture(shared_data, "battlefield/losses", "losses_equipment.json")["battlefield/losses"].new[0]
    assert (tanks["tanks"], tanks["mlrs"], tanks["personnel"]) == ("12200", "1910", "")


def test_world_bank_leaves_gaps_out_and_keeps_the_vintage(shared_data: Path) -> None:
    found = fixture(shared_data, "economy/macro", "worldbank_rus.json")["economy/macro"].new
    assert [(one["period_end"], one["value"], one["known_on"]) for one in found] == [
        ("2023-12-31", "3.5", "2026-10-01"),
        ("2024-12-31", "4.12345678901234", "2026-10-01"),
    ]


def test_world_bank_refuses_another_country_and_a_cut_file(shared_data: Path, tmp_path: Path) -> None:
    text = (FIXTURES / "worldbank_rus.json").read_text()
    for old, new, rule in (("RUS", "CAN", "not Russia"), ('"total":3', '"total":30', "3 of 30 rows")):
        (tmp_path / "wb.json").write_text(text.replace(old, new))
        with pytest.raises(DataError, match=rule):
            planned(shared_data, "economy/macro", tmp_path / "wb.json")


def _sphere(west: float, south: float, east: float, north: float) -> float:
    """Area of a box between meridians and parallels on a sphere of equal area, in km2: an independent yardstick."""
    from math import radians, sin

    return 6371.0072**2 * radians(east - west) * (sin(radians(north)) - sin(radians(south)))


def test_deepstate_daily_areas_are_equal_area(shared_data: Path) -> None:
    rows = fixture(shared_data, "battlefield/territory", "deepstatemap_data_20261015.geojson")[
        "battlefield/territory"
    ].new
    total = next(
        float(one["value"])
        for one in rows
        if one["measure"] == "russian_held_km2" and one["includes_pre_2022"] == "true"
    )
    expected = _sphere(34, 46, 37, 49) - _sphere(35, 47, 35.5, 47.5) + _sphere(33, 44.5, 36, 45.5)
    assert total == pytest.approx(expected, rel=0.005)
    assert {one["date"] for one in rows} == {"2026-10-14"}


def test_deepstate_history_counts_by_colour() -> None:
    found = deepstate.areas(content(FIXTURES / "1791800000.geojson"))
    assert found.date == "2026-10-12"
    before = _sphere(37.5, 47, 38.5, 48.5)
    occupied = _sphere(35, 47, 38, 49) + _sphere(36, 49, 37, 49.5) - _sphere(37.5, 47, 38, 48.5)
    assert found.by_status["before_2022"] == pytest.approx(before, rel=0.005)
    assert found.by_status["occupied"] == pytest.approx(occupied, rel=0.005)
    assert found.by_status["contested"] == pytest.approx(_sphere(34.5, 47, 35, 47.5), rel=0.005)


def test_deepstate_clips_to_a_boundary(shared_data: Path, tmp_path: Path) -> None:
    ring = [[34, 46], [35, 46], [35, 47], [34, 47], [34, 46]]
    (tmp_path / "land.geojson").write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    land = str(tmp_path / "land.geojson")
    rows = fixture(shared_data, "battlefield/territory", "deepstatemap_data_20261015.geojson", boundary=land)
    total = rows["battlefield/territory"].new[1]
    assert (total["series"], total["includes_pre_2022"]) == ("deepstate", "true")
    assert float(total["value"]) == pytest.approx(_sphere(34, 46, 35, 47), rel=0.005)


def test_deepstate_refuses_exchanged_coordinates(tmp_path: Path) -> None:
    value = json.loads((FIXTURES / "1791800000.geojson").read_text())
    for feature in value["features"][1:2]:
        feature["geometry"]["coordinates"] = [[[y, x] for x, y, _ in feature["geometry"]["coordinates"][0]]]
    with pytest.raises(DataError, match="longitude and latitude"):
        deepstate.areas(Content("1791800000.geojson", json.dumps(value).encode(), "json"))


def test_polls_take_adults_first_and_american_dates(shared_data: Path) -> None:
    found = fixture(shared_data, "opinion/approval", "polls_538.csv")["opinion/approval"].new
    assert [(one["pollster"], one["date"], one["approve_pct"], one["known_on"]) for one in found] == [
        ("Example Research", "2026-10-04", "39.5", "2026-10-06"),
        ("Another House", "2026-09-30", "44", "2026-10-01"),
    ]


def test_a_short_poll_file_is_filled_by_rule(shared_data: Path) -> None:
    plan = planned(shared_data, "resolve/polls", FIXTURES / "poll_short.csv", format="poll-csv")
    rows = plan.comparisons[0].new
    assert tuple(rows[0][one] for one in ("date", "poll_id", "known_on", "known_on_basis")) == (
        "2026-10-12",
        "example-institute-2026-10",
        "2026-10-26",
        "lag",
    )
    assert plan.filled == {"lag": 2}


def test_a_date_of_another_order_is_refused() -> None:
    with pytest.raises(ValueError, match="month"):
        polls.american("31/1/21")


@pytest.mark.parametrize("name", ["roll901.xml", "vote_119_2_00901.xml", "voteview_2017.csv"])
@pytest.mark.parametrize("direction", ["pro_aid", "anti_aid"])
def test_a_vote_of_which_only_totals_are_known_stops_no_analysis(
    data_copy: Path, tmp_path: Path, name: str, direction: str
) -> None:
    text = (FIXTURES / name).read_text(encoding="utf-8").replace("2015-01-06", "2026-10-06")
    (tmp_path / name).write_text(text, encoding="utf-8")
    alone = {} if name.endswith("csv") else {"members": "no"}
    gate = Gate(data_copy, TODAY)
    plan = gate.plan(Request("congress/rollcalls", tmp_path / name, "", {**SAID, "direction": direction, **alone}))
    found = effects(data_copy, gate.files(plan), {"congress/rollcalls"})
    assert set(found) == {"findings", "verdicts", "as_of"}


@pytest.mark.parametrize("value", ["1e400", "1e999999999", "-80", "NaN", "Infinity", "1 080,5", "80," + "1" * 50, ""])
def test_a_rate_that_is_no_plain_number_is_refused(value: str) -> None:
    raw = (FIXTURES / "XML_daily.xml").read_bytes().replace(b"80,1234", value.encode())
    with pytest.raises(DataError, match="is no readable rate"):
        cbr.rates(Content("XML_daily.xml", raw, "xml"))


def test_a_map_with_less_land_than_was_held_before_is_refused(shared_data: Path, tmp_path: Path) -> None:
    value = json.loads((FIXTURES / "deepstatemap_data_20261015.geojson").read_text())
    for coordinates in ([], [[[[35, 47], [35.1, 47], [35.1, 47.1], [35, 47]]]]):
        value["features"][0]["geometry"] = {"type": "MultiPolygon", "coordinates": coordinates}
        path = tmp_path / "deepstatemap_data_20261015.geojson"
        path.write_text(json.dumps(value))
        with pytest.raises(DataError, match=r"held before 2022|no polygons"):
            planned(shared_data, "battlefield/territory", path)
    value["crs"] = "unknown"
    path.write_text(json.dumps(value))
    with pytest.raises(DataError, match="in no known way"):
        planned(shared_data, "battlefield/territory", path)


def test_totals_and_ids_that_cannot_be_read_are_refused(shared_data: Path, tmp_path: Path) -> None:
    (tmp_path / "v.xml").write_text((FIXTURES / "vote_119_2_00901.xml").read_text().replace("<yeas>2", "<yeas>-2"))
    with pytest.raises(DataError, match="no readable total of yeas"):
        planned(shared_data, "congress/rollcalls", tmp_path / "v.xml", options=SAID)
    text = re.sub(r'"id": "[A-Z]\d+"', '"id": null', (FIXTURES / "data.json").read_text(), count=1)
    (tmp_path / "data.json").write_text(text)
    with pytest.raises(DataError, match="no Bioguide id"):
        planned(shared_data, "congress/rollcalls", tmp_path / "data.json", options=SAID)


def test_whatever_an_adapter_stumbles_over_is_a_refusal(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumbles(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(cbr, "rates", stumbles)
    with pytest.raises(DataError, match="is not what cbr reads"):
        planned(shared_data, "economy/ruble", FIXTURES / "XML_daily.xml")


# -- real files -----------------------------------------------------------------------------------------------------


def test_real_house_and_json_agree(upstream: Path) -> None:
    clerk = house_clerk.parse(content(upstream / "samples/house_clerk/2023_roll037.excerpt.xml"))
    scraped = congress_json.parse(content(upstream / "samples/unitedstates_congress/118_votes_2023_h37_data.json"))
    assert clerk.stated == {"yea": 205, "nay": 220, "present": 0, "not_voting": 15}
    assert {k: scraped.count()[k] for k in rollcall.VOTES} == clerk.stated
    assert clerk.by_party["R"] == {"yea": 1, "nay": 215, "present": 0, "not_voting": 9}
    assert clerk.by_party["D"] == {"yea": 204, "nay": 5, "present": 0, "not_voting": 6}
    assert clerk.vote_id == scraped.vote_id == "h37-118.2023"
    assert [one.name for one in scraped.members if (one.party, one.vote) == ("R", "yea")] == ["Fitzpatrick"]
    against = sorted(one.name.split(" (")[0] for one in scraped.members if (one.party, one.vote) == ("D", "nay"))
    assert against == ["Cuellar", "Golden", "Perez", "Schrier", "Stanton"]
    assert sum(one.state == "XX" for one in clerk.members) == 6


def test_real_old_house_quorum(upstream: Path) -> None:
    found = house_clerk.parse(content(upstream / "samples/house_clerk/1990_roll001.excerpt.xml"))
    assert found.stated == {"yea": 0, "nay": 0, "present": 376, "not_voting": 54}
    assert found.by_party["D"]["present"] == 225
    assert all(one.id == "" for one in found.members)


def test_real_senate(upstream: Path) -> None:
    found = senate_lis.parse(content(upstream / "samples/senate_lis/vote_108_2_00213.excerpt.xml"))
    assert (found.vote_id, found.date) == ("s213-108.2004", "2004-11-17")
    assert found.stated == {"yea": 52, "nay": 44, "present": 1, "not_voting": 3}
    assert len(found.members) == 12


def test_every_real_roll_call_agrees_with_our_tables(upstream: Path, shared_data: Path) -> None:
    gate = Gate(shared_data, TODAY)
    ours = {row["vote_id"] for row in gate.rows("congress/rollcalls")}
    files = {
        f"{path.parent.name}-{path.parents[3].name}.{path.parents[1].name}": path
        for path in (upstream / "congress").rglob("data.json")
    }
    shown = sorted(ours & files.keys())
    assert len(shown) == 70
    for vote_id in shown[::3]:  # every third, for time
        plan = gate.plan(Request("congress/rollcalls", files[vote_id], "congress-json"))
        assert plan.changes_nothing, vote_id
        assert plan.comparisons[1].same > 90


def test_real_rates(upstream: Path) -> None:
    daily = {one.currency: one for one in cbr.rates(content(upstream / "samples/cbr/XML_daily_2023-11-02.xml"))}
    assert len(daily) == 43
    assert [str(daily[one].value) for one in ("USD", "JPY", "UZS")] == ["93.2801", "0.616524", "0.0076244"]
    name = "samples/cbr/XML_dynamic_R01235_USD_2026-03-01_2026-03-05.xml"
    assert [(one.date, str(one.value)) for one in cbr.rates(content(upstream / name))] == [
        ("2026-03-03", "77.1734"), ("2026-03-04", "77.6093"), ("2026-03-05", "77.8009"),
    ]  # fmt: skip
    tenge = cbr.rates(content(upstream / "samples/cbr/XML_dynamic_R01335_KZT_2026-03-01_2026-03-05.xml"))
    assert [str(one.value) for one in tenge][::2] == ["0.155104", "0.156198"]


def test_real_voteview(upstream: Path) -> None:
    member = voteview.members(content(upstream / "samples/voteview/member_both_001_2017-01-23.excerpt.csv"))
    assert (member[0]["icpsr"], member[0]["dim1"], member[0]["geo_mean_probability"]) == ("6781", "0.236", "")
    assert sorted(one["party_code"] for one in member) == ["4000"] * 2 + ["5000"] * 6
    votes = voteview.rollcalls(content(upstream / "samples/voteview/rollcall_both_001_2017-01-23.excerpt.csv"))
    assert [(one["date"], one["yea"], one["nay"]) for one in (votes[0], votes[4])] == [
        ("1789-05-16", "41", "8"),
        ("1789-06-24", "29", "22"),
    ]


@pytest.mark.parametrize(
    ("name", "polygons", "points", "km2"),
    [("deepstatemap_data_20240708.geojson", 7, 2938, 109360.74), ("deepstatemap_data_20250507.geojson", 7, 2876, None)],
)
def test_real_daily_map(upstream: Path, name: str, polygons: int, points: int, km2: float | None) -> None:
    found = deepstate.areas(content(upstream / "samples/deepstate" / name))
    assert (found.polygons, found.points) == (polygons, points)
    if km2:
        assert found.russian == pytest.approx(km2, abs=0.5)
        assert found.date == "2024-07-07"


def test_real_map_of_the_history(upstream: Path) -> None:
    found = deepstate.areas(content(upstream / "samples/deepstate/api_history_1648989208.geojson"))
    assert found.date == "2022-04-03"
    assert found.by_status["occupied"] == pytest.approx(63867.87, abs=0.5)
    assert found.by_status["before_2022"] == pytest.approx(26433.78 + 16985.23, abs=0.5)
    assert found.by_status["contested"] == pytest.approx(5599.57, abs=0.5)


def test_real_losses_are_in_our_table_already(upstream: Path, shared_data: Path) -> None:
    for name in ("russia_losses_personnel.json", "russia_losses_equipment.json"):
        plan = planned(shared_data, "battlefield/losses", upstream / "battlefield/petroivaniuk" / name)
        assert plan.comparisons[0].same > 290
        assert not plan.conflicts
    with pytest.raises(DataError, match="differences"):
        losses.days(content(upstream / "battlefield/petroivaniuk/russia_losses_equipment_correction.json"))


def test_real_polls(upstream: Path) -> None:
    found = polls.wide(content(upstream / "samples/polls/president_approval_polls.excerpt.csv"))
    assert (len(found), len({row["poll_id"] for _, row in found})) == (30, 25)
    marist = [row for _, row in found if row["poll_id"] == "74217"]
    assert [(one["sample_size"], one["yes"], one["no"], one["end_date"]) for one in marist] == [
        ("1173", "38.0", "57.0", "2021-01-13"),
        ("1012", "40.0", "55.0", "2021-01-13"),
    ]


def test_real_world_bank(upstream: Path) -> None:
    found = worldbank.parse(content(upstream / "samples/worldbank/v2_CAN_EG.ELC.RNEW.ZS.excerpt.json"))
    assert found.values["2021"] == "67.0163805768966"
    assert (found.rows, len(found.values), found.stated, found.country) == (65, 32, 198, "CAN")
    assert date.fromisoformat(found.updated)


@pytest.mark.parametrize("name", [one.name for one in sorted(FIXTURES.iterdir())])
@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95], ids=["30", "60", "95"])
def test_a_cut_upstream_file_is_refused_or_plain_wrong_usage(
    shared_data: Path, tmp_path: Path, name: str, cut: float, table_of: Callable[[str], str]
) -> None:
    raw = (FIXTURES / name).read_bytes()
    path = tmp_path / name
    path.write_bytes(raw[: int(len(raw) * cut)])
    with pytest.raises((DataError, UsageError)):
        planned(shared_data, table_of(name), path, options={})


@pytest.fixture
def table_of() -> Callable[[str], str]:
    """The table that each fixture feeds."""

    def find(name: str) -> str:
        return next(
            (one.tables[0] for one in adapters().values() if one.recognises(content(FIXTURES / name))), "resolve/polls"
        )

    return find
