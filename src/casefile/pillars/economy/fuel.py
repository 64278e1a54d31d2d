"""Motor fuel in Russia: shortages and limits as reported, denials, export bans, and what came after."""

from __future__ import annotations

import pandas as pd

from casefile.evidence.library import Evidence
from casefile.model import ARTICLE_DATE, Finding
from casefile.pillars.economy.records import Record, Rows, known
from casefile.pillars.findings import finding, missing, states
from casefile.words import counted, day, number, percent, times

TABLE = "economy/fuel"
CLAIM = "economy-fuel"
ARTICLE = pd.Timestamp(ARTICLE_DATE)
SHORT = ("shortage_report", "rationing")


def fuel(
    ev: Evidence,
    *,
    lookback_days: int = 365,
    limits: str = "reported",
    products: str = "all",
) -> list[Finding]:
    """Whether shortages, limits on sales and export bans were on record, how recently, and what spoke against them.

    Reads dated reports. `lookback_days` is the span before the verdict that counts as the present; `limits` takes any
    reported limit on volumes (`reported`) or only caps on what a buyer may have (`capped`); `products` may leave out
    rows on diesel alone (`gasoline`). How fresh the newest report is, is counted in months to the record's newest entry
    of any kind: a record that has ended shows no calm.
    """
    table = Rows(ev.picked(TABLE))
    events = table.where(lambda one: products == "all" or one.product not in ("diesel", "summer diesel"))
    start = ev.day - pd.Timedelta(days=lookback_days)
    recent = [one for one in events if one.date > start]
    span = f"In the {counted(lookback_days / 30.44, 'month')} to {day(ev.as_of)}"
    return [
        _shortages(table, recent, events, span),
        _limits(table, recent, events, limits, span),
        _bans(table, recent, events, span),
        _recency(table, events),
        _denied(table, recent, span),
        _prices(table, recent),
        _relief(table, events),
        _later(table, events),
        _capacity(table, recent, events),
    ]


def _empty(name: str, label: str, unit: str, events: list[Record]) -> Finding:
    why = "No report of this kind was known." if events else "No report on fuel in Russia was known on this day."
    return missing(CLAIM, name, label, unit, fuel, why)


def _shortages(table: Rows, recent: list[Record], events: list[Record], span: str) -> Finding:
    name, label = "shortage_sources", "Sources that report a shortage or limits on sales"
    if not events:
        return _empty(name, label, "sources", events)
    rows = [one for one in recent if one.kind in SHORT]
    count = len({one.source_id for one in rows})
    text = f"{span} {counted(count, 'source')} in this record reported scarce fuel or limits on sales in Russia."
    if not rows:
        text = f"{span} no source in this record reported scarce fuel in Russia."
    return finding(
        CLAIM, name, label, float(count), "sources", text, fuel, table.of(rows or events[-1]),
        caveat="The record is a selection of reports, so that it can miss shortages but hardly invent them.",
    )  # fmt: skip


def _limits(table: Rows, recent: list[Record], events: list[Record], limits: str, span: str) -> Finding:
    name, label = "limits", "Reports of limits on what buyers get"
    if not events:
        return _empty(name, label, "reports", events)
    rows = [one for one in recent if one.limits_sales is True and (limits != "capped" or one.kind == "rationing")]
    if not rows:
        text = f"{span} no report in this record told of limits on the volumes that buyers could get."
        return finding(CLAIM, name, label, 0.0, "reports", text, fuel, table.of(events[-1]))
    text = f"{span} {counted(len(rows), 'report')} told of limits on the volumes that buyers could get"
    caps = [one.value for one in rows if one.kind == "rationing" and known(one.value)]
    text += f", down to {number(min(caps))} litres a purchase or person." if caps else "."
    return finding(CLAIM, name, label, float(len(rows)), "reports", text, fuel, table.of(rows))


def _bans(table: Rows, recent: list[Record], events: list[Record], span: str) -> Finding:
    name, label = "export_ban", "The government banned fuel exports"
    if not events:
        return _empty(name, label, "", events)
    rows = [one for one in recent if one.kind == "export_ban"]
    text = f"{span} no new or prolonged export ban is on record."
    if rows:
        often = times(len(rows)) + (", on" if len(rows) == 1 else ", first on")
        text = (
            f"{span} the government imposed or prolonged an export ban on motor fuel {often} {day(rows[0].date)}, "
            "to keep fuel at home."
        )
    return finding(CLAIM, name, label, bool(rows), "", text, fuel, table.of(rows or events[-1]))


