"""resolve-level: how many Ukrainians want to fight on, by the question that the article's figure fits and by others?"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.findings import finding, missing, states, states_argument
from casefile.pillars.resolve.questions import ENDURE, FIGHT, LAND, QUESTIONS, TALKS, TERMS, Question, asking
from casefile.pillars.resolve.waves import ARTICLE_DAY, YEAR, Change, Polls, Wave, polls_of
from casefile.words import counted, day, interval, listed, month, number, percent, points

CLAIM = "resolve-level"
FIGURE = 84
"""The share that the claim states, in per cent."""
NO_WAVE = "No wave of this question was known by this day."
NO_PAIR = "No question had waves on both sides of the article's date that were known by this day."


def resolve_level(
    ev: Evidence,
    *,
    group: str = "all",
    undecided: str = "apart",
    averages: bool = False,
    same_day: bool = True,
    months: float = 12,
    kinds: Sequence[str] = ("land", "fight"),
    per_pollster: bool = False,
    design_effect: float | None = None,
) -> list[Finding]:
    """How many Ukrainians would fight on or give up no land, question by question, and what came of each since.

    Shares are in per cent with 95% intervals from the printed error, or from the sample with a design effect. The
    article's figure is compared with the KIIS question on ceding land, which it matches, and with Gallup's, which asks
    about fighting on; the median runs over all questions of `kinds` asked in the `months` up to the newest.
    """
    polls = polls_of(ev, averages=averages, same_day=same_day, design_effect=design_effect, undecided=undecided)
    land, fight = polls.waves(LAND, group), polls.waves(FIGHT, group)
    return [
        _newest(polls, "land", "Share against giving up any land (KIIS)", land,
                "said that no land may be given up, a question about land and not about fighting on"),
        _match(polls),
        _newest(polls, "fight", "Share for fighting on until victory (Gallup)", fight,
                "wanted to fight until victory rather than negotiate an end as soon as possible"),
        _median(polls, asking(*kinds), months, per_pollster),
        _gap(polls, land, fight),
        _lowest_region(polls),
        _since(polls, "land-since", "Fall since the article: no land given up (KIIS)", LAND, land),
        _since(polls, "fight-since", "Fall since the article: fight until victory (Gallup)", FIGHT, fight),
        _series_since(polls),
        _newest(polls, "endure", "Share ready to endure as long as needed (KIIS)", polls.waves(ENDURE),
                "were ready to endure the war for as long as needed"),
        _newest(polls, "terms", "Share that rejects Russia’s terms (KIIS)", polls.waves(TERMS),
                "rejected a peace plan on Russia’s terms"),
        _newest(polls, "talks", "Share against talks now (Razumkov)", polls.waves(TALKS),
                "disagreed that talks with Russia should be used now"),
    ]  # fmt: skip


@states_argument("name")
def _newest(polls: Polls, name: str, label: str, waves: Sequence[Wave], what: str) -> Finding:
    if not waves:
        return missing(CLAIM, name, label, "%", resolve_level, NO_WAVE)
    wave = waves[-1]

    def sentence() -> str:
        return (
            f"In {wave.pollster}’s newest wave ({day(wave.date)}), {percent(wave.pct)} {what} "
            f"(95% interval {interval(wave.low, wave.high)}%)."
        )

    return finding(
        CLAIM, name, label, wave.pct, "%", sentence, resolve_level, polls.behind(wave), low=wave.low, high=wave.high,
        sampling=True, sample=wave.n,
    )  # fmt: skip


def _match(polls: Polls) -> Finding:
    label = "Distance of the nearest published poll from the claim’s figure"
    found = [
        (abs(waves[-1].pct - FIGURE), asked, waves[-1])
        for asked in asking("land", "fight")
        if (waves := polls.waves(asked, known_by=ARTICLE_DAY))
    ]
    if not found:
        return missing(CLAIM, "match", label, "points", resolve_level, NO_WAVE)
    away, asked, wave = min(found, key=lambda one: (one[0], -one[2].day))
    about = {"land": "about giving up land", "fight": "about fighting on"}[asked.asks]

    def sentence() -> str:
        return (
            f"Of the known polls up to the article’s date the nearest to {FIGURE}% is “{asked.name}” of "
            f"{month(wave.date)} with {percent(wave.pct)}, {points(away)} away; it asks {about}."
        )

    return finding(CLAIM, "match", label, away, "points", sentence, resolve_level, polls.behind(wave), sample=wave.n)


def _median(polls: Polls, asked: Sequence[Question], months: float, per_pollster: bool) -> Finding:
    label = "Median of the questions on land and on fighting on"
    newest = [(one, waves[-1]) for one in asked if (waves := polls.waves(one))]
    if not newest:
        return missing(CLAIM, "median", label, "%", resolve_level, NO_WAVE)
    last = max(wave.day for _, wave in newest)
    recent = sorted(
        ((one, wave) for one, wave in newest if wave.day >= last - months * YEAR / 12), key=lambda p: p[1].pct
    )
    shares = [wave.pct for _, wave in recent]
    if per_pollster:
        houses: dict[str, list[float]] = {}
        for _, wave in recent:
            houses.setdefault(wave.pollster, []).append(wave.pct)
        shares = [sum(one) / len(one) for one in houses.values()]
    middle = median(shares)
    until = max(wave.date for _, wave in recent)
    unit = "pollster" if per_pollster else "question"

    def sentence() -> str:
        return (
            f"The only question in the {number(months)} months to {month(until)} found {percent(middle)} on the "
            f"resolute side ({recent[0][0].name})."
            if len(recent) == 1
            else f"Over {counted(len(shares), unit)} in the {number(months)} months to {month(until)}, "
            f"the median share on the resolute side was {percent(middle, 1 if middle % 1 else 0)}, from "
            f"{percent(recent[0][1].pct)} ({recent[0][0].name}) to {percent(recent[-1][1].pct)} ({recent[-1][0].name})."
        )

    return finding(
        CLAIM, "median", label, middle, "%", sentence, resolve_level, polls.behind(*(wave for _, wave in recent)),
        low=min(shares), high=max(shares), caveat="The range is that of the questions, not a sampling interval.",
    )  # fmt: skip


@states("gap")
def _gap(polls: Polls, land: Sequence[Wave], fight: Sequence[Wave]) -> Finding:
    label = "Land question less fighting question"
    if not land or not fight:
        return missing(
            CLAIM, "gap", label, "points", resolve_level, "The two questions had not both been asked by this day."
        )
    one = fight[-1]
    other = min(land, key=lambda wave: (abs(wave.day - one.day), -wave.day))
    pair = Change(other, one)
    sentence = (
        f"Asked within {counted(max(round(abs(one.day - other.day) / 30.4), 1), 'month')} of each other, giving up no "
        f"land found {percent(other.pct)} and fighting until victory {percent(one.pct)}: "
        f"{points(abs(pair.fall))} apart."
    )
    return finding(
        CLAIM, "gap", label, pair.fall, "points", sentence, resolve_level, polls.behind(pair),
        low=pair.fall - pair.half, high=pair.fall + pair.half, sampling=True,
    )  # fmt: skip


@states("lowest-region")
def _lowest_region(polls: Polls) -> Finding:
    label = "Lowest region against giving up any land (KIIS)"
    regions = {group: waves for group in ("east", "south", "center", "west") if (waves := polls.waves(LAND, group))}
    if not regions:
        return missing(CLAIM, "lowest-region", label, "%", resolve_level, NO_WAVE)
    last = max(waves[-1].day for waves in regions.values())
    level, region, wave = min((w[-1].pct, group, w[-1]) for group, w in regions.items() if w[-1].day == last)
    sentence = (
        f"In the newest wave by region ({month(wave.date)}), the {region.title()} had the lowest share against "
        f"giving up any land, {percent(level)}."
    )
    return finding(
        CLAIM, "lowest-region", label, level, "%", sentence, resolve_level, polls.behind(wave), low=wave.low,
        high=wave.high, sampling=True, caveat="The sample of a region is not printed; a fifth of the whole is assumed.",
    )  # fmt: skip


@states_argument("name")
def _since(polls: Polls, name: str, label: str, asked: Question, waves: Sequence[Wave]) -> Finding:
    before = [wave for wave in waves if wave.known <= ARTICLE_DAY]
    if not before or waves[-1].day <= before[-1].day:
        return missing(
            CLAIM, name, label, "points", resolve_level, "No wave newer than the article was known by this day."
        )
    pair = Change(before[-1], waves[-1])

    def sentence() -> str:
        return (
            f"“{asked.name}” went from {percent(pair.before.pct)} ({month(pair.before.date)}, the newest wave known "
            f"on the article’s date) to {percent(pair.after.pct)} ({month(pair.after.date)}): {moved(pair)}."
        )

    return finding(
        CLAIM, name, label, pair.fall, "points", sentence, resolve_level, polls.behind(pair), low=pair.fall - pair.half,
        high=pair.fall + pair.half, sampling=True,
    )  # fmt: skip


def moved(pair: Change) -> str:
    """A change in words with its interval: down 31 points (95% interval 27 to 35)."""
    if round(pair.fall) == 0:
        return f"no change (95% interval {interval(-pair.half, pair.half)} points)"
    way, size = ("down", pair.fall) if pair.fall > 0 else ("up", -pair.fall)
    low, high = size - pair.half, size + pair.half
    digits = int(round(low) == 0)  # 0 to 6 would not say whether no change lies within
    return f"{way} {points(size)} (95% interval {interval(low, high, digits)})"


@states("series-since")
def _series_since(polls: Polls) -> Finding:
    label = "Questions that fell since the article, of those asked on both sides of it"
    pairs: list[tuple[Question, Change]] = []
    for asked in QUESTIONS:
        waves = polls.waves(asked)
        before = [wave for wave in waves if wave.day <= ARTICLE_DAY]
        if before and waves[-1].day > ARTICLE_DAY:
            pairs.append((asked, Change(before[-1], waves[-1])))
    if not pairs:
        return missing(CLAIM, "series-since", label, "%", resolve_level, NO_PAIR)
    down = [asked for asked, pair in pairs if pair.fall > pair.half]
    detail = listed([f"{asked.name} ({number(-pair.fall)})" for asked, pair in pairs])
    sentence = (
        f"{number(len(down))} of {counted(len(pairs), 'question')} asked before and after the article fell by more "
        f"than sampling error. Change in points: {detail}."
    )
    return finding(
        CLAIM, "series-since", label, 100 * len(down) / len(pairs), "%", sentence, resolve_level,
        polls.behind(*(pair for _, pair in pairs)),
    )  # fmt: skip
