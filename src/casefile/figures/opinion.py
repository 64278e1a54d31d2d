"""Charts of the opinion chapter: shares by party, slopes by question, the change of president, messages, told facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.figures.about import Abouts, given
from casefile.figures.vocabulary import Chart, Mark, Series, bars, before_after, dots, lines
from casefile.model import Verdict, ordered
from casefile.pillars.opinion.biden import FRESH, HANDOVER
from casefile.pillars.opinion.decline import EPOCH, trends
from casefile.pillars.opinion.held_territory import INDEPENDENT, MEASURES
from casefile.pillars.opinion.information import briefings, read_rows
from casefile.pillars.opinion.message_facts import AID_BN, BASES, HELD, SURVEY_END, official, read_totals
from casefile.pillars.opinion.questions import COMPARABLE, Question
from casefile.pillars.opinion.waves import YEAR, Wave, between, held, poll_waves, pooled
from casefile.words import MONTHS, month, part, percent, points

POLLS = "opinion/polls"
WINDOW = 24
"""Months of the slopes drawn, as in the analysis."""
HANDOVER_MARK = Mark(date(2025, 1, 20), "Change of president")
PARTIES = (("republican", "Republicans"), ("democrat", "Democrats"))


_about = Abouts(given)


def _day(ordinal: int) -> date:
    return date.fromordinal(ordinal + EPOCH)


def _short(ordinal: int) -> str:
    when = _day(ordinal)
    return f"{MONTHS[when.month - 1][:3]} {when.year}"


def _cite(frame: pd.DataFrame, places: Sequence[int]) -> list[str]:
    part = frame.iloc[list(places)]
    return [source for name in ("source_id", "source_id_2") for source in part[name] if source]


def _value(verdict: Verdict, name: str) -> float | None:
    found = verdict.finding(name)
    return found.value if found is not None and isinstance(found.value, float) else None


def too_much_by_party(verdict: Verdict, ev: Evidence) -> Chart:
    """Lines: the share of each party that says the US does too much, Pew and Gallup apart."""
    frame = ev.table(POLLS)
    asked = [one for one in COMPARABLE if one.series in ("pew-aid-level", "gallup-aid-level")]
    waves = poll_waves(frame, asked)
    drawn, data, places = [], [], []
    for one in asked:
        for group, who in PARTIES:
            known = held(waves, one, group)
            places += [wave.place for wave in known]
            drawn.append(_share_line(f"{who}, {one.name}", known, group, one.name == "Gallup"))
            data += [_row(one, group, wave) for wave in known]
    gap = _value(verdict, "party-gap")
    ahead = "faster among Republicans" if gap is not None and gap < 0 else "no faster among Republicans"
    title = "Who says that the US gives Ukraine too much"
    change = _value(verdict, "pooled-trend")
    if change is not None:
        verb = "fell" if change < 0 else "came back"
        title = f"Support {verb}, {ahead}" if change < 0 else f"Support {verb}: fewer say that the US gives too much"
    about = _about(
        verdict, "parties", title, "party-gap",
        "Share saying that the US gives or does too much. A line is one pollster's question, with its sampling error.",
        data, {"pct": "%"}, _cite(frame, places), "decline.opinion_decline",
    )  # fmt: skip
    marks = [HANDOVER_MARK] if any(one["date"] > "2025-01-20" for one in data) else []
    return lines(about, drawn, y_title="Say too much, %", y_range=(0, 80), marks=marks)


def _share_line(name: str, known: Sequence[Wave], role: str, dash: bool) -> Series:
    error = [2 * wave.variance**0.5 for wave in known]
    return Series(
        name,
        [_day(wave.day) for wave in known],
        [wave.pct for wave in known],
        role=role,
        low=[max(wave.pct - e, 0) for wave, e in zip(known, error, strict=True)],
        high=[wave.pct + e for wave, e in zip(known, error, strict=True)],
        dash=dash,
        markers=True,
    )


def _row(one: Question, group: str, wave: Wave) -> dict[str, Any]:
    return {
        "date": _day(wave.day).isoformat(), "question": one.name, "series": one.series, "answer": one.response,
        "group": group, "pct": wave.pct,
    }  # fmt: skip


def slopes(verdict: Verdict, ev: Evidence) -> Chart:
    """Dots: how fast support moved on each question, by group, with the pooled value."""
    frame = ev.table(POLLS)
    waves = poll_waves(frame, COMPARABLE)
    last = max((known[-1].day for known in waves.values()), default=0)
    labels: list[str] = []
    groups: list[str] = []
    roles: list[str] = []
    data: list[dict[str, Any]] = []
    places: list[int] = []
    for group, who, role in (("all", "All adults", "a"), ("republican", "Republicans", "republican"),
                             ("democrat", "Democrats", "democrat")):  # fmt: skip
        found = sorted(trends(waves, COMPARABLE, group, last - WINDOW * YEAR / 12, last), key=lambda one: one.value)
        whole = pooled(found)
        for one in [*found, *([whole] if whole is not None else [])]:
            name = "Pooled" if one is whole else one.name
            labels.append(name)
            groups.append(who)
            roles.append(role if one is whole else "muted" if group == "all" else role)
            data.append({"group": who, "question": name, "change": round(one.value, 2), "low": round(one.low, 2),
                         "high": round(one.high, 2)})  # fmt: skip
            places += one.places
    steady, fall = _value(verdict, "series-steady"), _value(verdict, "series-falling")
    title = "No question had been asked twice yet"
    if steady is not None and fall is not None:
        title = f"Support fell beyond sampling error on {part(int(fall), int(fall + steady))} questions"
    about = _about(
        verdict, "slopes", title, "series-steady",
        f"Points a year by which support rose (right) or fell (left) in the {WINDOW} months up to the newest wave, "
        "with 95% intervals; a row is one question.",
        data, {"change": "points a year", "low": "points a year", "high": "points a year"}, _cite(frame, places),
        "waves.slope",
    )  # fmt: skip
    cells = [[row[name] for row in data] for name in ("change", "low", "high")]
    return dots(
        about, labels, cells[0], low=cells[1], high=cells[2], roles=roles, groups=groups,
        x_title="Change of support, points a year", reference=(0, "no change"),
    )  # fmt: skip


def change_of_president(verdict: Verdict, ev: Evidence) -> Chart:
    """Dumbbells: each party's answer in the last wave before January 2025 and in every wave after, lows included."""
    frame = ev.table(POLLS)
    waves = poll_waves(frame, COMPARABLE)
    data: list[dict[str, Any]] = []
    roles: list[str] = []
    places: list[int] = []
    for group, who in PARTIES:
        for one in COMPARABLE:
            known = held(waves, one, group)
            before = between(known, HANDOVER - FRESH, HANDOVER - 1)
            after = between(known, HANDOVER, 10**6)
            answer = {"too-much": "too much", "decrease": "decrease"}.get(one.response, "support")
            for wave in after if before else []:
                data.append({
                    "group": who, "question": f"{one.name}: {answer} ({month(_day(wave.day))})",
                    "before": before[-1].pct, "after": wave.pct,
                    "before_date": _day(before[-1].day).isoformat(), "date": _day(wave.day).isoformat(),
                })  # fmt: skip
                roles.append(group)
                places += [before[-1].place, wave.place]
    moved, first = _value(verdict, "turn-2025"), _value(verdict, "first-months-2025")
    title = "The president had not changed yet, or no later poll was known"
    if moved is not None:
        verb = "rose" if moved > 0 else "fell"
        title = f"Republicans' support {verb} by {points(abs(moved))} across the change of president"
        if first is not None and first < 0 < moved:
            title += f", after a fall by {points(-first)} in the first months"
    about = _about(
        verdict, "handover", title, "turn-2025",
        "Share giving the answer named, in the last wave before 20 January 2025 and in each wave after, whose month is "
        "given. Too much and decrease count against aid, support counts for it.",
        data, {"before": "%", "after": "%"}, _cite(frame, places), "biden.handovers",
    )  # fmt: skip
    labels = [f"{row['group']}, {row['question']}" for row in data] or ["No poll after January 2025 known"]
    return before_after(
        about, labels, [row["before"] for row in data] or [None],
        [row["after"] for row in data] or [None], roles=roles or ["muted"],
        x_title="Share of the party, %", before_name="last wave before", after_name="wave after",
    )  # fmt: skip


