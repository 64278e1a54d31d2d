"""Territory that Ukraine holds, from independent map series, against the share told to respondents."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.evidence.picked import Picked, Sheet
from casefile.model import Finding
from casefile.pillars.findings import finding, missing
from casefile.words import counted, day, interval, percent, points

TERRITORY = "battlefield/territory"
INDEPENDENT = ("isw-economist", "deepstate", "liveuamap")
"""Series that measure the map for themselves; the survey's own figure is not evidence for itself."""
MEASURES = ("russian_held_pct_of_ukraine", "ukraine_held_pct")
STALE = 200
"""Days behind the newest map after which a series no longer says what is held now."""
MISS, HELD = "territory-miss", "territory-held"
LABELS = {MISS: "Told share of territory less the measured one", HELD: "Territory that Ukraine holds"}
UNITS = {MISS: "points", HELD: "%"}


def territory(claim: str, ev: Evidence, told: float, series: Sequence[str], last: pd.Timestamp | None) -> list[Finding]:
    """Ukraine's share of its land in per cent, the mean of independent map series, and its distance from a told share.

    Each series counts with its newest day up to `last`; `last` None means that nothing had been told yet. Low and high
    are the lowest and the highest series.
    """
    table = ev.picked(TERRITORY)
    places = [] if last is None else newest_places(table, series, last)
    if not places:
        why = (
            "The survey had not been taken by this day."
            if last is None
            else "No independent map series was known by this day."
        )
        return [missing(claim, name, LABELS[name], UNITS[name], territory, why) for name in LABELS]
    cite = table.sheet.cited(places)
    measures, values = table.sheet.values("measure"), table.sheet.values("value")
    shares = [values[at] if measures[at] == "ukraine_held_pct" else 100 - values[at] for at in places]
    value = sum(shares) / len(shares)

    def seen() -> str:
        return day(pd.Timestamp(cite["date"].max()))

    def near() -> str:
        return (
            f"By {seen()}, Ukraine held {percent(value, 1)} of its territory, {points(abs(value - told), 1)} from the "
            f"{percent(told)} told to respondents."
        )

    def whole() -> str:
        spread = f" ({interval(min(shares), max(shares), 1)}%)" if len(shares) > 1 else ""
        many = counted(len(shares), "independent map series", "independent map series")
        return f"By {seen()}, {many} put Ukraine's share of its territory at {percent(value, 1)}{spread}."

    return [
        finding(claim, MISS, LABELS[MISS], abs(value - told), UNITS[MISS], near, territory, cite),
        finding(
            claim, HELD, LABELS[HELD], value, UNITS[HELD], whole, territory, cite, low=min(shares), high=max(shares)
        ),
    ]


def newest_places(table: Picked, series: Sequence[str], last: pd.Timestamp) -> list[int]:
    """Where the newest share of each series stands in the sheet, in the order of their names, without stale series."""
    until = int(last.to_datetime64().astype("datetime64[D]").astype(int))
    admitted, whole = table.admitted, table.sheet.derived(_by_series)
    newest: dict[str, tuple[int, str, int]] = {}
    for name in set(series) & set(whole):
        shares = whole[name]
        until_then = range(bisect_left(shares, (until + 1,)) - 1, -1, -1)
        known = next((shares[at] for at in until_then if admitted[shares[at][2]]), None)
        if known is not None:
            newest[name] = known
    end = max((one[0] for one in newest.values()), default=0)
    return [newest[name][2] for name in sorted(newest) if newest[name][0] >= end - STALE]


def _by_series(sheet: Sheet) -> dict[str, list[Any]]:
    """Day, measure and place of each share of the whole table by series, in that order."""
    found: dict[str, list[Any]] = {}
    days = sheet.array("date").astype("datetime64[D]").astype(int).tolist()
    names, measures = sheet.values("series"), sheet.values("measure")
    for name, *share in zip(names, days, measures, range(len(sheet)), strict=True):
        if share[1] in MEASURES:
            found.setdefault(name, []).append(tuple(share))
    return {name: sorted(shares) for name, shares in found.items()}
