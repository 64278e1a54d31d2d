"""Charts of the verdicts themselves: month by month, then and now, and under other analyses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import pandas as pd

from casefile.figures.chart import About, Chart
from casefile.figures.drawing import (
    ARTICLE_LABEL,
    empty,
    heading,
    row_axis,
    rule,
    shown,
    wrapped,
)
from casefile.figures.finish import charted
from casefile.figures.grid_charts import tile
from casefile.figures.sketch import Sketch, Trace, scatter
from casefile.figures.theme import SMALL, ink, symbol
from casefile.model import ARTICLE_DATE, Rating, Reanalysis, Verdict
from casefile.verdicts.rules import BANDS
from casefile.words import counted, day, written

SCORES: Mapping[Rating, int] = {
    Rating.SUPPORTED: 2,
    Rating.MOSTLY_SUPPORTED: 1,
    Rating.MIXED: 0,
    Rating.MOSTLY_UNSUPPORTED: -1,
    Rating.CONTRADICTED: -2,
}
"""Places of the ratings on one axis, from contradicted to supported."""


def role_of(rating: Rating | str) -> str:
    """The colour role of a rating."""
    return Rating(rating).value.replace(" ", "-")


def verdict_strip(
    rows: Sequence[Mapping[str, Any]],
    titles: Mapping[str, str],
    *,
    as_of: date,
    sources: Sequence[str] = (),
    groups: Mapping[str, str] | None = None,
    id: str = "verdict-strip",
) -> Chart:
    """Verdicts over time: a row a claim, a stretch a rating, its colour and a symbol where it begins.

    `rows` is the timeline {claim, as_of, rating, confidence}; `titles` names the claims to draw, in their order;
    `groups` may name each claim's pillar, which then gets a heading.
    """
    figure = empty()
    data = pd.DataFrame([{key: one[key] for key in ("claim", "as_of", "rating", "confidence")} for one in rows])
    claims = [name for name in titles if any(one["claim"] == name for one in rows)]
    days = sorted({str(one["as_of"])[:10] for one in rows})
    lanes, headings = _lanes(claims, groups)
    symbols: dict[Rating, list[tuple[str, int, str]]] = {rating: [] for rating in Rating}
    changed = 0
    for name, lane in zip(claims, lanes, strict=True):
        mine = {str(one["as_of"])[:10]: Rating(one["rating"]) for one in rows if one["claim"] == name}
        for begin, end, rating in _runs(mine, days):
            solid = 0.25 if rating is Rating.UNTESTABLE else 1.0
            tile(figure, begin, end, lane - 0.42, lane + 0.42, role_of(rating), opacity=solid)
            symbols[rating].append((begin, lane, titles[name]))
        changed += len(_runs(mine, days)) > 1
    for rating, found in symbols.items():
        _stamps(figure, rating, found, days)
    ticks = [""] * (len(claims) + len(headings))
    for name, lane in zip(claims, lanes, strict=True):
        ticks[lane] = titles[name]
    row_axis(figure, ticks)
    _headings(figure, headings)
    first, last = (days[0], days[-1]) if days else (ARTICLE_DATE.isoformat(),) * 2
    figure.update_xaxes(type="date", range=[_shifted(first, -2), _shifted(last, 2)], showgrid=False, fixedrange=True)
    figure.update_layout(showlegend=True)
    if first < ARTICLE_DATE.isoformat() <= last:
        rule(figure, ARTICLE_DATE.isoformat(), ARTICLE_LABEL, name="article")
    moved = f"{changed} of {counted(len(claims), 'rating')} changed at least once"
    about = About(
        id=id,
        claim="",
        title=f"{moved} between {day(first)} and {day(last)}",
        alt=f"Ratings of {counted(len(claims), 'claim')} at {counted(len(days), 'date')} "
        f"from {day(first)} to {day(last)}. {moved}.",
        caption="Each row is a claim; colour and symbol give its rating on what was known then.",
        data=data.rename(columns={"as_of": "date"}),
        units={"rating": "rating", "confidence": "confidence"},
        sources=sources,
        method="casefile.verdicts.timeline.timeline",
        as_of=as_of,
    )
    return charted(about, figure)


def _stamps(figure: Sketch, rating: Rating, found: list[tuple[str, int, str]], days: list[str]) -> None:
    """A symbol at the beginning of each stretch; an entry in the key."""
    if not found:
        return
    span = (date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days if len(days) > 1 else 1
    inset = max(round(0.025 * span), 1)
    role = role_of(rating)
    figure.add_trace(
        scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=shown(rating.value),
            marker={"color": ink(role), "symbol": symbol(role), "size": 9},
            showlegend=True,
        )
    )
    figure.add_trace(
        scatter(
            x=[_shifted(begin, inset) for begin, _, _ in found],
            y=[lane for _, lane, _ in found],
            mode="markers",
            name=shown(rating.value),
            text=[shown(title) for _, _, title in found],
            marker={
                "color": ink(role if rating is Rating.UNTESTABLE else "surface"),
                "symbol": symbol(role),
                "size": 8,
            },
            hovertemplate="%{text}: %{fullData.name} since %{x|%-d %B %Y}<extra></extra>",
            showlegend=False,
        )
    )


def _runs(ratings: Mapping[str, Rating], days: Sequence[str]) -> list[tuple[str, str, Rating]]:
    """Stretches of one rating as (first day, last day, rating); a stretch lasts until the next begins."""
    found: list[tuple[str, str, Rating]] = []
    known = [one for one in days if one in ratings]
    for place, one in enumerate(known):
        end = known[place + 1] if place + 1 < len(known) else days[-1]
        if found and found[-1][2] is ratings[one]:
            found[-1] = (found[-1][0], end, ratings[one])
        else:
            found.append((one, end, ratings[one]))
    return found


def _lanes(claims: Sequence[str], groups: Mapping[str, str] | None) -> tuple[list[int], list[tuple[int, str]]]:
    lanes: list[int] = []
    headings: list[tuple[int, str]] = []
    last, lane = None, 0
    for name in claims:
        group = groups.get(name) if groups else None
        if group is not None and group != last:
            headings.append((lane, group))
            lane += 1
            last = group
        lanes.append(lane)
        lane += 1
    return lanes, headings


def _headings(figure: Sketch, headings: Sequence[tuple[int, str]]) -> None:
    for lane, name in headings:
        heading(figure, name, lane)


def _shifted(day_: str, days: int = 0) -> str:
    return (date.fromisoformat(day_) + timedelta(days=days)).isoformat()


def scorecard(
    then: Sequence[Verdict],
    now: Sequence[Verdict],
    titles: Mapping[str, str],
    *,
    sources: Sequence[str] = (),
    groups: Mapping[str, str] | None = None,
    id: str = "scorecard",
) -> Chart:
    """Each claim's rating on the day of the article (open) and now (filled), joined by a line where it moved."""
    figure = empty()
    before = {one.claim: one for one in then}
    after = {one.claim: one for one in now}
    claims = [name for name in titles if name in before and name in after]
    lanes, headings = _lanes(claims, groups)
    moved = [name for name in claims if before[name].rating is not after[name].rating]
    places: dict[str, tuple[list[float], list[int], list[str], list[str]]] = {}
    for name, lane in zip(claims, lanes, strict=True):
        old, new = before[name].rating, after[name].rating
        if old in SCORES and new in SCORES and old is not new:
            figure.add_shape(
                type="line",
                name="span",
                x0=SCORES[old],
                x1=SCORES[new],
                y0=lane,
                y1=lane,
                xref="x",
                yref="y",
                layer="below",
                line={"color": ink(role_of(new)), "width": 2, "dash": "solid"},
            )
        # "Untestable" has no place between the others: it stands in a column of its own, at the left.
        for key, rating in (("then", old), ("now", new)):
            xs, ys, colours, names = places.setdefault(key, ([], [], [], []))
            xs.append(SCORES.get(rating, -3))
            ys.append(lane)
            colours.append(ink(role_of(rating)))
            names.append(shown(f"{titles[name]}: {rating.value}"))
    for key, kind, name in (("then", "circle-open", "9 October 2023"), ("now", "circle", "now")):
        xs, ys, colours, names = places.get(key, ([], [], [], []))
        figure.add_trace(
            scatter(
                x=xs,
                y=ys,
                mode="markers",
                name=_when(then if key == "then" else now, name),
                text=names,
                marker={"color": colours, "symbol": kind, "size": 13 if key == "then" else 8},
                showlegend=True,
                hovertemplate="%{text}, %{fullData.name}<extra></extra>",
            )
        )
    ticks = [""] * (len(claims) + len(headings))
    for name, lane in zip(claims, lanes, strict=True):
        ticks[lane] = titles[name]
    row_axis(figure, ticks)
    _headings(figure, headings)
    untested = any(one.rating not in SCORES for one in (*before.values(), *after.values()))
    columns = [(SCORES[rating], rating.value) for rating in reversed(Rating) if rating in SCORES]
    columns = [(-3, Rating.UNTESTABLE.value), *columns] if untested else columns
    for lane in lanes:
        figure.add_shape(type="line", name="row", x0=0, x1=1, y0=lane, y1=lane, xref="paper", yref="y", layer="below",
                         line={"color": ink("grid"), "width": 1, "dash": "solid"})  # fmt: skip
    figure.update_xaxes(
        range=[columns[0][0] - 0.5, 2.5],
        tickmode="array",
        tickvals=[place for place, _ in columns],
        ticktext=[wrapped(name, 12) for _, name in columns],
        tickfont={"color": ink("ink"), "size": SMALL},
        side="top",
        showgrid=False,
        fixedrange=True,
    )
    figure.update_layout(showlegend=True)
    held = sum(1 for name in claims if after[name].rating in (Rating.SUPPORTED, Rating.MOSTLY_SUPPORTED))
    stood = sum(1 for name in claims if before[name].rating in (Rating.SUPPORTED, Rating.MOSTLY_SUPPORTED))
    as_of = max((one.as_of for one in now), default=ARTICLE_DATE)
    about = About(
        id=id,
        claim="",
        title=f"{stood} of {counted(len(claims), 'claim')} were borne out at least mostly when written, {held} are now",
        alt=f"On {day(min((one.as_of for one in then), default=ARTICLE_DATE))} {stood} of "
        f"{counted(len(claims), 'claim')} were "
        f"supported or mostly supported; on {day(as_of)} {held} were. {counted(len(moved), 'rating')} differ.",
        caption="Open: the verdict on the day of the article. Filled: now. A line joins the two where they differ.",
        data=pd.DataFrame(
            [
                {"claim": name, "title": titles[name], "vantage": key, "date": one.as_of.isoformat(),
                 "rating": one.rating.value, "confidence": one.confidence.value}
                for name in claims
                for key, one in (("then", before[name]), ("now", after[name]))
            ],
            columns=["claim", "title", "vantage", "date", "rating", "confidence"],
        ),
        units={"rating": "rating", "confidence": "confidence"},
        sources=sources,
        method="casefile.verdicts.rules",
        as_of=as_of,
    )  # fmt: skip
    return charted(about, figure)


