"""Downloads from the documented upstream addresses, politely and within limits; the gate judges what came.

One host, no log-in, a content type from the list, a size limit, a time limit, a few retries with back-off for faults
that pass. What was fetched is recorded in `data/fetched.json`.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from casefile.errors import DataError, Problem, RunFailed, UsageError
from casefile.evidence.intake.content import LARGEST
from casefile.evidence.safe_yaml import read_yaml

UPSTREAM_FILE = "upstream.yml"
FETCHED_FILE = "fetched.json"
AGENT = "casefile/1.0 (evidence report; downloads a few public files when asked to)"
REDIRECTS = 5
_KEYS = {"id", "title", "address", "table", "format", "types", "licence"}
_MORE = {"days", "set"}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PASSING = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True)
class Upstream:
    """One documented address and the table that it feeds."""

    id: str
    title: str
    address: str
    table: str
    format: str
    types: tuple[str, ...]
    licence: str
    days: int = 60
    set: Mapping[str, str] = field(default_factory=dict)

    def url(self, today: date) -> str:
        """The address on one day."""
        days = {"today": today, "since": today - timedelta(days=self.days)}
        return re.sub(r"\{(today|since):([^}]+)\}", lambda hit: days[hit[1]].strftime(hit[2]), self.address)


@dataclass(frozen=True)
class Limits:
    """How long and how much; tests make it shorter."""

    connect: float = 10.0
    read: float = 20.0
    whole: float = 120.0
    tries: int = 4
    pause: float = 1.0  # doubled at each retry
    bytes: int = LARGEST


@dataclass(frozen=True)
class Fetched:
    """What came from an address."""

    path: Path
    address: str
    at: str
    sha256: str
    bytes: int
    content_type: str


class _PassingError(Exception):
    """A fault that may pass: worth another try."""

    def __init__(self, why: str, wait: float = 0.0) -> None:
        super().__init__(why)
        self.wait = wait


def read_upstream(data_dir: Path) -> dict[str, Upstream]:
    """The documented addresses by id. Raises `DataError` when the file is missing or an entry is incomplete."""
    path = data_dir / UPSTREAM_FILE
    content = read_yaml(path)
    entries = content.get("upstream") if isinstance(content, dict) else None
    found: dict[str, Upstream] = {}
    wrong: list[Problem] = []
    for one in entries if isinstance(entries, list) else [None]:
        keys = set(one) if isinstance(one, dict) else set()
        if not isinstance(one, dict) or not keys >= _KEYS or keys - _KEYS - _MORE:
            name = str(one.get("id")) if isinstance(one, dict) else None
            wrong.append(
                Problem(
                    str(path),
                    None,
                    name,
                    None,
                    f"an entry has {', '.join(sorted(_KEYS))} and may have {', '.join(sorted(_MORE))}",
                    "Correct it.",
                )
            )
            continue
        options = {str(k): str(v) for k, v in (one.get("set") or {}).items()}
        text = {key: str(one[key]) for key in _KEYS - {"types"}}
        found[text["id"]] = Upstream(**text, types=tuple(one["types"]), days=int(one.get("days", 60)), set=options)
    if wrong:
        raise DataError(wrong)
    return found


def chosen(data_dir: Path, names: list[str]) -> list[Upstream]:
    """The upstreams named, all when none is. Raises `UsageError` listing them for an unknown name."""
    known = read_upstream(data_dir)
    for name in names:
        if name not in known:
            listed = "\n".join(f"  {one.id:20} {one.title} → {one.table}" for one in known.values())
            raise UsageError(f"There is no upstream {name!r}. Upstreams:\n{listed}")
    return [known[name] for name in names] if names else list(known.values())


def fetch(
    upstream: Upstream,
    folder: Path,
    today: date,
    limits: Limits | None = None,
    say: Callable[[str], None] | None = None,
) -> Fetched:
    """Download one upstream file into `folder`.

    Raises `RunFailed` naming address and cause: an answer other than 200, another host, another type, too large, too
    slow, cut off; faults that pass are tried again first.
    """
    import pooch

    limits = limits or Limits()
    address = upstream.url(today)
    _allowed(address)
    headers: dict[str, str] = {}

    def download(url: str, output_file: Any, _pooch: Any, check_only: bool = False) -> None:  # noqa: ARG001  pooch asks for it
        headers.update(_with_retries(url, Path(output_file), upstream.types, limits, say))

    name = f"{upstream.id}{_suffix(upstream)}"
    pooch.get_logger().setLevel("ERROR")
    path = Path(pooch.retrieve(address, known_hash=None, fname=name, path=str(folder), downloader=download))
    raw = path.read_bytes()
    return Fetched(
        path,
        address,
        datetime.now().astimezone().isoformat(timespec="seconds"),
        hashlib.sha256(raw).hexdigest(),
        len(raw),
        headers.get("content-type", ""),
    )


def _with_retries(
    url: str, target: Path, types: tuple[str, ...], limits: Limits, say: Callable[[str], None] | None
) -> dict[str, str]:
    end = time.monotonic() + limits.whole
    pause = limits.pause
    for attempt in range(1, limits.tries + 1):
        try:
            return _once(url, target, types, limits, end)
        except _PassingError as fault:
            wait = max(pause, min(fault.wait, 60.0))
            if attempt == limits.tries or time.monotonic() + wait >= end:
                raise RunFailed(f"{url}: {fault}. Tried {attempt} times; nothing was changed.") from None
            if say:
                say(f"{url}: {fault}. Trying again in {wait:g} s.")
            time.sleep(wait)
            pause *= 2
    raise AssertionError("unreachable")


def _once(url: str, target: Path, types: tuple[str, ...], limits: Limits, end: float) -> dict[str, str]:
    import requests

    headers = {"User-Agent": AGENT, "Accept": ", ".join(types), "Accept-Encoding": "identity"}
    first = urlsplit(url)
    with requests.Session() as session:
        session.trust_env = True
        for _ in range(REDIRECTS + 1):
            try:
                answer = session.get(
                    url, headers=headers, stream=True, timeout=(limits.connect, limits.read), allow_redirects=False
                )
            except (requests.ConnectionError, requests.Timeout) as error:
                raise _PassingError(f"no answer ({type(error).__name__})") from None
            except requests.RequestException as error:
                raise RunFailed(f"{url}: {type(error).__name__}. Nothing was changed.") from None
            with answer:
                if answer.is_redirect or answer.is_permanent_redirect:
                    url = urljoin(url, answer.headers.get("location", ""))
                    if urlsplit(url).netloc != first.netloc:
                        other = urlsplit(url).hostname
                        raise RunFailed(f"{first.geturl()}: sends us to another host ({other}). Nothing was changed.")
                    _allowed(url)
                    continue
                if answer.status_code in _PASSING:
                    wait = answer.headers.get("retry-after", "")
                    raise _PassingError(f"answers {answer.status_code}", float(wait) if wait.isdigit() else 0.0)
                if answer.status_code != 200:
                    raise RunFailed(f"{url}: answers {answer.status_code}. Nothing was changed.")
                kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
                if kind not in types:
                    raise RunFailed(
                        f"{url}: sends {kind or 'no content type'}, not {' or '.join(types)}. Nothing was changed."
                    )
                _body(answer, url, target, limits, end)
                return {key.lower(): value for key, value in answer.headers.items()}
    raise RunFailed(f"{first.geturl()}: more than {REDIRECTS} redirects. Nothing was changed.")


def _body(answer: Any, url: str, target: Path, limits: Limits, end: float) -> None:
    """Stream the body to `target` within the limits; a body shorter than announced is a fault that may pass."""
    from urllib3.exceptions import HTTPError

    announced = answer.headers.get("content-length", "")
    length = int(announced) if announced.isdigit() else None
    if length is not None and length > limits.bytes:
        raise RunFailed(f"{url}: announces {length:,} bytes, more than {limits.bytes:,}. Nothing was changed.")
    size = 0
    try:
        with target.open("wb") as file:
            while block := answer.raw.read1(65536):
                size += len(block)
                if size > limits.bytes:
                    raise RunFailed(f"{url}: sends more than {limits.bytes:,} bytes. Nothing was changed.")
                if time.monotonic() > end:
                    raise RunFailed(f"{url}: is not done after {limits.whole:g} s. Nothing was changed.")
                file.write(block)
    except (HTTPError, ConnectionError, TimeoutError) as error:
        raise _PassingError(f"was cut off after {size:,} bytes ({type(error).__name__})") from None
    if length is not None and size != length:
        raise _PassingError(f"was cut off after {size:,} of {length:,} bytes")


def _allowed(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise RunFailed(f"{url}: is not https. Nothing was changed.")
    if parts.username or parts.password:
        raise RunFailed("An upstream address may not hold a log-in. Nothing was changed.")


def _suffix(upstream: Upstream) -> str:
    known = Path(urlsplit(upstream.address).path).suffix.lower()
    if known in (".json", ".geojson", ".csv", ".xml"):
        return known
    return (
        ".json"
        if any("json" in one for one in upstream.types)
        else ".xml"
        if any("xml" in one for one in upstream.types)
        else ".csv"
    )


def record(data_dir: Path, upstream: Upstream, got: Fetched) -> bytes | None:
    """`fetched.json` with this download added; None when the same bytes from the same upstream stand there already."""
    path = data_dir / FETCHED_FILE
    entries: list[Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    if any((one.get("upstream"), one.get("sha256")) == (upstream.id, got.sha256) for one in entries):
        return None
    entries.append(
        {
            "upstream": upstream.id,
            "table": upstream.table,
            "address": got.address,
            "at": got.at,
            "sha256": got.sha256,
            "bytes": got.bytes,
            "content_type": got.content_type,
            "licence": upstream.licence,
        }
    )
    return (json.dumps(entries, indent=1, ensure_ascii=False) + "\n").encode()
