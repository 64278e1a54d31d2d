"""plotly.js from an installed or pinned package: the smallest bundle at hand that draws our charts."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from casefile.errors import RunFailed

PACKAGE = "plotly.js-basic-dist-min"
PIN = Path(__file__).with_name("plotlyjs.json")
"""Version and integrity of the npm package, and the hash of the one file taken from it. It draws scatter and bar,
which is all we use."""

FILE = "package/plotly-basic.min.js"

STORE = Path(sys.prefix) / "share" / "casefile"
"""Inside the virtual environment: fetched when that is set up, so that builds need no network."""


def bundle() -> tuple[Path, str]:
    """The plotly.js file to publish and where it came from.

    The pinned basic bundle when `fetch` put it there at set-up; otherwise the full one inside the plotly wheel, which
    makes another (equally complete) book: its bytes are compared with those of builds that have the same bundle.
    Raises `RunFailed` when the stored file is not the pinned one, or there is none at all.
    """
    pin = _pin()
    stored = STORE / f"plotly-basic-{pin['version']}.min.js"
    if stored.is_file():
        if hashlib.sha256(stored.read_bytes()).hexdigest() != pin["sha256"]:
            raise RunFailed(f"{stored} is not the pinned file. Delete it and run: make setup")
        return stored, f"npm {PACKAGE} {pin['version']}"
    import importlib.metadata
    import importlib.util

    spec = importlib.util.find_spec("plotly")
    inside = Path(spec.origin).parent / "package_data" / "plotly.min.js" if spec and spec.origin else None
    if inside is None or not inside.is_file():
        raise RunFailed("plotly.js is neither in the virtual environment nor in the plotly package. Run: make setup")
    return inside, f"plotly wheel {importlib.metadata.version('plotly')}"


def fetch() -> str:
    """Download the pinned bundle with npm into the virtual environment; says in one line what was done.

    Without npm, or when npm cannot reach its registry, the wheel's own bundle serves: nothing fails. A package whose
    hash differs from the pin is refused with `RunFailed`.
    """
    pin = _pin()
    target = STORE / f"plotly-basic-{pin['version']}.min.js"
    if target.is_file():
        return f"plotly.js {pin['version']} (basic) is in place"
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not here: the larger plotly.js inside the plotly wheel will be published"
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [npm, "pack", f"{PACKAGE}@{pin['version']}", "--silent", "--pack-destination", folder],
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        archives = list(Path(folder).glob("*.tgz"))
        if done.returncode or len(archives) != 1:
            return "npm could not fetch the small plotly.js: the larger one inside the plotly wheel will be published"
        digest = base64.b64encode(hashlib.sha512(archives[0].read_bytes()).digest()).decode()
        if f"sha512-{digest}" != pin["integrity"]:
            raise RunFailed(f"{PACKAGE} {pin['version']} does not have the pinned hash; nothing was kept")
        with tarfile.open(archives[0]) as archive:
            member = archive.extractfile(FILE)
            content = b"" if member is None else member.read()
        if hashlib.sha256(content).hexdigest() != pin["sha256"]:
            raise RunFailed(f"{FILE} of {PACKAGE} {pin['version']} is not the pinned file; nothing was kept")
        STORE.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".part")
        partial.write_bytes(content)
        partial.replace(target)
    return f"plotly.js {pin['version']} (basic) fetched"


def _pin() -> dict[str, str]:
    pin: dict[str, str] = json.loads(PIN.read_text(encoding="utf-8"))
    return pin


if __name__ == "__main__":
    print(fetch(), file=sys.stderr)
