"""Charts of the battlefield chapter: pace side by side, who gained land, the toll by estimator, and how long it
took."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from casefile.evidence.library import Evidence
from casefile.figures.about import Abouts, given
from casefile.figures.vocabulary import Chart, Mark, Series, dots, events, lines
from casefile.model import ARTICLE_DATE, Verdict
from casefile.pillars.battlefield import maps, tolls
from casefile.pillars.battlefield.casualties import HALF_MILLION
from casefile.pillars.battlefield.columns import Columns, among, columns, equal
from casefile.pillars.battlefield.progress import ASSESSMENTS
from casefile.pillars.battlefield.slower import OFFENSIVES
from casefile.pillars.battlefield.year_away import OUTLOOK
from casefile.words import counted, day, interval, number, percent, significant

SERIES_ROLES = {"deepstate": "a", "isw-economist": "b", "liveuamap": "c"}
SHORT = {"deepstate": "DeepState", "isw-economist": "ISW", "liveuamap": "Liveuamap"}

OPERATIONS: tuple[tuple[str, str, str], ...] = (
    ("kyiv-north-spring-2022", "North around Kyiv, spring 2022", "ukraine"),
    ("kharkiv-sept-2022", "Kharkiv, September 2022", "ukraine"),
    ("kherson-2022", "Kherson, autumn 2022", "ukraine"),
    ("counteroffensive-2023-to-9-oct", "2023 offensive, to the article", "good"),
    ("counteroffensive-2023-first-5-weeks", "2023 offensive, first five weeks", "good"),
    ("counteroffensive-2023-full", "2023 offensive, whole", "good"),
    ("kursk-2024", "Kursk, August 2024", "ukraine"),
    ("winter-2026-counterattacks", "Counterattacks, winter 2026", "ukraine"),
    ("calendar-2023-net", "Russia, all of 2023", "russia"),
    ("calendar-2024-net", "Russia, all of 2024", "russia"),
    ("calendar-2025-net", "Russia, all of 2025", "russia"),
)
"""Rows of the comparison: operation, label, colour."""

ASSESSMENT_LANES = {"progress": "good", "slow_progress": "a", "stalemate": "muted", "failure": "bad"}
HORIZON_LANES = {
    "within a year": "bad",
    "not for years": "b",
    "into next year": "c",
    "a year or more": "a",
    "long, no date": "good",
}


_about = Abouts(given)


def _value(verdict: Verdict, name: str) -> float | None:
    found = verdict.finding(name)
    value = None if found is None else found.value
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _sources(table: Columns, at: Iterable[int]) -> list[str]:
    names = [name for name in ("source_id", "source_id_2") if name in table.names]
    return [table[name][one] for one in at for name in names]


def offensives_side_by_side(verdict: Verdict, ev: Evidence) -> Chart:
    """Square kilometres a day of each operation on a logarithmic scale, from its lowest to its highest figure."""
    table = columns(ev, OFFENSIVES)
    labels, lows, highs, roles, data, used = [], [], [], [], [], []
    for operation, label, role in OPERATIONS:
        at = table.where(equal(table["operation"], operation))
        if not at:
            continue
        low, high = float(table["per_day_low"][at].min()), float(table["per_day_high"][at].max())
        labels.append(label)
        lows.append(low)
        highs.append(high)
        roles.append(role)
        used += at
        data += [
            {
                "operation": label,
                "start": table["period_start"][one].item().isoformat(),
                "date": table.day(one).isoformat(),
                "low": float(table["per_day_low"][one]),
                "high": float(table["per_day_high"][one]),
                "basis": table["basis"][one],
            }
            for one in at
        ]
    share = _value(verdict, "pace_share")
    title = (
        f"The 2023 offensive moved at {significant(share)}% of the pace of the slowest success of 2022"
        if share is not None
        else "Pace of the offensives known on that day"
    )
    about = _about(
        verdict,
        "pace",
        title,
        "pace_share",
        "Land taken a day, lowest to highest figure of each operation. Each step of the scale is ten times the one "
        "before.",
        data,
        {"low": "km² a day", "high": "km² a day", "start": "date", "date": "date"},
        _sources(table, used),
        "slower.battlefield_slower",
    )
    middles = [float(np.sqrt(low * high)) for low, high in zip(lows, highs, strict=True)]
    return dots(about, labels, middles, low=lows, high=highs, roles=roles, x_title="km² a day (logarithmic)", log=True)


def front_of_the_offensive(verdict: Verdict, ev: Evidence) -> Chart:
    """Land taken on the two fronts since 3 June 2023, gross and firm, and land newly Russian meanwhile."""
    front = maps.front(ev, ev.as_of)
    days = [front.day(at) for at in range(len(front))]
    newly = [
        sum(front.value(column, at) for column in front.table.names if column.startswith("new_russian_"))
        for at in range(len(front))
    ]
    gross = [front.value("gross_gain_km2", at) for at in range(len(front))]
    firm = [front.value("firm_gain_km2", at) for at in range(len(front))]
    data = [
        {"date": when.isoformat(), "gross": a, "firm": b, "newly_russian": c}
        for when, a, b, c in zip(days, gross, firm, newly, strict=True)
    ]
    taken = _value(verdict, "gross")
    share = _value(verdict, "momentum")
    title = "The fronts of the 2023 offensive"
    if taken is not None:
        title = f"{number(taken)} km² had been taken by the day of the article"
        if share is not None:
            title += f"; the last month ran at {percent(share)} of the average pace"
    about = _about(
        verdict,
        "front",
        title,
        "momentum" if share is not None else "gross",
        "Area no longer marked Russian in the south and around Bakhmut, and area newly marked Russian anywhere, "
        "since 3 June "
        "2023, from archived DeepState maps.",
        data,
        {"gross": "km²", "firm": "km²", "newly_russian": "km²"},
        _sources(front.table, front.at),
        "progress.momentum",
    )
    series = [
        Series("Ukraine, gross", days, gross, role="ukraine"),
        Series("Ukraine, firm", days, firm, role="a", dash=True),
        Series("Newly Russian", days, newly, role="russia"),
    ]
    return lines(about, series if days else [], y_title="km² since 3 June 2023", zero_line=True)


def balance_by_series(verdict: Verdict, ev: Evidence) -> Chart:
    """Ukraine's net balance of land since 3 June 2023 by each of the three map series."""
    data: list[dict[str, Any]] = []
    drawn, used = [], []
    for name, held in maps.levels(ev).items():
        start = held.place(maps.OFFENSIVE_BASE)
        if start < 0 or start + 1 >= len(held.days):
            continue
        places = range(start, len(held.days))
        days = [held.days[at].item() for at in places]
        gains = [round(float(held.km2[start] - held.km2[at]), 1) for at in places]
        drawn.append(Series(SHORT[name], days, gains, role=SERIES_ROLES[name]))
        used += _sources(held.table, (int(held.places[at]) for at in places))
        data += [
            {"date": when.isoformat(), "series": name, "balance": gain} for when, gain in zip(days, gains, strict=True)
        ]
    pace = _value(verdict, "year")
    title = "Ukraine's balance of land since the 2023 offensive began"
    if pace is not None:
        who = "Ukraine" if pace > 0 else "Russia"
        title = f"{who} gained {number(abs(pace), 1)} km² a day net over the year to this date"
        if (ev.as_of - maps.OFFENSIVE_BASE).days < 365:
            title = f"{who} gained {number(abs(pace), 1)} km² a day net since the offensive began"
    about = _about(
        verdict,
        "balance",
        title,
        "year",
        "Net change of the area not held by Russia over the whole country since 3 June 2023, by map series; above "
        "zero Ukraine "
        "has gained. ISW's areas are divided by 1.031.",
        data,
        {"balance": "km²"},
        used,
        "progress.net_pace",
    )
    return lines(about, drawn, y_title="km², Ukraine's balance", zero_line=True)


