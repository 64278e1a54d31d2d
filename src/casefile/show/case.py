"""One pillar's claims in a notebook: each call displays one piece, in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from casefile.errors import UsageError
from casefile.evidence.canonical import canonical
from casefile.evidence.library import Library
from casefile.model import Claim, Pillar, Verdict
from casefile.show import cards
from casefile.show.block import Block
from casefile.show.html import anchor, el, join, table
from casefile.show.values import chip, vantage_name
from casefile.verdicts.engine import Court, tested_sources
from casefile.verdicts.kept import KeptCourt
from casefile.verdicts.ledger import build_ledger, vantages
from casefile.words import counted, day, listed, spelled


class Case:
    """The claims of one pillar at 2023-10-09 and at `as_of`. Raises `UsageError` for a pillar, date or folder amiss."""

    def __init__(self, pillar: str, as_of: str = "latest", data_dir: str = "") -> None:
        if pillar not in [one.value for one in Pillar]:
            raise UsageError(f"There is no pillar {pillar!r}. Pillars: {', '.join(one.value for one in Pillar)}.")
        self.pillar = pillar
        self.library = Library(data_dir or None)
        self.court = KeptCourt(self.library)
        self.as_of = self.library.vantage(as_of)
        self.library.at(self.as_of)
        self.claims = self.court.of(pillar)

    def verdicts(self, claim_id: str) -> dict[str, Verdict]:
        """The verdicts on one claim by vantage."""
        return {name: self.court.verdict(claim_id, when) for name, when in vantages(self.as_of).items()}

    def short_answer(self) -> None:
        """What held then, what holds now, and a line per claim that leads to it."""
        lead = []
        for name, when in vantages(self.as_of).items():
            ratings = [self.court.verdict(claim.id, when).rating.value for claim in self.claims]
            lead.append(answer_line(ratings, name, when.isoformat()))
        Block(
            el(
                "section",
                el("p", " ".join(lead), class_="cf-lead"),
                scorecard_table(self.court, self.claims, vantages(self.as_of)),
                id="claims",
                class_="cf-short",
                aria_label="Short answer",
            )
        ).show()

    def claim(self, claim_id: str) -> None:
        """The claim in plain words with its short answer and what would refute it."""
        Block(cards.claim_card(self._claim(claim_id), self.verdicts(claim_id))).show()

    def evidence(self, claim_id: str) -> None:
        """The tables that bear on the claim and how much of each was known at each vantage."""
        claim = self._claim(claim_id)
        when = vantages(self.as_of)
        then = self.library.at(when["then"]) if "then" in when else None
        Block(cards.evidence_card(claim, self.library.at(self.as_of), then)).show()

    def findings(self, claim_id: str) -> None:
        """Each finding with value, sentence, method, rows and sources."""
        Block(cards.findings_card(self._claim(claim_id), self.verdicts(claim_id), self.library)).show()

    def charts(self, claim_id: str) -> None:
        """The charts made for the claim, drawn on the evidence of `as_of`."""
        from casefile.figures.registry import charts_for
        from casefile.show.charts import chart_block

        claim = self._claim(claim_id)
        verdict = self.court.verdict(claim.id, self.as_of)
        for chart in charts_for(claim.id, verdict, self.library.at(self.as_of)):
            chart_block(chart, self.library).show()

    def against(self, claim_id: str) -> None:
        """The strongest evidence against each verdict."""
        Block(cards.against_card(self._claim(claim_id), self.verdicts(claim_id))).show()

    def verdict(self, claim_id: str) -> None:
        """The verdict card, the robustness chart and what would change the verdict."""
        from casefile.figures.verdict_charts import robustness
        from casefile.show.charts import chart_block

        claim = self._claim(claim_id)
        verdicts = self.verdicts(claim_id)
        changes = self.court.changes(claim, self.as_of)
        Block(cards.verdict_card(claim, verdicts, changes)).show()
        if verdicts["now"].reanalyses:
            chart_block(robustness(verdicts["now"], sources=tested_sources(verdicts["now"])), self.library).show()
        place = self.claims.index(claim) + 1
        Block(cards.onward(claim, self.claims[place] if place < len(self.claims) else None)).show()

    def then_and_now(self) -> None:
        """What changed between the two vantages, claim by claim."""
        when = vantages(self.as_of)
        if "then" not in when:
            Block(
                el(
                    "p",
                    f"This edition is of {day(self.as_of)}, before the article appeared: there is nothing to compare.",
                )
            ).show()
            return
        rows = []
        for claim in self.claims:
            then, now = self.verdicts(claim.id).values()
            moved = "unchanged" if then.rating is now.rating else "changed"
            rows.append(
                [
                    claim.title,
                    cards.because(then),
                    cards.because(now),
                    moved,
                ]
            )
        header = [
            "Claim",
            vantage_name("then", when["then"].isoformat()),
            vantage_name("now", when["now"].isoformat()),
            "Rating",
        ]
        Block(table(header, rows, caption="Then and now", class_="cf-stack")).show()

    def write_ledger(self, path: str = "") -> None:
        """Write this pillar's part of the ledger as JSON to `path` ("" writes nothing) and say what it holds."""
        show_ledger(self.court, self.as_of, [claim.id for claim in self.claims], path)

    def _claim(self, claim_id: str) -> Claim:
        claim = self.court.claim(claim_id)
        if claim.pillar.value != self.pillar:
            raise UsageError(f"{claim_id} belongs to the pillar {claim.pillar.value}, not to {self.pillar}.")
        return claim


