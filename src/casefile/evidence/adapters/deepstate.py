"""DeepState maps: GeoJSON polygons → areas in square kilometres, in the equal-area projection EPSG:3035.

Two kinds of file: the API's history, with a fill colour for each status of the land, and the daily file of one
multipolygon of all Russian-held land. Areas are as drawn; with `--set boundary=FILE` they are clipped to a land
boundary, which makes them comparable with the series `deepstate`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from casefile.errors import UsageError
from casefile.evidence.adapters import Adapter, Context, Rows
from casefile.evidence.intake.content import Content, decoded, read_bytes, recognise, refusal
from casefile.evidence.safe_json import parse_json

SOURCE = {
    "source_id": "deepstate-map",
    "publisher": "DeepState UA",
    "title": "DeepStateMap.live, polygons of the map",
    "url": "https://deepstatemap.live/",
    "kind": "primary",
    "license": "none stated",
    "note": "Areas computed here in EPSG:3035; polygons are not kept",
}
UKRAINE_KM2 = 603_628
HELD_BEFORE_2022_KM2 = 43_620
"""Held constant, as in the series `deepstate`: this land was redrawn without changing hands."""
_STATUS = {
    "#a52714": "occupied",
    "#880e4f": "before_2022",
    "#000000": "before_2022",
    "#bcaaa4": "contested",
    "#bdbdbd": "contested",
    "#757575": "contested",
    "#0288d1": "liberated",
    "#0f9d58": "liberated",
    "#01579b": "held_in_russia",
    "#ff5252": "left_out",
}
_TRANSNISTRIA = re.compile(r"придністров|transnistria", re.IGNORECASE)
_MOST_POINTS = 2_000_000


@dataclass(frozen=True)
class Areas:
    """Square kilometres by status on one day. A daily file has `russian` only."""

    date: str
    russian: float
    by_status: Mapping[str, float]
    polygons: int
    points: int


def areas(content: Content, day: str = "", boundary: Any = None) -> Areas:
    """The areas of one map. `boundary`, when given, is a geometry in EPSG:3035 to clip to.

    Raises `DataError` when the file is no map of either kind, and `UsageError` when neither its name nor `day` says
    its date.
    """
    name = content.name
    value = parse_json(decoded(content), name)
    if not isinstance(value, dict) or value.get("type") != "FeatureCollection" or not value.get("features"):
        raise refusal(name, "is no GeoJSON map with features", "Take the map's GeoJSON again.")
    try:
        crs = str((((value.get("crs") or {}).get("properties")) or {}).get("name", "CRS84"))
    except AttributeError:
        raise refusal(name, "states its coordinates in no known way", "Take it in longitude and latitude.") from None
    if not crs.endswith(("CRS84", "EPSG::4326", "EPSG:4326")):
        raise refusal(name, f"is in the coordinates {crs}, not WGS84", "Take it in longitude and latitude.")
    parts: dict[str, list[Any]] = {}
    points = 0
    for feature in value["features"]:
        status, shapes, count = _feature(feature, len(value["features"]), name)
        points += count
        if status and shapes:
            parts.setdefault(status, []).extend(shapes)
    if points > _MOST_POINTS:
        raise refusal(name, f"has {points:,} points", "No map of the front has so many.")
    if not parts:
        raise refusal(
            name, "has no polygons in a known colour", "The map's colours may have changed; see book/adapters.md."
        )
    measured = _measured(parts, boundary)
    russian = measured.get("all", measured.get("occupied", 0.0) + measured.get("before_2022", 0.0))
    polygons = sum(len(shapes) for shapes in parts.values())
    return Areas(day or _day(name, "all" in parts), russian, measured, polygons, points)


def _feature(feature: Any, total: int, name: str) -> tuple[str, list[Any], int]:
    """Status, polygons (shapely, longitude and latitude) and points of one feature."""
    from shapely.geometry import shape

    try:
        properties, geometry = feature.get("properties") or {}, feature["geometry"]
        rings = list(_rings(geometry))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise refusal(
            name, f"has a feature that is no GeoJSON ({type(error).__name__})", "Take the map again."
        ) from None
    fill = str(properties.get("fill", "")).lower()
    label = str(properties.get("name", ""))
    if total == 1 and not fill:
        status = "all"
    elif _TRANSNISTRIA.search(label):
        status = "left_out"
    else:
        status = _STATUS.get(fill, "")
    shapes = []
    count = 0
    for polygon in rings:
        count += sum(len(ring) for ring in polygon)
        for ring in polygon:
            for lon, lat in ring:
                if not (20 <= lon <= 42 and 43 <= lat <= 54):
                    raise refusal(
                        name,
                        f"has a point outside Ukraine and its borders ({lon:g}, {lat:g})",
                        "Check the order of longitude and latitude.",
                    )
        shapes.append(shape({"type": "Polygon", "coordinates": polygon}))
    return status, shapes, count


def _rings(geometry: Mapping[str, Any]) -> Iterable[list[list[tuple[float, float]]]]:
    """Each polygon of a geometry as rings of (longitude, latitude); heights are dropped, points and lines left out."""
    kind = geometry["type"]
    if kind == "GeometryCollection":
        for one in geometry["geometries"]:
            yield from _rings(one)
    elif kind in ("Polygon", "MultiPolygon"):
        for polygon in [geometry["coordinates"]] if kind == "Polygon" else geometry["coordinates"]:
            rings = [[(_degrees(point[0]), _degrees(point[1])) for point in ring] for ring in polygon]
            if any(len(ring) < 4 for ring in rings):
                raise ValueError("a ring of fewer than four points")
            yield rings


def _degrees(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("a coordinate that is no number")
    return number


def _measured(parts: Mapping[str, list[Any]], boundary: Any) -> dict[str, float]:
    """Square kilometres by status; land held before 2022 is not counted again as occupied."""
    from shapely import make_valid, union_all

    whole = {
        status: union_all([make_valid(one) for one in map(_projected, shapes)]) for status, shapes in parts.items()
    }
    if "occupied" in whole and "before_2022" in whole:
        whole["occupied"] = whole["occupied"].difference(whole["before_2022"])
    if boundary is not None:
        whole = {status: one.intersection(boundary) for status, one in whole.items()}
    return {status: float(one.area) / 1e6 for status, one in whole.items()}


_PROJECTION: list[Any] = []


def _projected(shape: Any) -> Any:
    """A geometry in EPSG:3035 (Lambert azimuthal equal-area)."""
    from pyproj import Transformer
    from shapely import make_valid, transform

    if not _PROJECTION:
        _PROJECTION.append(Transformer.from_crs("EPSG:4326", "EPSG:3035", always_xy=True))
    return transform(make_valid(shape), lambda x, y: _PROJECTION[0].transform(x, y), interleaved=False)


def _boundary(path: Path) -> Any:
    from shapely import make_valid, union_all
    from shapely.geometry import shape

    content = recognise(read_bytes(path), path.name)
    value = parse_json(decoded(content), path.name)
    features = value["features"] if isinstance(value, dict) and "features" in value else [{"geometry": value}]
    shapes = [
        shape({"type": "Polygon", "coordinates": polygon}) for one in features for polygon in _rings(one["geometry"])
    ]
    if not shapes:
        raise refusal(path.name, "has no polygons", "Give the land boundary as GeoJSON polygons.")
    return union_all([make_valid(_projected(one)) for one in shapes])


def _day(name: str, daily: bool) -> str:
    """The map's day from the file's name: seconds since 1970 (API), or YYYYMMDD (fetched at 03:00: the day before)."""
    if match := re.search(r"(?<!\d)(1[5-9]\d{8})(?!\d)", name):
        return datetime.fromtimestamp(int(match.group(1)), UTC).date().isoformat()
    if match := re.search(r"(?<!\d)(20\d{6})(?!\d)", name):
        try:
            found = datetime.strptime(match.group(1), "%Y%m%d").date()
        except ValueError:
            found = None
        if found:
            return (found - timedelta(days=1) if daily else found).isoformat()
    raise UsageError(f"Neither {name} nor the map says its day. Say it with --set date=YYYY-MM-DD.")


def read(content: Content, context: Context) -> Rows:
    """Rows of `battlefield/territory`: Russian-held with and without land held before 2022, shares, contested land."""
    given = context.options.get("date", "")
    if given:
        try:
            date.fromisoformat(given)
        except ValueError:
            raise UsageError(f"--set date={given!r} is no date (YYYY-MM-DD).") from None
    clip = _boundary(Path(context.options["boundary"])) if "boundary" in context.options else None
    found = areas(content, given, clip)
    shared = {
        "date": found.date,
        "date_precision": "day",
        "known_on": found.date,
        "known_on_basis": "same-day",
        "series": context.options.get("series") or ("deepstate" if clip is not None else "deepstate-drawn"),
        "source_id": SOURCE["source_id"],
        "derived": "true",
        "note": "clipped to a land boundary" if clip is not None else "as drawn, coast and inland water included",
    }
    since = found.by_status.get("occupied", found.russian - HELD_BEFORE_2022_KM2)
    total = since + HELD_BEFORE_2022_KM2 if "occupied" in found.by_status else found.russian
    if since <= 0 and clip is None:
        rule = f"measures {total:,.0f} km2, less than was held before 2022 alone ({HELD_BEFORE_2022_KM2:,} km2)"
        raise refusal(content.name, rule, "The map is cut off or empty; take it again.")
    share = 100 * total / UKRAINE_KM2
    km2, percent = {"unit": "km2"}, {"unit": "percent of Ukraine"}
    rows = [
        {"measure": "russian_held_km2", "includes_pre_2022": "false", "value": f"{since:.2f}", **km2},
        {"measure": "russian_held_km2", "includes_pre_2022": "true", "value": f"{total:.2f}", **km2},
        {"measure": "russian_held_pct_of_ukraine", "includes_pre_2022": "true", "value": f"{share:.4f}", **percent},
        {"measure": "ukraine_held_pct", "includes_pre_2022": "true", "value": f"{100 - share:.4f}", **percent},
    ]
    if "contested" in found.by_status:
        contested = f"{found.by_status['contested']:.2f}"
        rows.append({"measure": "contested_km2", "includes_pre_2022": "false", "value": contested, **km2})
    return {"battlefield/territory": [(1, {**shared, **row}) for row in rows]}


ADAPTER = Adapter(
    name="deepstate",
    title="DeepState map, GeoJSON of the API's history or of one day",
    tables=("battlefield/territory",),
    recognises=lambda content: content.kind == "json" and b'"FeatureCollection"' in content.raw[:5000],
    read=read,
    source=SOURCE,
    options=("boundary",),
    loose=frozenset({"note"}),
)
