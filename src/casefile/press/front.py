"""The front page's generated parts: the three sentences, the scorecard, the slider, the legend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from casefile.model import ARTICLE_DATE, Claim, Confidence, Pillar, Rating, Verdict
from casefile.show.html import Html, anchor, el, join
from casefile.show.values import PILLAR_TITLES, SHAPES, chip
from casefile.words import counted, day, listed, number, spelled, written

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
        f"{written(counted(len(moved), 'rating'))} {'differs' if len(moved) == 1 else 'differ'} between the two days: "
        f"{spelled(len(down))} {'stands' if len(down) == 1 else 'stand'} lower now and {spelled(len(up))} higher."
        if moved
        else "No rating has changed since."
    )
    third = ""
    if moved:
        furthest = sorted(moved, key=lambda one: -abs(_shift(one[1])))[:2]
        shown = [
            f"“{claim.title}” went from {pair['then'].rating.value} to {pair['now'].rating.value}"
            for claim, pair in furthest
        ]
        third = f"{'One claim' if len(shown) == 1 else 'Two claims'} moved furthest: {listed(shown)}."
    return [one for one in (first, second, third) if one]


def _shift(pair: Pair) -> float:
    return (pair["now"].score or 0) - (pair["then"].score or 0)


def board(claims: Mapping[str, Claim], verdicts: Mapping[str, Pair]) -> Html:
    """The first thing seen: each verdict as a mark, then and now; what holds, what does not, and how sure the book is."""
    sample = next(iter(verdicts.values()))
    rows = [_tally(name, [pair[name] for pair in verdicts.values()]) for name in sample]
    now = sorted((pair["now"] for pair in verdicts.values()), key=_surest_first)
    held = [one for one in now if one.rating in BORNE_OUT]
    fell = [one for one in now if one.rating in (Rating.CONTRADICTED, Rating.MOSTLY_UNSUPPORTED)]
    columns = [
        el("div", el("h3", "What holds now"), _links(held, claims, "No claim is borne out now.")),
        el(
            "div",
            el("h3", "What does not"),
            _links(fell, claims, "No claim is contradicted now."),
            _once(fell, verdicts),
        ),
        el("div", el("h3", "How sure the book is"), *(el("p", one) for one in how_sure(now))),
    ]
    return el("section", *rows, el("div", *columns, class_="cf-three"), class_="cf-board", aria_label="At a glance")


def _tally(name: str, found: Sequence[Verdict]) -> Html:
    counts = rating_counts(found)
    words = listed([f"{count} {word}" for word, count in counts.items()])
    keys = [el("li", _key(word, count)) for word, count in counts.items()]
    title = (
        f"On {day(found[0].as_of)}, when the article appeared"
        if name == "then"
        else f"On the evidence of {day(found[0].as_of)}"
    )
    return el(
        "div",
        el("h2", title, class_="cf-tally-title"),
        el(
            "div",
            el(
                "p",
                el("b", number(sum(one.rating in BORNE_OUT for one in found))),
                f" of {len(found)} borne out, fully or mostly",
                class_="cf-sum",
            ),
            el(
                "div",
                el("div", *_marks(found), class_="cf-marks", role="img", aria_label=f"{title}: {words}"),
                el("ul", *keys, class_="cf-keys"),
            ),
        ),
        class_="cf-tally",
    )


def _marks(found: Sequence[Verdict]) -> list[Html]:
    """One small square with the rating's shape for each verdict, from borne out to contradicted."""
    return [
        el("i", SHAPES[one.rating], class_=f"cf-mark-{anchor(one.rating.value)}")
        for one in sorted(found, key=lambda one: ORDER.index(one.rating))
    ]


def _key(word: str, count: int) -> Html:
    return join([el("b", number(count)), " ", chip(word)])


def _surest_first(verdict: Verdict) -> tuple[int, float, str]:
    return (-list(Confidence).index(verdict.confidence), -abs(verdict.score or 0), verdict.claim)


SHOWN = 5
"""Claims named in each column of the board; the scorecard below has all."""


def _links(found: Sequence[Verdict], claims: Mapping[str, Claim], none: str) -> Html:
    if not found:
        return el("p", none)
    shown = found if len(found) == SHOWN + 1 else found[:SHOWN]
    items = [el("li", el("a", claims[one.claim].title, href=f"{one.pillar}.html#{anchor(one.claim)}")) for one in shown]
    more = len(found) - len(items)
    if more > 0:
        items.append(el("li", f"and {spelled(more)} more in the ", el("a", "scorecard", href="#scorecard")))
    return el("ul", *items)


def _once(fell: Sequence[Verdict], verdicts: Mapping[str, Pair]) -> Html | None:
    """How many of the claims that do not hold were borne out on the article's date."""
    if not fell or "then" not in verdicts[fell[0].claim]:
        return None
    once = sum(verdicts[one.claim]["then"].rating in BORNE_OUT for one in fell)
    if len(fell) == 1:
        words = (
            "It was borne out when the article appeared."
            if once
            else "It was not borne out when the article appeared either."
        )
    elif once == len(fell):
        words = f"All {spelled(len(fell))} were borne out when the article appeared."
    else:
        words = f"{spelled(once).capitalize()} of these {spelled(len(fell))} {'was' if once == 1 else 'were'} borne out when the article appeared."
    return el("p", words, class_="cf-meta")


