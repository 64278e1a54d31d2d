"""All claims together: what stood, what stands, what moved and why, and which new observation would matter most."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from casefile.evidence.library import Library
from casefile.model import Pillar, Rating, Verdict, ordered
from casefile.show.block import Block
from casefile.show.cards import finding_anchor
from casefile.show.case import answer_line
from casefile.show.charts import chart_block
from casefile.show.html import anchor, el, join, table
from casefile.show.values import PILLAR_TITLES, chip, value_text, vantage_name
from casefile.verdicts.cached import change_records
from casefile.verdicts.engine import Court, tested_sources
from casefile.verdicts.ledger import build_ledger, canonical, vantages
from casefile.verdicts.timeline import changes, timeline
from casefile.verdicts.would_change import Change
from casefile.words import counted, day, listed, number, signed

MOVES_SHOWN = 12


class Whole:
    """The 28 verdicts at both vantages and at each month end between them."""

    def __init__(self, as_of: str = "latest", data_dir: str = "") -> None:
        self.library = Library(data_dir or None)
        self.court = Court(self.library)
        self.as_of = self.library.vantage(as_of)
        self.library.at(self.as_of)
        self.when = vantages(self.as_of)
        self.titles = {claim.id: claim.title for claim in self.court.claims.values()}

    @cached_property
    def groups(self) -> dict[str, str]:
        """Claim id → title of its pillar."""
        return {claim.id: PILLAR_TITLES[claim.pillar] for claim in self.court.claims.values()}

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The sources behind all verdicts of now."""
        return ordered(source for pair in self.pairs.values() for source in tested_sources(pair["now"]))

    @cached_property
    def pairs(self) -> dict[str, dict[str, Verdict]]:
        """Claim id → vantage → verdict."""
        return {
            name: {when: self.court.verdict(name, moment) for when, moment in self.when.items()}
            for name in self.court.claims
        }

    @cached_property
    def history(self) -> list[dict[str, Any]]:
        """The verdicts at each month end from the article's date to `as_of`."""
        from casefile.verdicts.cached import timeline_records

        if "then" not in self.when:
            return timeline(self.library, self.as_of, self.as_of)
        return timeline_records(self.library, self.when["then"], self.as_of)

    def short_answer(self) -> None:
        """How much of the case stood on the day it was made, and how much stands now."""
        lines = [
            answer_line([pair[name].rating.value for pair in self.pairs.values()], name, moment.isoformat())
            for name, moment in self.when.items()
        ]
        Block(
            el(
                "section",
                *(el("p", one, class_="cf-lead") for one in lines),
                class_="cf-short",
                aria_label="Short answer",
            )
        ).show()

    def scorecard(self) -> None:
        """Then against now, claim by claim, on the scale of scores."""
        from casefile.figures.verdict_charts import scorecard

        if "then" not in self.when:
            return
        then, now = ([pair[name] for pair in self.pairs.values()] for name in ("then", "now"))
        chart_block(scorecard(then, now, self.titles, sources=self.sources, groups=self.groups), self.library).show()

    def strip(self) -> None:
        """The rating of every claim at each month end, and the event behind each change."""
        from casefile.figures.verdict_charts import verdict_strip

        strip = verdict_strip(
            self.history, self.titles, as_of=self.as_of, sources=self.sources, groups=self.groups, id="verdicts.months"
        )
        chart_block(strip, self.library).show()
        rows = [self._move(one) for one in changes(self.history)]
        header = ["Month", "Claim", "From", "To", "What moved it"]
        if rows:
            Block(
                table(header, rows, caption="Each change of rating and the finding behind it", class_="cf-stack")
            ).show()
        else:
            Block(el("p", "No rating changed in this period.")).show()

    def _move(self, change: dict[str, Any]) -> list[object]:
        """The test whose score moved the most between the two month ends, with its values."""
        from datetime import date

        claim = self.court.claims[change["claim"]]
        before = self.court.verdict(claim.id, date.fromisoformat(change["since"]))
        after = self.court.verdict(claim.id, date.fromisoformat(change["as_of"]))
        moved = []
        for old, new in zip(before.results, after.results, strict=True):
            shift = new.test.weight * abs((new.score or 0) - (old.score or 0)) + (
                0.5 if (new.score is None) != (old.score is None) else 0
            )
            if shift:
                moved.append((shift, old, new))
        why: object = "The evidence no longer reaches."
        if moved:
            _, old, new = max(moved, key=lambda one: one[0])
            finding = after.finding(new.test.finding) or before.finding(new.test.finding)
            unit = finding.unit if finding else ""
            why = join(
                [
                    el(
                        "a",
                        finding.label if finding else new.test.finding,
                        href=f"{claim.pillar.value}.html#{finding_anchor(f'{claim.id}.{new.test.finding}')}",
                    ),
                    f": {value_text(old.value, unit)} → {value_text(new.value, unit)}",
                    self._new_rows(finding, before, new.test.finding),
                ]
            )
        link = el("a", claim.title, href=f"{claim.pillar.value}.html#{anchor(claim.id)}")
        return [day(change["as_of"]), link, chip(change["before"]), chip(change["after"]), why]

    def _new_rows(self, finding: Any, before: Verdict, name: str) -> str:
        old = before.finding(name)
        fresh = [row for row in (finding.rows if finding else ()) if old is None or row not in set(old.rows)]
        if not fresh:
            return "."
        return f"; new since: {fresh[-1].partition(':')[2].replace('/', ' · ')}."

    def pillars(self) -> None:
        """Which pillars moved, and by how much on average."""
        rows = []
        for pillar in Pillar:
            own = [pair for name, pair in self.pairs.items() if self.court.claims[name].pillar is pillar]
            cells: list[object] = [el("a", PILLAR_TITLES[pillar], href=f"{pillar.value}.html")]
            for name in self.when:
                held = sum(pair[name].rating in (Rating.SUPPORTED, Rating.MOSTLY_SUPPORTED) for pair in own)
                cells.append(f"{held} of {len(own)}")
            if "then" in self.when:
                scored = [(pair["now"].score, pair["then"].score) for pair in own]
                shifts = [now - then for now, then in scored if now is not None and then is not None]
                cells.append(signed(sum(shifts) / len(shifts), 2) if shifts else "–")
                mover = max(own, key=lambda pair: abs((pair["now"].score or 0) - (pair["then"].score or 0)))
                cells.append(
                    mover["now"].sentence if mover["now"].rating is not mover["then"].rating else "No rating changed."
                )
            rows.append(cells)
        header = ["Pillar", *("Borne out then" if name == "then" else "Borne out now" for name in self.when)]
        if "then" in self.when:
            header += ["Mean change of score", "The claim that moved most"]
        Block(table(header, rows, caption="Pillars: claims supported or mostly supported", class_="cf-stack")).show()

    def what_would_change(self) -> None:
        """The single new observation that would change most, and those nearest to changing something."""
        found: list[tuple[float, str, Change]] = []
        for name, pair in self.pairs.items():
            claim = self.court.claims[name]
            for change in change_records(self.court, claim, self.as_of):
                if change.kind == "observation" and change.rating is not None:
                    found.append((abs(_step(change.rating) - _step(pair["now"].rating)), name, change))
        if not found:
            Block(el("p", "No single new observation of the kinds declared would move a rating.")).show()
            return
        found.sort(key=lambda one: -one[0])
        furthest = found[0]
        name = self.titles[furthest[1]]
        lead = f"The observation that would move a rating furthest concerns “{name}”: {furthest[2].sentence}"
        rows = [
            [
                el("a", self.titles[name], href=f"{self.court.claims[name].pillar.value}.html#{anchor(name)}"),
                chip(self.pairs[name]["now"].rating),
                change.sentence,
            ]
            for _, name, change in found[:MOVES_SHOWN]
        ]
        Block(
            join(
                [
                    el("p", lead, class_="cf-lead"),
                    table(
                        ["Claim", "Now", "One new observation"],
                        rows,
                        caption="Single observations that would move a rating",
                        class_="cf-stack",
                    ),
                ]
            )
        ).show()

    def uncertain(self) -> None:
        """Where the book is least sure of itself: low confidence, or less than two thirds of the analyses agree."""
        rows = []
        for name, pair in self.pairs.items():
            now = pair["now"]
            if now.confidence.value in ("very low", "low") or (now.robustness is not None and now.robustness < 2 / 3):
                others = ordered(one.rating.value for one in now.reanalyses if not one.agrees)
                share = "–" if now.robustness is None else f"{number(100 * now.robustness)}%"
                rows.append(
                    [
                        el("a", self.titles[name], href=f"{now.pillar}.html#{anchor(name)}"),
                        chip(now.rating),
                        now.confidence.value,
                        share,
                        listed(others) or "–",
                    ]
                )
        if rows:
            header = ["Claim", "Rating now", "Confidence", "Analyses that agree", "What the others say"]
            Block(table(header, rows, caption="Verdicts to be read with care", class_="cf-stack")).show()
        else:
            Block(
                el("p", "Every verdict has at least medium confidence and two thirds of its analyses behind it.")
            ).show()

    def then_and_now(self) -> None:
        """All claims at both vantages, with the sentence behind each."""
        rows = []
        for name, pair in self.pairs.items():
            cells: list[object] = [
                el("a", self.titles[name], href=f"{self.court.claims[name].pillar.value}.html#{anchor(name)}")
            ]
            cells += [join([chip(one.rating), el("p", one.sentence)]) for one in pair.values()]
            rows.append(cells)
        header = ["Claim", *(vantage_name(name, moment.isoformat()) for name, moment in self.when.items())]
        Block(table(header, rows, caption="All verdicts", class_="cf-stack")).show()

    def write_ledger(self, path: str = "") -> None:
        """Write the whole ledger as JSON to `path` ("" writes nothing) and say what it holds."""
        ledger = build_ledger(self.court, self.as_of)
        if path:
            target = Path(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(canonical(ledger), encoding="utf-8")
        count = len(ledger["findings"]["now"])
        Block(
            el(
                "p",
                f"Ledger: {counted(len(self.court.claims), 'claim')}, {counted(count, 'finding')} at each vantage.",
                class_="cf-meta",
            )
        ).show()


_SCALE = [Rating.CONTRADICTED, Rating.MOSTLY_UNSUPPORTED, Rating.MIXED, Rating.MOSTLY_SUPPORTED, Rating.SUPPORTED]


def _step(rating: Rating) -> int:
    return _SCALE.index(rating) if rating in _SCALE else 2
