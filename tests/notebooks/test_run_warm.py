"""Warm kernels: as real, as separate and as mortal as stock ones, for every Jupyter client."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from test_run import gone
from tiny_notebooks import run_printed, write

from casefile.paths import PACKAGE
from casefile.press import server as forks
from casefile.press import warm
from casefile.press.canonical import canonical_notebook
from casefile.press.run import run_notebook

Tiny = Callable[..., Path]
Printed = Callable[..., list[str]]

KERNEL_LAYERS = ("pillars", "verdicts", "figures", "show")
LIBRARIES = {"numpy", "pandas", "scipy", "statsmodels", "yaml", "shapely", "pyproj"}

pytestmark = pytest.mark.skipif(not forks.warm_possible(), reason="kernels are not forked here")


def test_a_warm_kernel_is_a_child_of_the_fork_server(tiny: Tiny, printed: Printed, tmp_path: Path) -> None:
    server = forks.start_server(cwd=tmp_path)
    assert printed(tiny("import os; print(os.getppid())")) == [f"{server.process.pid}\n"]


def test_heavy_modules_are_there_before_the_first_cell(tiny: Tiny, printed: Printed) -> None:
    assert printed(tiny("import sys; print('pandas' in sys.modules)")) == ["True\n"]


def test_every_library_that_notebooks_come_to_import_is_warm(tiny: Tiny, printed: Printed) -> None:
    """A library that an analysis, a figure or a card imports, and no other does, would be paid for in each kernel."""
    wanted = set()
    for path in [path for layer in KERNEL_LAYERS for path in (PACKAGE / layer).rglob("*.py")]:
        if "adapters" in path.parts or "intake" in path.name:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            wanted.update(name.split(".")[0] for name in names)
    loaded = printed(tiny("import sys; print(*sorted({one.partition('.')[0] for one in sys.modules}))"))[0].split()
    assert wanted & LIBRARIES <= set(loaded)


def test_modules_that_look_at_the_running_kernel_are_not_shared(tiny: Tiny, printed: Printed) -> None:
    assert printed(tiny("import sys; print('plotly.io._renderers' in sys.modules)")) == ["False\n"]


def test_a_debugger_is_not_loaded_and_can_be(tiny: Tiny, printed: Printed) -> None:
    path = tiny("import sys; print('debugpy' in sys.modules)", "import debugpy; print(debugpy.__name__)")
    assert printed(path) == ["False\n", "debugpy\n"]


TABLES_APART = """
import os, signal, sys
import pandas
from casefile.evidence import library
from casefile.press import forkserver

helper = forkserver.tables_apart("")
if "killed" in sys.argv:
    os.kill(helper[0], signal.SIGKILL)
forkserver.take_tables(None if "here" in sys.argv else helper, "")
taken = library.parsed_tables()
library._loaded.clear()
forkserver.read_tables("")
parsed = library.parsed_tables()
assert list(taken) == list(parsed) and len(parsed) > 20
for name, (digest, frame) in parsed.items():
    assert taken[name][0] == digest
    pandas.testing.assert_frame_equal(taken[name][1], frame)
