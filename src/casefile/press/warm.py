"""A Jupyter kernel provisioner that forks kernels from a process with the heavy imports done.

Any Jupyter client can use it: a kernelspec names it under `metadata.kernel_provisioner`. Kernels are real ipykernel
processes of their own; where forking is not safe or not wanted, the stock provisioner starts them as always.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from casefile.press.forked import Forked
from casefile.press.server import ADDRESS, ForkServer, start_server, warm_possible


def kernelspec(argv0: str = sys.executable) -> dict[str, Any]:
    """The content of a `kernel.json` whose kernels are forked where that is possible."""
    return {
        "argv": [argv0, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (casefile, warm)",
        "language": "python",
        "interrupt_mode": "signal",
        "metadata": {"kernel_provisioner": {"provisioner_name": "casefile-warm"}, "supported_encryption": ["curve"]},
    }


def write_kernelspec(jupyter_path: Path, name: str = "casefile") -> Path:
    """Write the warm kernelspec under a folder to be named in JUPYTER_PATH; returns the kernelspec's folder."""
    folder = jupyter_path / "kernels" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kernel.json").write_text(json.dumps(kernelspec(), indent=1) + "\n", encoding="utf-8")
    return folder


class WarmProcess(Forked):
    """A kernel forked from the server at `address`; returns when it runs. Raises `ConnectionError` when it cannot be."""

    def __init__(self, address: str, argv: list[str], env: dict[str, str], cwd: str, streams: list[int]) -> None:
        super().__init__(address, {"argv": argv, "env": env, "cwd": cwd}, streams)
        self.started()


class WarmProvisioner(LocalProvisioner):  # type: ignore[misc]
    """Forks the kernel from the fork server; does exactly what the stock provisioner does when that cannot be."""

    server: ForkServer | None = None
    process: Any = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        argv = _kernel_arguments(cmd)
        streams = _streams(kwargs.get("stdout"), kwargs.get("stderr"))
        env = kwargs.get("env")
        env = dict(os.environ) if env is None else env
        cwd = os.fspath(kwargs.get("cwd") or Path.cwd())
        if argv is None or streams is None or not warm_possible(env) or not Path(cwd).is_dir():
            return await super().launch_kernel(cmd, **kwargs)
        if not kwargs.get("independent"):
            env["JPY_PARENT_PID"] = str(os.getpid())
        try:
            process = await asyncio.get_running_loop().run_in_executor(None, self._fork, argv, env, cwd, streams)
        except ConnectionError as error:
            self.log.warning("A kernel is started the slow way: %s", error)
            return await super().launch_kernel(cmd, **kwargs)
        self.process = process
        self.pid = self.pgid = process.pid
        self.cwd = cwd
        return self.connection_info

    def _fork(self, argv: list[str], env: dict[str, str], cwd: str, streams: list[int]) -> WarmProcess:
        shared = env.pop(ADDRESS, "")
        if shared:
            with contextlib.suppress(ConnectionError):
                return WarmProcess(shared, argv, env, cwd, streams)
        self.server = start_server(env, cwd)
        return WarmProcess(self.server.address, argv, env, cwd, streams)

    async def wait(self) -> int | None:
        """As the stock one, looking more often: a forked kernel is gone in milliseconds."""
        if not isinstance(self.process, WarmProcess):
            code = await super().wait()
            return None if code is None else int(code)
        while self.process.poll() is None:
            await asyncio.sleep(0.005)
        code = self.process.returncode
        self.process = None
        return code

    async def send_signal(self, signum: int) -> None:
        if isinstance(self.process, WarmProcess):
            self.process.send_signal(signum)
        else:
            await super().send_signal(signum)


def _kernel_arguments(cmd: list[str]) -> list[str] | None:
    """What follows `python -m ipykernel_launcher` when that is the command, of this very interpreter; else None."""
    rest = list(cmd[1:])
    while rest and rest[0].startswith("-Xfrozen_modules"):
        del rest[0]
    same = Path(cmd[0]) == Path(sys.executable)
    return rest[2:] if same and rest[:2] == ["-m", "ipykernel_launcher"] else None


def _streams(stdout: Any, stderr: Any) -> list[int] | None:
    """Descriptors for the kernel's stdout and stderr; None when a pipe is asked for, which only Popen can make."""
    out = _descriptor(stdout, 1)
    err = out if stderr == subprocess.STDOUT else _descriptor(stderr, 2)
    return None if out is None or err is None else [out, err]


def _descriptor(wanted: Any, default: int) -> int | None:
    if wanted is None:
        return default
    if isinstance(wanted, int):
        return wanted if wanted >= 0 else None
    try:
        return int(wanted.fileno())
    except (AttributeError, OSError, ValueError):
        return None
