from __future__ import annotations

from collections.abc import Iterator

import pytest

from realtime.log.writer import LogWriter


@pytest.fixture
def writer() -> Iterator[LogWriter]:
    """A writer of the test's own, as another process would have."""
    writer = LogWriter()
    yield writer
    writer.stop()
