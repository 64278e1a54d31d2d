"""The record of one edition's run as an RO-Crate with the Process Run profile."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casefile.errors import RunFailed
from casefile.evidence.canonical import canonical
from casefile.paths import LOCK, NOTEBOOKS
from casefile.press.edition import NAMES
from casefile.press.export.provenance import provenance
from casefile.press.export.standing import Standing

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
METADATA = "ro-crate-metadata.json"
TOOLS = {"papermill": "runs the notebooks", "jupyter-book": "assembles the site"}
SHOWN = {".csv": "text/csv", ".json": "application/json", ".yml": "application/yaml", ".jsonl": "application/jsonl",
         ".ipynb": "application/x-ipynb+json", ".html": "text/html", ".lock": "text/plain"}  # fmt: skip


def write_crate(standing: Standing, out: Path) -> Path:
    """Write the crate to the folder `out`: data, notebooks, executed notebooks, ledger, book, and how each came about.

    The same edition gives the same bytes; the only clock is SOURCE_DATE_EPOCH, without it the edition's date. Returns
    the metadata file. Raises `RunFailed` when the crate does not follow its profile.
    """
    from rocrate.model.contextentity import ContextEntity
    from rocrate.model.softwareapplication import SoftwareApplication
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.1")
    moment = _moment(standing.as_of)
    about = standing.citation
    root = crate.root_dataset
    crate.name = f"{about['title']}, edition of {standing.as_of}"
    crate.description = "Inputs, tools, parameters and outputs of one edition, with a hash for every file."
    root["datePublished"] = moment
    organisation = {"@type": "Organization", "name": about["authors"][0]["name"]}
    if home := _home(about):
        organisation["url"] = home
    team = crate.add(ContextEntity(crate, "#team", organisation))
    licence = {
        "@type": "CreativeWork",
        "name": "Creative Commons Attribution 4.0",
        "description": "For the compilation.",
    }
    crate.license = crate.add(ContextEntity(crate, "https://creativecommons.org/licenses/by/4.0/", licence))
    root["author"] = root["publisher"] = team
    profile = {"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}
    root["conformsTo"] = crate.add(ContextEntity(crate, PROFILE, profile))

    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        tools = {
            name: crate.add(
                SoftwareApplication(
                    crate,
                    address or f"#{name}",
                    {"name": name, "softwareVersion": version, "description": words}
                    | ({"url": address} if address else {}),
                )
            )
            for name, version, words, address in _tools(about)
        }
        as_of = {
            "@type": "PropertyValue",
            "name": "as_of",
            "value": standing.as_of,
            "description": "The day to judge from",
        }
        parameter = crate.add(ContextEntity(crate, "#as_of", as_of))
        data = {path.relative_to(standing.library.data_dir).as_posix(): path for path in data_files(standing)}
        inputs = {name: _file(crate, path, f"data/{name}") for name, path in data.items()}
        lock = _file(crate, LOCK, LOCK.name)
        executed = []
        for name in NAMES:
            source = _file(crate, NOTEBOOKS / f"{name}.ipynb", f"notebooks/{name}.ipynb")
            result = _file(crate, standing.sources / f"{name}.ipynb", f"executed/{name}.ipynb")
            executed.append(result)
            own = [entity for path, entity in inputs.items() if _may_read(standing, name, path)]
            _action(crate, f"#run-{name}", f"Run of the notebook {name}", tools["papermill"],
                    [source, parameter, *own], [result], moment, team,
                    "papermill runs every cell with the parameters; the result is kept in canonical form.")  # fmt: skip
        ledger = _file(crate, standing.site / "_static/ledgers/ledger.json", "ledger.json")
        timeline = _file(crate, standing.site / "_static/ledgers/timeline.json", "timeline.json")
        _action(crate, "#judge", "Verdicts from findings", tools["casefile"], [parameter, *inputs.values()],
                [ledger, timeline], moment, team,
                "Findings from the tables, verdicts from findings, at both vantages and at each month end.")  # fmt: skip
        trail = work / "provenance.jsonld"
        trail.write_text(provenance(standing), encoding="utf-8")
        _file(crate, trail, "provenance.jsonld", "From each number to its rows and sources, in the terms of W3C PROV")
        sums = work / "book.sha256"
        sums.write_text(_sums(standing.site), encoding="utf-8")
        manifest = _file(crate, sums, "book.sha256", "SHA-256 of every file of the book")
        book = crate.add_dataset(
            standing.site, "book/", properties={"name": "The book", "description": "The site; open book/index.html."}
        )
        _action(crate, "#assemble", "Assembly of the book", tools["jupyter-book"], [*executed, ledger, timeline, lock],
                [book, manifest], moment, team,
                "Executed notebooks, prose and ledgers become the pages of the site.")  # fmt: skip
        fresh = out.with_name(f".{out.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            crate.write(fresh)
            _canonical(fresh / METADATA)
            problems = check_crate(fresh)
            if problems:
                raise RunFailed("The RO-Crate does not follow its profile:\n" + "\n".join(problems[:20]))
            shutil.rmtree(out, ignore_errors=True)
            fresh.rename(out)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return out / METADATA


def check_crate(folder: Path) -> list[str]:
    """What breaks the Process Run profile or the crate's own promises (hashes, files), as sentences."""
    from rocrate.rocrate import ROCrate

    crate = ROCrate(folder)
    content = json.loads((folder / METADATA).read_text(encoding="utf-8"))
    by_id = {one["@id"]: one for one in content["@graph"]}
    problems = []
    if len(by_id) != len(content["@graph"]):
        problems.append("An identifier stands twice in the graph.")
    profiles = [one["@id"] for one in _listed(by_id["./"].get("conformsTo"))]
    if PROFILE not in profiles:
        problems.append(f"The root does not say that it conforms to {PROFILE}.")
    actions = [one for one in by_id.values() if "CreateAction" in _listed(one["@type"])]
    mentioned = {one["@id"] for one in _listed(by_id["./"].get("mentions"))}
    if not actions:
        problems.append("There is no action.")
    for action in actions:
        name = action["@id"]
        if name not in mentioned:
            problems.append(f"The root does not mention the action {name}.")
        problems += [
            f"{name} lacks {key}." for key in ("instrument", "object", "result", "endTime") if key not in action
        ]
        for key in ("instrument", "object", "result", "agent"):
            problems += [
                f"{name}: {key} names {one['@id']}, which is not in the graph."
                for one in _listed(action.get(key))
                if one["@id"] not in by_id
            ]
        for one in _listed(action.get("instrument")):
            if "SoftwareApplication" not in _listed(by_id.get(one["@id"], {}).get("@type")):
                problems.append(f"{name}: its instrument {one['@id']} is no software.")
    for entity in by_id.values():
        if "File" not in _listed(entity["@type"]):
            continue
        path = folder / entity["@id"]
        if not path.is_file():
            problems.append(f"{entity['@id']} is named but not in the crate.")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entity.get("sha256"):
            problems.append(f"{entity['@id']} is not the file that was recorded.")
    if crate.root_dataset is None:
        problems.append("rocrate finds no root.")
    return problems


