"""Every export by name, and all of them together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from casefile.errors import RunFailed, UsageError
from casefile.paths import BUILD, CITATION
from casefile.press.export.standing import Standing, open_standing
from casefile.press.files import write_atomically
from casefile.press.places import check_writable

PLACES: Mapping[str, str] = {
    "pdf": "book.pdf",
    "epub": "book.epub",
    "claimreview": "claimreview.json",
    "ro-crate": "ro-crate",
    "datapackage": "datapackage",
    "citation": "citations",
    "quarto": "quarto",
}
"""Export → file or folder below `_build/exports`."""


_MARKS: Mapping[str, str] = {
    "ro-crate": "ro-crate-metadata.json", "datapackage": "datapackage.json", "citation": "book.bib",
    "quarto": "_quarto.yml",
}  # fmt: skip
"""Export that is a folder → the file by which an earlier one is known, which may be replaced."""


def check_place(form: str, place: Path) -> None:
    """Refuse, with `UsageError`, a place that holds something other than an earlier export of the same form."""
    mark = _MARKS.get(form)
    if mark is None:
        suffix = Path(PLACES[form]).suffix
        if place.is_dir() or (place.exists() and place.suffix != suffix):
            raise UsageError(f"{place} is no earlier {form}; name a file that ends in {suffix}. Nothing was written.")
    elif place.exists() and not (place.is_dir() and (not any(place.iterdir()) or (place / mark).is_file())):
        raise UsageError(f"{place} is neither empty nor an earlier {form} export; nothing was written there.")


def export_one(form: str, site: Path | None, data_dir: Path | None, out: Path | None, base: str = "") -> Path:
    """Write one export of the built book and return where it stands."""
    place = out or BUILD / "exports" / PLACES[form]
    check_place(form, place)
    check_writable(place.parent)
    place.parent.mkdir(parents=True, exist_ok=True)
    return _WRITERS[form](open_standing(site, data_dir), place, base)


def export_all(
    site: Path | None, data_dir: Path | None, out: Path | None, base: str, say: Callable[[str], None]
) -> list[Path]:
    """Write every export into one folder (default `_build/exports`)."""
    standing = open_standing(site, data_dir)
    folder = out or BUILD / "exports"
    check_writable(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for form in _WRITERS:
        check_place(form, folder / PLACES[form])
    made = []
    for form, write in _WRITERS.items():
        say(f"  {form}")
        made.append(write(standing, folder / PLACES[form], base))
    return made


def _pdf(standing: Standing, place: Path, base: str) -> Path:
    from casefile.press.export.pdf import write_pdf

    return write_pdf(standing.site, standing.sources, place)


def _epub(standing: Standing, place: Path, base: str) -> Path:
    from casefile.press.export.epub import write_epub

    about = standing.citation
    identifier = f"urn:casefile:edition:{standing.as_of}:{standing.ledger['data'][:16]}"
    return write_epub(
        standing.site, standing.sources, place, about["title"], about["authors"][0].get("name", ""), identifier
    )


def _claimreview(standing: Standing, place: Path, base: str) -> Path:
    from casefile.press.export.claimreview import claim_reviews

    write_atomically(place, claim_reviews(standing, base))
    return place


def _crate(standing: Standing, place: Path, base: str) -> Path:
    from casefile.press.export.crate import write_crate

    return write_crate(standing, place)


def _datapackage(standing: Standing, place: Path, base: str) -> Path:
    from casefile.press.export.datapackage import write_datapackage

    return write_datapackage(standing, place)


def _citation(standing: Standing, place: Path, base: str) -> Path:
    from casefile.press.export.citation import check_citation, citation_files

    problems = check_citation(CITATION, _version())
    if problems:
        raise RunFailed("\n".join(problems))
    for name, content in citation_files(standing).items():
        write_atomically(place / name, content)
    return place


def _quarto(standing: Standing, place: Path, base: str) -> Path:
    from casefile.press.quarto import write_project

    return write_project(standing.sources, place)


def _version() -> str:
    from importlib.metadata import version

    return version("casefile")


_WRITERS: Mapping[str, Callable[[Standing, Path, str], Path]] = {
    "pdf": _pdf,
    "epub": _epub,
    "claimreview": _claimreview,
    "ro-crate": _crate,
    "datapackage": _datapackage,
    "citation": _citation,
    "quarto": _quarto,
}
