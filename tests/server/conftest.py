from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers import Server, running

Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path, migrated_database: Path) -> Iterator[Start]:
    """Starts servers of this test's own, on one database: `start("daphne", KITT_STALE_AFTER="2")`."""
    with ExitStack() as stack:
        yield lambda kind="runserver", **settings: stack.enter_context(
            running(kind, tmp_path, migrated_database, **settings)
        )
