"""The gate before `published.json` and the chain behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from casefile.errors import DataError, UsageError, VerdictChanged
from casefile.evidence.canonical import canonical
from casefile.evidence.library import Library
from casefile.press import history
from casefile.press.history import compact, jumps, publish_ledger, read_history, replay, stale
from casefile.verdicts.engine import Court
from casefile.verdicts.ledger import build_ledger

Change = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def ledger(court: Court) -> dict[str, Any]:
    return build_ledger(court, court.library.newest)


@pytest.fixture
def folder(data_copy: Path, ledger: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder without history; judging is replaced by the ledger that was judged once."""
    for name in ("published.json", "history.jsonl"):
        (data_copy / name).unlink(missing_ok=True)
    monkeypatch.setattr(history, "build_ledger", lambda court, as_of: json.loads(json.dumps(ledger)))
    return data_copy


def later(ledger: dict[str, Any], moment: str, claim: str, **values: Any) -> dict[str, Any]:
    changed: dict[str, Any] = json.loads(json.dumps(compact(ledger)))
    one = next(one for one in changed["verdicts"][moment] if one["claim"] == claim)
    one.update(values)
    return changed


def first(ledger: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = ledger["verdicts"]["now"][0]
    return found


def test_an_acceptance_writes_both_files(folder: Path) -> None:
    publish_ledger(folder, [])
    assert len(read_history(folder)) == 1
    assert json.loads((folder / "published.json").read_text(encoding="utf-8"))["schema"] == "casefile/ledger/1"


def test_accepting_the_same_twice_adds_nothing(folder: Path) -> None:
    publish_ledger(folder, [])
    assert publish_ledger(folder, []) == ["Nothing has changed since the last acceptance."]
    assert len(read_history(folder)) == 1


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    publish_ledger(folder, [], dry_run=True)
    assert not (folder / "history.jsonl").exists()


def test_the_chain_replays(folder: Path) -> None:
    publish_ledger(folder, [])
    [entry] = replay(folder)
    assert entry["previous"] == "0" * 64
    assert entry["moved"] == {}


def test_a_second_acceptance_follows_the_first(
    folder: Path, ledger: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_ledger(folder, [])
    changed = json.loads(json.dumps(ledger))
    one = first(changed)
    one["rating"] = "mixed" if one["rating"] != "mixed" else "contradicted"
    monkeypatch.setattr(history, "build_ledger", lambda court, as_of: changed)
    publish_ledger(folder, [f"{one['claim']}: for the test"])
    entries = replay(folder)
    assert entries[1]["previous"] == entries[0]["hash"]
    assert list(entries[1]["moved"]) == [one["claim"]]


@pytest.mark.parametrize("damage", ["changed", "removed", "swapped", "last", "cut", "repeated key", "doubled"])
def test_a_line_that_was_tampered_with_breaks_the_chain(
    folder: Path, ledger: dict[str, Any], monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    for sentence in ("a", "b", "c"):
        changed = json.loads(json.dumps(ledger))
        first(changed)["sentence"] = sentence
        monkeypatch.setattr(history, "build_ledger", lambda court, as_of, changed=changed: changed)
        publish_ledger(folder, [])
    path = folder / "history.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if damage == "changed":
        lines[1] = lines[1].replace("supported", "contradicted", 1)
    elif damage == "removed":
        del lines[1]
    elif damage == "last":
        del lines[2]
    elif damage == "cut":
        lines[2] = lines[2][:-1]
    elif damage == "repeated key":
        lines[1] = lines[1].replace("{", '{"reasons": ["another"], ', 1)
    elif damage == "doubled":
        lines.append(lines[2])
    else:
        lines[0], lines[1] = lines[1], lines[0]
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(DataError):
        replay(folder)


def test_a_published_ledger_that_nobody_accepted_is_noticed(folder: Path) -> None:
    publish_ledger(folder, [])
    path = folder / "published.json"
    path.write_text(path.read_text(encoding="utf-8").replace("mixed", "supported"), encoding="utf-8")
    with pytest.raises(DataError, match="not what the last line"):
        replay(folder)


def test_a_history_that_was_rolled_back_with_its_ledger_is_noticed_against_an_earlier_copy(
    folder: Path, ledger: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    publish_ledger(folder, [])
    old = {name: (folder / name).read_bytes() for name in ("history.jsonl", "published.json")}
    changed = json.loads(json.dumps(ledger))
    first(changed)["sentence"] = "another"
    monkeypatch.setattr(history, "build_ledger", lambda court, as_of: changed)
    publish_ledger(folder, [])
    earlier = tmp_path / "earlier.jsonl"
    earlier.write_bytes((folder / "history.jsonl").read_bytes())
    assert len(replay(folder, earlier)) == 2
    for name, content in old.items():
        (folder / name).write_bytes(content)
    assert len(replay(folder)) == 1
    with pytest.raises(DataError, match="may only grow"):
        replay(folder, earlier)


def test_a_reason_with_line_separators_stays_one_line(folder: Path) -> None:
    publish_ledger(folder, ["a\u2028b\x85c"])
    assert len(read_history(folder)) == 1


def test_no_history_is_a_usage_error(folder: Path) -> None:
    with pytest.raises(UsageError, match="casefile publish"):
        replay(folder)


def test_a_rating_that_moves_two_places_is_held_back(ledger: dict[str, Any]) -> None:
    claim = first(ledger)["claim"]
    before = later(ledger, "now", claim, rating="supported", value=1)
    after = later(ledger, "now", claim, rating="mixed", value=1)
    assert "from supported to mixed" in jumps(before, after)[claim]


def test_a_rating_that_moves_one_place_passes(ledger: dict[str, Any]) -> None:
    claim = first(ledger)["claim"]
    before = later(ledger, "now", claim, rating="supported", value=1)
    after = later(ledger, "now", claim, rating="mostly supported", value=1)
    assert jumps(before, after) == {}


def test_a_rating_of_the_past_never_moves_unexplained(ledger: dict[str, Any]) -> None:
    claim = first(ledger)["claim"]
    before = later(ledger, "then", claim, rating="supported", value=1)
    after = later(ledger, "then", claim, rating="mostly supported", value=1)
    assert claim in jumps(before, after)


@pytest.mark.parametrize(
    ("a", "b", "held"), [(1, 3, False), (1, 3.01, True), (1, -1, True), (3, 1, False), (0, 9, False)]
)
def test_a_value_that_jumps_is_held_back(ledger: dict[str, Any], a: float, b: float, held: bool) -> None:
    claim = first(ledger)["claim"]
    before, after = (later(ledger, "now", claim, value=value) for value in (a, b))
    assert (claim in jumps(before, after)) is held


def test_a_claim_that_vanished_is_held_back(ledger: dict[str, Any]) -> None:
    after = json.loads(json.dumps(compact(ledger)))
    gone = after["verdicts"]["now"].pop(0)["claim"]
    assert gone in jumps(compact(ledger), after)


def test_a_stale_table_is_held_back_by_name(court: Court) -> None:
    late = court.library.newest + timedelta(days=5000)
    held = stale(court.library, late)
    assert "economy/ruble" in held
    assert "120 are allowed" in held["economy/ruble"]


def test_the_newest_evidence_is_fresh_at_its_own_date(court: Court) -> None:
    assert stale(court.library, court.library.newest) == {}


def test_the_gate_names_what_it_holds_back_and_writes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "stale", lambda library, on: {"economy/ruble": "too old"})
    with pytest.raises(VerdictChanged, match="economy/ruble: too old"):
        publish_ledger(folder, ["congress/rollcalls: fine"])
    assert not (folder / "published.json").exists()


def test_a_reason_that_names_it_opens_the_gate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "stale", lambda library, on: {"economy/ruble": "too old"})
    publish_ledger(folder, ["economy/ruble: the mirror is down, the bank's page shows the same"])
    assert read_history(folder)[0]["reasons"] == ["economy/ruble: the mirror is down, the bank's page shows the same"]


def test_the_history_holds_no_time_of_day(folder: Path) -> None:
    publish_ledger(folder, [])
    [entry] = read_history(folder)
    assert set(entry) == {"seq", "edition", "data", "published", "ratings", "reasons", "previous", "hash"}
    date.fromisoformat(entry["edition"])


def test_the_published_form_is_canonical_and_small(ledger: dict[str, Any], court: Court) -> None:
    text = canonical(compact(ledger))
    assert text == canonical(json.loads(text))
    assert '"rows"' not in text


def test_the_repository_history_holds() -> None:
    if not read_history():
        pytest.skip("no edition has been accepted in this copy yet")
    replay()


def test_library_of_the_copy_reads(folder: Path) -> None:
    assert Library(folder).newest
