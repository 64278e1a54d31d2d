"""Putting a finished site in its place, all or nothing."""

from __future__ import annotations

import shutil
from pathlib import Path


def publish(fresh: Path, place: Path) -> None:
    """Put a finished site in its place: the old one steps aside first and goes only when the new one stands.

    A process that dies between the two renames leaves the old site under `<name>.old`, which `recover` puts back.
    """
    old = place.with_name(f"{place.name}.old")
    if old.exists():
        shutil.rmtree(old)
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        place.rename(old)
    fresh.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def recover(place: Path) -> bool:
    """Undo an interrupted `publish`; true when the last good site had to be put back."""
    old = place.with_name(f"{place.name}.old")
    if old.exists() and not place.exists():
        old.rename(place)
        return True
    return False
