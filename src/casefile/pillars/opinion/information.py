"""opinion-information: told what the aid costs and achieves, did support rise by 18 and 12 points?"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked
from casefile.model import Finding
from casefile.pillars.findings import missing, states
from casefile.pillars.opinion.cite import Cited, read, stated
from casefile.pillars.opinion.decline import EPOCH
from casefile.pillars.opinion.questions import COMPARABLE
from casefile.pillars.opinion.waves import Wave, held, poll_waves
from casefile.words import listed, percent, points

CLAIM = "opinion-information"
TESTS, POLLS = "opinion/information", "opinion/polls"
STUDY = "reagan-2023-06-facts"
KEPT = (
    "experiment_id", "subgroup", "outcome", "randomized", "control", "effect", "date", "before_pct", "after_pct",
    "change_pts", "n", "source_id", "source_id_2",
)  # fmt: skip
CLAIMED = {"republican": 18.0, "democrat": 12.0}
"""The gains as the claim states them, in points."""
ARTICLE = "fp-oped-2023-10"
"""The article under test: what only it reports is not confirmed."""
BASELINES = {
    name: next(one for one in COMPARABLE if one.series == series)
    for name, series in (("reagan", "reagan-military-aid"), ("chicago", "chicago-council-arms"))
}
"""Questions put without a briefing, for comparison with the level after one."""


def opinion_information(
    ev: Evidence, *, baseline: str = "reagan", elsewhere: str = "mean", group: str = "republican"
) -> list[Finding]:
    """What the June 2023 message test measured, what is confirmed of it, and what other message tests found.

    Reported gains are compared with the claim in points. `figures-confirmed` is the share of the two gains that some
    source besides the article reports. `effect-elsewhere` sums up the other tests: the change where one was measured,
    and for briefings without a measure before, the level after them less that of an ordinary poll (`baseline`: reagan
    or chicago) in the same `group`; `elsewhere` is mean, median, largest or measured (leaving such levels out).
    """
    table, polls = ev.picked(TESTS), ev.picked(POLLS)
    tests = read_rows(table, ev.excluded)
    briefed = briefings(tests, polls, baseline, group)
    republicans = briefed if group == "republican" else briefings(tests, polls, baseline, "republican")
    study = [row for row in tests if row["experiment_id"] == STUDY]
    held = [(row, row["before_pct"]) for row in study if row["subgroup"] == "republican"]
    return [
        _miss(study, "republican"),
        _gain(study, "republican"),
        _gain(study, "democrat"),
        _confirmed(study),
        _outcome(study),
        _control(study),
        _relative(held),
        _elsewhere(tests, [] if elsewhere == "measured" else briefed, elsewhere),
        _briefed(republicans),
        _generic(tests),
        _audits(tests),
        _randomised(tests),
    ]


Row = dict[str, Any]
Briefing = tuple[float, Row, Wave, Cited]


def read_rows(table: Picked | pd.DataFrame, excluded: frozenset[str] = frozenset()) -> list[Row]:
    """The rows as dictionaries, each citing itself under `cite`; sources left out are blank."""
    return Picked.of(table).derived(_rows, excluded)


def _rows(table: Picked, excluded: frozenset[str]) -> list[Row]:
    slim = read(table)
    columns = [table.values(name) for name in KEPT]
    rows = [dict(zip(KEPT, cells, strict=True)) for cells in zip(*columns, strict=True)]
    for place, row in zip(table.places, rows, strict=True):
        row["cite"] = slim.at([place])
        for name in ("source_id", "source_id_2"):
            row[name] = "" if row[name] in excluded else row[name]
    return rows


def _state(name: str, label: str, value: Any, unit: str, sentence: str, rows: list[Row], caveat: str = "",
           more: Sequence[Cited] = ()) -> Finding:  # fmt: skip
    sample = max((row["n"] for row in rows if row["n"] == row["n"]), default=None)
    cite = [row["cite"] for row in rows] + list(more)
    return stated(CLAIM, name, label, value, unit, sentence, opinion_information, cite, sample=sample, caveat=caveat)


def _absent(name: str, label: str, unit: str, why: str) -> Finding:
    return missing(CLAIM, name, label, unit, opinion_information, why)


def _outside(row: Row) -> bool:
    return any(source and source != ARTICLE for source in (row["source_id"], row["source_id_2"]))


def _of(rows: list[Row], group: str) -> Row | None:
    found = [row for row in rows if row["subgroup"] == group and row["change_pts"] == row["change_pts"]]
    return found[-1] if found else None


NOT_KNOWN = "No report of the June 2023 test gives this by the day of the vantage."


@states("democrat-gain", "republican-gain")
def _gain(study: list[Row], group: str) -> Finding:
    who = {"republican": "Republicans", "democrat": "Democrats"}[group]
    name, label = f"{group}-gain", f"Reported gain among {who}"
    row = _of(study, group)
    if row is None:
        return _absent(name, label, "points", NOT_KNOWN)
    before, after = row["before_pct"], row["after_pct"]
    shares = f", from {percent(before)} to {percent(after)}" if before == before and after == after else ""
    by = "by a source besides the article" if _outside(row) else "only in the article itself"
    sentence = (
        f"After the facts the share of {who} who said that the aid had been worth it was "
        f"{points(row['change_pts'])} higher{shares}; this is reported {by}."
        if row["outcome"] == "worth-it"
        else f"A gain of {points(row['change_pts'])} among {who} is reported {by}; shares and question were not found."
    )
    return _state(name, label, row["change_pts"], "points", sentence, [row])


def _miss(study: list[Row], group: str) -> Finding:
    label = "Reported gain among Republicans less the claimed one"
    row = _of(study, group)
    if row is None or not _outside(row):
        return _absent(
            "republican-miss", label, "points", "No source besides the article reports the Republican gain yet."
        )
    miss = abs(row["change_pts"] - CLAIMED[group])
    sentence = (
        f"The Republican gain reported outside the article, {points(row['change_pts'])}, "
        f"{'equals the claimed one' if miss == 0 else f'differs from the claimed one by {points(miss)}'}."
    )
    return _state("republican-miss", label, miss, "points", sentence, [row])


def _confirmed(study: list[Row]) -> Finding:
    label = "Share of the two gains confirmed outside the article"
    known = [row for row in (_of(study, group) for group in CLAIMED) if row is not None]
    if not known:
        return _absent("figures-confirmed", label, "%", NOT_KNOWN)
    good = [r for r in known if _outside(r) and abs(r["change_pts"] - CLAIMED[r["subgroup"]]) <= 1]
    names = listed([{"republican": "the Republican", "democrat": "the Democratic"}[row["subgroup"]] for row in good])
    sentence = (
        f"Of the two gains, a source besides the article confirms {('none', 'one', 'both')[len(good)]}"
        f"{f' ({names})' if good else ''}; not finding a second source does not make a figure wrong."
    )
    return _state("figures-confirmed", label, 100 * len(good) / len(CLAIMED), "%", sentence, known)


def _outcome(study: list[Row]) -> Finding:
    label = "The question asked about support for aid"
    known = [row for row in study if row["outcome"] in ("worth-it", "aid-support")]
    if not known:
        return _absent("measured-support", label, "yes or no", NOT_KNOWN)
    support = all(row["outcome"] == "aid-support" for row in known)
    sentence = (
        "The question asked about support for aid."
        if support
        else "The question asked whether the aid had been worth it, a judgement of the past, not support for more aid."
    )
    return _state("measured-support", label, support, "yes or no", sentence, known)


def _control(study: list[Row]) -> Finding:
    label = "A group that was told nothing was compared"
    known = [row for row in study if row["control"] in (True, False) and _outside(row)]
    if not known:
        return _absent("control-group", label, "yes or no", NOT_KNOWN)
    control = any(bool(row["control"]) for row in known)
    sentence = (
        "The reports mention a control group."
        if control
        else "No report mentions a control group, and the design was not seen: persuasion and the wish to please after "
        "hearing one side cannot be told apart."
    )
    return _state("control-group", label, control, "yes or no", sentence, known)


@states("relative-gain")
def _relative(held: list[tuple[Row, float]]) -> Finding:
    label = "The Republican gain in per cent of the share before"
    known = [(row, before) for row, before in held if before == before and row["change_pts"] == row["change_pts"]]
    if not known:
        return _absent("relative-gain", label, "%", NOT_KNOWN)
    row, before = known[-1]
    value = 100 * row["change_pts"] / before
    sentence = (
        f"A rise of {points(row['change_pts'])} from {percent(before)} is a rise by {percent(value)}: "
        "the gains are points, and calling them per cent understates the Republican one."
    )
    return _state("relative-gain", label, value, "%", sentence, [row])


def briefings(tests: list[Row], polls: Picked | pd.DataFrame, baseline: str, group: str) -> list[Briefing]:
    """Level after a balanced briefing less the newest ordinary poll before it, with the rows of both."""
    rows = [row for row in tests if row["effect"] == "level-only" and row["subgroup"] == group]
    rows = [row for row in rows if row["after_pct"] == row["after_pct"]]
    if not rows:
        return []
    question = BASELINES[baseline]
    waves, cite = held(poll_waves(polls, (question,)), question, group), read(polls)
    found = []
    for row in rows:
        before = [wave for wave in waves if wave.day <= row["date"].toordinal() - EPOCH]
        if before:
            found.append((row["after_pct"] - before[-1].pct, row, before[-1], cite.at([before[-1].place])))
    return found


def _elsewhere(tests: list[Row], briefed: list[Briefing], elsewhere: str) -> Finding:
    label = "Effect of other messages on support for aid"
    measured = [
        row for row in tests
        if row["outcome"] == "aid-support" and row["experiment_id"] != STUDY and row["change_pts"] == row["change_pts"]
    ]  # fmt: skip
    effects = sorted([row["change_pts"] for row in measured] + [one[0] for one in briefed])
    if not effects:
        return _absent(
            "effect-elsewhere", label, "points", "No other message test with a number was known by this day."
        )
    value = {"median": median(effects), "largest": effects[-1]}.get(elsewhere, sum(effects) / len(effects))
    parts = [f"{points(row['change_pts'])} with a preface on helping friends" for row in measured]
    parts += [f"{points(gain)} after a balanced briefing in {row['date'].year}" for gain, row, _, _ in briefed]
    how = {"median": "in the median ", "largest": "at most "}.get(elsewhere, "")
    sentence = (
        f"In {'the only' if len(effects) == 1 else len(effects)} other message test{'s' * (len(effects) > 1)} with a "
        f"number, support for aid came out {how}"
        f"{points(abs(value), 1)} {'higher' if value >= 0 else 'lower'} ({listed(parts)})."
    )
    caveat = "A briefing's level is compared with another pollster's ordinary question; this is only a rough guide."
    return _state(
        "effect-elsewhere", label, value, "points", sentence, measured + [one[1] for one in briefed],
        caveat if briefed else "", [one[3] for one in briefed],
    )  # fmt: skip


@states("balanced-briefing")
def _briefed(found: list[Briefing]) -> Finding:
    label = "Republicans in favour after a balanced briefing"
    if not found:
        return _absent("balanced-briefing", label, "%", "No balanced briefing of Republicans was known by this day.")
    gain, row, wave, cite = found[-1]
    sentence = (
        f"After arguments for and against, {percent(row['after_pct'])} of Republicans favoured continuing aid, "
        f"against {percent(wave.pct)} in an ordinary poll before: {points(gain)} apart."
    )
    return _state("balanced-briefing", label, row["after_pct"], "%", sentence, [row], more=[cite])


@states("generic-lift")
def _generic(tests: list[Row]) -> Finding:
    label = "The same preface lifted Taiwan as well"
    by_id = {row["experiment_id"]: row for row in tests}
    ukraine, taiwan = by_id.get("reagan-2023-11-doctrine"), by_id.get("reagan-2023-11-doctrine-taiwan")
    if ukraine is None or taiwan is None:
        return _absent("generic-lift", label, "points", "The comparison with Taiwan was not known by this day.")
    value = taiwan["change_pts"] - ukraine["change_pts"]
    sentence = (
        f"A preface that lifted support for aid to Ukraine by {points(ukraine['change_pts'])} lifted Taiwan by "
        f"{points(taiwan['change_pts'])}: favourable words move such answers whatever the country."
    )
    return _state("generic-lift", label, value, "points", sentence, [ukraine, taiwan])


@states("audit-message")
def _audits(tests: list[Row]) -> Finding:
    label = "Opponents whom the promise of audits would move"
    rows = [row for row in tests if row["experiment_id"] == "reagan-2023-06-audit"]
    if not rows:
        return _absent("audit-message", label, "%", "The audit question was not known by this day.")
    sentence = (
        f"In the same survey, the promise of full audits would make {percent(rows[-1]['after_pct'])} of the opponents "
        "more supportive; most said that it would change nothing."
    )
    return _state("audit-message", label, rows[-1]["after_pct"], "%", sentence, rows)


@states("randomised")
def _randomised(tests: list[Row]) -> Finding:
    label = "Randomised experiments with a clear rise for all"
    rows = [row for row in tests if row["randomized"] is True and row["outcome"] == "aid-support"]
    if not rows:
        return _absent(
            "randomised", label, "experiments", "No randomised experiment on such messages was known by this day."
        )
    clear = [row for row in rows if row["effect"] == "rise"]
    if len(rows) == 1:
        what = "a clear rise" if clear else "no clear rise"
        sentence = f"The only randomised experiment on messages about aid found {what} across messages and groups."
    else:
        rest = "" if len(clear) == len(rows) else "; the others found one for some messages or groups only"
        sentence = (
            f"Of {len(rows)} randomised experiments on messages about aid, {len(clear) or 'none'} found a clear rise "
            f"across messages and groups{rest}."
        )
    return _state("randomised", label, len(clear), "experiments", sentence, rows)
