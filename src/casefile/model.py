"""The words of the project as frozen dataclasses. One meaning each; the glossary says them to readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

ARTICLE_DATE = date(2023, 10, 9)
"""The vantage `then`: the day the article appeared."""

FIRST_AS_OF = date(2022, 2, 24)
"""No evidence is admitted for a vantage before the full-scale invasion began."""

AS_OF_CHECKED = "CASEFILE_AS_OF_CHECKED"
"""Set in a kernel that may read only some tables: its starter has compared `as_of` with the newest row of all."""


class Pillar(str, Enum):
    """A family of claims with one notebook: its word, and the heading of its chapter. The book's order."""

    _value_: str
    heading: str

    def __new__(cls, value: str, heading: str = "") -> Pillar:
        one = str.__new__(cls, value)
        one._value_ = value
        one.heading = heading
        return one

    OPINION = "opinion", "US opinion"
    CONGRESS = "congress", "Congress"
    BATTLEFIELD = "battlefield", "The battlefield"
    ECONOMY = "economy", "Russia’s economy"
    RESOLVE = "resolve", "Ukrainian resolve"
    AIMS = "aims", "War aims and terms"


class Kind(str, Enum):
    """What sort of statement a claim is."""

    FIGURE = "figure"
    EVENT = "event"
    TREND = "trend"
    COMPARISON = "comparison"
    INTERPRETATION = "interpretation"
    PREDICTION = "prediction"


class Rating(str, Enum):
    """How far the evidence bears a claim out."""

    SUPPORTED = "supported"
    MOSTLY_SUPPORTED = "mostly supported"
    MIXED = "mixed"
    MOSTLY_UNSUPPORTED = "mostly unsupported"
    CONTRADICTED = "contradicted"
    UNTESTABLE = "untestable"


class Confidence(str, Enum):
    """How sure the rating is; separate from the rating itself."""

    VERY_LOW = "very low"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very high"


@dataclass(frozen=True)
class Source:
    """A row of the one registry of sources."""

    source_id: str
    publisher: str
    title: str
    url: str
    published: date | None
    kind: str  # primary | secondary | dataset
    license: str
    note: str


@dataclass(frozen=True)
class Test:
    """A stated rule on one finding: thresholds, why these, and its weight in the verdict.

    `cuts` splits the line of values into levels. One cut gives −2 | +2, two give −2 | 0 | +2, four give
    −2 | −1 | 0 | +1 | +2. A value at a cut belongs to the better level. `better` says which way supports the claim.
    A true/false finding has no cuts: `better: true` scores +2 for true and −2 for false (`better: false` the reverse).
    `required`: without a value the claim is untestable. `decisive`: failed outright (−2) it holds the score down,
    because what did not happen cannot be rescued by what was built on it.
    """

    id: str
    finding: str
    question: str
    better: str  # higher | lower | true | false
    cuts: tuple[float, ...]
    reason: str
    weight: float = 1.0
    required: bool = False
    decisive: bool = False

    __test__ = False  # pytest: not a test class


@dataclass(frozen=True)
class Alternative:
    """Another reasonable way to do a claim's analysis: other arguments, or other thresholds."""

    id: str
    label: str
    set: Mapping[str, Any] = field(default_factory=dict)
    cuts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Probe:
    """How to invent one new observation for a claim, to compute what would change its verdict.

    A copy of the newest row of `table` that matches `like`, dated the day of the vantage, with `column` varied
    over `values` (categories) or between `low` and `high` (numbers). `beside` are other rows of the same new report
    that stay as in the last one (the other party's share of the same poll): what differs from `like` in each, or,
    where an entry names another `table`, which row of that table (the roll call of a member's vote). `set` holds for
    all of them. The value nearest to the last one is looked for, or nearest to `start`.
    """

    table: str
    like: Mapping[str, str]
    column: str
    says: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    values: tuple[str, ...] = ()
    unit: str = ""
    set: Mapping[str, str | bool] = field(default_factory=dict)
    beside: tuple[Mapping[str, str], ...] = ()
    start: float | None = None

    @property
    def observation(self) -> tuple[object, ...]:
        """What makes the invented observation, but for its value: equal for two claims that ask for the same one."""
        return self.table, dict(self.like), self.column, dict(self.set), [dict(one) for one in self.beside]


@dataclass(frozen=True)
class Claim:
    """One checkable statement of the article, in our words, with the rule that decides it."""

    id: str
    pillar: Pillar
    paragraphs: tuple[int, ...]
    title: str
    statement: str
    kind: Kind
    refuted_by: str
    tables: tuple[str, ...]
    directness: str  # direct | proxy
    directness_reason: str
    headline: str
    tests: tuple[Test, ...]
    against: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    reply: str
    reply_findings: tuple[str, ...]
    probes: tuple[Probe, ...] = ()
    in_favour: tuple[str, ...] = ()
    """Findings that speak for the claim: shown against a verdict that goes against it. Empty: `reply_findings`."""


@dataclass(frozen=True)
class Finding:
    """A number or a dated fact computed from evidence, with the rows it rests on.

    `value` is a number, a truth value, a word, or None when the evidence does not reach. `low` and `high` bound it
    where there is an interval: a 95% interval of sampling error when `sampling` is true, otherwise the lowest and the
    highest of what the value sums up. `rows` are row ids (`table:key/key/…`); `sources` the registry ids behind them;
    `origins` the independent producers (two reports of one poll are one origin). `method` is the dotted name of the
    function that computed it, whose docstring the book prints.
    """

    id: str
    label: str
    value: float | bool | str | None
    unit: str
    sentence: str
    method: str
    rows: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    date: str | None = None  # ISO; the newest observation used
    sample: int | None = None  # respondents, votes or days, where that means something
    caveat: str = ""
    sampling: bool = False


@dataclass(frozen=True)
class TestResult:
    """One test applied: the finding's value, the level it reaches, and how far the nearest other level is."""

    test: Test
    value: float | bool | str | None
    score: int | None  # −2 … +2; None when the finding has no value
    flips_at: float | None = None  # nearest cut that would change the score
    __test__ = False


@dataclass(frozen=True)
class Reanalysis:
    """The verdict under one alternative analysis; `idle` when its choice left every tested number as it was."""

    id: str
    label: str
    rating: Rating
    score: float | None
    agrees: bool
    idle: bool = False


@dataclass(frozen=True)
class Strength:
    """Why the evidence counts as limited, moderate or strong: one point a line, and the cell of the table."""

    points: int
    label: str  # limited | moderate | strong
    origins: int
    kinds: Mapping[str, int]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """Rating, confidence and robustness of one claim at one vantage, with everything that they rest on."""

    claim: str
    pillar: str
    as_of: date
    rating: Rating
    score: float | None
    confidence: Confidence
    strength: Strength
    agreement: str  # low | medium | high
    robustness: float | None
    results: tuple[TestResult, ...]
    findings: tuple[Finding, ...]
    reanalyses: tuple[Reanalysis, ...]
    headline: Finding | None
    sentence: str
    steadiness: float | None = None
    """Chance that new samples of the same polls would give the same rating; None when no tested number is sampled."""

    def finding(self, name: str) -> Finding | None:
        """The finding with this id, with or without the claim's prefix; None when it was not computed."""
        wanted = name if name.startswith(f"{self.claim}.") else f"{self.claim}.{name}"
        return next((one for one in self.findings if one.id == wanted), None)


def ordered(values: Iterable[str]) -> tuple[str, ...]:
    """The distinct values in order of first appearance."""
    return tuple(dict.fromkeys(values))
