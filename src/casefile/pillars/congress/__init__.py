"""Congress: votes by party and by member, positions of legislators and contenders, money. Claim id → analysis."""

from __future__ import annotations

from collections.abc import Callable

from casefile.model import Finding
from casefile.pillars.congress.consensus import no_consensus
from casefile.pillars.congress.contenders import gop_field
from casefile.pillars.congress.cutoffs import house_cutoffs
from casefile.pillars.congress.house_bill import house_300m
from casefile.pillars.congress.leaders import senate_leaders
from casefile.pillars.congress.senators import gop_senators_more
from casefile.pillars.congress.stopgap import stopgap

ANALYSES: dict[str, Callable[..., list[Finding]]] = {
    "congress-stopgap": stopgap,
    "congress-senate-leaders": senate_leaders,
    "congress-house-300m": house_300m,
    "congress-house-cutoffs": house_cutoffs,
    "congress-gop-senators-more": gop_senators_more,
    "congress-gop-field": gop_field,
    "congress-no-consensus": no_consensus,
}