print("same")
"""


@pytest.mark.parametrize("how", ["apart", "killed", "here"])
def test_tables_are_the_same_from_a_helper_and_without_one(how: str) -> None:
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", TABLES_APART, how], capture_output=True, text=True, env=env)
    assert (done.stdout, done.stderr) == ("same\n", "")


LEAKS = {
    "environment": ("import os; os.environ['LEFT'] = '1'", "import os; print('LEFT' in os.environ)"),
    "folder": ("import os; os.chdir('/')", "import os; print(os.getcwd() == '/')"),
    "pandas-options": (
        "import pandas; pandas.set_option('display.max_rows', 3)",
        "import pandas; print(pandas.get_option('display.max_rows') == 3)",
    ),
    "modules": ("import sys; sys.modules['left'] = sys", "import sys; print('left' in sys.modules)"),
    "names": ("left = 1", "print('left' in globals())"),
    "numpy-settings": (
        "import numpy; numpy.seterr(all='raise')",
        "import numpy; print(numpy.geterr()['over'] == 'raise')",
    ),
    "signals": (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)",
        "import signal; print(signal.getsignal(signal.SIGTERM) == signal.SIG_IGN)",
    ),
    "open-files": (
        "f = open('/etc/hostname')",
        "from os import *; print('/etc/hostname' in [path.realpath(one) for one in scandir('/proc/self/fd')])",
    ),
    "warnings": (
        "import warnings; warnings.simplefilter('error')",
        "import warnings; print(warnings.filters[0][0] == 'error' and warnings.filters[0][2] is Warning)",
    ),
    "frames": ("import pandas; pandas.DataFrame.left = 1", "import pandas; print(hasattr(pandas.DataFrame, 'left'))"),
}


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a notebook sees after another one left every kind of state behind."""
    folder = tmp_path_factory.mktemp("leaks")
    run_printed(write(folder, [leave for leave, _ in LEAKS.values()], "leave"))
    return dict(zip(LEAKS, run_printed(write(folder, [look for _, look in LEAKS.values()], "look")), strict=True))


@pytest.mark.parametrize("what", LEAKS)
def test_nothing_leaks_from_one_notebook_to_the_next(looks: dict[str, str], what: str) -> None:
    assert looks[what] == "False\n"


@pytest.mark.parametrize("what", LEAKS)
def test_the_look_would_notice_a_leak(tmp_path: Path, what: str) -> None:
    assert run_printed(write(tmp_path, LEAKS[what]))[1] == "True\n"


@pytest.mark.parametrize(
    "draw", ["random.random()", "numpy.random.random()", "numpy.random.default_rng().random()", "uuid.uuid4()"]
)
def test_random_numbers_differ_between_kernels(tiny: Tiny, printed: Printed, draw: str) -> None:
    path = tiny(f"import random, uuid, numpy; print({draw})")
    assert printed(path) != printed(path)


def test_a_seed_gives_the_same_numbers_as_in_a_stock_kernel(tiny: Tiny, printed: Printed) -> None:
    path = tiny(
        "import random, numpy; random.seed(7); numpy.random.seed(7); print(random.random(), numpy.random.random())"
    )
    assert printed(path) == printed(path, warm=False)


STATE = {
    "environment": "import os; print(sorted(n for n in os.environ if n not in ('IPYTHONDIR', 'JPY_PARENT_PID')))",
    "folder": "import os; print(os.getcwd())",
    "path": "import sys; print(sys.path)",
    "program": "import sys; print(sys.argv[0], sys.flags, sys.executable)",
    "main": "import sys; print(sys.modules['__main__'].__dict__ is globals(), __name__)",
    "handlers": "from signal import *; print([getsignal(n) for n in (SIGINT, SIGTERM, SIGCHLD, SIGPIPE)])",
    "threads": "import threading; print(sorted(type(t).__name__ for t in threading.enumerate()))",
    "stdin": "import os; print(os.read(0, 1))",
    "collector": "import gc; print(gc.isenabled(), gc.get_threshold())",
    "group": "import os; print(os.getpgrp() == os.getpid() == os.getsid(0))",
}


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """The same notebook in a warm and in a stock kernel."""
    path = write(tmp_path_factory.mktemp("states"), list(STATE.values()))
    return dict(zip(STATE, zip(run_printed(path), run_printed(path, warm=False), strict=True), strict=True))


@pytest.mark.parametrize("what", STATE)
def test_a_warm_kernel_starts_as_a_stock_one_does(states: dict[str, tuple[str, str]], what: str) -> None:
    warm_one, stock_one = states[what]
    assert warm_one == stock_one != ""


def test_the_server_s_own_files_are_closed_in_a_kernel(tiny: Tiny, printed: Printed, tmp_path: Path) -> None:
    server = forks.start_server(cwd=tmp_path)
    held = Path(f"/proc/{server.process.pid}/fd")
    own = {str(one.readlink()) for one in held.iterdir()} - {str((held / n).readlink()) for n in "012"}
    source = (
        "from pathlib import Path\nfor one in list(Path('/proc/self/fd').iterdir()):\n"
        "    if one.is_symlink(): print(one.readlink())"
    )
    inherited = {line for line in printed(tiny(source))[0].splitlines() if line.startswith(("socket:", "pipe:"))} & own
    assert inherited == set()


