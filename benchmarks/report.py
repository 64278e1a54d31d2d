"""The table and the plot that a page of the book shows, written from `results.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from casefile.figures.chart import NARROW, WIDE
from casefile.figures.svg import to_svg
from casefile.figures.vocabulary import About, Series, lines
from casefile.model import ARTICLE_DATE
from casefile.show.html import table
from casefile.words import number

TITLES = {
    "execution": "Execution of all notebooks, nothing kept",
    "kept": "Execution of all notebooks, with the verdicts kept by an earlier run",
    "full": "From nothing to a book",
    "again": "Building again",
    "preview": "Building again while previewing",
    "history": "Verdicts at 40 month ends",
    "answers": "Answers at the command line",
    "workers": "Editions on one worker and on two",
}


def markdown(results: Mapping[str, Any]) -> str:
    """The measured figures as Markdown: machine, tables, growth."""
    found = results["comparisons"]
    parts = [_machine(results["machine"], results["runs"])]
    parts += [_table(TITLES[name], found[name]) for name in TITLES if name in found]
    if "growth" in found:
        parts.append(_growth(found["growth"]))
    if "scale" in found:
        parts.append(_scale(found["scale"]["points"]))
    return "\n\n".join(parts) + "\n"


def _machine(facts: Mapping[str, Any], runs: int) -> str:
    kept = "with" if facts["bytecode_cached"] else "without"
    return (
        f"Measured on {facts['cores']} cores ({facts['processor']}), {number(facts['memory_gib'], 0)} GiB of memory, "
        f"{facts['system']}, Python {facts['python']}, {kept} the libraries’ byte code on disk; "
        f"papermill {facts['versions']['papermill']}, jupyter-book {facts['versions']['jupyter-book']}. "
        f"The load was {number(facts['load_at_start'], 2)} at the start. Medians of {runs}; sides alternate. Memory is "
        "the most that the whole process tree held, shared pages once. A ratio says how many times longer a side took "
        "than the last one of its table; where a book is built again, how many times faster than the first."
    )


def _table(title: str, comparison: Mapping[str, Any]) -> str:
    rows = []
    for name, side in comparison["sides"].items():
        ratio = next((f"{number(value, 1)}×" for key, value in comparison["ratios"].items() if key in name), "")
        spread = f"{_seconds(side['fastest'])} to {_seconds(side['slowest'])}"
        memory = f"{number(side['peak_mib'])} MiB"
        rows.append([name, _seconds(side["median"]), spread, _seconds(side["cpu_median"]), memory, ratio])
    header = ["Side", "Median", "Fastest to slowest", "Processor time", "Peak memory", "Ratio"]
    shown = _block(table(header, rows, caption="Wall time of each side", numeric=frozenset(range(1, 6))))
    return "\n\n".join([f"## {title}", shown, *([comparison["note"]] if "note" in comparison else [])])


def _block(html: str) -> str:
    return f"```{{raw}} html\n{html}\n```"


def _seconds(value: float) -> str:
    return f"{number(value, 2 if value < 10 else 1)} s"


def _growth(comparison: Mapping[str, Any]) -> str:
    points = [(int(name), side["median"], side["peak_mib"]) for name, side in comparison["sides"].items()]
    rows = []
    before: tuple[int, float] | None = None
    for count, seconds, peak in points:
        step = "" if before is None else _seconds((seconds - before[1]) / (count - before[0]))
        rows.append([count, _seconds(seconds), step, f"{number(peak)} MiB"])
        before = (count, seconds)
    header = ["Editions", "Median", "A further edition", "Peak memory"]
    shown = table(header, rows, caption="Wall time by number of editions", numeric=frozenset(range(1, 4)))
    return "\n\n".join(["## Many editions on one machine", _block(shown), _block(plot([(x, y) for x, y, _ in points]))])


def _scale(points: Sequence[Mapping[str, Any]]) -> str:
    """Grown books as a table, and how straight the growth is along rows and along claims."""
    header = ["Rows", "Claims", "Book", "Wall time", "Processor time", "Peak memory"]
    rows = [
        [
            f"{number(one['rows'], 0)} ({one['times_rows']}×)",
            f"{one['claims']} ({one['times_claims']}×)",
            f"{number(one['book_mib'], 0)} MiB",
            _seconds(one["seconds"]),
            _seconds(one["cpu_seconds"]),
            f"{number(one['peak_mib'])} MiB",
        ]
        for one in points
    ]
    shown = table(header, rows, caption="Whole books, grown from the real one", numeric=frozenset(range(1, 6)))
    said = [
        _along(points, "times_rows", "times_claims", "rows"),
        _along(points, "times_claims", "times_rows", "claims"),
    ]
    lead = (
        "Rows are copied under new keys, claims under new names with their own analysis, charts, rule and section, and "
        "each is judged by itself. Each book is built once, nothing kept."
    )
    return "\n\n".join(["## Many times the rows and the claims", lead, _block(shown), *said])


def _along(points: Sequence[Mapping[str, Any]], many: str, other: str, name: str) -> str:
    """How far time and memory lie from a straight line where only one of the two grows."""
    alone = [point for point in points if point[other] == 1]
    _, more, late = straight([(point[many], point["seconds"]) for point in alone])
    _, room, large = straight([(point[many], point["peak_mib"]) for point in alone])
    return (
        f"As many {name} again take {_seconds(more)} and {number(room)} MiB more. No time lies further than "
        f"{number(100 * late)}% from a straight line, no peak of memory further than {number(100 * large)}%."
    )


def straight(points: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Start and slope of the straight line through the points (least squares), and how far the farthest lies off it."""
    (mean_x, mean_y) = (sum(one[at] for one in points) / len(points) for at in (0, 1))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
    start = mean_y - slope * mean_x
    return start, slope, max(abs(y - start - slope * x) / (start + slope * x) for x, y in points)


def plot(points: Sequence[tuple[float, float]]) -> str:
    """Time against editions as one of the book's own charts, with the straight line through the points."""
    start, slope, off = straight(points)
    across, seconds = [x for x, _ in points], [y for _, y in points]
    line = [start + slope * x for x in across]
    chart = lines(
        About(
            id="benchmarks.growth",
            claim="",
            title=f"Each further edition takes about {_seconds(slope)}",
            alt=f"Time by number of editions: {', '.join(f'{x:g} in {_seconds(y)}' for x, y in points)}.",
            caption="",
            data=pd.DataFrame({"editions": across, "seconds": seconds}),
            units={"seconds": "s"},
            sources=(),
            method="benchmarks.comparisons.growth",
            as_of=ARTICLE_DATE,
        ),
        [
            Series("measured", across, seconds, role="a", lines=False, markers=True),
            Series("straight line", across, line, role="muted", dash=True),
        ],
        y_title="Seconds",
        x_title="Editions",
        y_range=(0.0, 1.1 * max(seconds)),
        article=False,
    )
    drawings = "".join(
        f'<div class="cf-{kind}">{to_svg(chart, width=width, height=300, ids=f"growth-{kind}")}</div>'
        for width, kind in ((WIDE, "wide"), (NARROW, "narrow"))
    )
    note = (
        f"No point lies further than {number(100 * off)}% from the line of {_seconds(start)} and "
        f"{_seconds(slope)} more for each edition."
    )
    return (
        f'<figure class="cf-chart"><p class="cf-title">{escape(chart.title)}</p>'
        f'<div class="cf-plot">{drawings}</div><figcaption>{escape(note)}</figcaption></figure>'
    )
