"""Known weaknesses: loud when there is one, soft when nobody could be asked, and honest about how much was asked."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from casefile.press import audit as auditing

WEAK = {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
SOUND = {"name": "b", "version": "1", "vulns": []}
UNKNOWN = {"name": "c", "skip_reason": "not there"}


def answering(monkeypatch: pytest.MonkeyPatch, stdout: str, stderr: str = "") -> None:
    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, stdout, stderr)

    monkeypatch.setattr(auditing.subprocess, "run", run)


def test_a_known_weakness_fails_and_names_the_version_that_mends_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, json.dumps({"dependencies": [WEAK, SOUND]}))
    assert auditing.audit() == 1
    assert "a 1: PYSEC-1, mended in 2" in capsys.readouterr().out


def test_sound_packages_pass_and_are_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, json.dumps({"dependencies": [SOUND, UNKNOWN]}))
    assert auditing.audit() == 0
    said = capsys.readouterr().out
    assert "Checked: 1 package." in said
    assert "1 package; they were not checked" in said


def test_without_an_answer_it_passes_and_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, "", "Traceback …\nConnectionError: no route to host\n")
    assert auditing.audit() == 0
    assert "could not be asked (ConnectionError: no route to host); nothing was checked" in capsys.readouterr().err