def assessments_over_time(verdict: Verdict, ev: Evidence) -> Chart:
    """Who said what about the 2023 counteroffensive, and when."""
    table = columns(ev, ASSESSMENTS)
    at = table.where(equal(table["subject"], "counteroffensive-2023"))
    names = {code: code.replace("_", " ") for code in ASSESSMENT_LANES}
    rows = [
        (
            table.day(one),
            names[table["assessment"][one]],
            table["actor"][one],
            ASSESSMENT_LANES[table["assessment"][one]],
        )
        for one in at
    ]
    data = [
        {
            "date": table.day(one).isoformat(),
            "actor": table["actor"][one],
            "assessment": names[table["assessment"][one]],
            "summary": table["summary"][one],
        }
        for one in at
    ]
    share = _value(verdict, "assessed")
    title = (
        f"{percent(share)} of the latest assessments of the offensive spoke of progress"
        if share is not None
        else "Assessments of the 2023 offensive"
    )
    about = _about(
        verdict,
        "assessments",
        title,
        "assessed",
        "Public assessments of the 2023 counteroffensive as coded; Russia's own are shown and not counted.",
        data,
        {"date": "date"},
        _sources(table, at),
        "progress.judged",
    )
    return events(about, rows, lanes=list(names.values()))


def counts_of_both_sides(verdict: Verdict, ev: Evidence) -> Chart:
    """Every estimator's newest count of both sides' killed and wounded against half a million."""
    known = tolls.counts(ev, max_age=100_000)
    labels = [f"{one.name} ({one.when.year})" for one in known]
    data = [
        {
            "date": one.when.isoformat(),
            "estimator": one.name,
            "low": one.low,
            "high": one.high,
            "rests_on_a_party": one.party,
        }
        for one in known
    ]
    reach = _value(verdict, "reaching")
    title = (
        f"{number(reach)} of {counted(len(known), 'estimator')} had counted half a million killed and wounded"
        if reach is not None
        else "No count of both sides was known on that day"
    )
    about = _about(
        verdict,
        "counts",
        title,
        "reaching",
        "Newest count of killed and wounded of both sides by each estimator, lowest to highest figure.",
        data,
        {"low": "people", "high": "people"},
        [one for count in known for part in count.rows for one in part["source_id"]],
        "tolls.counts",
    )
    return dots(
        about,
        labels,
        [one.central for one in known],
        low=[one.low for one in known],
        high=[one.high for one in known],
        roles=["ukraine" if one.party else "a" for one in known],
        x_title="killed and wounded, both sides",
        reference=HALF_MILLION,
    )


