"""The last accepted verdicts and the chain of all accepted ones, which move only through a gate.

`data/published.json` is the newest accepted ledger in compact form. `data/history.jsonl` has one line per acceptance;
each holds the hash of the line before, so that no line can be changed, left out or put in unnoticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from casefile.errors import DataError, Problem, UsageError, VerdictChanged
from casefile.evidence.canonical import canonical
from casefile.evidence.journal import commit, writing
from casefile.evidence.library import Library
from casefile.evidence.unfinished import refuse_unfinished
from casefile.model import Rating
from casefile.paths import DATA, HISTORY_FILE, PUBLISHED_FILE
from casefile.verdicts.engine import Court
from casefile.verdicts.ledger import build_ledger, read_ledger

FIRST = "0" * 64
"""What stands for the hash before the first line."""

FACTOR = 3.0
"""A headline value that grows or shrinks more than this asks for a reason, as the tables' own `max_jump` does."""

STEP = 2
"""A rating that moves this many places on the scale in one go asks for a reason; every change is shown."""

_SCALE = [one.value for one in Rating if one is not Rating.UNTESTABLE]
_VERDICT = ("claim", "pillar", "as_of", "rating", "confidence", "robustness", "score", "value", "unit", "sentence")
_FINDING = ("id", "label", "value", "unit", "low", "high", "date")


def compact(ledger: Mapping[str, Any]) -> dict[str, Any]:
    """A ledger without rows, sources and single reanalyses: what a later edition is compared with."""
    return {
        **{name: ledger[name] for name in ("schema", "as_of", "newest_evidence", "data", "vantages")},
        "verdicts": {
            moment: [{name: one[name] for name in _VERDICT} for one in verdicts]
            for moment, verdicts in ledger["verdicts"].items()
        },
        "findings": {
            moment: {key: {name: one[name] for name in _FINDING} for key, one in findings.items()}
            for moment, findings in ledger["findings"].items()
        },
    }


def publish_ledger(data_dir: Path | None, accept: Sequence[str], on: str = "", *, dry_run: bool = False) -> list[str]:
    """Judge all claims on the newest evidence and accept the result; returns sentences about what was done.

    `accept` are reasons; each lets pass the held-back matters whose names (a table or a claim) stand in it. Ages count
    from `on` (default: the newest evidence), never from a clock. Raises `VerdictChanged` listing what is held back;
    nothing is then written.
    """
    folder = data_dir or DATA
    refuse_unfinished(folder)
    library = Library(folder)
    court = Court(library)
    ledger = compact(build_ledger(court, library.newest))
    entries = read_history(folder)
    before = _published(folder, entries)
    moment = library.vantage(on) if on else library.newest
    held = {**stale(library, moment), **jumps(before, ledger)}
    open_ = {name: why for name, why in held.items() if not any(name in reason for reason in accept)}
    said = [f"{name}: {why}" for name, why in held.items()]
    if open_:
        lines = "\n".join(f"  {name}: {why}" for name, why in open_.items())
        raise VerdictChanged(f"Not published. Give a reason that names each with --accept:\n{lines}")
    if dry_run:
        return [*said, "The gate would let this pass."]
    if before is not None and before == ledger:
        return ["Nothing has changed since the last acceptance."]
    content = canonical(ledger)
    entry = _entry(ledger, content, entries, sorted(accept))
    lines = "".join(_line(one) for one in [*entries, entry])
    with writing(folder, "publishing verdicts"):
        if read_history(folder) != entries:
            raise UsageError("Another acceptance came in between. Run the command again.")
        commit(
            folder,
            {PUBLISHED_FILE: content.encode(), HISTORY_FILE: lines.encode()},
            f"accepted the edition of {ledger['as_of']}",
        )
    return [
        *said,
        f"Accepted: edition of {ledger['as_of']}, number {entry['seq']} in the history ({entry['hash'][:16]}).",
    ]


def stale(library: Library, on: date) -> dict[str, str]:
    """Table → why it is too old: its newest row became known longer ago than its descriptor allows."""
    found = {}
    for name, descriptor in library.descriptors.items():
        limit = descriptor.resource["casefile"].get("max_age_days")
        if limit is None:
            continue
        newest = library.whole(name)["known_on"].max().date()
        age = (on - newest).days
        if age > limit:
            found[name] = f"its newest row became known on {newest}, {age} days before {on}; {limit} are allowed"
    return found


def jumps(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, str]:
    """Claim → what moved further than usual at either vantage since the last acceptance."""
    found: dict[str, str] = {}
    if before is None:
        return found
    for moment, verdicts in after["verdicts"].items():
        old = {one["claim"]: one for one in before["verdicts"].get(moment, [])}
        for one in verdicts:
            last = old.get(one["claim"])
            if last is None:
                continue
            why = _moved(last, one, moment)
            if why:
                found.setdefault(one["claim"], why)
        for name in old.keys() - {one["claim"] for one in verdicts}:
            found[name] = "it was rated before and is not any more"
    return found


