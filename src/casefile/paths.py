"""Every folder and file of the project, named once."""

from __future__ import annotations

from pathlib import Path


def find_root(start: Path | None = None) -> Path:
    """The project folder: the nearest folder at or above `start` (default: here) with `data/claims.yml`.

    Falls back to the checkout that this package was installed from, so that notebooks run from anywhere; without one
    (an installed wheel) to `start`.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "data" / "claims.yml").is_file():
            return folder
    checkout = Path(__file__).resolve().parents[2]
    return checkout if (checkout / "data" / "claims.yml").is_file() else here


ROOT = find_root()
DATA = ROOT / "data"
NOTEBOOKS = ROOT / "notebooks"
BOOK = ROOT / "book"
BUILD = ROOT / "_build"
LOCK = ROOT / "requirements.lock"
CHANGELOG = ROOT / "CHANGELOG.md"
CITATION = ROOT / "CITATION.cff"
SPECIFICATIONS = ROOT / "tests" / "spec"
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
PACKAGE = Path(__file__).resolve().parent

CLAIMS_FILE = "claims.yml"
SOURCES_FILE = "sources.csv"
CORRECTIONS_FILE = "corrections.yml"
PUBLISHED_FILE = "published.json"
HISTORY_FILE = "history.jsonl"
DESCRIPTOR_FILE = "datapackage.json"
