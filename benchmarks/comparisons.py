"""What is compared with what. Each comparison prepares, runs its sides in turn, several times, and reports medians."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from benchmarks.clusters import Cluster, cluster
from benchmarks.growth import POINTS, measured
from benchmarks.measure import Sample, summary, timed
from benchmarks.watching import change_and_wait
from benchmarks.watching import preview as watched
from benchmarks.workshop import Workshop, workshop
from casefile.verdicts.timeline import dates

Say = Callable[[str], None]
MONTHS = 40
EDITIONS = (1, 2, 4, 8)
FAR = 6  # editions of the comparison of workers


@dataclass(frozen=True)
class Side:
    """One side of a comparison: its commands, and what is to be made ready before each run, outside the clock."""

    name: str
    commands: Sequence[Sequence[str]]
    before: Callable[[], object] = lambda: None


def compare(shop: Workshop, sides: Sequence[Side], runs: int, say: Say) -> dict[str, Any]:
    """Run the sides alternately `runs` times; the last side is the one the others are divided by."""
    taken: dict[str, list[Sample]] = {side.name: [] for side in sides}
    for number in range(runs):
        for side in sides:
            side.before()
            sample = timed(side.commands, shop.root, shop.env)
            taken[side.name].append(sample)
            say(f"    {number + 1}/{runs} {side.name}: {sample.seconds:.2f} s")
    return {"sides": {name: summary(samples) for name, samples in taken.items()}} | ratios(taken)


def ratios(taken: Mapping[str, Sequence[Sample]]) -> dict[str, Any]:
    """How many times longer each side took than the last one, median by median."""
    medians = {name: summary(samples)["median"] for name, samples in taken.items()}
    *others, ours = medians
    return {"ratios": {name: round(medians[name] / medians[ours], 1) for name in others}}


def execution(shop: Workshop, runs: int, say: Say) -> dict[str, Any]:
    """All notebooks executed, nothing kept: stock papermill command for each in series, against warm kernels."""
    plain = Side("stock papermill, in series", shop.papermill(), shop.forget)
    ours = Side("casefile, warm kernels", [shop.execute()], shop.forget)
    return compare(shop, [plain, ours], runs, say)


def kept(shop: Workshop, runs: int, say: Say) -> dict[str, Any]:
    """All notebooks executed again, with the verdicts that an earlier run kept on disk, the same ones on both sides."""
    timed([shop.execute()], shop.root, shop.env)
    plain = Side("stock papermill, in series", shop.papermill(), lambda: shop.forget("_bench"))
    ours = Side("casefile, warm kernels", [shop.execute()], lambda: shop.forget("_bench"))
    return compare(shop, [plain, ours], runs, say)


def full(shop: Workshop, runs: int, say: Say) -> dict[str, Any]:
    """From nothing to a book: the plain recipe, jupyter-book executing by itself, and `casefile build`."""
    timed([shop.build()], shop.root, shop.env)
    shop.plain_sources()
    shop.forced_sources()
    plain = [*shop.papermill(), shop.jupyter_book(shop.root / "plain")]
    sides = [
        Side("papermill in series, then jupyter-book", plain, lambda: shop.forget("plain/_build", "_build")),
        Side(
            "jupyter-book, execute_notebooks: force",
            [shop.jupyter_book(shop.root / "forced")],
            lambda: shop.forget("forced/_build", "_build"),
        ),
        Side("casefile build, nothing kept", [shop.build()], shop.forget),
    ]
    return compare(shop, sides, runs, say)


def again(shop: Workshop, runs: int, say: Say) -> dict[str, Any]:
    """A second build with nothing changed, and one with one table changed, against the full build."""
    sides = [
        Side("casefile build, nothing kept", [shop.build()], shop.forget),
        Side("casefile build, one table changed", [shop.build()], shop.change_a_table),
        Side("casefile build, nothing changed", [shop.build()]),
    ]
    found = compare(shop, sides, runs, say)
    medians = {name: side["median"] for name, side in found["sides"].items()}
    whole, one, none = medians.values()
    found["ratios"] = {"nothing changed": round(whole / none, 1), "one table changed": round(whole / one, 1)}
    return found


def preview(shop: Workshop, runs: int, say: Say) -> dict[str, Any]:
    """One table changed while `casefile serve --watch` is at work, against the full build from a command of its own."""
    with workshop(date.fromisoformat(shop.day)) as apart, watched(apart):
        sides = [
            Side("casefile build, nothing kept", [shop.build()], shop.forget),
            Side("casefile serve --watch, from the change of a table to the new book", [change_and_wait(apart)]),
        ]
        found = compare(shop, sides, runs, say)
    whole, one = (side["median"] for side in found["sides"].values())
    found["ratios"] = {"serve --watch": round(whole / one, 1)}
    found["note"] = (
        "The preview stays and has its libraries imported; its processor time and memory are not in the table, which "
        "shows those of the command that changes the table and waits."
    )
    return found


def history(shop: Workshop, runs: int, say: Say) -> dict[str, Any]:
    """All verdicts at 40 month ends: notebooks for each month (one measured, times 40) against the timeline."""
    days = dates(date(2020, 1, 31), date.fromisoformat(shop.day))[-MONTHS:]
    plain = shop.papermill(days[0].isoformat())
    one_month = Side(f"stock papermill, one month (times {MONTHS})", plain, shop.forget)
    line = shop.casefile("timeline", "--from", days[0].isoformat(), "--to", days[-1].isoformat(), "--json")
    ours = Side(f"casefile timeline, {MONTHS} months", [line], shop.forget)
    found = compare(shop, [one_month, ours], runs, say)
    found["ratios"] = {name: round(value * MONTHS, 1) for name, value in found["ratios"].items()}
    found["note"] = f"The notebooks were run for the first month, the cheapest; the ratio assumes {MONTHS} times that."
    return found


def answers(shop: Workshop, runs: int, say: Say) -> dict[str, Any]:
    """Commands that should feel instant, with nothing kept from before."""
    sides = [
        Side("casefile --help", [shop.casefile("--help")]),
        Side("casefile verdicts", [shop.casefile("verdicts", "--json")], shop.forget),
        Side("casefile verdicts, asked again", [shop.casefile("verdicts", "--json")]),
    ]
    return {**compare(shop, sides, runs, say), "ratios": {}}


def growth(shop: Workshop, runs: int, say: Say) -> dict[str, Any]:
    """Time and memory for 1, 2, 4 and 8 editions on this machine."""
    months = dates(date(2023, 10, 31), date(2024, 12, 31))
    sides = [Side(str(count), [shop.editions(months[0], months[count - 1])], shop.forget) for count in EDITIONS]
    return {**compare(shop, sides, runs, say), "ratios": {}}


def workers(shop: Workshop, runs: int, say: Say) -> dict[str, Any]:
    """The same editions on a Dask cluster of one warm worker and of two, each worker a process with its own address."""
    months = dates(date(2023, 10, 31), date(2024, 12, 31))[:FAR]
    with cluster(shop, 1) as single, cluster(shop, 2) as double:
        sides = []
        for name, one in (("one warm worker", single), ("two workers", double)):
            far = ("--scheduler", one.address)
            timed([shop.editions(months[0], months[0], *far)], shop.root, shop.env)  # warms the workers

            def before(one: Cluster = one) -> None:
                shop.forget()
                one.forget()

            sides.append(Side(f"{FAR} editions, {name}", [shop.editions(months[0], months[-1], *far)], before))
        return compare(shop, sides, runs, say)


def scale(shop: Workshop, runs: int, say: Say) -> dict[str, Any]:
    """Whole books from tables and registries grown from the real ones, each built once, in a copy of its own."""
    points = []
    for rows, claims in POINTS:
        with workshop(date.fromisoformat(shop.day)) as grown:
            points.append(measured(grown, rows, claims))
        say(f"    {rows} times the rows, {claims} times the claims: {points[-1]['seconds']:.2f} s")
    return {"points": points}


COMPARISONS: dict[str, Callable[[Workshop, int, Say], dict[str, Any]]] = {
    "execution": execution,
    "kept": kept,
    "full": full,
    "again": again,
    "preview": preview,
    "history": history,
    "answers": answers,
    "growth": growth,
    "workers": workers,
    "scale": scale,
}
