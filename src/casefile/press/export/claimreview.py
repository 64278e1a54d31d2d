"""ClaimReview (schema.org) for each claim, as JSON-LD: on the chapter pages and as one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casefile.evidence.canonical import canonical
from casefile.model import Claim, Pillar, Rating
from casefile.press.export.standing import Record
from casefile.show.html import anchor
from casefile.verdicts.counterweight import because

CONTEXT = "https://schema.org"

SCALE: Mapping[str, int] = {
    Rating.SUPPORTED.value: 5,
    Rating.MOSTLY_SUPPORTED.value: 4,
    Rating.MIXED.value: 3,
    Rating.MOSTLY_UNSUPPORTED.value: 2,
    Rating.CONTRADICTED.value: 1,
}
"""Rating word → number from 1 (worst) to 5 (best). `untestable` has no number: only the word is given."""


def claim_review(record: Record, claim: Claim, vantage: str = "now", base: str = "") -> dict[str, Any]:
    """One claim's review at one vantage, as JSON-LD. Addresses are relative to the site unless `base` is given."""
    verdict = record.verdicts(vantage)[claim.id]
    day = record.ledger["vantages"][vantage]
    address = f"{base}{claim.pillar.value}.html#{anchor(claim.id)}"
    article = record.article
    rating: dict[str, Any] = {"@type": "Rating", "alternateName": verdict["rating"], "bestRating": 5, "worstRating": 1}
    if verdict["rating"] in SCALE:
        rating["ratingValue"] = SCALE[verdict["rating"]]
    return {
        "@type": "ClaimReview",
        "@id": f"{address}" if vantage == "now" else f"{address}-{vantage}",
        "url": address,
        "name": claim.title,
        "claimReviewed": claim.statement,
        "inLanguage": "en",
        "datePublished": record.as_of,
        "reviewAspect": f"Judged on the evidence known by {day}",
        "reviewBody": because(verdict),
        "author": {"@type": "Organization", "name": record.citation["authors"][0]["name"]},
        "itemReviewed": {
            "@type": "Claim",
            "author": [{"@type": "Person", "name": one} for one in article["authors"]],
            "datePublished": str(article["date"]),
            "appearance": {
                "@type": "Article",
                "headline": article["title"],
                "url": article["address"],
                "datePublished": str(article["date"]),
                "publisher": {"@type": "Organization", "name": article["outlet"]},
            },
        },
        "reviewRating": rating,
    }


def page_graph(record: Record, pillar: Pillar) -> dict[str, Any]:
    """The reviews that one chapter page carries: its claims at the newest vantage."""
    own = [claim for claim in record.claims.values() if claim.pillar is pillar]
    return {"@context": CONTEXT, "@graph": [claim_review(record, claim) for claim in own]}


def claim_reviews(record: Record, base: str = "") -> str:
    """All claims at both vantages as one JSON-LD document in canonical form."""
    graph = [
        claim_review(record, claim, vantage, base)
        for claim in record.claims.values()
        for vantage in record.ledger["vantages"]
    ]
    return canonical({"@context": CONTEXT, "@graph": graph})
