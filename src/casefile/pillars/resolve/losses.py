"""resolve-losses: do most Ukrainians have friends or relatives who were wounded or killed?"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.findings import finding, missing, states, states_argument
from casefile.pillars.resolve.questions import Question
from casefile.pillars.resolve.waves import YEAR, Change, Polls, Wave, polls_of
from casefile.words import counted, interval, listed, month, number, percent, points

CLAIM = "resolve-losses"
NO_WAVE = "No survey with this question was known by this day."
REGIONS = ("center", "east", "north", "south", "west")


def asked(series: str, name: str, answer: str) -> Question:
    """A question about losses, with the one answer that counts as having them."""
    return Question(series, name, "losses", (answer,))


HURT = asked("kiis-know-killed-or-wounded", "KIIS: friends or relatives wounded or killed", "have-killed-or-wounded")
KILLED = asked("kiis-know-killed-or-wounded", "KIIS: friends or relatives killed", "have-killed")
WOUNDED = asked("kiis-know-killed-or-wounded", "KIIS: friends or relatives wounded", "have-wounded")
RAZUMKOV = asked(
    "razumkov-know-killed-or-wounded",
    "Razumkov: relatives or close acquaintances killed or wounded",
    "have-killed-or-wounded",
)
LOST = asked("ndi-lost-friends-or-relatives", "NDI: lost friends or relatives", "yes")
FAMILY = asked("ndi-lost-friends-or-relatives", "NDI: lost a family member", "lost-family-member")
WIDEST = {"KIIS": HURT, "Razumkov": RAZUMKOV, "NDI": LOST}
"""Per pollster the question that comes nearest to the claim."""


def resolve_losses(
    ev: Evidence,
    *,
    measure: str = "wounded or killed",
    bound: str = "middle",
    pollsters: Sequence[str] = ("KIIS", "Razumkov", "NDI"),
    combine: str = "median",
    months: float = 120,
    second_report: bool = False,
    design_effect: float | None = None,
) -> list[Finding]:
    """The share of Ukrainians with friends or relatives wounded or killed, by pollster, with 95% intervals in per cent.

    The newest poll that asks for both wounded and killed comes first. Each pollster's newest share is also combined
    (`combine`: median or mean) over those asked within `months` of the newest. `measure` is wounded or killed, killed,
    or wounded; `bound` takes the middle or the low end of each interval.
    """
    polls = polls_of(ev, second_report=second_report, design_effect=design_effect)
    lead = {"wounded or killed": HURT, "killed": KILLED, "wounded": WOUNDED}[measure]
    return [
        _share(polls, "hurt", "Share with friends or relatives wounded or killed (newest poll)",
               _newest(polls, [lead, RAZUMKOV] if lead is HURT else [lead]), bound),
        _combined(polls, pollsters, combine, months, bound),
        _share(polls, "killed", "Share with friends or relatives killed (KIIS)", _newest(polls, [KILLED]), bound),
        _lowest_region(polls, lead),
        _share(polls, "razumkov", "Share with relatives or close acquaintances killed or wounded (Razumkov)",
               _newest(polls, [RAZUMKOV]), bound),
        _share(polls, "lost", "Share that lost friends or relatives (NDI)", _newest(polls, [LOST]), bound),
        _share(polls, "family", "Share that lost a family member (NDI)", _newest(polls, [FAMILY]), bound),
        _rise(polls),
        _wording(polls),
    ]  # fmt: skip


def _newest(polls: Polls, questions: Sequence[Question]) -> tuple[Question, Wave] | None:
    found = [
        (waves[-1].day, place, one, waves[-1]) for place, one in enumerate(questions) if (waves := polls.waves(one))
    ]
    if not found:
        return None
    _, _, one, wave = max(found, key=lambda entry: (entry[0], -entry[1]))
    return one, wave


def _level(wave: Wave, bound: str) -> float:
    return wave.low if bound == "low" else wave.pct


@states_argument("name")
def _share(polls: Polls, name: str, label: str, found: tuple[Question, Wave] | None, bound: str) -> Finding:
    if found is None:
        return missing(CLAIM, name, label, "%", resolve_losses, NO_WAVE)
    one, wave = found

    def sentence() -> str:
        return (
            f"“{one.name}”: {percent(wave.pct)} in {month(wave.date)} (95% interval {interval(wave.low, wave.high)}%)."
        )

    return finding(
        CLAIM, name, label, _level(wave, bound), "%", sentence, resolve_losses, polls.behind(wave), low=wave.low,
        high=wave.high, sampling=True, sample=wave.n,
    )  # fmt: skip


def _combined(polls: Polls, pollsters: Sequence[str], combine: str, months: float, bound: str) -> Finding:
    label = f"{combine.title()} over pollsters"
    newest = [(WIDEST[name], waves[-1]) for name in pollsters if (waves := polls.waves(WIDEST[name]))]
    if not newest:
        return missing(CLAIM, "pollsters", label, "%", resolve_losses, NO_WAVE)
    last = max(wave.day for _, wave in newest)
    recent = [(one, wave) for one, wave in newest if wave.day >= last - months * YEAR / 12]
    shares = [_level(wave, bound) for _, wave in recent]
    value = median(shares) if combine == "median" else sum(shares) / len(shares)

    def sentence() -> str:
        parts = listed([f"{percent(wave.pct)} ({one.name}, {month(wave.date)})" for one, wave in recent])
        return (
            f"The {combine} over {counted(len(recent), 'pollster')} is {percent(value, int(value % 1 > 0))}: {parts}."
            if len(recent) > 1
            else f"Only one pollster’s share was known by this day: {parts}."
        )

    return finding(
        CLAIM, "pollsters", label, value, "%", sentence, resolve_losses, polls.behind(*(wave for _, wave in recent)),
        low=min(shares), high=max(shares),
        caveat="The wordings differ: NDI asks about loss only. KIIS did the fieldwork for NDI.",
    )  # fmt: skip


def _lowest_region(polls: Polls, lead: Question) -> Finding:
    label = "Lowest region reported (KIIS)"
    regions = [(waves[-1].pct, group, waves[-1]) for group in REGIONS if (waves := polls.waves(lead, group))]
    if not regions:
        return missing(CLAIM, "lowest-region", label, "%", resolve_losses, NO_WAVE)
    level, region, wave = min(regions, key=lambda one: one[:2])

    def sentence() -> str:
        return (
            f"Of the regions reported, the {region.title()} has the lowest share with friends or relatives wounded or "
            f"killed, {percent(level)}."
        )

    return finding(
        CLAIM, "lowest-region", label, level, "%", sentence, resolve_losses, polls.behind(wave), low=wave.low,
        high=wave.high, sampling=True, caveat="The sample of a region is not printed; a fifth of the whole is assumed.",
    )  # fmt: skip


@states("rise")
def _rise(polls: Polls) -> Finding:
    label = "Rise of the share that lost friends or relatives (NDI)"
    waves = polls.waves(LOST)
    if len(waves) < 2:
        return missing(
            CLAIM, "rise", label, "points", resolve_losses, "Fewer than two NDI waves were known by this day."
        )
    pair = Change(waves[0], waves[-1])
    rise = -pair.fall
    sentence = (
        f"The share that had lost friends or relatives {'rose' if rise > 0 else 'fell'} from "
        f"{percent(pair.before.pct)} ({month(pair.before.date)}) to {percent(pair.after.pct)} "
        f"({month(pair.after.date)}), by {points(abs(rise))} "
        f"(95% interval {interval(abs(rise) - pair.half, abs(rise) + pair.half)})."
    )
    return finding(
        CLAIM, "rise", label, rise, "points", sentence, resolve_losses, polls.behind(*waves), low=rise - pair.half,
        high=rise + pair.half, sampling=True,
    )  # fmt: skip


@states("wording")
def _wording(polls: Polls) -> Finding:
    label = "Spread between pollsters"
    newest = [(wave.pct, one, wave) for one in WIDEST.values() if (found := polls.waves(one)) and (wave := found[-1])]
    if len(newest) < 2:
        return missing(
            CLAIM, "wording", label, "points", resolve_losses, "Fewer than two pollsters had asked by this day."
        )
    low, high = min(newest, key=lambda one: one[0]), max(newest, key=lambda one: one[0])
    apart = number(round(abs(high[2].day - low[2].day) / 30.4))
    sentence = (
        f"“{high[1].name}” finds {percent(high[0])}, “{low[1].name}” {percent(low[0])}: {points(high[0] - low[0])} "
        f"apart, with {apart} months between them and different words and ways of asking."
    )
    return finding(
        CLAIM, "wording", label, high[0] - low[0], "points", sentence, resolve_losses, polls.behind(low[2], high[2])
    )
