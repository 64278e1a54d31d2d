"""A process forked from the fork server, as its client sees it. Imports nothing slow."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import threading
from collections.abc import Mapping
from typing import Any


class Forked:
    """A forked process, as `subprocess.Popen` would show it. The fork server is its parent and does the waiting.

    `request` says what the process is to become, `streams` are descriptors that it gets. Returns at once; `started`
    waits. Raises `ConnectionError` when no fork server listens at `address`.
    """

    stdin = stdout = stderr = None

    def __init__(self, address: str, request: Mapping[str, Any], streams: list[int]) -> None:
        self.pid: int | None = None
        self.returncode: int | None = None
        self._ready = False
        self._declined = ""
        self._unread = b""
        self._lock = threading.Lock()
        self._channel = socket.socket(socket.AF_UNIX)
        try:
            self._channel.connect(address)
            line = json.dumps(request).encode() + b"\n"
            sent = socket.send_fds(self._channel, [line], streams)
            self._channel.sendall(line[sent:])
        except OSError as error:
            raise self._gone(error) from None

    def started(self) -> None:
        """Wait until the process runs. Raises `ConnectionError` when it does not come to that."""
        try:
            while not self._ready and self.returncode is None:
                self._hear(blocking=True)
        except OSError as error:
            raise self._gone(error) from None
        if self.pid is None:
            self._channel.close()
            raise ConnectionError(self._declined or "the fork server is gone")

    def poll(self) -> int | None:
        with self._lock:
            if self.returncode is None:
                self._hear(blocking=False)
            return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        with self._lock:
            if self.returncode is None:
                self._channel.settimeout(timeout)
            while self.returncode is None:
                try:
                    self._hear(blocking=True)
                except TimeoutError:
                    raise subprocess.TimeoutExpired("kernel", timeout or 0) from None
            return self.returncode

    def send_signal(self, number: int) -> None:
        """To the whole process group, through its parent: never to a stranger with a reused number."""
        if self.returncode is None:
            with contextlib.suppress(OSError):
                self._channel.sendall(json.dumps({"signal": int(number)}).encode() + b"\n")

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def _gone(self, error: OSError) -> ConnectionError:
        self._channel.close()
        return ConnectionError(f"the fork server is gone ({error})")

    def _hear(self, *, blocking: bool) -> None:
        try:
            data = self._channel.recv(1 << 16, 0 if blocking else socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        *lines, self._unread = (self._unread + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            self.pid = message.get("pid", self.pid)
            self._ready = message.get("ready", self._ready)
            self._declined = message.get("declined", self._declined)
            self.returncode = message.get("exit", self.returncode)
        if (not data or self._declined) and self.returncode is None:
            self.returncode = -signal.SIGKILL  # the server ends its kernels when it ends
        if self.returncode is not None:
            self._channel.close()
