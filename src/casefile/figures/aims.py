"""Charts of the aims chapter: statements and steps on a line, and the matrix of the two sides' terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from casefile.evidence.library import Evidence
from casefile.figures.about import Abouts
from casefile.figures.vocabulary import Chart, Series, events, lines, matrix
from casefile.model import Verdict
from casefile.pillars.aims.bargaining import WORDS
from casefile.pillars.aims.beyond import BEYOND
from casefile.pillars.aims.rhetoric import LEVELS, STATEHOOD
from casefile.pillars.aims.rows import ACCOUNTABILITY, OPEN, POSITIONS, STATEMENTS, One, Rows
from casefile.words import alone, counted, few, number, percent

SHORT = 64
"""Longest label of an event before it is cut at a word."""

GISTS = {
    "end_called": "Ukraine as a state should end",
    "end_of_state": "Ukraine as a state ends",
    "one_people": "no nation apart",
    "end_of_government": "its government must go",
    "beyond_ukraine": "the war goes on past Ukraine",
    "beyond_hinted": "a neighbour within reach",
    "beyond_denied": "denies it",
    "may_be_incitement": "some rhetoric may be incitement",
    "genocide_not_shown": "evidence does not show genocide so far",
    "incitement_found": "finds incitement",
}

OVERLAP = {"none": "none", "partial": "partly", "full": "in principle"}


def _cited(parts: Sequence[Rows]) -> Iterator[str]:
    return (one for rows in parts for column in ("source_id", "source_id_2") for one in rows[column])


_about = Abouts(_cited)


def _value(verdict: Verdict, name: str) -> float | None:
    found = verdict.finding(name)
    return float(found.value) if found and isinstance(found.value, float) else None


def _iso(one: One) -> str:
    return str(one["date"].date())


def _cut(text: str) -> str:
    return text if len(text) <= SHORT else text[:SHORT].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def rhetoric_line(verdict: Verdict, ev: Evidence) -> Chart:
    """Statements of Russian officials on Ukraine's statehood, and the words of the UN inquiry, on a line."""
    said = Rows.of(ev, STATEMENTS)
    officials = said.among(side="russia", channel=OPEN, gist=(*STATEHOOD, "end_of_government"))
    inquiry = said.among(office="inquiry", gist=tuple(LEVELS))
    lanes = {"Russian officials": officials, "UN Commission of Inquiry": inquiry}
    marks = [
        (_iso(one), lane, f"{one['actor']}: {GISTS[one['gist']]}", "russia" if lane.startswith("Russian") else "a")
        for lane, rows in lanes.items()
        for one in rows
    ]
    count = _value(verdict, "speakers")
    title = "What officials said of Ukraine's statehood, and the UN inquiry of the rhetoric"
    if count is not None:
        title = f"{counted(count, 'official')} against Ukraine's statehood in two years; the UN inquiry says “may”"
    data = [
        {"date": _iso(one), "actor": one["actor"], "gist": GISTS[one["gist"]], "statement": one["position"]}
        for rows in lanes.values()
        for one in rows
    ]
    about = _about(
        verdict, "statements", title, "speakers",
        "Statements on record that the compilers found; the end of the government alone is shown but not counted.",
        data, {"date": "date", "actor": "", "gist": "", "statement": ""}, [officials, inquiry], "rhetoric.rhetoric",
    )  # fmt: skip
    return events(about, marks, lanes=list(lanes))


