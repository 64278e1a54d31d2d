"""Social cards: one picture a chapter for shared links, set with Typst, the same bytes each time."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casefile.errors import RunFailed
from casefile.evidence.canonical import canonical
from casefile.model import Pillar, Verdict
from casefile.press.cache import Cache
from casefile.press.front import BORNE_OUT, ORDER, rating_counts
from casefile.show.html import text
from casefile.show.values import PILLAR_TITLES
from casefile.words import day, listed

if TYPE_CHECKING:
    from casefile.press.pages import Material

TEMPLATE = Path(__file__).with_name("card.typ")
FOLDER = "cards"
COVER = "cover"
KIND = "cards"
BOOK_TITLE = "Negotiating with Russia, claim by claim"
ROOM = (890, 52, 4, 52)
"""Pixels for the squares of one day: across, down, between them, and the most that a square may have."""
COVER_ROOM = (1000, 200, 6, 65)
"""The same on the cover."""
MANY = 15
"""From here on the squares are small, and the rows begin lower."""


def contents(material: Material) -> dict[str, dict[str, Any]]:
    """Page name → what its card shows: title, then and now as rows of ratings, and all of it as one sentence."""
    pairs = list(material.verdicts.values())
    made = {"index": _card(BOOK_TITLE, "A case file in data", pairs)}
    for place, pillar in enumerate(Pillar, 1):
        own = [material.verdicts[claim.id] for claim in material.claims.values() if claim.pillar is pillar]
        made[pillar.value] = _card(PILLAR_TITLES[pillar], f"Chapter {place} of {len(Pillar)}", own)
    made["verdicts"] = _card("All verdicts, then and now", "The whole", pairs)
    return made


def _card(title: str, kicker: str, pairs: Sequence[Mapping[str, Verdict]]) -> dict[str, Any]:
    rows, said = [], []
    for name in pairs[0]:
        found = sorted((pair[name] for pair in pairs), key=lambda one: ORDER.index(one.rating))
        when = day(found[0].as_of)
        counts = listed([f"{count} {word}" for word, count in rating_counts(found).items()])
        said.append(f"{'On' if name == 'then' else 'By'} {when}: {counts}")
        rows.append(
            {
                "title": f"On {when}, when the article appeared" if name == "then" else f"On the evidence of {when}",
                "held": sum(one.rating in BORNE_OUT for one in found),
                "caption": f"of {len(found)} borne out",
                "counts": counts,
                "ratings": [one.rating.value for one in found],
            }
        )
    square, columns = squares(len(pairs), *ROOM)
    about = f"{len(pairs)} claims of one argument, tested on data" if title == BOOK_TITLE else BOOK_TITLE
    return {
        "title": title,
        "kicker": kicker,
        "rows": rows,
        "foot": f"{about} · edition of {day(pairs[0]['now'].as_of)}",
        "size": 56 if len(title) > 30 else 72,
        "square": square,
        "columns": columns,
        "top": 176 if len(pairs) < MANY else 185,
        "alt": f"{title}. {'; '.join(said)}.",
    }


def squares(count: int, across: float, down: float, between: float, most: float) -> tuple[float, int]:
    """How large squares can be that fill a room, and how many then stand in a row; of equals the fewest rows."""
    sizes = {}
    for rows in range(1, count + 1):
        columns = math.ceil(count / rows)
        sizes[columns] = min(most, across / columns - between, (down + between) / rows - between)
    columns = max(sizes, key=lambda one: (sizes[one], one))
    return sizes[columns], columns


def write_cards(material: Material, static: Path, cache: Cache | None = None) -> None:
    """Write `cards/<page>.png` below `static`, 1200 by 630 pixels, and the cover of the editions beside them.

    Pictures of the same words are taken from `cache`, if there is one. Raises `RunFailed` with Typst's words.
    """
    cards = contents(material)
    plain = [{key: _plain(value) for key, value in card.items()} for card in cards.values()]
    square, columns = squares(len(material.verdicts), *COVER_ROOM)
    cover = {**plain[0], "title": _plain(BOOK_TITLE), "square": square, "columns": columns}
    template, words = TEMPLATE.read_text(encoding="utf-8"), canonical({"cards": plain, "cover": cover})
    parts = {"template": template, "words": words, "typst": version("typst")}
    kept = cache.fetch(KIND, parts) if cache else None
    names = [f"{name}.png" for name in (*cards, COVER)]
    (static / FOLDER).mkdir(exist_ok=True)
    if kept is not None and set(names) <= kept.files.keys():
        for name in names:
            shutil.copyfile(kept.files[name], static / FOLDER / name)
        return
    for name, picture in zip(names, _set(template, words), strict=True):
        (static / FOLDER / name).write_bytes(bytes(picture))
    if cache:
        cache.store(KIND, parts, {name: static / FOLDER / name for name in names})


def _set(template: str, words: str) -> list[bytes]:
    import typst

    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "card.typ").write_text(template, encoding="utf-8")
        (work / "cards.json").write_text(words, encoding="utf-8")
        try:
            made: list[bytes] = typst.compile(
                str(work / "card.typ"), root=str(work), format="png", ppi=72.0, ignore_system_fonts=True
            )  # type: ignore[assignment]
        except Exception as error:  # the wheel raises its own class and RuntimeError alike
            raise RunFailed(f"The social cards could not be set: {error}") from None
    return made


def _plain(value: Any) -> Any:
    """Text without control characters and with printers' apostrophes, as on the pages."""
    from html import unescape

    return unescape(text(value)) if isinstance(value, str) else value
