"""Commands that come with the intake, the editions and the records; imported by `casefile.cli`."""

from __future__ import annotations