def approval_and_aid(verdict: Verdict, ev: Evidence) -> Chart:
    """Lines: approval of Biden beside the share of Republicans who say that the US does too much."""
    frame, table = ev.table(POLLS), ev.table("opinion/approval")
    rated = table[
        (table["president"] == "Biden") & (table["measure"] == "job") & (table["subgroup"] == "all")
        & (table["pollster"] == "Gallup") & table["approve_pct"].notna()
    ].sort_values("date", kind="stable")  # fmt: skip
    data = [
        {"date": day.date().isoformat(), "series": "Approval of Biden, all adults (Gallup)", "pct": value}
        for day, value in zip(rated["date"], rated["approve_pct"], strict=True)
    ]
    drawn = [
        Series("Approve of Biden, all adults", rated["date"].dt.date, rated["approve_pct"], role="a", markers=True)
    ]
    places: list[int] = []
    for one in COMPARABLE[:2]:
        known = held(poll_waves(frame, [one]), one, "republican")
        places += [wave.place for wave in known]
        days, shares = [_day(wave.day) for wave in known], [wave.pct for wave in known]
        name = f"Too much aid, Republicans ({one.name})"
        drawn.append(Series(name, days, shares, role="republican", dash=one.name == "Gallup", markers=True))
        data += [
            {"date": _day(wave.day).isoformat(), "series": f"Too much, Republicans ({one.name})", "pct": wave.pct}
            for wave in known
        ]
    moved = _value(verdict, "approval-change")
    title = "Approval of Biden and the Republican turn"
    if moved is not None:
        size = "hardly moved" if abs(moved) < 2 else f"{'rose' if moved > 0 else 'fell'} by {points(abs(moved))}"
        title = f"Approval of Biden {size} while Republicans turned against the aid"
    about = _about(
        verdict, "approval", title, "approval-change",
        "Gallup's approval of Biden among all adults, and Republicans who say that the US gives or does too much.",
        data, {"pct": "%"},
        [*rated["source_id"], *_cite(frame, places)], "approval.approval_change",
    )  # fmt: skip
    marks = [HANDOVER_MARK] if any(row["date"] > "2025-01-20" for row in data) else []
    return lines(about, drawn, y_title="%", y_range=(0, 80), marks=marks)


