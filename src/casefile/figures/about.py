"""What a pillar's charts state besides their drawing, put together in one way for all pillars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pandas as pd

from casefile.figures.chart import About
from casefile.model import Verdict, ordered

Rows = TypeVar("Rows")


@dataclass(frozen=True)
class Abouts(Generic[Rows]):
    """Makes an `About` for charts of rows whose source ids `sources` gives.

    `finding` names the finding whose sentence is the alt text, `rows` are what is drawn, `data` the rows of the table
    that readers download, `method` a dotted name below the pillar's module.
    """

    sources: Callable[[Rows], Iterable[str]]

    def __call__(
        self,
        verdict: Verdict,
        name: str,
        title: str,
        finding: str,
        caption: str,
        data: list[dict[str, Any]],
        units: Mapping[str, str],
        rows: Rows,
        method: str,
    ) -> About:
        found = verdict.finding(finding)
        return About(
            id=f"{verdict.claim}-{name}",
            claim=verdict.claim,
            title=title,
            alt=f"{title}. {found.sentence if found else ''}".strip(),
            caption=caption,
            data=pd.DataFrame(data, columns=list(data[0]) if data else list(units)),
            units=units,
            sources=ordered(one for one in self.sources(rows) if one),
            method=f"casefile.pillars.{verdict.pillar}.{method}",
            as_of=verdict.as_of,
        )


def given(sources: Iterable[str]) -> Iterable[str]:
    """For charts that are told the ids of their sources in place of rows."""
    return sources
