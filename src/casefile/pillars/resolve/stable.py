"""resolve-stable: had the share that gives up nothing, or fights on, moved within a year, and since?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from casefile.evidence.library import Evidence
from casefile.model import ARTICLE_DATE, Finding
from casefile.pillars.findings import finding, missing, states, states_argument
from casefile.pillars.resolve.level import moved
from casefile.pillars.resolve.questions import FIGHT, LAND, QUESTIONS, Question
from casefile.pillars.resolve.waves import (
    ARTICLE_DAY,
    EPOCH,
    NEAR_YEAR,
    YEAR,
    Change,
    Polls,
    Wave,
    breaks,
    polls_of,
    year_before,
)
from casefile.words import alone, counted, day, listed, month, number, percent, points

CLAIM = "resolve-stable"
NO_YEAR = "No two waves of this question about a year apart were known by this day."
BASELINE_DAY = ARTICLE_DAY - YEAR
"""A year before the article: the level that the claim says had hardly moved."""
FIELD = (date(2023, 10, 1).toordinal() - EPOCH, date(2023, 10, 31).toordinal() - EPOCH)
"""The month in which the article appeared: a wave of the series was then in the field."""
FRESH = 457
"""Days (fifteen months) before the newest wave of all beyond which a question no longer counts as repeated."""


def resolve_stable(
    ev: Evidence,
    *,
    group: str = "all",
    undecided: str = "apart",
    averages: bool = False,
    same_day: bool = True,
    window: tuple[int, int] = NEAR_YEAR,
    from_today: bool = False,
    baseline: str = "year-before-article",
    design_effect: float | None = None,
) -> list[Finding]:
    """By how many points resolve fell within a year and since a year before the article, with breaks in the series.

    A wave is compared with the wave of the same question nearest to a year earlier, within `window` days; with
    `from_today` the comparison is with the wave nearest to a year before the vantage. Positive numbers are falls.
    Intervals are 95% and combine the errors of both waves. `baseline`: year-before-article, first or highest wave.
    """
    polls = polls_of(ev, averages=averages, same_day=same_day, design_effect=design_effect, undecided=undecided)
    land, fight = polls.waves(LAND, group), polls.waves(FIGHT, group)
    today = ev.as_of.toordinal() - EPOCH if from_today else None
    return [
        _year(polls, "land-year", "Fall within a year: no land given up (KIIS)", LAND, land, window, today),
        _year(polls, "fight-year", "Fall within a year: fight until victory (Gallup)", FIGHT, fight, window, today),
        _baseline(polls, "since-baseline", "no land given up (KIIS)", land, baseline),
        _baseline(polls, "since-baseline-fight", "fight until victory (Gallup)", fight, baseline),
        _falling(polls, window),
        _breaks(polls, land),
        _published(polls, polls.waves(FIGHT)),
        _field_wave(polls, polls.waves(LAND)),
        _spread(polls, land),
    ]


def _pair(waves: Sequence[Wave], window: tuple[int, int], today: int | None) -> Change | None:
    if len(waves) < 2:
        return None
    after = waves[-1]
    if today is None:
        before = year_before(waves, after, window)
    else:
        older = [wave for wave in waves[:-1] if window[0] <= today - wave.day <= window[1]]
        before = min(older, key=lambda wave: (abs(today - wave.day - YEAR), wave.day), default=None)
    return None if before is None else Change(before, after)


@states_argument("name")
def _year(
    polls: Polls,
    name: str,
    label: str,
    asked: Question,
    waves: Sequence[Wave],
    window: tuple[int, int],
    today: int | None,
) -> Finding:
    pair = _pair(waves, window, today)
    if pair is None:
        return missing(CLAIM, name, label, "points", resolve_stable, NO_YEAR)

    def sentence() -> str:
        return (
            f"“{asked.name}” went from {percent(pair.before.pct)} ({month(pair.before.date)}) to "
            f"{percent(pair.after.pct)} ({month(pair.after.date)}): {moved(pair)}."
        )

    return finding(
        CLAIM, name, label, pair.fall, "points", sentence, resolve_stable, polls.behind(pair),
        low=pair.fall - pair.half, high=pair.fall + pair.half, sampling=True, sample=pair.after.n,
    )  # fmt: skip


@states_argument("name")
def _baseline(polls: Polls, name: str, asked: str, waves: Sequence[Wave], baseline: str) -> Finding:
    label = f"Fall since a year before the article: {asked}"
    if len(waves) < 2:
        return missing(CLAIM, name, label, "points", resolve_stable, "Fewer than two waves were known by this day.")
    if baseline == "first":
        before = waves[0]
    elif baseline == "highest":
        before = max(waves[:-1], key=lambda wave: (wave.pct, -wave.day))
    else:
        before = min(waves[:-1], key=lambda wave: (abs(wave.day - BASELINE_DAY), wave.day))
    pair = Change(before, waves[-1])
    named = " (the wave nearest to a year before the article)" if baseline == "year-before-article" else ""

    def sentence() -> str:
        return (
            f"Against {percent(before.pct)} in {month(before.date)}{named}, the newest wave "
            f"({month(pair.after.date)}) has {percent(pair.after.pct)}: {moved(pair)}."
        )

    return finding(
        CLAIM, name, label, pair.fall, "points", sentence, resolve_stable, polls.behind(pair),
        low=pair.fall - pair.half, high=pair.fall + pair.half, sampling=True, sample=pair.after.n,
    )  # fmt: skip


def _falling(polls: Polls, window: tuple[int, int]) -> Finding:
    label = "Repeated questions that fell within a year"
    newest = {asked: waves for asked in QUESTIONS if (waves := polls.waves(asked))}
    last = max((waves[-1].day for waves in newest.values()), default=0)
    pairs = [
        (asked, pair)
        for asked, waves in newest.items()
        if waves[-1].day >= last - FRESH and (pair := _pair(waves, window, None)) is not None
    ]
    if not pairs:
        return missing(CLAIM, "falling", label, "%", resolve_stable, NO_YEAR)
    down = [asked for asked, pair in pairs if pair.fall > pair.half]

    def sentence() -> str:
        detail = listed([f"{asked.name} ({number(-pair.fall)})" for asked, pair in pairs])
        return (
            f"Of {counted(len(pairs), 'question')} repeated after about a year, {alone(len(down))} fell by more than "
            f"sampling error. Change in points: {detail}."
        )

    return finding(
        CLAIM, "falling", label, 100 * len(down) / len(pairs), "%", sentence, resolve_stable,
        polls.behind(*(pair for _, pair in pairs)),
    )  # fmt: skip


@states("breaks")
def _breaks(polls: Polls, waves: Sequence[Wave]) -> Finding:
    label = "Breaks in the level: no land given up (KIIS)"
    if len(waves) < 4:
        why = "Too few waves were known by this day to look for a break."
        return missing(CLAIM, "breaks", label, "breaks", resolve_stable, why)
    found = breaks(waves)
    lead = f"Over {counted(len(waves), 'wave')} from {month(waves[0].date)} to {month(waves[-1].date)} the level"
    parts = [
        f"between {month(waves[place - 1].date)} and {month(waves[place].date)} "
        f"({'down' if size > 0 else 'up'} {points(abs(size))})"
        for place, size in found
    ]
    sentence = f"{lead} breaks {listed(parts)}." if found else f"{lead} shows no break."
    return finding(
        CLAIM, "breaks", label, len(found), "breaks", sentence, resolve_stable, polls.behind(*waves),
        caveat="The size of a break compares the mean levels of the stretches on either side." if found else "",
    )  # fmt: skip


@states("published")
def _published(polls: Polls, waves: Sequence[Wave]) -> Finding:
    label = "Days between Gallup’s lower figure and the article"
    before = [wave for wave in waves if wave.day <= ARTICLE_DAY]
    if len(before) < 2 or before[-1].pct >= before[-2].pct:
        why = "No lower Gallup figure from before the article was known by this day."
        return missing(CLAIM, "published", label, "days", resolve_stable, why)
    wave = before[-1]
    ahead = ARTICLE_DAY - wave.known
    side = "before" if ahead > 0 else "after"
    when = "the article’s own day" if ahead == 0 else f"{counted(abs(ahead), 'day')} {side} the article"
    sentence = (
        f"Gallup’s figure of {percent(wave.pct)}, down from {percent(before[-2].pct)}, became public on "
        f"{day(date.fromordinal(wave.known + EPOCH))}, {when}."
    )
    return finding(CLAIM, "published", label, ahead, "days", sentence, resolve_stable, polls.behind(*before[-2:]))


@states("field-wave")
def _field_wave(polls: Polls, waves: Sequence[Wave]) -> Finding:
    label = "The wave of the article’s month: fall since the wave before (KIIS)"
    places = [place for place, wave in enumerate(waves) if FIELD[0] <= wave.day <= FIELD[1] and place]
    if not places:
        why = f"No wave of {month(ARTICLE_DATE)} was known by this day."
        return missing(CLAIM, "field-wave", label, "points", resolve_stable, why)
    pair = Change(waves[places[0] - 1], waves[places[0]])
    known = date.fromordinal(pair.after.known + EPOCH)
    sentence = (
        f"In {month(ARTICLE_DATE)} the same question stood at {percent(pair.after.pct)} after "
        f"{percent(pair.before.pct)} in {month(pair.before.date)}: {moved(pair)}. That became known on {day(known)}."
    )
    return finding(
        CLAIM, "field-wave", label, pair.fall, "points", sentence, resolve_stable, polls.behind(pair),
        low=pair.fall - pair.half, high=pair.fall + pair.half, sampling=True,
    )  # fmt: skip


@states("spread")
def _spread(polls: Polls, waves: Sequence[Wave]) -> Finding:
    label = "Range of the last twelve months of waves: no land given up (KIIS)"
    recent = [wave for wave in waves if waves and wave.day >= waves[-1].day - YEAR]
    if len(recent) < 2:
        return missing(
            CLAIM,
            "spread",
            label,
            "points",
            resolve_stable,
            "Fewer than two waves within a year were known by this day.",
        )
    low, high = min(wave.pct for wave in recent), max(wave.pct for wave in recent)
    sentence = (
        f"The {counted(len(recent), 'wave')} of the twelve months to {month(recent[-1].date)} lie between "
        f"{percent(low)} and {percent(high)}, {points(high - low)} apart."
    )
    return finding(CLAIM, "spread", label, high - low, "points", sentence, resolve_stable, polls.behind(*recent))
