"""How to cite the book and each claim: BibTeX and CSL JSON, from CITATION.cff and the ledger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from casefile.evidence.canonical import canonical
from casefile.evidence.safe_yaml import read_yaml
from casefile.model import Claim
from casefile.press.export.standing import Record
from casefile.show.html import anchor

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BIBTEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_CFF_REQUIRED = ("cff-version", "message", "title", "authors")
_CFF_KNOWN = {
    *_CFF_REQUIRED, "abstract", "commit", "contact", "date-released", "doi", "identifiers", "keywords", "license",
    "license-url", "preferred-citation", "references", "repository", "repository-artifact", "repository-code", "type",
    "url", "version",
}  # fmt: skip
"""The keys of Citation File Format 1.2.0."""


def citation_files(record: Record) -> dict[str, str]:
    """File name → content: `book.bib`, `book.json` and the same two for each claim."""
    files = {"book.bib": _bibtex(_book(record)), "book.json": canonical([_book(record)["csl"]])}
    for claim in record.claims.values():
        entry = _claim(record, claim)
        files[f"{anchor(claim.id)}.bib"] = _bibtex(entry)
        files[f"{anchor(claim.id)}.json"] = canonical([entry["csl"]])
    return files


def _book(record: Record) -> dict[str, Any]:
    about = record.citation
    return _entry(record, "book", f"casefile-{record.as_of}", about["title"], {"type": "book"}, {})


def _claim(record: Record, claim: Claim) -> dict[str, Any]:
    rating = record.verdicts("now")[claim.id]["rating"]
    about = record.citation
    key = f"casefile-{claim.id}-{record.as_of}"
    container = {"container-title": about["title"], "type": "chapter"}
    return _entry(record, "incollection", key, f"{claim.title}: {rating}", container, {"booktitle": about["title"]})


def _entry(
    record: Record, kind: str, key: str, title: str, csl: Mapping[str, str], fields: Mapping[str, str]
) -> dict[str, Any]:
    about = record.citation
    day = date.fromisoformat(record.as_of)
    authors = [
        one["name"] if "name" in one else f"{one['family-names']}, {one['given-names']}" for one in about["authors"]
    ]
    note = f"Edition of {record.as_of}, data {record.ledger['data'][:16]}"
    return {
        "kind": kind,
        "key": key,
        "fields": {
            "author": " and ".join(f"{{{_tex(one)}}}" for one in authors),
            "title": f"{{{_tex(title)}}}",
            **{name: f"{{{_tex(value)}}}" for name, value in fields.items()},
            "publisher": _tex(authors[0]),
            "year": str(day.year),
            "month": _MONTHS[day.month - 1],
            "version": _tex(str(about["version"])),
            "note": _tex(note),
        },
        "csl": {
            "id": key,
            **csl,
            "title": title,
            "author": [{"literal": one} for one in authors],
            "issued": {"date-parts": [[day.year, day.month, day.day]]},
            "version": str(about["version"]),
            "language": "en",
            "note": note,
        },
    }


def _bibtex(entry: Mapping[str, Any]) -> str:
    lines = [f"@{entry['kind']}{{{entry['key']},"]
    for name, value in entry["fields"].items():
        lines.append(f"  {name} = {value}," if name == "month" else f"  {name} = {{{value}}},")
    return "\n".join([*lines, "}"]) + "\n"


def _tex(text: str) -> str:
    return "".join(_BIBTEX.get(one, one) for one in re.sub(r"[\x00-\x1f\x7f]", " ", text))


def check_citation(path: Path, version: str) -> list[str]:
    """What is wrong with a CITATION.cff, as sentences; empty when it follows the format and names this version."""
    content = read_yaml(path)
    if not isinstance(content, dict):
        return [f"{path.name} is no mapping."]
    problems = [f"{path.name} lacks {name}." for name in _CFF_REQUIRED if name not in content]
    problems += [f"{path.name}: {name} is no key of the format." for name in sorted(content.keys() - _CFF_KNOWN)]
    if content.get("cff-version") != "1.2.0":
        problems.append(f"{path.name}: cff-version must be 1.2.0.")
    if content.get("type", "software") not in ("software", "dataset"):
        problems.append(f"{path.name}: type must be software or dataset.")
    if str(content.get("version")) != version:
        problems.append(f"{path.name}: version {content.get('version')} is not the package's {version}.")
    for author in content.get("authors") or [{}]:
        if not ("name" in author or {"family-names", "given-names"} & author.keys()):
            problems.append(f"{path.name}: an author has neither name nor family-names.")
    released = content.get("date-released")
    if released is not None and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(released)):
        problems.append(f"{path.name}: date-released must be YYYY-MM-DD.")
    return problems
