"""Reading the built pages as a reader's browser would find them; whatever was declared and is missing fails the build."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from casefile.errors import RunFailed
from casefile.model import Claim
from casefile.show.html import text

_ID = re.compile(r'\sid="([^"]+)"')
_HREF = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
_LOADED = re.compile(
    r'<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*?\s(?:src|data)="([^"]*)"|<link\b(?![^>]*?\srel="canonical")[^>]*?\shref="([^"]*)"'
)
_CARD = re.compile(r'<meta property="og:image" content="(?!https?:)([^"]*)"')
_INLINE_SCRIPT = re.compile(r"<script\b(?![^>]*\ssrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>")
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
_ACTIVE = re.compile(r"<(?:script|link|style|body)\b")
_CHART = re.compile(r'data-chart-id="([^"]+)"')
_VERDICT = re.compile(r'data-verdict="([^"]+)"')
_MARK = re.compile(r"<!-- casefile:")
SHOWN = {"text/html", "text/plain"}


def check_site(
    site: Path,
    charts: Iterable[str],
    claims: Mapping[str, Claim],
    notebooks: Iterable[Path] = (),
    declared: Mapping[str, Collection[str]] | None = None,
) -> None:
    """Raise `RunFailed` listing every declared chart, table or verdict that is missing, every broken internal link,
    every resource from another host, every inline script, and every output that no page can show."""
    pages = {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))
    }
    problems: list[str] = []
    problems += _declared(pages, charts, claims)
    problems += _too_few(pages, declared or {})
    problems += _links(site, pages)
    for notebook in notebooks:
        problems += _outputs(notebook)
    for name, page in pages.items():
        problems += [
            f"{name}: an inline script, which the page's own policy forbids" for _ in _INLINE_SCRIPT.finditer(page)
        ]
        if (fault := _policy(page)) is not None:
            problems.append(f"{name}: {fault}")
        problems += [f"{name}: a mark for a generated part was left in the page" for _ in _MARK.finditer(page)]
    if problems:
        raise RunFailed(
            "The book is not whole; nothing was published.\n" + "\n".join(f"  {one}" for one in problems[:50])
        )


def _policy(page: str) -> str | None:
    """What is wrong with a page's Content-Security-Policy; a browser obeys it only for what comes after it."""
    found = _POLICY.search(page)
    first = _ACTIVE.search(page)
    if found is None or (first is not None and first.start() < found.start()):
        return "no Content-Security-Policy before the first script or style"
    rules = {name: values for name, *values in (one.split() for one in found.group(1).split(";") if one.strip())}
    if rules.get("default-src") != ["'none'"] or not set(rules.get("script-src", ())) <= {"'self'", "file:"}:
        return "its Content-Security-Policy allows scripts or other content beyond its own files"
    foreign = [one for values in rules.values() for one in values if "." in one or "*" in one or one.startswith("http")]
    return f"its Content-Security-Policy allows {', '.join(foreign)}" if foreign else None


def _declared(pages: Mapping[str, str], charts: Iterable[str], claims: Mapping[str, Claim]) -> list[str]:
    problems = []
    drawn: dict[str, str] = {}
    for name, page in pages.items():
        for match in _CHART.finditer(page):
            end = page.find("</figure>", match.start())
            if "<svg" in page[match.start() : end]:
                drawn[match.group(1)] = name
    for chart in dict.fromkeys(charts):
        if chart not in drawn:
            problems.append(f"the chart {chart} is declared but not drawn on any page")
    for claim in claims.values():
        page = pages.get(f"{claim.pillar.value}.html", "")
        if claim.id not in _VERDICT.findall(page):
            problems.append(f"{claim.pillar.value}.html: the verdict on {claim.id} is missing")
        if f'data-claim="{claim.id}"' not in page:
            problems.append(f"{claim.pillar.value}.html: the claim card of {claim.id} is missing")
        if text(f"Tables read for “{claim.title}”") not in page:
            problems.append(f"{claim.pillar.value}.html: the evidence table of {claim.id} is missing")
    return problems


def _too_few(pages: Mapping[str, str], declared: Mapping[str, Collection[str]]) -> list[str]:
    """Claims with fewer charts on the pages than the chart functions declared for them: a call was taken away."""
    drawn = {match.group(1) for page in pages.values() for match in _CHART.finditer(page)}
    problems = []
    for claim, functions in declared.items():
        own = {one for one in drawn if one.startswith((f"{claim}-", f"{claim}.")) and not one.endswith("robustness")}
        if len(own) < len(functions):
            problems.append(
                f"{claim}: {len(functions)} charts are declared ({', '.join(functions)}), {len(own)} are drawn"
            )
    return problems


def _links(site: Path, pages: Mapping[str, str]) -> list[str]:
    problems = []
    ids = {name: set(_ID.findall(page)) for name, page in pages.items()}
    for name, page in pages.items():
        here = Path(name).parent
        for address in dict.fromkeys(_HREF.findall(page)):
            if address[:1] == "#":  # most links, and nothing to take apart
                if address[1:] not in ids[name] and unquote(address[1:].replace("&amp;", "&")) not in {"", *ids[name]}:
                    problems.append(f"{name}: the link {address} names a place that is not on that page")
                continue
            parts = urlsplit(address.replace("&amp;", "&"))
            if parts.scheme or parts.netloc:
                continue
            target = (here / unquote(parts.path)).as_posix() if parts.path else name
            target = _plain(target)
            if not (site / target).exists():
                problems.append(f"{name}: the link {address} leads nowhere")
            elif parts.fragment and target in ids and unquote(parts.fragment) not in ids[target]:
                problems.append(f"{name}: the link {address} names a place that is not on that page")
        for match in _CARD.finditer(page):
            if not (site / _plain((here / match.group(1)).as_posix())).exists():
                problems.append(f"{name}: the social card {match.group(1)} is not in the site")
        for match in _LOADED.finditer(page):
            address = match.group(1) or match.group(2) or ""
            parts = urlsplit(address)
            if parts.netloc or parts.scheme not in ("", "data"):
                problems.append(f"{name}: loads {address} from another host")
            elif (
                parts.path
                and not parts.scheme
                and not (site / _plain((here / unquote(parts.path)).as_posix())).exists()
            ):
                problems.append(f"{name}: loads {address}, which is not in the site")
    return problems


def _plain(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _outputs(notebook: Path) -> list[str]:
    problems = []
    content = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        for output in cell.get("outputs", []):
            place = f"{notebook.name}, cell {cell.get('id', '?')}"
            if output["output_type"] == "stream":
                problems.append(f"{place}: printed text to {output['name']}: {''.join(output['text'])[:80]!r}")
            elif output["output_type"] == "error":
                problems.append(f"{place}: ended in {output['ename']}")
            elif not SHOWN & output.get("data", {}).keys():
                problems.append(f"{place}: an output of a type that no page shows: {', '.join(output.get('data', {}))}")
    return problems
