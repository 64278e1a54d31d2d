"""Known weaknesses of the locked packages, asked of the advisory service by pip-audit; soft without a network."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from casefile.paths import LOCK
from casefile.words import counted

LIMIT = 300.0  # seconds


def audit() -> int:
    """0 when nothing is known against the lock or nothing could be asked, 1 when something is known."""
    command = [
        sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--require-hashes", "--disable-pip",
        "--progress-spinner", "off", "--format", "json",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
        packages = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return _unasked(f"no answer within {LIMIT:g} seconds")
    except (ValueError, KeyError):
        return _unasked((done.stderr.strip().splitlines() or ["no answer"])[-1])
    lines = findings(packages)
    print("\n".join(lines))
    return int(any(one.get("vulns") for one in packages))


def _unasked(why: str) -> int:
    print(f"The advisory service could not be asked ({why}); nothing was checked.", file=sys.stderr)
    return 0


def findings(packages: Sequence[dict[str, Any]]) -> list[str]:
    """What pip-audit's report says, as lines: each weakness with the version that mends it, and how much was asked."""
    lines = []
    for one in packages:
        for known in one.get("vulns", ()):
            mended = ", ".join(known.get("fix_versions", ())) or "no version yet"
            lines.append(f"{one['name']} {one['version']}: {known['id']}, mended in {mended}")
    asked = [one for one in packages if "skip_reason" not in one]
    if len(asked) < len(packages):
        lines.append(
            f"The service knows nothing of {counted(len(packages) - len(asked), 'package')}; they were not checked."
        )
    lines.append(f"Checked: {counted(len(asked), 'package')}.")
    return lines


if __name__ == "__main__":
    sys.exit(audit())