def answer_line(ratings: list[str], name: str, when: str) -> str:
    """One sentence that counts ratings: `On 9 October 2023, of 4 claims 2 were supported and 2 mixed.`"""
    counts = {one: ratings.count(one) for one in dict.fromkeys(sorted(ratings, key=_rank))}
    verb = "was" if name == "then" else "is"
    verbs = "were" if name == "then" else "are"
    first = True
    parts = []
    for word, count in counts.items():
        parts.append(f"{spelled(count)} {(verb if count == 1 else verbs) + ' ' if first else ''}{word}")
        first = False
    lead = f"On {day(when)}" if name == "then" else f"On the evidence known by {day(when)}"
    return f"{lead}, of {spelled(len(ratings))} {'claim' if len(ratings) == 1 else 'claims'} {listed(parts)}."


def _rank(word: str) -> int:
    order = ["supported", "mostly supported", "mixed", "mostly unsupported", "contradicted", "untestable"]
    return order.index(word)


def scorecard_table(court: Court, claims: list[Claim], when: Mapping[str, date], page: str = "") -> object:
    """Claims × vantages with ratings as words and shapes; each claim leads to its section."""
    rows = []
    for claim in claims:
        cells: list[object] = [el("a", claim.title, href=f"{page}#{anchor(claim.id)}")]
        for moment in when.values():
            verdict = court.verdict(claim.id, moment)
            cells.append(
                join(
                    [chip(verdict.rating), el("span", f"{verdict.confidence.value} confidence", class_="cf-sure")], " "
                )
            )
        rows.append(cells)
    header = ["Claim", *("On the article’s date" if name == "then" else "Now" for name in when)]
    return table(header, rows, caption="The claims of this chapter", class_="cf-score")


def show_ledger(court: Court, as_of: date, claim_ids: Sequence[str] | None, path: str) -> None:
    """Write the ledger of these claims (None: of all) as JSON to `path` ("" writes nothing) and say what it holds."""
    if path:
        ledger = build_ledger(court, as_of, claim_ids)
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(canonical(ledger), encoding="utf-8")
    names = court.claims if claim_ids is None else claim_ids
    count = len({finding.id for name in names for finding in court.verdict(name, as_of).findings})
    text = f"Ledger: {counted(len(names), 'claim')}, {counted(count, 'finding')} at each vantage."
    Block(el("p", text, class_="cf-meta")).show()
