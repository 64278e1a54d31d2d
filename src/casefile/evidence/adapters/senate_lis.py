"""Roll calls of the Senate: the XML of the LIS (www.senate.gov/legislative/LIS/roll_call_votes/…)."""

from __future__ import annotations

import re
from datetime import datetime
from xml.etree.ElementTree import Element

from casefile.evidence.adapters import Adapter, Context, Rows, rollcall
from casefile.evidence.intake.content import Content, refusal
from casefile.evidence.safe_xml import parse_xml, text_of

SOURCE = {
    "source_id": "senate-lis",
    "publisher": "Secretary of the US Senate",
    "title": "Legislative Information System, roll calls in XML",
    "url": "https://www.senate.gov/legislative/votes_new.htm",
    "kind": "primary",
    "license": "US government work",
    "note": "One file a roll call: roll_call_votes/voteCCCS/vote_CCC_S_NNNNN.xml",
}


def parse(content: Content) -> rollcall.Vote:
    """One roll call. Raises `DataError` when it is none or lacks what every roll call has."""
    name = content.name
    root = parse_xml(content.raw, name)
    if root.tag != "roll_call_vote":
        raise refusal(name, "is no roll call of the Senate", "Take the file from www.senate.gov.")
    try:
        month, year = text_of(root, "vote_date").split(",")[:2]
        day = datetime.strptime(f"{month.strip()} {year.strip()}", "%B %d %Y").date()
        congress, session, number = (int(text_of(root, tag)) for tag in ("congress", "session", "vote_number"))
    except ValueError as error:
        raise refusal(name, f"lacks a readable date, Congress or number ({error})", "Download it again.") from None
    amendment = text_of(root, "amendment/amendment_number")
    return rollcall.Vote(
        chamber="senate",
        congress=congress,
        year=day.year,
        number=number,
        date=day.isoformat(),
        bill=rollcall.bill(
            text_of(root, "document/document_name") or text_of(root, "amendment/amendment_to_document_number")
        ),
        amendment=amendment,
        sponsor="",
        question=text_of(root, "question") or text_of(root, "vote_question_text"),
        result=text_of(root, "vote_result"),
        majority=text_of(root, "majority_requirement"),
        url=(
            "https://www.senate.gov/legislative/LIS/roll_call_votes/"
            f"vote{congress}{session}/vote_{congress}_{session}_{number:05d}.xml"
        ),
        tie_breaker=rollcall.cast(tie, name, 1) if (tie := text_of(root, "tie_breaker/tie_breaker_vote")) else "",
        members=[_member(one, name) for one in root.iterfind("members/member")],
        stated=_counts(root, name),
    )


def _counts(root: Element, name: str) -> dict[str, int]:
    """The stated totals; an empty element is none."""
    tags = {"yea": "yeas", "nay": "nays", "present": "present", "not_voting": "absent"}
    found = {kind: text_of(root, f"count/{tag}") or "0" for kind, tag in tags.items()}
    for kind, text in found.items():
        if not re.fullmatch(r"\d{1,3}", text, re.ASCII):
            raise refusal(name, f"states no readable total of {tags[kind]}", "Download it again.", None, text)
    return {kind: int(text) for kind, text in found.items()}


def _member(one: Element, name: str) -> rollcall.Member:
    return rollcall.Member(
        id=text_of(one, "lis_member_id"),
        name=text_of(one, "member_full") or text_of(one, "last_name"),
        party=rollcall.party(text_of(one, "party")),
        state=text_of(one, "state"),
        vote=rollcall.cast(text_of(one, "vote_cast"), name, 1),
        last_name=text_of(one, "last_name"),
    )


def read(content: Content, context: Context) -> Rows:
    """The roll call's row and its members' rows."""
    return rollcall.rows(parse(content), context, SOURCE["source_id"], content.name)


ADAPTER = Adapter(
    name="senate-lis",
    title="Senate roll call, XML of the LIS",
    tables=rollcall.TABLES,
    recognises=lambda content: content.kind == "xml" and b"<roll_call_vote" in content.raw[:2000],
    read=read,
    source=SOURCE,
    needs=rollcall.NEEDS,
    options=rollcall.OPTIONS,
    loose=rollcall.LOOSE,
)
