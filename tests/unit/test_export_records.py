"""Records in standard formats, made from the repository's own ledger and checked with the standards' own tools."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casefile.model import Pillar, Rating
from casefile.paths import CITATION
from casefile.press.export.citation import check_citation, citation_files
from casefile.press.export.claimreview import SCALE, claim_review, claim_reviews, page_graph
from casefile.press.export.datapackage import package, validate, write_datapackage
from casefile.press.export.dataset import data_graph
from casefile.press.export.on_pages import page_records
from casefile.press.export.provenance import provenance
from casefile.press.export.standing import Record
from casefile.verdicts.engine import Court
from casefile.verdicts.ledger import build_ledger


@pytest.fixture(scope="module")
def record(court: Court) -> Record:
    return Record(build_ledger(court, court.library.newest), court.library)


def test_each_claim_has_a_review_at_both_vantages(record: Record) -> None:
    graph = json.loads(claim_reviews(record))["@graph"]
    assert len(graph) == 2 * len(record.claims)
    assert len({one["@id"] for one in graph}) == len(graph)


def test_a_review_has_what_the_type_asks_for(record: Record) -> None:
    for claim in record.claims.values():
        review = claim_review(record, claim)
        assert review["@type"] == "ClaimReview"
        assert review["claimReviewed"] == claim.statement
        assert review["reviewRating"]["alternateName"] in [one.value for one in Rating]
        assert review["itemReviewed"]["datePublished"] == "2023-10-09"


def test_the_number_of_a_review_follows_its_word(record: Record) -> None:
    for claim in record.claims.values():
        rating = claim_review(record, claim)["reviewRating"]
        assert rating.get("ratingValue") == SCALE.get(rating["alternateName"])


def test_addresses_of_reviews_take_the_base_that_was_asked_for(record: Record) -> None:
    graph = json.loads(claim_reviews(record, "https://example.org/book/"))["@graph"]
    assert all(one["url"].startswith("https://example.org/book/") for one in graph)


def test_each_chapter_page_carries_its_own_claims(record: Record) -> None:
    for pillar in Pillar:
        names = {one["name"] for one in page_graph(record, pillar)["@graph"]}
        assert names == {claim.title for claim in record.claims.values() if claim.pillar is pillar}


def test_the_data_page_describes_every_table(record: Record) -> None:
    tables = [one for one in data_graph(record)["@graph"] if one["@type"] == "Dataset"]
    assert len(tables) == len(record.library.descriptors)
    assert all(one["distribution"][0]["sha256"] and one["variableMeasured"] and one["description"] for one in tables)


def test_records_on_pages_cannot_end_their_element(record: Record) -> None:
    for page in page_records(record.ledger, record.library).values():
        assert not set("<>&\u2028\u2029") & set(page["records"])
        json.loads(page["records"])


def test_bibtex_is_read_by_pybtex(record: Record) -> None:
    database = pytest.importorskip("pybtex.database")
    for name, content in citation_files(record).items():
        if name.endswith(".bib"):
            parsed = database.parse_string(content, "bibtex")
            [entry] = parsed.entries.values()
            assert entry.fields["title"]
            assert entry.fields["year"] == record.as_of[:4]


def test_csl_json_has_type_title_author_and_date(record: Record) -> None:
    for name, content in citation_files(record).items():
        if name.endswith(".json"):
            [item] = json.loads(content)
            assert item["type"] in ("book", "chapter")
            assert item["title"]
            assert item["author"]
            assert item["issued"]["date-parts"][0][0] == int(record.as_of[:4])


def test_every_claim_can_be_cited(record: Record) -> None:
    assert len(citation_files(record)) == 2 * (len(record.claims) + 1)


def test_the_citation_file_follows_its_format(record: Record) -> None:
    from importlib.metadata import version

    assert check_citation(CITATION, version("casefile")) == []


def test_a_citation_file_of_another_version_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "CITATION.cff"
    path.write_text(CITATION.read_text(encoding="utf-8").replace("version: 1.0.0", "version: 0.0.1"), encoding="utf-8")
    assert any("0.0.1" in one for one in check_citation(path, "1.0.0"))


def test_an_unknown_key_in_a_citation_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "CITATION.cff"
    path.write_text(CITATION.read_text(encoding="utf-8") + "licence: MIT\n", encoding="utf-8")
    assert check_citation(path, "1.0.0") == ["CITATION.cff: licence is no key of the format."]


def test_the_data_package_names_every_table_once(record: Record) -> None:
    names = [one["name"] for one in package(record)["resources"]]
    assert len(names) == len(set(names)) == len(record.library.descriptors) + 1


@pytest.mark.slow
def test_the_data_package_is_valid_to_frictionless(record: Record, tmp_path: Path) -> None:
    assert write_datapackage(record, tmp_path / "package").is_file()


def test_a_changed_cell_is_noticed_by_frictionless(record: Record, tmp_path: Path) -> None:
    name = min(record.library.descriptors, key=lambda one: record.library.descriptors[one].path.stat().st_size)
    source = record.library.descriptors[name].path
    (tmp_path / "table.csv").write_bytes(source.read_bytes() + b"oops\n")
    resource = {**record.library.descriptors[name].resource, "path": "table.csv"}
    resource["schema"] = {key: value for key, value in resource["schema"].items() if key != "foreignKeys"}
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "one", "resources": [resource]}), encoding="utf-8")
    assert validate(tmp_path / "datapackage.json")


def test_provenance_leads_from_each_verdict_to_an_address(record: Record) -> None:
    graph = json.loads(provenance(record))["@graph"]
    by_id = {one["@id"]: one for one in graph}
    assert len(by_id) == len(graph)
    reached = 0
    for one in graph:
        for name in [*one.get("derived", []), *one.get("source", []), *([one["by"]] if "by" in one else [])]:
            assert name in by_id, f"{one['@id']} leads to {name}, which is not in the record"
        reached += "location" in one
    assert reached > 100


def test_every_row_of_a_finding_is_in_the_provenance(record: Record) -> None:
    text = provenance(record)
    rows = sum(1 for one in json.loads(text)["@graph"] if one["@id"].startswith("#row/"))
    wanted = {
        row for findings in record.ledger["findings"].values() for one in findings.values() for row in one["rows"]
    }
    assert rows == len(wanted)
