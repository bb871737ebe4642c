"""Does what KITT depends on answer? Each probe has a time limit of its own: KITT_PROBE_TIMEOUT."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypedDict

from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer
from django.db import connection

from realtime.conf import kitt_settings


class ProbeResult(TypedDict):
    """`duration_ms` is how long the answer took; `error` is empty when there was one."""

    status: str
    duration_ms: float
    error: str


HEALTHY, UNHEALTHY = "healthy", "unhealthy"


def run_probes() -> dict[str, ProbeResult]:
    """The result of every probe by the name of what it asks. They run side by side."""
    return async_to_sync(run_all)()


async def run_all() -> dict[str, ProbeResult]:
    results = await asyncio.gather(*(measure(probe) for probe in PROBES.values()))
    return dict(zip(PROBES, results, strict=True))


async def measure(probe: Callable[[], Awaitable[None]]) -> ProbeResult:
    started = time.monotonic()
    error = ""
    try:
        async with asyncio.timeout(kitt_settings().probe_timeout):
            await probe()
    except Exception as failure:
        # Not the text of the failure: it may hold an address or a password.
        error = type(failure).__name__
    duration_ms = round((time.monotonic() - started) * 1000, 3)
    return ProbeResult(status=UNHEALTHY if error else HEALTHY, duration_ms=duration_ms, error=error)


async def ask_database() -> None:
    await sync_to_async(select_one, thread_sensitive=False)()


def select_one() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


async def ask_layer() -> None:
    """A message of its own through the layer and back."""
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.send(channel, {"type": "probe"})
    await layer.receive(channel)


PROBES: dict[str, Callable[[], Awaitable[None]]] = {"database": ask_database, "layer": ask_layer}
