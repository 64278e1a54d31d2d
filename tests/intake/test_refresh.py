"""Downloads against a real server on loopback that also misbehaves."""

# ruff: noqa: E501

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from intake_kit import FIXTURES, state

from casefile.cli import main
from casefile.errors import DataError, RunFailed, UsageError
from casefile.evidence.refresh import AGENT, Limits, Upstream, chosen, fetch, read_upstream
from casefile.paths import DATA

GOOD = (FIXTURES / "XML_dynamic.xml").read_bytes()
QUICK = Limits(connect=2, read=2, whole=6, tries=3, pause=0.05, bytes=200_000)
TODAY = date(2026, 11, 24)


class Handler(BaseHTTPRequestHandler):
    """Good and bad answers by path."""

    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str]] = []  # noqa: RUF012
    counts: dict[str, int] = {}  # noqa: RUF012

    def log_message(self, *_: object) -> None:
        pass

    def _send(self, code: int, body: bytes, kind: str = "application/xml", **headers: str) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", headers.pop("length", str(len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        self.seen.append((self.path, self.headers.get("User-Agent", "")))
        self.counts[path] = self.counts.get(path, 0) + 1
        try:
            getattr(self, f"answer_{path.strip('/').split('.')[0].replace('-', '_')}")()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def answer_good(self) -> None:
        self._send(200, GOOD, "application/xml; charset=windows-1251")

    def answer_missing(self) -> None:
        self._send(404, b"no")

    def answer_recovers(self) -> None:
        if self.counts[self.path] == 1:
            self._send(500, b"busy")
        else:
            self.answer_good()

    def answer_down(self) -> None:
        self._send(503, b"down", Retry_After="0")

    def answer_elsewhere(self) -> None:
        self._send(302, b"", Location="http://localhost:9/good.xml")

    def answer_moved(self) -> None:
        self._send(301, b"", Location="/good.xml")

    def answer_circle(self) -> None:
        self._send(302, b"", Location="/circle.xml")

    def answer_to_a_file(self) -> None:
        self._send(302, b"", Location="file:///etc/passwd")

    def answer_cut(self) -> None:
        self._send(200, GOOD[:50], length=str(len(GOOD)))
        self.close_connection = True

    def answer_wrong_type(self) -> None:
        self._send(200, GOOD, "image/png")

    def answer_login(self) -> None:
        self._send(200, b"<!DOCTYPE html><html><body>Log in</body></html>", "text/html")

    def answer_login_as_xml(self) -> None:
        self._send(200, b"<!DOCTYPE html><html><body>Log in</body></html>", "application/xml")

    def answer_announces_much(self) -> None:
        self._send(200, GOOD, length="999999999")
        self.close_connection = True

    def answer_endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.end_headers()
        for _ in range(10_000):
            self.wfile.write(b"x" * 10_000)

    def answer_drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.end_headers()
        for _ in range(200):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def answer_silent(self) -> None:
        time.sleep(5)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.daemon_threads = True
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


def upstream(server: str, name: str) -> Upstream:
    types = ("application/xml",)
    return Upstream("test", "A test", f"{server}/{name}.xml", "economy/ruble", "cbr", types, "CC0")


def test_a_good_answer_is_kept_with_its_hash(server: str, tmp_path: Path) -> None:
    got = fetch(upstream(server, "good"), tmp_path, TODAY, QUICK)
    assert got.path.read_bytes() == GOOD
    assert (got.bytes, len(got.sha256)) == (len(GOOD), 64)
    assert Handler.seen[-1][1] == AGENT


def test_a_fault_that_passes_is_tried_again(server: str, tmp_path: Path) -> None:
    heard: list[str] = []
    assert fetch(upstream(server, "recovers"), tmp_path, TODAY, QUICK, heard.append).bytes == len(GOOD)
    assert len(heard) == 1


def test_a_move_on_the_same_host_is_followed(server: str, tmp_path: Path) -> None:
    assert fetch(upstream(server, "moved"), tmp_path, TODAY, QUICK).bytes == len(GOOD)


