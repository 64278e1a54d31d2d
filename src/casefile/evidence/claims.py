"""The claims registry: `data/claims.yml` and one file of claims per pillar, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from casefile.errors import DataError, Problem
from casefile.evidence.safe_yaml import read_yaml
from casefile.model import Alternative, Claim, Kind, Pillar, Probe, Test
from casefile.paths import CLAIMS_FILE

_REQUIRED = {
    "id", "pillar", "paragraphs", "title", "statement", "kind", "refuted_by", "tables", "directness",
    "directness_reason", "headline", "tests", "against", "reply", "reply_findings",
}  # fmt: skip
_OPTIONAL = {"alternatives", "probes", "in_favour"}
_TEST = {"id", "finding", "question", "better", "cuts", "reason", "weight", "required", "decisive"}
_BETTER = ("higher", "lower", "true", "false")
_CUT_COUNTS = (1, 2, 4)


_kept: tuple[object, dict[str, Claim]] | None = None
"""The claims read last and what they were read from: shared by all who read the same bytes, forked processes too."""

_parsed: tuple[bytes, Any] | None = None
"""The bytes parsed last and their content, which nobody may change."""


def read_article(data_dir: Path) -> dict[str, Any]:
    """Title, authors, outlet, date and address of the article under test. Raises `DataError` when unreadable."""
    article: dict[str, Any] = _content(data_dir / CLAIMS_FILE)["article"]
    return dict(article)


def _content(path: Path) -> Any:
    global _parsed
    given = path.read_bytes() if path.is_file() else b""
    if _parsed is None or _parsed[0] != given:
        _parsed = (given, read_yaml(path))
    return _parsed[1]


def read_claims(data_dir: Path, tables: Mapping[str, Any] | None = None) -> dict[str, Claim]:
    """All claims by id, in the order of the article.

    `tables`, when given, are the known tables; a claim that names another is refused.
    Raises `DataError` with every problem: missing or unknown keys, a repeated id, an unknown kind, thresholds out of
    order, an alternative that names no test, a claim without tables.
    """
    global _kept
    path = data_dir / CLAIMS_FILE
    key = (str(path), path.read_bytes() if path.is_file() else b"", None if tables is None else frozenset(tables))
    if _kept is not None and _kept[0] == key:
        return dict(_kept[1])
    content = _content(path)
    entries = content.get("claims") if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise DataError([Problem(str(path), None, "claims", None, "must be a list of claims", "See CONTRIBUTING.md.")])
    claims: dict[str, Claim] = {}
    problems: list[Problem] = []
    for entry in entries:
        name = str(entry.get("id", "?")) if isinstance(entry, dict) else "?"

        def report(rule: str, value: object = None, remedy: str = "Correct this claim.", name: str = name) -> None:
            problems.append(Problem(str(path), None, name, None if value is None else str(value), rule, remedy))

        if not isinstance(entry, dict):
            report("a claim must be a mapping", entry)
            continue
        missing = sorted(_REQUIRED - entry.keys())
        unknown = sorted(entry.keys() - _REQUIRED - _OPTIONAL)
        if missing or unknown:
            if missing:
                report(f"lacks {', '.join(missing)}")
            if unknown:
                report(f"has unknown keys {', '.join(unknown)}")
            continue
        if name in claims:
            report("two claims have this id", name, "Give each claim an id of its own.")
            continue
        before = len(problems)
        _check(entry, tables, report)
        if len(problems) == before:
            claims[name] = _claim(entry)
    if problems:
        raise DataError(problems)
    _kept = (key, claims)
    return dict(claims)


def _check(entry: Mapping[str, Any], tables: Mapping[str, Any] | None, report: Any) -> None:
    if entry["pillar"] not in [one.value for one in Pillar]:
        report("names no pillar", entry["pillar"])
    if entry["kind"] not in [one.value for one in Kind]:
        report("names no kind of claim", entry["kind"])
    if entry["directness"] not in ("direct", "proxy"):
        report("directness must be direct or proxy", entry["directness"])
    if not entry["tables"]:
        report("a claim needs at least one table with sources", remedy="Name the tables that bear on it.")
    for table in entry["tables"]:
        if tables is not None and table not in tables:
            report("names a table that no descriptor describes", table)
    if not entry["tests"]:
        report("a claim needs at least one test")
    names = set()
    for test in entry["tests"]:
        unknown = sorted(test.keys() - _TEST)
        better = str(test.get("better")).lower()
        cuts = list(test.get("cuts", []))
        if unknown or not {"id", "finding", "question", "better", "reason"} <= test.keys():
            report(
                "a test has id, finding, question, better, cuts, reason, weight, required and decisive only",
                test.get("id"),
            )
        elif better not in _BETTER:
            report("better must be higher, lower, true or false", better)
        elif better in ("true", "false") and cuts:
            report("a true/false test has no cuts", test["id"])
        elif better in ("higher", "lower"):
            _check_cuts(cuts, test["id"], report)
        names.add(test.get("id"))
    for alternative in entry.get("alternatives", []):
        for test_id, cuts in alternative.get("cuts", {}).items():
            if test_id not in names:
                report("an alternative changes the thresholds of a test that does not exist", test_id)
            _check_cuts(list(cuts), test_id, report)


def _check_cuts(cuts: list[float], test_id: str, report: Any) -> None:
    if len(cuts) not in _CUT_COUNTS:
        report("a test has one, two or four cuts", f"{test_id}: {cuts}")
    elif sorted(set(cuts)) != cuts:
        report("cuts must rise from left to right", f"{test_id}: {cuts}")


def _claim(entry: Mapping[str, Any]) -> Claim:
    return Claim(
        id=entry["id"],
        pillar=Pillar(entry["pillar"]),
        paragraphs=tuple(entry["paragraphs"]),
        title=entry["title"],
        statement=_flat(entry["statement"]),
        kind=Kind(entry["kind"]),
        refuted_by=_flat(entry["refuted_by"]),
        tables=tuple(entry["tables"]),
        directness=entry["directness"],
        directness_reason=_flat(entry["directness_reason"]),
        headline=entry["headline"],
        tests=tuple(_test(test) for test in entry["tests"]),
        against=tuple(entry["against"]),
        alternatives=tuple(
            Alternative(
                one["id"],
                _flat(one["label"]),
                one.get("set", {}),
                {k: tuple(v) for k, v in one.get("cuts", {}).items()},
            )
            for one in entry.get("alternatives", [])
        ),
        reply=_flat(entry["reply"]),
        reply_findings=tuple(entry["reply_findings"]),
        probes=tuple(_probe(one) for one in entry.get("probes", [])),
        in_favour=tuple(entry.get("in_favour", [])),
    )


def _test(test: Mapping[str, Any]) -> Test:
    return Test(
        id=test["id"],
        finding=test["finding"],
        question=_flat(test["question"]),
        better=str(test["better"]).lower(),
        cuts=tuple(float(cut) for cut in test.get("cuts", [])),
        reason=_flat(test["reason"]),
        weight=float(test.get("weight", 1)),
        required=bool(test.get("required", False)),
        decisive=bool(test.get("decisive", False)),
    )


def _probe(one: Mapping[str, Any]) -> Probe:
    return Probe(
        table=one["table"],
        like={k: str(v) for k, v in one.get("like", {}).items()},
        column=one["column"],
        says=_flat(one["says"]),
        low=one.get("low"),
        high=one.get("high"),
        step=one.get("step"),
        values=tuple(one.get("values", [])),
        unit=one.get("unit", ""),
        set={k: v if isinstance(v, bool) else str(v) for k, v in one.get("set", {}).items()},
        start=one.get("start"),
        beside=tuple({k: str(v) for k, v in other.items()} for other in one.get("beside", [])),
    )


def _flat(text: str) -> str:
    return " ".join(str(text).split())
