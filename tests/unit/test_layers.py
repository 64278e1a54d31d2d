"""Who may import whom: downwards only. A lower layer that reached up would tie data to pages."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from casefile.paths import PACKAGE

LAYERS = [
    {"model", "errors", "paths", "words", "memory"},
    {"evidence"},
    {"pillars"},
    {"verdicts"},
    {"figures", "show"},
    {"press"},
    {"cli", "commands", "trust_commands", "new_commands", "refusal", "__main__"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py" or path.parent != PACKAGE)


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> list[str]:
    """Dotted names of casefile modules that a file imports, inside functions too."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("casefile"):
            found += [node.module] if node.module != "casefile" else [f"casefile.{one.name}" for one in node.names]
        elif isinstance(node, ast.Import):
            found += [one.name for one in node.names if one.name.startswith("casefile.")]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_downwards_only(path: Path) -> None:
    level = LEVEL[part(path)]
    upward = [name for name in imported(path) if LEVEL[name.split(".")[1]] > level]
    assert not upward, f"{path.name} imports upwards: {upward}"


@pytest.mark.parametrize(
    "path", [one for one in FILES if part(one) == "pillars"], ids=lambda path: path.relative_to(PACKAGE).as_posix()
)
def test_pillars_never_import_each_other(path: Path) -> None:
    own = path.relative_to(PACKAGE / "pillars").parts[0].removesuffix(".py")
    others = {one.name.removesuffix(".py") for one in (PACKAGE / "pillars").iterdir()} - {
        own,
        "findings",
        "__init__",
        "__pycache__",
    }
    crossed = [name for name in imported(path) if name.startswith("casefile.pillars.") and name.split(".")[2] in others]
    assert not crossed


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_file_belongs_to_a_layer(path: Path) -> None:
    assert part(path) in LEVEL
