"""Commands that begin something: a claim, a table, a pillar. Imported by `casefile.cli`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from casefile.cli import app, say
from casefile.refusal import Commands

if TYPE_CHECKING:
    from casefile.press.new.project import Project

new = Commands(help="Begin a claim, a table or a pillar from working starting points.", no_args_is_help=True)
app.add_typer(new, name="new")


@new.command()
def claim(
    claim_id: Annotated[str, typer.Argument(metavar="ID", help="Its id, the pillar first, e.g. economy-key-rate.")],
    pillar: Annotated[str, typer.Option("--pillar", help="Its pillar; the first word of the id by default.")] = "",
    table: Annotated[str, typer.Option("--table", help="The table that it rests on; the pillar's first.")] = "",
    title: Annotated[str, typer.Option("--title", help="Its short title; to be filled in without.")] = "",
) -> None:
    """A claim: registry entry, analysis, cases of its rule, a section of the notebook."""
    from casefile.press.new.claim import new_claim
    from casefile.press.new.project import Project

    project = Project()
    _write(project, f"new claim {claim_id}", new_claim(project, claim_id, pillar, table, title))


@new.command()
def table(
    name: Annotated[str, typer.Argument(metavar="PILLAR/NAME", help="Pillar and name, e.g. economy/key_rate.")],
) -> None:
    """A table: its descriptor and a file with a header, ready for `casefile add`."""
    from casefile.press.new.project import Project
    from casefile.press.new.table import new_table

    project = Project()
    _write(project, f"new table {name}", new_table(project, name))


@new.command()
def pillar(
    name: Annotated[str, typer.Argument(metavar="NAME", help="One word in small letters, e.g. diplomacy.")],
    title: Annotated[str, typer.Option("--title", help="The heading of its chapter; to be filled in without.")] = "",
) -> None:
    """A pillar: its word, module, descriptor, notebook and place in the book."""
    from casefile.press.new.pillar import new_pillar
    from casefile.press.new.project import Project

    project = Project()
    _write(project, f"new pillar {name}", new_pillar(project, name, title))


def _write(project: Project, what: str, then: list[str]) -> None:
    project.write(what, say)
    for name in sorted(project.files):
        print(name)
    say("\n".join([f"Written as one change: {what}. Take it back with: casefile undo", *then]))
