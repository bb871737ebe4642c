"""What touches the database, once more on a real PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = (
    ("tests/monitoring/api", "tests/monitoring/ops/test_figures.py"),
    ("tests/realtime/auth/test_revocations.py", "tests/realtime/auth/test_sessions.py"),
    ("tests/realtime/log",),
    ("tests/realtime/consumers",),
    (
        "tests/realtime/node/test_lease.py",
        "tests/realtime/node/test_process.py",
        "tests/realtime/node/test_table_writer.py",
    ),
    ("tests/realtime/management",),
    (
        "tests/realtime/test_connections.py",
        "tests/realtime/test_models.py",
        "tests/realtime/test_selectors.py",
        "tests/realtime/test_sweeper.py",
    ),
)


@pytest.mark.parametrize("paths", TESTS, ids=lambda paths: paths[0])
def test_what_passes_on_sqlite_passes_on_postgresql(paths: tuple[str, ...], postgres_url: str) -> None:
    # The cluster ends with the suite: its database need not be dropped first.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--reuse-db", *paths]
    environment = {**os.environ, "DATABASE_URL": postgres_url}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110)
    assert result.returncode == 0, result.stdout[-8000:]