def toll_of_one_side(verdict: Verdict, ev: Evidence) -> Chart:
    """Russian killed and wounded over time by interest: Ukraine's claim, Western officials, independent, model."""
    table, claims = columns(ev, tolls.ESTIMATES), columns(ev, tolls.LOSSES)
    own = equal(table["side"], "russia") & equal(table["kind"], "killed_and_wounded")
    order = np.argsort(claims["date"], kind="stable")
    step = order[:: max(len(order) // 150, 1)]
    chosen = sorted({*step.tolist(), *(order[-1:].tolist())}, key=lambda at: claims["date"][at])
    days = [claims.day(at) for at in chosen]
    drawn = (
        [Series("Ukraine's claim", days, [float(claims["personnel"][at]) for at in chosen], role="ukraine")]
        if days
        else []
    )
    data: list[dict[str, Any]] = [
        {"date": claims.day(at).isoformat(), "estimator": "General Staff of Ukraine", "low": value, "high": value}
        for at in chosen
        for value in (float(claims["personnel"][at]),)
    ]
    used = _sources(claims, chosen)
    groups: Sequence[tuple[str, str, tuple[str, ...]]] = (
        ("Western officials", "a", ("western-officials",)),
        ("Independent and press", "b", ("independent", "media", "model")),
        ("The Economist's model", "c", ("model",)),
    )
    for label, role, interests in groups:
        at = [
            one
            for one in table.where(own & among(table["interest"], interests))
            if "cumulation" not in table["estimator"][one]
            and (table["estimator"][one] == "The Economist model") == (label == "The Economist's model")
        ]
        if not at:
            continue
        pairs = [tolls.ends(table, one) for one in at]
        when = [table.day(one) for one in at]
        middles = [(low + high) / 2 for low, high in pairs]
        low, high = [one[0] for one in pairs], [one[1] for one in pairs]
        modelled = role == "c"
        drawn.append(
            Series(
                label, when, middles, role=role, low=low, high=high, lines=modelled, dash=modelled, markers=not modelled
            )
        )
        used += _sources(table, at)
        data += [
            {"date": table.day(one).isoformat(), "estimator": table["estimator"][one], "low": a, "high": b}
            for one, (a, b) in zip(at, pairs, strict=True)
        ]
    claim, (estimates, places) = _value(verdict, "claim"), tolls.outside(ev)
    title = "Estimates of Russian losses" if claim is None else f"Ukraine claimed {number(claim)} Russian losses"
    if claim is not None and places:
        title += f"; outsiders of the last half-year say {interval(*tolls.extremes(estimates, places))}"
    about = _about(
        verdict,
        "russia",
        title,
        "spread",
        "Russian killed and wounded since 2022 by who estimates them. Monthly sums that only restate Ukraine's claim "
        "are left "
        "out. The model's past values appear only from the day of the run that is kept.",
        data,
        {"low": "people", "high": "people"},
        used,
        "tolls.spread",
    )
    return lines(about, drawn, y_title="people, cumulative", zero_line=True)


def land_under_russian_control(verdict: Verdict, ev: Evidence) -> Chart:
    """The area of Ukraine under Russian control by three map series, with the day of the article and the year after."""
    drawn, used = [], []
    data: list[dict[str, Any]] = []
    for name, held in maps.levels(ev).items():
        start = max(held.place(date(2022, 4, 15)), 0)
        places = range(start, len(held.days))
        days = [held.days[at].item() for at in places]
        areas = [round(float(held.km2[at]), 1) for at in places]
        drawn.append(Series(SHORT[name], days, areas, role=SERIES_ROLES[name]))
        used += _sources(held.table, (int(held.places[at]) for at in places))
        data += [
            {"date": when.isoformat(), "series": name, "area": value} for when, value in zip(days, areas, strict=True)
        ]
    share = _value(verdict, "still_held")
    pace = _value(verdict, "pace")
    if share is not None:
        title = f"Of the land taken since 2022 Russia holds {percent(share)} of what it held on the article's day"
    elif pace is not None and pace > 0:
        title = f"At the latest pace {significant(pace)}% of the lost land would be retaken in a year"
    else:
        title = "The area of Ukraine under Russian control"
    about = _about(
        verdict,
        "land",
        title,
        "still_held" if share is not None else "pace",
        "Area under Russian control, land held before 2022 included, by map series from mid-April 2022; ISW's areas "
        "are "
        "divided by 1.031.",
        data,
        {"area": "km²"},
        used,
        "year_away.still_held",
    )
    later = ARTICLE_DATE + timedelta(days=366)
    marks = [Mark(later.isoformat(), "a year later")] if ev.as_of >= later else []
    return lines(about, drawn, y_title="km²", marks=marks)


def statements_on_the_end(verdict: Verdict, ev: Evidence) -> Chart:
    """When the war would end or be won, in dated statements by Ukraine's supporters and others."""
    table = columns(ev, OUTLOOK)
    at = table.where(np.ones(len(table), dtype=bool))
    rows = [
        (table.day(one), table["horizon"][one], table["speaker"][one], HORIZON_LANES[table["horizon"][one]])
        for one in at
    ]
    data = [
        {
            "date": table.day(one).isoformat(),
            "speaker": table["speaker"][one],
            "horizon": table["horizon"][one],
            "summary": table["summary"][one],
        }
        for one in at
    ]
    share = _value(verdict, "said")
    title = (
        f"{percent(share)} of supporters' statements since the offensive began put the end a year or more away"
        if share is not None
        else "Statements on how long the war would last"
    )
    about = _about(
        verdict,
        "statements",
        title,
        "said",
        f"Dated statements as coded, known by {day(ev.as_of)}; the share counts those from the start of the "
        "offensive to the "
        "article, half for one that spoke of the next year only.",
        data,
        {"date": "date"},
        _sources(table, at),
        "year_away.supporters",
    )
    return events(about, rows, lanes=list(HORIZON_LANES))


CHARTS: dict[str, tuple[Callable[[Verdict, Evidence], Chart], ...]] = {
    "battlefield-slower": (offensives_side_by_side,),
    "battlefield-progress": (balance_by_series, front_of_the_offensive, assessments_over_time),
    "battlefield-casualties": (counts_of_both_sides, toll_of_one_side),
    "battlefield-year-away": (land_under_russian_control, statements_on_the_end),
}
