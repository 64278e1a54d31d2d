"""A build with nothing to do is answered early, and every other wish goes to the command line untouched."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile.__main__ import main, unchanged
from casefile.errors import DataError, UsageError
from casefile.press import build

FRONT = Path("somewhere/index.html")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The dates for which the last book was looked at; it always stands."""
    seen: list[str] = []

    def last_book(as_of: str) -> Path:
        seen.append(as_of)
        return FRONT

    monkeypatch.setattr(build, "last_book", last_book)
    return seen


@pytest.mark.parametrize(
    ("arguments", "as_of"), [(["build"], "latest"), (["build", "--as-of", "2024-06-30"], "2024-06-30")]
)
def test_a_plain_build_is_looked_at(asked: list[str], arguments: list[str], as_of: str) -> None:
    assert unchanged(arguments) == FRONT
    assert asked == [as_of]


@pytest.mark.parametrize(
    "arguments",
    [[], ["build", "--force"], ["build", "--as-of"], ["build", "--out", "x"], ["build", "--as-of", "then", "--force"],
     ["verdicts"], ["build", "--help"], ["--help"]],
)  # fmt: skip
def test_any_other_wish_is_left_to_the_command_line(asked: list[str], arguments: list[str]) -> None:
    assert unchanged(arguments) is None
    assert asked == []


@pytest.mark.parametrize("error", [UsageError("no"), DataError([]), OSError("gone")])
def test_an_error_is_left_to_the_command_line(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def last_book(as_of: str) -> Path:
        raise error

    monkeypatch.setattr(build, "last_book", last_book)
    assert unchanged(["build"]) is None


def test_the_answer_is_that_of_a_build(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["casefile", "build"])
    main()
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0] == "Nothing has changed since the last build."
    assert said.err.splitlines()[2] == f"The book is at {FRONT}"
