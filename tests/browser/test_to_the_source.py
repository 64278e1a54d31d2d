"""From a number on a page to the address of its source in at most three clicks, for numbers picked on every page."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

SAMPLE = 12
MOST_CLICKS = 3
STATED = (
    ".cf-vantage p, .cf-against li, .cf-finding .cf-value, .cf-finding > p, .cf-board p, .cf-score td, .cf-lead, "
    ".cf-changes li, .cf-title, .cf-objection li, main table td, .cf-keys li"
)
"""Where pages state numbers of the ledger."""

ROUTE = """([stated, place]) => {
  const one = [...document.querySelectorAll(stated)].filter(n => /\\d/.test(n.textContent))[place];
  let clicks = 0;
  for (let up = one.parentElement; up; up = up.parentElement) {
    if (up.tagName === "DETAILS" && !up.open && !one.closest("summary")) { clicks += 1; up.open = true; }
  }
  const fold = one.closest("details.cf-finding");
  if (fold && one.closest("summary") && !fold.open) { clicks += 1; }
  for (let up = fold || one; up && up.id !== "content"; up = up.parentElement) {
    const out = up.querySelector("a[rel~=external]");
    const inward = [...up.querySelectorAll("a[href]")].map(a => a.getAttribute("href")).find(h => h.includes("#f-"));
    if (fold && !out && /No observation was used/.test(fold.textContent)) { return {clicks, none: true}; }
    if (out) { return {clicks: clicks + 1, out: out.href}; }
    if (inward) { return {clicks: clicks + 1, inward}; }
    const claim = [...up.querySelectorAll("a[href]")].map(a => a.getAttribute("href"))
      .find(h => /^[a-z]+[.]html#/.test(h) && !/^(method|data|rerun)/.test(h));
    if (claim) { return {clicks: clicks + 1, claim}; }
  }
  return {clicks, text: one.textContent.slice(0, 80)};
}"""


NUMBER_OF_THE_VERDICT = """id => {
  const section = document.getElementById(id).closest("section:has(> h2)");
  const link = section.querySelector(".cf-vantage a[href^='#f-']");
  return link && link.hash;
}"""
FINDING = """id => {
  const found = document.getElementById(id), out = found && found.querySelector("a[rel~=external]");
  return {open: found && found.open, out: out && out.href,
          none: /No observation was used/.test(found ? found.textContent : "")};
}"""


def follow(page: Any, address: str, name: str, found: dict[str, Any]) -> dict[str, Any]:
    """The next step of a route: from a claim to its verdict's number, from there into the finding."""
    if "claim" in found:
        target, _, fragment = found["claim"].partition("#")
        page.goto(f"{address}{target}#{fragment}")
        inward = page.evaluate(NUMBER_OF_THE_VERDICT, fragment)
        assert inward, f"{found['claim']} leads to no verdict with a number"
        return {"clicks": found["clicks"] + 1, "inward": f"{target}{inward}"}
    if "inward" in found:
        target, _, fragment = found["inward"].partition("#")
        page.goto(f"{address}{target or name}#{fragment}")
        state = page.evaluate(FINDING, fragment)
        assert state["open"], f"{found['inward']} is not open after its link was followed"
        return {"clicks": found["clicks"] + 1, "out": state["out"], "none": state["none"]}
    return found


@pytest.mark.parametrize(
    "name", ["index", "opinion", "congress", "battlefield", "economy", "resolve", "aims", "verdicts", "objections"]
)
def test_a_number_is_three_clicks_from_its_source(name: str, address: str, window: Callable[..., Any]) -> None:
    long = []
    with window() as page:
        page.goto(f"{address}{name}.html")
        count = page.evaluate(
            "s => [...document.querySelectorAll(s)].filter(n => /\\d/.test(n.textContent)).length", STATED
        )
        assert count > 10
        for place in random.Random(f"{name} 2023-10-09").sample(range(count), min(SAMPLE, count)):
            page.goto(f"{address}{name}.html")
            found = page.evaluate(ROUTE, [STATED, place])
            while "out" not in found and not found.get("none"):
                if "claim" not in found and "inward" not in found:
                    long.append(f"{name}: no way to a source from {found.get('text')!r}")
                    break
                found = follow(page, address, f"{name}.html", found)
            if found.get("none"):
                continue  # an absence: there is no observation, and the page says so
            if found.get("clicks", 0) > MOST_CLICKS or not str(found.get("out", "http")).startswith("http"):
                long.append(f"{name}, number {place}: {found}")
    assert long == []
