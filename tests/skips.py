"""In CI nothing is skipped: what a test needs is installed there (.ci/run), or the run fails."""

from __future__ import annotations

import os

import pytest
from _pytest.terminal import TerminalReporter


def skipped(reporter: TerminalReporter) -> int:
    return len(reporter.stats.get("skipped", [])) if os.environ.get("CI") else 0


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    # A worker of pytest-xdist has none: what it skips is counted where all come together.
    if isinstance(reporter, TerminalReporter) and skipped(reporter) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    if count := skipped(terminalreporter):
        terminalreporter.write_line(f"FAILED: {count} skipped, and in CI nothing may be", red=True)
