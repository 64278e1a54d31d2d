"""One browser, one book and one loopback server for all browser tests."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from casefile.paths import BUILD
from project_kit import own_places

OWN = BUILD / "tests"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE, DESKTOP = 360, 1280


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(900))  # the first test may build the book


def executable() -> str:
    """The browser named by CASEFILE_BROWSER, or the first one on PATH; without one, skip or (when required) fail."""
    found = os.environ.get("CASEFILE_BROWSER") or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    words = f"No browser: set CASEFILE_BROWSER or install one of {', '.join(NAMES)}."
    if os.environ.get("CASEFILE_REQUIRE_BROWSER") == "1":
        pytest.fail(words)
    pytest.skip(words)


@pytest.fixture(scope="session")
def site() -> Path:
    """The built book; CASEFILE_SITE names one that is built already, otherwise it is made, or found to be current.

    It stands in a folder of the tests with a cache and a lock of its own: a developer's book is neither replaced nor
    waited for. Workers take turns, so that the second finds what the first has built.
    """
    executable()
    if given := os.environ.get("CASEFILE_SITE"):
        return Path(given)
    from casefile.press import build
    from casefile.press.lock import exclusive

    with pytest.MonkeyPatch.context() as patch:
        for name, own in own_places(OWN).items():
            patch.setattr(build, name, own)
        with exclusive(OWN / "workers.lock", "building the book of the browser tests", wait=800):
            front = build.build_book(
                as_of="latest", data_dir=None, out=OWN / "html", only=None, jobs=os.cpu_count() or 1, force=False,
                renderer="jupyter-book", say=lambda words: None,
            )  # fmt: skip
    return front.parent


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The book served on loopback: the address of its folder."""
    from casefile.press.serve import open_server

    server = open_server(site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


@pytest.fixture(scope="module")  # not the session: two of these at once in one process is what Playwright forbids
def browser() -> Iterator[Any]:
    """One Chromium for each file of tests."""
    path = executable()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def window(browser: Any) -> Callable[..., Any]:
    """A fresh page: `with window(width, scheme) as page`. It fails on a script error when it closes."""

    @contextmanager
    def opened(width: int = DESKTOP, scheme: str = "light", **more: Any) -> Iterator[Any]:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, **more)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        try:
            yield page
        finally:
            context.close()
        assert errors == []

    return opened


@pytest.fixture(scope="session")
def pages(site: Path) -> list[str]:
    """Every page of the book, search included."""
    found = sorted(path.name for path in site.glob("*.html"))
    assert "index.html" in found
    assert len(found) > 12
    return found


@pytest.fixture(scope="session")
def chapters(pages: list[str]) -> list[str]:
    """The pages that state findings."""
    from casefile.model import Pillar

    return [f"{one.value}.html" for one in Pillar if f"{one.value}.html" in pages]
