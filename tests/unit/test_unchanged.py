"""A build with nothing to do is answered early, and every other wish goes to the command line untouched."""

from __future__ import annotations

from pathlib import Path

import pytest

from casefile import cli
from casefile.__main__ import main, plain_build, unchanged
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


@pytest.mark.parametrize(
    ("arguments", "as_of"),
    [(["build"], "latest"), (["build", "--as-of", "then"], "then"), (["build", "--as-of", "-f"], None),
     (["build", "--as-of"], None), (["build", "x"], None), (["verdicts"], None), ([], None)],
)  # fmt: skip
def test_a_plain_build_needs_no_parser(arguments: list[str], as_of: str | None) -> None:
    assert plain_build(arguments) == as_of


def test_a_plain_build_is_what_the_command_line_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, object]] = []

    def build_book(**wish: object) -> Path:
        made.append({name: value for name, value in wish.items() if name != "say"})
        return FRONT

    monkeypatch.setattr(build, "last_book", lambda as_of: None)
    monkeypatch.setattr(build, "build_book", build_book)
    monkeypatch.setattr("sys.argv", ["casefile", "build", "--as-of", "2024-06-30"])
    main()
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 0
    assert made[0] == made[1]
    assert made[0]["as_of"] == "2024-06-30"


def test_a_plain_build_that_is_refused_ends_in_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def last_book(as_of: str) -> Path:
        raise UsageError("not this day")

    monkeypatch.setattr(build, "last_book", last_book)
    monkeypatch.setattr(build, "build_book", lambda **wish: last_book(""))
    monkeypatch.setattr("sys.argv", ["casefile", "build"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 2
    assert capsys.readouterr().err == "not this day\n"
