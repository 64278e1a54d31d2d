"""All claims together: what stood, what stands, what moved and why, and which new observation would matter most."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from statistics import fmean
from typing import Any

from casefile.evidence.library import Library
from casefile.model import Pillar, Rating, Verdict, ordered
from casefile.show import matters
from casefile.show.block import Block
from casefile.show.cards import because
from casefile.show.case import answer_line, show_ledger
from casefile.show.charts import chart_block
from casefile.show.html import Html, anchor, el, join, table
from casefile.show.reasons import why
from casefile.show.values import PILLAR_TITLES, chip, vantage_name
from casefile.verdicts.engine import tested_sources
from casefile.verdicts.kept import KeptCourt
from casefile.verdicts.ledger import vantages
from casefile.verdicts.timeline import changes, timeline
from casefile.words import counted, listed, month, number, signed


class Whole:
    """The 28 verdicts at both vantages and at each month end between them."""

    def __init__(self, as_of: str = "latest", data_dir: str = "") -> None:
        self.library = Library(data_dir or None)
        self.court = KeptCourt(self.library)
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
        from casefile.verdicts.months import timeline_records

        if "then" not in self.when:
            return timeline(self.library, self.as_of, self.as_of)
        return timeline_records(self.library, self.when["then"], self.as_of)

    def short_answer(self) -> None:
        """How much of the case stood on the day it was made, how much stands now, and where it moved."""
        lines = [
            answer_line([pair[name].rating.value for pair in self.pairs.values()], name, moment.isoformat())
            for name, moment in self.when.items()
        ]
        if "then" in self.when:
            lines.append(self._moves())
        Block(
            el(
                "section",
                *(el("p", one, class_="cf-lead") for one in lines),
                class_="cf-short",
                aria_label="Short answer",
            )
        ).show()

    def _moves(self) -> str:
        moved = [pair for pair in self.pairs.values() if pair["then"].rating is not pair["now"].rating]
        if not moved:
            return "No rating has changed between the two days."
        down, up = sum(shift(pair) < 0 for pair in moved), sum(shift(pair) > 0 for pair in moved)
        own = {pillar: [self.pairs[claim.id] for claim in self.court.of(pillar)] for pillar in Pillar}
        means = {pillar: fmean(shift(pair) for pair in pairs) for pillar, pairs in own.items() if pairs}
        furthest = sorted(means, key=lambda pillar: -abs(means[pillar]))[:2]
        where = listed([f"{PILLAR_TITLES[pillar]} ({signed(means[pillar], 1)})" for pillar in furthest])
        then, now = (fmean(pair[name].score or 0 for pair in self.pairs.values()) for name in ("then", "now"))
        differ, lower = "differs" if len(moved) == 1 else "differ", "stands" if down == 1 else "stand"
        return (
            f"Of {counted(len(self.pairs), 'rating')}, {number(len(moved))} {differ} between these two days: "
            f"{number(down)} {lower} lower now and {number(up)} higher. A rating that changed on the way and came back "
            f"is not among them. On the scale of scores from −2 to +2 the mean of all claims went from "
            f"{signed(then, 1)} to {signed(now, 1)}; what moved most was {where}."
        )

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
        header = ["By the end of", "Claim", "Rating", "What moved it"]
        if rows:
            Block(
                table(
                    header, rows, caption="Each change of rating and the finding behind it", class_="cf-stack cf-moves"
                )
            ).show()
        else:
            Block(el("p", "No rating changed in this period.")).show()

    def _move(self, change: dict[str, Any]) -> list[object]:
        """One change of rating as a row: when, which claim, from what to what, and what moved it."""
        claim = self.court.claims[change["claim"]]
        before, after = (self.court.outline(claim.id, date.fromisoformat(change[name])) for name in ("since", "as_of"))
        link = el("a", claim.title, href=f"{claim.pillar.value}.html#{anchor(claim.id)}")
        ratings = join([chip(change["before"]), el("span", " → "), chip(change["after"])])
        return [month(change["as_of"]), link, ratings, why(self.library, before, after)]

    def pillars(self) -> None:
        """Which pillars moved, by how much on average, and for each rating that changed what moved it."""
        rows = []
        for pillar in Pillar:
            own = [pair for name, pair in self.pairs.items() if self.court.claims[name].pillar is pillar]
            if not own:
                continue
            cells: list[object] = [el("a", PILLAR_TITLES[pillar], href=f"{pillar.value}.html")]
            for name in self.when:
                held = sum(pair[name].rating in (Rating.SUPPORTED, Rating.MOSTLY_SUPPORTED) for pair in own)
                cells.append(f"{held} of {len(own)}")
            if "then" in self.when:
                cells.append(signed(fmean(shift(pair) for pair in own), 2))
                changed = [pair for pair in own if pair["then"].rating is not pair["now"].rating]
                changed.sort(key=lambda pair: -abs(shift(pair)))
                cells.append(
                    el("ul", *(el("li", self._change(pair)) for pair in changed)) if changed else "No rating changed."
                )
            rows.append(cells)
        header = ["Pillar", *("Borne out then" if name == "then" else "Borne out now" for name in self.when)]
        if "then" in self.when:
            header += ["Mean change of score", "What changed, and the finding behind it"]
        Block(table(header, rows, caption="Pillars: claims supported or mostly supported", class_="cf-stack")).show()

    def _change(self, pair: dict[str, Verdict]) -> Html:
        then, now = pair["then"], pair["now"]
        title = el("a", self.titles[now.claim], href=f"{now.pillar}.html#{anchor(now.claim)}")
        return join([title, ": ", chip(then.rating), " → ", chip(now.rating), ". ", why(self.library, then, now)])

    def what_would_change(self) -> None:
        """The single new observation that would change most, and every other that would move a rating."""
        Block(matters.shown(self.court, self.as_of)).show()

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
            cells += [because(one) for one in pair.values()]
            rows.append(cells)
        header = ["Claim", *(vantage_name(name, moment.isoformat()) for name, moment in self.when.items())]
        Block(table(header, rows, caption="All verdicts", class_="cf-stack")).show()

    def write_ledger(self, path: str = "") -> None:
        """Write the whole ledger as JSON to `path` ("" writes nothing) and say what it holds."""
        show_ledger(self.court, self.as_of, None, path)


def shift(pair: dict[str, Verdict]) -> float:
    """How far a claim's score moved from then to now; nothing when it has no score on either day."""
    then, now = pair["then"].score, pair["now"].score
    return 0.0 if then is None or now is None else now - then
