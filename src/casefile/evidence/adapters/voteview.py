"""Voteview CSV: roll calls and members, in the layout of January 2017 and in today's.

Today's `HSall_rollcalls.csv` (and `H118_rollcalls.csv` …) has yea_count, nay_count, session and clerk_rollnumber;
the layout of 2017 has yea, nay and description and counts roll calls through the whole Congress. Party splits stand
in neither, so that a row from here has totals only.
"""

from __future__ import annotations

from collections.abc import Mapping

from casefile.errors import UsageError
from casefile.evidence.adapters import Adapter, Context, Rows, rollcall
from casefile.evidence.intake.content import Content, refusal
from casefile.evidence.intake.sheet import Sheet, read_csv

SOURCE = {
    "source_id": "voteview",
    "publisher": "Voteview, UCLA",
    "title": "Congressional roll-call votes database",
    "url": "https://voteview.com/data",
    "kind": "dataset",
    "license": "free use with citation",
    "note": "Totals of yeas and nays; no party splits",
}
_NOW = {"congress", "chamber", "rollnumber", "date", "yea_count", "nay_count"}
_THEN = {"congress", "chamber", "rollnumber", "date", "yea", "nay", "description"}


def sheet(content: Content) -> Sheet:
    """The file's rows. Raises `DataError` when it is no Voteview file of roll calls or members."""
    found = read_csv(content)
    found.refuse_if_broken()
    if not (set(found.columns) >= _NOW or set(found.columns) >= _THEN or {"icpsr", "bioname"} <= set(found.columns)):
        raise refusal(content.name, "is no Voteview file of roll calls or members", "See voteview.com/data.", 1)
    return found


def members(content: Content) -> list[dict[str, str]]:
    """Members as {icpsr, name, congress, chamber, state, party_code, dim1, dim2, bioguide_id}, text as in the file."""
    return [
        {
            "icpsr": row["icpsr"],
            "name": row["bioname"],
            "congress": row.get("congress", ""),
            "chamber": row.get("chamber", "").lower(),
            "state": row.get("state_abbrev", ""),
            "party_code": row.get("party_code", ""),
            "dim1": row.get("nominate_dim1", row.get("dim1", "")),
            "dim2": row.get("nominate_dim2", row.get("dim2", "")),
            "geo_mean_probability": row.get("nominate_geo_mean_probability", row.get("geo_mean_probability", "")),
            "bioguide_id": row.get("bioguide_id", ""),
        }
        for _, row in sheet(content).rows
        if "bioname" in row
    ]


def rollcalls(content: Content) -> list[dict[str, str]]:
    """Roll calls as {congress, chamber, rollnumber, number, date, yea, nay, bill, result, question, description}.

    `number` is the chamber's own number within the session, "" where the layout has none.
    """
    return [_rollcall(row) for _, row in sheet(content).rows if "rollnumber" in row]


def _rollcall(row: Mapping[str, str]) -> dict[str, str]:
    return {
        "congress": row["congress"],
        "chamber": row["chamber"].lower(),
        "rollnumber": row["rollnumber"],
        "number": _whole(row.get("clerk_rollnumber", "")),
        "date": row["date"],
        "yea": _whole(row.get("yea_count", row.get("yea", ""))),
        "nay": _whole(row.get("nay_count", row.get("nay", ""))),
        "bill": rollcall.bill(row.get("bill_number", "")),
        "result": row.get("vote_result", ""),
        "question": row.get("vote_question", ""),
        "description": row.get("vote_desc", "") or row.get("description", ""),
    }


def _whole(text: str) -> str:
    return text[:-2] if text.endswith(".0") else text


def read(content: Content, context: Context) -> Rows:
    """The row of the one roll call that `--set congress= chamber= rollcall_number=` names."""
    if not any("rollnumber" in row for _, row in sheet(content).rows[:1]):
        raise refusal(
            content.name,
            "is a file of members, which no table takes",
            "Give Voteview's file of roll calls (…_rollcalls.csv).",
        )
    found = rollcalls(content)
    if len(found) > 1:
        context.need("congress", "chamber", "rollcall_number")
    wanted = context.options
    chosen = [
        one
        for one in found
        if wanted.get("congress", one["congress"]) == one["congress"]
        and wanted.get("chamber", one["chamber"]) == one["chamber"]
        and (not wanted.get("session") or str(2 - int(one["date"][:4]) % 2) == wanted["session"])
        and wanted.get("rollcall_number", one["number"] or one["rollnumber"]) == (one["number"] or one["rollnumber"])
    ]
    if len(chosen) != 1:
        raise UsageError(
            f"{len(chosen)} roll calls of the file fit. Name one with --set congress=… --set chamber=house|senate "
            "--set session=1|2 --set rollcall_number=…"
        )
    one = chosen[0]
    year = int(one["date"][:4]) if one["date"][:4].isdigit() else 0
    number = one["number"] or one["rollnumber"]
    row = {
        "vote_id": f"{one['chamber'][:1]}{number}-{one['congress']}.{year}",
        "congress": one["congress"],
        "session": str(2 - year % 2),
        "chamber": one["chamber"],
        "rollcall_number": number,
        "date": one["date"],
        "known_on": one["date"],
        "known_on_basis": "same-day",
        "bill": one["bill"],
        "question": rollcall.category(one["question"] or one["description"]),
        "result": one["result"] or ("Passed" if int(one["yea"] or 0) > int(one["nay"] or 0) else "Failed"),
        "yea": one["yea"],
        "nay": one["nay"],
        "source_id": SOURCE["source_id"],
        "note": "Totals from Voteview; no party splits",
    }
    return {context.table: [(1, row)]}


def _recognises(content: Content) -> bool:
    head = content.raw[:1000].decode("utf-8", "replace").splitlines()
    columns = {one.strip('"') for one in head[0].split(",")} if head else set()
    return content.kind == "csv" and (columns >= _NOW or columns >= _THEN or columns >= {"icpsr", "bioname"})


ADAPTER = Adapter(
    name="voteview",
    title="Roll-call totals, CSV of Voteview",
    tables=rollcall.TABLES,
    recognises=_recognises,
    read=read,
    source=SOURCE,
    needs=rollcall.NEEDS,
    loose=rollcall.LOOSE,
)
