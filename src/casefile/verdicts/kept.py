"""A court that keeps its verdicts on disk, so that chapters, the notebook of all verdicts and pages judge once.

The key holds the bytes of the claim's tables as they were parsed, the sources that they name, the claim and the code,
so that a kept verdict is never stale; a broken entry is judged again.
"""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from casefile.evidence.library import Library
from casefile.evidence.picked import Sheet
from casefile.model import Claim, Confidence, Finding, Rating, Reanalysis, Strength, TestResult, Verdict
from casefile.verdicts import cached
from casefile.verdicts.engine import Court
from casefile.verdicts.would_change import Change, also_moved, would_change

_LISTS = ("rows", "sources", "origins")


class KeptCourt(Court):
    """`Court`, asking the disk first; what is kept is in `folder`, or in the project's own cache.

    With `days` it serves a timeline, which has too many verdicts to keep: of these days it keeps them whole, with what
    would change them except on the first, and of others the outlines of verdicts between which a rating changed.
    """

    def __init__(
        self, library: Library | None = None, days: Collection[date] | None = None, folder: Path | None = None
    ) -> None:
        super().__init__(library)
        self.days = days
        self.folder = folder
        self._last: dict[str, Verdict] = {}
        self._moved: dict[str, dict[str, Rating]] = {}
        self._bases: dict[str, tuple[Sequence[object], str | None]] = {}

    def verdict(self, claim_id: str, as_of: date, *, robust: bool = True) -> Verdict:
        """As `Court.verdict`; the first to ask judges, whoever asks next finds it kept."""
        if not robust or (claim_id, as_of) in self._verdicts:
            return super().verdict(claim_id, as_of, robust=robust)
        claim = self.claim(claim_id)
        path = self._path("verdict", claim, as_of) if self._shows(as_of) else None
        kept = None if path is None else cached.read_records(path)
        if kept is not None:
            self.library.at(as_of)  # a day without evidence is refused, kept or not
            verdict = self._verdicts[claim_id, as_of] = restored(kept[0], claim)
        else:
            verdict = super().verdict(claim_id, as_of)
            if path is not None:
                cached.keep_records(path, [record(verdict)])
        return verdict

    def glance(self, claim_id: str, as_of: date) -> Verdict:
        """As `Court.glance`; of a day that will be shown the whole verdict, which is kept."""
        if self._shows(as_of):
            verdict = self.verdict(claim_id, as_of)
        else:
            self._judge_whole_first(self.claim(claim_id), as_of)
            verdict = super().glance(claim_id, as_of)
        if self.days is not None:
            self._serve_timeline(self.claim(claim_id), verdict)
        return verdict

    def _shows(self, as_of: date) -> bool:
        return self.days is None or as_of in self.days

    def _judge_whole_first(self, claim: Claim, as_of: date) -> None:
        """Judge the next day that will be shown, if it has the same rows: what then holds of it holds of this day."""
        later = min((day for day in self.days or () if day > as_of), default=None)
        if later is not None:
            extents = (self.library.at(day).extent(claim.tables) for day in (as_of, later))
            if len(set(extents)) == 1:
                self.verdict(claim.id, later)

    def _serve_timeline(self, claim: Claim, verdict: Verdict) -> None:
        """Keep what will be shown of a day beside its verdict, here, where several processes share the judging."""
        last = self._last.get(claim.id)
        self._last[claim.id] = verdict
        if last is not None and last.rating is not verdict.rating:
            for one in (last, verdict):
                self._keep_outline(claim, one)
        if self.days and min(self.days) < verdict.as_of in self.days:
            self.changes(claim, verdict.as_of)

    def outline(self, claim_id: str, as_of: date) -> Verdict:
        """The verdict as far as it tells why a rating changed: its tests, and the findings that they judge."""
        claim = self.claim(claim_id)
        path = self._path("outline", claim, as_of)
        kept = None if path is None else cached.read_records(path)
        if kept is not None:
            return restored(kept[0], claim)
        return self._keep_outline(claim, super().verdict(claim_id, as_of, robust=False))

    def _keep_outline(self, claim: Claim, verdict: Verdict) -> Verdict:
        outline = outlined(verdict)
        path = self._path("outline", claim, verdict.as_of)
        if path is not None:
            cached.keep_records(path, [record(outline)])
        return outline

    def changes(self, claim: Claim, as_of: date) -> list[Change]:
        """What would change one verdict, kept in the same way."""
        path = self._path("change", claim, as_of)
        kept = None if path is None else cached.read_records(path)
        if kept is None:
            found = would_change(self, claim, self.library.at(as_of), self.verdict(claim.id, as_of))
            kept = [{**vars(one), "rating": one.rating and one.rating.value} for one in found]
            if path is not None:
                cached.keep_records(path, kept)
        return [Change(**{**one, "rating": Rating(one["rating"]) if one["rating"] else None}) for one in kept]

    def also_moved(self, claim: Claim, change: Change, as_of: date) -> dict[str, Rating]:
        """The other ratings that the observation of `change` would move; judged once, however many claims name it."""
        if change.rating is None:
            return {}
        observation = repr((as_of, claim.probes[change.probe or 0].observation, change.value))
        if observation not in self._moved:
            self._moved[observation] = {**self._others_moved(claim, change, as_of), claim.id: change.rating}
        moved = self._moved[observation]
        return {name: moved[name] for name in self.claims if name in moved and name != claim.id}

    def _others_moved(self, claim: Claim, change: Change, as_of: date) -> dict[str, Rating]:
        """The same, kept under all that those ratings depend on."""
        table = claim.probes[change.probe or 0].table
        others = [self.key("judged", one) for one in self.claims.values() if table in one.tables]
        path = self._path(f"also {change.probe} {change.value!r} {others}", claim, as_of) if all(others) else None
        kept = None if path is None else cached.read_records(path)
        if kept is None:
            kept = [{name: rating.value for name, rating in also_moved(self, claim, change, as_of).items()}]
            if path is not None:
                cached.keep_records(path, kept)
        return {name: Rating(word) for name, word in kept[0].items()}

    def _path(self, what: str, claim: Claim, as_of: date) -> Path | None:
        key = self.key(f"{what} {as_of}", claim)
        return None if key is None else cached.place(key, self.folder)

    def key(self, what: str, claim: Claim) -> str | None:
        """A key over all that a verdict on a claim depends on; None when a table was made up in memory."""
        sheets = [self.library.sheet(name) for name in claim.tables]
        made_from = [claim, *sheets]
        known = self._bases.get(claim.id)
        if known is None or not all(map(operator.is_, known[0], made_from)):
            known = self._bases[claim.id] = (made_from, self._basis(claim, sheets))
        return known[1] and hashlib.sha256(f"{what}\0{known[1]}".encode()).hexdigest()

    def _basis(self, claim: Claim, sheets: Sequence[Sheet]) -> str | None:
        """What all keys of one claim have in common: its words, its tables, the sources named there, and the code."""
        tables = [sheet.digest for sheet in sheets]
        if not all(tables):
            return None
        named = sorted(frozenset().union(*(sheet.derived(_cited) for sheet in sheets)))
        sources = [self.library.sources.get(name) for name in named]
        return hashlib.sha256(repr((claim, tables, sources, cached.code_digest())).encode()).hexdigest()


