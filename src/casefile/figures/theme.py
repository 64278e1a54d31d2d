"""Colours, symbols and type of every chart: the one place, for the page, for print and for live charts.

Each token has a hex for light and one for dark. No two tokens share a light hex, so that a drawing in light colours
can be restyled: the static SVG turns a hex into a class, a live chart swaps one hex for the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

FONT = '"Helvetica Neue", Arial, "Liberation Sans", Roboto, "Noto Sans", sans-serif'
SIZE = 12
SMALL = 11
"""No text in a drawing is smaller than this, in pixels at its published width."""


@dataclass(frozen=True)
class Token:
    """One colour in both themes."""

    light: str
    dark: str


@dataclass(frozen=True)
class Role:
    """How a role is drawn besides its colour: the symbol of its points, and how heavy its line is."""

    symbol: str
    width: float = 2.0


SURFACE = Token("#ffffff", "#14171c")

TOKENS: Mapping[str, Token] = {
    "surface": SURFACE,
    "ink": Token("#20242a", "#e6e8eb"),
    "quiet": Token("#565d67", "#a9b0ba"),
    "grid": Token("#dfe3e8", "#2e343c"),
    "axis": Token("#9aa2ad", "#6b747f"),
    "rule": Token("#838a94", "#7d8691"),
    # One lightness each, from dark to light, so that they stay apart in grey print and in colour blindness.
    "a": Token("#1d4f9c", "#5c9ded"),
    "b": Token("#b2521a", "#ef9350"),
    "c": Token("#14937c", "#86e8cc"),
    "c-text": Token("#0f6f5e", "#8fead0"),
    "d": Token("#5c1a46", "#d063a4"),
    "d-text": Token("#5c1a47", "#da7ab3"),
    "e": Token("#a98f14", "#e9d265"),
    "e-text": Token("#776400", "#ecd777"),
    "muted": Token("#70767f", "#8c939d"),
    # Parties and countries: known colours, muted alike, so that neither shouts.
    "republican": Token("#a63028", "#e8796e"),
    "democrat": Token("#3d7fc4", "#8cc0f5"),
    "democrat-text": Token("#2a66a5", "#97c6f6"),
    "independent": Token("#4a3d5c", "#a08fb8"),
    "ukraine": Token("#1f6fc9", "#8ec1f5"),
    "russia": Token("#8c3b2a", "#d98a72"),
    "good": Token("#0c5f73", "#6fd0d8"),
    "bad": Token("#b85722", "#ee9258"),
    # Ratings: blue is borne out, orange is contradicted, the stronger the further from the page's colour.
    "supported": Token("#17507f", "#8fcbf5"),
    "mostly-supported": Token("#5792c0", "#4d88b5"),
    "mixed": Token("#868686", "#858585"),
    "mostly-unsupported": Token("#c5803f", "#a9713a"),
    "contradicted": Token("#85380d", "#ffb783"),
    "untestable": Token("#8d949c", "#777e87"),
}

ROLES: Mapping[str, Role] = {
    "a": Role("circle"),
    "b": Role("square"),
    "c": Role("diamond"),
    "d": Role("triangle-up"),
    "e": Role("triangle-down"),
    "muted": Role("circle-open", 1.5),
    "republican": Role("circle"),
    "democrat": Role("square"),
    "independent": Role("diamond"),
    "ukraine": Role("circle"),
    "russia": Role("square"),
    "good": Role("triangle-up"),
    "bad": Role("triangle-down"),
    "supported": Role("triangle-up"),
    "mostly-supported": Role("triangle-up-open"),
    "mixed": Role("diamond"),
    "mostly-unsupported": Role("triangle-down-open"),
    "contradicted": Role("triangle-down"),
    "untestable": Role("circle-open"),
}

CLASSES: Mapping[str, str] = {token.light: f"cf-{name}" for name, token in TOKENS.items()}
"""The CSS class of each colour that a figure may use."""


def ink(role: str) -> str:
    """The hex, in light, of a role's marks. Raises `KeyError` for a role that the palette lacks."""
    return TOKENS[role].light


