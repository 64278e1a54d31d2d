"""ClaimReview and Dataset against schema.org's own vocabulary, of which the rocrate package carries a copy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from casefile.model import Pillar
from casefile.press.export.claimreview import claim_reviews, page_graph
from casefile.press.export.dataset import data_graph
from casefile.press.export.standing import Record
from casefile.verdicts.engine import Court
from casefile.verdicts.ledger import build_ledger


@cache
def vocabulary() -> dict[str, dict[str, Any]]:
    text = (files("rocrate") / "data" / "schema.jsonld").read_text(encoding="utf-8")
    return {one["@id"].removeprefix("schema:"): one for one in json.loads(text)["@graph"]}


def names(value: Any) -> set[str]:
    return {
        one["@id"].removeprefix("schema:") for one in (value if isinstance(value, list) else [value] if value else [])
    }


@cache
def kinds(kind: str) -> frozenset[str]:
    """A type with everything it is a kind of."""
    above = names(vocabulary()[kind].get("rdfs:subClassOf"))
    return frozenset({kind}).union(*(kinds(one) for one in above if one in vocabulary()))


def faults(value: Any, place: str = "$") -> Iterator[str]:
    """Types and properties that the vocabulary does not have, or not for this type, or not with such a value."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from faults(one, f"{place}[{number}]")
    if not isinstance(value, dict):
        return
    kind = value.get("@type")
    for key, inner in value.items():
        if not key.startswith("@"):
            known = vocabulary().get(key)
            if known is None:
                yield f"{place}: schema.org has no property {key}"
            elif kind is not None and not kinds(kind) & names(known.get("schema:domainIncludes")):
                yield f"{place}: {key} is no property of {kind}"
            else:
                allowed = names(known.get("schema:rangeIncludes"))
                for one in inner if isinstance(inner, list) else [inner]:
                    if isinstance(one, dict) and "@type" in one and not kinds(one["@type"]) & allowed:
                        yield f"{place}.{key}: a {one['@type']} is not among {sorted(allowed)}"
        yield from faults(inner, f"{place}.{key}")


@pytest.fixture(scope="module")
def record(court: Court) -> Record:
    return Record(build_ledger(court, court.library.newest), court.library)


def test_claim_reviews_use_the_vocabulary_as_it_is_meant(record: Record) -> None:
    assert list(faults(json.loads(claim_reviews(record))["@graph"])) == []


@pytest.mark.parametrize("pillar", list(Pillar), ids=lambda one: one.value)
def test_reviews_on_pages_use_the_vocabulary_as_it_is_meant(record: Record, pillar: Pillar) -> None:
    assert list(faults(page_graph(record, pillar)["@graph"])) == []


def test_datasets_use_the_vocabulary_as_it_is_meant(record: Record) -> None:
    assert list(faults(data_graph(record)["@graph"])) == []


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"@type": "ClaimReview", "claimReviewd": "x"}, "no property claimReviewd"),
        ({"@type": "Person", "claimReviewed": "x"}, "no property of Person"),
        ({"@type": "ClaimReview", "reviewRating": {"@type": "Person"}}, "a Person is not among"),
    ],
)
def test_a_wrong_word_is_noticed(value: dict[str, Any], fault: str) -> None:
    assert any(fault in one for one in faults(value))
