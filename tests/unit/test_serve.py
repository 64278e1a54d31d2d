"""The preview: loopback only, no way out of its folder, deaf to names that were made to point here."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from casefile.errors import UsageError
from casefile.press.serve import HEADERS, LOOPBACK, open_server, serve_site


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    site = tmp_path / "a site"
    (site / "empty").mkdir(parents=True)
    (site / "index.html").write_text("<p>book</p>", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (site / "link.txt").symlink_to(tmp_path / "secret.txt")
    with open_server(site, 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join(10)


def ask(port: int, path: str, host: str | None = None, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host or f"{LOOPBACK}:{port}")
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


def test_the_front_page_comes_with_careful_headers(port: int) -> None:
    status, headers, body = ask(port, "/")
    assert (status, body) == (200, b"<p>book</p>")
    assert headers.items() >= HEADERS.items()
    assert "Python" not in headers["Server"]


@pytest.mark.parametrize(
    "host", ["hostile.invalid", "hostile.invalid:8000", "127.0.0.1", "localhost.hostile.invalid:{}"]
)
def test_another_name_is_turned_away(port: int, host: str) -> None:
    status, _, body = ask(port, "/", host.format(port))
    assert status == 421
    assert b"book" not in body


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/..\\secret.txt", "//etc/passwd", "/link.txt",
     "/a%00b", "/empty/", "/empty", "/nothing"],
)  # fmt: skip
def test_nothing_outside_the_folder_and_no_listing_is_served(port: int, path: str) -> None:
    status, _, body = ask(port, path)
    assert status in (301, 404)
    assert b"secret" not in body
    assert b"root:" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_files_can_only_be_read(port: int, method: str) -> None:
    assert ask(port, "/", method=method)[0] == 501


def test_a_taken_port_is_a_usage_error(port: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Choose another"):
        open_server(tmp_path, port)


def test_a_folder_without_a_book_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Build one first"):
        serve_site(tmp_path, 0, print)
