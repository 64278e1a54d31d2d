"""YAML is data: nothing in it makes an object, repeats a key, multiplies by reference or ends the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.errors import DataError
from casefile.evidence.safe_yaml import read_yaml

BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (BOMB, r"line 2: refers to another part as \*a"),
        ("a: &a\n  b: *a\n", r"refers to another part"),
        ("a: 1\nb: 2\na: 3\n", "appears twice"),
        ("a:\n  - b: 1\n    b: 2\n", "appears twice"),
        ("a: !!python/object/apply:os.system [id]\n", "could not determine a constructor"),
        ("a: !!python/name:os.system\n", "could not determine a constructor"),
        ("a: !include /etc/passwd\n", "could not determine a constructor"),
        ("a: [1, 2\n", "line 2"),
        ("[" * 20_000, "deep|expected"),
        ("a: 1\nb: \x00\n", "line 2.*control characters"),
    ],
    ids=["bomb", "circle", "key", "inner key", "object", "name", "include", "open end", "depth", "control"],
)
def test_what_is_not_plain_data_is_refused_with_its_line(text: str, rule: str, tmp_path: Path) -> None:
    path = tmp_path / "claims.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=rule):
        read_yaml(path)


def test_stars_and_ampersands_in_sentences_are_only_characters(tmp_path: Path) -> None:
    path = tmp_path / "claims.yml"
    path.write_text("a: supply & demand\nb: five * stars, *really*\nc: '&x *y'\n", encoding="utf-8")
    assert read_yaml(path)["c"] == "&x *y"
