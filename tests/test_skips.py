from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT

SKIPS = {
    "a test": "import pytest\ndef test_it(): pytest.skip('nothing there')\n",
    "a file": "import pytest\npytest.skip('nothing there', allow_module_level=True)\n",
}
PASSES = "def test_other(): pass\n"


def run(folder: Path, code: str, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").touch()
    (folder / "test_it.py").write_text(code)
    (folder / "test_other.py").write_text(PASSES)
    plugins = ["-p", "tests.skips", "-p", "no:django", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *plugins, "--rootdir", str(folder), str(folder)]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("code", SKIPS.values(), ids=SKIPS)
def test_a_skip_fails_the_run_in_ci(tmp_path: Path, code: str) -> None:
    finished = run(tmp_path, code, ci="true")
    assert finished.returncode == pytest.ExitCode.TESTS_FAILED
    assert "1 skipped, and in CI nothing may be" in finished.stdout


def test_elsewhere_a_skip_is_a_skip(tmp_path: Path) -> None:
    assert run(tmp_path, SKIPS["a test"], ci="").returncode == pytest.ExitCode.OK


def test_a_run_without_a_skip_passes_in_ci(tmp_path: Path) -> None:
    assert run(tmp_path, PASSES, ci="true").returncode == pytest.ExitCode.OK
