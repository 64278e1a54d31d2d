"""The questions that are followed: one pollster's wording each, and which answers count as resolute."""

from __future__ import annotations

from dataclasses import dataclass

TABLE = "resolve/polls"


@dataclass(frozen=True, eq=False)  # each is made once, so that what is computed of it can be looked up quickly
class Question:
    """One wording. `resolute` answers are added up; `yielding` are their opposite; the rest is undecided.

    `asks` says what it is about: land (giving up territory), fight (fighting on), talks, terms (of a peace plan),
    endure (bearing the war).
    """

    series: str
    name: str
    asks: str
    resolute: tuple[str, ...]
    yielding: tuple[str, ...] = ()


LAND = Question(
    "kiis-territorial-concessions", "KIIS: no land given up", "land", ("no-concessions",), ("may-give-up-some",)
)
"""The question whose published share the article's figure matches."""

FIGHT = Question(
    "gallup-fight-until-victory", "Gallup: fight until victory", "fight", ("fight-until-win",), ("negotiate-asap",)
)
"""The repeated question that asks outright about fighting on."""

ENDURE = Question("kiis-ready-to-endure", "KIIS: endure as long as needed", "endure", ("as-long-as-needed",))
TALKS = Question("razumkov-talks-now", "Razumkov: no talks now", "talks", ("disagree",), ("agree",))
TERMS = Question("kiis-plan-russian", "KIIS: reject Russia’s terms", "terms", ("reject",), ("may-accept",))

QUESTIONS: tuple[Question, ...] = (
    LAND,
    Question("norc-territorial-deal", "NORC: no deal that cedes land", "land", ("unacceptable",)),
    Question("ndi-acceptable-outcome", "NDI: Russia keeps nothing", "land", ("unacceptable",), ("acceptable",)),
    Question("kiis-territorial-transfer-held", "KIIS: hand over nothing", "land", ("no-concessions",), ("may-accept",)),
    Question("kiis-territorial-recognise", "KIIS: no recognition", "land", ("no-concessions",), ("may-accept",)),
    Question(
        "kiis-territorial-freeze-no-recognition", "KIIS: not even a freeze", "land",
        ("no-concessions",), ("may-accept",),
    ),
    Question(
        "kiis-donbas-for-guarantees", "KIIS: no Donbas for guarantees", "land",
        ("categorically-reject",), ("accept-total",),
    ),
    Question("razumkov-which-territorial-concession", "Razumkov: no land given up", "land", ("no-concessions",)),
    FIGHT,
    Question(
        "kiis-armed-struggle", "KIIS: fight on under shelling", "fight",
        ("continue-armed-struggle",), ("go-to-talks-with-concessions",),
    ),
    Question(
        "rating-compromise-vs-fight", "Rating: fight for all territory", "fight",
        ("fight-until-all-territory",), ("seek-compromise",),
    ),
    Question(
        "dif-only-victory-vs-concessions", "DIF: only victory ends the war", "fight",
        ("only-victory",), ("ready-for-concessions",),
    ),
    Question(
        "kiis-diplomacy-vs-military", "KIIS: by military means only", "fight", ("military-only",), ("also-diplomacy",)
    ),
    Question(
        "rating-which-outcome", "Rating: fight for lost territory", "fight",
        ("fight-until-donbas-crimea", "fight-until-2022-02-lines"), ("cease-hostilities-seek-compromise",),
    ),
    Question(
        "rating-realistic-way", "Rating: fighting on is realistic", "fight",
        ("no-talks-fight-on",), ("compromise-with-other-countries", "direct-talks"),
    ),
    TALKS,
    Question("razumkov-time-for-talks", "Razumkov: not time for talks", "talks", ("no",), ("yes",)),
    Question("ndi-engage-in-talks", "NDI: no talks", "talks", ("no",), ("yes",)),
    TERMS,
    ENDURE,
    Question("ukraine-victory-belief", "Ukraine will win", "belief", ("believe-total",)),
)  # fmt: skip
"""All questions that are followed. A new wave of one of them counts by itself; a new question needs a line here."""


def asking(*kinds: str) -> list[Question]:
    """The questions of these kinds, in the order of the list."""
    return [one for one in QUESTIONS if one.asks in kinds]
