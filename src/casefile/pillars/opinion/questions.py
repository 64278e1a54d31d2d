"""Which poll questions measure support for aid, and which answer of each is followed over time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)  # each is made once, so that what is computed of it can be looked up quickly
class Question:
    """One pollster's question in one wording, and the answer that is followed.

    `toward` is +1 when the answer favours aid and −1 when it opposes it, so that `toward × share` always falls when
    support falls. `family` says what is asked: the level of aid (too much), arms, money, or something related.
    """

    series: str
    response: str
    toward: int
    family: str
    name: str


LEVEL, ARMS, MONEY, RELATED = "level", "arms", "money", "related"

COMPARABLE = (
    Question("pew-aid-level", "too-much", -1, LEVEL, "Pew"),
    Question("gallup-aid-level", "too-much", -1, LEVEL, "Gallup"),
    Question("abc-wapo-aid-level", "too-much", -1, LEVEL, "ABC/Washington Post"),
    Question("quinnipiac-aid-level", "too-much", -1, LEVEL, "Quinnipiac"),
    Question("wsj-aid-level", "too-much", -1, LEVEL, "Wall Street Journal"),
    Question("ap-norc-spending", "too-much", -1, LEVEL, "AP-NORC (spending)"),
    Question("yougov-economist-aid-level", "decrease", -1, LEVEL, "YouGov/Economist"),
    Question("fox-aid-level", "less", -1, LEVEL, "Fox (level)"),
    Question("cnn-should-do-more", "should-do-more", 1, LEVEL, "CNN"),
    Question("chicago-council-arms", "support", 1, ARMS, "Chicago Council"),
    Question("ipsos-should-provide-weapons", "agree", 1, ARMS, "Reuters/Ipsos"),
    Question("reagan-military-aid", "support", 1, ARMS, "Reagan Institute"),
    Question("ap-norc-weapons", "favor", 1, ARMS, "AP-NORC (weapons)"),
    Question("cbs-military-aid", "oppose", -1, ARMS, "CBS/YouGov"),
    Question("fox-financial-aid", "favor", 1, MONEY, "Fox (money)"),
    Question("yougov-economist-financial-aid", "good-idea", 1, MONEY, "YouGov/Economist (money)"),
)
"""Questions on giving aid that were asked at least twice in the same words. A slope is fitted inside each; only slopes
are pooled. One poll may carry two of them; the alternative `one per pollster` drops the second."""

ALSO = (
    Question("gallup-reclaim-or-end", "end-quickly", -1, RELATED, "Gallup (how to end the war)"),
    Question("chicago-council-as-long", "settle-soon", -1, RELATED, "Chicago Council (how long)"),
    Question("chicago-council-economic", "support", 1, MONEY, "Chicago Council (money)"),
    Question("pew-responsibility", "yes", 1, RELATED, "Pew (responsibility)"),
    Question("quinnipiac-national-interest", "yes", 1, RELATED, "Quinnipiac (interest)"),
    Question("umd-pay-inflation", "prepared", 1, RELATED, "Maryland (inflation)"),
)
"""Related questions: not on giving aid as such, or a second question on it in the same poll."""

SECOND_OF_POLLSTER = frozenset({"ap-norc-spending", "fox-aid-level", "yougov-economist-financial-aid"})
"""Where a pollster has two questions in `COMPARABLE`, the one with fewer waves before the article."""


def chosen(which: str = "comparable") -> tuple[Question, ...]:
    """The questions of one choice: comparable, level, arms, one-per-pollster or also-related."""
    if which == "also-related":
        return COMPARABLE + ALSO
    if which == "one-per-pollster":
        return tuple(one for one in COMPARABLE if one.series not in SECOND_OF_POLLSTER)
    if which in (LEVEL, ARMS):
        return tuple(one for one in COMPARABLE if one.family == which)
    return COMPARABLE
