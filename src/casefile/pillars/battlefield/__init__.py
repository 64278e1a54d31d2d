"""Battlefield: how far the 2023 offensive got, who has gained since, at what cost, and how long victory took."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from casefile.model import Finding
from casefile.pillars.battlefield.casualties import battlefield_casualties
from casefile.pillars.battlefield.progress import battlefield_progress
from casefile.pillars.battlefield.slower import battlefield_slower
from casefile.pillars.battlefield.year_away import battlefield_year_away

ANALYSES: Mapping[str, Callable[..., list[Finding]]] = {
    "battlefield-slower": battlefield_slower,
    "battlefield-progress": battlefield_progress,
    "battlefield-casualties": battlefield_casualties,
    "battlefield-year-away": battlefield_year_away,
}
