"""The edition as it stands on disk: what every export is made from. Exports never compute a verdict again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from casefile.errors import UsageError
from casefile.evidence.claims import read_article, read_claims
from casefile.evidence.library import Library
from casefile.evidence.safe_yaml import read_yaml
from casefile.model import Claim
from casefile.paths import BUILD, CITATION
from casefile.press.publish import settle_site
from casefile.verdicts.ledger import data_fingerprint, read_ledger

LEDGER = Path("_static") / "ledgers" / "ledger.json"


@dataclass(frozen=True)
class Record:
    """What records say about an edition: its ledger, the data behind it, and the text under test."""

    ledger: Mapping[str, Any]
    library: Library

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """Claims by id, in the order of the article."""
        return read_claims(self.library.data_dir)

    @cached_property
    def article(self) -> dict[str, Any]:
        """Title, authors, outlet, date and address of the article."""
        return read_article(self.library.data_dir)

    @cached_property
    def citation(self) -> dict[str, Any]:
        """The content of CITATION.cff: title, authors, version and licence of the report."""
        found: dict[str, Any] = read_yaml(CITATION)
        return found

    @property
    def as_of(self) -> str:
        """The edition's date."""
        return str(self.ledger["as_of"])

    def verdicts(self, vantage: str) -> dict[str, Mapping[str, Any]]:
        """Claim id → verdict record at one vantage; empty when the edition has no such vantage."""
        return {one["claim"]: one for one in self.ledger["verdicts"].get(vantage, [])}


@dataclass(frozen=True)
class Standing(Record):
    """A built edition: its record, its site and the assembled sources that the site was made from."""

    site: Path
    sources: Path


def open_standing(site: Path | None = None, data_dir: Path | None = None) -> Standing:
    """The built edition, checked to be whole and of one piece.

    Raises `UsageError` when there is no book, when the assembled sources belong to another edition, or when the data
    have changed since.
    """
    place = (site or BUILD / "html").resolve()
    settle_site(place)
    if not (place / LEDGER).is_file():
        raise UsageError(f"There is no book at {place}. Build one first: casefile build")
    sources = BUILD / "book"
    ledger = read_ledger(place / LEDGER)
    if not (sources / LEDGER).is_file() or read_ledger(sources / LEDGER) != ledger:
        raise UsageError(f"{sources} was not made for the book at {place}. Build again: casefile build --force")
    library = Library(data_dir)
    if data_fingerprint(library.data_dir, library.descriptors) != ledger["data"]:
        raise UsageError("The data have changed since the book was built. Build again: casefile build")
    return Standing(ledger, library, place, sources)


def notebook(standing: Standing, name: str) -> dict[str, Any]:
    """One executed notebook of the edition."""
    content: dict[str, Any] = json.loads((standing.sources / f"{name}.ipynb").read_text(encoding="utf-8"))
    return content
