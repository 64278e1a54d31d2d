"""When the world could first know a row whose file does not say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from casefile.evidence.descriptors import Descriptor
from casefile.evidence.rows import Row
from casefile.model import Source


def known_day(descriptor: Descriptor, row: Row, sources: Mapping[str, Source], today: date) -> tuple[str, str]:
    """When the world could first know a row whose file does not say, as (day, basis); ("", "") without a date.

    Votes, rates and maps: the same day. Else the earliest publication of the row's sources that is not before the
    observation (a data set's date is no publication), else the observation plus the table's stated lag, from the
    month's end where only the month is known; never later than today, since the file is here.
    """
    if not is_date(row.get("date", "")):
        return "", ""
    event = date.fromisoformat(row["date"])
    if row.get("date_precision") == "month":
        event = (event.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    about = descriptor.resource["casefile"]
    if about["kind"] in ("vote", "rate", "map"):
        return row["date"], fitting_basis(descriptor, "same-day")
    named = [sources[one] for one in (row.get("source_id", ""), row.get("source_id_2", "")) if one in sources]
    published = sorted(
        one.published for one in named if one.published and one.kind != "dataset" and one.published >= event
    )
    if published:
        return published[0].isoformat(), fitting_basis(descriptor, "publication")
    day = max(min(event + timedelta(days=int(about.get("lag_days", 0))), today), date.fromisoformat(row["date"]))
    return day.isoformat(), fitting_basis(descriptor, "lag")


def fitting_basis(descriptor: Descriptor, basis: str) -> str:
    """`basis`, or the only one that the table knows."""
    allowed = (descriptor.fields.get("known_on_basis", {}).get("constraints") or {}).get("enum") or [basis]
    return basis if basis in allowed else str(allowed[0]) if len(allowed) == 1 else basis


def is_date(text: str) -> bool:
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
