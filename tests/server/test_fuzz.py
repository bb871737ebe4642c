"""20,000 random and mutated frames: each is answered, stored, or ends its own connection; nobody else notices.

Hypothesis prints how to repeat what failed; where CI is set, it makes the same frames each time.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clients import HEARTBEAT, ROUTE_UPDATE, connect
from tests.mutations import allowed, segments, texts
from tests.raw_frames import CLOSE, TEXT, text
from tests.raw_socket import RawSocket, open_socket
from tests.servers import Server, running
from tests.waiting import until

# Frames of 70,000 bytes, which it shows in full where something fails.
pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")

TEXTS_IN_A_ROW = 20
ALLOWED_IN_A_ROW = 6
SEGMENTS_IN_A_ROW = 2
# docs/protocol.md, "Close codes", and those of RFC 6455 §7.4.1 for frames that it forbids.
BY_THE_SERVER = {1002, 1007, 1009, 4005}


class Fuzzed(NamedTuple):
    """A server, and how many connections with text and with bytes it gets: 20,000 frames for both servers together."""

    server: Server
    with_text: int
    with_bytes: int


CONNECTIONS = {"runserver": (100, 200), "serve": (540, 700)}


@pytest.fixture(scope="session", params=CONNECTIONS)
def fuzzed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, migrated_database: Path
) -> Iterator[Fuzzed]:
    limits = {"KITT_RATE_LIMIT": "0", "KITT_MAX_BAD_FRAMES": str(TEXTS_IN_A_ROW + 1)}
    with running(request.param, tmp_path_factory.mktemp("fuzzed"), migrated_database, **limits) as server:
        yield Fuzzed(server, *CONNECTIONS[request.param])


def often(count: int, strategy: st.SearchStrategy[Any], attempt: Callable[[Any], None]) -> None:
    """What it draws is long, and a server takes its time: Hypothesis would call that unhealthy."""
    unhurried = settings(max_examples=count, deadline=None, print_blob=True, suppress_health_check=list(HealthCheck))
    unhurried(given(strategy)(attempt))()


def lists(strategy: st.SearchStrategy[Any], size: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, min_size=size, max_size=size)


@pytest.fixture(autouse=True)
def deep_stack() -> Iterator[None]:
    """Python's own json, in the clients here, gives up before the server does: on some 950 levels."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(10 * usual)
    yield
    sys.setrecursionlimit(usual)


@contextmanager
def watching(server: Server, runner: asyncio.Runner) -> Iterator[None]:
    """A bystander: at the end it has every stored message in order, and no fault of the server's is in the log."""
    bystander = open_socket(server, client_id="bystander")
    client = runner.run(bystander.__aenter__())
    yield
    runner.run(has_everything(server, client))
    runner.run(bystander.__aexit__(None, None, None))
    log = server.log.read_text()
    assert "Traceback" not in log
    assert " ERROR " not in log


async def has_everything(server: Server, bystander: RawSocket) -> None:
    await until(lambda: server.connected() == ["bystander"])
    # Behind everything that was handed over before.
    await bystander.send(TEXT, text(ROUTE_UPDATE))
    await bystander.has_all_upto((await bystander.receive_from("bystander"))["offset"])
    assert len(bystander.offsets) > 20, "hardly anything was stored"


def is_answer(message: dict[str, Any]) -> bool:
    """To a frame of this client: a copy of what it sent, a heartbeat's reply or an error, which never is `internal`."""
    if "offset" in message:
        return bool(message["sender"] == "fuzz")
    assert message["type"] in ("error", "heartbeat"), message
    assert message["payload"].get("code") != "internal", message
    return True


def test_each_text_is_answered_and_the_socket_stays_open(fuzzed: Fuzzed) -> None:
    async def send(frames: list[str]) -> None:
        async with connect(fuzzed.server.ws_url, client_id="fuzz") as client:
            for each in frames:
                await client.send(each)
            for _ in frames:
                assert is_answer(await client.receive())
            assert (await client.ask({**HEARTBEAT, "correlation_id": "last"}))["correlation_id"] == "last"

    with asyncio.Runner() as runner, watching(fuzzed.server, runner):
        often(fuzzed.with_text, lists(texts, TEXTS_IN_A_ROW), lambda frames: runner.run(send(frames)))


def test_bytes_that_are_no_frames_end_their_own_connection(fuzzed: Fuzzed) -> None:
    async def send(pieces: list[bytes], ends: list[bytes]) -> None:
        async with open_socket(fuzzed.server, client_id="fuzz") as client:
            await client.write(b"".join(pieces))
            await client.send(TEXT, text({**HEARTBEAT, "correlation_id": "last"}))
            while is_answer(message := await client.receive_message()) and message["correlation_id"] != "last":
                pass
            await client.write(b"".join(ends))
            with suppress(OSError):
                client.half_close()
            codes = {each.close_code for each in await client.until_end() if each.opcode == CLOSE}
            assert codes <= BY_THE_SERVER

    with asyncio.Runner() as runner, watching(fuzzed.server, runner):
        pieces = st.tuples(lists(allowed, ALLOWED_IN_A_ROW), lists(segments, SEGMENTS_IN_A_ROW))
        often(fuzzed.with_bytes, pieces, lambda drawn: runner.run(send(*drawn)))
