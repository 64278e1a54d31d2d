"""`python -m benchmarks.lighthouse`: Lighthouse on every page of the built book, as on a phone. Exit 1 when a page falls short.

Lighthouse is a Node package (`npm install lighthouse`, anywhere outside this folder). It is taken from CASEFILE_LIGHTHOUSE
or from PATH; without it nothing is measured and the exit code says so (2). The browser is CASEFILE_BROWSER or one on PATH.
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

from casefile.paths import BUILD
from casefile.press.serve import LOOPBACK, open_server

FLOORS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
"""The measures of the book's specification, and SEO beside them: a page that a search engine cannot read is not found."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lighthouse", description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", help="which pages, such as economy.html (all)")
    parser.add_argument("--site", type=Path, default=BUILD / "html", help="the built book (_build/html)")
    parser.add_argument("--keep", type=Path, help="keep each page's whole report in this folder")
    options = parser.parse_args()
    tool = os.environ.get("CASEFILE_LIGHTHOUSE") or shutil.which("lighthouse")
    browser = os.environ.get("CASEFILE_BROWSER") or next(
        (one for name in BROWSERS if (one := shutil.which(name))), None
    )
    if not tool or not browser:
        missing = "Lighthouse" if not tool else "a browser"
        say(
            f"Nothing was measured: {missing} was not found. Install it (npm install lighthouse) and name it with CASEFILE_LIGHTHOUSE, or set CASEFILE_BROWSER."
        )
        return 2
    names = options.pages or sorted(path.name for path in options.site.glob("*.html"))
    if not names:
        say(f"There is no book at {options.site}. Build one first: make book")
        return 2
    server = open_server(options.site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    short = []
    say(f"{'page':<20}" + "".join(f"{name:>16}" for name in FLOORS))
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            address = f"http://{LOOPBACK}:{server.server_address[1]}/{name}"
            report = measure(tool, browser, address, (options.keep or Path(folder)) / f"{name}.json")
            scores = {one: round(100 * (report["categories"][one]["score"] or 0)) for one in FLOORS}
            say(f"{name:<20}" + "".join(f"{scores[one]:>16}" for one in FLOORS))
            short += [
                f"{name}: {one} {scores[one]}, at least {floor} is wanted{why(report, one)}"
                for one, floor in FLOORS.items()
                if scores[one] < floor
            ]
    server.shutdown()
    for line in short:
        say(line)
    return 1 if short else 0


def measure(tool: str, browser: str, address: str, out: Path) -> dict:
    """One page's report: Lighthouse's mobile settings, a cold cache, simulated throttling."""
    out.parent.mkdir(parents=True, exist_ok=True)
    command = [
        tool, address, "--quiet", "--output=json", f"--output-path={out}",
        f"--only-categories={','.join(FLOORS)}", "--chrome-flags=--headless --no-sandbox --disable-gpu",
    ]  # fmt: skip
    subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": browser})
    return json.loads(out.read_text(encoding="utf-8"))


def why(report: dict, category: str) -> str:
    """The audits that cost this category points, worst first."""
    weights = {one["id"]: one["weight"] for one in report["categories"][category]["auditRefs"] if one["weight"]}
    lost = {
        name: weight * (1 - report["audits"][name]["score"])
        for name, weight in weights.items()
        if report["audits"][name]["score"] is not None
    }
    worst = [
        f"{name} {report['audits'][name].get('displayValue', '')}".strip()
        for name, one in sorted(lost.items(), key=lambda pair: -pair[1])
        if one > 0
    ]
    return f" ({'; '.join(worst[:4])})" if worst else ""


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