def test_a_warm_kernel_can_plot_and_fit(tiny: Tiny, printed: Printed) -> None:
    path = tiny(
        "import numpy, statsmodels.api as sm; x = numpy.arange(9.0); print(sm.OLS(2 * x, x).fit().params.round(6))",
        "import plotly.graph_objects as go; print(len(go.Figure(go.Scatter(y=[1, 2])).to_json()))",
    )
    assert printed(path) == printed(path, warm=False)


def test_outputs_are_those_of_the_stock_papermill_command_cell_by_cell(tiny: Tiny, tmp_path: Path) -> None:
    path = tiny(
        "import pandas as pd; table = pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']}); table",
        "print('one'); print('two'); table.describe()",
        "from IPython.display import HTML, display; display(HTML('<b>bold</b>')); n + 1",
        "table.missing if n > 9 else None",
        "print('before'); display(HTML('<i>between</i>')); print('after'); display(n); print('end', end='')",
        "import threading; t = threading.Thread(target=print, args=('apart',)); t.start(); t.join(); display(n)",
        parameters="n: int = 1  # a number",
    )
    stock = tmp_path / "stock.ipynb"
    command = [sys.executable, "-m", "papermill", str(path), str(stock), "-p", "n", "2", "--no-progress-bar"]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    ours = run_notebook(path, {"n": 2}, tmp_path / "ours.ipynb").content
    theirs, _ = canonical_notebook(json.loads(stock.read_text(encoding="utf-8")))
    joined = [{**cell, "source": "".join(cell["source"])} for cell in theirs["cells"]]
    for mine, other in zip(ours["cells"], joined, strict=True):
        assert flat(mine) == flat(other)


def flat(cell: object) -> object:
    """A cell with texts joined: a file may hold them as lists of lines."""
    if isinstance(cell, dict):
        return {key: flat(value) for key, value in cell.items()}
    if isinstance(cell, list):
        return "".join(cell) if cell and all(isinstance(one, str) for one in cell) else [flat(one) for one in cell]
    return cell


def test_the_stock_papermill_command_can_use_the_warm_kernelspec(tiny: Tiny, tmp_path: Path) -> None:
    warm.write_kernelspec(tmp_path / "jupyter")
    env = {**os.environ, "JUPYTER_PATH": str(tmp_path / "jupyter")}
    source = "import os; print(open(f'/proc/{os.getppid()}/cmdline').read().replace(chr(0), ' '))"
    out = tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", str(tiny(source)), str(out), "-k", "casefile", "--no-progress-bar"]
    with forks.shared_server() as address:
        env[forks.ADDRESS] = address
        subprocess.run(command, check=True, capture_output=True, env=env, cwd=tmp_path)
    assert "casefile.press.forkserver" in out.read_text(encoding="utf-8")


