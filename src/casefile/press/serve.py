"""Previewing the built book on this machine, compressed as a web host would send it."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from casefile.errors import UsageError
from casefile.paths import BUILD
from casefile.press.publish import settle_site

LOOPBACK = "127.0.0.1"
COMPRESSED = {".html", ".css", ".js", ".json", ".jsonld", ".svg", ".xml", ".csv", ".bib"}

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
    settle_site(folder)
    if not (folder / "index.html").is_file():
        raise UsageError(f"There is no book at {folder}. Build one first: make book")
    with open_server(folder, port) as server:
        say(f"The book is at http://{LOOPBACK}:{server.server_address[1]}/ (stop with Ctrl-C)")
        server.serve_forever()


def open_server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
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
        return self._compressed(Path(path)) or super().send_head()

    def _compressed(self, path: Path) -> io.BytesIO | None:
        """Text compressed, for whoever accepts it; None for anything else."""
        if path.is_dir() and self.path.partition("?")[0].endswith("/"):
            path /= "index.html"
        if "gzip" not in self.headers.get("Accept-Encoding", "") or path.suffix not in COMPRESSED or not path.is_file():
            return None
        content = _packed(path, path.stat().st_mtime_ns)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return io.BytesIO(content)

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


@lru_cache(maxsize=256)
def _packed(path: Path, changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), 6, mtime=0)
