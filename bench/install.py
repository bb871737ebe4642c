"""Gets the peers that are packages: a venv for those in Python, node_modules for ws."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from bench.servers import PEERS, VENV

REQUIREMENTS = PEERS / "requirements.txt"
INSTALLED = VENV / ".installed"
NODE_WS = PEERS / "node_ws"


def install_peers() -> None:
    """What cannot be had is named when its peer is to start."""
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < REQUIREMENTS.stat().st_mtime:
        install_python_peers()
    if shutil.which("npm") and not (NODE_WS / "node_modules").exists():
        tried(["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"], cwd=NODE_WS)


def install_python_peers() -> None:
    if not tried([sys.executable, "-m", "venv", str(VENV)]):
        return
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if tried([*pip, "-r", str(REQUIREMENTS)]):
        INSTALLED.touch()
        return
    lines = [line for line in REQUIREMENTS.read_text().splitlines() if line and not line.startswith("#")]
    for line in lines:
        tried([*pip, line])


def tried(command: list[str], cwd: Path | None = None) -> bool:
    return subprocess.run(command, cwd=cwd, check=False).returncode == 0
