"""schema.org Dataset for each published table, as JSON-LD on the data page."""

from __future__ import annotations

import hashlib
from typing import Any

from casefile.evidence.descriptors import Descriptor
from casefile.press.export.claimreview import CONTEXT
from casefile.press.export.standing import Record
from casefile.show.html import anchor, is_web_address


def dataset(record: Record, descriptor: Descriptor) -> dict[str, Any]:
    """One table: what a row is, its columns with units, span, licence and download with hash."""
    frame = record.library.whole(descriptor.name)
    file = f"_static/data/{anchor(descriptor.name)}.csv"
    variables = []
    for name, field in descriptor.fields.items():
        variable = {"@type": "PropertyValue", "name": name}
        if words := field.get("description") or field.get("title"):
            variable["description"] = words
        if unit := field.get("unit"):
            variable["unitText"] = unit
        variables.append(variable)
    found: dict[str, Any] = {
        "@type": "Dataset",
        "@id": f"data.html#t-{anchor(descriptor.name)}",
        "name": descriptor.title,
        "description": str(descriptor.resource["description"]),
        "url": f"data.html#t-{anchor(descriptor.name)}",
        "creator": {"@type": "Organization", "name": record.citation["authors"][0]["name"]},
        "isAccessibleForFree": True,
        "dateModified": frame["known_on"].max().date().isoformat(),
        "variableMeasured": variables,
        "distribution": [
            {
                "@type": "DataDownload",
                "contentUrl": file,
                "encodingFormat": "text/csv",
                "sha256": hashlib.sha256(descriptor.path.read_bytes()).hexdigest(),
            }
        ],
        "includedInDataCatalog": {"@id": "data.html"},
    }
    if "date" in frame.columns and frame["date"].notna().any():
        span = frame["date"].dropna()
        found["temporalCoverage"] = f"{span.min().date()}/{span.max().date()}"
    licences = descriptor.resource.get("licenses", [])
    if licences:
        addresses = [one["path"] for one in licences if is_web_address(str(one.get("path", "")))]
        found["license"] = (
            addresses[0] if addresses else "; ".join(str(one.get("title", one["name"])) for one in licences)
        )
    return found


def data_graph(record: Record) -> dict[str, Any]:
    """The data page's catalogue: every table of the edition."""
    tables = [dataset(record, one) for one in record.library.descriptors.values()]
    catalogue = {
        "@type": "DataCatalog",
        "@id": "data.html",
        "name": f"Tables of: {record.citation['title']}",
        "dataset": [{"@id": one["@id"]} for one in tables],
    }
    return {"@context": CONTEXT, "@graph": [catalogue, *tables]}
