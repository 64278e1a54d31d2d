"""JSON in the one form in which the project writes it."""

from __future__ import annotations

import json
from typing import Any


def canonical(content: Any) -> str:
    """The one text form of a JSON value: sorted keys, an indent of one space, UTF-8 characters, a final newline."""
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
