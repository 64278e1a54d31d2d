"""Refused files are kept with their hash and the reasons, so that a refusal can be looked into later."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path

from casefile.errors import Problem

FOLDER = ".quarantine"


def quarantine(data_dir: Path, name: str, content: bytes, problems: list[Problem]) -> Path | None:
    """Keep refused bytes as `data/.quarantine/<sha256>` with `<sha256>.json` beside it; None when it cannot be kept."""
    digest = hashlib.sha256(content).hexdigest()
    folder = data_dir / FOLDER
    reason = {
        "file": name,
        "sha256": digest,
        "bytes": len(content),
        "problems": len(problems),
        "first": [str(one) for one in problems[:50]],
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _put(folder / digest, content)
        _put(folder / f"{digest}.json", (json.dumps(reason, indent=1, ensure_ascii=False) + "\n").encode())
    except OSError:
        return None  # a full disk must not hide the reasons for the refusal
    return folder / digest


def _put(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