def officers_line(verdict: Verdict, ev: Evidence) -> Chart:
    """Officers' words on war past Ukraine and official denials, on a line."""
    said = Rows.of(ev, STATEMENTS).among(side="russia", channel=OPEN)
    officers = said.among(office="officer", gist=BEYOND)
    deciders = said.among(office=("head_of_state", "official"), gist=(*BEYOND, "beyond_denied"))
    lanes = {"Senior officers": officers, "Those who decide": deciders}
    marks = [
        (
            _iso(one),
            lane,
            f"{one['actor']}: {GISTS[one['gist']]}{' (led by a question)' if one['prompted'] is True else ''}",
            "russia" if one["gist"] in BEYOND else "muted",
        )
        for lane, rows in lanes.items()
        for one in rows
    ]
    count = _value(verdict, "officers")
    title = "What senior officers said of war past Ukraine, and what those who decide said"
    if count is not None:
        title = f"{counted(count, 'senior officer')} in two years on war past Ukraine; nobody who decides has said so"
        policy = verdict.finding("policy")
        if policy and policy.value is True:
            title = f"{counted(count, 'senior officer')} in two years on war past Ukraine, and one who decides"
    data = [
        {
            "date": _iso(one),
            "actor": one["actor"],
            "role": one["role"],
            "gist": GISTS[one["gist"]],
            "statement": one["position"],
        }
        for rows in lanes.values()
        for one in rows
    ]
    about = _about(
        verdict, "statements", title, "officers", "Days are those of broadcasting; one interview was recorded earlier.",
        data, {"date": "date", "actor": "", "role": "", "gist": "", "statement": ""}, [officers, deciders],
        "beyond.beyond",
    )  # fmt: skip
    return events(about, marks, lanes=list(lanes))


def overlap_matrix(verdict: Verdict, ev: Evidence) -> Chart:
    """The overlap of the two sides' terms by issue and moment, as far as both were known at the vantage."""
    coded = Rows.of(ev, POSITIONS)
    moments = coded.distinct("moment")
    issues = [issue for issue in WORDS if issue in set(coded["issue"])]
    issues.sort(key=lambda issue: (issue not in ("territory", "war_crimes", "reparations"), WORDS[issue].lower()))
    newest = {(one["issue"], one["moment"]): OVERLAP[one["overlap"]] for one in coded}
    cells = [[newest.get((issue, moment)) for moment in moments] for issue in issues]
    value = _value(verdict, "named_overlap")
    title = "Where the two sides' terms met, issue by issue"
    if value is not None:
        title = (
            "The two sides' terms meet nowhere on territory, accountability and reparations"
            if not value
            else f"On territory, accountability and reparations overlap is at {percent(value)} of full agreement"
        )
    data = [
        {
            "date": _iso(one),
            "moment": one["moment"],
            "issue": WORDS.get(one["issue"], one["issue"]),
            "ukraine": one["ukraine"],
            "russia": one["russia"],
            "overlap": one["overlap"],
            "known_on": str(one["known_on"].date()),
        }
        for one in coded
    ]
    about = _about(
        verdict, "matrix", title, "named_overlap",
        "Our ordinal coding of public terms, with what was known at this date; an empty cell was not coded.",
        data, dict.fromkeys(("date", "moment", "issue", "ukraine", "russia", "overlap", "known_on"), ""), [coded],
        "bargaining.no_bargaining",
    )  # fmt: skip
    roles = {"none": "bad", "partly": "c", "in principle": "good"}
    symbols = {"none": "x", "partly": "circle-open", "in principle": "circle"}
    names = [WORDS[issue][:1].upper() + WORDS[issue][1:] for issue in issues]
    return matrix(about, names, moments, cells, roles=roles, symbols=symbols)


def moves_line(verdict: Verdict, ev: Evidence) -> Chart:
    """Changes of each side's terms, towards the other side or away from it, on a line."""
    said = Rows.of(ev, STATEMENTS).among(side=("ukraine", "russia"), move=("wider", "narrower"))
    lanes = {"Ukraine": "ukraine", "Russia": "russia"}
    marks = []
    for lane, side in lanes.items():
        for one in said.among(side=side):
            way = "towards" if one["move"] == "narrower" else "away"
            told = "" if one["channel"] in OPEN else " (reported, not on record)"
            marks.append(
                (_iso(one), lane, _cut(f"{way}{told}: {one['position']}"), "good" if way == "towards" else "bad")
            )
    towards, apart = _value(verdict, "steps_towards"), _value(verdict, "steps_apart")
    title = "When each side's terms changed, and which way"
    if towards is not None and apart is not None:
        steps = few(int(towards), "public step")
        title = f"In a year and a half: {steps} towards the other side, {alone(int(apart))} away"
    data = [
        {
            "date": _iso(one),
            "side": one["side"],
            "move": one["move"],
            "channel": one["channel"],
            "terms": one["position"],
        }
        for one in said
    ]
    about = _about(
        verdict, "moves", title, "steps_towards",
        "A step asks for less (towards) or more (away) than the same side's last known terms; statements that repeat "
        "earlier terms are left out.",
        data, dict.fromkeys(("date", "side", "move", "channel", "terms"), ""), [said], "bargaining.no_bargaining",
    )  # fmt: skip
    return events(about, marks, lanes=list(lanes))


