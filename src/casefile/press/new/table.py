"""`casefile new table`: a descriptor and a file with a header, ready for `casefile add`."""

from __future__ import annotations

import csv
import hashlib
import io
import json

from casefile.errors import UsageError
from casefile.model import Pillar
from casefile.press.new.project import TEMPLATES, Project, as_package, spelled_right


def new_table(project: Project, name: str) -> list[str]:
    """Add the starting points of the table `pillar/name` to the project's edits; returns what to do next.

    Raises `UsageError` for a name that is taken or misspelt and for an unknown pillar.
    """
    pillar, slash, short = name.partition("/")
    known = [one.value for one in Pillar]
    if not slash or pillar not in known:
        raise UsageError(f"{name!r} is no PILLAR/NAME. Pillars: {', '.join(known)}. Add one: casefile new pillar")
    spelled_right("table", short)
    resource = json.loads((TEMPLATES / "table.json").read_text(encoding="utf-8"))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(one["name"] for one in resource["schema"]["fields"])
    header = out.getvalue()
    resource["name"] = f"{pillar}-{short.replace('_', '-')}"
    resource["path"] = f"{short}.csv"
    resource["hash"] = "sha256:" + hashlib.sha256(header.encode()).hexdigest()
    resource["bytes"] = len(header.encode())
    project.create(f"data/{pillar}/{short}.csv", header)
    path = f"data/{pillar}/datapackage.json"
    package = project.read_json(path)
    if resource["path"] in [one["path"] for one in package["resources"]]:
        raise UsageError(f"{path} describes {resource['path']} already; nothing was written.")
    package["resources"].append(resource)
    project.edit(path, as_package(package))
    return [
        "Fill in the marked places:  casefile check",
        f"Then bring rows in:          casefile add {name} FILE --source SOURCES --dry-run",
        f"And build a claim on it:     casefile new claim {pillar}-NAME --table {name}",
    ]
