"""Roll calls of the House: the XML of the Clerk (clerk.house.gov/evs/YEAR/rollNNN.xml)."""

from __future__ import annotations

from datetime import datetime
from xml.etree.ElementTree import Element

from casefile.evidence.adapters import Adapter, Context, Rows, rollcall
from casefile.evidence.intake.content import Content, refusal
from casefile.evidence.safe_xml import parse_xml, text_of

SOURCE = {
    "source_id": "house-clerk-evs",
    "publisher": "Clerk of the US House of Representatives",
    "title": "Electronic voting system, roll calls in XML",
    "url": "https://clerk.house.gov/evs/",
    "kind": "primary",
    "license": "US government work",
    "note": "One file a roll call: evs/YEAR/rollNNN.xml",
}


def parse(content: Content) -> rollcall.Vote:
    """One roll call. Raises `DataError` when it is none or lacks what every roll call has."""
    name = content.name
    root = parse_xml(content.raw, name)
    head = root.find("vote-metadata")
    if root.tag != "rollcall-vote" or head is None:
        raise refusal(name, "is no roll call of the Clerk", "Take the file from clerk.house.gov/evs.")
    try:
        day = datetime.strptime(text_of(head, "action-date"), "%d-%b-%Y").date()
        congress, number = int(text_of(head, "congress")), int(text_of(head, "rollcall-num"))
    except ValueError as error:
        raise refusal(name, f"lacks a readable date, Congress or number ({error})", "Download it again.") from None
    members = [_member(one, name) for one in root.iterfind("vote-data/recorded-vote")]
    amendment, sponsor = rollcall.author(text_of(head, "amendment-author"), members)
    if text_of(head, "amendment-num") and not amendment:
        amendment = f"Amendment No. {text_of(head, 'amendment-num')}"
    totals = head.find("vote-totals/totals-by-vote")
    kind = text_of(head, "vote-type")
    return rollcall.Vote(
        chamber="house",
        congress=congress,
        year=day.year,
        number=number,
        date=day.isoformat(),
        bill=rollcall.bill(text_of(head, "legis-num")),
        amendment=amendment,
        sponsor=sponsor,
        question=text_of(head, "vote-question"),
        result=text_of(head, "vote-result"),
        majority="2/3" if kind.startswith("2/3") else "3/5" if kind.startswith("3/5") else "1/2",
        url=f"https://clerk.house.gov/evs/{day.year}/roll{number:03d}.xml",
        members=members,
        stated={} if totals is None else _counts(totals, name),
        by_party={
            rollcall.party(text_of(one, "party")): _counts(one, name)
            for one in head.iterfind("vote-totals/totals-by-party")
        },
    )


def _counts(parent: Element, name: str) -> dict[str, int]:
    tags = {"yea": "yea-total", "nay": "nay-total", "present": "present-total", "not_voting": "not-voting-total"}
    try:
        return {kind: int(text_of(parent, tag)) for kind, tag in tags.items()}
    except ValueError:
        raise refusal(name, "lacks a readable total", "Votes by name, as for Speaker, do not fit.") from None


def _member(one: Element, name: str) -> rollcall.Member:
    who = one.find("legislator")
    if who is None:
        raise refusal(name, "has a vote without a legislator", "Download it again.")
    return rollcall.Member(
        id=who.get("name-id", ""),
        name=" ".join((who.text or "").split()),
        party=rollcall.party(who.get("party", "")),
        state=who.get("state", ""),
        vote=rollcall.cast(text_of(one, "vote"), name, 1),
    )


def read(content: Content, context: Context) -> Rows:
    """The roll call's row and its members' rows."""
    return rollcall.rows(parse(content), context, SOURCE["source_id"], content.name)


ADAPTER = Adapter(
    name="house-clerk",
    title="House roll call, XML of the Clerk",
    tables=rollcall.TABLES,
    recognises=lambda content: content.kind == "xml" and b"<rollcall-vote" in content.raw[:2000],
    read=read,
    source=SOURCE,
    needs=rollcall.NEEDS,
    options=rollcall.OPTIONS,
    loose=rollcall.LOOSE,
)
