"""An IPython extension that holds a notebook to the files it declared, and remembers which ones it read.

Loaded into every kernel that the press runs. Reading an undeclared file of the data folder is an error: a cached
result would not notice when that file changes.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from casefile.errors import UsageError
from casefile.press.light import collect_rarely

VARIABLE = "CASEFILE_DECLARED"
"""Carries the declaration into the kernel: {"folder": path, "files": [relative names] or null for any}."""

seen: set[str] = set()
"""Names, relative to the data folder, of the files opened so far."""


def declaration(folder: Path, files: Iterable[str] | None) -> str:
    """The value of the variable for a notebook that may read these files of a folder (None: all of them)."""
    return json.dumps({"folder": os.path.realpath(folder), "files": None if files is None else sorted(files)})


def load_ipython_extension(shell: object) -> None:
    """Start watching, as the environment says. A hook cannot be removed: it lasts as long as the kernel.

    Kernels look for garbage as rarely as the build does, which was a tenth of a chapter's time.
    """
    collect_rarely()
    text = os.environ.pop(VARIABLE, "")
    if not text:
        return
    declared = json.loads(text)
    prefix = os.path.join(declared["folder"], "")  # noqa: PTH118  runs at every open(): text, not Path
    allowed = None if declared["files"] is None else frozenset(declared["files"])

    def watch(event: str, args: tuple[object, ...]) -> None:
        if event != "open" or not isinstance(args[0], str | bytes | os.PathLike):
            return
        path = os.path.realpath(os.fsdecode(args[0]))
        if not path.startswith(prefix):
            return
        name = path[len(prefix) :].replace(os.sep, "/")
        if allowed is not None and name not in allowed and not os.path.isdir(path):  # noqa: PTH112
            raise UsageError(f"{name} was read but not declared. Declared: {', '.join(sorted(allowed))}.")
        seen.add(name)

    sys.addaudithook(watch)


def report() -> str:
    """What the kernel used, as JSON: files read and peak memory in MiB. Asked for when the last cell is done."""
    peak: float | None = None
    if sys.platform != "win32":
        import resource

        scale = 1 << 20 if sys.platform == "darwin" else 1 << 10  # bytes there, kibibytes elsewhere
        peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale, 1)
    return json.dumps({"read": sorted(seen), "peak_mib": peak})
