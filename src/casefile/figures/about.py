"""What a pillar's charts state besides their drawing, put together in one way for all pillars."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

import pandas as pd

from casefile.figures.chart import About
from casefile.model import Verdict, ordered

Rows = TypeVar("Rows", contravariant=True)


class Abouts(Protocol[Rows]):
    """Makes an `About`: `finding` names the finding whose sentence is the alt text, `rows` are what is drawn.

    `method` is a dotted name below the pillar's module; `data` are the rows of the table that readers download.
    """

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
    ) -> About: ...


def abouts(sources: Callable[[Rows], Iterable[str]]) -> Abouts[Rows]:
    """For charts of rows whose source ids `sources` gives."""

    def about(
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
            sources=ordered(one for one in sources(rows) if one),
            method=f"casefile.pillars.{verdict.pillar}.{method}",
            as_of=verdict.as_of,
        )

    return about
