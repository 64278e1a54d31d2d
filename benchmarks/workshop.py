"""A copy of the project to measure in, and the commands of each side."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from casefile.paths import ROOT

LEFT_OUT = (".git", ".venv", "_build", ".*cache*", "__pycache__")

EXECUTE = """
import os, sys
from datetime import date
from pathlib import Path
from casefile.paths import BUILD, DATA
from casefile.press.build import Plan
from casefile.press.cache import Cache
from casefile.press.edition import execute
from casefile.press.graph import Graph
from casefile.press.light import collect_rarely
collect_rarely()
cache = Cache(BUILD / "cache")
jobs = os.cpu_count() or 1
wish = Plan(date.fromisoformat(sys.argv[1]), DATA, BUILD / "html", None, jobs, True, Path(sys.argv[2]))
execute(wish, Graph(cache.hashes), cache, lambda text: print(text, file=sys.stderr))
"""
"""The execution alone, with the build's own code: all notebooks run, whatever is kept, as many at a time as cores."""


class Workshop:
    """A copy of the repository; `build` and the like return commands, and nothing is measured here."""

    def __init__(self, root: Path, day: date) -> None:
        self.root = root
        self.day = day.isoformat()
        self.bin = Path(sys.executable).parent
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("CASEFILE_")}
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)  # both sides may keep byte code, as they do on a reader's machine

    @property
    def notebooks(self) -> list[Path]:
        return sorted((self.root / "notebooks").glob("*.ipynb"))

    def casefile(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "casefile", *arguments]

    def build(self) -> list[str]:
        return self.casefile("build", "--as-of", self.day)

    def execute(self) -> list[str]:
        return [sys.executable, "-c", EXECUTE, self.day, str(self.root / "_bench")]

    def papermill(self, day: str = "") -> list[list[str]]:
        """The stock command for every notebook, in series."""
        out = self.root / "plain"
        out.mkdir(exist_ok=True)
        return [
            [str(self.bin / "papermill"), str(path), str(out / path.name), "-p", "as_of", day or self.day]
            for path in self.notebooks
        ]

    def jupyter_book(self, folder: Path) -> list[str]:
        return [str(self.bin / "jupyter-book"), "build", "--all", str(folder)]

    def forget(self, *names: str) -> None:
        """Remove what earlier runs left."""
        for name in names or ("_build", "_bench"):
            shutil.rmtree(self.root / name, ignore_errors=True)

    def plain_sources(self) -> None:
        """`plain/`: the book's assembled sources for stock jupyter-book; papermill writes the notebooks into it."""
        shutil.rmtree(self.root / "plain", ignore_errors=True)
        shutil.copytree(self.root / "_build" / "book", self.root / "plain")

    def forced_sources(self) -> None:
        """`forced/`: the same sources with notebooks that stock jupyter-book executes itself."""
        target = self.root / "forced"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.root / "_build" / "book", target)
        for path in self.notebooks:
            content = json.loads(path.read_text(encoding="utf-8"))
            for cell in content["cells"]:
                if "parameters" in cell["metadata"].get("tags", []):
                    cell["source"] = "".join(cell["source"]).replace('"latest"', f'"{self.day}"')
            (target / path.name).write_text(json.dumps(content), encoding="utf-8")
        config = target / "_config.yml"
        import yaml

        settings = yaml.safe_load(config.read_text(encoding="utf-8"))
        settings["execute"] = {"execute_notebooks": "force", "timeout": 900}
        config.write_text(yaml.safe_dump(settings), encoding="utf-8")

    def editions(self, start: date, end: date, *more: str) -> list[str]:
        """An edition for the first day, each month end and the last day."""
        span = ["--from", start.isoformat(), "--to", end.isoformat(), "--every", "month"]
        return self.casefile("editions", *span, *more)

    def change_a_table(self, name: str = "economy/ruble") -> None:
        """Add a word to one row's note, and make the descriptor's hash agree, as `casefile add` would."""
        path = self.root / "data" / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        rows[0]["note"] = f"{rows[0]['note']} (checked)"
        text = io.StringIO()
        writer = csv.DictWriter(text, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        data = text.getvalue().encode()
        path.write_bytes(data)
        restamp(path)


def restamp(path: Path) -> None:
    """Make the descriptor's hash and size agree with a table's file, as `casefile add` would."""
    data = path.read_bytes()
    descriptor = path.with_name("datapackage.json")
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    for resource in package["resources"]:
        if resource["path"] == path.name:
            resource["hash"], resource["bytes"] = f"sha256:{hashlib.sha256(data).hexdigest()}", len(data)
    descriptor.write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@contextmanager
def workshop(day: date) -> Iterator[Workshop]:
    """A copy of the project that is thrown away afterwards; the reader's own `_build` is not touched."""
    with TemporaryDirectory(prefix="casefile-bench-") as folder:
        root = Path(folder) / "project"
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        yield Workshop(root, day)
