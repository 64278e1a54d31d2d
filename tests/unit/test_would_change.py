"""What would change a verdict: each named observation moves the rating, one step less does not, thresholds flip it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from casefile.evidence.library import Library
from casefile.model import ARTICLE_DATE
from casefile.paths import DATA
from casefile.verdicts import would_change as wc
from casefile.verdicts.engine import Court
from casefile.verdicts.explain import explain
from casefile.verdicts.rules import apply_test, rate

COURT = Court(Library(DATA))
VANTAGES = (ARTICLE_DATE, COURT.library.newest)
PAIRS = [pytest.param(name, day, id=f"{name}-{day}") for name in COURT.claims for day in VANTAGES]


@pytest.mark.parametrize(("name", "day"), PAIRS)
def test_a_named_observation_moves_the_rating_and_one_step_less_does_not(name: str, day: date) -> None:
    claim, evidence = COURT.claims[name], COURT.library.at(day)
    verdict = COURT.verdict(name, day)
    asked = [(one, wc._template(one.table, one.like, evidence)) for one in claim.probes]
    asked = [(probe, template) for probe, template in asked if template is not None]
    changes = wc.by_observation(COURT, claim, evidence, verdict)
    for (probe, template), change in zip(asked, changes, strict=True):
        rated = partial(wc._rated, COURT, claim, wc._with_beside(probe, evidence), probe, template)
        if change.value is None:
            ends = probe.values or (wc._grid(probe)[0], wc._grid(probe)[-1])
            assert all(rated(one) is verdict.rating for one in ends), probe.says
            continue
        assert rated(change.value) is change.rating is not verdict.rating
        if not probe.values:
            start = template[probe.column] if probe.start is None else probe.start
            grid, present = wc._grid(probe), float(start)
            nearer = [one for one in grid if abs(one - present) < abs(float(change.value) - present)]
            beside = sorted(nearer, key=lambda one: abs(one - float(change.value or 0)))[:1]
            assert all(rated(one) is verdict.rating for one in beside), probe.says


@pytest.mark.parametrize(("name", "day"), PAIRS)
def test_at_each_threshold_named_the_rating_flips_as_told(name: str, day: date) -> None:
    verdict = COURT.verdict(name, day)
    for change in wc.at_thresholds(verdict):
        place = next(n for n, one in enumerate(verdict.results) if one.test.id == change.test)
        old = verdict.results[place]
        finding = verdict.finding(old.test.finding)
        assert finding is not None
        assert change.value is not None
        moved = list(verdict.results)
        moved[place] = apply_test(old.test, replace(finding, value=change.value))
        assert rate(moved)[0] is change.rating is not verdict.rating
        if not isinstance(change.value, bool):  # from there back to the present value nothing flips earlier
            between = [
                cut for cut in old.test.cuts if min(old.value, change.value) < cut < max(old.value, change.value)
            ]
            for cut in between:
                moved[place] = apply_test(old.test, replace(finding, value=(cut + float(old.value or 0)) / 2))
                assert rate(moved)[0] is verdict.rating


@pytest.mark.parametrize("name", list(COURT.claims))
def test_every_claim_says_what_would_change_it_at_both_vantages(name: str) -> None:
    for day in VANTAGES:
        claim, verdict = COURT.claims[name], COURT.verdict(name, day)
        assert wc.would_change(COURT, claim, COURT.library.at(day), verdict)


def test_the_word_that_a_row_already_has_is_still_a_new_observation() -> None:
    officers = next(one for one in COURT.claims["aims-beyond"].probes if one.like.get("office") == "officer")
    evidence = COURT.library.at(COURT.library.newest)
    template = wc._template(officers.table, officers.like, evidence)
    assert template is not None
    assert template["gist"] in officers.values
    assert wc._moving(officers, template["gist"], lambda one: one == template["gist"]) == template["gist"]


def test_of_rows_known_at_once_the_last_is_copied() -> None:
    forecast = next(one for one in COURT.claims["economy-outlook"].probes if one.like.get("forecaster") == "imf-weo")
    template = wc._template(forecast.table, forecast.like, COURT.library.at(date(2026, 7, 1)))
    assert template is not None
    assert template["period_end"].year == 2027  # the newest vintage looks two years ahead; its nearer years are settled


@pytest.mark.parametrize("name", list(COURT.claims))
def test_explain_names_the_threshold_that_turns_the_rating_and_it_does(name: str) -> None:
    for day in VANTAGES:
        told, verdict = explain(COURT, name, day), COURT.verdict(name, day)
        for place, (shown, old) in enumerate(zip(told["rule"]["tests"], verdict.results, strict=True)):
            turn = shown["rating_flips"]
            finding = verdict.finding(old.test.finding)
            if turn is None or finding is None:
                continue
            step = 1e-6 * max(1.0, abs(float(turn["at"])))
            beyond = {"": 0.0, "at or above": 0.0, "at or below": 0.0, "above": step, "below": -step}[turn["side"]]
            value = turn["at"] if turn["side"] == "" else turn["at"] + beyond
            moved = list(verdict.results)
            moved[place] = apply_test(old.test, replace(finding, value=value))
            assert rate(moved)[0].value == turn["rating"] != verdict.rating.value
