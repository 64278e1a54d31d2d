"""Descriptors against the form that the project gives them, and the files beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casefile.errors import Problem
from casefile.evidence.descriptors import Descriptor
from casefile.model import Pillar
from casefile.paths import DESCRIPTOR_FILE

TYPES = ("string", "number", "integer", "boolean", "date")
CONSTRAINTS = {"required", "enum", "minimum", "maximum"}
RESOURCE = ("name", "path", "profile", "title", "description", "hash", "bytes", "licenses", "schema", "casefile")
OURS = ("rows", "origin", "kind", "lag_days", "max_age_days", "known_gaps", "license_checked")
KINDS = ("poll", "vote", "rate", "map", "statistic", "estimate", "event", "statement")
EVERY_TABLE = ("known_on", "known_on_basis", "source_id")
RULES = ("sum_at_most", "equals", "not_before", "order", "at_most")


def described_tables(data_dir: Path) -> tuple[dict[str, Descriptor], list[Problem]]:
    """The tables whose descriptor can be read, by name `pillar/table`, and the problems of all descriptors.

    A table file without a descriptor is a problem too, and so is a folder that is no pillar's.
    """
    tables: dict[str, Descriptor] = {}
    problems: list[Problem] = []
    for pillar in Pillar:
        path = data_dir / pillar.value / DESCRIPTOR_FILE
        described: set[str] = set()
        for resource in _resources(path, problems):
            found = _resource(resource)
            place = str(resource.get("name", "?")) if isinstance(resource, dict) else "?"
            problems += [Problem(str(path), None, place, value, rule, remedy) for value, rule, remedy in found]
            if isinstance(resource, dict) and _usable(resource):
                name = f"{pillar.value}/{Path(resource['path']).stem}"
                described.add(resource["path"])
                if name in tables:
                    problems.append(Problem(str(path), None, place, name, "is described twice", "Keep one resource."))
                tables[name] = Descriptor(name, path.parent / resource["path"], resource)
        for file in sorted(path.parent.glob("*.csv")) if path.parent.is_dir() else []:
            if described and file.name not in described:
                rule = "is described by no descriptor"
                problems.append(Problem(str(file), None, None, None, rule, "Describe it, or remove it."))
    known = {one.value for one in Pillar}
    for folder in sorted(data_dir.iterdir()):
        if folder.is_dir() and folder.name not in known and not folder.name.startswith("."):
            rule = "is the folder of no pillar"
            problems.append(Problem(str(folder), None, None, None, rule, f"Pillars: {', '.join(sorted(known))}."))
    return tables, problems


def _resources(path: Path, problems: list[Problem]) -> list[Any]:
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        resources = package["resources"]
        if not isinstance(resources, list):
            raise TypeError("resources is no list")
    except (OSError, ValueError, KeyError, TypeError) as error:
        rule = f"is no readable Data Package descriptor ({error})"
        problems.append(Problem(str(path), None, None, None, rule, "Restore it."))
        return []
    return resources


def _usable(resource: Mapping[str, Any]) -> bool:
    """Whether the rest of the check can lean on the descriptor without stumbling."""
    try:
        fields = [(one["name"], one["type"]) for one in resource["schema"]["fields"]]
        names = [name for name, _ in fields]
        key = resource["schema"]["primaryKey"]
        references = [
            (one["fields"], one["reference"]["resource"]) for one in resource["schema"].get("foreignKeys", [])
        ]
        return (
            bool(names)
            and set([key] if isinstance(key, str) else key) <= set(names)
            and isinstance(references, list)
            and "/" not in resource["path"]
            and isinstance(resource["name"], str)
            and isinstance(resource["casefile"]["origin"], str)
        )
    except (KeyError, TypeError):
        return False


def _resource(resource: Any) -> list[tuple[str | None, str, str]]:
    """What is wrong with the form of one resource: (value, rule, remedy)."""
    if not isinstance(resource, dict):
        return [(str(resource), "a resource must be a mapping", "Restore the descriptor.")]
    wrong: list[tuple[str | None, str, str]] = []
    if absent := [one for one in RESOURCE if one not in resource]:
        wrong.append((None, f"lacks {', '.join(absent)}", "Fill them."))
    ours = resource.get("casefile")
    if not isinstance(ours, dict):
        return [*wrong, (None, "has no casefile section", "Restore the descriptor.")]
    if absent := [one for one in OURS if one not in ours]:
        wrong.append((None, f"its casefile section lacks {', '.join(absent)}", "Fill them."))
    same = ours.get("same_producer", {})
    if not isinstance(same, dict) or not all(isinstance(one, str) for one in same.values()):
        wrong.append((None, "same_producer must map a producer's name to another name", "Correct the descriptor."))
    if ours.get("kind") not in KINDS:
        wrong.append((str(ours.get("kind")), "is no kind of table", f"Kinds: {', '.join(KINDS)}."))
    path = resource.get("path")
    if not isinstance(path, str) or Path(path).name != path or not path.endswith(".csv"):
        wrong.append((str(path), "its path must be a CSV file beside the descriptor", "Correct the path."))
    try:
        fields = {one["name"]: one for one in resource["schema"]["fields"]}
        key = resource["schema"]["primaryKey"]
        named = [key] if isinstance(key, str) else list(key)
    except (KeyError, TypeError):
        return [*wrong, (None, "has no schema with fields and a primary key", "Restore the descriptor.")]
    return wrong + _schema(resource, fields, named, ours)


def _schema(
    resource: Mapping[str, Any], fields: Mapping[str, Mapping[str, Any]], key: list[str], ours: Mapping[str, Any]
) -> list[tuple[str | None, str, str]]:
    wrong: list[tuple[str | None, str, str]] = []
    if len(fields) < len(resource["schema"]["fields"]):
        wrong.append((None, "describes a column twice", "Keep one field of each name."))
    for name, one in fields.items():
        if one.get("type") not in TYPES:
            wrong.append((name, f"has the type {one.get('type')!r}", f"Types: {', '.join(TYPES)}."))
        if not one.get("title") and not one.get("description"):
            wrong.append((name, "has neither title nor description", "Say what the column is."))
        if odd := sorted(set(one.get("constraints") or {}) - CONSTRAINTS):
            wrong.append((name, f"has constraints that nothing checks: {', '.join(odd)}", "Remove them."))
    for name in EVERY_TABLE:
        if name not in fields:
            wrong.append((name, "every table needs this column", "Add it."))
    origin = str(ours.get("origin", ""))
    used = {
        "the primary key": key,
        "the origin": [] if origin.startswith("=") else [origin],
        "the foreign keys": [
            column
            for one in resource["schema"].get("foreignKeys", [])
            for column in ([one["fields"]] if isinstance(one["fields"], str) else one["fields"])
        ],
    }
    jump = ours.get("max_jump") or {}
    used["max_jump"] = [*([jump["column"]] if "column" in jump else []), *jump.get("within", [])]
    for rule in ours.get("rules") or []:
        if not any(one in rule for one in RULES):
            wrong.append((str(rule), "is no rule that the checker knows", f"Rules: {', '.join(RULES)}."))
        columns = [str(rule[one]) for one in ("equals", "column") if one in rule]
        columns += [str(one) for name in ("sum", "within", "not_before", "order", "when") for one in rule.get(name, [])]
        used[f"the rule {', '.join(rule)}"] = columns
    for what, columns in used.items():
        for column in columns:
            if column not in fields:
                wrong.append((column, f"is named by {what} but is no column", "Correct the name."))
    return wrong
