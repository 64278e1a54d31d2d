"""Previewing the built book on this machine."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from casefile.errors import UsageError
from casefile.paths import BUILD

LOOPBACK = "127.0.0.1"

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",  # the one rule that a page cannot give itself
    "Cache-Control": "no-store",
}


def serve_site(site: Path | None, port: int, say: Callable[[str], None]) -> None:
    """Serve `site` (default `_build/html`) on the loopback address until interrupted.

    Raises `UsageError` when there is no book yet or the port is taken.
    """
    folder = site or BUILD / "html"
    if not (folder / "index.html").is_file():
        raise UsageError(f"There is no book at {folder}. Build one first: make book")
    with open_server(folder, port) as server:
        say(f"The book is at http://{LOOPBACK}:{server.server_address[1]}/ (stop with Ctrl-C)")
        server.serve_forever()


def open_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server for the files of `folder`, listening on the loopback address; `port` 0 takes a free one."""
    try:
        return _Server((LOOPBACK, port), partial(_Preview, directory=str(folder.resolve())))
    except OSError as error:
        raise UsageError(
            f"Port {port} cannot be used ({error.strerror}). Choose another with --port, or 0 for any."
        ) from None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader who leaves in the middle of a page is no error."""


class _Preview(SimpleHTTPRequestHandler):
    """Files only: no listings, no way out of the folder, and only for pages that ask for this address by its name."""

    server_version, sys_version = "casefile", ""
    timeout = 30
    server: ThreadingHTTPServer

    def send_head(self) -> Any:
        """Refuse foreign names (a page elsewhere whose name was made to point here), then what lies outside."""
        port = self.server.server_port
        if self.headers.get("Host") not in (f"{LOOPBACK}:{port}", f"localhost:{port}"):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "This preview answers to 127.0.0.1 and localhost only")
            return None
        path = self.translate_path(self.path)
        root = Path(self.directory)
        if "\0" in path or not Path(path).resolve().is_relative_to(root):
            self.send_error(HTTPStatus.NOT_FOUND, "File not found")
            return None
        return super().send_head()

    def list_directory(self, path: Any) -> None:
        """A folder without an index is not shown."""
        self.send_error(HTTPStatus.NOT_FOUND, "File not found")

    def end_headers(self) -> None:
        """Headers that a careful host would send, on every answer."""
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing about each request."""
