"""Kept verdicts: the same as judged ones, never those of other data, and judged again when an entry is damaged."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from casefile.evidence.library import Library
from casefile.model import ARTICLE_DATE, Verdict
from casefile.paths import DATA
from casefile.verdicts import cached, kept
from casefile.verdicts.engine import Court
from casefile.verdicts.kept import KeptCourt, outlined, record, restored
from casefile.verdicts.months import timeline_records
from casefile.verdicts.timeline import changes, timeline

CLAIM = "economy-ruble"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where verdicts are kept meanwhile."""
    monkeypatch.setattr(cached, "_FOLDER", tmp_path / "kept")
    return tmp_path / "kept"


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The claims that were judged, and not found kept."""
    seen: list[str] = []
    judge = Court.judge

    def noted(self: Court, claim: object, *given: object, **more: object) -> Verdict:
        seen.append(claim.id)  # type: ignore[attr-defined]
        return judge(self, claim, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Court, "judge", noted)
    return seen


def copied(tmp_path: Path) -> Path:
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize("day", [date(2022, 6, 30), ARTICLE_DATE, date(2026, 6, 30)])
def test_every_verdict_comes_back_whole(day: date) -> None:
    court = Court(Library())
    for verdict in court.verdicts(day):
        again = restored(json.loads(json.dumps(record(verdict))), court.claims[verdict.claim])
        assert again == verdict
        assert list(again.strength.kinds.items()) == list(verdict.strength.kinds.items())


def test_who_asks_next_finds_the_verdict_kept(folder: Path, judged: list[str]) -> None:
    first = KeptCourt(Library()).verdict(CLAIM, ARTICLE_DATE)
    judged.clear()
    assert KeptCourt(Library()).verdict(CLAIM, ARTICLE_DATE) == first
    assert judged == []


def test_what_would_change_is_kept_too(folder: Path, judged: list[str]) -> None:
    court = KeptCourt(Library())
    first = court.changes(court.claims[CLAIM], ARTICLE_DATE)
    judged.clear()
    again = KeptCourt(Library())
    assert again.changes(again.claims[CLAIM], ARTICLE_DATE) == first
    assert judged == []


def test_an_observation_that_two_claims_name_is_judged_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    court = KeptCourt(Library())
    claim = court.claims["opinion-decline"]
    change = next(one for one in court.changes(claim, ARTICLE_DATE) if one.kind == "observation")
    others = court.also_moved(claim, change, ARTICLE_DATE)
    monkeypatch.setattr(Court, "rating", lambda *_: pytest.fail("judged again"))
    twin = court.also_moved(replace(claim, id="opinion-decline-2"), change, ARTICLE_DATE)
    assert twin == {**others, claim.id: change.rating}
    assert court.also_moved(claim, change, ARTICLE_DATE) == others


def test_other_data_are_judged_again(folder: Path, judged: list[str], tmp_path: Path) -> None:
    data = copied(tmp_path)
    KeptCourt(Library(data)).verdict(CLAIM, ARTICLE_DATE)
    table = data / "economy" / "ruble.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    table.write_text("".join(lines[:-1]), encoding="utf-8")
    judged.clear()
    KeptCourt(Library(data)).verdict(CLAIM, ARTICLE_DATE)
    assert CLAIM in judged


def test_other_code_is_judged_again(folder: Path, judged: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    KeptCourt(Library()).verdict(CLAIM, ARTICLE_DATE)
    judged.clear()
    monkeypatch.setattr(cached, "code_digest", lambda: "other")
    KeptCourt(Library()).verdict(CLAIM, ARTICLE_DATE)
    assert CLAIM in judged


def test_a_table_made_up_in_memory_is_not_kept(folder: Path, judged: list[str]) -> None:
    library = Library()
    library._tables["economy/ruble"] = library.whole("economy/ruble").iloc[:-40].reset_index(drop=True)
    KeptCourt(library).verdict(CLAIM, ARTICLE_DATE)
    judged.clear()
    KeptCourt(library).verdict(CLAIM, ARTICLE_DATE)
    assert CLAIM in judged


@pytest.mark.parametrize("content", [b"", b"{", b'{"hash": "0", "records": []}', b"\xff\xfe", b"[]"])
def test_a_damaged_entry_is_judged_again(folder: Path, judged: list[str], content: bytes) -> None:
    first = KeptCourt(Library()).verdict(CLAIM, ARTICLE_DATE)
    for path in folder.glob("*.json"):
        path.write_bytes(content)
    judged.clear()
    assert KeptCourt(Library()).verdict(CLAIM, ARTICLE_DATE) == first
    assert CLAIM in judged


def test_a_full_disk_costs_time_and_not_truth(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write_bytes(b"a file where the folder should be")
    assert KeptCourt(Library()).verdict(CLAIM, ARTICLE_DATE) == Court(Library()).verdict(CLAIM, ARTICLE_DATE)


SPAN = (ARTICLE_DATE, date(2023, 12, 31))


def test_a_kept_timeline_is_the_judged_one(folder: Path, judged: list[str]) -> None:
    rows = timeline(Library(), *SPAN)
    assert timeline_records(Library(), *SPAN) == rows
    judged.clear()
    assert timeline_records(Library(), *SPAN) == rows
    assert judged == []


def test_a_longer_timeline_judges_only_its_new_days(folder: Path, judged: list[str]) -> None:
    timeline_records(Library(), *SPAN)
    judged.clear()
    longer = (SPAN[0], date(2024, 1, 31))
    assert timeline_records(Library(), *longer) == timeline(Library(), *longer)
    judged.clear()
    timeline_records(Library(), *longer)
    assert judged == []


def test_a_changed_table_has_only_its_own_claims_judged_again(folder: Path, judged: list[str], tmp_path: Path) -> None:
    data = copied(tmp_path)
    timeline_records(Library(data), *SPAN)
    table = data / "economy" / "ruble.csv"
    table.write_bytes(table.read_bytes().rsplit(b"\n", 2)[0] + b"\n")
    judged.clear()
    timeline_records(Library(data), *SPAN)
    readers = {name for name, claim in Court(Library(data)).claims.items() if "economy/ruble" in claim.tables}
    assert set(judged) == readers


def test_the_same_bytes_are_parsed_once(tmp_path: Path) -> None:
    library = Library()
    assert library.sheet("economy/ruble") is Library(copied(tmp_path)).sheet("economy/ruble")


def test_other_bytes_are_parsed_again(tmp_path: Path) -> None:
    data = copied(tmp_path)
    table = data / "economy" / "ruble.csv"
    before = Library(data).sheet("economy/ruble")
    table.write_bytes(table.read_bytes().rsplit(b"\n", 2)[0] + b"\n")
    assert len(Library(data).sheet("economy/ruble")) == len(before) - 1


def test_a_timeline_judged_ahead_is_not_judged_by_who_asks_later(folder: Path, judged: list[str]) -> None:
    cached.judge_ahead(DATA, *SPAN, jobs=1)
    judged.clear()
    timeline_records(Library(), *SPAN)
    cached.judge_ahead(DATA, *SPAN, jobs=1)
    assert judged == []


def test_a_timeline_keeps_whole_verdicts_of_its_first_and_last_day_and_of_no_other(folder: Path) -> None:
    days = [date.fromisoformat(row["as_of"]) for row in timeline_records(Library(), *SPAN) if row["claim"] == CLAIM]
    assert len(days) > 2
    assert folder.is_dir()
    court = KeptCourt(Library())
    paths = {day: court._path("verdict", court.claims[CLAIM], day) for day in days}
    assert {day for day, path in paths.items() if path and path.exists()} == {days[0], days[-1]}
    assert KeptCourt(Library()).verdict(CLAIM, days[-1]) == Court(Library()).verdict(CLAIM, days[-1])


LONG = (ARTICLE_DATE, date(2025, 6, 30))
"""A span in which the ruble's rating changes."""


