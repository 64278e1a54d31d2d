"""Where results may go, found out before anything is run."""

from __future__ import annotations

import tempfile
from pathlib import Path

from casefile.errors import UsageError


def check_writable(folder: Path) -> None:
    """Raises `UsageError` when nothing can be written in `folder`, or where it would be made. Leaves nothing behind.

    It is tried, not asked: permissions say little to an administrator, on a read-only disk or in /proc.
    """
    place = next(one for one in (folder, *folder.resolve().parents) if one.exists())
    try:
        with tempfile.TemporaryDirectory(prefix=".casefile-", dir=place):
            pass
    except OSError as error:
        raise UsageError(
            f"Nothing can be written in {place} ({error.strerror}); name another place with --out."
        ) from None


def workplace(site: Path) -> Path:
    """The folder beside a site that is being made, where Sphinx and its extensions leave what is no part of it."""
    return site.with_name(f"{site.name}.work")
