"""Roll calls as the unitedstates/congress scrapers write them: one `data.json` a vote, of either chamber."""

from __future__ import annotations

from typing import Any

from casefile.evidence.adapters import Adapter, Context, Rows, rollcall
from casefile.evidence.intake.content import Content, decoded, refusal
from casefile.evidence.safe_json import parse_json

SOURCE = {
    "source_id": "unitedstates-congress-json",
    "publisher": "unitedstates/congress (from the House Clerk and the Senate LIS)",
    "title": "Roll calls as data.json",
    "url": "https://github.com/unitedstates/congress",
    "kind": "dataset",
    "license": "CC0-1.0",
    "note": "Each file names the official address that it was made from",
}
_BILLS = {
    "hr": "H.R.",
    "s": "S.",
    "hres": "H.Res.",
    "sres": "S.Res.",
    "hjres": "H.J.Res.",
    "sjres": "S.J.Res.",
    "hconres": "H.Con.Res.",
    "sconres": "S.Con.Res.",
}


def parse(content: Content) -> rollcall.Vote:
    """One roll call. Raises `DataError` when it is none or lacks what every roll call has."""
    name = content.name
    value = parse_json(decoded(content), name)
    try:
        chamber = {"h": "house", "s": "senate"}[value["chamber"]]
        members, vice_president = _members(value["votes"], name)
        amendment, sponsor = _amendment(value.get("amendment") or {}, members)
        bill = value.get("bill") or {}
        return rollcall.Vote(
            chamber=chamber,
            congress=int(value["congress"]),
            year=int(str(value["session"])[:4]) if len(str(value["session"])) == 4 else int(value["date"][:4]),
            number=int(value["number"]),
            date=value["date"][:10],
            bill=f"{_BILLS.get(str(bill.get('type', '')), str(bill.get('type', '')))} {bill['number']}"
            if "number" in bill
            else "",
            amendment=amendment,
            sponsor=sponsor,
            question=f"{value.get('type', '')} {value.get('question', '')}",
            result=value["result"],
            majority=value.get("requires", ""),
            url=value.get("source_url", ""),
            members=members,
            vice_president=vice_president,
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        rule = f"lacks what a roll call has ({type(error).__name__}: {error})"
        raise refusal(name, rule, "Take the file from the data set again.") from None


def _members(votes: Any, name: str) -> tuple[list[rollcall.Member], str]:
    found: list[rollcall.Member] = []
    vice_president = ""
    for word, people in votes.items():
        vote = rollcall.cast(word, name, 1)
        for one in people:
            if one == "VP":
                vice_president = vote
                continue
            shown = one.get("display_name") or one.get("last_name") or ""
            member = rollcall.Member(
                str(one["id"] or ""),
                shown,
                rollcall.party(one["party"]),
                one["state"],
                vote,
                1,
                one.get("last_name", ""),
            )
            found.append(member)
    return found, vice_president


def _amendment(value: dict[str, Any], members: list[rollcall.Member]) -> tuple[str, str]:
    if not value:
        return "", ""
    if value.get("author"):
        amendment, sponsor = rollcall.author(value["author"], members)
        return amendment or f"Amendment No. {value.get('number', '')}", sponsor
    return f"{'S.' if value.get('type') == 's' else 'H.'}Amdt. {value.get('number', '')}", ""


def read(content: Content, context: Context) -> Rows:
    """The roll call's row and its members' rows."""
    return rollcall.rows(parse(content), context, SOURCE["source_id"], content.name)


def _recognises(content: Content) -> bool:
    return (
        content.kind == "json"
        and b'"vote_id"' in content.raw
        and b'"votes"' in content.raw
        and b'"rollcall_number"' not in content.raw
    )


ADAPTER = Adapter(
    name="congress-json",
    title="House or Senate roll call, data.json of unitedstates/congress",
    tables=rollcall.TABLES,
    recognises=_recognises,
    read=read,
    source=SOURCE,
    needs=rollcall.NEEDS,
    options=rollcall.OPTIONS,
    loose=rollcall.LOOSE,
)
