"""Prose states no computed number by hand: figures on pages come from the ledger, by marks or by cells."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from casefile.evidence.claims import read_claims
from casefile.paths import BOOK, DATA, NOTEBOOKS
from casefile.verdicts.rules import BANDS
from casefile.words import MONTHS

NOT_PROSE = re.compile(r"```.*?```|`[^`]*`|<!--.*?-->|\]\([^)]*\)|^\([\w-]+\)=$", re.S | re.M)
DATES = re.compile(rf"\b\d{{1,2}} (?:{'|'.join(MONTHS)})(?: \d{{4}})?\b|\b(?:19|20)\d\d\b")
NUMBER = re.compile(r"[−+$]?\d[\d.,]*%?")
ENDS = {f"−{abs(BANDS[-1][0]):.0f}", f"+{abs(BANDS[-1][0]):.0f}"}
"""The ends of the scale of scores: a definition, held by the rules."""
DEFINED = {"95%", *ENDS}
NAMES = {"rerun.md": {"3.11", "0", "1", "2", "3", "4", "130"}}
"""The Python that is needed and the exit codes, which tests of the command line hold."""


def prose(path: Path) -> str:
    """What a reader reads of a page or notebook, without code, marks, addresses and the titles of claims."""
    if path.suffix == ".md":
        text = path.read_text(encoding="utf-8")
    else:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    for claim in read_claims(DATA).values():
        text = text.replace(f"## {claim.title}".replace("'", "’"), "")  # the article's own figure, which is under test
    return NOT_PROSE.sub(" ", text)


PAGES = [*sorted(BOOK.glob("*.md")), *sorted(NOTEBOOKS.glob("*.ipynb"))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_prose_holds_no_typed_number(path: Path) -> None:
    allowed = DEFINED | NAMES.get(path.name, set())
    typed = [one for one in NUMBER.findall(DATES.sub(" ", prose(path))) if one.rstrip(".,") not in allowed]
    assert typed == []


def test_a_typed_number_is_found() -> None:
    assert NUMBER.findall(
        DATES.sub(" ", NOT_PROSE.sub(" ", "On 9 October 2023 support stood at 43%, `18` points."))
    ) == ["43%"]
