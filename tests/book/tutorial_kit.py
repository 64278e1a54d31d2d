"""A page of the book read as instructions: what it says to run, to write and to expect."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from project_kit import environment

BLOCK = re.compile(r"(?:<!-- tutorial: ([^>]+) -->\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Step:
    """One block of a page: its instruction (from the comment before it), its language, its text."""

    instruction: str
    language: str
    text: str


def steps(page: Path) -> Iterator[Step]:
    for hit in BLOCK.finditer(page.read_text(encoding="utf-8")):
        yield Step(hit.group(1) or "", hit.group(2), hit.group(3))


def follow(page: Path, project: Path) -> int:
    """Do all that the page says in a copy of the project, and compare what it states; the number of commands run."""
    said, count = "", 0
    for step in steps(page):
        what, _, rest = step.instruction.partition(" ")
        if what == "file":
            (project / rest).parent.mkdir(parents=True, exist_ok=True)
            (project / rest).write_text(step.text, encoding="utf-8")
        elif what == "entry":
            _entry(project, *rest.split(), step.text)
        elif what == "cell":
            _cell(project, *rest.split(), step.text)
        elif step.language == "bash":
            said = ""
            for line in step.text.splitlines():
                said += _run(project, line, int(rest) if what == "exit" else 0)
                count += 1
        elif step.language == "text":
            _compare(step.text, said)
        else:
            raise AssertionError(f"nothing says what to do with this block:\n{step.text}")
    return count


def _run(project: Path, line: str, code: int) -> str:
    words = shlex.split(line)
    if words[0] == "casefile":
        words = [sys.executable, "-m", *words]
    elif words[0] == "python":
        words = [sys.executable, *words[1:]]
    done = subprocess.run(
        words,
        cwd=project,
        env=environment(project),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=800,
        check=False,
    )
    assert done.returncode == code, f"{line}\nended with {done.returncode}, not {code}:\n{done.stdout[-3000:]}"
    return done.stdout


def _compare(stated: str, said: str) -> None:
    """Each stated line occurs in what was said; an ellipsis stands for anything."""
    for line in stated.splitlines():
        pattern = ".*".join(re.escape(part) for part in line.split("…"))
        assert re.search(pattern, said), f"the page states a line that did not come:\n{line}\nbut:\n{said[-3000:]}"


def _entry(project: Path, name: str, key: str, text: str) -> None:
    """Replace one entry of a YAML list by its new text."""
    path = project / name
    whole = path.read_text(encoding="utf-8")
    start = re.search(rf"^( *)- \w+: {re.escape(key)}$", whole, re.MULTILINE)
    assert start, f"{name} has no entry {key}"
    rest = whole[start.end() :]
    end = re.search(rf"^{start.group(1)}(?:- |# )", rest, re.MULTILINE)
    after = rest[end.start() :] if end else ""
    path.write_text(whole[: start.start()] + text + ("\n" if end and after.lstrip()[0] == "#" else "") + after, "utf-8")


def _cell(project: Path, name: str, cell_id: str, text: str) -> None:
    path = project / name
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = next(one for one in notebook["cells"] if one["id"] == cell_id)
    cell["source"] = text.rstrip("\n").splitlines(keepends=True)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
