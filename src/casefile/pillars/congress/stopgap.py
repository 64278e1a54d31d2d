"""The stopgap of 30 September 2023: what it left out, what ran on, and what Congress voted later."""

from __future__ import annotations

import numpy as np
import pandas as pd

from casefile.evidence.library import Evidence
from casefile.model import Finding
from casefile.pillars.congress.rows import Rows, finding, moment
from casefile.pillars.congress.votes import ROLLCALLS, STOPGAP_DAY, tally
from casefile.pillars.findings import missing, states
from casefile.words import counted, day, listed, number, percent, spelled

MONEY = "congress/appropriations"
CLAIM = "congress-stopgap"
DAY = pd.Timestamp(STOPGAP_DAY)


def stopgap(
    ev: Evidence,
    *,
    measure: str = "request",
    within_days: int = 0,
    reckoned_by: str = "bill or press",
    regular_acts: bool = True,
) -> list[Finding]:
    """What the stopgap of 30 September 2023 held for Ukraine, beside what had been asked and what came later.

    Reads the acts, bills and requests in billion US dollars. `measure` is what the omission is compared with: the
    administration's `request`, its `military` part or the Senate's `draft`. `within_days` limits how long after the
    stopgap later acts count (0: until the day of the verdict); `reckoned_by` picks between two reckonings of one act;
    `regular_acts=False` leaves out later acts below one billion, which only carry the regular yearly line.
    """
    money = Rows(ev.picked(MONEY))
    bill = money.where((money["date"] == moment(DAY)) & (money["row_type"] == "act"))
    asked, sought = _asked(money, measure)
    return [
        _kept_out(bill, _stopgap_votes(ev)),
        _left_out(bill, asked, sought),
        _regular_line(money, asked, sought),
        _later(ev, money, bill, asked, sought, within_days, reckoned_by, regular_acts),
        _last_year(ev, money, bill, asked, sought, reckoned_by, regular_acts),
        _passed(ev),
        _draft_advanced(ev),
    ]


def _asked(money: Rows, measure: str) -> tuple[Rows, float]:
    """The row with what had been asked for before the stopgap, and the sum in billions."""
    kind, status = ("bill", "failed") if measure == "draft" else ("request", "excluded")
    rows = money.where(
        (money["date"] <= moment(DAY))
        & (money["date"] > moment(DAY - pd.Timedelta(days=90)))
        & (money["row_type"] == kind)
        & (money["status"] == status)
    ).last()
    column = "military_usd_bn" if measure == "military" else "amount_usd_bn"
    return rows, float(rows.one()[column]) if len(rows) else float("nan")


def _kept_out(bill: Rows, votes: Rows) -> Finding:
    name, label = "kept_out", "No new Ukraine money in the stopgap"
    if not len(bill):
        return missing(CLAIM, name, label, "", stopgap, "The stopgap had not been reported by then.")
    amount = float(bill.one()["amount_usd_bn"])
    if amount == 0:
        text = f"The stopgap law of {day(DAY)} held no new money for Ukraine."
    else:
        text = f"The stopgap law of {day(DAY)} held ${number(amount, 1)}bn of new money for Ukraine."
    return finding(CLAIM, name, label, amount == 0, "", text, stopgap, [bill, votes])


def _left_out(bill: Rows, asked: Rows, sought: float) -> Finding:
    name, label = "left_out", "Share of the sum asked for that the stopgap left out"
    if not len(bill) or not len(asked) or not sought > 0:
        return missing(
            CLAIM, name, label, "percent", stopgap,
            "What had been asked for, or what the stopgap held, was not yet on record.",
        )  # fmt: skip
    share = 100 * (sought - float(bill.one()["amount_usd_bn"])) / sought
    text = f"Of about ${number(sought, 1 if sought < 20 else 0)}bn asked for, the stopgap left out {percent(share)}."
    return finding(CLAIM, name, label, share, "percent", text, stopgap, [bill, asked])


def _regular_line(money: Rows, asked: Rows, sought: float) -> Finding:
    name, label = "regular_line", "Regular yearly line that ran on, as a share of the sum asked for"
    line = money.where(money["row_type"] == "continuation").last()
    if not len(line) or not len(asked) or not sought > 0:
        return missing(
            CLAIM, name, label, "percent", stopgap,
            "No source known on this day says what became of the regular yearly line for Ukraine under the stopgap.",
        )  # fmt: skip
    amount = float(line.one()["amount_usd_bn"])
    share = 100 * amount / sought
    text = (
        f"Not all Ukraine money stopped: the regular security-assistance line of ${number(1000 * amount)}m a year ran "
        f"on, about {percent(share)} of what had been asked for."
    )
    return finding(CLAIM, name, label, share, "percent", text, stopgap, [line, asked])


def acts(money: Rows, reckoned_by: str = "bill or press") -> Rows:
    """Enacted laws with new Ukraine money, one row each, oldest first; `reckoned_by` decides between two reckonings."""
    rows = money.where(
        (money["row_type"] == "act") & (money["status"] == "enacted") & (np.nan_to_num(money["amount_usd_bn"]) > 0)
    )
    chosen: dict[tuple[object, str], int] = {}
    for place, (when, act, reckoning) in enumerate(zip(rows["date"], rows["act"], rows["reckoned_by"], strict=True)):
        if (when, act) not in chosen or reckoning == reckoned_by:
            chosen[when, act] = place
    found = rows.take(list(chosen.values()))
    return found.take(np.argsort(found["date"], kind="stable"))


