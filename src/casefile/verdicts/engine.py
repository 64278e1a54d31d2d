"""Judging claims: findings → tests → rating, again under every declared alternative, with confidence and robustness."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from casefile.errors import DataError, Problem, UsageError
from casefile.evidence.claims import read_claims
from casefile.evidence.library import Evidence, Library
from casefile.model import (
    Alternative,
    Claim,
    Confidence,
    Finding,
    Pillar,
    Rating,
    Reanalysis,
    Test,
    TestResult,
    Verdict,
    ordered,
)
from casefile.pillars.findings import only, uncited
from casefile.verdicts import confidence as sure
from casefile.verdicts.rules import judge, rate, rate_scores, score_of
from casefile.verdicts.steadiness import steadiness
from casefile.words import meant

Analysis = Callable[..., list[Finding]]


@cache
def analyses(pillar: str) -> Mapping[str, Analysis]:
    """The analyses of one pillar by claim id. Imported when first needed: most commands use few pillars."""
    found: Mapping[str, Analysis] = importlib.import_module(f"casefile.pillars.{pillar}").ANALYSES
    return found


class Court:
    """All claims over one data folder, judged at any `as_of`."""

    def __init__(self, library: Library | None = None) -> None:
        self.library = library or Library()
        self.claims = read_claims(self.library.data_dir, self.library.descriptors)
        self.records = frozenset(name for name, one in self.library.descriptors.items() if one.is_record)
        self._verdicts: dict[tuple[str, date], Verdict] = {}
        self._timeless: dict[tuple[str, tuple[int, ...], bool], Verdict] = {}
        self._dated: set[str] = set()
        self._recut: dict[tuple[str, str], list[Test]] = {}

    def claim(self, claim_id: str) -> Claim:
        """Raises `UsageError` with the known ids for an unknown claim."""
        try:
            return self.claims[claim_id]
        except KeyError:
            raise UsageError(
                f"There is no claim {claim_id!r}. {meant(claim_id, list(self.claims))}Claims: {', '.join(self.claims)}."
            ) from None

    def of(self, pillar: Pillar | str) -> list[Claim]:
        """The claims of one pillar, in the article's order."""
        return [claim for claim in self.claims.values() if claim.pillar.value == str(getattr(pillar, "value", pillar))]

    def findings(self, claim: Claim, evidence: Evidence, **choice: Any) -> dict[str, Finding]:
        """The findings of one claim by id. Raises `DataError` when its rule names one that was not computed."""
        named = [
            claim.headline,
            *claim.against,
            *claim.reply_findings,
            *claim.in_favour,
            *(test.finding for test in claim.tests),
        ]
        return self._findings(claim, evidence.only(claim.tables), named, choice)

    def tested(self, claim: Claim, evidence: Evidence, **choice: Any) -> dict[str, Finding]:
        """The findings that the claim's tests judge, with values only; some of the others may be there too."""
        names = frozenset(test.finding for test in claim.tests)
        with uncited(), only(names):
            return self._findings(claim, evidence.only(claim.tables), names, choice)

    def _told(self, claim: Claim, evidence: Evidence) -> dict[str, Finding]:
        """The headline and the findings that the tests judge, with rows and sentences."""
        names = frozenset((claim.headline, *(test.finding for test in claim.tests)))
        with only(names):
            found = self._findings(claim, evidence.only(claim.tables), names, {})
        return {name: one for name, one in found.items() if name.removeprefix(f"{claim.id}.") in names}

    def _findings(
        self, claim: Claim, view: Evidence, named: Iterable[str], choice: Mapping[str, Any]
    ) -> dict[str, Finding]:
        """The findings from a view of the claim's own tables."""
        analysis = analyses(claim.pillar.value).get(claim.id)
        if analysis is None:
            raise DataError(
                [
                    Problem(
                        str(self.library.data_dir / "claims.yml"), None, claim.id, None, "has no analysis",
                        f"Add it to ANALYSES in casefile.pillars.{claim.pillar.value}.",
                    )
                ]
            )  # fmt: skip
        found = {one.id: one for one in analysis(view, **choice) if one is not None}
        if view.asked:
            self._dated.add(claim.id)
        start = f"{claim.id}."
        absent = [name for name in dict.fromkeys(named) if start + name not in found]
        if absent:
            raise DataError(
                [
                    Problem(
                        str(self.library.data_dir / "claims.yml"), None, claim.id, name,
                        "the rule names a finding that is not computed", f"Computed: {', '.join(sorted(found))}.",
                    )
                    for name in absent
                ]
            )  # fmt: skip
        return found

    def verdict(self, claim_id: str, as_of: date, *, robust: bool = True) -> Verdict:
        """The verdict on one claim at `as_of`. `robust=False` skips the alternatives (rating and score only)."""
        key = (claim_id, as_of)
        if key in self._verdicts:
            return self._verdicts[key]
        if not robust:
            return self.judge(self.claim(claim_id), self.library.at(as_of), robust=False)
        verdict = self._verdicts[key] = self._on_rows(claim_id, as_of, whole=True)
        return verdict

    def glance(self, claim_id: str, as_of: date) -> Verdict:
        """The verdict with no findings but those that its tests judge and its headline: all that a timeline tells."""
        found = self._verdicts.get((claim_id, as_of))
        return self._on_rows(claim_id, as_of, whole=False) if found is None else found

    def _on_rows(self, claim_id: str, as_of: date, *, whole: bool) -> Verdict:
        """The verdict, judged once for all days with the same rows where it depends on nothing else."""
        claim, evidence = self.claim(claim_id), self.library.at(as_of)
        rows = evidence.extent(claim.tables)
        for as_much in (True,) if whole else (True, False):  # a whole verdict tells what a glance would
            found = self._timeless.get((claim_id, rows, as_much))
            if found is not None and claim_id not in self._dated:
                return replace(found, as_of=as_of)
        found = self._timeless[claim_id, rows, whole] = self.judge(claim, evidence, whole=whole)
        return found

    def verdicts(self, as_of: date) -> list[Verdict]:
        """The verdicts on all claims at `as_of`, in the article's order."""
        return [self.verdict(claim_id, as_of) for claim_id in self.claims]

    def judge(self, claim: Claim, evidence: Evidence, *, robust: bool = True, whole: bool = True) -> Verdict:
        """The verdict on one claim from any evidence (also with invented rows or without some sources).

        Not `whole`, it has no findings but those that its tests judge and its headline.
        """
        findings = self.findings(claim, evidence) if whole else self._told(claim, evidence)
        results = judge(claim.tests, findings, claim.id)
        rating, score = rate(results)
        reanalyses = self._reanalyses(claim, evidence, findings, rating, score) if robust else ()
        robustness = round(sum(one.agrees for one in reanalyses) / len(reanalyses), 4) if reanalyses else None
        resting = [findings[f"{claim.id}.{result.test.finding}"] for result in results if result.score is not None]
        strong = sure.strength(claim, resting, evidence.sources.kinds, self.records)
        steady = steadiness(results, findings, claim.id) if robust and rating is not Rating.UNTESTABLE else None
        agreed = sure.agreement(robustness, results, score, steady)
        headline = findings.get(f"{claim.id}.{claim.headline}")
        return Verdict(
            claim=claim.id,
            pillar=claim.pillar.value,
            as_of=evidence.moment,
            rating=rating,
            score=score,
            confidence=Confidence.VERY_LOW
            if rating is Rating.UNTESTABLE
            else sure.confidence(strong.label, agreed, claim.directness),
            strength=strong,
            agreement=agreed,
            robustness=robustness,
            results=results,
            findings=tuple(findings.values()),
            reanalyses=reanalyses,
            headline=headline,
            sentence=headline.sentence if headline else "",
            steadiness=steady,
        )

    def rating(self, claim: Claim, evidence: Evidence) -> Rating:
        """The rating alone, from any evidence: what `judge` gives without all that goes with it."""
        return rate(judge(claim.tests, self.tested(claim, evidence), claim.id))[0]

    def _reanalyses(
        self, claim: Claim, evidence: Evidence, findings: Mapping[str, Finding], rating: Rating, score: float | None
    ) -> tuple[Reanalysis, ...]:
        """The multiverse of one claim: each declared alternative, then each source that its tests use left out.

        A source whose absence changes no tested number is not counted.
        """
        names = frozenset(test.finding for test in claim.tests)
        with uncited(), only(names):  # as in `tested`, for all analyses of one view
            return tuple(self._analysed_anew(claim, evidence.only(claim.tables), findings, rating, score, names))

    def _analysed_anew(
        self,
        claim: Claim,
        view: Evidence,
        findings: Mapping[str, Finding],
        rating: Rating,
        score: float | None,
        names: frozenset[str],
    ) -> Iterator[Reanalysis]:
        base = _tested(claim, findings)
        for one in claim.alternatives:
            found = self._findings(claim, view, names, one.set) if one.set else findings
            values = _tested(claim, found)
            if not one.cuts and values == base:  # counted: the verdict does not hang on this choice
                yield Reanalysis(one.id, one.label, rating, score, True, idle=True)
            else:
                yield _reanalysis(one.id, one.label, self._tests(claim, one), values, rating)
        used = ordered(
            source
            for test in claim.tests
            if f"{claim.id}.{test.finding}" in findings
            for source in findings[f"{claim.id}.{test.finding}"].sources
        )
        needed = view.sole_sources(claim.tables)
        for source_id in used:
            if source_id not in needed:
                continue  # every row it reports has another source too: nothing would change
            values = _tested(claim, self._findings(claim, view.without_source(source_id), names, {}))
            if values == base:
                continue  # the same numbers without it: no other analysis, so it must not inflate the share
            source = view.sources.get(source_id)
            label = f"Without {source.publisher}: {source.title}" if source else f"Without {source_id}"
            yield _reanalysis(f"without:{source_id}", label, claim.tests, values, rating)

    def _tests(self, claim: Claim, alternative: Alternative) -> Sequence[Test]:
        """The tests of a claim with the thresholds of an alternative."""
        if not alternative.cuts:
            return claim.tests
        key = (claim.id, alternative.id)
        if key not in self._recut:
            cuts = alternative.cuts
            self._recut[key] = [replace(test, cuts=cuts.get(test.id, test.cuts)) for test in claim.tests]
        return self._recut[key]