def _moved(last: Mapping[str, Any], one: Mapping[str, Any], moment: str) -> str:
    when = "on the article's date" if moment == "then" else "now"
    a, b = last["rating"], one["rating"]
    if a != b:
        far = a not in _SCALE or b not in _SCALE or abs(_SCALE.index(a) - _SCALE.index(b)) >= STEP
        if far or moment == "then":  # the past does not change without a correction
            return f"its rating {when} went from {a} to {b}"
    x, y = last["value"], one["value"]
    if isinstance(x, bool) or isinstance(y, bool) or not isinstance(x, (int, float)) or not isinstance(y, (int, float)):
        return ""
    if last["unit"] == one["unit"] and x and y and (x * y < 0 or not 1 / FACTOR <= abs(y / x) <= FACTOR):
        return f"its value {when} went from {x:g} to {y:g} {one['unit']}".rstrip()
    return ""


def read_history(data_dir: Path | None = None) -> list[dict[str, Any]]:
    """The lines of the history, each checked against the one before. Raises `DataError` where the chain breaks."""
    path = (data_dir or DATA) / HISTORY_FILE
    if not path.is_file():
        return []
    entries: list[dict[str, Any]] = []
    previous = FIRST
    *lines, rest = path.read_bytes().decode("utf-8", errors="replace").split("\n")
    for number, text in enumerate([*lines, rest] if rest else lines, start=1):
        try:
            entry = json.loads(text)
            rule = _fault(entry, number, previous)
            if not rule and (number > len(lines) or _line(entry) != f"{text}\n"):
                rule = "is not written as casefile writes it: it was cut off or edited"
        except (ValueError, KeyError, TypeError) as error:
            rule = f"is no line of the history ({error})"
        if rule:
            raise DataError([Problem(str(path), number, None, None, rule, "Restore the file from version control.")])
        entries.append(entry)
        previous = entry["hash"]
    return entries


def replay(data_dir: Path | None = None, before: Path | None = None) -> list[dict[str, Any]]:
    """The history from its first line, with the ratings that moved at each (`moved`: claim → [before, after]).

    `before` is an earlier copy of the history: its lines must still stand at the beginning. A chain alone cannot show
    that its last lines were taken away together with what they accepted. Raises `DataError` when the chain is broken,
    does not continue `before`, or `data/published.json` is not what its last line accepted.
    """
    folder = data_dir or DATA
    entries = read_history(folder)
    if not entries:
        raise UsageError("No edition has been accepted yet. Accept one with: casefile publish")
    _published(folder, entries)
    if before is not None:
        _continues(folder / HISTORY_FILE, before)
    state: dict[str, str] = {}
    told = []
    for entry in entries:
        now = {name: rated["now"] for name, rated in entry["ratings"].items()}
        moved = {name: [state[name], word] for name, word in now.items() if state.get(name, word) != word}
        told.append({**entry, "moved": moved})
        state = now
    return told


def _continues(path: Path, before: Path) -> None:
    if not before.is_file():
        raise UsageError(f"There is no earlier history at {before}.")
    old, new = before.read_bytes().splitlines(), path.read_bytes().splitlines()
    place = next((n for n, line in enumerate(old, start=1) if new[n - 1 : n] != [line]), None)
    if place is not None:
        rule = f"is not the line that stood here in {before}: the history may only grow"
        raise DataError([Problem(str(path), place, None, None, rule, "Restore the file from version control.")])


def _published(folder: Path, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    path = folder / PUBLISHED_FILE
    if not entries and not path.exists():
        return None
    rule = ""
    if not path.is_file():
        rule = "is missing, though the history has accepted an edition"
    elif not entries:
        rule = "was not accepted by any line of the history"
    elif hashlib.sha256(path.read_bytes()).hexdigest() != entries[-1]["published"]:
        rule = "is not what the last line of the history accepted"
    if rule:
        raise DataError([Problem(str(path), None, None, None, rule, "Restore both files from version control.")])
    return read_ledger(path)


def _entry(
    ledger: Mapping[str, Any], content: str, entries: Sequence[Mapping[str, Any]], reasons: list[str]
) -> dict[str, Any]:
    ratings: dict[str, dict[str, str]] = {}
    for moment, verdicts in ledger["verdicts"].items():
        for one in verdicts:
            ratings.setdefault(one["claim"], {})[moment] = one["rating"]
    entry: dict[str, Any] = {
        "seq": len(entries) + 1,
        "edition": ledger["as_of"],
        "data": ledger["data"],
        "published": hashlib.sha256(content.encode()).hexdigest(),
        "ratings": ratings,
        "reasons": reasons,
        "previous": entries[-1]["hash"] if entries else FIRST,
    }
    return {**entry, "hash": _hash(entry)}


def _fault(entry: Mapping[str, Any], number: int, previous: str) -> str:
    if entry["seq"] != number:
        return f"has the number {entry['seq']}, where {number} is due: a line was left out or put in"
    if entry["previous"] != previous:
        return "does not follow the line before it"
    if entry["hash"] != _hash({name: value for name, value in entry.items() if name != "hash"}):
        return "was changed after it was written"
    return ""


def _hash(entry: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(entry, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _line(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True, ensure_ascii=False) + "\n"