def message_effects(verdict: Verdict, ev: Evidence) -> Chart:
    """Bars: the gains claimed, and those of other message tests."""
    table = ev.table("opinion/information")
    data: list[dict[str, Any]] = []
    roles: list[str] = []
    whose = {"republican": "Republicans", "democrat": "Democrats", "all": "all adults"}
    names = {"reagan-2023-06-facts": "Facts on the aid", "reagan-2023-11-doctrine": "Preface on helping friends"}
    names["reagan-2023-11-doctrine-taiwan"] = "Same preface, Taiwan"
    sources: list[str] = []
    for row in table[table["change_pts"].notna()].to_dict("records"):
        if row["experiment_id"] in names:
            only = row["source_id"] == "fp-oped-2023-10"
            label = f"{names[row['experiment_id']]}, {whose[row['subgroup']]}{' (article only)' if only else ''}"
            data.append({"message": label, "change": row["change_pts"], "date": row["date"].date().isoformat()})
            roles.append("muted" if only else row["subgroup"] if row["subgroup"] in ("republican", "democrat") else "a")
            sources += [row["source_id"], row["source_id_2"]]
    for change, test, _, cited in briefings(read_rows(table), ev.table(POLLS), "reagan", "republican"):
        label = f"Balanced briefing {test['date'].year}, Republicans, against an ordinary poll"
        data.append({"message": label, "change": change, "date": test["date"].date().isoformat()})
        roles.append("republican")
        sources += [test["source_id"], test["source_id_2"], *(cited.table.source[place] for place in cited.places)]
    gain = _value(verdict, "effect-elsewhere")
    figure_title = "No message test was known yet"
    if data:
        figure_title = "Facts moved Republicans; the Democratic gain stands only in the article"
        if gain is not None:
            figure_title += f"; other tests: {points(gain)}"
    caption = "Points by which the favourable answer was more frequent with the message; no control group is reported."
    about = _about(
        verdict, "effects", figure_title, "effect-elsewhere", caption, data, {"change": "points"}, sources,
        "information.opinion_information",
    )  # fmt: skip
    return bars(about, [row["message"] for row in data], [row["change"] for row in data], roles=roles, x_title="Points")


