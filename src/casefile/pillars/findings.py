"""How a pillar states a finding: the value with its rows, sources and independent origins."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar, cast

import pandas as pd

from casefile.model import Finding, ordered
from casefile.words import written

ROWS_KEPT = 400
"""A finding on a daily series names its first and last rows up to this many; the table itself holds the rest."""

Given = ParamSpec("Given")
Stated = TypeVar("Stated", Finding, list[Finding])

Words = str | Callable[[], str]
"""A sentence, or what makes it when somebody will read it."""
Rows = pd.DataFrame | list[pd.DataFrame]

_citing: ContextVar[bool] = ContextVar("citing", default=True)


@contextmanager
def uncited() -> Iterator[None]:
    """Inside, findings carry their values, but neither rows nor sentences: other analyses only need the values."""
    token = _citing.set(False)
    try:
        yield
    finally:
        _citing.reset(token)


def citing() -> bool:
    """Whether findings are to carry their rows and sentences: not inside `uncited`."""
    return _citing.get()


_wanted: ContextVar[frozenset[str] | None] = ContextVar("wanted", default=None)


@contextmanager
def only(names: frozenset[str]) -> Iterator[None]:
    """Inside, analyses may leave out findings of other names: a rating needs only those that its tests judge."""
    token = _wanted.set(names)
    try:
        yield
    finally:
        _wanted.reset(token)


def states(*names: str) -> Callable[[Callable[Given, Stated]], Callable[Given, Stated]]:
    """Names all findings that a function may state, which is then not run where none of them is wanted.

    It gives None in place of one finding and an empty list in place of several; whoever asks leaves both out.
    """
    own = frozenset(names)
    return _stating(lambda arguments, more: own)


def states_argument(parameter: str) -> Callable[[Callable[Given, Stated]], Callable[Given, Stated]]:
    """As `states`, for a function that is told the name of its one finding in this parameter."""

    def decorate(make: Callable[Given, Stated]) -> Callable[Given, Stated]:
        place = list(inspect.signature(make).parameters).index(parameter)
        return _stating(lambda arguments, more: {more[parameter] if parameter in more else arguments[place]})(make)

    return decorate


def _stating(
    told: Callable[[tuple[Any, ...], dict[str, Any]], Set[str]],
) -> Callable[[Callable[Given, Stated]], Callable[Given, Stated]]:
    def decorate(make: Callable[Given, Stated]) -> Callable[Given, Stated]:
        nothing = cast(Stated, None if make.__annotations__["return"] == "Finding" else [])

        @wraps(make)
        def made(*arguments: Given.args, **more: Given.kwargs) -> Stated:
            wanted = _wanted.get()
            if wanted is not None and wanted.isdisjoint(told(arguments, more)):
                return nothing
            return make(*arguments, **more)

        return made

    return decorate


class Derives(Protocol):
    """Rows, or a series read off them, that keep what was computed from them."""

    def derived(self, make: Callable[..., Any], *choice: Any) -> Any: ...


def once(rows: Derives, make: Callable[..., Stated], *choice: Any) -> Stated:
    """What `make(rows, *choice)` states, one finding or several, computed once for all analyses of the same rows and
    choices. `make` must not depend on anything else, the vantage included.
    """
    # kept apart from what was left out or uncited
    return cast(Stated, rows.derived(_made, make, choice, _citing.get(), _wanted.get()))


def _made(rows: Derives, make: Callable[..., Any], choice: tuple[Any, ...], *_apart: Any) -> Any:
    return make(rows, *choice)


def finding(
    claim: str,
    name: str,
    label: str,
    value: float | bool | str | None,
    unit: str,
    sentence: Words,
    method: Callable[..., Any],
    rows: Rows | Callable[[], Rows],
    *,
    low: float | None = None,
    high: float | None = None,
    date: Any = None,
    sample: float | None = None,
    caveat: str = "",
    sampling: bool = False,
) -> Finding:
    """State one finding on `rows` (a slice, or slices, of `Evidence.table` results).

    `value`, `low` and `high` are in `unit`; NaN becomes None. `sampling` says that low and high are a 95% interval of
    sampling error, and not the range of several numbers. `method` is the function that computed the value: its
    dotted name is kept and its docstring is printed in the book. `date` defaults to the newest `date` in `rows`.
    Inside `uncited` only the value is kept; a sentence or rows given as a function are not made there.
    """
    if not _citing.get():  # run twenty times for each time that the rest is wanted
        return _bare(f"{claim}.{name}", _clean(value))
    sampling = sampling and low is not None and high is not None
    given = rows() if callable(rows) else rows
    parts = [part for part in (given if isinstance(given, list) else [given]) if len(part)]
    ids: list[str] = []
    sources: list[str] = []
    origins: list[str] = []
    for part in parts:
        ids += part["row"].tolist()
        origins += part["origin"].tolist()
        for column in ("source_id", "source_id_2"):
            if column in part.columns:
                sources += [one for one in part[column].tolist() if one]
    if date is None:
        days = [part["date"].max() for part in parts if "date" in part.columns]
        date = max((one for one in days if not pd.isna(one)), default=None)
    if len(ids) > ROWS_KEPT:
        ids = ids[: ROWS_KEPT // 2] + ids[-ROWS_KEPT // 2 :]
    return Finding(
        id=f"{claim}.{name}",
        label=label,
        value=_clean(value),
        unit=unit,
        sentence=written(sentence if isinstance(sentence, str) else sentence()),
        method=f"{method.__module__}.{method.__qualname__}",
        rows=ordered(ids),
        sources=ordered(sources),
        origins=ordered(origins),
        low=_clean(low),
        high=_clean(high),
        date=_day(date),
        sample=_count(sample),
        caveat=caveat,
        sampling=sampling,
    )


_BARE = vars(Finding("", "", None, "", "", ""))


def _bare(name: str, value: float | bool | str | None) -> Finding:
    """A finding with nothing but its value; the frozen dataclass itself would set fifteen fields one by one."""
    made = object.__new__(Finding)
    vars(made).update(_BARE, id=name, value=value)
    return made


def _day(date: Any) -> str | None:
    return None if date is None or pd.isna(date) else str(pd.Timestamp(date).date())


def _count(sample: float | None) -> int | None:
    return None if sample is None or sample != sample else int(sample)


def missing(claim: str, name: str, label: str, unit: str, method: Callable[..., Any], why: str) -> Finding:
    """State that the evidence known on the day does not reach; `why` is the sentence shown to readers."""
    return Finding(f"{claim}.{name}", label, None, unit, why, f"{method.__module__}.{method.__qualname__}")


def _clean(value: Any) -> Any:
    """Plain Python values, rounded to ten significant digits so that platforms agree."""
    if type(value) is float and math.isfinite(value):  # nearly always
        return float(f"{value:.10g}")
    if value is None or isinstance(value, (str, bool)):
        return value
    if type(value).__name__ == "bool":
        return bool(value)
    if math.isnan(value) or math.isinf(value):
        return None
    return float(f"{float(value):.10g}")
