"""YAML as data only: safe types, no references, and a repeated key is an error instead of a silent overwrite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from casefile.errors import DataError, Problem

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    pass


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in found:
            raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} appears twice", key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _refuse_references(text: str) -> None:
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            reason = f"refers to another part as *{event.anchor}; write it out"
            mark: Any = event.start_mark
            raise yaml.constructor.ConstructorError(None, None, reason, mark)


def read_yaml(path: Path) -> Any:
    """The content of one YAML file.

    Raises `DataError` naming file and line when it is missing, is not YAML, repeats a key, asks for a type outside
    the safe set, refers to another part of itself (a few lines of references can stand for billions of values) or is
    nested without end.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            [Problem(str(path), None, None, None, f"cannot be read ({error})", "Restore the file.")]
        ) from None
    try:
        if "*" in text and "&" in text:
            _refuse_references(text)
        return yaml.load(text, Loader=_Loader)
    except RecursionError:
        problem = Problem(str(path), None, None, None, "is nested too deep to be read", "Flatten it.")
        raise DataError([problem]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        if isinstance(error, yaml.reader.ReaderError):
            line = text.encode()[: error.position].count(b"\n") + 1
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "is not valid YAML"
        raise DataError([Problem(str(path), line, None, None, str(reason), "Correct the line named here.")]) from None