def _later(
    ev: Evidence,
    money: Rows,
    bill: Rows,
    asked: Rows,
    sought: float,
    within_days: int,
    reckoned_by: str,
    regular_acts: bool,
) -> Finding:
    name, label = "voted_later", "New money enacted after the stopgap, as a share of the sum left out"
    if not len(bill) or not len(asked) or not sought > 0:
        return missing(CLAIM, name, label, "percent", stopgap, "The stopgap lay ahead, or what was asked was unknown.")
    end = min(ev.day, DAY + pd.Timedelta(days=within_days)) if within_days else ev.day
    laws = acts(money, reckoned_by)
    laws = laws.where((laws["date"] > moment(DAY)) & (laws["date"] <= moment(end)))
    if not regular_acts:
        laws = laws.where(laws["amount_usd_bn"] >= 1)
    total = float(laws["amount_usd_bn"].sum())
    if not len(laws):
        text = f"By {day(end)} no later law with new money for Ukraine was on record."
    else:
        largest = laws.one(int(np.argmax(laws["amount_usd_bn"])))
        when = (
            f"on {day(largest['date'])}" if len(laws) == 1 else f"by {day(end)}, most of it on {day(largest['date'])}"
        )
        text = (
            f"{counted(len(laws), 'later law')} brought ${number(total, 1)}bn {when}: "
            f"{percent(100 * total / sought)} of the sum that the stopgap left out."
        )
    return finding(
        CLAIM, name, label, 100 * total / sought, "percent", text, stopgap, [laws, asked], date=end,
        caveat="Two reckonings of single acts differ; the alternatives use the other one.",
    )  # fmt: skip


def _last_year(
    ev: Evidence, money: Rows, bill: Rows, asked: Rows, sought: float, reckoned_by: str, regular_acts: bool
) -> Finding:
    name, label = (
        "voted_last_year",
        "New money of the last twelve months since the stopgap, as a share of the sum left out",
    )
    if not len(bill) or not len(asked) or not sought > 0:
        return missing(CLAIM, name, label, "percent", stopgap, "The stopgap lay ahead, or what was asked was unknown.")
    laws = acts(money, reckoned_by)
    start = max(DAY, ev.day - pd.Timedelta(days=365))
    laws = laws.where((laws["date"] > moment(start)) & (laws["date"] <= moment(ev.day)))
    if not regular_acts:
        laws = laws.where(laws["amount_usd_bn"] >= 1)
    total = float(laws["amount_usd_bn"].sum())
    text = (
        f"In the twelve months to {day(ev.day)}, counted from the stopgap on, {spelled(len(laws))} "
        f"{'law' if len(laws) == 1 else 'laws'} brought "
        f"${number(total, 1)}bn of new money, {percent(100 * total / sought)} of the sum that the stopgap left out."
        if len(laws)
        else f"In the twelve months to {day(ev.day)}, counted from the stopgap on, no law with new money was on record."
    )
    return finding(
        CLAIM, name, label, 100 * total / sought, "percent", text, stopgap, [laws, asked], date=ev.day,
    )  # fmt: skip


@states("passed_by")
def _passed(ev: Evidence) -> Finding:
    name, label = "passed_by", "Support for the stopgap without Ukraine money in the House"
    rows = _stopgap_votes(ev)
    house = rows.where(rows["chamber"] == "house")
    if not len(house):
        return missing(CLAIM, name, label, "percent", stopgap, "The vote on the stopgap is not in the evidence.")
    one = house.one()
    results = listed([f"the {row['chamber'].title()} {tally(row)}" for row in rows])
    democrats = 100 * one["d_yea"] / (one["d_yea"] + one["d_nay"])
    text = (
        f"The stopgap passed {results}, with {percent(democrats)} of House Democrats in favour: "
        "a vote to keep the government open, which says little about Ukraine."
    )
    return finding(CLAIM, name, label, 100 * one["yea"] / (one["yea"] + one["nay"]), "percent", text, stopgap, rows)


def _stopgap_votes(ev: Evidence) -> Rows:
    votes = Rows(ev.picked(ROLLCALLS))
    return votes.where((votes["scope"] == "cr_without_ukraine") & (votes["date"] == moment(DAY)))


@states("senate_draft")
def _draft_advanced(ev: Evidence) -> Finding:
    name, label = "senate_draft", "Senators for moving to their own stopgap with Ukraine money"
    votes = Rows(ev.picked(ROLLCALLS))
    rows = votes.where(
        (votes["chamber"] == "senate")
        & (votes["scope"] == "vehicle")
        & (votes["date"] < moment(DAY))
        & (votes["date"] > moment(DAY - pd.Timedelta(days=14)))
    )
    if not len(rows):
        return missing(CLAIM, name, label, "percent", stopgap, "No such Senate vote was known on this day.")
    one = rows.one(int(np.argmax(rows["date"])))
    share = 100 * one["yea"] / (one["yea"] + one["nay"])
    text = (
        f"Two days before the stopgap the Senate had moved {tally(one)} to its own draft, which held money for "
        "Ukraine: a wide majority was ready to include it."
        if (DAY - one["date"]).days == 2
        else f"The Senate had voted {tally(one)} on {day(one['date'])} to move to its own draft with money for Ukraine."
    )
    return finding(CLAIM, name, label, share, "percent", text, stopgap, rows)
