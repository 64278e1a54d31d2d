"""A papermill engine whose kernels are forked, watched and counted; everything else is papermill's own."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.execute import prepare_notebook_metadata, raise_for_execution_errors, remove_error_markers
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from casefile.press import inputs
from casefile.press.warm import kernelspec

ENGINE = "casefile"
_SOCKET_PATH_LIMIT = 90  # a Unix socket's path holds 107 bytes; ZeroMQ adds a suffix of its own

KERNEL_OPTIONS = [
    "--IPKernelApp.extensions=casefile.press.inputs",
    "--IPKernelApp.outstream_class=casefile.press.stream.Stream",
    "--HistoryManager.enabled=False",  # what is typed in a kernel is not kept for the next session: there is none
]

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())
log.propagate = False  # what goes wrong is raised; nbclient's own account of it would be said twice


@dataclass
class Run:
    """One notebook's run as its watchers see it. `stop` may be called from any thread."""

    env: Mapping[str, str]
    cwd: Path
    warm: bool = True
    idle: Callable[[], None] = lambda: None  # called when the last cell is done, and only the kernel's end is left
    notebook: Any = None
    cell: int | None = None
    finished: bool = False
    left: int | None = None  # the cell that asked the kernel to exit
    exit_code: int | None = None  # of a kernel that was gone before it was told to go
    report: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    _manager: AsyncKernelManager | None = None
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def stop(self, reason: str) -> None:
        """End the kernel at once, with its process group; the first reason given is the one reported."""
        with self._guard:
            self.reason = self.reason or reason
            _kill(self._manager)

    def attach(self, manager: AsyncKernelManager) -> None:
        with self._guard:
            self._manager = manager

    def check(self) -> None:
        """Called when the kernel is up: a stop that came before it must not be lost."""
        with self._guard:
            if self.reason:
                _kill(self._manager)


def _kill(manager: AsyncKernelManager | None) -> None:
    process = getattr(getattr(manager, "provisioner", None), "process", None)
    if process is None:
        return
    with contextlib.suppress(OSError):
        if isinstance(process.pid, int) and hasattr(os, "killpg") and type(process).__name__ == "Popen":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


class PressKernelClient(AsyncKernelClient):  # type: ignore[misc]
    """A client that is ready when the kernel's own words arrive on both channels, not after a fixed pause."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Raises `RuntimeError` when the kernel dies or stays silent for `timeout` seconds."""
        end = time.monotonic() + (timeout or float("inf"))
        while time.monotonic() < end:
            asked = self.kernel_info()
            with contextlib.suppress(queue.Empty):
                while (await self.get_shell_msg(timeout=1))["parent_header"].get("msg_id") != asked:
                    pass
                while True:  # idle after this very request: nothing of the start is left in the channel
                    message = await self.get_iopub_msg(timeout=1)
                    ours = message["parent_header"].get("msg_id") == asked
                    if ours and message["content"].get("execution_state") == "idle":
                        return
            if not await self.parent.is_alive():
                raise RuntimeError("it died before it answered")
        raise RuntimeError(f"it did not answer within {timeout:g} seconds")


class PressKernelManager(AsyncKernelManager):  # type: ignore[misc]
    """Starts kernels of this very interpreter, over private Unix sockets where there are such."""

    warm = True

    async def _async_interrupt_kernel(self) -> None:
        """Nothing: a shutdown sends an interrupt first, which an idle kernel only reports as an error."""

    async def _async_wait(self, pollinterval: float = 0.005) -> None:
        await super()._async_wait(min(pollinterval, 0.005))  # a forked kernel is gone in milliseconds

    @property
    def kernel_spec(self) -> KernelSpec:
        spec = kernelspec()
        if not self.warm:
            del spec["metadata"]["kernel_provisioner"]
        return KernelSpec(**spec)

    @property
    def ipykernel(self) -> bool:
        return True


