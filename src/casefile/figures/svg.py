"""A static SVG of a chart's figure, without a browser: what a page shows first, what print and books show always."""

from __future__ import annotations

from casefile.figures.chart import WIDE, Chart
from casefile.figures.svg_compose import Laid, compose, lay_out
from casefile.figures.svg_parts import escaped, short
from casefile.figures.svg_plan import Scene, least_height
from casefile.figures.theme import FONT, drawing_css


def to_svg(
    chart: Chart, *, width: int, height: int, ids: str, standalone: bool = False, laid: Laid | None = None
) -> str:
    """The chart drawn `width` pixels wide, in the subset of Plotly that the vocabulary uses.

    `height` is the least height: a drawing grows rather than cut or crowd its labels, and its `viewBox`, `width` and
    `height` attributes say how high it is. `ids` begins every id in it. Colours are CSS classes (see `palette_css`);
    with `standalone` the light palette travels inside. `laid` is the chart laid out for this width, height and ids.
    Raises `DrawingError` for what would be lost.
    """
    scene = compose(*laid) if laid else scene_of(chart, width, height, ids)
    across, down = str(width), short(scene.height)
    style = f"<style>{drawing_css()}</style>" if standalone else ""
    namespace = ' xmlns="http://www.w3.org/2000/svg"'
    font = escaped(FONT.replace('"', "'"))
    return (
        f'<svg{namespace} class="cf-chart" viewBox="0 0 {across} {down}" width="{across}" height="{down}" '
        f'role="img" aria-labelledby="{escaped(ids)}-t {escaped(ids)}-d" font-family="{font}">'
        f'<title id="{escaped(ids)}-t">{escaped(chart.title)}</title>'
        f'<desc id="{escaped(ids)}-d">{escaped(chart.alt)}</desc>'
        f"{style}{''.join(scene.parts)}{''.join(label.svg() for label in scene.labels)}</svg>"
    )


def scene_of(chart: Chart, width: int, height: int = 0, ids: str = "cf") -> Scene:
    """The pieces and labels of a drawing with their places, as `to_svg` writes them."""
    return compose(*laid_out(chart, width, height, ids))


def laid_out(chart: Chart, width: int, height: int, ids: str) -> Laid:
    """A chart laid out for `to_svg` and `live`, which both look only at what this finds."""
    return lay_out(chart.drawn, width, float(height), escaped(ids))


def size(chart: Chart, width: int = WIDE) -> tuple[int, int]:
    """Width and height that suit a chart: the fixed box that a page reserves for it."""
    return width, round(scene_of(chart, width, round(least_height(width))).height)
