"""What costs time and helps nobody here, done without: an import, and collections of garbage that find none.

jsonschema, which nbformat, papermill and jupyter-book import, looks for `rfc3987_syntax`, `rfc3986_validator` and
`isoduration` to check formats of text (addresses, spans of time); the first two compile a whole grammar while they are
imported, the third brings a library of dates. No schema that is validated here has such a field. Change when jsonschema
imports them only on use.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import sys
import warnings
from collections.abc import Iterator
from types import ModuleType
from typing import Any

_SLOW = ("rfc3987_syntax", "rfc3986_validator", "isoduration")

_EXECUTING = {"cache": "NotebookClientCache", "direct": "NotebookClientDirect"}
"""Modules of myst-nb that execute notebooks, and the class that each is imported for."""


def import_jsonschema() -> None:
    """Import jsonschema without the grammar; does nothing when it has been imported already."""
    modules: dict[str, Any] = sys.modules
    if "jsonschema" in modules:
        return
    with absent(*_SLOW), contextlib.suppress(ImportError):
        importlib.import_module("jsonschema")


def import_papermill() -> None:
    """Import papermill without requests, with which it reads notebooks from addresses; does nothing when it is imported.

    Ours are files. A sixth of the time that papermill and all that executes notebooks take to import. Change when
    papermill imports it only on use.
    """
    modules: dict[str, Any] = sys.modules
    if "papermill" in modules:
        return
    import_jsonschema()
    without = "requests" not in modules
    if without:
        modules["requests"] = ModuleType("requests")
    try:
        importlib.import_module("papermill")
    finally:
        if without:
            del modules["requests"]


def import_soup() -> None:
    """Import Beautiful Soup without the library of its CSS selectors, which compiles a grammar; no page of ours is
    looked through by them. Change when it imports that only on use."""
    with warnings.catch_warnings(), absent("soupsieve"), contextlib.suppress(ImportError):
        warnings.simplefilter("ignore")  # it tells what is missing
        importlib.import_module("bs4")


@contextlib.contextmanager
def absent(*names: str) -> Iterator[None]:
    """Meanwhile, modules that have not been imported cannot be: imports that can do without them do."""
    modules: dict[str, Any] = sys.modules
    hidden = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(hidden))  # None is Python's own way to say: not to be had
    try:
        yield
    finally:
        for name in hidden:
            del modules[name]


def import_without_execution() -> None:
    """Import myst-nb without the parts that execute notebooks, which are executed already; nothing when it is imported.

    They bring an object-relational mapper with them, for a cache of executed notebooks: half of the time that Sphinx
    and its extensions take to import. Change when myst-nb imports its executing clients only on use.
    """
    modules: dict[str, Any] = sys.modules
    if "myst_nb" in modules:
        return
    stand_ins = []
    for name, client in _EXECUTING.items():
        stand_in = ModuleType(f"myst_nb.core.execute.{name}")
        setattr(stand_in, client, _Executed)
        modules[stand_in.__name__] = stand_in
        stand_ins.append(stand_in.__name__)
    try:
        importlib.import_module("myst_nb.core.execute")
    except ImportError:  # a release that is built otherwise
        for name in [one for one in modules if one.startswith("myst_nb")]:
            del modules[name]
    finally:
        for name in stand_ins:
            modules.pop(name, None)


class _Executed:
    """In place of a client that executes notebooks."""

    def __init__(self, *_: Any, **__: Any) -> None:
        raise RuntimeError("The book's notebooks were executed by papermill; jupyter-book is told to execute none.")


def collect_rarely() -> None:
    """Have Python look for garbage a seventieth as often: documents and tables are long-lived, and are made anew.

    A tenth of the time of a build went into looking through them; what they leave behind is still found. The
    interpreter's own end looks through all of them once more, which is left out.
    """
    gc.set_threshold(50_000, 20, 50)
    atexit.register(gc.freeze)