def text_ink(role: str) -> str:
    """The hex, in light, of text in a role's colour: dark enough to read."""
    return TOKENS[f"{role}-text" if f"{role}-text" in TOKENS else role].light


def symbol(role: str) -> str:
    """The symbol of a role's points, so that colour never carries it alone."""
    return ROLES[role].symbol


def swaps() -> dict[str, str]:
    """Light hex → dark hex, for turning a drawn figure dark."""
    return {token.light: token.dark for token in TOKENS.values()}


def recoloured(figure: Mapping[str, Any]) -> dict[str, Any]:
    """A figure's JSON with every colour of the light palette swapped for its dark twin."""
    pairs = swaps()

    def swap(node: Any) -> Any:
        if isinstance(node, Mapping):
            return {key: swap(value) for key, value in node.items()}
        if isinstance(node, list | tuple):
            return [swap(value) for value in node]
        return pairs.get(node, node) if isinstance(node, str) else node

    result: dict[str, Any] = swap(figure)
    return result


def palette_css() -> str:
    """Custom properties of both themes and the rules of static drawings: light, dark, print and forced colours."""
    light = ";".join(f"--cf-{name}:{token.light}" for name, token in TOKENS.items())
    dark = ";".join(f"--cf-{name}:{token.dark}" for name, token in TOKENS.items())
    colours = "".join(f".cf-{name}{{color:var(--cf-{name})}}" for name in TOKENS)
    return (
        f":root{{{light}}}\n"
        f'@media screen and (prefers-color-scheme:dark){{:root:not([data-theme="light"]){{{dark}}}}}\n'
        f'@media screen{{:root[data-theme="dark"]{{{dark}}}}}\n'
        f"{colours}\n{_DRAWING.replace('SURFACE', 'var(--cf-surface)')}\n"
        "@media (forced-colors:active){.cf-chart [class]{forced-color-adjust:auto;color:CanvasText}"
        ".cf-chart .cf-surface{color:Canvas}.cf-chart .cf-halo{stroke:Canvas}.cf-chart .cf-hollow{fill:Canvas}"
        ".cf-chart .cf-grid{color:GrayText}}\n"
    )


def drawing_css() -> str:
    """The rules that a drawing carries with it when it leaves the page: the light palette, no variables."""
    return "".join(f".cf-{name}{{color:{token.light}}}" for name, token in TOKENS.items()) + _DRAWING.replace(
        "SURFACE", SURFACE.light
    )


_DRAWING = (
    ".cf-line{fill:none;stroke:currentColor}"
    ".cf-fill{fill:currentColor;stroke:none}"
    ".cf-hollow{fill:SURFACE;stroke:currentColor}"
    ".cf-text{fill:currentColor}"
    ".cf-halo{stroke:SURFACE;stroke-linejoin:round;paint-order:stroke}"
)


@cache
def plotly_template(dark: bool = False) -> dict[str, Any]:
    """The same theme for live charts, as the JSON of a Plotly template."""

    def hex_of(name: str) -> str:
        return TOKENS[name].dark if dark else TOKENS[name].light

    axis = {
        "gridcolor": hex_of("grid"),
        "linecolor": hex_of("axis"),
        "tickcolor": hex_of("axis"),
        "zeroline": False,
        "automargin": True,
        "tickfont": {"color": hex_of("quiet"), "size": SMALL},
        "title": {"font": {"color": hex_of("quiet"), "size": SMALL}, "standoff": 6},
    }
    return {
        "layout": {
            "font": {"family": FONT, "size": SIZE, "color": hex_of("ink")},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [hex_of(name) for name in "abcde"],
            "xaxis": axis,
            "yaxis": axis,
            "hoverlabel": {"bgcolor": hex_of("surface"), "font": {"color": hex_of("ink"), "size": SIZE}},
            "legend": {
                "font": {"size": SMALL},
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1,
                "yanchor": "bottom",
            },
            "dragmode": False,
        }
    }
