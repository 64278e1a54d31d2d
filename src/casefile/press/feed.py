"""The Atom feed: one entry for each change of a rating."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET  # writing only

from casefile.show.html import anchor, text
from casefile.verdicts.timeline import changes

if TYPE_CHECKING:
    from casefile.press.pages import Material

ATOM = "http://www.w3.org/2005/Atom"


def atom(material: Material, base: str = "") -> str:
    """The feed as XML, newest change first. Entry ids rest on claim and date, so that they never change.

    `base` is the address of the site with a slash at its end; without one, addresses are relative to the feed's own.
    """
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _add(feed, "title", "Changes of verdict")
    _add(feed, "subtitle", "Each change of a rating, at the month end when it was first seen")
    _add(feed, "id", "urn:casefile:verdicts")
    ET.SubElement(feed, f"{{{ATOM}}}link", rel="self", type="application/atom+xml", href=f"{base}feed.xml")
    ET.SubElement(feed, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=f"{base}verdicts.html")
    moved = changes(material.timeline)
    newest = max((row["as_of"] for row in material.timeline), default="2023-10-09")
    _add(feed, "updated", f"{newest}T00:00:00Z")
    author = ET.SubElement(feed, f"{{{ATOM}}}author")
    _add(author, "name", "casefile")
    for one in sorted(moved, key=lambda row: (row["as_of"], row["claim"]), reverse=True):
        claim = material.claims[one["claim"]]
        entry = ET.SubElement(feed, f"{{{ATOM}}}entry")
        _add(entry, "title", f"{claim.title}: {one['before']} → {one['after']}")
        _add(entry, "id", f"urn:casefile:{one['claim']}:{one['as_of']}")
        _add(entry, "updated", f"{one['as_of']}T00:00:00Z")
        ET.SubElement(entry, f"{{{ATOM}}}link", rel="alternate", type="text/html",
                      href=f"{base}{claim.pillar.value}.html#{anchor(claim.id)}")  # fmt: skip
        _add(entry, "summary", one["sentence"])
    ET.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def _add(parent: ET.Element, name: str, words: str) -> None:
    from html import unescape

    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = unescape(text(words))
