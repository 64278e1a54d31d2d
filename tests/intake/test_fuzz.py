"""Beyond the list: whatever the bytes, the intake accepts a valid table or refuses cleanly, and writes nothing."""

# ruff: noqa: E501

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_kit import FIXTURES, POLL, POLLS, TODAY, planned, state, text_of
from openpyxl import Workbook

from casefile.errors import DataError, UsageError
from casefile.evidence.adapters import adapters
from casefile.evidence.intake.content import recognise
from casefile.evidence.intake.gate import Gate
from casefile.evidence.rows import validate_rows

QUICK = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
GOOD = text_of(POLLS).encode()


@pytest.fixture(scope="module")
def gate(shared_data: Path) -> Gate:
    return Gate(shared_data, TODAY)


def judge(data: Path, folder: Path, table: str, name: str, raw: bytes, form: str = "") -> bool:
    """Whether the bytes were accepted; anything but acceptance or a clean refusal fails the test."""
    path = folder / name
    path.write_bytes(raw)
    try:
        plan = planned(data, table, path, format=form)
    except (DataError, UsageError) as error:
        if not str(error):
            pytest.fail("a refusal without a word")
        return False
    gate = Gate(data, TODAY)
    for one in plan.comparisons:
        rows = [(2 + number, row) for number, row in enumerate(one.new)]
        known = {**dict(gate.sources), **{s["source_id"]: None for s in plan.new_sources}}
        assert not validate_rows(gate.descriptors[one.table], rows, known, gate.rows(one.table), TODAY)  # type: ignore[arg-type]
    return True


@QUICK
@given(raw=st.binary(max_size=400), name=st.sampled_from(["a.csv", "a.json", "a.xlsx", "a.xml", "a"]))
def test_any_bytes(shared_data: Path, tmp_path: Path, raw: bytes, name: str) -> None:
    assert not judge(shared_data, tmp_path, "resolve/polls", name, raw)


@QUICK
@given(seed=st.integers(0, 2**32))
def test_a_good_csv_with_random_damage(shared_data: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    raw = bytearray(GOOD)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(raw))
        match chance.randrange(4):
            case 0:
                raw[place] = chance.randrange(256)
            case 1:
                del raw[place : place + chance.randint(1, 40)]
            case 2:
                raw[place:place] = chance.choice(
                    [b",", b'"', b"\n", b"\x00", b"\xff", b"'", b"=", "−".encode(), b"1e9"]
                )
            case _:
                raw[place:place] = raw[: chance.randint(1, 80)]
    before = state(shared_data)
    judge(shared_data, tmp_path, "resolve/polls", "a.csv", bytes(raw))
    assert state(shared_data) == before


@QUICK
@given(cells=st.dictionaries(st.sampled_from(sorted(POLL)), st.text(max_size=30), min_size=1, max_size=4))
def test_any_text_in_any_cell(shared_data: Path, tmp_path: Path, cells: dict[str, str]) -> None:
    try:
        raw = text_of([{**POLL, **cells}]).encode()
    except UnicodeEncodeError:
        return
    judge(shared_data, tmp_path, "resolve/polls", "a.csv", raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*POLL, "type", "features"]), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@QUICK
@given(value=JSON)
def test_any_json(shared_data: Path, tmp_path: Path, value: object) -> None:
    judge(shared_data, tmp_path, "resolve/polls", "a.json", json.dumps(value).encode("utf-8", "replace"))


@QUICK
@given(
    cells=st.lists(
        st.lists(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text("ab=<1.-", max_size=6) | st.dates(), max_size=5),
        min_size=1,
        max_size=4,
    )
)  # fmt: skip
def test_any_workbook(shared_data: Path, tmp_path: Path, cells: list[list[object]]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in cells:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    assert not judge(shared_data, tmp_path, "resolve/polls", "a.xlsx", out.getvalue())


@pytest.mark.parametrize("name", [one.name for one in sorted(FIXTURES.iterdir()) if one.name != "poll_short.csv"])
def test_upstream_files_with_random_damage(shared_data: Path, tmp_path: Path, name: str) -> None:
    good = (FIXTURES / name).read_bytes()
    form = next(one for one in adapters().values() if one.recognises(recognise(good, name)))
    chance = random.Random(name)
    before = state(shared_data)
    for _ in range(12):
        raw = bytearray(good)
        for _ in range(chance.randint(1, 5)):
            place = chance.randrange(len(raw))
            match chance.randrange(3):
                case 0:
                    raw[place] = chance.randrange(256)
                case 1:
                    del raw[place : place + chance.randint(1, 60)]
                case _:
                    raw[place:place] = chance.choice(
                        [b"<", b">", b"&", b'"', b"{", b"]", b"null", b"1e999", b"-", b"9" * 40]
                    )
        judge(shared_data, tmp_path, form.tables[0], name, bytes(raw), form.name)
    assert state(shared_data) == before


@pytest.mark.parametrize("form", sorted(adapters()))
@pytest.mark.parametrize(
    "raw",
    [b"{}", b"[]", b"[{}]", b"[[],[]]", b'[{"total":1,"pages":1},[{}]]', b'{"type":"FeatureCollection","features":[null]}',
     b'{"type":"FeatureCollection","features":[{"geometry":null,"properties":null}]}', b'{"votes":{"Yea":[null]},"vote_id":1}',
     b"<a/>", b"<ValCurs/>", b"<rollcall-vote/>", b"<roll_call_vote/>", b'<ValCurs Date="x"><Valute/></ValCurs>',
     b"<rollcall-vote><vote-metadata/></rollcall-vote>", b"a,b\n1,2\n", b'[{"date":null,"day":1,"personnel":{}}]',
     b'[{"date":[],"personnel":1}]', b"congress,chamber,rollnumber,date,yea_count,nay_count\n1,2,3,4,5,6\n",
     b"pollster,start_date,end_date,sample_size\na,b,c,d\n"],
    ids=range(19),
)  # fmt: skip
def test_odd_shapes_are_refused_by_every_adapter(shared_data: Path, tmp_path: Path, form: str, raw: bytes) -> None:
    for table in adapters()[form].tables[:1]:
        assert not judge(shared_data, tmp_path, table, "a.txt", raw, form)
