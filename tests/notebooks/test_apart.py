"""Functions called in forks of the fork server: answers and faults arrive, owners that go away leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import called
import pytest

from casefile.errors import DataError, RunFailed
from casefile.press import apart, binding
from casefile.press.apart import Apart, NotApart, fork_here, fork_there
from casefile.press.build import Plan
from casefile.press.server import ForkServer

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only on Linux are processes forked")

HERE = str(Path(__file__).parent)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ForkServer]:
    one = ForkServer({**os.environ, "PYTHONPATH": HERE}, tmp_path, preload=False)
    yield one
    one.close()


@pytest.fixture(params=["here", "there"])
def forked(request: pytest.FixtureRequest, server: ForkServer) -> Callable[..., Apart]:
    """`fork_here` or `fork_there`, with the arguments that they share."""

    def fork(function: Callable[..., object], *given: object) -> Apart:
        if request.param == "here":
            return fork_here("tries", function, given)
        return fork_there("tries", function, given, server.address)

    return fork


def test_it_runs_in_a_process_of_its_own(server: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIED", "now")
    monkeypatch.chdir(tmp_path)
    one = fork_there("tries", called.about, ("TRIED",), server.address)
    found = one.heed()
    one.close()
    assert found["pid"] not in (os.getpid(), server.process.pid)
    assert found["session"] == found["pid"]
    assert found["folder"] == str(tmp_path)
    assert found["variable"] == "now"
    assert found["interrupt"]


def test_it_hears_and_answers_once(forked: Callable[..., Apart]) -> None:
    one = forked(called.twice)
    assert not one.has_answered
    one.tell(21)
    assert one.heed() == 42
    assert one.has_answered
    assert one.heed() == 42
    one.tell("nobody listens")
    one.close()


def test_a_fault_arrives_as_it_was_raised(forked: Callable[..., Apart]) -> None:
    one = forked(called.refuse)
    with pytest.raises(DataError) as caught:
        one.heed()
    one.close()
    assert list(caught.value.problems) == [called.PROBLEM]


def test_an_answer_that_cannot_be_sent_is_a_fault(forked: Callable[..., Apart]) -> None:
    one = forked(called.odd)
    with pytest.raises(RunFailed, match="ickl"):
        one.heed()
    one.close()


def test_a_killed_process_is_named(forked: Callable[..., Apart]) -> None:
    one = forked(called.die)
    with pytest.raises(RunFailed, match="The process that tries was killed by the system"):
        one.heed()
    one.close()


def test_what_it_says_is_said_where_its_owner_speaks(server: ForkServer, capfd: pytest.CaptureFixture[str]) -> None:
    one = fork_there("tries", called.say, (), server.address)
    one.heed()
    one.close()
    said = capfd.readouterr()
    assert (said.out, said.err) == ("said there\n", "and here\n")


def test_closing_ends_what_is_at_work(forked: Callable[..., Apart], tmp_path: Path) -> None:
    one = forked(called.work, tmp_path / "half")
    pid = int(written(tmp_path / "half"))
    one.close()
    assert gone(pid)


@pytest.mark.parametrize("stubborn", [False, True])
def test_the_end_of_the_server_ends_it_in_good_order(server: ForkServer, tmp_path: Path, stubborn: bool) -> None:
    one = fork_there("tries", called.work, (tmp_path / "half", stubborn), server.address)
    pid = int(written(tmp_path / "half"))
    server.close()
    assert gone(pid)
    assert one._process.wait(5) != 0
    assert (tmp_path / "half").exists() is stubborn


def test_the_end_of_whoever_wanted_it_ends_it_in_good_order(server: ForkServer, tmp_path: Path) -> None:
    one = fork_there("tries", called.work, (tmp_path / "half",), server.address)
    pid = int(written(tmp_path / "half"))
    one._process._channel.close()
    assert gone(pid)
    assert not (tmp_path / "half").exists()


def test_without_a_server_there_is_none(tmp_path: Path, server: ForkServer) -> None:
    server.close()
    with pytest.raises(NotApart):
        fork_there("tries", called.say, (), server.address)
    with pytest.raises(NotApart):
        fork_there("tries", called.say, (), str(tmp_path / "nowhere"))


def test_a_server_that_ends_before_it_forks_is_as_good_as_none(server: ForkServer) -> None:
    os.kill(server.process.pid, signal.SIGSTOP)
    one = fork_there("tries", called.say, (), server.address)
    server.process.kill()
    with pytest.raises(NotApart):
        one.heed()
    one.close()


def test_where_nothing_is_forked_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEFILE_WARM", "0")
    for make in (lambda: apart.fork("tries", called.say, ()), lambda: fork_here("tries", called.say, ())):
        with pytest.raises(NotApart):
            make()


def test_a_call_is_answered_before_kernels_can_be_had(tmp_path: Path) -> None:
    """The order in which a fork server imports: what is called first comes first, and kernels wait for the rest."""
    script = (
        "import sys; sys.argv = ['forkserver', '0', '0', '']\n"
        "from casefile.press import forkserver\n"
        "asked = []\n"
        "forkserver.preload('', lambda: asked.append({name in sys.modules for name in forkserver.CALLED})\n"
        "    or asked.append('ipykernel' in sys.modules) or True)\n"
        "print(asked, 'ipykernel' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "[{True}, False] True"


def test_pages_are_written_by_whoever_binds_when_no_fork_can_be_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = Plan(date(2023, 10, 9), tmp_path, tmp_path / "site", None, 2, False, tmp_path)
    order: list[str] = []
    found = binding.Written([], {}, {})

    def write(channel: object, given: Plan) -> binding.Written:
        order.append("written here")
        return found

    monkeypatch.setattr(binding, "write", write)
    writer = binding.Writer(wish, lambda: order.append("judged"), str(tmp_path / "nowhere"))
    assert writer.written() is found
    assert writer.written() is found
    assert order == ["judged", "written here"]


def test_a_fault_in_writing_pages_is_raised_where_they_are_waited_for(
    tmp_path: Path, server: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = Plan(date(2023, 10, 9), tmp_path, tmp_path / "site", None, 2, False, tmp_path)
    monkeypatch.setattr(binding, "write", refuse)
    writer = binding.Writer(wish, lambda: None, server.address)
    with pytest.raises(DataError):
        writer.written()


def refuse(channel: object, wish: Plan) -> None:
    called.refuse(channel)


def written(path: Path) -> str:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if path.exists() and (text := path.read_text(encoding="utf-8")):
            return text
        time.sleep(0.01)
    raise AssertionError(f"{path} was not written")


def gone(pid: int) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").split()[2]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False
