"""What must hold on every page, on a phone and on a desk, in light and in dark."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PHONE, DESKTOP = 360, 1280
FIRST_LOAD = 300_000  # bytes, compressed, before any interaction

SHIFTS = """window.__shift = 0;
new PerformanceObserver(function (list) {
  list.getEntries().forEach(function (one) { if (!one.hadRecentInput) { window.__shift += one.value; } });
}).observe({type: "layout-shift", buffered: true});"""

TOO_WIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) { return []; }
  const inside = one => { for (let up = one.parentElement; up; up = up.parentElement) {
    if (getComputedStyle(up).overflowX !== "visible") { return true; } } return false; };
  return [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > wide + 1 && !inside(one)).slice(0, 5)
    .map(one => one.tagName + "." + one.className + " " + (one.textContent || "").trim().slice(0, 40));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_axe_finds_nothing(width: int, scheme: str, address: str, pages: list[str], window: Callable[..., Any]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe, found = Axe(), []
    with window(width, scheme, bypass_csp=True) as page:
        for name in pages:
            page.goto(address + name)
            page.evaluate("document.querySelectorAll('main details').forEach((one, n) => { one.open = n < 12; })")
            answer = axe.run(page, options={"resultTypes": ["violations"]})
            for one in answer.response["violations"]:
                node = one["nodes"][0]
                found.append(f"{name} {width} {scheme}: {one['id']} ×{len(one['nodes'])} at {node['html'][:160]}")
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_everything_open(scheme: str, address: str, window: Callable[..., Any]) -> None:
    """Every disclosure open and every chart live, on the shortest chapter: the others are made of the same parts."""
    from axe_playwright_python.sync_playwright import Axe

    with window(DESKTOP, scheme, bypass_csp=True) as page:
        page.goto(address + "resolve.html")
        page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
        page.evaluate("document.querySelectorAll('.cf-plot button.cf-wake').forEach(one => one.click())")
        every = "[...document.querySelectorAll('.cf-plot')].every(one => one.dataset.state === 'live')"
        page.wait_for_function(every, timeout=60_000)
        violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [f"{one['id']} ×{len(one['nodes'])} at {one['nodes'][0]['html'][:160]}" for one in violations] == []


def test_nothing_is_wider_than_a_phone(address: str, pages: list[str], window: Callable[..., Any]) -> None:
    found = []
    with window(PHONE) as page:
        for name in pages:
            page.goto(address + name)
            page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > PHONE:
                found.append(f"{name}: {wide} px wide; {page.evaluate(TOO_WIDE)}")
    assert found == []


CUT_LABELS = """() => [...document.querySelectorAll(".cf-plot svg")].filter(one => one.getClientRects().length)
  .flatMap(svg => { const frame = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")].filter(one => { const b = one.getBoundingClientRect();
      return b.left < frame.left - 1 || b.right > frame.right + 1 || b.top < frame.top - 1
        || b.bottom > frame.bottom + 2; })
    .map(one => svg.querySelector("title").textContent.slice(0, 40) + ": " + one.textContent); })"""


def test_every_drawing_is_laid_out_soon_after_loading(
    address: str, chapters: list[str], window: Callable[..., Any]
) -> None:
    """Drawings wait while a page loads, and not until somebody scrolls: a picture of the whole page shows them all."""
    waiting = (
        "[...document.querySelectorAll('.cf-wide')].filter(one => one.style.contentVisibility !== 'visible').length"
    )
    with window() as page:
        for name in chapters:
            page.goto(address + name)
            for _ in range(100):  # asked again and again: the page's own policy forbids a string that waits
                if page.evaluate(waiting) == 0:
                    break
                page.wait_for_timeout(100)
            assert page.evaluate(waiting) == 0, name


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_no_label_of_a_chart_is_cut(width: int, address: str, pages: list[str], window: Callable[..., Any]) -> None:
    found = []
    with window(width) as page:
        for name in pages:
            page.goto(address + name)
            page.add_style_tag(content=".cf-wide, .cf-narrow { content-visibility: visible !important; }")
            found += [f"{name} {width}: {one}" for one in page.evaluate(CUT_LABELS)]
    assert found == []


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_nothing_jumps_while_a_page_loads(
    width: int, address: str, pages: list[str], window: Callable[..., Any]
) -> None:
    found = []
    with window(width) as page:
        page.add_init_script(SHIFTS)
        for name in pages:
            page.goto(address + name, wait_until="load")
            page.wait_for_timeout(250)
            shift = page.evaluate("window.__shift")
            if shift > 0.0:
                found.append(f"{name} at {width} px: CLS {shift:.4f}")
    assert found == []


def test_no_page_asks_another_host(site: Path, address: str, pages: list[str], window: Callable[..., Any]) -> None:
    foreign: list[str] = []
    with window() as page:
        page.on("request", lambda one: foreign.append(one.url) if not one.url.startswith(address) else None)
        for name in pages:
            page.goto(address + name)
    own = (site.as_uri() + "/", "data:", "blob:")
    with window() as page:
        page.on("request", lambda one: foreign.append(one.url) if not one.url.startswith(own) else None)
        for name in pages:
            page.goto((site / name).as_uri())
    assert foreign == []


def test_first_load_is_light(site: Path, address: str, pages: list[str], window: Callable[..., Any]) -> None:
    heavy = []
    with window() as page:
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        for name in pages:
            asked.clear()
            page.goto(address + name, wait_until="load")
            page.wait_for_timeout(100)
            files = [site / one.removeprefix(address).split("?")[0] for one in dict.fromkeys(asked)]
            weight = sum(len(gzip.compress(one.read_bytes(), 6)) for one in files if one.is_file())
            if any("plotly" in one for one in asked):
                heavy.append(f"{name} loads plotly.js before anybody asked for a live chart")
            if weight > FIRST_LOAD:
                heavy.append(f"{name}: {weight:,} bytes compressed")
    assert heavy == []


def test_nothing_executes_inline(site: Path, pages: list[str]) -> None:
    found = []
    for name in pages:
        text = (site / name).read_text(encoding="utf-8")
        for tag in re.findall(r"<script\b[^>]*>", text):
            if "src=" not in tag and "json" not in tag:
                found.append(f"{name}: {tag}")
        for tag in re.findall(r"<[a-z][^>]*\son[a-z]+\s*=[^>]*>|<a[^>]+href=\"javascript:[^>]*>", text):
            found.append(f"{name}: {tag[:80]}")
        if "script-src 'self'" not in text or "'unsafe-eval'" in text:
            found.append(f"{name}: no strict policy for scripts")
    assert found == []


def test_every_page_describes_itself_and_has_one_heading(
    address: str, pages: list[str], window: Callable[..., Any]
) -> None:
    found = []
    with window() as page:
        for name in pages:
            page.goto(address + name)
            description = page.get_attribute("meta[name=description]", "content") or ""
            if len(description) < 30:
                found.append(f"{name}: description {description!r}")
            if page.locator("h1").count() != 1:
                found.append(f"{name}: {page.locator('h1').count()} main headings")
    assert found == []


def test_print_leaves_only_the_text(address: str, chapters: list[str], window: Callable[..., Any]) -> None:
    with window() as page:
        page.goto(address + chapters[0])
        page.emulate_media(media="print")
        for gone in (".top", ".side", ".turn", ".cf-downloads"):
            assert page.locator(gone).first.is_visible() is False, f"{gone} is printed"
        assert page.locator(".cf-verdict").first.is_visible()
        assert page.locator(".cf-plot svg").first.is_visible()
        assert page.evaluate("getComputedStyle(document.querySelector('.cf-wide')).contentVisibility") == "visible"
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == "rgb(255, 255, 255)"
