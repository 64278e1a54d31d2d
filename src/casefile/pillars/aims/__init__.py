"""Aims: what each side says it wants, where their terms meet, and how accountability fared. Claim id → analysis."""

from __future__ import annotations

from collections.abc import Callable

from casefile.model import Finding
from casefile.pillars.aims.bargaining import no_bargaining
from casefile.pillars.aims.beyond import beyond
from casefile.pillars.aims.court import court
from casefile.pillars.aims.rhetoric import rhetoric

ANALYSES: dict[str, Callable[..., list[Finding]]] = {
    "aims-rhetoric": rhetoric,
    "aims-beyond": beyond,
    "aims-no-bargaining": no_bargaining,
    "aims-icc": court,
}