@pytest.mark.parametrize(
    ("name", "why", "asked"),
    [
        ("missing", "answers 404", 1),
        ("down", "answers 503", 3),
        ("elsewhere", "another host", 1),
        ("to-a-file", "another host", 1),
        ("circle", "redirects", 6),
        ("cut", "cut off", 3),
        ("wrong-type", "sends image/png", 1),
        ("login", "sends text/html", 1),
        ("announces-much", "announces 999,999,999", 1),
        ("endless", "more than 200,000", 1),
    ],
)
def test_a_bad_answer_fails_with_its_cause(server: str, tmp_path: Path, name: str, why: str, asked: int) -> None:
    Handler.counts.pop(f"/{name}.xml", None)
    with pytest.raises(RunFailed, match=why):
        fetch(upstream(server, name), tmp_path, TODAY, QUICK)
    assert Handler.counts[f"/{name}.xml"] == asked


def test_a_dripping_answer_ends(server: str, tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(RunFailed, match="is not done after"):
        fetch(upstream(server, "drip"), tmp_path, TODAY, Limits(2, 2, 1.0, 2, 0.05))
    assert time.monotonic() - start < 5


def test_a_silent_server_ends(server: str, tmp_path: Path) -> None:
    with pytest.raises(RunFailed, match="no answer"):
        fetch(upstream(server, "silent"), tmp_path, TODAY, Limits(1, 0.3, 5, 2, 0.05))


@pytest.mark.parametrize("address", ["http://example.org/x", "ftp://example.org/x", "https://a:b@example.org/x", "file:///etc/passwd"])  # fmt: skip
def test_only_https_without_a_login_is_asked(tmp_path: Path, address: str) -> None:
    with pytest.raises(RunFailed):
        fetch(Upstream("t", "T", address, "economy/ruble", "cbr", ("application/xml",), "CC0"), tmp_path, TODAY, QUICK)


def test_dates_in_an_address_are_filled() -> None:
    one = Upstream("t", "T", "https://e.org/?a={since:%d/%m/%Y}&b={today:%d.%m.%Y}", "t", "f", ("x",), "l", days=24)
    assert one.url(TODAY) == "https://e.org/?a=31/10/2026&b=24.11.2026"


def test_the_documented_addresses_are_complete() -> None:
    known = read_upstream(DATA)
    assert len(known) >= 5
    assert all(one.address.startswith("https://") and one.licence for one in known.values())
    with pytest.raises(UsageError, match="cbr-usd"):
        chosen(DATA, ["nothing"])


# -- the whole command ----------------------------------------------------------------------------------------------


def command(monkeypatch: pytest.MonkeyPatch, data: Path, server: str, *names: str) -> int:
    entries = [
        {"id": name, "title": name, "address": f"{server}/{name}.xml", "table": "economy/ruble", "format": "cbr", "types": ["application/xml"], "licence": "CC0"}
        for name in names
    ]  # fmt: skip
    (data / "upstream.yml").write_text(yaml.safe_dump({"upstream": entries}))
    monkeypatch.setattr("sys.argv", ["casefile", "refresh", "--yes", "--data-dir", str(data)])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_refresh_adds_rows_and_records_the_download(
    data_copy: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command(monkeypatch, data_copy, server, "good") == 0
    record = json.loads((data_copy / "fetched.json").read_text())
    assert [(one["upstream"], one["licence"], len(one["sha256"])) for one in record] == [("good", "CC0", 64)]
    assert record[0]["address"].startswith(server)
    assert "2026-10-14,day" in (data_copy / "economy/ruble.csv").read_text()
    once = state(data_copy)
    assert command(monkeypatch, data_copy, server, "good") == 0
    assert state(data_copy) == once, "the same answer again changed the data"


def test_refresh_changes_nothing_when_the_answer_is_a_page(
    data_copy: Path, server: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (data_copy / "upstream.yml").unlink()
    before = state(data_copy)
    assert command(monkeypatch, data_copy, server, "login-as-xml") == 3
    assert "HTML page" in capsys.readouterr().err
    (data_copy / "upstream.yml").unlink()
    assert state(data_copy) == before


def test_one_failing_upstream_does_not_stop_the_others(
    data_copy: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command(monkeypatch, data_copy, server, "missing", "good") == 1
    assert (data_copy / "fetched.json").exists()


def test_an_incomplete_entry_is_refused(data_copy: Path) -> None:
    (data_copy / "upstream.yml").write_text("upstream:\n- id: x\n")
    with pytest.raises(DataError):
        read_upstream(data_copy)