def _cited(sheet: Sheet) -> frozenset[str]:
    """The sources that any row of a table names."""
    columns = [name for name in ("source_id", "source_id_2") if name in sheet.columns]
    return frozenset(source for name in columns for source in sheet.values(name))


def outlined(verdict: Verdict) -> Verdict:
    """A verdict without its alternatives, all that rests on them, and the findings that no test judges."""
    tested = {result.test.finding for result in verdict.results}
    findings = tuple(one for one in verdict.findings if one.id.removeprefix(f"{verdict.claim}.") in tested)
    return replace(
        verdict,
        confidence=Confidence.VERY_LOW,
        agreement="low",
        robustness=None,
        steadiness=None,
        reanalyses=(),
        findings=findings,
        headline=next((one for one in findings if one == verdict.headline), None),
    )


def record(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON values, whole; a test is named, as its claim holds it."""
    return {
        **vars(verdict),
        "as_of": verdict.as_of.isoformat(),
        "rating": verdict.rating.value,
        "confidence": verdict.confidence.value,
        "strength": vars(verdict.strength),
        "results": [{**vars(one), "test": one.test.id} for one in verdict.results],
        "findings": [vars(one) for one in verdict.findings],
        "reanalyses": [{**vars(one), "rating": one.rating.value} for one in verdict.reanalyses],
        "headline": None if verdict.headline is None else verdict.headline.id,
    }


def restored(kept: Mapping[str, Any], claim: Claim) -> Verdict:
    """The verdict that `record` was made from."""
    tests = {test.id: test for test in claim.tests}
    findings = tuple(Finding(**{**one, **{name: tuple(one[name]) for name in _LISTS}}) for one in kept["findings"])
    found = {
        **kept,
        "as_of": date.fromisoformat(kept["as_of"]),
        "rating": Rating(kept["rating"]),
        "confidence": Confidence(kept["confidence"]),
        "strength": Strength(**{**kept["strength"], "reasons": tuple(kept["strength"]["reasons"])}),
        "results": tuple(TestResult(**{**one, "test": tests[one["test"]]}) for one in kept["results"]),
        "findings": findings,
        "reanalyses": tuple(Reanalysis(**{**one, "rating": Rating(one["rating"])}) for one in kept["reanalyses"]),
        "headline": next((one for one in findings if one.id == kept["headline"]), None),
    }
    return Verdict(**found)


def kept_court(data_dir: Path | str | None = None) -> KeptCourt:
    """The court over one data folder ("" or None: the project's own)."""
    return KeptCourt(Library(data_dir or None))
