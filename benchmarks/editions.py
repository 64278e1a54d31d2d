"""`python -m benchmarks.editions`: seconds for whole editions by number of dates and processes, cold."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from casefile.press import editions
from casefile.press.edition import NAMES
from casefile.verdicts import cached

POINTS = (("2023-11-30", 1), ("2024-02-29", 1), ("2024-02-29", 2), ("2024-08-31", 2))
"""(last day, processes): three, six, six and twelve editions from the article's date on."""


def main() -> None:
    """One line per point; seconds per edition stay level when time grows linearly with the dates."""
    print("editions  jobs  seconds  per edition")
    for end, jobs in POINTS:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            editions.CACHE, editions.LOCK_FILE = work / "cache", work / "lock"
            cached._FOLDER = work / "verdicts"
            began = time.perf_counter()
            made = editions.build_editions(
                start="then", end=end, every="month", jobs=jobs, scheduler=None, out=work / "editions", data_dir=None,
                force=True, say=lambda text: None,
            )  # fmt: skip
            seconds = time.perf_counter() - began
            whole = all(len(list(one.iterdir())) == len(NAMES) + 1 for one in made)
        print(
            f"{len(made):8d}  {jobs:4d}  {seconds:7.1f}  {seconds / len(made):11.2f}{'' if whole else '  incomplete'}",
            flush=True,
        )


if __name__ == "__main__":
    main()
