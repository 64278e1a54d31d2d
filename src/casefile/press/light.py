"""Imports that cost seconds for something nobody here uses, done without it.

jsonschema, which nbformat, papermill and jupyter-book import, looks for `rfc3987_syntax` to check one text format
(internationalised addresses), and that module compiles a whole grammar while it is imported. No schema that is
validated here has such a field. Change when jsonschema imports it only on use.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

_SLOW = "rfc3987_syntax"


def import_jsonschema() -> None:
    """Import jsonschema without the grammar; does nothing when it has been imported already."""
    modules: dict[str, Any] = sys.modules
    if "jsonschema" in modules or _SLOW in modules:
        return
    modules[_SLOW] = None  # Python's own way to say: not to be had
    try:
        importlib.import_module("jsonschema")
    except ImportError:
        pass
    finally:
        del modules[_SLOW]
