"""Previewing the built book on this machine."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from casefile.errors import UsageError
from casefile.paths import BUILD

LOOPBACK = "127.0.0.1"


def serve_site(site: Path | None, port: int, say: Callable[[str], None]) -> None:
    """Serve `site` (default `_build/html`) on the loopback address until interrupted.

    Raises `UsageError` when there is no book yet or the port is taken.
    """
    folder = site or BUILD / "html"
    if not (folder / "index.html").is_file():
        raise UsageError(f"There is no book at {folder}. Build one first: make book")
    handler = partial(_Quiet, directory=str(folder))
    try:
        server = ThreadingHTTPServer((LOOPBACK, port), handler)
    except OSError as error:
        raise UsageError(
            f"Port {port} cannot be used ({error.strerror}). Choose another with --port, or 0 for any."
        ) from None
    with server:
        say(f"The book is at http://{LOOPBACK}:{server.server_address[1]}/ (stop with Ctrl-C)")
        server.serve_forever()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing about each request."""
