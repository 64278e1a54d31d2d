"""Official rates of the Bank of Russia: XML_daily.asp (one day) and XML_dynamic.asp (one currency, many days).

The files are in windows-1251 with decimal commas, and a value is for `Nominal` units of the currency.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from casefile.errors import DataError, Problem
from casefile.evidence.adapters import Adapter, Context, Rows
from casefile.evidence.intake.content import Content, refusal
from casefile.evidence.safe_xml import parse_xml, text_of

SOURCE = {
    "source_id": "cbr-official-rates",
    "publisher": "Bank of Russia",
    "title": "Official exchange rates in XML",
    "url": "https://www.cbr.ru/development/SXML/",
    "kind": "primary",
    "license": "free use with reference to the source",
    "note": "XML_daily.asp and XML_dynamic.asp; a rate holds for the day that the file names",
}
CODES = {
    "R01235": "USD",
    "R01239": "EUR",
    "R01375": "CNY",
    "R01335": "KZT",
    "R01035": "GBP",
    "R01820": "JPY",
    "R01775": "CHF",
    "R01700J": "TRY",
    "R01270": "INR",
    "R01090B": "BYN",
    "R01717": "UZS",
    "R01010": "AUD",
    "R01350": "CAD",
    "R01230": "AED",
    "R01200": "HKD",
    "R01060": "AMD",
    "R01020A": "AZN",
    "R01210": "GEL",
}
AMOUNT = re.compile(r"\d{1,9}(?:[.,]\d{1,10})?", re.ASCII)
UNITS = re.compile(r"[1-9]\d{0,6}", re.ASCII)
PAIRS = ("USD/RUB", "EUR/RUB", "CNY/RUB")


@dataclass(frozen=True)
class Rate:
    """Rubles for one unit of a currency on a day."""

    currency: str
    date: str
    value: Decimal
    nominal: int
    line: int


def rates(content: Content) -> list[Rate]:
    """All rates of a daily or a dynamic file, per single unit of the currency.

    Raises `DataError` when the file is neither, is empty, or holds a value, nominal or date that cannot be read.
    """
    name = content.name
    root = parse_xml(content.raw, name)
    if root.tag != "ValCurs":
        raise refusal(
            name, "is no file of rates of the Bank of Russia", "Take it from XML_daily.asp or XML_dynamic.asp."
        )
    found: list[Rate] = []
    wrong: list[Problem] = []
    daily = root.findall("Valute")
    for place, one in enumerate(daily or root.findall("Record"), start=1):
        code = text_of(one, "CharCode") if daily else CODES.get(one.get("Id", root.get("ID", "")), one.get("Id", ""))
        day, nominal, value = (root if daily else one).get("Date", ""), text_of(one, "Nominal"), text_of(one, "Value")
        try:
            date = datetime.strptime(day, "%d.%m.%Y").date().isoformat()
            if not AMOUNT.fullmatch(value) or not UNITS.fullmatch(nominal):
                raise ValueError
            units, amount = int(nominal), Decimal(value.replace(",", "."))
            if amount == 0:
                raise ValueError
            found.append(Rate(code, date, amount / units, units, place))
        except ValueError:
            shown = f"{code} {day} {nominal} {value}"
            wrong.append(Problem(name, place, "Value", shown, "is no readable rate", "Download the file again."))
    if wrong:
        raise DataError(wrong)
    if not found:
        raise refusal(name, "holds no rates", "Ask for a day or a period with rates.")
    return found


def read(content: Content, context: Context) -> Rows:
    """Rows of `economy/ruble`: dollar, euro and yuan of a daily file, the one currency of a dynamic file."""
    found = rates(content)
    several = len({one.currency for one in found}) > 1
    unit = next((row["unit"] for row in context.existing("economy/ruble")), "rubles per unit of currency")
    wanted = {context.options["pair"]} if "pair" in context.options else set(PAIRS)
    rows = [
        (
            one.line,
            {
                "date": one.date,
                "date_precision": "day",
                "known_on": one.date,
                "known_on_basis": "same-day",
                "pair": f"{one.currency}/RUB",
                "series": "cbr-official",
                "value": plain(one.value),
                "unit": unit,
                "source_id": SOURCE["source_id"],
                "derived": "false" if one.nominal == 1 else "true",
            },
        )
        for one in found
        if not several or f"{one.currency}/RUB" in wanted
    ]
    return {"economy/ruble": rows}


def plain(value: Decimal) -> str:
    """A decimal in plain digits, at most eight of them after the point."""
    text = format(value.quantize(Decimal("1e-8")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


ADAPTER = Adapter(
    name="cbr",
    title="Official rates of the Bank of Russia, XML_daily or XML_dynamic",
    tables=("economy/ruble",),
    recognises=lambda content: content.kind == "xml" and b"<ValCurs" in content.raw[:500],
    read=read,
    source=SOURCE,
    loose=frozenset({"derived"}),
)
