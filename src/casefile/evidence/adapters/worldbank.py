"""World Bank API v2: the JSON of one indicator and one country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casefile.errors import DataError, Problem
from casefile.evidence.adapters import Adapter, Context, Rows
from casefile.evidence.intake.content import Content, decoded, refusal
from casefile.evidence.safe_json import parse_json

SOURCE = {
    "source_id": "worldbank-api",
    "publisher": "World Bank",
    "title": "World Development Indicators, API v2",
    "url": "https://api.worldbank.org/v2/",
    "kind": "primary",
    "license": "CC BY 4.0",
    "note": "The vintage of a value is the file's lastupdated",
}
INDICATORS = {
    "NY.GDP.MKTP.KD.ZG": ("gdp_growth_yoy", "percent"),
    "FP.CPI.TOTL.ZG": ("cpi_avg", "percent"),
    "SL.UEM.TOTL.ZS": ("unemployment", "percent"),
    "PA.NUS.FCRF": ("usd_rub_avg", "rubles per US dollar"),
}


@dataclass(frozen=True)
class Series:
    """One indicator of one country: values by year as the file writes them, gaps left out."""

    indicator: str
    country: str
    updated: str
    values: dict[str, str]
    rows: int
    stated: int
    pages: int


def parse(content: Content) -> Series:
    """The file's series. Raises `DataError` for an error message of the API or another shape."""
    name = content.name
    value = parse_json(decoded(content), name)
    try:
        head, rows = value
        if not isinstance(rows, list):
            raise TypeError("no rows")
        about = {(one["indicator"]["id"], one["countryiso3code"] or one["country"]["id"]) for one in rows}
        if len(about) != 1:
            raise refusal(name, f"holds {len(about)} series", "Ask for one indicator and one country.")
        indicator, country = about.pop()
        values = {str(one["date"]): _text(one["value"]) for one in rows if one["value"] is not None}
        if len({str(one["date"]) for one in rows}) != len(rows):
            raise refusal(name, "states a year twice", "Ask for one indicator and one country.")
        return Series(
            indicator, country, head.get("lastupdated", ""), values, len(rows), int(head["total"]), int(head["pages"])
        )
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        rule = f"is no answer of the World Bank's API with data ({type(error).__name__})"
        raise refusal(name, rule, "Ask for …/country/RUS/indicator/CODE?format=json&per_page=300.") from None


def _text(value: Any) -> str:
    return str(value)


def read(content: Content, context: Context) -> Rows:
    """Rows of `economy/macro`, yearly, known on the day of the file's last update.

    Raises `DataError` for another country than Russia and for a file that holds fewer rows than it announces.
    """
    name = content.name
    found = parse(content)
    if found.rows != found.stated:
        rule = f"holds {found.rows} of {found.stated} rows"
        raise refusal(name, rule, "The file may be cut off, or is one page of several: ask with per_page=1000.")
    if found.country not in ("RUS", "RU"):
        raise DataError([Problem(name, None, "countryiso3code", found.country, "is not Russia (RUS)", "Ask for RUS.")])
    indicator, unit = INDICATORS.get(found.indicator, ("", ""))
    if not indicator:
        context.need("indicator", "unit")
    used = [row["unit"] for row in context.existing("economy/macro") if row["indicator"] == indicator]
    unit = used[0] if used else unit
    since = context.options.get("since", "2021")
    rows = [
        (
            1,
            {
                "date": found.updated,
                "date_precision": "day",
                "known_on": found.updated,
                "known_on_basis": "vintage",
                "indicator": indicator,
                "period": "year",
                "period_end": f"{year}-12-31",
                "value": value,
                "unit": unit,
                "is_forecast": "false",
                "forecaster": "world-bank",
                "bound": "point",
                "source_id": SOURCE["source_id"],
                "derived": "false",
            },
        )
        for year, value in sorted(found.values.items())
        if year >= since
    ]
    if not rows:
        raise refusal(name, f"holds no value since {since}", "Choose an earlier year with --set since=YEAR.")
    return {"economy/macro": rows}


ADAPTER = Adapter(
    name="worldbank",
    title="One indicator for Russia, JSON of the World Bank API v2",
    tables=("economy/macro",),
    recognises=lambda content: content.kind == "json" and b'"countryiso3code"' in content.raw[:3000],
    read=read,
    source=SOURCE,
    options=("since",),
)
