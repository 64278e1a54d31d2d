"""One chart of each kind, as awkward as real ones: long names, gaps, negative values, many marks."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd

from casefile.figures import vocabulary as v
from casefile.figures.verdict_charts import robustness, scorecard, verdict_strip
from casefile.model import Confidence, Rating, Reanalysis, Strength, Verdict

TABLE = pd.DataFrame({"date": ["2023-01-15", "2026-05-01"], "value": [1.5, -2.0], "who": ["Gallup", "=cmd()"]})
MONTHS = [f"{year}-{month:02d}-15" for year in (2022, 2023, 2024, 2025) for month in range(1, 13)]
WAVE = [40 + 10 * math.sin(n / 6) for n in range(48)]
NEXT: list[float | None] = [35 + 12 * math.cos(n / 7) for n in range(48)]
NEXT[20:24] = [None] * 4
TITLES = {
    f"claim-{n}": title
    for n, title in enumerate(
        [
            "Some polls show support declining",
            "The decline is about the president and his policies",
            "Told the facts, support rose",
            "Money kept out of the stopgap",
            "Two cut-offs rejected by wide margins",
            "The 2023 offensive won nothing like 2022",
            "Half a million casualties of both sides",
        ]
    )
}
GROUPS = {name: "US opinion" if n < 3 else "Congress" if n < 5 else "Battlefield" for n, name in enumerate(TITLES)}


def about(name: str, as_of: date = date(2026, 6, 30)) -> v.About:
    return v.About(
        name, "claim-0", f"Title of {name}", f"Finding of {name}", "Caption", TABLE, {"value": "%"}, ("s",), "m", as_of
    )


def shifted(values: list[float | None], by: float) -> list[float | None]:
    return [None if one is None else one + by for one in values]


def party_lines(as_of: date = date(2026, 6, 30)) -> v.Chart:
    return v.lines(
        about("party-lines", as_of),
        [
            v.Series("Republicans, “too much” aid", MONTHS, WAVE, "republican", shifted(WAVE, -3), shifted(WAVE, 3)),
            v.Series("Democrats", MONTHS, NEXT, "democrat", shifted(NEXT, -3), shifted(NEXT, 3), markers=True),
            v.Series("Independents & others <with> a long name", MONTHS, shifted(NEXT, 1), "independent", dash=True),
        ],
        y_title="Share of adults who say that the United States does too much, %",
        marks=[
            v.Mark("2022-02-24", "Invasion"),
            v.Mark("2024-04-23", "Supplemental signed"),
            v.Mark("2025-01-20", "New president"),
            v.Mark("2025-02-28", "Meeting in the Oval Office"),
            v.Mark("2025-12-01", "A mark near the right edge"),
        ],
    )


def ruble() -> v.Chart:
    return v.lines(
        about("ruble"),
        [
            v.Series(
                "Polls", MONTHS[:12], WAVE[:12], low=shifted(WAVE[:12], -3), high=shifted(WAVE[:12], 3), lines=False
            ),
            v.Series("Rate", MONTHS, [one * 100 for one in WAVE], role="b", step=True),
        ],
        y_title="Index",
        y_log=True,
        bands=[v.Band("Export ban", x0="2023-09-21", x1="2023-11-17"), v.Band("Target", y0=100, y1=200)],
    )


def numeric() -> v.Chart:
    return v.lines(
        about("numeric"),
        [v.Series("N", [1, 2, 3, 4], [-5, 3, 2, 8])],
        y_title="Points",
        x_title="Months since",
        zero_line=True,
    )


def intervals() -> v.Chart:
    return v.bars(
        about("intervals"),
        ["Short", "A long label that needs to be wrapped over lines", "Third & last"],
        [12.5, -4, 33],
        x_title="Points",
        low=[8, -7, 30],
        high=[15, -1, 36],
        roles=["a", "b", "muted"],
    )


def grouped() -> v.Chart:
    areas = [[29000, 12000, 5600, 366], [1200, 900, 250, 3]]
    names = ["Kyiv", "Kharkiv", "Kherson", "2023"]
    return v.bars(about("grouped"), names, areas, x_title="km²", group_names=["Total", "A day"], log=True)


def votes() -> v.Chart:
    return v.stacked(
        about("votes"),
        ["Republicans, on the separate vote", "Democrats"],
        {"Yea": [101, 210], "Nay": [117, 0], "Not voting": [3, 2]},
        roles={"Yea": "good", "Nay": "bad", "Not voting": "muted"},
        x_title="Members",
        halfway=(109, "half of Republicans"),
    )


def slopes() -> v.Chart:
    return v.dots(
        about("slopes"),
        ["Gallup", "Pew", "Quinnipiac University", "YouGov"],
        [-3, 2, 5.5, None],
        low=[-5, 0, 3, None],
        high=[0, 4, 7, None],
        groups=["Phone", "Phone", "Online", "Online"],
        x_title="Points a year",
        reference=(0, "no change"),
    )


def dumbbell() -> v.Chart:
    return v.before_after(
        about("dumbbell"),
        ["Support", "Approve", "In favour of negotiations soon"],
        [40, 50, 33],
        [45, 41, 66],
        x_title="%",
        before_name="October 2023",
        after_name="Now",
    )


def grid() -> v.Chart:
    return v.matrix(
        about("grid"),
        ["Territory", "Accountability", "Reparations"],
        ["Ukraine, 2022", "Russia, 2022", "Draft of 2025"],
        [["far apart", "far apart", None], ["far apart", "overlap", "partly"], ["partly", "far apart", "overlap"]],
        roles={"overlap": "good", "partly": "muted", "far apart": "bad"},
        symbols={"overlap": "circle", "partly": "diamond", "far apart": "x"},
    )


def happenings() -> v.Chart:
    return v.events(
        about("happenings"),
        [
            ("2022-03-30", "Talks", "A communiqué was circulated by both sides", "a"),
            ("2025-08-15", "Talks", "Leaders of two countries met in a third place without result", "a"),
            ("2023-03-17", "Court", "Warrant issued", "b"),
            ("2026-01-05", "Court", "Something else took place", "b"),
        ],
        lanes=["Talks", "Court"],
    )


def forecasts() -> v.Chart:
    return v.scatter(
        about("forecasts"),
        [v.Series("IMF", [1, 2, 3, -2], [2, 2.5, 1, 3.6]), v.Series("World Bank", [0, 1], [1, 1], role="b")],
        x_title="Forecast, %",
        y_title="Outcome, %",
        diagonal=True,
    )


def verdict(claim: str, rating: Rating, day: date, score: float = 0.4) -> Verdict:
    strength = Strength(3, "moderate", 3, {}, ())
    others = tuple(
        Reanalysis(
            f"r{n}",
            f"Another analysis, number {n}, over a shorter window of months",
            Rating.MIXED if n % 4 else Rating.SUPPORTED,
            0.3 + n * 0.05 if n % 4 else 1.7,
            bool(n % 4),
        )
        for n in range(9)
    )
    return Verdict(
        claim,
        "opinion",
        day,
        rating,
        score,
        Confidence.HIGH,
        strength,
        "high",
        0.8,
        (),
        (),
        others,
        None,
        "A sentence.",
    )


def month_ends() -> list[date]:
    return [date(2023, 10, 9), *(date(2023 + (9 + n) // 12, (9 + n) % 12 + 1, 28) for n in range(33))]


def strip_rows() -> list[dict[str, str]]:
    ratings = list(Rating)
    return [
        {
            "claim": name,
            "as_of": day.isoformat(),
            "rating": ratings[(place + month // (5 + place)) % len(ratings)].value,
            "confidence": "high",
        }
        for month, day in enumerate(month_ends())
        for place, name in enumerate(TITLES)
    ]


def strip() -> v.Chart:
    return verdict_strip(strip_rows(), TITLES, as_of=date(2026, 6, 30), groups=GROUPS)


def then_and_now() -> v.Chart:
    ratings = list(Rating)
    then = [verdict(name, ratings[n % 6], date(2023, 10, 9)) for n, name in enumerate(TITLES)]
    now = [verdict(name, ratings[(n * 2) % 6], date(2026, 6, 30)) for n, name in enumerate(TITLES)]
    return scorecard(then, now, TITLES, groups=GROUPS)


def analyses() -> v.Chart:
    return robustness(verdict("claim-0", Rating.MIXED, date(2026, 6, 30)))


KINDS = {
    make.__name__: make
    for make in (
        party_lines, ruble, numeric, intervals, grouped, votes, slopes, dumbbell, grid, happenings, forecasts, strip,
        then_and_now, analyses,
    )
}  # fmt: skip
