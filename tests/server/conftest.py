from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.servers import Server, running
from tests.tokens import SECRET

# A door that asks for a token. Many tests share it and bring bad ones, all from one address.
TOKENS_ONLY = {"KITT_AUTH": "token", "KITT_TOKEN_SECRET": SECRET, "KITT_MAX_FAILED_LOGINS": "10000"}

Start = Callable[..., Server]


@pytest.fixture(scope="session", params=["runserver", "serve"])
def busy_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, migrated_database: Path
) -> Iterator[Server]:
    """A server of each kind without a rate limit, that many tests share."""
    with running(request.param, tmp_path_factory.mktemp("busy"), migrated_database, KITT_RATE_LIMIT="0") as started:
        yield started


@pytest.fixture
def start_kind(tmp_path: Path, migrated_database: Path) -> Iterator[Start]:
    """Starts servers of this test's own, on one database: `start_kind("daphne", KITT_STALE_AFTER="2")`."""
    with ExitStack() as stack:
        yield lambda kind, **settings: stack.enter_context(running(kind, tmp_path, migrated_database, **settings))


@pytest.fixture(params=["runserver", "serve"])
def start(request: pytest.FixtureRequest, start_kind: Start) -> Start:
    """The same for each kind that promises all that KITT promises: `start(KITT_STALE_AFTER="2")`."""
    return partial(start_kind, request.param)


@pytest.fixture(scope="session", params=["runserver", "serve"])
def guarded_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, migrated_database: Path
) -> Iterator[Server]:
    """A server of each kind that asks for tokens, and that many tests share."""
    with running(request.param, tmp_path_factory.mktemp("guarded"), migrated_database, **TOKENS_ONLY) as started:
        yield started
