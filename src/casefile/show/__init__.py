"""What notebooks display. `open_case` is the door: one pillar's claims at one date, ready to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casefile.show.case import Case
    from casefile.show.whole import Whole


def open_case(pillar: str, as_of: str = "latest", data_dir: str = "") -> Case:
    """One pillar's claims, judged at 2023-10-09 and at `as_of`; prints nothing by itself.

    `as_of` is YYYY-MM-DD, `latest` or `then`; `data_dir` is a folder in the layout of `data/` ("" for the project's
    own). Raises `UsageError` for a date without evidence or a folder that is not there.
    """
    from casefile.show.case import Case

    return Case(pillar, as_of, data_dir)


def open_whole(as_of: str = "latest", data_dir: str = "") -> Whole:
    """All claims together, for the `verdicts` notebook."""
    from casefile.show.whole import Whole

    return Whole(as_of, data_dir)


def __getattr__(name: str) -> Any:
    raise AttributeError(f"casefile.show has open_case and open_whole, not {name!r}")
