"""A notebook's parameters, read without running it, and values checked against them before papermill sees any.

papermill runs on with a misspelt parameter, writes a parameter's *name* into code as it is, and formats output paths
from values. So nothing reaches it that was not declared by the notebook and judged here.
"""

from __future__ import annotations

import ast
import io
import json
import math
import re
import tokenize
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from casefile.errors import UsageError
from casefile.model import FIRST_AS_OF
from casefile.paths import CLAIMS_FILE

TAG = "parameters"
LONGEST = 4096  # characters; longer than any path or date, short enough to print

_TYPES = {"str": str, "int": int, "float": float, "bool": bool, "list": list, "dict": dict}
_SHOWN = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a mapping",
}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: name, type, default and the comment beside it."""

    name: str
    type: type
    default: Any
    help: str

    def __str__(self) -> str:
        return f"{self.name} ({_SHOWN[self.type]}, default {self.default!r}){': ' + self.help if self.help else ''}"


def read_parameters(notebook: Path | Mapping[str, Any]) -> dict[str, Parameter]:
    """The parameters a notebook declares, by name, in the order of its cell; nothing is executed.

    Raises `UsageError` when the file is missing or no notebook, when two cells carry the tag, or when the cell holds
    anything but assignments of literals.
    """
    label, content = _content(notebook)
    cells = [one for one in content["cells"] if TAG in one.get("metadata", {}).get("tags", ())]
    if len(cells) > 1:
        raise UsageError(f"{label}: {len(cells)} cells are tagged {TAG!r}; there may be one.")
    if not cells:
        return {}
    source = "".join(cells[0]["source"])
    try:
        statements = ast.parse(source).body
    except SyntaxError as error:
        raise UsageError(f"{label}: the parameters cell is no Python (line {error.lineno}: {error.msg}).") from None
    comments = _comments(source)
    found: dict[str, Parameter] = {}
    for statement in statements:
        parameter = _parameter(statement, comments.get(statement.end_lineno or 0, ""))
        if parameter is None:
            raise UsageError(
                f"{label}: line {statement.lineno} of the parameters cell must assign a literal to one name, "
                "as in: as_of: str = 'latest'  # help"
            )
        found[parameter.name] = parameter
    return found


def parse_given(given: Sequence[str]) -> dict[str, str]:
    """`name=value` texts of a command line as a mapping. Raises `UsageError` for one without `=` or given twice."""
    values: dict[str, str] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name.strip():
            raise UsageError(f"{one!r} is no parameter. Write -p name=value.")
        if name.strip() in values:
            raise UsageError(f"The parameter {name.strip()} is given twice.")
        values[name.strip()] = value
    return values


def check_parameters(
    declared: Mapping[str, Parameter], given: Mapping[str, object], *, newest: Callable[[], date] | None = None
) -> dict[str, Any]:
    """The given values in their declared types, in the declared order; only these may go to papermill.

    Text is read as the declared type says. `newest` gives the day of the newest evidence, for `as_of`.
    Raises `UsageError`, naming what is allowed, for an unknown name, an ill-typed or unsafe value, an `as_of` without
    evidence or a `data_dir` that is no folder.
    """
    unknown = [name for name in given if name not in declared]
    if unknown:
        allowed = "\n".join(f"  {one}" for one in declared.values()) or "  none: the notebook declares no parameters"
        raise UsageError(f"There is no parameter {unknown[0]!r}. Parameters:\n{allowed}")
    checked: dict[str, Any] = {}
    for name, parameter in declared.items():
        if name not in given:
            continue
        value = _typed(parameter, given[name])
        _safe(name, value)
        checked[name] = value
    if "as_of" in checked:
        check_as_of(checked["as_of"], newest)
    if checked.get("data_dir"):
        _check_folder(checked["data_dir"])
    if checked.get("ledger_path"):
        _check_target(checked["ledger_path"])
    return checked


def check_as_of(text: str, newest: Callable[[], date] | None = None) -> None:
    """Refuse, with `UsageError`, what is neither `latest`, `then` nor a day that evidence can reach."""
    if text in ("latest", "then"):
        return
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise UsageError(f"as_of {text!r} is no date. Give YYYY-MM-DD, 'latest' or 'then'.")
    if day < FIRST_AS_OF:
        raise UsageError(f"as_of {day} lies before {FIRST_AS_OF}, the first day with evidence.")
    if day > date.today() and newest is not None and day > (last := newest()):
        raise UsageError(f"as_of {day} lies in the future; the newest evidence is of {last}.")


def _content(notebook: Path | Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(notebook, Path):
        return "notebook", notebook
    try:
        content = json.loads(notebook.read_text(encoding="utf-8"))
        if not isinstance(content["cells"], list):
            raise TypeError("cells")
    except FileNotFoundError:
        raise UsageError(f"There is no notebook {notebook}.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{notebook} is no readable notebook ({type(error).__name__}: {error}).") from None
    return str(notebook), content


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {one.start[0]: one.string.lstrip("# ").strip() for one in tokens if one.type == tokenize.COMMENT}


def _parameter(statement: ast.stmt, comment: str) -> Parameter | None:
    annotation: ast.expr | None = None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target, value, annotation = statement.target, statement.value, statement.annotation
    else:
        return None
    if not isinstance(target, ast.Name):
        return None
    try:
        default = ast.literal_eval(value)
    except ValueError:
        return None
    kind: type | None = _TYPES.get(annotation.id) if isinstance(annotation, ast.Name) else type(default)
    if kind not in _SHOWN:
        return None
    return Parameter(target.id, kind, default, comment)


def _typed(parameter: Parameter, given: object) -> Any:
    kind = parameter.type
    value = _from_text(kind, given) if isinstance(given, str) and kind is not str else given
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise UsageError(f"The parameter {parameter.name} must be {_SHOWN[kind]}; {given!r} is not.")
    return value


def _from_text(kind: type, text: str) -> Any:
    if kind is bool:
        return {"true": True, "false": False}.get(text.strip().lower())
    try:
        return kind(text) if kind in (int, float) else ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _safe(name: str, value: object) -> None:
    if isinstance(value, dict):
        for part in (*value, *value.values()):
            _safe(name, part)
    elif isinstance(value, list | tuple | set):
        for part in value:
            _safe(name, part)
    elif isinstance(value, float) and not math.isfinite(value):
        raise UsageError(f"The parameter {name} must be a finite number.")
    elif isinstance(value, str):
        if len(value) > LONGEST:
            raise UsageError(f"The parameter {name} is longer than {LONGEST} characters.")
        odd = next((one for one in value if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")), None)
        if odd is not None:
            raise UsageError(
                f"The parameter {name} holds the invisible character U+{ord(odd):04X}, which is not allowed."
            )


def _check_folder(text: str) -> None:
    if not Path(text).is_dir():
        raise UsageError(f"There is no data folder at {text}.")
    if not (Path(text) / CLAIMS_FILE).is_file():
        raise UsageError(f"{text} is no data folder: it holds no claims.yml.")


def _check_target(text: str) -> None:
    target = Path(text)
    if target.suffix != ".json":
        raise UsageError(f"The parameter ledger_path must name a .json file; {text!r} does not.")
    if target.is_dir():
        raise UsageError(f"The parameter ledger_path names the folder {text}; give a file in it.")
    if any((folder / CLAIMS_FILE).is_file() for folder in target.resolve().parents):
        raise UsageError(
            "The parameter ledger_path lies in a data folder; accepted ledgers come from casefile publish."
        )
