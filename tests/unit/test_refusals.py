"""How commands refuse and stop: in whose words, on which stream, with which exit code."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from rich.console import Console

from casefile.cli import main
from casefile.paths import ROOT
from casefile.press.places import check_writable
from casefile.refusal import STOPPED, Output
from casefile.show import terminal
from casefile.verdicts.cached import verdict_records
from casefile.verdicts.counterweight import because
from casefile.verdicts.diff import ratings_that_differ


class Said(NamedTuple):
    code: object
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run one command in this process."""

    def run(*words: object) -> Said:
        monkeypatch.setattr(Output, "asked", False)
        monkeypatch.setattr(Output, "printed", False)
        monkeypatch.setattr("sys.argv", ["casefile", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        return Said(end.value.code, *capsys.readouterr())

    return run


@pytest.mark.parametrize(
    "words", [["verdicts"], ["explain", "economy-ruble"], ["build"], ["add", "resolve/polls", "x"]]
)
def test_ctrl_c_is_one_line_and_its_own_code(
    words: list[str], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for place in (
        "casefile.verdicts.cached.verdict_records",
        "casefile.evidence.library.Library.__init__",
        "casefile.press.build.build_book",
        "casefile.evidence.intake.gate.Gate.__init__",
    ):
        monkeypatch.setattr(place, interrupted)
    said = command(*words)
    assert (said.code, said.out) == (STOPPED, "")
    assert said.err.strip().startswith("Stopped; ")
    assert said.err.strip().count("\n") == 0


def test_the_help_lists_every_exit_code(command: Command) -> None:
    words = " ".join(command("--help").out.split())
    assert all(f"{code} " in words for code in (0, 1, 2, 3, 4, STOPPED))


@pytest.mark.parametrize(
    "words",
    [
        ["build", "--out", "/dev/null/x"],
        ["editions", "--out", "/dev/null/x"],
        ["run", ROOT / "notebooks/aims.ipynb", "--out", "/dev/null/x.ipynb"],
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_anything_runs(
    words: list[object], command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (
        "casefile.press.build._build",
        "casefile.press.editions.exclusive",
        "casefile.press.run.run_notebook",
    ):
        monkeypatch.setattr(place, lambda *_: pytest.fail("something ran"))
    said = command(*words)
    assert said.code == 2
    assert "Nothing can be written in /dev/null" in said.err


def test_trying_a_place_leaves_nothing_behind(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [["verdicts", "--data-dir"], ["diff", "data"], ["check"], ["check", "--data-dir"]])
def test_a_folder_of_something_else_is_no_data_folder(words: list[str], command: Command, tmp_path: Path) -> None:
    said = command(*words, tmp_path)
    assert said.code == 2
    assert f"{tmp_path} is no data folder" in said.err
    assert "Restore" not in said.err


def test_what_is_no_ledger_is_said_without_a_parsers_words(command: Command) -> None:
    said = command("diff", "then", ROOT / "README.md")
    assert said.code == 2
    assert "README.md is no ledger: it is not JSON" in said.err
    assert "Expecting" not in said.err


@pytest.mark.parametrize("vouched", [False, True])
@pytest.mark.parametrize(("column", "cell"), [("date", "29.12.2025"), ("value", "5x3")])
def test_a_bad_cell_is_named_by_line_and_column(
    column: str, cell: str, vouched: bool, command: Command, data_copy: Path
) -> None:
    path = data_copy / "economy" / "ruble.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    cells = lines[4].split(",")
    cells[lines[0].split(",").index(column)] = cell
    lines[4] = ",".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8")
    if vouched:  # the descriptor was made to fit the broken file
        package = json.loads((path.parent / "datapackage.json").read_text(encoding="utf-8"))
        resource = next(one for one in package["resources"] if one["path"] == path.name)
        resource["hash"] = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        (path.parent / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    said = command("verdicts", "--data-dir", data_copy)
    assert said.code == 3
    assert f"{path}, line 5, column {column}: '{cell}'" in said.err
    assert f"Run: casefile check {data_copy}" in said.err
    assert "format" not in said.err
    assert "float" not in said.err


def test_a_notebook_seen_from_elsewhere(command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    said = command("run", "notebooks/economy.ipynb")
    assert said.code == 2
    assert f"There is no notebooks/economy.ipynb (seen from {tmp_path}). The project is at {ROOT}" in said.err


def test_a_refusal_with_json_is_one_document_with_the_problems(
    command: Command, data_copy: Path, tmp_path: Path
) -> None:
    file = tmp_path / "new.csv"
    file.write_text("poll_id,nothing\na,b\n", encoding="utf-8")
    said = command("add", "resolve/polls", file, "--dry-run", "--json", "--data-dir", data_copy)
    told = json.loads(said.out)
    assert said.code == told["exit_code"] == 3
    assert {"file", "row", "column", "value", "rule", "remedy"} == set(told["problems"][0])
    assert Path(told["kept"]).read_bytes() == file.read_bytes()
    assert command("explain", "economy-rubel").out == ""


def test_a_document_that_was_printed_is_the_only_one(command: Command) -> None:
    said = command("diff", "then", "latest", "--json", "--fail-on-change")
    assert said.code == 4
    assert set(json.loads(said.out)) == {"a", "b", "rows", "findings", "verdicts"}


def test_a_misspelt_claim_or_option_is_answered_with_its_neighbours_only(command: Command) -> None:
    assert "Did you mean economy-ruble" in command("explain", "economy-rubel").err
    said = command("verdicts", "--asof", "2024-01-01")
    assert said.code == 2
    assert "(Possible options: --as-of)" in said.err


def test_what_must_be_set_can_be_pasted_into_a_shell(shared_rollcall: Path, command: Command, data_copy: Path) -> None:
    said = command("add", "congress/rollcalls", shared_rollcall, "--dry-run", "--data-dir", data_copy)
    assert said.code == 2
    line = next(one for one in said.err.splitlines() if "--set" in one)
    assert "|" not in line
    assert "--set scope='…'" in line
    assert "scope: one of aid, arms, vehicle" in said.err


@pytest.fixture
def shared_rollcall(tmp_path: Path) -> Path:
    """The House vote of the intake tests, under a number that is in no table."""
    source = next((ROOT / "tests/intake/fixtures").glob("*roll*.xml"))
    text = source.read_text(encoding="utf-8").replace("<rollcall-num>", "<rollcall-num>9")
    target = tmp_path / source.name
    target.write_text(text, encoding="utf-8")
    return target


def printed(width: int, is_terminal: bool, monkeypatch: pytest.MonkeyPatch, show: Callable[[], None]) -> list[str]:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=is_terminal, no_color=True, color_system=None, markup=False)
    monkeypatch.setattr(terminal, "_console", lambda: console)
    show()
    return out.getvalue().splitlines()


@pytest.mark.parametrize(("width", "is_terminal"), [(80, False), (80, True), (150, True)])
def test_no_id_is_cut_at_any_width(width: int, is_terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    records = verdict_records("latest", None)
    lines = printed(width, is_terminal, monkeypatch, lambda: terminal.verdict_table(records))
    firsts = {line.split()[0] for line in lines if line.split()}
    assert {one["claim"] for one in records} <= firsts
    if is_terminal:
        assert max(map(len, lines)) <= width
    else:
        assert len(lines) == len(records) + 2
        assert all(any(because(one) in line for line in lines) for one in records)


@pytest.mark.parametrize("is_terminal", [False, True])
def test_an_address_stays_one_word(is_terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from casefile.evidence.library import Library
    from casefile.verdicts.engine import Court
    from casefile.verdicts.explain import explain

    court = Court(Library())
    record = explain(court, "economy-ruble", court.library.newest)
    text = "\n".join(printed(80, is_terminal, monkeypatch, lambda: terminal.explanation(record)))
    urls = [source["url"] for one in record["findings"] for source in one["sources"][:3]]
    assert max(map(len, urls)) > 60
    assert all(url in text for url in urls)


def test_ratings_that_differ_are_named_once_with_their_vantage() -> None:
    moved = [{"claim": "a", "vantage": one, "before": "mixed", "after": "supported"} for one in ("then", "now")]
    words = ratings_that_differ({"verdicts": [*moved, {**moved[0], "claim": "b", "after": "mixed"}]})
    assert words == "Ratings differ: 1 on the later day (a); 1 on the article's date (a)."


def test_the_readme_shows_the_columns_of_a_new_source() -> None:
    header = (ROOT / "data" / "sources.csv").read_text(encoding="utf-8").partition("\n")[0]
    assert f"`{header}`" in (ROOT / "README.md").read_text(encoding="utf-8")