def accountability_line(verdict: Verdict, ev: Evidence) -> Chart:
    """Warrants, journeys, and bodies for accountability, on a line."""
    steps = Rows.of(ev, ACCOUNTABILITY)
    lanes = {
        "Warrants and courts": steps.among(step=("warrant", "court_order")),
        "Duty to arrest": steps.among(step=("travel_curbed", "no_arrest")),
        "Bodies": steps.among(step="institution").where(lambda one: bool(one["status"])),
        "Frozen assets": steps.among(step="assets"),
        "Enforcement": steps.among(step=("arrest", "trial", "payment")),
    }
    role = {
        "Warrants and courts": "a",
        "Duty to arrest": "c",
        "Bodies": "b",
        "Frozen assets": "d",
        "Enforcement": "good",
    }
    marks = [
        (_iso(one), lane, _cut(f"{one['body']}: {one['event']}"), role[lane])
        for lane, rows in lanes.items()
        for one in rows
    ]
    wanted, cases = _value(verdict, "wanted"), _value(verdict, "enforcement")
    title = "Steps towards accountability for the war"
    if wanted is not None and cases is not None:
        arrests = "nobody arrested or tried" if not cases else f"{counted(cases, 'case')} of enforcement"
        title = f"{counted(wanted, 'senior Russian')} wanted by the court, {arrests}"
    data = [
        {"date": _iso(one), "body": one["body"], "step": one["step"], "event": one["event"]}
        for rows in lanes.values()
        for one in rows
    ]
    about = _about(
        verdict, "steps", title, "enforcement", "A month-only date stands at the first of its month.",
        data, dict.fromkeys(("date", "body", "step", "event"), ""), list(lanes.values()), "court.court",
    )  # fmt: skip
    return events(about, marks, lanes=[lane for lane, rows in lanes.items() if len(rows)])


def un_votes(verdict: Verdict, ev: Evidence) -> Chart:
    """Votes in the General Assembly on Ukraine's side of the war, over time."""
    steps = Rows.of(ev, ACCOUNTABILITY).among(step="un_vote")
    steps = steps.where(lambda one: not one["act"].startswith("us-text"))
    series = []
    for unit, name, role in (
        ("votes_for", "for", "good"),
        ("abstentions", "abstaining", "muted"),
        ("votes_against", "against", "bad"),
    ):
        rows = steps.among(unit=unit).newest("date")
        series.append(Series(name, [_iso(one) for one in rows], rows["value"], role=role, markers=True, lines=False))
    found = _value(verdict, "un_support")
    title = "Votes in the General Assembly on Russia's war"
    if found is not None:
        way = "fewer" if found < 0 else "more"
        title = (
            f"{number(abs(found))} {way} votes with Ukraine at the UN than at first"
            if found
            else "Votes with Ukraine at the UN held level"
        )
    data = [
        {
            "date": _iso(one),
            "text": one["event"],
            "unit": one["unit"],
            "value": one["value"],
            "source": one["source_id"],
        }
        for one in steps
    ]
    about = _about(
        verdict, "un-votes", title, "un_support",
        "Each point is a different text; where reports differ, one of them is drawn.",
        data, {"date": "date", "text": "", "unit": "", "value": "states", "source": ""}, [steps], "court.court",
    )  # fmt: skip
    return lines(about, series, y_title="States", y_range=(0, 150))


CHARTS: dict[str, tuple[Callable[[Verdict, Evidence], Chart], ...]] = {
    "aims-rhetoric": (rhetoric_line,),
    "aims-beyond": (officers_line,),
    "aims-no-bargaining": (overlap_matrix, moves_line),
    "aims-icc": (accountability_line, un_votes),
}
