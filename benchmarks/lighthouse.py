"""`python -m benchmarks.lighthouse`: Lighthouse on every page of the built book, as on a phone.

Lighthouse is a Node package (`npm install lighthouse`, anywhere outside this folder), taken from CASEFILE_LIGHTHOUSE or
from PATH; the browser is CASEFILE_BROWSER or one on PATH. Exit codes: 0 every page is good enough, 1 one falls short,
2 nothing could be measured.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from casefile.paths import BUILD
from casefile.press.serve import LOOPBACK, open_server

FLOORS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
"""What every page must reach. SEO stands beside the others: a page that cannot be indexed is not found."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lighthouse", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pages", nargs="*", help="which pages, such as economy.html (all)")
    parser.add_argument("--site", type=Path, default=BUILD / "html", help="the built book (_build/html)")
    parser.add_argument("--keep", type=Path, help="keep each page's whole report in this folder")
    options = parser.parse_args()
    tool = os.environ.get("CASEFILE_LIGHTHOUSE") or shutil.which("lighthouse")
    browser = os.environ.get("CASEFILE_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    names = options.pages or sorted(path.name for path in options.site.glob("*.html"))
    if not tool:
        return nothing("Lighthouse was not found. Run npm install lighthouse elsewhere and set CASEFILE_LIGHTHOUSE.")
    if not browser:
        return nothing(f"no browser was found. Set CASEFILE_BROWSER or install one of {', '.join(BROWSERS)}.")
    if not names:
        return nothing(f"there is no book at {options.site}. Build one first: make book")
    server = open_server(options.site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    short = []
    print(f"{'page':<20}" + "".join(f"{name:>16}" for name in FLOORS))
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            address = f"http://{LOOPBACK}:{server.server_address[1]}/{name}"
            report = measure(tool, browser, address, (options.keep or Path(folder)) / f"{name}.json")
            scores = {one: round(100 * (report["categories"][one]["score"] or 0)) for one in FLOORS}
            print(f"{name:<20}" + "".join(f"{scores[one]:>16}" for one in FLOORS), flush=True)
            for one, floor in FLOORS.items():
                if scores[one] < floor:
                    short.append(f"{name}: {one} {scores[one]}, at least {floor} is wanted: {lost(report, one)}")
    server.shutdown()
    print(*short, sep="\n", end="\n" if short else "")
    return 1 if short else 0


def nothing(why: str) -> int:
    print(f"Nothing was measured: {why}", file=sys.stderr)
    return 2


def measure(tool: str, browser: str, address: str, out: Path) -> dict[str, Any]:
    """One page's report: Lighthouse's mobile settings, a cold cache, simulated throttling."""
    out.parent.mkdir(parents=True, exist_ok=True)
    command = [
        tool, address, "--quiet", "--output=json", f"--output-path={out}", f"--only-categories={','.join(FLOORS)}",
        "--chrome-flags=--headless --no-sandbox --disable-gpu",
    ]  # fmt: skip
    subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": browser})
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def lost(report: dict[str, Any], category: str) -> str:
    """The audits that cost this category points, worst first."""
    costs = []
    for one in report["categories"][category]["auditRefs"]:
        audit = report["audits"][one["id"]]
        if one["weight"] and audit["score"] is not None and audit["score"] < 1:
            costs.append((one["weight"] * (1 - audit["score"]), f"{one['id']} {audit.get('displayValue', '')}".strip()))
    return "; ".join(name for _, name in sorted(costs, reverse=True)[:4])


if __name__ == "__main__":
    sys.exit(main())
