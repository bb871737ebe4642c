"""What a test needs of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest


def require(binary: Path | None, reason: str) -> None:
    """Without it the test is skipped; in CI that fails the run (tests/skips.py)."""
    if binary is None:
        pytest.skip(reason)
