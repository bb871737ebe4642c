"""Nothing is lost, doubled or out of order through kill -9 and broken lines. The long run is `make soak-crash`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests import crashes
from tests.proxy import Proxy
from tests.servers import free_port, running

ROUNDS = 4
KINDS = ["runserver", "serve"]


@pytest.mark.parametrize("kind", KINDS)
async def test_kill_9_of_the_server_loses_and_doubles_nothing(
    tmp_path: Path, migrated_database: Path, kind: str
) -> None:
    database = Path(shutil.copy(migrated_database, tmp_path / "kitt.sqlite3"))
    restarter = crashes.Restarter(kind, tmp_path, database, free_port())
    account = crashes.Account()
    try:
        await crashes.run(restarter.server.ws_url, account, ROUNDS, restarter.crash)
    finally:
        restarter.server.stop()
    crashes.check(account, restarter.server)
    assert account.head > 0


@pytest.mark.parametrize("kind", KINDS)
async def test_connections_cut_at_random_lose_and_double_nothing(
    tmp_path: Path, migrated_database: Path, kind: str
) -> None:
    account = crashes.Account()
    with running(kind, tmp_path, migrated_database, KITT_RATE_LIMIT="0") as server:
        async with Proxy(server.port) as proxy:

            async def cut() -> None:
                proxy.cut(0.5)

            await crashes.run(f"ws://127.0.0.1:{proxy.port}", account, ROUNDS * 3, cut)
        crashes.check(account, server)
    assert account.head > 0
