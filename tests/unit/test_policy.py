"""The policy of a page is found, in front of everything that it governs, and allows nothing foreign."""

from __future__ import annotations

from pathlib import Path

import pytest

import casefile.press.theme
from casefile.press.check_site import _policy

HEAD = '<meta http-equiv="Content-Security-Policy" content="{}">'
OWN = "default-src 'none'; script-src 'self' file:; style-src 'self' 'unsafe-inline'"


def test_the_layout_has_a_policy_that_holds() -> None:
    layout = Path(casefile.press.theme.__file__).with_name("layout.html").read_text(encoding="utf-8")
    assert _policy(layout) is None


@pytest.mark.parametrize(
    "page",
    [
        "<script src=a.js></script>",
        "<script src=a.js></script>" + HEAD.format(OWN),
        HEAD.format(OWN.replace("'none'", "'self'")),
        HEAD.format(OWN.replace("file:;", "'unsafe-inline';")),
        HEAD.format(OWN.replace("file:;", "cdn.example.org;")),
        HEAD.format(OWN + "; img-src https:"),
        HEAD.format(OWN + "; connect-src *"),
    ],
    ids=["none", "too late", "default", "inline", "foreign script", "any picture", "any address"],
)
def test_a_weaker_policy_is_noticed(page: str) -> None:
    assert _policy(page) is not None