def how_sure(now: Sequence[Verdict]) -> list[str]:
    """Two sentences: how the verdicts divide by confidence, and how many survive other ways to analyse them."""
    scale = list(Confidence)
    high = sum(one.confidence in scale[3:] for one in now)
    low = sum(one.confidence in scale[:2] for one in now)
    first = f"Confidence is high or very high in {high} of {counted(len(now), 'verdict')}, low or very low in {spelled(low)} and medium in the rest."
    checked = [one for one in now if one.robustness is not None]
    firm = sum((one.robustness or 0) >= ENOUGH for one in checked)
    second = (
        "Claims were also analysed in other reasonable ways, such as another period or one source left out. For "
        f"{firm} of {len(checked)}, at least two in three of these ways give the same rating."
    )
    return [first, second]


ENOUGH = 2 / 3
"""The share of other analyses from which the front page calls a verdict firm; also the bar on the page of all verdicts."""


def scorecard(claims: Mapping[str, Claim], verdicts: Mapping[str, Pair]) -> Html:
    """Claims by pillar × then and now, as words and shapes; the last column follows the date slider."""
    sample = next(iter(verdicts.values()))
    names = list(sample)
    head = [
        "Claim",
        *(("On the article’s date" if name == "then" else f"On {day(sample[name].as_of)}") for name in names),
    ]
    bodies = []
    for pillar in Pillar:
        page = f"{pillar.value}.html"
        group = el("th", el("a", PILLAR_TITLES[pillar], href=page), colspan=len(head), scope="rowgroup")
        rows = [el("tr", group, class_="cf-pillar-row")]
        for claim in claims.values():
            if claim.pillar is not pillar:
                continue
            cells = [el("th", el("a", claim.title, href=f"{page}#{anchor(claim.id)}"), scope="row")]
            for name in names:
                cells.append(el("td", _cell(verdicts[claim.id], name)))
            rows.append(el("tr", *cells))
        bodies.append(el("tbody", *rows))
    header = el(
        "tr",
        *(
            el("th", cell, scope="col", id="cf-slide-head" if n == len(head) - 1 else None)
            for n, cell in enumerate(head)
        ),
    )
    caption = el("caption", f"The {len(claims)} claims of the article, rated on what was known")
    inner = el("table", caption, el("thead", header), *bodies, class_="cf cf-score")
    scroll = el("div", inner, class_="cf-scroll", tabindex="0", role="region", aria_label="Scorecard")
    return el("div", _slider([pair["now"] for pair in verdicts.values()]), scroll, id="scorecard")


def _cell(pair: Pair, name: str) -> Html:
    """One verdict; a later one also says whether it stands higher or lower than then. The slider rewrites it."""
    verdict, slide = pair[name], name == "now"
    shown = verdict.rating
    mark = el(
        "span",
        el("span", SHAPES[shown], class_="cf-shape", aria_hidden="true"),
        " ",
        el("span", shown.value, class_="cf-word"),
        class_=f"cf-chip cf-is-{anchor(shown.value)}",
        data_slide=verdict.claim if slide else None,
    )
    parts = [mark]
    if slide and "then" in pair:
        parts.append(el("span", moved(pair["then"].rating, shown), class_="cf-moved"))
    parts.append(el("span", f"{verdict.confidence.value} confidence", class_="cf-sure"))
    return join(parts, " ")


def moved(then: Rating, now: Rating) -> str:
    """`lower` or `higher` than then, with an arrow; empty when nothing moved or one of the two could not be tested."""
    if Rating.UNTESTABLE in (then, now) or then is now:
        return ""
    return "↓ lower" if ORDER.index(now) > ORDER.index(then) else "↑ higher"


def _slider(now: Sequence[Verdict]) -> Html:
    """The date slider as it stands before anybody moves it; the page’s script makes it move."""
    counts = [f"{count} {word}" for word, count in rating_counts(now).items()]
    return el(
        "div",
        el(
            "label",
            "Move the date of the last column: ",
            el("span", day(now[0].as_of), id="cf-date-label", class_="cf-date"),
            for_="cf-date",
        ),
        el("input", type="range", id="cf-date", min=0, max=1, value=1, step=1),
        el(
            "p", el("span", day(ARTICLE_DATE)), " ", el("span", day(now[0].as_of)), class_="cf-ends", aria_hidden="true"
        ),
        el("div", *_marks(now), id="cf-date-marks", class_="cf-marks", aria_hidden="true"),
        el("p", ", ".join(counts), id="cf-date-count", class_="cf-meta", aria_live="polite"),
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


__all__ = [
    "board",
    "date",
    "history_script",
    "how_sure",
    "legend",
    "pillar_lines",
    "rating_counts",
    "scorecard",
    "three_sentences",
]
