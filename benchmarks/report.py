"""The table and the plot that a page of the book shows, written from `results.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casefile.words import number

TITLES = {
    "execution": "Execution of all notebooks",
    "full": "From nothing to a book",
    "again": "Building again",
    "history": "Verdicts at 40 month ends",
    "answers": "Answers at the command line",
}


def markdown(results: Mapping[str, Any]) -> str:
    """The measured figures as Markdown: machine, tables, growth."""
    found = results["comparisons"]
    parts = [_machine(results["machine"], results["runs"])]
    parts += [_table(TITLES[name], found[name]) for name in TITLES if name in found]
    if "growth" in found:
        parts.append(_growth(found["growth"]))
    return "\n\n".join(parts) + "\n"


def _machine(facts: Mapping[str, Any], runs: int) -> str:
    kept = "with" if facts["bytecode_cached"] else "without"
    return (
        f"Measured on {facts['cores']} cores ({facts['processor']}), {number(facts['memory_gib'], 0)} GiB of memory, "
        f"{facts['system']}, Python {facts['python']}, {kept} the libraries’ byte code on disk; "
        f"papermill {facts['versions']['papermill']}, jupyter-book {facts['versions']['jupyter-book']}. "
        f"Medians of {runs}; sides alternate. Memory is the most that the whole process tree held, shared pages once."
    )


def _table(title: str, comparison: Mapping[str, Any]) -> str:
    rows = [
        f"## {title}",
        "",
        "| | median | fastest to slowest | processor time | peak memory | ratio |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, side in comparison["sides"].items():
        ratio = next((f"{number(value, 1)}×" for key, value in comparison["ratios"].items() if key in name), "")
        rows.append(
            f"| {name} | {_seconds(side['median'])} | {_seconds(side['fastest'])} to {_seconds(side['slowest'])} "
            f"| {_seconds(side['cpu_median'])} | {number(side['peak_mib'])} MiB | {ratio} |"
        )
    if "note" in comparison:
        rows += ["", comparison["note"]]
    return "\n".join(rows)


def _seconds(value: float) -> str:
    return f"{number(value, 2 if value < 10 else 1)} s"


def _growth(comparison: Mapping[str, Any]) -> str:
    points = [(int(name), side["median"], side["peak_mib"]) for name, side in comparison["sides"].items()]
    rows = [
        "## Many editions on one machine",
        "",
        "| editions | median | a further edition | peak memory |",
        "|--:|--:|--:|--:|",
    ]
    before: tuple[int, float] | None = None
    for count, seconds, peak in points:
        step = "" if before is None else _seconds((seconds - before[1]) / (count - before[0]))
        rows.append(f"| {count} | {_seconds(seconds)} | {step} | {number(peak)} MiB |")
        before = (count, seconds)
    return "\n".join([*rows, "", "```{raw} html", plot([(x, y) for x, y, _ in points]), "```"])


def plot(points: Sequence[tuple[float, float]]) -> str:
    """Time against editions as a small static SVG in the colour of the text."""
    width, height, left, bottom = 560, 260, 56, 40
    most_x, most_y = max(x for x, _ in points), max(y for _, y in points)

    def place(x: float, y: float) -> tuple[float, float]:
        return left + x / most_x * (width - left - 20), height - bottom - y / most_y * (height - bottom - 20)

    marks = [place(x, y) for x, y in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in marks)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in marks)
    names = "".join(
        f'<text x="{place(x, 0)[0]:.1f}" y="{height - bottom + 18}" text-anchor="middle">{x:g}</text>'
        for x, _ in points
    )
    said = ", ".join(f"{x:g} in {_seconds(y)}" for x, y in points)
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" font-size="13" '
        f'fill="currentColor" aria-label="Time by number of editions: {said}">'
        f'<path d="M{left} 10V{height - bottom}H{width - 10}" fill="none" stroke="currentColor" opacity="0.5"/>'
        f'<polyline points="{line}" fill="none" stroke="currentColor" stroke-width="2"/>{dots}{names}'
        f'<text x="{left - 6}" y="{place(0, most_y)[1] + 4:.1f}" text-anchor="end">{_seconds(most_y)}</text>'
        f'<text x="{left - 6}" y="{height - bottom + 4}" text-anchor="end">0</text>'
        f'<text x="{(left + width) / 2}" y="{height - 4}" text-anchor="middle">editions</text></svg>'
    )
