"""Economy: the ruble, fuel, the defence budget, the public mood, reported deaths, forecasts. Claim id → analysis."""

from __future__ import annotations

from collections.abc import Callable

from casefile.model import Finding
from casefile.pillars.economy.budget import defence_share
from casefile.pillars.economy.deaths import elite_deaths
from casefile.pillars.economy.fuel import fuel
from casefile.pillars.economy.mood import public_strain
from casefile.pillars.economy.outlook import outlook
from casefile.pillars.economy.ruble import ruble

ANALYSES: dict[str, Callable[..., list[Finding]]] = {
    "economy-ruble": ruble,
    "economy-fuel": fuel,
    "economy-defence-share": defence_share,
    "economy-public-strain": public_strain,
    "economy-elite-deaths": elite_deaths,
    "economy-outlook": outlook,
}
