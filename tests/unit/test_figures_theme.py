"""The palette survives colour blindness, grey print and dark mode."""

from __future__ import annotations

import itertools
import json

import pytest
from figures_samples import KINDS

from casefile.figures.finish import live
from casefile.figures.theme import ROLES, TOKENS, ink, palette_css, plotly_template, recoloured, symbol, text_ink

Colour = tuple[float, float, float]
DEUTAN = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
PROTAN = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
NORMAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
EYES = {"normal": NORMAL, "deutan": DEUTAN, "protan": PROTAN}  # Machado, Oliveira & Fernandes 2009, full severity
TOGETHER = [
    ("a", "b", "c", "d", "e"),
    ("republican", "democrat", "independent"),
    ("ukraine", "russia"),
    ("good", "bad"),
    ("supported", "mostly-supported", "mixed", "mostly-unsupported", "contradicted"),
]
TEXTS = ["ink", "quiet", *(f"{name}-text" if f"{name}-text" in TOKENS else name for name in list(ROLES)[:13])]
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


def linear(colour: str) -> list[float]:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    return [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]


def luminance(colour: str) -> float:
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, eye: tuple[Colour, Colour, Colour] = NORMAL) -> Colour:
    rgb = linear(colour)
    red, green, blue = (min(max(sum(a * b for a, b in zip(row, rgb, strict=True)), 0), 1) for row in eye)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (one ** (1 / 3) if one > 0.008856 else 7.787 * one + 16 / 116 for one in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def apart(one: str, other: str, eye: str) -> float:
    here, there = lab(one, EYES[eye]), lab(other, EYES[eye])
    return sum((a - b) ** 2 for a, b in zip(here, there, strict=True)) ** 0.5


@THEMES
@pytest.mark.parametrize("name", TEXTS)
def test_text_has_aa_contrast(theme: str, name: str) -> None:
    assert contrast(getattr(TOKENS[name], theme), getattr(TOKENS["surface"], theme)) >= 4.5


@THEMES
@pytest.mark.parametrize("role", ROLES)
def test_marks_have_three_to_one(theme: str, role: str) -> None:
    assert contrast(getattr(TOKENS[role], theme), getattr(TOKENS["surface"], theme)) >= 3


@THEMES
@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("group", TOGETHER, ids="-".join)
def test_roles_used_together_differ_for_every_eye(theme: str, eye: str, group: tuple[str, ...]) -> None:
    for one, other in itertools.combinations(group, 2):
        assert apart(getattr(TOKENS[one], theme), getattr(TOKENS[other], theme), eye) >= 12, (one, other)


@pytest.mark.parametrize("group", TOGETHER[:4], ids="-".join)
def test_roles_used_together_differ_in_grey_print(group: tuple[str, ...]) -> None:
    for one, other in itertools.combinations(group, 2):
        assert abs(lab(ink(one))[0] - lab(ink(other))[0]) >= 4.5, (one, other)


@pytest.mark.parametrize("group", TOGETHER, ids="-".join)
def test_roles_used_together_differ_in_symbol(group: tuple[str, ...]) -> None:
    assert len({symbol(one) for one in group}) == len(group)


def test_no_two_tokens_share_a_light_hex() -> None:
    assert len({one.light for one in TOKENS.values()}) == len(TOKENS)


def test_text_colours_fall_back_to_the_mark() -> None:
    assert text_ink("a") == ink("a")
    assert text_ink("c") != ink("c")


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(KeyError):
        ink("mauve")


def test_css_has_both_themes_print_and_forced_colours() -> None:
    css = palette_css()
    assert f"--cf-a:{TOKENS['a'].dark}" in css
    assert f"--cf-a:{TOKENS['a'].light}" in css
    assert css.count("@media screen") == 2  # print always takes the light palette
    assert "forced-colors:active" in css
    assert css.count("{") == css.count("}")


@pytest.mark.parametrize("name", KINDS)
def test_a_live_chart_turns_wholly_dark(name: str) -> None:
    dark = json.dumps(recoloured(live(KINDS[name]())))
    only_light = {one.light for one in TOKENS.values()} - {one.dark for one in TOKENS.values()}
    assert [one for one in only_light if one in dark] == []


def test_forced_colours_keep_text_apart_from_its_halo() -> None:
    forced = palette_css().split("forced-colors:active")[1]
    assert ".cf-halo{stroke:Canvas}" in forced
    assert "color:CanvasText" in forced


def test_templates_differ_by_theme() -> None:
    assert plotly_template(True)["layout"]["font"]["color"] == TOKENS["ink"].dark
    assert plotly_template(False)["layout"]["font"]["color"] == TOKENS["ink"].light
