"""Rows of a table without frames: whole columns read once, and selections that are positions in them.

An analysis runs some twenty times a verdict, and a verdict forty times a timeline. Cutting a data frame of twenty
columns takes longer than the analysis does, so analyses read columns of a `Picked` and cite rows by position.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd

Array = np.ndarray[Any, Any]
Made = TypeVar("Made")


class Keeps:
    """Something read off a table that keeps, in `made`, what is computed from it: see `Picked.derived`."""

    made: dict[Any, Any]

    def derived(self, make: Callable[..., Any], *choice: Any) -> Any:
        """What `make` computes from this and a choice of settings, computed once."""
        key = (make, *choice)
        if key not in self.made:
            self.made[key] = make(self, *choice)
        return self.made[key]


class Sheet:
    """A whole table in memory, all vintages; columns are read from the frame when first asked for, and then kept.

    `digest` stands for all that the table was made from; "" for a table made up in memory.
    """

    def __init__(self, frame: pd.DataFrame, digest: str = "") -> None:
        self.frame = frame
        self.digest = digest
        self.columns = tuple(str(name) for name in frame.columns)
        self._arrays: dict[str, Array] = {}
        self._values: dict[str, list[Any]] = {}
        self._indexes: dict[str, dict[Any, list[int]]] = {}
        self._stays: dict[frozenset[str], Array] = {}
        self._made: dict[Any, Any] = {}

    def __len__(self) -> int:
        return len(self.frame)

    def array(self, name: str) -> Array:
        """One column as numpy holds it: text as objects, dates as datetime64, a gap in a truth value as `pd.NA`."""
        if name not in self._arrays:
            self._arrays[name] = self.frame[name].to_numpy()
        return self._arrays[name]

    def values(self, name: str) -> list[Any]:
        """One column as plain Python values, dates as timestamps."""
        if name not in self._values:
            self._values[name] = self.frame[name].tolist()
        return self._values[name]

    def is_truth(self, name: str) -> bool:
        """Whether a column holds truth values, perhaps with gaps."""
        return str(self.frame[name].dtype) == "boolean"

    def derived(self, make: Callable[[Sheet], Made]) -> Made:
        """What `make` computes from the whole table, computed once."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast(Made, self._made[make])

    def index(self, name: str) -> dict[Any, list[int]]:
        """Where each value of a column stands."""
        if name not in self._indexes:
            found: dict[Any, list[int]] = {}
            for at, value in enumerate(self.values(name)):
                found.setdefault(value, []).append(at)
            self._indexes[name] = found
        return self._indexes[name]

    def part(self, places: tuple[int, ...]) -> Picked:
        """The selection of the rows at these positions: the same object each time."""
        key = (Picked, places)
        if key not in self._made:
            self._made[key] = Picked(self, np.array(sorted(places), dtype=np.intp))
        return cast(Picked, self._made[key])

    def without(self, sources: frozenset[str]) -> Array:
        """Which rows stay when these sources are left out: also those with another source of their own."""
        if sources in self._stays:
            return self._stays[sources]
        stays = np.ones(len(self), dtype=bool)
        second = self.array("source_id_2") if "source_id_2" in self.columns else None
        for source in sources:
            for at in self.index("source_id").get(source, ()):
                stays[at] = second is not None and second[at] != "" and second[at] not in sources
        self._stays[sources] = stays
        return stays

    def cited(self, at: Iterable[int]) -> pd.DataFrame:
        """The rows at these positions as `finding` reads them."""
        return cast(pd.DataFrame, Cited(self, list(at)))


class Extended(Sheet):
    """A table plus rows made up in memory, which follow its own: asked for some fifteen times a claim.

    Nothing is copied but the columns that are read. A made-up row has a value for every column of the table.
    """

    def __init__(self, base: Sheet, rows: Sequence[Mapping[str, Any]]) -> None:
        self.base = base
        self.rows = tuple(rows)
        self.digest = ""
        self.columns = base.columns
        self._arrays = {}
        self._values = {}
        self._indexes = {}
        self._stays = {}
        self._made = {}

    @cached_property
    def frame(self) -> pd.DataFrame:  # type: ignore[override]
        """The whole table as a frame: only for those who want one."""
        added = pd.DataFrame([dict(row) for row in self.rows]).reindex(columns=list(self.columns))
        return pd.concat([self.base.frame, added.astype(self.base.frame.dtypes.to_dict())], ignore_index=True)

    def __len__(self) -> int:
        return len(self.base) + len(self.rows)

    def array(self, name: str) -> Array:
        if name not in self._arrays:
            own = self.base.array(name)
            self._arrays[name] = np.concatenate([own, _like(own, [row[name] for row in self.rows])])
        return self._arrays[name]

    def values(self, name: str) -> list[Any]:
        if name not in self._values:
            self._values[name] = self.base.values(name) + self.added(name)
        return self._values[name]

    def is_truth(self, name: str) -> bool:
        return self.base.is_truth(name)

    def own_days(self, name: str) -> list[int]:
        """The made-up rows' days in a column, counted from 1970."""
        days = np.array([row[name] for row in self.rows], dtype="datetime64[D]")
        return days.astype(int).tolist()  # type: ignore[no-any-return]

    def added(self, name: str) -> list[Any]:
        """The made-up rows' values of a column, as `values` gives them."""
        kind = self.base.array(name).dtype.kind
        given = [row[name] for row in self.rows]
        return (
            [pd.Timestamp(one) for one in given] if kind == "M" else list(map(float, given)) if kind == "f" else given
        )

    def index(self, name: str) -> dict[Any, list[int]]:
        if name not in self._indexes:
            found = dict(self.base.index(name))
            for at, value in enumerate(self.added(name), len(self.base)):
                found[value] = [*found.get(value, ()), at]
            self._indexes[name] = found
        return self._indexes[name]


