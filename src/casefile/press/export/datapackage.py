"""All published tables as one Data Package: descriptors merged, the registry of sources among them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casefile.errors import RunFailed
from casefile.evidence.canonical import canonical
from casefile.evidence.sources import COLUMNS, KINDS
from casefile.paths import SOURCES_FILE
from casefile.press.export.standing import Record
from casefile.show.html import anchor

DESCRIPTOR = "datapackage.json"

_MEANINGS = {
    "source_id": "Short name by which every row names its source",
    "publisher": "Who published it",
    "title": "What it is called",
    "url": "Where it was read",
    "published": "The day it was published, where known",
    "kind": "primary, secondary report of an original, or dataset",
    "license": "Its terms, where stated",
    "note": "Anything a reader should know",
}


def package(record: Record) -> dict[str, Any]:
    """The Data Package descriptor. Paths are those of the site's folder of tables."""
    about = record.citation
    resources = [sources_resource(record.library.data_dir)]
    for name, descriptor in record.library.descriptors.items():
        resource = dict(descriptor.resource)
        content = descriptor.path.read_bytes()
        resource |= {
            "path": f"{anchor(name)}.csv",
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
            "bytes": len(content),
        }
        resources.append(resource)
    return {
        "profile": "tabular-data-package",
        "name": "casefile",
        "id": f"casefile-{record.as_of}",
        "title": about["title"],
        "description": f"The tables behind the edition of {record.as_of}.",
        "version": str(about["version"]),
        "created": f"{record.as_of}T00:00:00Z",
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
                "title": "Creative Commons Attribution 4.0, for the compilation; single tables may name other terms",
            }
        ],
        "contributors": [{"title": one.get("name", "The authors"), "role": "author"} for one in about["authors"]],
        "keywords": about.get("keywords", []),
        "resources": resources,
    }


def sources_resource(data_dir: Path) -> dict[str, Any]:
    """The registry of sources as a resource, which every table's `source_id` refers to."""
    content = (data_dir / SOURCES_FILE).read_bytes()
    fields: list[dict[str, Any]] = []
    for name in COLUMNS:
        field: dict[str, Any] = {
            "name": name,
            "type": "date" if name == "published" else "string",
            "description": _MEANINGS[name],
        }
        if name == "source_id":
            field["constraints"] = {"required": True, "unique": True}
        if name == "kind":
            field["constraints"] = {"required": True, "enum": list(KINDS)}
        fields.append(field)
    return {
        "name": "sources",
        "path": SOURCES_FILE,
        "profile": "tabular-data-resource",
        "title": "Registry of sources",
        "description": "One source: a page, paper or dataset that rows of the tables name.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "bytes": len(content),
        "schema": {"fields": fields, "primaryKey": ["source_id"]},
    }


def write_datapackage(record: Record, out: Path) -> Path:
    """Write descriptor and tables to the folder `out` and validate them with frictionless; returns the descriptor."""
    out.mkdir(parents=True, exist_ok=True)
    for name, descriptor in record.library.descriptors.items():
        shutil.copyfile(descriptor.path, out / f"{anchor(name)}.csv")
    shutil.copyfile(record.library.data_dir / SOURCES_FILE, out / SOURCES_FILE)
    (out / DESCRIPTOR).write_text(canonical(package(record)), encoding="utf-8")
    problems = validate(out / DESCRIPTOR)
    if problems:
        raise RunFailed("The Data Package is not valid:\n" + "\n".join(f"  {one}" for one in problems[:20]))
    return out / DESCRIPTOR


def validate(path: Path) -> list[str]:
    """What frictionless finds wrong with a package: descriptor, hashes, every cell, keys and references."""
    from frictionless import Package

    report = Package(str(path)).validate()
    errors: list[Mapping[str, Any]] = [one.to_dict() for one in report.errors]
    for task in report.tasks:
        errors += [{**one.to_dict(), "table": task.name} for one in task.errors]
    return [f"{one.get('table', 'package')}: {one['message']}" for one in errors]
