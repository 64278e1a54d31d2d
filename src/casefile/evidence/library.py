"""Tables as they were known on a day. Everything above reads data through here and nowhere else."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from casefile.errors import DataError, Problem, UsageError
from casefile.evidence.corrections import Correction, corrected, read_corrections
from casefile.evidence.descriptors import Descriptor, check_command, no_such_table, read_descriptors
from casefile.evidence.journal import settle
from casefile.evidence.picked import Extended, Picked, Sheet
from casefile.evidence.sources import Sources
from casefile.model import AS_OF_CHECKED, FIRST_AS_OF
from casefile.paths import DATA

_NUMBERS = {"number": "float64", "integer": "float64"}  # float64 holds gaps; keys are compared as text


class Library:
    """All tables of one data folder, read once and on demand."""

    def __init__(self, data_dir: Path | str | None = None) -> None:
        self.data_dir = Path(data_dir) if data_dir else DATA
        settle(self.data_dir)
        self.descriptors = read_descriptors(self.data_dir)
        self._tables: dict[str, pd.DataFrame] = {}
        self._sheets: dict[str, Sheet] = {}
        self._picked: dict[tuple[str, int], tuple[Sheet, Picked]] = {}
        self._evidence: dict[date, Evidence] = {}

    @cached_property
    def sources(self) -> Sources:
        return Sources.read(self.data_dir)

    def descriptor(self, table: str) -> Descriptor:
        """Raises `UsageError` for a table that no descriptor names."""
        try:
            return self.descriptors[table]
        except KeyError:
            raise no_such_table(table, self.descriptors) from None

    @cached_property
    def corrections(self) -> tuple[Correction, ...]:
        """The declared corrections in force."""
        return read_corrections(self.data_dir)

    def whole(self, table: str) -> pd.DataFrame:
        """One table, all vintages: the columns of its descriptor plus `row` (row id) and `origin`.

        Dates come as datetime64, numbers as float64, booleans as nullable boolean, text as str with "" for a gap.
        """
        if table not in self._tables:
            sheet = self._sheets[table] = loaded(self.descriptor(table), self.corrections)
            self._tables[table] = sheet.frame
        return self._tables[table]

    def sheet(self, table: str) -> Sheet:
        """One table, all vintages, as columns."""
        frame = self.whole(table)
        held = self._sheets.get(table)
        if held is None or held.frame is not frame:
            held = self._sheets[table] = Sheet(frame)
        return held

    def digest(self, table: str) -> str:
        """A digest of the bytes, the description and the corrections that a table was read from; "" if from none."""
        return self.sheet(table).digest

    def known(self, table: str, as_of: date) -> Picked:
        """The rows of one table known on a day. Days on which the same rows were known share what is derived of them.

        Rows only ever join, so that equal counts mean equal rows.
        """
        sheet = self.sheet(table)
        at = np.flatnonzero(sheet.array("known_on") <= np.datetime64(as_of))
        kept = self._picked.get((table, len(at)))
        if kept is None or kept[0] is not sheet:
            kept = self._picked[table, len(at)] = (sheet, Picked(sheet, at))
        return kept[1]

    @cached_property
    def newest(self) -> date:
        """The day on which the newest observation of any table became known. Raises `UsageError` when there is none."""
        newest = self.newest_of(self.descriptors)
        if newest is None:
            raise UsageError(f"{self.data_dir} holds no dated observation.")
        return newest

    def newest_of(self, tables: Iterable[str]) -> date | None:
        """The day on which the newest observation of these tables became known; None when they hold none yet."""
        days = [day for name in tables if not pd.isna(day := self.whole(name)["known_on"].max())]
        return max(days).date() if days else None

    def at(self, as_of: date) -> Evidence:
        """The evidence known on `as_of`. Raises `UsageError` before 2022-02-24 or after the newest observation."""
        if as_of < FIRST_AS_OF:
            raise UsageError(f"as_of {as_of} lies before {FIRST_AS_OF}, the first day with evidence.")
        if as_of > date.today() and AS_OF_CHECKED not in os.environ and as_of > self.newest:
            raise UsageError(f"as_of {as_of} lies in the future; the newest evidence is of {self.newest}.")
        if as_of not in self._evidence:
            self._evidence[as_of] = Evidence(self, as_of)
        return self._evidence[as_of]

    def vantage(self, text: str) -> date:
        """A date from `YYYY-MM-DD`, `latest` or `then`. Raises `UsageError` with the allowed forms."""
        from casefile.model import ARTICLE_DATE

        if text in ("", "latest", "now"):
            return self.newest
        if text == "then":
            return ARTICLE_DATE
        try:
            parsed = date.fromisoformat(text) if len(text) == 10 else None
        except ValueError:
            parsed = None
        if parsed is None:
            raise UsageError(f"as_of {text!r} is no date. Give YYYY-MM-DD, 'latest' or 'then'.")
        return parsed


class Evidence:
    """The rows admitted at one `as_of`, optionally narrowed to declared tables or without some sources."""

    def __init__(
        self,
        library: Library,
        as_of: date,
        *,
        allowed: frozenset[str] | None = None,
        without: frozenset[str] = frozenset(),
        extra: Mapping[str, tuple[Mapping[str, Any], ...]] | None = None,
        admitted: dict[str, Picked] | None = None,
        asked: list[bool] | None = None,
    ) -> None:
        self.library = library
        self.moment = as_of
        self._asked = [False] if asked is None else asked
        self.allowed = allowed
        self.excluded = without
        self._extra = dict(extra or {})
        self._admitted: dict[str, Picked] = {} if admitted is None else admitted  # shared by all views
        self._picked: dict[str, Picked] = {}

    @property
    def as_of(self) -> date:
        """The day that analyses count back from: the vantage, or where their own record ends, if that is earlier.

        In a view of declared tables it is the day on which the newest of their rows became known: where nothing was
        recorded there may have been something to record, so that silence after it is not taken for calm, and news in
        one table moves no span in another. Asking for the vantage itself is noted: a result that never asked holds on
        any day with these rows.
        """
        if self.allowed is not None and (end := self._end) is not None:
            return end
        return self.vantage

    @property
    def vantage(self) -> date:
        """The vantage itself, for analyses that follow the calendar, such as the budget of the year under way."""
        self._asked[0] = True
        return self.moment

    @cached_property
    def _end(self) -> date | None:
        """The day on which the newest admitted row of the declared tables became known; None when there is none."""
        ends = [end for name in sorted(self.allowed or ()) if (end := self._rows(name).derived(_newest_known))]
        added = [row["known_on"] for name, rows in self._extra.items() if name in (self.allowed or ()) for row in rows]
        ends += [pd.Timestamp(day).date() for day in added]
        return min(max(ends), self.moment) if ends else None

    @property
    def day(self) -> pd.Timestamp:
        """`as_of` as a pandas timestamp."""
        return _timestamp(self.as_of)

    @property
    def asked(self) -> bool:
        """Whether anything computed from this view depends on the day itself and not only on the rows."""
        return self._asked[0]

    def extent(self, tables: Iterable[str]) -> tuple[int, ...]:
        """How many rows of each table are admitted. Rows only ever join, so equal counts mean equal rows."""
        return tuple(len(self._rows(name)) for name in tables)

    @property
    def sources(self) -> Sources:
        return self.library.sources

    def only(self, tables: Iterable[str]) -> Evidence:
        """The same evidence, in which reading any other table raises `UsageError` (an undeclared input)."""
        return self._view(allowed=frozenset(tables), asked=[False])

    def without_source(self, *source_ids: str) -> Evidence:
        """The same evidence as if these sources did not exist; a row with another source of its own stays."""
        return self._view(without=self.excluded | frozenset(source_ids))

    def with_row(self, table: str, row: Mapping[str, Any]) -> Evidence:
        """The same evidence plus one invented row, for asking what would change a verdict.

        Raises `UsageError` when the row lacks a column of the table.
        """
        absent = [name for name in self.library.sheet(table).columns if name not in row]
        if absent:
            raise UsageError(f"A row of {table} without {', '.join(absent)} cannot be added.")
        return self._view(extra={**self._extra, table: (*self._extra.get(table, ()), dict(row))})

    def table(self, name: str) -> pd.DataFrame:
        """The rows of one table known on `as_of`, as a frame. Do not modify it in place: it is shared."""
        self._declared(name)
        return self.picked(name).derived(_slice)

    def picked(self, name: str) -> Picked:
        """The same rows as positions in columns that are read once: what analyses use, as frames are slow to cut."""
        self._declared(name)
        if name not in self._picked:
            kept = self._kept(name)
            self._picked[name] = _with(kept, self._extra[name]) if name in self._extra else kept
        return self._picked[name]

    def sole_sources(self, tables: Iterable[str]) -> set[str]:
        """The sources without which some row of these tables would have none left."""
        found: set[str] = set()
        for name in tables:
            found |= self._rows(name).derived(_sole_sources)
        return found

    def _declared(self, name: str) -> None:
        if self.allowed is not None and name not in self.allowed:
            raise UsageError(f"{name} was read but not declared. Declared: {', '.join(sorted(self.allowed))}.")

    def _rows(self, name: str) -> Picked:
        if name not in self._admitted:
            self._admitted[name] = self.library.known(name, self.moment)
        return self._admitted[name]

    def _kept(self, name: str) -> Picked:
        """The admitted rows that stay without the sources left out; the shared ones where they lose none."""
        rows = self._rows(name)
        if not self.excluded:
            return rows
        return _without(rows, self.excluded)

    def _view(self, **changes: Any) -> Evidence:
        settings = {"allowed": self.allowed, "without": self.excluded, "extra": self._extra, "asked": self._asked}
        return Evidence(self.library, self.moment, admitted=self._admitted, **{**settings, **changes})


@lru_cache(maxsize=200)
def _timestamp(day: date) -> pd.Timestamp:
    return pd.Timestamp(day)


@lru_cache(maxsize=200)  # several claims leave the same sources out of the same table on the same day
def _without(rows: Picked, sources: frozenset[str]) -> Picked:
    stay = rows.sheet.without(sources)[rows.at]
    return rows if stay.all() else Picked(rows.sheet, rows.at[stay])


def _newest_known(picked: Picked) -> date | None:
    known = picked.sheet.array("known_on")[picked.at]
    return None if not len(known) else known.max().astype("datetime64[D]").astype(object)


def _with(picked: Picked, rows: Sequence[Mapping[str, Any]]) -> Picked:
    """A selection and made-up rows."""
    sheet = Extended(picked.sheet, rows)
    return Picked(sheet, np.concatenate([picked.at, np.arange(len(picked.sheet), len(sheet))]))


def _slice(picked: Picked) -> pd.DataFrame:
    return picked.sheet.frame.iloc[picked.at]


def _sole_sources(picked: Picked) -> frozenset[str]:
    alone = picked.sheet.derived(_sole_source)
    return frozenset([alone[at] for at in picked.places]) - {""}


def _sole_source(sheet: Sheet) -> list[str]:
    """For each row the source without which it would have none, "" where there is another."""
    first = sheet.values("source_id")
    if "source_id_2" not in sheet.columns:
        return first
    pairs = zip(first, sheet.values("source_id_2"), strict=True)
    return [one if other in ("", one) else "" for one, other in pairs]


_loaded: dict[str, tuple[str, Sheet]] = {}


def loaded(descriptor: Descriptor, corrections: Sequence[Correction]) -> Sheet:
    """One whole table with its corrections. The file's bytes are read each time, and parsed when they are new.

    What was parsed is kept per table under a digest of everything it was made from, and shared by all libraries of
    this process and of processes forked from it, so that seven notebooks need not parse the same bytes seven times.
    """
    try:
        content = descriptor.path.read_bytes()
    except OSError as error:
        raise _unreadable(descriptor, error.strerror or "no reason given") from None
    mine = [one for one in corrections if one.table == descriptor.name]
    settings = f"{json.dumps(descriptor.resource, sort_keys=True)}{mine!r}"
    key = hashlib.sha256(content + settings.encode()).hexdigest()
    kept = _loaded.get(descriptor.name)
    if kept is None or kept[0] != key:
        _refuse_broken(descriptor, content)
        kept = _loaded[descriptor.name] = (key, Sheet(corrected(_parsed(descriptor, content), descriptor, mine), key))
    return kept[1]


def parsed_tables() -> dict[str, tuple[str, pd.DataFrame]]:
    """Every table that was parsed in this process, with its digest, for `adopt_tables` in another of its kind."""
    return {name: (key, sheet.frame) for name, (key, sheet) in _loaded.items()}


def adopt_tables(parsed: Mapping[str, tuple[str, pd.DataFrame]]) -> None:
    """Take tables that another process parsed; `loaded` finds out by their digests whether they are the wanted ones."""
    _loaded.update({name: (key, Sheet(frame, key)) for name, (key, frame) in parsed.items()})


def _refuse_broken(descriptor: Descriptor, content: bytes) -> None:
    """Rows that came in through the gate are not judged again; a file changed by hand is, before anything uses it.

    Raises `DataError` with every broken row. That the file differs from its descriptor is not an error here, so that
    an analyst can try rows in a copy of the data; `casefile check` reports it.
    """
    if descriptor.resource.get("hash") == f"sha256:{hashlib.sha256(content).hexdigest()}":
        return
    problems = _broken(descriptor, content)
    if problems:
        raise DataError(problems)


def _broken(descriptor: Descriptor, content: bytes) -> list[Problem]:
    """The problems of one table's rows; the first says which command lists those of the other tables too."""
    from casefile.evidence.check import broken_rows

    problems = broken_rows(descriptor, content)
    return [replace(one, remedy=f"{one.remedy} {_check(descriptor)}") for one in problems[:1]] + problems[1:]


