"""What costs time and helps nobody here, done without: an import, and collections of garbage that find none.

jsonschema, which nbformat, papermill and jupyter-book import, looks for `rfc3987_syntax` to check one text format
(internationalised addresses), and that module compiles a whole grammar while it is imported. No schema that is
validated here has such a field. Change when jsonschema imports it only on use.
"""

from __future__ import annotations

import gc
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


def collect_rarely() -> None:
    """Have Python look for garbage a seventieth as often: documents and tables are long-lived, and are made anew.

    A tenth of the time of a build went into looking through them; what they leave behind is still found.
    """
    gc.set_threshold(50_000, 20, 50)