def _when(verdicts: Sequence[Verdict], name: str) -> str:
    days = {one.as_of for one in verdicts}
    return f"on {day(days.pop())}" if len(days) == 1 else name


def robustness(verdict: Verdict, *, sources: Sequence[str] = (), id: str | None = None) -> Chart:
    """One claim under other reasonable analyses: those that agree, gathered by score; then each other.

    The scale is the rule's mean score, cut into the ratings that it gives; a rule marks the verdict's own score.
    """
    figure = empty()
    same = sorted((one for one in verdict.reanalyses if one.agrees), key=_by_score)
    other = sorted((one for one in verdict.reanalyses if not one.agrees and one.rating in SCORES), key=_by_score)
    none = [one for one in verdict.reanalyses if not one.agrees and one.rating not in SCORES]
    gathered = [list(found) for _, found in groupby(same, key=lambda one: one.score)]
    _zones(figure, verdict.rating)
    headings: list[tuple[int, str]] = []
    rows: list[tuple[int, list[Reanalysis]]] = []
    lane = 0
    for name, count, groups in (
        ("Same rating", len(same), gathered),
        ("Another rating", len(other), [[one] for one in other]),
        ("Too little evidence left to rate", len(none), [[one] for one in none]),
    ):
        if groups:
            headings.append((lane, f"{name} ({count})"))
            lane += 1
        for group in groups:
            rows.append((lane, group))
            lane += 1
    for rating in Rating:
        mine = [(place, group) for place, group in rows if group[0].rating is rating]
        if mine:
            figure.add_trace(_analyses(rating, mine))
    ticks = [""] * max(lane, 1)
    for place, group in rows:
        ticks[place] = _row_name(group)
        figure.add_shape(type="line", name="row", x0=0, x1=1, y0=place, y1=place, xref="paper", yref="y", layer="below",
                         line={"color": ink("grid"), "width": 1, "dash": "solid"})  # fmt: skip
    row_axis(figure, ticks)
    _headings(figure, headings)
    if verdict.score is not None:
        figure.add_shape(type="line", name="reference", x0=verdict.score, x1=verdict.score, y0=0, y1=1, xref="x",
                         yref="paper", layer="below",
                         line={"color": ink("rule"), "width": 1.5, "dash": "solid"})  # fmt: skip
    figure.update_layout(showlegend=False)
    count = len(verdict.reanalyses)
    part = f"all {count}" if len(same) == count > 1 else f"{len(same)} of {count}"
    says = f"{part} other {'analysis' if count == 1 else 'analyses'} {'gives' if len(same) == 1 else 'give'} "
    says += f"the same rating, {verdict.rating.value}"
    about = About(
        id=id or f"{verdict.claim}-robustness",
        claim=verdict.claim,
        title=written(says[0].upper() + says[1:]),
        alt=f"On {day(verdict.as_of)}, {says}.",
        caption="The score under each other reasonable way to do the analysis; the upright line is the verdict’s own. "
        "Analyses that agree and have the same score share a row.",
        data=pd.DataFrame(
            [
                {"analysis": one.id, "label": one.label, "rating": one.rating.value, "score": one.score,
                 "agrees": one.agrees, "idle": one.idle}
                for one in verdict.reanalyses
            ],
            columns=["analysis", "label", "rating", "score", "agrees", "idle"],
        ),
        units={"score": "−2 to +2"},
        sources=sources,
        method="casefile.verdicts.engine",
        as_of=verdict.as_of,
    )  # fmt: skip
    return charted(about, figure)