def _unreadable(descriptor: Descriptor, why: str) -> DataError:
    return DataError([Problem(str(descriptor.path), None, None, None, f"cannot be read ({why})", _check(descriptor))])


def _unread(descriptor: Descriptor, content: bytes) -> DataError:
    """The error for cells that could not be turned into numbers and dates, although the descriptor vouches for them."""
    problems = _broken(descriptor, content)
    return DataError(problems) if problems else _unreadable(descriptor, "a cell is of another type than its column")


def _check(descriptor: Descriptor) -> str:
    return f"Run: {check_command(descriptor.path.parent.parent)}"


def _parsed(descriptor: Descriptor, content: bytes) -> pd.DataFrame:
    """One CSV, typed by its descriptor. Cheap on purpose: `casefile check` and the intake do the judging."""
    types = {name: field["type"] for name, field in descriptor.fields.items()}
    try:
        frame = pd.read_csv(
            io.BytesIO(content),
            dtype={name: _NUMBERS.get(kind, "str") for name, kind in types.items()},
            keep_default_na=False,
            na_values={name: [""] for name, kind in types.items() if kind in _NUMBERS},
            encoding="utf-8",
        )
    except (OSError, ValueError):
        raise _unread(descriptor, content) from None
    missing = [name for name in types if name not in frame.columns]
    if missing:
        raise DataError(
            [
                Problem(str(descriptor.path), 1, name, None, "the column is missing", _check(descriptor))
                for name in missing
            ]
        )
    keys = [_plain(frame[column]) for column in descriptor.key]
    row = keys[0]
    for part in keys[1:]:
        row = row + "/" + part
    frame["row"] = f"{descriptor.name}:" + row
    origin = descriptor.origin
    frame["origin"] = origin[1:] if origin.startswith("=") else frame[origin].replace(dict(descriptor.same_producer))
    for name, kind in types.items():
        if kind == "date":
            try:
                frame[name] = pd.to_datetime(frame[name].replace("", None), format="%Y-%m-%d")
            except ValueError:
                raise _unread(descriptor, content) from None
        elif kind == "boolean":
            frame[name] = frame[name].map({"true": True, "false": False, "1": True, "0": False}).astype("boolean")
    return frame


def _plain(column: pd.Series[Any]) -> pd.Series[str]:
    if column.dtype == "float64":
        return column.map(lambda value: "" if value != value else f"{value:g}")
    return column.astype("str")