def told_cost(verdict: Verdict, ev: Evidence) -> Chart:
    """Bars: the cost told to respondents beside official totals on other bases."""
    table = ev.table("opinion/aid_cost")
    totals = read_totals(table)
    data: list[dict[str, Any]] = []
    places: list[int] = []
    taken = verdict.as_of >= SURVEY_END.date()
    if taken:
        data.append({"basis": "Told to respondents", "value": AID_BN, "date": SURVEY_END.date().isoformat()})
    for basis in BASES:
        total = official(totals, basis) if taken else None
        if total is not None:
            name = {"announced": "Announced since the invasion", "appropriated": "Appropriated, all kinds"}.get(basis)
            data.append({"basis": name or "Announced less overvalued", "value": round(total.value, 1),
                         "date": total.when.date().isoformat()})  # fmt: skip
            places += total.places
    off = _value(verdict, "aid-shortfall")
    title = "The cost told to respondents"
    if off is not None:
        title = f"The cost that respondents were told is {percent(off)} off the nearest official total"
    about = _about(
        verdict, "cost", title, "bases-near",
        "US dollars, billions. The basis of the told figure was not found; the totals count different things.",
        data, {"value": "USD bn"}, _cite(table, places), "message_facts.official",
    )  # fmt: skip
    roles = ["b" if row["basis"].startswith("Told") else "a" for row in data]
    return bars(
        about, [row["basis"] for row in data], [row["value"] for row in data], roles=roles, x_title="Billion US dollars"
    )


def territory_held(verdict: Verdict, ev: Evidence) -> Chart:
    """Lines: the share of its territory that Ukraine holds, three map series, month by month, beside the told share."""
    table = ev.table("battlefield/territory")
    table = table[table["measure"].isin(MEASURES) & table["series"].isin(INDEPENDENT)]
    table = table.assign(month=table["date"].dt.strftime("%Y-%m")).sort_values(
        ["series", "date", "measure"], kind="stable"
    )
    table = table.drop_duplicates(["series", "month"], keep="last")
    names = {"isw-economist": "ISW", "deepstate": "DeepState", "liveuamap": "Liveuamap"}
    data: list[dict[str, Any]] = []
    drawn: list[Series] = []
    for (name, text), role in zip(names.items(), ("a", "ukraine", "muted"), strict=True):
        part = table[table["series"] == name]
        share = part["value"].where(part["measure"] == "ukraine_held_pct", 100 - part["value"])
        drawn.append(Series(text, part["date"].dt.date, share, role=role))
        data += [
            {"date": day.date().isoformat(), "series": text, "held": round(value, 2)}
            for day, value in zip(part["date"], share, strict=True)
        ]
    told = SURVEY_END.date()
    if data and verdict.as_of > told + timedelta(days=30):
        last = max(row["date"] for row in data)
        drawn.append(Series("Told", [told, date.fromisoformat(last)], [HELD, HELD], role="b", dash=True))
    value = _value(verdict, "territory-held")
    title = "The share of its territory that Ukraine holds"
    if value is not None:
        title = f"Ukraine holds {percent(value)} of its territory, against the {percent(HELD)} told to respondents"
    about = _about(
        verdict, "territory", title, "territory-held",
        "Share of Ukraine's territory under its control, last value of each month, from independent map series.",
        data, {"held": "%"}, ordered(table["source_id"]), "held_territory.territory",
    )  # fmt: skip
    return lines(about, drawn, y_title="Held by Ukraine, %", y_range=(70, 95))


CHARTS: dict[str, tuple[Callable[[Verdict, Evidence], Chart], ...]] = {
    "opinion-decline": (too_much_by_party, slopes),
    "opinion-biden": (change_of_president, approval_and_aid),
    "opinion-information": (message_effects,),
    "opinion-message-facts": (told_cost, territory_held),
}
