"""From each number to its rows and their sources in the terms of W3C PROV, as JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import pandas as pd

from casefile.evidence.canonical import canonical
from casefile.evidence.library import Library
from casefile.press.export.standing import Record
from casefile.show.html import is_web_address

CONTEXT = {
    "prov": "http://www.w3.org/ns/prov#",
    "schema": "https://schema.org/",
    "derived": {"@id": "prov:wasDerivedFrom", "@type": "@id"},
    "source": {"@id": "prov:hadPrimarySource", "@type": "@id"},
    "by": {"@id": "prov:wasGeneratedBy", "@type": "@id"},
    "location": {"@id": "prov:atLocation", "@type": "@id"},
    "value": "prov:value",
    "name": "schema:name",
    "unit": "schema:unitText",
    "known": "schema:datePublished",
}


def provenance(record: Record) -> str:
    """One JSON-LD document: verdict ← findings ← rows ← sources; only rows and sources that a finding uses."""
    graph: list[dict[str, Any]] = []
    rows: set[str] = set()
    methods: set[str] = set()
    for vantage in record.ledger["vantages"]:
        for verdict in record.ledger["verdicts"][vantage]:
            graph.append(
                {
                    "@id": f"#verdict/{vantage}/{verdict['claim']}",
                    "@type": "prov:Entity",
                    "name": verdict["sentence"],
                    "value": verdict["rating"],
                    "derived": [_finding_id(one["finding"], vantage) for one in verdict["tests"]],
                }
            )
        for finding in record.ledger["findings"][vantage].values():
            graph.append(_finding(finding, vantage))
            rows.update(finding["rows"])
            methods.add(finding["method"])
    graph += [{"@id": f"#method/{one}", "@type": "prov:Activity", "name": one} for one in sorted(methods)]
    cited = _rows(record.library, rows)
    graph += [one for one, _ in cited]
    for name in sorted({source for _, own in cited for source in own}):
        source = record.library.sources.get(name)
        if source is not None:
            entry = {"@id": _source_id(name), "@type": "prov:Entity", "name": source.title}
            if is_web_address(source.url):
                entry["location"] = source.url
            graph.append(entry)
    return canonical({"@context": CONTEXT, "@graph": graph})


def _finding(finding: Mapping[str, Any], vantage: str) -> dict[str, Any]:
    return {
        "@id": _finding_id(finding["id"], vantage),
        "@type": "prov:Entity",
        "name": finding["label"],
        "value": finding["value"],
        "unit": finding["unit"],
        "by": f"#method/{finding['method']}",
        "derived": [_row_id(one) for one in finding["rows"]],
    }


def _finding_id(name: str, vantage: str) -> str:
    return f"#finding/{vantage}/{name}"


def _row_id(name: str) -> str:
    return f"#row/{quote(name, safe='/:')}"


def _source_id(name: str) -> str:
    return f"#source/{quote(name, safe='')}"


def _rows(library: Library, wanted: Iterable[str]) -> list[tuple[dict[str, Any], list[str]]]:
    """A record for each row with the sources that it names, in order of table and file."""
    names = set(wanted)
    found: list[tuple[dict[str, Any], list[str]]] = []
    for table in sorted(library.descriptors):
        frame = library.whole(table)
        frame = frame[frame["row"].isin(names)]
        columns = [one for one in ("source_id", "source_id_2") if one in frame.columns]
        for row in frame.to_dict("records"):
            sources = [str(row[one]) for one in columns if isinstance(row[one], str) and row[one]]
            entry = {
                "@id": _row_id(str(row["row"])),
                "@type": "prov:Entity",
                "source": [_source_id(one) for one in sources],
            }
            if isinstance(row["known_on"], pd.Timestamp):
                entry["known"] = row["known_on"].date().isoformat()
            found.append((entry, sources))
    return found
