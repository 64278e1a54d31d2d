"""The front page's generated parts: the three sentences, the scorecard, the slider, the legend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from casefile.model import Claim, Pillar, Rating, Verdict
from casefile.show.html import Html, anchor, el, join
from casefile.show.values import PILLAR_TITLES, SHAPES, chip
from casefile.words import counted, day, listed, number

ORDER = list(Rating)
BORNE_OUT = (Rating.SUPPORTED, Rating.MOSTLY_SUPPORTED)

Pair = Mapping[str, Verdict]


def three_sentences(claims: Mapping[str, Claim], verdicts: Mapping[str, Pair]) -> list[str]:
    """How much held then and now; where ratings moved most; the pillar that moved furthest."""
    now = [pair["now"] for pair in verdicts.values()]
    held_now = sum(one.rating in BORNE_OUT for one in now)
    total = len(now)
    if not all("then" in pair for pair in verdicts.values()):
        return [
            f"On the evidence known by {day(now[0].as_of)}, {held_now} of {counted(total, 'claim')} were borne out or mostly so."
        ]
    held_then = sum(pair["then"].rating in BORNE_OUT for pair in verdicts.values())
    moved = [(claims[name], pair) for name, pair in verdicts.items() if pair["then"].rating is not pair["now"].rating]
    up = [one for one in moved if _shift(one[1]) > 0]
    down = [one for one in moved if _shift(one[1]) < 0]
    first = (
        f"On {day(next(iter(verdicts.values()))['then'].as_of)} the evidence bore out {held_then} of {counted(total, 'claim')}, "
        f"fully or mostly; on the evidence known by {day(now[0].as_of)} it bears out {held_now}."
    )
    second = (
        f"The rating of {counted(len(moved), 'claim')} changed: {counted(len(down), 'claim')} "
        f"{'stands' if len(down) == 1 else 'stand'} lower than then and {counted(len(up), 'claim')} higher."
        if moved
        else "No rating has changed since."
    )
    third = ""
    if moved:
        furthest = sorted(moved, key=lambda one: -abs(_shift(one[1])))[:2]
        shown = [
            f"“{claim.title}” ({pair['then'].rating.value} → {pair['now'].rating.value})" for claim, pair in furthest
        ]
        third = f"The largest moves: {listed(shown)}."
    return [one for one in (first, second, third) if one]


def _shift(pair: Pair) -> float:
    return (pair["now"].score or 0) - (pair["then"].score or 0)


def scorecard(claims: Mapping[str, Claim], verdicts: Mapping[str, Pair]) -> Html:
    """Claims by pillar × then and now, as words and shapes; the last column follows the date slider."""
    sample = next(iter(verdicts.values()))
    names = list(sample)
    head = [
        "Claim",
        *(("On the article’s date" if name == "then" else f"On {day(sample[name].as_of)}") for name in names),
    ]
    body = []
    for pillar in Pillar:
        page = f"{pillar.value}.html"
        group = el("th", el("a", PILLAR_TITLES[pillar], href=page), colspan=len(head), scope="colgroup")
        body.append(el("tr", group, class_="cf-pillar-row"))
        for claim in claims.values():
            if claim.pillar is not pillar:
                continue
            cells = [el("th", el("a", claim.title, href=f"{page}#{anchor(claim.id)}"), scope="row")]
            for name in names:
                verdict = verdicts[claim.id][name]
                cells.append(el("td", _cell(verdict, slide=name == "now")))
            body.append(el("tr", *cells))
    header = el(
        "tr",
        *(
            el("th", cell, scope="col", id="cf-slide-head" if n == len(head) - 1 else None)
            for n, cell in enumerate(head)
        ),
    )
    caption = el("caption", f"The {len(claims)} claims of the article, rated on what was known")
    inner = el("table", caption, el("thead", header), el("tbody", *body), class_="cf cf-score")
    return join([_slider(), el("div", inner, class_="cf-scroll", tabindex="0", role="region", aria_label="Scorecard")])


def _cell(verdict: Verdict, *, slide: bool) -> Html:
    shown = verdict.rating
    mark = el(
        "span",
        el("span", SHAPES[shown], class_="cf-shape", aria_hidden="true"),
        " ",
        el("span", shown.value, class_="cf-word"),
        class_=f"cf-chip cf-is-{anchor(shown.value)}",
        data_slide=verdict.claim if slide else None,
    )
    return join([mark, " ", el("span", f"{verdict.confidence.value} confidence", class_="cf-sure")])


def _slider() -> Html:
    return el(
        "div",
        el(
            "label", "Show the last column as of ", el("output", "", id="cf-date-label", for_="cf-date"), for_="cf-date"
        ),
        el("input", type="range", id="cf-date", min=0, max=1, value=1, step=1),
        el("p", "", id="cf-date-count", class_="cf-meta", aria_live="polite"),
        class_="cf-slider",
        hidden=True,
    )


def legend() -> Html:
    """The six ratings with their shapes."""
    return el("ul", *(el("li", chip(one)) for one in ORDER), class_="cf-legend", aria_label="Ratings")


def history_script(rows: Sequence[Mapping[str, Any]]) -> str:
    """`history.js`: ratings and confidence by claim and month end, for the date slider. Reads nothing, sends nothing."""
    from casefile.press.scripts import assignment

    dates = sorted({row["as_of"] for row in rows})
    claims: dict[str, list[list[str]]] = {}
    for row in rows:
        claims.setdefault(row["claim"], []).append([row["rating"], row["confidence"]])
    content = {
        "dates": dates,
        "names": [day(one) for one in dates],
        "claims": claims,
        "ratings": [one.value for one in ORDER],
        "shapes": {one.value: shape for one, shape in SHAPES.items()},
    }
    return assignment("casefileHistory", content)


def pillar_lines(claims: Mapping[str, Claim], verdicts: Mapping[str, Pair]) -> Html:
    """A line per pillar: how many of its claims are borne out then and now."""
    items = []
    for pillar in Pillar:
        own = [verdicts[claim.id] for claim in claims.values() if claim.pillar is pillar]
        counts = {name: sum(pair[name].rating in BORNE_OUT for pair in own if name in pair) for name in next(iter(own))}
        words = " → ".join(number(counts[name]) for name in counts)
        items.append(
            el(
                "li",
                el("a", PILLAR_TITLES[pillar], href=f"{pillar.value}.html"),
                f": {words} of {len(own)} borne out, fully or mostly.",
            )
        )
    return el("ul", *items)


def rating_counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Rating word → how many verdicts carry it, in the order of the scale."""
    count = Counter(one.rating for one in verdicts)
    return {one.value: count[one] for one in ORDER if count[one]}


__all__ = ["date", "history_script", "legend", "pillar_lines", "rating_counts", "scorecard", "three_sentences"]
