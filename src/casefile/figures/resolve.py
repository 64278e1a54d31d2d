"""Charts of the Resolve chapter: series over time, wordings side by side, changes within a year, losses by pollster."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.figures.vocabulary import About, Chart, Mark, Series, dots, lines
from casefile.model import Verdict, ordered
from casefile.pillars.resolve.level import FIGURE
from casefile.pillars.resolve.losses import FAMILY, HURT, KILLED, LOST, RAZUMKOV, WOUNDED
from casefile.pillars.resolve.questions import ENDURE, FIGHT, LAND, QUESTIONS, TABLE, Question
from casefile.pillars.resolve.stable import BASELINE_DAY
from casefile.pillars.resolve.waves import Change, Polls, Wave, breaks, year_before
from casefile.words import counted, few, listed, month, number, part, percent, points

UNITS: Mapping[str, str] = {
    "date": "date", "question": "", "wording": "our paraphrase", "pollster": "", "share": "%", "low": "%", "high": "%",
    "about": "", "earlier": "date", "change": "points", "change_low": "points", "change_high": "points",
}  # fmt: skip
GROUPS = {
    "land": "Giving up land", "fight": "Fighting on", "talks": "Talks", "terms": "Russia’s terms", "endure": "Enduring",
    "belief": "Belief",
}  # fmt: skip
INTERVALS = "Bands and whiskers are 95% intervals."
DESIGN = "from the printed error, or from the sample with a design effect of 1.5"


def _about(
    verdict: Verdict, name: str, title: str, alt: str, caption: str, data: Sequence[Mapping[str, Any]],
    rows: pd.DataFrame, method: str,
) -> About:  # fmt: skip
    frame = pd.DataFrame(list(data), columns=list(data[0]) if data else ["date"])
    return About(
        id=f"{verdict.claim}-{name}",
        claim=verdict.claim,
        title=title,
        alt=alt,
        caption=caption,
        data=frame,
        units={column: UNITS.get(column, "") for column in frame.columns},
        sources=ordered(one for column in ("source_id", "source_id_2") for one in rows[column].tolist() if one),
        method=f"casefile.pillars.resolve.{method}",
        as_of=verdict.as_of,
    )


def _said(verdict: Verdict, *names: str) -> str:
    """The sentences of findings that have a value."""
    found = [verdict.finding(name) for name in names]
    return " ".join(one.sentence for one in found if one is not None and one.value is not None)


def _wordings(ev: Evidence) -> dict[str, str]:
    table = ev.table(TABLE)
    return dict(zip(table["series"].tolist(), table["question"].tolist(), strict=True))


def _row(asked: Question, wave: Wave, wordings: Mapping[str, str]) -> dict[str, Any]:
    return {
        "date": wave.date.isoformat(), "question": asked.name, "wording": wordings.get(asked.series, ""),
        "pollster": wave.pollster, "share": wave.pct, "low": round(wave.low, 1), "high": round(wave.high, 1),
    }  # fmt: skip


def _line(asked: Question, waves: Sequence[Wave], role: str, name: str = "", *, connect: bool = True) -> Series:
    return Series(
        name or asked.name,
        [wave.date.isoformat() for wave in waves],
        [wave.pct for wave in waves],
        role=role,
        low=[wave.low for wave in waves],
        high=[wave.high for wave in waves],
        markers=True,
        lines=connect,
    )


def series(verdict: Verdict, ev: Evidence) -> Chart:
    """Three questions over time: no land given up, fighting until victory, enduring as long as needed."""
    polls, wordings = Polls(ev.table(TABLE)), _wordings(ev)
    drawn = [(LAND, "a"), (FIGHT, "b"), (ENDURE, "c")]
    held = [(asked, role, waves) for asked, role in drawn if (waves := polls.waves(asked))]
    parts = [f"{asked.name.partition(': ')[2]} {percent(waves[-1].pct)}" for asked, _, waves in held]
    title = f"Newest shares: {listed(parts)}" if parts else "No poll was known by this day"
    data = [_row(asked, wave, wordings) for asked, _, waves in held for wave in waves]
    about = _about(
        verdict, "series", title, f"{title}. {_said(verdict, 'land', 'fight', 'land-since', 'fight-since')}".strip(),
        f"Each point is one wave of one question; levels of different questions must not be compared. {INTERVALS}",
        data, polls.rows(*(wave for _, _, waves in held for wave in waves)), "waves.Polls",
    )  # fmt: skip
    return lines(
        about,
        [_line(asked, waves, role) for asked, role, waves in held],
        y_title="Share of those asked, %",
        y_range=(0, 100),
    )


def wordings(verdict: Verdict, ev: Evidence) -> Chart:
    """The newest share on the resolute side of every question, grouped by what the question asks."""
    polls, texts = Polls(ev.table(TABLE)), _wordings(ev)
    newest = [(asked, waves[-1]) for asked in QUESTIONS if (waves := polls.waves(asked))]
    held = sorted(newest, key=lambda one: (list(GROUPS).index(one[0].asks), -one[1].pct))
    data = [{"about": GROUPS[asked.asks], **_row(asked, wave, texts)} for asked, wave in held]
    low, high = (min((w.pct for _, w in held), default=0), max((w.pct for _, w in held), default=0))
    title = (
        f"The wording decides: {percent(low)} to {percent(high)} over {counted(len(held), 'question')}"
        if len(held) > 1
        else "The question that was asked"
    )
    about = _about(
        verdict, "wordings", title, f"{title}. {_said(verdict, 'median', 'gap', 'terms')}".strip(),
        f"Newest known wave of each question with its month; the rule marks the claim’s {FIGURE}%. "
        f"Intervals are 95%, {DESIGN}.",
        data, polls.rows(*(wave for _, wave in held)), "level.resolve_level",
    )  # fmt: skip
    return dots(
        about,
        [f"{asked.name} · {month(wave.date)}" for asked, wave in held],
        [wave.pct for _, wave in held],
        low=[wave.low for _, wave in held],
        high=[wave.high for _, wave in held],
        groups=[GROUPS[asked.asks] for asked, _ in held],
        x_title="Share on the resolute side, %",
        reference=(FIGURE, f"claim: {FIGURE}%"),
    )


def level_breaks(verdict: Verdict, ev: Evidence) -> Chart:
    """The question on land with its opposite answer, and the months in which the level breaks."""
    polls, texts = Polls(ev.table(TABLE)), _wordings(ev)
    ready = Question(LAND.series, "KIIS: some land may be given up", "land", LAND.yielding)
    against, for_ = polls.waves(LAND), polls.waves(ready)
    found = breaks(against)
    marks = [
        Mark(_between(against[place - 1], against[place]), f"{'down' if size > 0 else 'up'} {number(abs(size))}")
        for place, size in found
    ]
    title = "Giving up no land: no two waves were known by this day"
    if len(against) > 1:
        base = min(against[:-1], key=lambda wave: (abs(wave.day - BASELINE_DAY), wave.day))
        fell = base.pct - against[-1].pct
        side = f"{points(abs(fell))} {'lower than' if fell > 0 else 'higher than'}" if round(fell) else "the same as"
        title = f"Giving up no land: {side} in {month(base.date)}, {few(len(found), 'break')} in the level"
    about = _about(
        verdict, "breaks", title, f"{title}. {_said(verdict, 'since-baseline', 'breaks')}".strip(),
        f"Rules marked up or down lie between two waves whose stretches differ beyond chance. {INTERVALS}",
        [*(_row(LAND, wave, texts) for wave in against), *(_row(ready, wave, texts) for wave in for_)],
        polls.rows(*against, *for_), "waves.breaks",
    )  # fmt: skip
    shown = [(LAND, against, "a"), (ready, for_, "b")]
    return lines(
        about, [_line(asked, waves, role) for asked, waves, role in shown if waves], y_title="Share of those asked, %",
        y_range=(0, 100), marks=marks,
    )  # fmt: skip


def _between(one: Wave, other: Wave) -> str:
    return date.fromordinal((one.date.toordinal() + other.date.toordinal()) // 2).isoformat()


def changes(verdict: Verdict, ev: Evidence) -> Chart:
    """The newest change within about a year of every question that was repeated, with its interval."""
    polls = Polls(ev.table(TABLE))
    held: list[tuple[Question, Change]] = []
    for asked in QUESTIONS:
        waves = polls.waves(asked)
        before = year_before(waves, waves[-1]) if waves else None
        if before is not None:
            held.append((asked, Change(before, waves[-1])))
    held.sort(key=lambda one: one[1].fall)
    data = [
        {
            "question": asked.name, "earlier": pair.before.date.isoformat(), "date": pair.after.date.isoformat(),
            "change": -pair.fall, "change_low": round(-pair.fall - pair.half, 1),
            "change_high": round(-pair.fall + pair.half, 1),
        }
        for asked, pair in held
    ]  # fmt: skip
    down = sum(pair.fall > pair.half for _, pair in held)
    title = (
        f"Within about a year, {part(int(down), len(held))} questions asked again fell beyond sampling error"
        if held
        else "No question had been repeated after about a year by this day"
    )
    about = _about(
        verdict, "changes", title, f"{title}. {_said(verdict, 'land-year', 'fight-year')}".strip(),
        "Newest wave of each question, however old, against its wave about a year earlier; the test counts only recent "
        f"ones. Intervals are 95%, {DESIGN} for both waves.",
        data, polls.rows(*(pair for _, pair in held)), "waves.year_before",
    )  # fmt: skip
    return dots(
        about,
        [f"{asked.name} · to {month(pair.after.date)}" for asked, pair in held],
        [-pair.fall for _, pair in held],
        low=[-pair.fall - pair.half for _, pair in held],
        high=[-pair.fall + pair.half for _, pair in held],
        x_title="Change within about a year, points",
        reference=(0, "no change"),
    )


def losses(verdict: Verdict, ev: Evidence) -> Chart:
    """Every survey on friends and relatives wounded, killed or lost, by pollster and date."""
    polls, texts = Polls(ev.table(TABLE)), _wordings(ev)
    asked = [(HURT, "a"), (WOUNDED, "a"), (KILLED, "a"), (RAZUMKOV, "b"), (LOST, "c"), (FAMILY, "c")]
    held = [(one, wave, role) for one, role in asked for wave in polls.waves(one)]
    data = [_row(one, wave, texts) for one, wave, _ in held]
    most = sum(wave.pct > 50 for _, wave, _ in held)
    title = (
        f"{number(most)} of {counted(len(held), 'survey figure')} on losses {'lies' if most == 1 else 'lie'} above half"
        if held
        else "No survey on losses was known by this day"
    )
    about = _about(
        verdict, "surveys", title, f"{title}. {_said(verdict, 'hurt', 'pollsters')}".strip(),
        "The surveys differ in words: wounded or killed, killed, lost; friends, acquaintances or family. Intervals are "
        f"95%, {DESIGN}.",
        data, polls.rows(*(wave for _, wave, _ in held)), "losses.resolve_losses",
    )  # fmt: skip
    return dots(
        about,
        [f"{one.name.partition(': ')[2]} · {month(wave.date)}" for one, wave, _ in held],
        [wave.pct for _, wave, _ in held],
        low=[wave.low for _, wave, _ in held],
        high=[wave.high for _, wave, _ in held],
        roles=[role for _, _, role in held],
        groups=[one.name.partition(":")[0] for one, _, _ in held],
        x_title="Share of those asked, %",
        reference=(50, "half"),
    )


CHARTS: dict[str, tuple[Callable[[Verdict, Evidence], Chart], ...]] = {
    "resolve-level": (series, wordings),
    "resolve-stable": (level_breaks, changes),
    "resolve-losses": (losses,),
}
