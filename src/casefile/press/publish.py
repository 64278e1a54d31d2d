"""Putting a finished site in its place, all or nothing."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from casefile.paths import BUILD
from casefile.press.lock import exclusive

LOCK_FILE = BUILD / "build.lock"
BACK = "An earlier build was interrupted; the last good book is back at {}."


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


def settle_site(place: Path) -> None:
    """What every reader of a site calls first: puts the last good one back when a build died in between, and says so.

    Cheap when the site is there. A build that is still running is waited for.
    """
    if place.exists() or not place.with_name(f"{place.name}.old").exists():
        return
    with exclusive(LOCK_FILE, "putting the last good book back"):
        if recover(place):
            print(BACK.format(place), file=sys.stderr, flush=True)
