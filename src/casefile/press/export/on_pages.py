"""Records that travel with the pages: JSON-LD in their heads, citations beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casefile.evidence.canonical import canonical
from casefile.evidence.library import Library
from casefile.model import Pillar
from casefile.press.export.citation import citation_files
from casefile.press.export.claimreview import page_graph
from casefile.press.export.datapackage import DESCRIPTOR, package
from casefile.press.export.dataset import data_graph
from casefile.press.export.standing import Record
from casefile.press.scripts import json_text
from casefile.show.html import anchor, visible

FOLDER = "citations"


def page_records(ledger: Mapping[str, Any], library: Library) -> dict[str, dict[str, Any]]:
    """Page name → `records` (JSON-LD that cannot end its script element) and `cite` (claims with their citation files).

    Browsers read `application/ld+json` as data: it is never run.
    """
    record = Record(ledger, library)
    found: dict[str, dict[str, Any]] = {"data": {"records": json_text(data_graph(record))}}
    for pillar in Pillar:
        own = [claim for claim in record.claims.values() if claim.pillar is pillar]
        found[pillar.value] = {
            "records": json_text(page_graph(record, pillar)),
            "cite": [[visible(claim.title), f"_static/{FOLDER}/{anchor(claim.id)}"] for claim in own],
        }
    return found


def write_static(ledger: Mapping[str, Any], library: Library, static: Path) -> None:
    """Citations of the book and each claim, and the Data Package descriptor beside the tables."""
    record = Record(ledger, library)
    folder = static / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in citation_files(record).items():
        (folder / name).write_text(content, encoding="utf-8")
    (static / "data" / DESCRIPTOR).write_text(canonical(package(record)), encoding="utf-8")
