"""Every control with the keyboard alone, offline, and with its state told to those who cannot see it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casefile.model import Pillar

PHONE = 360
CHAPTERS = [one.value for one in Pillar]


def _focus_by_tab(page: Any, selector: str, most: int = 80) -> None:
    """Press Tab until an element of `selector` has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement && document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"{selector} was not reached with {most} presses of Tab")


def test_skip_link_leads_to_the_text(address: str, window: Callable[..., Any]) -> None:
    with window() as page:
        page.goto(address + "opinion.html")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_is_visible_on_everything_that_takes_it(scheme: str, address: str, window: Callable[..., Any]) -> None:
    unseen = []
    with window(1280, scheme) as page:
        for name in ("index.html", "opinion.html"):
            page.goto(address + name)
            for _ in range(40):
                page.keyboard.press("Tab")
                style = page.evaluate(
                    "() => { const one = document.activeElement, s = getComputedStyle(one);"
                    " return [one.outerHTML.slice(0, 90), s.outlineStyle, parseFloat(s.outlineWidth)]; }"
                )
                if style[1] == "none" or style[2] < 2:
                    unseen.append(f"{name} {scheme}: {style[0]}")
    assert unseen == []


def test_the_slider_works_by_keyboard_offline_and_tells_its_date(site: Path, window: Callable[..., Any]) -> None:
    with window(offline=True) as page:
        page.goto((site / "index.html").as_uri())
        slider = page.locator("#cf-date")
        page.wait_for_selector("#cf-date:not([max='1'])")
        newest = page.locator("#cf-date-label").inner_text()
        before = page.locator(".cf-score").inner_text()
        slider.focus()
        page.keyboard.press("Home")
        assert page.locator("#cf-date-label").inner_text() != newest
        assert slider.get_attribute("aria-valuetext") == page.locator("#cf-date-label").inner_text()
        assert page.locator(".cf-score").inner_text() != before
        assert page.get_attribute("#cf-date-count", "aria-live") == "polite"
        assert page.locator("#cf-date-marks i").count() == page.locator("[data-slide]").count()
        page.keyboard.press("End")
        assert page.locator(".cf-score").inner_text() == before


def test_at_the_first_date_the_slider_shows_the_column_of_then(site: Path, window: Callable[..., Any]) -> None:
    with window() as page:
        page.goto((site / "index.html").as_uri())
        page.wait_for_selector("#cf-date:not([max='1'])")
        page.locator("#cf-date").focus()
        page.keyboard.press("Home")
        rows = page.evaluate(
            "[...document.querySelectorAll('.cf-score tr')].map(r => [...r.querySelectorAll('.cf-word')]"
            ".map(c => c.textContent)).filter(r => r.length === 2)"
        )
        assert rows
        assert [row for row in rows if row[0] != row[1]] == []


@pytest.mark.parametrize("way", ["click", "keyboard"])
@pytest.mark.parametrize("name", ["opinion.html", "index.html"])
def test_a_live_chart_takes_the_place_of_the_drawing(
    name: str, way: str, site: Path, window: Callable[..., Any]
) -> None:
    with window() as page:
        page.goto((site / name).as_uri())
        plot = page.locator(".cf-plot").first
        plot.scroll_into_view_if_needed()
        before = plot.bounding_box()
        if way == "click":
            plot.click(position={"x": 60, "y": 60})
        else:
            plot.locator("button.cf-wake").focus()
            page.keyboard.press("Enter")
        page.wait_for_selector(".cf-plot[data-state=live]", timeout=20_000)
        after = plot.bounding_box()
        assert before
        assert after
        assert abs(before["height"] - after["height"]) <= 1
        assert abs(before["width"] - after["width"]) <= 1
        assert plot.locator(".main-svg").count() > 0
        assert "Live chart" in plot.locator(".cf-status").inner_text()


WORDS = """plot => Object.fromEntries([...plot.querySelectorAll(".cf-live text, .cf-wide text, .cf-narrow text")]
  .filter(one => one.getClientRects().length && one.textContent.trim())
  .map(one => { const box = one.getBoundingClientRect(), frame = plot.getBoundingClientRect();
    return [one.textContent.trim(), [box.left - frame.left, box.top - frame.top]]; }))"""


@pytest.mark.parametrize("width", [PHONE, 768, 1280])
@pytest.mark.parametrize(
    "chart", ["c-aims-no-bargaining-matrix", "c-opinion-decline-robustness", "c-economy-ruble-dollar"]
)
def test_a_live_chart_lies_where_its_drawing_lay(
    chart: str, width: int, site: Path, window: Callable[..., Any]
) -> None:
    with window(width) as page:
        page.goto((site / f"{chart.split('-')[1]}.html").as_uri())
        plot = page.locator(f"[id^='{chart}'] .cf-plot").first
        plot.scroll_into_view_if_needed()
        drawn = plot.evaluate(WORDS)
        plot.click(position={"x": 40, "y": 40})
        page.wait_for_selector(f"[id^='{chart}'] .cf-plot[data-state=live]", timeout=20_000)
        live = plot.evaluate(WORDS)
        shared = [one for one in drawn if one in live]
        assert len(shared) >= 4
        moved = {one: (drawn[one], live[one]) for one in shared
                 if max(abs(a - b) for a, b in zip(drawn[one], live[one], strict=True)) > 8}  # fmt: skip
        assert moved == {}


