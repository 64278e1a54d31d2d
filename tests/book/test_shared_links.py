"""What leaves the site with a link: social cards, tags, the feed."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from xml.etree import ElementTree as ET  # our own feed

import pytest

from casefile.model import Pillar
from casefile.press.cards import COVER, COVER_ROOM, FOLDER, ROOM, contents, squares, write_cards
from casefile.press.feed import ATOM, atom
from casefile.press.pages import Material
from casefile.verdicts.engine import Court
from casefile.verdicts.ledger import vantages


@pytest.fixture(scope="module")
def material(court: Court) -> Material:
    """An edition with two month ends between which one rating changed."""
    when = vantages(court.library.newest)
    verdicts = {
        name: {key: court.verdict(name, day, robust=False) for key, day in when.items()} for name in court.claims
    }
    moved = next(name for name, pair in verdicts.items() if pair["then"].rating is not pair["now"].rating)
    rows = [
        {"claim": moved, "as_of": one.as_of.isoformat(), "rating": one.rating.value, "confidence": "high",
         "sentence": one.sentence}
        for one in verdicts[moved].values()
    ]  # fmt: skip
    return Material(court, verdicts, rows)


def size(path: Path) -> tuple[int, int]:
    """Width and height from a PNG's first chunk."""
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", head[16:24])  # type: ignore[return-value]


def test_every_chapter_has_a_card_of_the_size_that_networks_show(material: Material, tmp_path: Path) -> None:
    write_cards(material, tmp_path)
    made = {path.stem: size(path) for path in (tmp_path / FOLDER).glob("*.png")}
    assert made.pop(COVER) == (1200, 1697)
    assert set(made) == {"index", "verdicts", *(one.value for one in Pillar)}
    assert set(made.values()) == {(1200, 630)}


def test_cards_are_the_same_bytes_each_time(material: Material, tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        write_cards(material, tmp_path / name)
    for path in (tmp_path / "one" / FOLDER).glob("*.png"):
        assert path.read_bytes() == (tmp_path / "other" / FOLDER / path.name).read_bytes()


def test_a_card_counts_the_verdicts_of_its_chapter(material: Material) -> None:
    for pillar in Pillar:
        card = contents(material)[pillar.value]
        own = [pair for pair in material.verdicts.values() if pair["now"].pillar == pillar.value]
        assert [len(row["ratings"]) for row in card["rows"]] == [len(own)] * len(card["rows"])
        assert card["rows"][-1]["held"] == sum("supported" in one["now"].rating.value.split() for one in own)


@pytest.mark.parametrize("base", ["", "https://example.org/book/"])
def test_the_feed_has_what_atom_demands(base: str, material: Material) -> None:
    feed = ET.fromstring(atom(material, base))
    name = f"{{{ATOM}}}"
    stamp = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
    assert feed.tag == f"{name}feed"
    assert feed.findtext(f"{name}author/{name}name")
    assert feed.find(f"{name}link[@rel='self']").get("href") == f"{base}feed.xml"  # type: ignore[union-attr]
    entries = feed.findall(f"{name}entry")
    assert len(entries) == 1
    for one in (feed, *entries):
        assert one.findtext(f"{name}id", "").startswith("urn:")
        assert one.findtext(f"{name}title")
        assert stamp.fullmatch(one.findtext(f"{name}updated", ""))
    link = entries[0].find(f"{name}link[@rel='alternate']")
    assert link is not None
    assert link.get("href", "").startswith(base)
    assert entries[0].findtext(f"{name}summary")


@pytest.mark.parametrize("count", [1, 4, 28, 29, 56, 280, 1000])
@pytest.mark.parametrize("room", [ROOM, COVER_ROOM])
def test_any_number_of_claims_has_room(count: int, room: tuple[float, float, float, float]) -> None:
    across, down, between, most = room
    square, columns = squares(count, *room)
    rows = -(-count // columns)
    assert 0 < square <= most
    assert columns * (square + between) <= across + between
    assert rows * (square + between) <= down + between + 1e-9