def data_files(standing: Standing) -> list[Path]:
    """The files of the data folder that an edition rests on, in order of name."""
    folder = standing.library.data_dir
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in (".csv", ".yml", ".json")]
    return [path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def _may_read(standing: Standing, notebook: str, file: str) -> bool:
    """Whether a notebook's claims read this file of the data folder."""
    own = {table for claim in standing.claims.values() if claim.pillar.value == notebook for table in claim.tables}
    return not own or "/" not in file or file.endswith(".json") or file.removesuffix(".csv") in own


def _file(crate: Any, path: Path, place: str, words: str = "") -> Any:
    content = path.read_bytes()
    properties: dict[str, Any] = {
        "name": words or Path(place).name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "contentSize": str(len(content)),
        "encodingFormat": SHOWN.get(path.suffix, "application/ld+json" if path.suffix == ".jsonld" else "text/plain"),
    }
    return crate.add_file(path, place, properties=properties)


def _action(
    crate: Any, identifier: str, name: str, tool: Any, object_: list[Any], result: list[Any], moment: str, team: Any,
    words: str,
) -> None:  # fmt: skip
    single = result[0] if len(result) == 1 else result  # RO-Crate 1.1: one value stands alone, not in a list
    about = {"name": name, "description": words, "endTime": moment}
    action = crate.add_action(tool, identifier=identifier, object=object_, result=single, properties=about)
    action["agent"] = team
    crate.root_dataset.append_to("mentions", action)
    action["actionStatus"] = "http://schema.org/CompletedActionStatus"  # a plain value in the profile, no reference


def _tools(about: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    addresses = {"papermill": "https://papermill.readthedocs.io/", "jupyter-book": "https://jupyterbook.org/"}
    found = [("casefile", str(about["version"]), "computes findings and verdicts", _home(about))]
    found += [(name, importlib.metadata.version(name), words, addresses[name]) for name, words in TOOLS.items()]
    return [*found, ("python", platform.python_version(), "the interpreter", "https://www.python.org/")]


def _home(about: Mapping[str, Any]) -> str:
    """Where the project lives, as CITATION.cff says; empty as long as it says nothing."""
    return str(about.get("repository-code") or about.get("url") or "")


def _moment(as_of: str) -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch and epoch.isdigit():
        return datetime.fromtimestamp(int(epoch), UTC).isoformat()
    return f"{as_of}T00:00:00+00:00"


def _sums(site: Path) -> str:
    lines = []
    for path in sorted(site.rglob("*")):
        if path.is_file():
            lines.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  book/{path.relative_to(site).as_posix()}")
    return "\n".join(lines) + "\n"


def _canonical(path: Path) -> None:
    """One order for the graph, so that two writings of one edition are the same bytes."""
    content = json.loads(path.read_text(encoding="utf-8"))
    head = {METADATA: 0, "./": 1}
    content["@graph"].sort(key=lambda one: (head.get(one["@id"], 2), one["@id"]))
    path.write_text(canonical(content), encoding="utf-8")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
