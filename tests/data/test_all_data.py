"""The repository's own data pass: our checker, an independent one, and the rules that only the whole can break."""

from __future__ import annotations

import json
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

from casefile.evidence.check import check_data
from casefile.evidence.claims import read_claims
from casefile.evidence.descriptors import Descriptor, read_descriptors
from casefile.evidence.library import Library
from casefile.paths import DATA
from casefile.verdicts.engine import analyses

TABLES = read_descriptors(DATA)
LIBRARY = Library(DATA)
LARGE = 2000  # rows; frictionless reads about this many a second


def test_the_repository_passes_its_own_check() -> None:
    report = check_data(DATA)
    assert [str(one) for one in report.problems] == []


def test_every_rule_names_findings_that_its_analysis_states() -> None:
    evidence = LIBRARY.at(LIBRARY.newest)

    def stated(claim: Any) -> set[str]:
        found = analyses(claim.pillar.value)[claim.id](evidence.only(claim.tables))
        return {one.id.removeprefix(f"{claim.id}.") for one in found}

    assert [str(one) for one in check_data(DATA, findings=stated).problems] == []


@pytest.mark.parametrize("name", [name for name, one in TABLES.items() if one.resource["casefile"]["rows"] <= LARGE])
def test_frictionless_finds_no_row_that_breaks_the_schema(name: str) -> None:
    frictionless = pytest.importorskip("frictionless")
    with frictionless.system.use_context(trusted=True):
        report = frictionless.Resource.from_descriptor(_alone(TABLES[name]), basepath=str(DATA)).validate()
    assert report.flatten(["rowNumber", "fieldName", "type", "note"]) == []


def _alone(descriptor: Descriptor) -> dict[str, Any]:
    """A resource without its ties to other packages, as an independent reader needs it."""
    schema = {key: value for key, value in descriptor.resource["schema"].items() if key != "foreignKeys"}
    path = descriptor.path.relative_to(DATA).as_posix()
    kept = {
        key: descriptor.resource[key]
        for key in ("name", "hash", "bytes", "encoding", "format", "mediatype")
        if key in descriptor.resource
    }
    return json.loads(json.dumps({**kept, "path": path, "schema": schema}))  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", list(TABLES))
def test_row_ids_are_unique(name: str) -> None:
    assert LIBRARY.whole(name)["row"].is_unique


@pytest.mark.parametrize("name", list(TABLES))
def test_every_row_has_an_origin(name: str) -> None:
    assert (LIBRARY.whole(name)["origin"].astype("str") != "").all()


LOOKUPS = {"congress/senators"}
"""Tables that no claim rests on: the adapter of Senate roll calls finds the members' identifiers there."""


def test_every_table_is_read_by_a_claim() -> None:
    used = {table for claim in read_claims(DATA).values() for table in claim.tables}
    assert set(TABLES) - used == LOOKUPS


def test_every_alternative_sets_what_its_analysis_takes() -> None:
    for claim in read_claims(DATA).values():
        takes = set(signature(analyses(claim.pillar.value)[claim.id]).parameters)
        for one in claim.alternatives:
            assert set(one.set) <= takes, f"{claim.id}: {one.id}"


def test_no_raw_download_stands_in_the_data_folder() -> None:
    kinds = {path.suffix for path in Path(DATA).rglob("*") if path.is_file() and not _hidden(path)}
    assert kinds <= {".csv", ".json", ".jsonl", ".yml", ".md"}


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(DATA).parts)
