from __future__ import annotations

from collections.abc import Iterator

import pytest

from realtime.log.writer import log_writer


@pytest.fixture
def stopped_log(transactional_db: None) -> Iterator[None]:
    """For tests that publish: the log's thread has a database connection of its own."""
    yield
    log_writer.stop()
