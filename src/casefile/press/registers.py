"""The Data & sources page and the corrections list, generated from descriptors and registries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from casefile.evidence.descriptors import Descriptor
from casefile.evidence.library import Library
from casefile.model import Claim, Pillar
from casefile.show.html import Html, anchor, disclosure, el, join, link, on_this_page, table
from casefile.show.values import PILLAR_TITLES
from casefile.words import counted, day, number, spelled


def tables(library: Library, claims: Mapping[str, Claim]) -> Html:
    """Each table: what a row is, range, units, licence, known gaps, columns, download."""
    parts: list[object] = [
        on_this_page(
            (PILLAR_TITLES[pillar], f"p-{pillar.value}", [
                (one.title, f"t-{anchor(name)}")
                for name, one in library.descriptors.items()
                if name.startswith(f"{pillar.value}/")
            ])
            for pillar in Pillar
        )
    ]  # fmt: skip
    for pillar in Pillar:
        parts.append(el("h2", PILLAR_TITLES[pillar], id=f"p-{pillar.value}"))
        parts += [
            _table(descriptor, library, claims)
            for name, descriptor in library.descriptors.items()
            if name.startswith(f"{pillar.value}/")
        ]
    return join(parts)


def _table(descriptor: Descriptor, library: Library, claims: Mapping[str, Claim]) -> Html:
    frame = library.whole(descriptor.name)
    own = descriptor.resource["casefile"]
    basis = frame["known_on_basis"].value_counts()
    estimated = int(basis.get("lag", 0))
    gaps = own.get("known_gaps", [])
    licence = "; ".join(str(one.get("title", one.get("name", ""))) for one in descriptor.resource.get("licenses", []))
    used = [claim for claim in claims.values() if descriptor.name in claim.tables]
    columns = [
        [el("code", name), field["type"], field.get("unit", "–"), field.get("description", "")]
        for name, field in descriptor.fields.items()
    ]
    file = f"_static/data/{anchor(descriptor.name)}"
    return el(
        "section",
        el("h3", descriptor.title, id=f"t-{anchor(descriptor.name)}"),
        el("p", str(descriptor.resource["description"])),
        el(
            "p",
            f"{counted(len(frame), 'row')}, known between {day(frame['known_on'].min())} and {day(frame['known_on'].max())}. "
            f"{_estimates(estimated, own)} Licence: {(licence or 'none stated').rstrip('.')}",
            f" (checked on {day(own['license_checked'])})." if "license_checked" in own else ".",
            class_="cf-meta",
        ),
        el(
            "p",
            "Used by: ",
            join((el("a", one.title, href=f"{one.pillar.value}.html#{anchor(one.id)}") for one in used), "; "),
            ".",
        )
        if used
        else el("p", "Kept for context; no rule rests on it."),
        disclosure(_gaps(len(gaps)), el("ul", *(el("li", str(one)) for one in gaps))) if gaps else None,
        disclosure(
            f"The {counted(len(columns), 'column')}",
            table(["Column", "Type", "Unit", "Meaning"], columns, caption=f"Columns of {descriptor.title}"),
        ),
        el(
            "p",
            el("a", "Download the table (CSV)", href=f"{file}.csv", download=True),
            " ",
            el("a", "its description (JSON)", href=f"{file}.json", download=True),
            class_="cf-downloads",
        ),
    )


def _estimates(count: int, own: Mapping[str, Any]) -> str:
    """How many dates of publication are estimates, and by which lag."""
    if not count:
        return "No date of publication had to be estimated."
    lag = f", {counted(own['lag_days'], 'day')} after the observation" if "lag_days" in own else ""
    return f"The date of publication is estimated for {counted(count, 'row')}{lag}."


def _gaps(count: int) -> str:
    return "A known gap or caution" if count == 1 else f"{spelled(count).capitalize()} known gaps and cautions"


def known_on_counts(library: Library) -> Html:
    """How each table's `known_on` dates came about, in rows."""
    kinds = ("same-day", "publication", "vintage", "dataset-run", "lag")
    rows: list[list[object]] = []
    for name, descriptor in library.descriptors.items():
        count = library.whole(name)["known_on_basis"].value_counts()
        rows.append(
            [
                el("a", descriptor.title, href=f"data.html#t-{anchor(name)}"),
                *(number(int(count.get(one, 0))) for one in kinds),
            ]
        )
    header = ["Table", "Same day", "Publication date", "Vintage", "Run of a model or archive", "Estimated"]
    made = table(header, rows, caption="How the day of knowledge was set, in rows", numeric=frozenset(range(1, 6)))
    return disclosure("How that day was set, table by table", made)


def sources(library: Library) -> Html:
    """The whole registry: publisher, title as a link, date, kind."""
    used: set[str] = set()
    for name in library.descriptors:
        frame = library.whole(name)
        for column in ("source_id", "source_id_2"):
            if column in frame.columns:
                used |= set(frame[column])
    count = {
        kind: sum(one.kind == kind for one in library.sources.values()) for kind in ("primary", "secondary", "dataset")
    }
    items = []
    for source in sorted(library.sources.values(), key=lambda one: (one.publisher.lower(), one.source_id)):
        when = f", {day(source.published)}" if source.published else ""
        items.append(
            el(
                "li",
                link(f"{source.publisher}: {source.title}", source.url),
                f"{when} ({source.kind}{'' if source.source_id in used else ', not used by a row'}). ",
                el("code", source.source_id),
                id=f"s-{anchor(source.source_id)}",
            )
        )
    lead = (
        f"{counted(len(library.sources), 'source')}: {count['primary']} primary, {count['dataset']} datasets and "
        f"{count['secondary']} secondary reports of an original."
    )
    return join([el("p", lead), disclosure("The whole list", el("ul", *items, class_="cf-sources"))])


def corrections(entries: Sequence[Mapping[str, Any]]) -> Html:
    """Declared corrections: what, why, who, when, and the guard that ends them."""
    if not entries:
        return el("p", "No source value has been corrected. Conflicting values are kept side by side instead.")
    rows = [
        [
            f"{one['table']}, {', '.join(str(value) for value in one['row'].values())}",
            f"{one['column']}: {one['from']} → {one['to']}",
            str(one["reason"]),
            f"{one['author']}, {one['date']}",
        ]
        for one in entries
    ]
    return table(["Row", "Change", "Reason", "By"], rows, caption="Corrections in force")