def test_a_timeline_keeps_what_would_change_its_last_verdict(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    timeline_records(Library(), *SPAN)
    monkeypatch.setattr(kept, "would_change", lambda *_: pytest.fail("judged again"))
    court = KeptCourt(Library())
    assert court.changes(court.claims[CLAIM], SPAN[1])


def test_a_timeline_keeps_the_outlines_on_both_sides_of_each_change(folder: Path, judged: list[str]) -> None:
    found = changes(timeline_records(Library(), *LONG))
    assert any(one["claim"] == CLAIM for one in found)
    judged.clear()
    court = KeptCourt(Library())
    for one in found:
        sides = [court.outline(one["claim"], date.fromisoformat(one[name])) for name in ("since", "as_of")]
        assert [side.rating.value for side in sides] == [one["before"], one["after"]]
    assert judged == []


def test_an_outline_is_the_same_kept_or_judged_from_a_whole_verdict_or_without(folder: Path) -> None:
    court, whole = KeptCourt(Library()), KeptCourt(Library())
    first = court.outline(CLAIM, ARTICLE_DATE)
    assert court.outline(CLAIM, ARTICLE_DATE) == first == outlined(whole.verdict(CLAIM, ARTICLE_DATE))
    assert first.results == whole.verdict(CLAIM, ARTICLE_DATE).results
    assert {one.id for one in first.findings} == {f"{CLAIM}.{one.test.finding}" for one in first.results}


def test_verdicts_can_be_kept_in_a_folder_of_their_own(folder: Path, tmp_path: Path, judged: list[str]) -> None:
    first = KeptCourt(Library(), folder=tmp_path / "own").verdict(CLAIM, ARTICLE_DATE)
    assert not folder.exists()
    judged.clear()
    assert KeptCourt(Library(), folder=tmp_path / "own").verdict(CLAIM, ARTICLE_DATE) == first
    assert judged == []


@pytest.mark.parametrize("day", [date(2022, 6, 30), date(2024, 3, 31), date(2026, 6, 30)])
def test_a_glance_has_what_a_timeline_tells_and_no_other_finding(day: date) -> None:
    glancing, judging = Court(Library()), Court(Library())
    fewer = 0
    for name, claim in glancing.claims.items():
        seen, whole = glancing.glance(name, day), judging.verdict(name, day)
        told = {f"{name}.{one}" for one in (claim.headline, *(test.finding for test in claim.tests))}
        assert seen.findings == tuple(one for one in whole.findings if one.id in told)
        assert replace(seen, findings=whole.findings) == whole
        assert outlined(seen) == outlined(whole)
        fewer += len(seen.findings) < len(whole.findings)
    assert fewer > len(glancing.claims) / 2


def test_a_glance_at_a_day_with_the_rows_of_one_that_is_shown_judges_that_one(folder: Path, judged: list[str]) -> None:
    before, shown = date(2022, 4, 29), date(2022, 4, 30)
    court = KeptCourt(Library(), days=[shown])
    claim = next(
        name
        for name, one in court.claims.items()
        if len({court.library.at(day).extent(one.tables) for day in (before, shown)}) == 1
    )
    first = court.glance(claim, before)
    assert court.glance(claim, shown) == Court(Library()).verdict(claim, shown)
    assert first.as_of == before
    assert len(judged) == 2  # one of them by the court that keeps nothing


def test_a_whole_verdict_is_not_taken_from_a_glance(folder: Path) -> None:
    court, day = Court(Library()), date(2024, 3, 31)
    court.glance(CLAIM, day)
    assert court.verdict(CLAIM, day) == Court(Library()).verdict(CLAIM, day) == court.glance(CLAIM, day)