def test_switched_off_it_starts_a_stock_kernel(tiny: Tiny, printed: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(forks.OFF, "0")
    assert printed(tiny("import os; print(os.getppid())")) == [f"{os.getpid()}\n"]


def test_without_fork_it_starts_a_stock_kernel(tiny: Tiny, printed: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert printed(tiny("import os; print(os.getppid())")) == [f"{os.getpid()}\n"]


def test_a_broken_fork_server_only_costs_time(
    tiny: Tiny, printed: Printed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = forks.ForkServer(os.environ, tmp_path, preload=False)
    monkeypatch.setattr(warm, "start_server", lambda *_: server)
    server.process.kill()
    server.process.wait()
    assert printed(tiny("import os; print(os.getppid())")) == [f"{os.getpid()}\n"]


def test_a_server_is_kept_for_the_next_kernel_and_replaced_when_code_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = forks.start_server(cwd=tmp_path)
    assert forks.start_server(cwd=tmp_path) is first
    monkeypatch.setattr(forks, "code_state", lambda: (("edited.py", 1, 1),))
    second = forks.start_server(cwd=tmp_path)
    assert second is not first
    second.close()


def test_another_hash_seed_gets_another_server(tmp_path: Path) -> None:
    first = forks.start_server(cwd=tmp_path)
    other = forks.start_server({**os.environ, "PYTHONHASHSEED": "7"}, tmp_path)
    assert other is not first
    other.close()


def test_a_kernel_can_be_interrupted_and_goes_on(tmp_path: Path) -> None:
    from jupyter_client.manager import AsyncKernelManager

    async def use() -> tuple[str, str]:
        warm.write_kernelspec(tmp_path)
        manager = AsyncKernelManager(kernel_name="casefile")
        manager.kernel_spec_manager.kernel_dirs = [str(tmp_path / "kernels")]
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        client.execute("import time\nprint('begun', flush=True)\ntime.sleep(60)", stop_on_error=False)
        while (await client.get_iopub_msg(timeout=60))["msg_type"] != "stream":
            pass  # an interrupt that comes before the cell has begun is lost
        await manager.interrupt_kernel()
        broken = await client.get_shell_msg(timeout=30)
        client.execute("1 + 1")
        fine = await client.get_shell_msg(timeout=30)
        client.stop_channels()
        await manager.shutdown_kernel()
        return broken["content"]["ename"], fine["content"]["status"]

    assert asyncio.run(use()) == ("KeyboardInterrupt", "ok")


OWNER = """
import os, sys, time
from pathlib import Path
from casefile.press import server as forks, warm
server = forks.ForkServer(os.environ, Path.cwd(), preload=False)
argv = ["-f", str(Path.cwd() / "kernel.json")]
kernel = warm.WarmProcess(server.address, argv, dict(os.environ), os.getcwd(), [1, 2])
print(server.process.pid, kernel.pid, server.address, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_server_and_kernels_end_when_their_owner_dies(tmp_path: Path, how: signal.Signals) -> None:
    command = [sys.executable, "-c", OWNER]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tmp_path, text=True)
    assert owner.stdout
    server, kernel, address = owner.stdout.readline().split()
    owner.send_signal(how)
    owner.wait()
    assert gone(int(kernel))
    assert gone(int(server))
    assert not Path(address).parent.exists()
    owner.stdout.close()


def test_a_kernel_ends_when_its_server_is_killed(tmp_path: Path) -> None:
    server = forks.ForkServer(os.environ, tmp_path, preload=False)
    argv = ["-f", str(tmp_path / "kernel.json")]
    kernel = warm.WarmProcess(server.address, argv, dict(os.environ), str(tmp_path), [1, 2])
    assert kernel.pid
    server.process.send_signal(signal.SIGKILL)
    assert kernel.wait(5) != 0
    assert gone(kernel.pid)
    server.close()


def test_a_server_that_was_told_to_end_leaves_nothing(tmp_path: Path) -> None:
    server = forks.ForkServer(os.environ, tmp_path, preload=False)
    folder = Path(server.address).parent
    server.close()
    assert server.process.returncode in (0, -signal.SIGTERM)  # at work already, or still starting
    assert not folder.exists()


def test_a_kernel_without_a_usable_connection_file_reports_its_end(tmp_path: Path) -> None:
    server = forks.ForkServer(os.environ, tmp_path, preload=False)
    (tmp_path / "kernel.json").write_text("no json", encoding="utf-8")
    argv = ["-f", str(tmp_path / "kernel.json")]
    kernel = warm.WarmProcess(
        server.address, argv, dict(os.environ), str(tmp_path), [1, os.open(os.devnull, os.O_WRONLY)]
    )
    assert kernel.wait(10) == 1


def test_kernels_start_in_milliseconds_once_the_server_stands(tiny: Tiny, printed: Printed) -> None:
    printed(tiny("1"))
    clock = time.monotonic()
    printed(tiny("1"))
    assert time.monotonic() - clock < 10  # generous: this holds the mechanism, benchmarks/ measures it