def test_a_live_chart_recolours_with_the_theme(site: Path, window: Callable[..., Any]) -> None:
    with window(1280, "light") as page:
        page.goto((site / "opinion.html").as_uri())
        page.locator(".cf-plot").first.click(position={"x": 60, "y": 60})
        page.wait_for_selector(".cf-plot[data-state=live]", timeout=20_000)
        colours = "getComputedStyle(document.querySelector('.cf-plot .xtick text')).fill"
        light = page.evaluate(colours)
        page.locator("button.scheme").click()  # auto → light
        page.locator("button.scheme").click()  # light → dark
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert page.evaluate(colours) != light


def test_search_works_from_the_file_system(site: Path, window: Callable[..., Any]) -> None:
    with window(offline=True) as page:
        page.goto((site / "index.html").as_uri())
        page.locator("#q").fill("ruble")
        page.keyboard.press("Enter")
        page.wait_for_selector("#search-results li a", timeout=15_000)
        assert (
            "economy.html" in (page.locator("#search-results li a").first.get_attribute("href") or "")
            or page.locator("#search-results a[href*='economy.html']").count()
        )


def test_every_disclosure_opens_by_keyboard(address: str, pages: list[str], window: Callable[..., Any]) -> None:
    stuck = []
    with window() as page:
        for name in pages:
            page.goto(address + name)
            count = page.locator("main details > summary").count()
            for place in sorted({*range(min(count, 6)), *range(0, count, 25)}):
                summary = page.locator("main details > summary").nth(place)
                if not summary.is_visible():
                    continue  # inside a closed one
                summary.focus()
                was = summary.evaluate("one => one.parentElement.open")
                page.keyboard.press("Enter")
                if summary.evaluate("one => one.parentElement.open") == was:
                    stuck.append(f"{name}: {summary.inner_text()[:60]}")
    assert stuck == []


def test_the_contents_menu_opens_on_a_phone(address: str, window: Callable[..., Any]) -> None:
    with window(PHONE) as page:
        page.goto(address + "opinion.html")
        link = page.locator("nav.side a[href*='method.html']")
        assert not link.is_visible()
        _focus_by_tab(page, "nav.side button", 10)
        page.keyboard.press("Enter")
        assert link.is_visible()


def test_the_chosen_theme_is_kept(address: str, window: Callable[..., Any]) -> None:
    with window() as page:
        page.goto(address + "index.html")
        page.locator("button.scheme").click()
        page.locator("button.scheme").click()
        page.goto(address + "method.html")
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_three_clicks_lead_from_a_number_to_its_source(chapter: str, address: str, window: Callable[..., Any]) -> None:
    """The verdict's sentence (a link) → its finding, open → the address of the source of a row.

    A number behind a disclosure costs the click that opens it.
    """
    choice = random.Random(20231009 + len(chapter))
    with window() as page:
        page.goto(f"{address}{chapter}.html")
        links = page.locator(".cf-vantage a[href^='#f-'], .cf-against a[href^='#f-'], .cf-score a[href^='#']")
        numbers = page.locator(".cf-vantage a[href^='#f-'], .cf-against a[href^='#f-']")
        assert links.count() >= numbers.count() > 0
        for place in choice.sample(range(numbers.count()), min(3, numbers.count())):
            link = page.locator(".cf-vantage a[href^='#f-'], .cf-against a[href^='#f-']").nth(place)
            target = link.get_attribute("href") or ""
            clicks = 1
            if not link.is_visible():
                link.locator("xpath=ancestor::details[1]/summary").click()
                clicks += 1
            link.click()
            finding = page.locator(f"[id='{target[1:]}']")
            page.wait_for_timeout(100)
            assert finding.evaluate("one => one.open"), f"{target} does not open when it is linked to"
            if finding.locator("text=No observation was used.").count():
                continue
            outward = finding.locator("a[rel~=external]")
            assert outward.count() > 0, f"{chapter} {target}: no address of a source"
            assert (outward.first.get_attribute("href") or "").startswith("http")  # the last click leaves the book
            assert clicks + 1 <= 3


def test_numbers_on_the_front_page_lead_to_chapters(address: str, window: Callable[..., Any]) -> None:
    with window() as page:
        page.goto(address + "index.html")
        for place in random.Random(28).sample(range(page.locator(".cf-score th[scope=row] a").count()), 3):
            page.goto(address + "index.html")
            page.locator(".cf-score th[scope=row] a").nth(place).click()
            page.wait_for_load_state()
            place_name = page.evaluate("decodeURIComponent(location.hash.slice(1))")
            assert page.locator(f"[id='{place_name}']").count() == 1
            assert page.locator(".cf-vantage a[href^='#f-']").count() > 0
