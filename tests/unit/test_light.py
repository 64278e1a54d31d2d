"""Libraries imported without what they do not use here: what is left out is left out, and can still be had."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def said(script: str, folder: Path) -> list[str]:
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_papermill_comes_without_requests_and_others_get_the_real_one(tmp_path: Path) -> None:
    script = (
        "import sys, warnings; warnings.simplefilter('ignore')\n"
        "from casefile.press.light import import_papermill\n"
        "import_papermill(); import_papermill()\n"
        "import papermill.iorw\n"
        "print('requests' in sys.modules, hasattr(papermill.iorw.requests, 'get'))\n"
        "import requests\n"
        "print(hasattr(requests, 'get'))\n"
    )
    assert said(script, tmp_path) == ["False", "False", "True"]


def test_whoever_has_requests_keeps_them(tmp_path: Path) -> None:
    script = (
        "import sys, warnings; warnings.simplefilter('ignore')\n"
        "import requests\n"
        "from casefile.press.light import import_papermill\n"
        "import_papermill()\n"
        "import papermill.iorw\n"
        "print(sys.modules['requests'] is requests, papermill.iorw.requests is requests)\n"
    )
    assert said(script, tmp_path) == ["True", "True"]


def test_the_soup_comes_without_selectors_and_without_a_word(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from casefile.press.light import import_soup\n"
        "import_soup()\n"
        "import bs4\n"
        "print('soupsieve' in sys.modules, bs4.BeautifulSoup('<p>a</p>', 'html.parser').p.text)\n"
    )
    assert said(script, tmp_path) == ["False", "a"]