def _recency(table: Rows, events: list[Record]) -> Finding:
    """Months from the newest report of a shortage to the record's end: a record that has ended shows no calm."""
    name, label = "recency", "Time from the newest report of a shortage or limits to the end of the record"
    rows = [one for one in events if one.kind in SHORT][-1:]
    if not rows:
        return _empty(name, label, "months", events)
    end = max(events, key=lambda one: one.date)
    days = (end.date - rows[0].date).days
    said = counted(days / 30.44, "month") if days > 60 else counted(days, "day")
    text = (
        f"The newest report of scarce fuel or limits in this record is of {day(rows[0].date)}, {said} before the "
        f"record's newest entry of any kind ({day(end.date)})."
        if days
        else f"The newest entry of this record, of {day(end.date)}, reports scarce fuel or limits."
    )
    return finding(CLAIM, name, label, days / 30.44, "months", text, fuel, table.of(rows, end))


def _denied(table: Rows, recent: list[Record], span: str) -> Finding:
    name, label = "denied", "Officials denied a shortage"
    rows = [one for one in recent if one.kind == "official_denial"]
    if not rows:
        return missing(
            CLAIM, name, label, "", fuel, f"{span} no official denial is in this record, which proves nothing."
        )
    text = f"{span} officials denied that there was a shortage while they weighed limits on exports."
    return finding(CLAIM, name, label, True, "", text, fuel, table.of(rows))


@states("price_rise")
def _prices(table: Rows, recent: list[Record]) -> Finding:
    name, label = "price_rise", "Rise of an exchange price before its peak"
    prices: dict[str, list[Record]] = {}
    for one in recent:
        if one.kind == "wholesale_price":
            prices.setdefault(one.product, []).append(one)
    rises = []
    for rows in prices.values():
        peak = max(rows, key=lambda one: one.value)
        before = [one for one in rows if one.date < peak.date]
        if before:
            low = min(before, key=lambda one: one.value)
            rises.append((100 * (peak.value / low.value - 1), low, peak))
    if not rises:
        return missing(CLAIM, name, label, "percent", fuel, "No product had two exchange prices within the span.")
    rise, low, peak = max(rises, key=lambda one: one[0])
    text = (
        f"On the exchange the price of {peak.product} rose {percent(rise)} between {day(low.date)} and "
        f"{day(peak.date)}."
    )
    return finding(CLAIM, name, label, rise, "percent", text, fuel, table.of(low, peak))


@states("relief")
def _relief(table: Rows, events: list[Record]) -> Finding:
    name, label = "relief", "Days from the ban of September 2023 to its newest easing of that year"
    bans = [one for one in events if one.kind == "export_ban" and one.date <= ARTICLE]
    lifted = [one for one in events if one.kind == "export_ban_lifted" and one.date < ARTICLE + pd.Timedelta(days=120)]
    if not bans or not lifted:
        return missing(CLAIM, name, label, "days", fuel, "No easing of the ban of September 2023 was known yet.")
    start, end = bans[-1].date, lifted[-1].date
    days = (end - start).days
    if end <= ARTICLE:
        text = (
            f"The ban of {day(start)} was eased after {counted(days, 'day')}, when part of the diesel was "
            "freed; petrol stayed banned."
        )
    else:
        text = (
            f"By {day(end)}, {counted(days, 'day')} after the ban of {day(start)}, {lifted[-1].product} could "
            "be exported again: that shortage was short."
        )
    return finding(CLAIM, name, label, float(days), "days", text, fuel, table.of(bans[-1], lifted))


@states("later_limits")
def _later(table: Rows, events: list[Record]) -> Finding:
    name, label = "later_limits", "Reports of shortages or limits after the article"
    after = [one for one in events if one.date > ARTICLE]
    if not after:
        return missing(CLAIM, name, label, "reports", fuel, "What came after the article was not yet known.")
    rows = [one for one in after if one.kind in SHORT]
    bans = [one for one in after if one.kind == "export_ban"]
    text = (
        f"After the article {counted(len(rows), 'report') if rows else 'no report'} of shortages or limits and "
        f"{counted(len(bans), 'new or prolonged export ban') if bans else 'no new export ban'} are on record"
    )
    text += f", the reports from {day(rows[0].date)} to {day(rows[-1].date)}." if rows else "."
    return finding(CLAIM, name, label, float(len(rows)), "reports", text, fuel, table.of(rows, bans))


@states("capacity_out")
def _capacity(table: Rows, recent: list[Record], events: list[Record]) -> Finding:
    name, label = "capacity_out", "Largest reported share of refining capacity out of work"
    rows = [one for one in recent if one.kind == "refinery_strike" and one.unit.startswith("percent")]
    if not rows:
        return _empty(name, label, "percent", events)
    worst = max(rows, key=lambda one: one.value)
    text = (
        f"By {day(worst.date)} reports put {percent(worst.value)} of Russian refining capacity out of work, most of "
        "it blamed on "
        "drones: another cause than in 2023, when subsidy cuts, maintenance and the weak ruble were named."
    )
    return finding(CLAIM, name, label, worst.value, "percent", text, fuel, table.of(worst))