class PressClient(PapermillNotebookClient):  # type: ignore[misc]
    """Executes a notebook, knows which cell it is in, and asks the kernel at the end whether it got there."""

    def __init__(self, nb_man: Any, run: Run, **options: Any) -> None:
        super().__init__(nb_man, **options)
        self.run = run
        run.notebook = nb_man.nb
        self._folder = Path(tempfile.mkdtemp(prefix="casefile-"))
        self.on_cell_executed = self._note_exit
        self.extra_arguments = KERNEL_OPTIONS

    def create_kernel_manager(self) -> AsyncKernelManager:
        manager = PressKernelManager(connection_file=str(self._folder / "kernel.json"))
        manager.client_factory = PressKernelClient
        manager.warm = self.run.warm
        if sys.platform != "win32" and len(str(self._folder)) < _SOCKET_PATH_LIMIT:
            manager.transport = "ipc"
            manager.ip = str(self._folder / "k")
        self.km = manager
        self.run.attach(manager)
        return manager

    async def async_start_new_kernel(self, **options: Any) -> None:
        env = {**self.run.env, "IPYTHONDIR": str(self._folder)}  # no one's personal start-up files
        await super().async_start_new_kernel(env=env, cwd=str(self.run.cwd), **options)
        self.run.check()

    start_new_kernel = run_sync(async_start_new_kernel)

    def execute_cell(self, cell: Any, cell_index: int, **options: Any) -> Any:
        self.run.cell = cell_index
        return super().execute_cell(cell, cell_index, **options)

    def _note_exit(self, cell: Any, cell_index: int, execute_reply: Mapping[str, Any]) -> None:
        """`exit()` and `quit()` raise nothing in a kernel: it goes away a moment after its reply."""
        asked = [one.get("source") for one in execute_reply.get("content", {}).get("payload", ())]
        if "ask_exit" in asked and self.run.left is None:
            self.run.left = cell_index

    def papermill_execute_cells(self) -> None:
        super().papermill_execute_cells()
        if self.run.left is not None or any(one.metadata.papermill.get("exception") for one in self.nb.cells):
            return
        self.run.cell = None
        asked = {"end": f"__import__('{inputs.__name__}', fromlist=['report']).report()"}
        reply = self.wait_for_reply(self.kc.execute("", silent=True, store_history=False, user_expressions=asked))
        answer = reply["content"].get("user_expressions", {}).get("end", {}) if reply else {}
        if answer.get("status") == "ok":
            self.run.report = json.loads(_literal(answer["data"]["text/plain"]))
            self.run.finished = True
            self.run.idle()

    def execute(self, **options: Any) -> Any:
        try:
            return super().execute(**options)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _async_cleanup_kernel(self) -> None:
        if not self.run.finished:
            self.shutdown_kernel = "immediate"  # a kernel that failed or hangs is not asked politely
        provisioner = getattr(self.km, "provisioner", None)
        process = getattr(provisioner, "process", None)
        if process is not None:
            self.run.exit_code = process.poll()
        await super()._async_cleanup_kernel()
        if process is not None and type(process).__name__ == "Popen" and hasattr(os, "killpg"):
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)  # what the notebook started ends with it

    _cleanup_kernel = run_sync(_async_cleanup_kernel)


class PressEngine(NBClientEngine):  # type: ignore[misc]
    """papermill's nbclient engine with `PressClient` in place of its client."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, run: Run, execution_timeout: float | None = None, **options: Any
    ) -> Any:
        client = PressClient(
            nb_man,
            run,
            kernel_name=kernel_name,
            timeout=execution_timeout,
            startup_timeout=options.get("start_timeout", 60),
            log=log,
        )
        return client.execute()


papermill_engines.register(ENGINE, PressEngine)


def execute(
    notebook: Path, parameters: Mapping[str, Any], run: Run, start_timeout: float, cell_timeout: float
) -> NotebookNode:
    """What `papermill.execute_notebook` does, step by step, except that it writes no file at the end.

    Its writing takes as long as running a small chapter, and the caller writes a form of its own. Raises what
    papermill and nbclient raise.
    """
    node = load_notebook_node(str(notebook))
    if parameters:
        node = parameterize_notebook(node, dict(parameters), kernel_name="python3", language="python")
    node = remove_error_markers(prepare_notebook_metadata(node, str(notebook), None))
    node = papermill_engines.execute_notebook_with_engine(
        ENGINE,
        node,
        kernel_name="python3",
        input_path=str(notebook),
        output_path=None,
        progress_bar=False,
        start_timeout=start_timeout,
        execution_timeout=cell_timeout,
        run=run,
    )
    raise_for_execution_errors(node, None)
    return node


def compile_schema() -> None:
    """Have nbformat compile its schema now, and not when two threads first read a notebook."""
    nbformat.validate(nbformat.v4.new_notebook())


def _literal(text: str) -> str:
    import ast

    return str(ast.literal_eval(text))
