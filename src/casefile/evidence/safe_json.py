"""JSON as data only: no repeated key, no trailing data, no NaN, no bottomless nesting; numbers keep their digits."""

from __future__ import annotations

import json
import re
from typing import Any

from casefile.errors import DataError, Problem

DEEPEST = 60
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{\]}]', re.DOTALL)


class Digits(str):
    """A JSON number as it stands in the file, so that no digit is lost on the way to the validator."""

    __slots__ = ()


class _RefusedError(ValueError):
    pass


def parse_json(text: str, name: str) -> Any:
    """The content of one JSON text; numbers come as `Digits`.

    Raises `DataError` naming the line of a syntax error, a repeated key, trailing data, NaN or Infinity, or nesting
    deeper than 60.
    """
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = token.group()
        if mark in "[{":
            depth += 1
            if depth > DEEPEST:
                line = text.count("\n", 0, token.start()) + 1
                raise _error(name, line, None, f"is nested deeper than {DEEPEST} levels", "Give a flat list of rows.")
        elif mark in "]}":
            depth -= 1
    try:
        return json.loads(
            text, object_pairs_hook=_pairs, parse_constant=_constant, parse_float=Digits, parse_int=Digits
        )
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            raise _error(name, error.lineno, None, "has data after its end", "Give one JSON document.") from None
        raise _error(name, error.lineno, None, f"is no valid JSON ({error.msg})", "The file may be cut off.") from None
    except _RefusedError as error:
        raise _error(name, None, None, str(error), "Correct the file.") from None
    except (RecursionError, ValueError) as error:
        raise _error(name, None, None, f"is no valid JSON ({type(error).__name__})", "Correct the file.") from None


def _error(name: str, line: int | None, value: str | None, rule: str, remedy: str) -> DataError:
    return DataError([Problem(name, line, None, value, rule, remedy)])


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _RefusedError(f"has the key {key!r} twice in one object")
        found[key] = value
    return found


def _constant(word: str) -> Any:
    raise _RefusedError(f"holds {word}, which is no number")


def rows_with_lines(text: str) -> list[int]:
    """The line on which each element of a top-level list (or of its first list value) begins. `text` is valid JSON."""
    lines: list[int] = []
    depth, target, at, line = 0, None, 0, 1
    for token in _TOKEN.finditer(text):
        mark = token.group()
        line += text.count("\n", at, token.start())
        at = token.start()
        if mark == "{" and target is not None and depth == target:
            lines.append(line)
        if mark in "[{":
            if mark == "[" and target is None:
                target = depth + 1
            depth += 1
        elif mark in "]}":
            depth -= 1
    return lines
