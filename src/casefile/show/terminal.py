"""Verdicts for a terminal. Rich lays out the tables; text from data is never read as markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from casefile.model import Rating
from casefile.show.values import SHAPES, agreement_text, share_text, value_text
from casefile.verdicts.confidence import cell_text
from casefile.verdicts.counterweight import LEAD, because

WIDE = 120  # columns of a terminal from which the sentences fit beside the ratings


def _console() -> Console:
    return Console(markup=False, highlight=False, emoji=False)


def _rating(word: str) -> Text:
    return Text(f"{SHAPES[Rating(word)]} {word}")


def verdict_table(records: Sequence[Mapping[str, Any]]) -> None:
    """One line per claim: rating, confidence, robustness, headline sentence.

    On a narrow terminal the sentence stands below. In a pipe or a file each claim is one whole line, so that what is
    searched for is found and an id can be copied.
    """
    console = _console()
    beside = not console.is_terminal or console.width >= WIDE
    head = ("Claim", "Rating", "Confidence", "Robustness", *(["Because"] if beside else []))
    lines = [head]
    for one in records:
        share = "–" if one["robustness"] is None else f"{100 * one['robustness']:.0f}%"
        rating = str(_rating(one["rating"]))
        lines.append((one["claim"], rating, one["confidence"], share, *([because(one)] if beside else [])))
    console.print(Text(f"Verdicts on {records[0]['as_of']}"), soft_wrap=True)
    if beside and console.is_terminal:
        table = Table(*(Column(name, no_wrap=name != "Because") for name in head), box=None)
        for line in lines[1:]:
            table.add_row(*(Text(cell) for cell in line))
        console.print(table)
        return
    widths = [max(len(line[at]) for line in lines) for at in range(4)]
    for at, line in enumerate(lines):
        cells = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=False))
        console.print(Text("  ".join([cells, *line[4:]]).rstrip()), soft_wrap=True)
        if not beside and at:
            console.print(Padding(Text(because(records[at - 1])), (0, 0, 0, 4)))


def timeline_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Claims down, dates across, a shape in each cell."""
    dates = list(dict.fromkeys(row["as_of"] for row in rows))
    table = Table(Column("Claim", no_wrap=True), *(one[2:7] for one in dates), box=None, padding=(0, 0, 0, 1))
    cells: dict[str, list[str]] = {}
    for row in rows:
        cells.setdefault(row["claim"], []).append(SHAPES[Rating(row["rating"])])
    for claim, shapes in cells.items():
        table.add_row(claim, *shapes)
    console = Console(markup=False, highlight=False, emoji=False, width=max(80, 34 + 6 * len(dates)))
    console.print(table)
    console.print("  ".join(f"{shape} {rating.value}" for rating, shape in SHAPES.items()))


def explanation(record: Mapping[str, Any]) -> None:
    """A whole explanation as readable lines."""
    console = _console()

    def say(*parts: Any, whole: bool = not console.is_terminal) -> None:
        """A line; `whole` leaves its breaking to the terminal, so that an address stays one word."""
        console.print(*parts, soft_wrap=whole)

    say(Text(f"{record['title']} ({record['claim']}), on {record['as_of']}"))
    say(Text(record["statement"]))
    say(Text(""))
    say(
        _rating(record["rating"]),
        Text(f"confidence {record['confidence']}, robustness: {share_text(record['robustness'])}"),
    )
    say(Text(record["sentence"]))
    if record["but"]:
        say(Text(f"{LEAD}{record['but']}"))
    say(Text("\nWhy this confidence"))
    strength = record["strength"]
    for reason in strength["reasons"]:
        say(Text(f"  {reason}"))
    say(Text(f"  {agreement_text(record['agreement'], record['robustness'], record['steadiness'])}"))
    cell = cell_text(strength["label"], strength["points"], record["agreement"], record["confidence"])
    say(Text(f"  {cell}"))
    say(Text("\nRule: weighted mean of these tests"))
    units = {one["id"]: one["unit"] for one in record["findings"]}
    for test in record["rule"]["tests"]:
        shown = value_text(test["value"], units.get(test["finding"], ""))
        score = "no evidence" if test["score"] is None else f"{test['score']:+d}"
        unit = units.get(test["finding"], "")
        flip = "" if test["flips_at"] is None else f"; nearest threshold {value_text(test['flips_at'], unit)}"
        turn = test["rating_flips"]
        if turn is not None:
            where = f"{turn['side']} {value_text(turn['at'], unit)}" if turn["side"] else "with the opposite"
            flip += f"; the rating flips {where} ({turn['rating']})"
        elif test["score"] is not None:
            flip += "; alone it cannot turn the rating"
        say(Text(f"  {score:>3}  (weight {test['weight']:g}) {test['question']} {shown}{flip}"))
    say(Text("\nFindings"))
    for one in record["findings"]:
        say(Text(f"  {one['id']}: {one['sentence']}"))
        if one["rows"]:
            rows = ", ".join(one["rows"][:3]) + (f" and {len(one['rows']) - 3} more" if len(one["rows"]) > 3 else "")
            say(Text(f"      rows: {rows}"))
        for source in one["sources"][:3]:
            say(Text(f"      source: {source['publisher']} ({source['kind']}) {source['url']}"), whole=True)
    say(Text("\nAgainst"))
    for one in record["against"]:
        say(Text(f"  {one['sentence']}"))
    differ = [one for one in record["reanalyses"] if not one["agrees"]]
    say(Text(f"\nOther analyses: {len(record['reanalyses']) - len(differ)} of {len(record['reanalyses'])} agree"))
    if idle := sum(one["idle"] for one in record["reanalyses"]):
        say(Text(f"  {idle} changed no tested number on this day"))
    for one in differ:
        say(Text(f"  {one['rating']}: {one['label']}"))
    say(Text("\nWhat would change it"))
    for one in record["would_change"]:
        say(Text(f"  {one['sentence']}"))
