"""The cache: never stale, never wasteful, and no entry is trusted that is not exactly what was stored."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.press.cache import Cache, Entry, Hashes, Receipts, key_of, why

PARTS = {"notebook:economy.ipynb": "n1", "data:economy/ruble.csv": "d1", "parameter:as_of": '"2024-06-30"'}


def stored(cache: Cache) -> Entry:
    return cache.store("notebook", PARTS, {"out.ipynb": b"{}", "ledger.json": b"[1]"})


def fresh(root: Path) -> Cache:
    return Cache(root, Hashes(root / "hashes.json"))


def test_what_was_stored_comes_back(tmp_path: Path) -> None:
    stored(fresh(tmp_path))
    entry = fresh(tmp_path).fetch("notebook", PARTS)
    assert entry
    assert {name: path.read_bytes() for name, path in entry.files.items()} == {
        "out.ipynb": b"{}",
        "ledger.json": b"[1]",
    }


@pytest.mark.parametrize("part", PARTS)
def test_any_changed_part_is_another_result(tmp_path: Path, part: str) -> None:
    cache = fresh(tmp_path)
    stored(cache)
    assert cache.fetch("notebook", {**PARTS, part: "other"}) is None


def test_another_kind_is_another_result(tmp_path: Path) -> None:
    cache = fresh(tmp_path)
    stored(cache)
    assert cache.fetch("page", PARTS) is None


def test_it_is_known_whether_anything_of_a_kind_is_kept(tmp_path: Path) -> None:
    cache = fresh(tmp_path)
    assert not cache.holds("notebook")
    stored(cache)
    assert cache.holds("notebook")
    assert not cache.holds("page")


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=4))
def test_the_key_ignores_order(parts: dict[str, str]) -> None:
    assert key_of(parts) == key_of(dict(reversed(parts.items())))


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=3), st.text(max_size=3), st.text(max_size=3))
def test_the_key_changes_with_any_part(parts: dict[str, str], name: str, value: str) -> None:
    changed = {**parts, name: value}
    assert (key_of(changed) == key_of(parts)) == (changed == parts)


def truncate(folder: Path) -> None:
    (folder / "ledger.json").write_bytes(b"")


def change_in_place_with_the_old_time(folder: Path) -> None:
    target = folder / "ledger.json"
    state = target.stat()
    target.write_bytes(b"[2]")
    os.utime(target, ns=(state.st_atime_ns, state.st_mtime_ns))


def remove_a_file(folder: Path) -> None:
    (folder / "ledger.json").unlink()


def remove_the_manifest(folder: Path) -> None:
    (folder / "entry.json").unlink()


def cut_the_manifest(folder: Path) -> None:
    (folder / "entry.json").write_text('{"format": 1, "ki', encoding="utf-8")


def strange_manifest(folder: Path) -> None:
    (folder / "entry.json").write_text("[1, 2]", encoding="utf-8")


def foreign_format(folder: Path) -> None:
    manifest = json.loads((folder / "entry.json").read_text(encoding="utf-8"))
    (folder / "entry.json").write_text(json.dumps({**manifest, "format": 99}), encoding="utf-8")


def rewritten_manifest(folder: Path) -> None:
    manifest = json.loads((folder / "entry.json").read_text(encoding="utf-8"))
    manifest["files"]["ledger.json"] = "0" * 64
    (folder / "entry.json").write_text(json.dumps(manifest), encoding="utf-8")


def moved_here_from_another_key(folder: Path) -> None:
    other = Cache(folder.parents[1]).store("notebook", {**PARTS, "x": "y"}, {"out.ipynb": b"{}"})
    shutil.rmtree(folder)
    shutil.copytree(other.files["out.ipynb"].parent, folder)


def a_link_in_place_of_a_file(folder: Path) -> None:
    (folder / "ledger.json").rename(folder.parent / "elsewhere")
    (folder / "ledger.json").symlink_to(folder.parent / "elsewhere")


def a_file_in_place_of_the_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("x", encoding="utf-8")


DAMAGES = [
    truncate,
    change_in_place_with_the_old_time,
    remove_a_file,
    remove_the_manifest,
    cut_the_manifest,
    strange_manifest,
    foreign_format,
    rewritten_manifest,
    moved_here_from_another_key,
    a_link_in_place_of_a_file,
    a_file_in_place_of_the_folder,
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda one: one.__name__)
def test_a_damaged_entry_is_noticed_removed_and_replaced(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    first = fresh(tmp_path)
    folder = stored(first).files["out.ipynb"].parent
    assert first.fetch("notebook", PARTS)
    first.hashes.save()
    damage(folder)
    cache = fresh(tmp_path)
    assert cache.fetch("notebook", PARTS) is None
    assert "was damaged" in cache.reason("notebook", "economy", PARTS)
    assert not folder.exists()
    stored(cache)
    assert cache.fetch("notebook", PARTS)


def test_a_store_that_fails_leaves_nothing(tmp_path: Path) -> None:
    cache = fresh(tmp_path)
    with pytest.raises(FileNotFoundError):
        cache.store("notebook", PARTS, {"a": b"1", "b": tmp_path / "missing"})
    assert cache.fetch("notebook", PARTS) is None
    assert not list((tmp_path / "notebook").iterdir())


def test_pruning_keeps_the_newest_and_removes_what_was_half_written(tmp_path: Path) -> None:
    cache = fresh(tmp_path)
    for number in range(4):
        entry = cache.store("notebook", {"n": str(number)}, {"a": b"1"})
        os.utime(entry.files["a"].parent, (number, number))
    (tmp_path / "notebook" / ".new-left").mkdir()
    assert cache.prune(keep=2) == 3
    assert [bool(cache.fetch("notebook", {"n": str(number)})) for number in range(4)] == [False, False, True, True]


def test_pruning_counts_from_the_last_use_and_leaves_notes_and_most_single_files(tmp_path: Path) -> None:
    cache = fresh(tmp_path)
    for number in range(3):
        entry = cache.store("notebook", {"n": str(number)}, {"a": b"1"})
        os.utime(entry.files["a"].parent, (number, number))
        cache.remember("notebook", f"label {number}", {"n": str(number)})
    (tmp_path / "verdicts").mkdir()
    for number in range(25):
        verdict = tmp_path / "verdicts" / f"{number}.json"
        verdict.write_text("{}")
        os.utime(verdict, (number, number))
    assert cache.fetch("notebook", {"n": "0"})  # the oldest, used now
    assert cache.prune(keep=1) == 2 + 5
    assert [bool(cache.fetch("notebook", {"n": str(number)})) for number in range(3)] == [True, False, False]
    assert sorted(int(path.stem) for path in (tmp_path / "verdicts").iterdir()) == list(range(5, 25))
    assert len(list((tmp_path / "last").iterdir())) == 3


def test_a_changed_file_of_the_same_size_and_time_gets_a_new_hash(tmp_path: Path) -> None:
    hashes = Hashes(tmp_path / "hashes.json")
    file = tmp_path / "a.csv"
    file.write_bytes(b"one")
    before = hashes.of(file)
    state = file.stat()
    file.write_bytes(b"two")
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert hashes.of(file) != before


def test_an_unchanged_file_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"one")
    monkeypatch.setattr("casefile.press.cache._SETTLED_NS", -1_000_000_000)
    hashes = Hashes(tmp_path / "hashes.json")
    before = hashes.of(file)
    hashes.save()
    monkeypatch.setattr("hashlib.file_digest", lambda *_: pytest.fail("read again"))
    assert Hashes(tmp_path / "hashes.json").of(file) == before


@pytest.mark.parametrize("content", ["", "{", "[]", '{"files": 3, "memo": 4}', '{"files": {"x": 1}}'])
def test_a_damaged_hash_store_is_only_forgotten(tmp_path: Path, content: str) -> None:
    (tmp_path / "hashes.json").write_text(content, encoding="utf-8")
    (tmp_path / "a").write_bytes(b"1")
    assert len(Hashes(tmp_path / "hashes.json").of(tmp_path / "a")) == 64


def test_a_fact_is_computed_once_per_content(tmp_path: Path) -> None:
    hashes = Hashes(tmp_path / "hashes.json")
    calls: list[int] = []
    for _ in range(2):
        assert hashes.fact("newest", "abc", lambda: calls.append(1) or "2024-01-01") == "2024-01-01"
    assert calls == [1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"data:economy/ruble.csv": "d2"}, "data/economy/ruble.csv changed"),
        ({"notebook:economy.ipynb": "n2"}, "the notebook economy.ipynb changed"),
        ({"parameter:as_of": '"2025-01-01"'}, 'the parameter as_of changed from "2024-06-30" to "2025-01-01"'),
        ({"code:pillars/economy.py": "c"}, "the code in pillars/economy.py is new"),
        ({"installed:pandas": "3.2"}, "the installed pandas is now 3.2"),
        ({}, "nothing it depends on has changed"),
    ],
)
def test_why_is_said_in_words(change: dict[str, str], said: str) -> None:
    assert why(PARTS, {**PARTS, **change}) == said


def test_why_says_what_is_gone() -> None:
    assert "data/economy/ruble.csv is gone" in why(PARTS, {})


def test_why_says_when_there_was_nothing_before() -> None:
    assert why(None, PARTS) == "it has not been made before"


def test_many_changes_of_one_kind_are_counted() -> None:
    new = {**PARTS, **{f"code:m{number}.py": "1" for number in range(5)}}
    assert why(PARTS, new).endswith("and 2 others")


def test_the_reason_compares_with_the_last_result_of_that_name(tmp_path: Path) -> None:
    cache = fresh(tmp_path)
    cache.remember("notebook", "economy", PARTS)
    assert (
        cache.reason("notebook", "economy", {**PARTS, "data:economy/ruble.csv": "d2"})
        == "data/economy/ruble.csv changed"
    )
    assert cache.reason("notebook", "aims", PARTS) == "it has not been made before"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "html"
    (root / "_static").mkdir(parents=True)
    (root / "index.html").write_text("a", encoding="utf-8")
    (root / "_static" / "x.css").write_text("b", encoding="utf-8")
    return root


def test_a_tree_that_stands_as_written_has_no_fault(tmp_path: Path, site: Path) -> None:
    Receipts(fresh(tmp_path / "c")).write("book", PARTS, site)
    assert Receipts(fresh(tmp_path / "c")).fault("book", PARTS, site) is None


def test_a_tree_never_written_says_so(tmp_path: Path, site: Path) -> None:
    assert Receipts(fresh(tmp_path / "c")).fault("book", PARTS, site) == "it has not been made before"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda root: (root / "index.html").write_text("z", encoding="utf-8"), "index.html was changed by hand"),
        (lambda root: (root / "index.html").unlink(), "index.html is missing"),
        (lambda root: (root / "new.html").write_text("n", encoding="utf-8"), "new.html was not there before"),
        (shutil.rmtree, "_static/x.css and index.html are missing"),
    ],
)
def test_a_tree_that_was_touched_says_how(tmp_path: Path, site: Path, damage, said: str) -> None:  # type: ignore[no-untyped-def]
    Receipts(fresh(tmp_path / "c")).write("book", PARTS, site)
    damage(site)
    assert Receipts(fresh(tmp_path / "c")).fault("book", PARTS, site) == said


def test_a_tree_of_other_parts_says_which(tmp_path: Path, site: Path) -> None:
    receipts = Receipts(fresh(tmp_path / "c"))
    receipts.write("book", PARTS, site)
    assert receipts.fault("book", {**PARTS, "data:economy/ruble.csv": "d2"}, site) == "data/economy/ruble.csv changed"


def test_looking_things_up_imports_nothing_heavy() -> None:
    code = (
        "import sys, casefile.press.cache, casefile.press.graph, casefile.press.lock, casefile.press.parameters, "
        "casefile.press.run; print([n for n in ('pandas', 'numpy', 'papermill', 'sphinx', 'yaml', 'asyncio', 'zmq') "
        "if n in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_jsonschema_is_imported_without_the_grammar_and_the_grammar_stays_to_be_had() -> None:
    code = (
        "import sys; from casefile.press.light import import_jsonschema; import_jsonschema(); "
        "print('jsonschema' in sys.modules, 'rfc3987_syntax' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "True False\n"
    )
