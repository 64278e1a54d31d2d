"""`python -m benchmarks.growth`: time and memory of a whole ledger as the data and the claims grow.

Rows are copied from the real tables under new keys, claims from the real claims under new names; every copied claim is
judged again with all its alternatives. Each point runs in a process of its own.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from benchmarks.workshop import restamp
from casefile.evidence.descriptors import Descriptor, read_descriptors
from casefile.paths import DATA

POINTS = ((1, 1), (5, 1), (10, 1), (20, 1), (1, 5), (1, 10), (20, 10))
"""(times the rows, times the claims)."""


def grow(target: Path, rows: int, claims: int) -> int:
    """A copy of the data with `rows` times the rows and `claims` times the claims; returns the number of rows."""
    shutil.copytree(DATA, target, ignore=shutil.ignore_patterns(".*"))
    total = 0
    for descriptor in read_descriptors(target).values():
        total += _grow_table(descriptor, rows)
    content = yaml.safe_load((target / "claims.yml").read_text(encoding="utf-8"))
    copies = [{**one, "id": f"{one['id']}-{n}"} for n in range(1, claims) for one in content["claims"]]
    content["claims"] += copies
    text = yaml.dump(content, Dumper=_Written, sort_keys=False, allow_unicode=True)
    (target / "claims.yml").write_text(text, encoding="utf-8")
    return total


class _Written(yaml.SafeDumper):
    """Every copied claim written out: our YAML knows no references."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _grow_table(descriptor: Descriptor, times: int) -> int:
    """Copy the rows under new keys: a free text column of the key gets a number."""
    foreign = {"source_id", "source_id_2"}
    free = [
        name
        for name in descriptor.key
        if descriptor.fields[name]["type"] == "string"
        and name not in foreign
        and "enum" not in descriptor.fields[name].get("constraints", {})
    ]
    with descriptor.path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names, rows = list(reader.fieldnames or ()), list(reader)
    grown = list(rows)
    if free:
        column = free[-1]
        grown += [{**row, column: f"{row[column]} {n}"} for n in range(1, times) for row in rows]
    with descriptor.path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(grown)
    restamp(descriptor.path)  # grown rows are no one's mistake: they are to be judged, not refused
    return len(grown)


def measure(folder: Path) -> dict[str, float]:
    """Processor seconds and peak memory of judging all claims of a data folder once, in this process."""
    import importlib
    import resource

    from casefile.evidence.claims import read_claims
    from casefile.evidence.library import Library
    from casefile.model import Pillar
    from casefile.verdicts.engine import Court

    for pillar in Pillar:
        importlib.import_module(f"casefile.pillars.{pillar.value}")
    began = time.process_time()
    for claim in read_claims(folder).values():
        known = importlib.import_module(f"casefile.pillars.{claim.pillar.value}").ANALYSES
        if claim.id not in known:
            original = claim.id.rpartition("-")[0]
            known[claim.id] = _renamed(known[original], original, claim.id)
    library = Library(folder)
    court = Court(library)
    verdicts = court.verdicts(library.newest)
    return {
        "seconds": round(time.process_time() - began, 2),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "verdicts": len(verdicts),
    }


def _renamed(analysis: Any, original: str, name: str) -> Any:
    def renamed(evidence: Any, **choices: Any) -> list[Any]:
        return [replace(one, id=one.id.replace(original, name, 1)) for one in analysis(evidence, **choices)]

    renamed.__doc__ = analysis.__doc__
    return renamed


def main() -> None:
    """One line per point; growth in claims is linear when the last column stays level."""
    if len(sys.argv) == 2:
        print(json.dumps(measure(Path(sys.argv[1]))))
        return
    print("rows x  claims x     rows  claims  seconds  peak MiB  ms per claim")
    for rows, claims in POINTS:
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work) / "data"
            count = grow(folder, rows, claims)
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.growth", str(folder)], capture_output=True, text=True, check=False
            )
            if done.returncode:
                print(f"{rows:6d}  {claims:8d}  failed: {done.stderr.strip().splitlines()[-1]}")
                continue
            found = json.loads(done.stdout)
        each = 1000 * found["seconds"] / found["verdicts"]
        print(
            f"{rows:6d}  {claims:8d}  {count:7d}  {found['verdicts']:6.0f}  {found['seconds']:7.1f}  "
            f"{found['peak_mib']:8.0f}  {each:12.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
