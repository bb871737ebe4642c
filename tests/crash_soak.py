"""The long run of tests/server/test_crash.py: python -m tests.crash_soak [--rounds 20]"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests import crashes
from tests.proxy import Proxy
from tests.servers import free_port, migrate

Scenario = Callable[[crashes.Restarter, crashes.Account, int], Awaitable[None]]


async def kill(restarter: crashes.Restarter, account: crashes.Account, rounds: int) -> None:
    await crashes.run(restarter.server.ws_url, account, rounds, restarter.crash)


async def cut(restarter: crashes.Restarter, account: crashes.Account, rounds: int) -> None:
    async with Proxy(restarter.port) as proxy:

        async def fault() -> None:
            proxy.cut(0.5)

        await crashes.run(f"ws://127.0.0.1:{proxy.port}", account, rounds * 3, fault)


def soak(name: str, scenario: Scenario, rounds: int) -> None:
    account = crashes.Account()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        migrate(folder / "kitt.sqlite3")
        restarter = crashes.Restarter("runserver", folder, folder / "kitt.sqlite3", free_port())
        try:
            asyncio.run(scenario(restarter, account, rounds))
        finally:
            restarter.server.stop()
        crashes.check(account, restarter.server)
    print(
        f"{name}: {rounds} rounds in {time.monotonic() - started:.0f} s, {account.head} messages,"
        f" {sum(map(len, account.records))} deliveries to {crashes.SUBSCRIBERS} subscribers; all accounted for",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Crashes and cuts, with everything accounted for.")
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    # Every lost connection is a warning of the client's.
    logging.getLogger("kitt_client").setLevel(logging.ERROR)
    soak("kill -9 of the server", kill, rounds)
    soak("lines cut at random", cut, rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