def _tested(claim: Claim, findings: Mapping[str, Finding]) -> list[Any]:
    start = f"{claim.id}."
    return [findings[start + test.finding].value for test in claim.tests]


def _reanalysis(name: str, label: str, tests: Sequence[Test], values: Sequence[Any], base: Rating) -> Reanalysis:
    rating, score = rate_scores(tests, [score_of(test, value) for test, value in zip(tests, values, strict=True)])
    return Reanalysis(name, label, rating, score, rating is base)


def opposing(claim: Claim, verdict: Verdict) -> list[Finding]:
    """The strongest evidence against a verdict: findings of tests on the other side, then those the claim names.

    Against a verdict that bears the claim out or is mixed the claim names what speaks against it; against one that does
    not, what speaks in its favour, without the findings whose tests went against the claim themselves.
    """
    sign = 1 if (verdict.score or 0) >= 0 else -1
    against = [one for one in verdict.results if one.score is not None and one.score * sign < 0]
    against.sort(key=lambda one: -abs((one.score or 0) * one.test.weight))
    named = claim.against
    if verdict.rating in (Rating.MOSTLY_UNSUPPORTED, Rating.CONTRADICTED):
        lost = {one.test.finding for one in verdict.results if (one.score or 0) < 0}
        named = tuple(one for one in claim.in_favour or claim.reply_findings if one not in lost)
    names = [one.test.finding for one in against] + list(named)
    found = (verdict.finding(name) for name in dict.fromkeys(names))
    return [one for one in found if one is not None and one.sentence and one.value is not None]


def tested_sources(verdict: Verdict) -> tuple[str, ...]:
    """The ids of the sources behind the findings that the verdict's tests judge."""
    found = (verdict.finding(result.test.finding) for result in verdict.results)
    return ordered(source for finding in found if finding is not None for source in finding.sources)


def results_by_finding(verdict: Verdict) -> dict[str, list[TestResult]]:
    """The test results of a verdict, grouped by the full id of the finding that they judge."""
    grouped: dict[str, list[TestResult]] = {}
    for result in verdict.results:
        grouped.setdefault(f"{verdict.claim}.{result.test.finding}", []).append(result)
    return grouped


__all__ = ["Court", "Test", "analyses", "opposing", "results_by_finding", "tested_sources"]
