"""Ukrainian resolve: how many would fight on or give up nothing, whether that moved, and who has lost someone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from casefile.model import Finding
from casefile.pillars.resolve.level import resolve_level
from casefile.pillars.resolve.losses import resolve_losses
from casefile.pillars.resolve.stable import resolve_stable

ANALYSES: Mapping[str, Callable[..., list[Finding]]] = {
    "resolve-level": resolve_level,
    "resolve-stable": resolve_stable,
    "resolve-losses": resolve_losses,
}