def _by_score(one: Reanalysis) -> tuple[float, str]:
    return (-(one.score or 0.0), one.id)


def _zones(figure: Sketch, own: Rating) -> None:
    """The stretches of the score that give each rating, named on top; the verdict's own is tinted."""
    edges = [2.2, *(lowest for lowest, _ in BANDS[:-1]), -2.2]
    for high, low, (_, rating) in zip(edges, edges[1:], BANDS, strict=False):
        if rating is own:
            figure.add_shape(type="rect", name="zone", x0=low, x1=high, y0=0, y1=1, xref="x", yref="paper",
                             layer="below", fillcolor=ink(role_of(rating)), opacity=0.14,
                             line={"width": 0})  # fmt: skip
    for edge in edges[1:-1]:
        figure.add_shape(type="line", name="edge", x0=edge, x1=edge, y0=0, y1=1, xref="x", yref="paper", layer="below",
                         line={"color": ink("axis"), "width": 1, "dash": "dot"})  # fmt: skip
    figure.update_xaxes(
        range=[edges[-1], edges[0]],
        tickmode="array",
        tickvals=[SCORES[rating] * 0.95 for _, rating in reversed(BANDS)],
        ticktext=[wrapped(rating.value, 12) for _, rating in reversed(BANDS)],
        tickfont={"color": ink("ink"), "size": SMALL},
        side="top",
        showgrid=False,
        fixedrange=True,
    )


def _analyses(rating: Rating, rows: Sequence[tuple[int, list[Reanalysis]]]) -> Trace:
    role = role_of(rating)
    return scatter(
        x=[group[0].score for _, group in rows],
        y=[place for place, _ in rows],
        mode="markers",
        name=shown(rating.value),
        text=["<br>".join(shown(one.label) for one in group) for _, group in rows],
        marker={
            "color": ink(role),
            "symbol": symbol(role),
            "size": [9.0 + min(len(group), 9) / 2 for _, group in rows],
        },
        showlegend=False,
        hovertemplate="%{fullData.name} (%{x:.2f}):<br>%{text}<extra></extra>",
    )


def _row_name(group: Sequence[Reanalysis]) -> str:
    """What a row of the chart is called: its analysis, without the title of a source left out, or how many it holds."""
    if len(group) > 1:
        return counted(len(group), "analysis", "analyses")
    one = group[0]
    return one.label.partition(": ")[0] if one.id.startswith("without:") else one.label
