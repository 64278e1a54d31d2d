"""The lock that builds, intake and refresh share."""

from __future__ import annotations

from casefile.evidence.lock import exclusive

__all__ = ["exclusive"]