def _like(column: Array, values: Sequence[Any]) -> Array:
    """Values as an array of a column's kind."""
    made = np.empty(len(values), dtype=column.dtype)
    for at, value in enumerate(values):
        made[at] = pd.Timestamp(value).to_datetime64() if column.dtype.kind == "M" else value
    return made


class Picked:
    """Some rows of a sheet, in its order: `picked["column"]` is an array; `at` holds their positions in the sheet."""

    def __init__(self, sheet: Sheet, at: Array) -> None:
        self.sheet = sheet
        self.at = at
        self._arrays: dict[str, Array] = {}
        self._made: dict[Any, Any] = {}

    @classmethod
    def of(cls, rows: pd.DataFrame | Picked) -> Picked:
        """All rows of a frame; a selection stays as it is."""
        return rows if isinstance(rows, Picked) else cls(Sheet(rows), np.arange(len(rows)))

    @property
    def columns(self) -> tuple[str, ...]:
        return self.sheet.columns

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, name: str) -> Array:
        if name not in self._arrays:
            self._arrays[name] = self.sheet.array(name)[self.at]
        return self._arrays[name]

    def values(self, name: str) -> list[Any]:
        """One column as plain Python values, dates as timestamps."""
        whole = self.sheet.values(name)
        return [whole[at] for at in self.places]

    @property
    def places(self) -> list[int]:
        """The positions in the sheet as a list."""
        return self.derived(_places)

    @property
    def admitted(self) -> list[bool]:
        """For each row of the sheet, whether it is among these."""
        return self.derived(_admitted)

    def among(self, places: Iterable[int]) -> Array:
        """Where the rows at these positions of the sheet stand here, in order; those not picked are left out."""
        wanted = np.array(sorted(places), dtype=np.intp)
        here = np.searchsorted(self.at, wanted)
        inside = here < len(self.at)
        here, wanted = here[inside], wanted[inside]
        found: Array = here[self.at[here] == wanted]
        return found

    def part(self, column: str, *values: Any) -> Picked:
        """Those of the rows that have one of these values in a column.

        Selections that hold the same such rows share the part and all that is derived of it: other months, other
        choices, and sources left out that say nothing here.
        """
        return self.derived(_part, column, *values)

    def derived(self, make: Callable[..., Made], *choice: Any) -> Made:
        """What `make` computes from these rows (and a choice of settings), computed once for all who ask.

        Rows, not days: `make` must not depend on the vantage, as equal rows on two days share what was computed.
        """
        key = (make, *choice)
        if key not in self._made:
            self._made[key] = make(self, *choice)
        return cast(Made, self._made[key])


def _part(picked: Picked, column: str, *values: Any) -> Picked:
    index, admitted = picked.sheet.index(column), picked.admitted
    places = tuple(at for value in values for at in index.get(value, ()) if admitted[at])
    return picked.sheet.part(places)


def _places(picked: Picked) -> list[int]:
    return picked.at.tolist()  # type: ignore[no-any-return]


def _admitted(picked: Picked) -> list[bool]:
    found = np.zeros(len(picked.sheet), dtype=bool)
    found[picked.at] = True
    return found.tolist()


class Cited:
    """Rows by position: the few things that a finding asks of a slice, without the cost of making one."""

    __slots__ = ("_sheet", "at")

    def __init__(self, sheet: Sheet, at: list[int]) -> None:
        self._sheet = sheet
        self.at = at

    @property
    def columns(self) -> tuple[str, ...]:
        return self._sheet.columns

    def __len__(self) -> int:
        return len(self.at)

    def __getitem__(self, name: str) -> Array:
        """One column; unknown dates are left out, as numpy's `max`, unlike that of pandas, is a gap if one is."""
        found = self._sheet.array(name)[self.at]
        if found.dtype.kind != "M":
            return found
        gaps = np.isnat(found)
        return found[:1] if gaps.all() else found[~gaps]
