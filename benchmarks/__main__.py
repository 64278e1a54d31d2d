"""`python -m benchmarks`: measure, write results.json, and write from it the table that the book shows."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks.comparisons import COMPARISONS
from benchmarks.measure import MeasurementError, machine
from benchmarks.report import markdown
from benchmarks.workshop import workshop
from casefile.evidence.library import Library
from casefile.paths import DATA, RESULTS

HERE = Path(__file__).parent
FILE = HERE / "results.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which comparisons: {', '.join(COMPARISONS)} (all)")
    parser.add_argument("--runs", type=int, default=3, help="how often each side is run (3)")
    parser.add_argument("--report", action="store_true", help="only write the table again from results.json")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in COMPARISONS]:
        parser.error(f"there is no comparison {unknown[0]!r}; choose from {', '.join(COMPARISONS)}")
    results = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {"comparisons": {}}
    failed = []
    if not options.report:
        results |= {"machine": machine(), "runs": options.runs}
        for name in options.names or COMPARISONS:
            with workshop(Library(DATA).newest) as shop:
                say(f"  {name}")
                try:
                    results["comparisons"][name] = COMPARISONS[name](shop, options.runs, say)
                except MeasurementError as error:
                    say(f"  {name} could not be measured:\n{error}")
                    failed.append(name)
            FILE.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    RESULTS.write_text(markdown(results), encoding="utf-8")
    print(RESULTS.read_text(encoding="utf-8"))
    return 1 if failed else 0


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
