"""What `make audit` makes of pip-audit's answer; a module stands in for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

AUDIT = Path(__file__).resolve().parents[2] / ".ci" / "audit.py"
CLEAN = {"name": "a", "version": "1", "vulns": []}
SKIPPED = {"name": "b", "skip_reason": "not found"}
BAD = {"name": "c", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}


def audit(folder: Path, answer: str) -> subprocess.CompletedProcess[str]:
    (folder / "pip_audit.py").write_text(f"import sys; sys.stdout.write({answer!r}); sys.exit('cannot be reached')")
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, str(AUDIT), "requirements.txt"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([CLEAN], 0, "audited: 1 packages; vulnerabilities: 0"),
        ([CLEAN, BAD], 1, "c 2: PYSEC-1, fixed in: 3"),
        ([BAD, SKIPPED], 1, "NOT AUDITED: 1 of 2 packages could not be looked up: b"),
        ([CLEAN, SKIPPED], 0, "NOT AUDITED: 1 of 2 packages could not be looked up: b"),
    ],
)
def test_what_is_known_fails_and_what_is_not_known_is_said(
    tmp_path: Path, packages: list[dict[str, Any]], code: int, said: str
) -> None:
    finished = audit(tmp_path, json.dumps({"dependencies": packages}))
    assert finished.returncode == code
    assert said in finished.stdout + finished.stderr


def test_a_service_that_cannot_be_reached_is_a_warning(tmp_path: Path) -> None:
    finished = audit(tmp_path, "")
    assert (finished.returncode, finished.stderr) == (0, "WARNING: NOT AUDITED: cannot be reached\n")
