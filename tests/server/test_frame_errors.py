"""Frames that RFC 6455 forbids end the connection that they came over, and harm nobody else."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from tests.clients import HEARTBEAT, ROUTE_UPDATE, connect
from tests.raw_frames import BINARY, CLOSE, CONTINUATION, PING, RSV1, RSV2, RSV3, TEXT, closing, frame, header, text
from tests.raw_socket import open_socket
from tests.server.conftest import Start
from tests.servers import Server
from tests.waiting import until

MESSAGE = text(ROUTE_UPDATE)
BEGUN = frame(TEXT, MESSAGE[:10], fin=False)
BAD_FRAMES = {
    "a reserved data opcode": frame(0x3, MESSAGE),
    "a reserved control opcode": frame(0xB),
    "reserved bit 1 with no extension": frame(TEXT, MESSAGE, reserved=RSV1),
    "reserved bit 2": frame(TEXT, MESSAGE, reserved=RSV2),
    "reserved bit 3 of a ping": frame(PING, reserved=RSV3),
    "no mask": frame(TEXT, MESSAGE, masked=False),
    "a ping of 126 bytes": frame(PING, b"x" * 126),
    "a close frame of 126 bytes": frame(CLOSE, closing(1000, b"x" * 124)),
    "a ping in fragments": frame(PING, b"x", fin=False) + frame(CONTINUATION, b"y"),
    "a continuation of nothing": frame(CONTINUATION, MESSAGE),
    "a continuation of a message that is whole": frame(TEXT, text(HEARTBEAT)) + frame(CONTINUATION, MESSAGE),
    "a new text message inside another": BEGUN + frame(TEXT, MESSAGE),
    "a new binary message inside another": BEGUN + frame(BINARY, MESSAGE),
    "a close frame of one byte": frame(CLOSE, b"\x03"),
    **{f"close code {code}": frame(CLOSE, closing(code)) for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999)},
}
NOT_UTF_8 = {
    "a whole message": frame(TEXT, b'"\xff"'),
    "the second fragment": BEGUN + frame(CONTINUATION, b"\xff"),
    "a character cut by the end": frame(TEXT, b'"\xe2\x82'),
    "a surrogate": frame(TEXT, b'"\xed\xa0\x80"'),
    "an overlong slash": frame(TEXT, b'"\xc0\xaf"'),
}
TOO_LARGE = {
    "a size of 4 EiB": header(TEXT, 1 << 62) + bytes(4),
    "a size with its highest bit set": header(TEXT, 1 << 63) + bytes(4),
}
CASES = [
    *[pytest.param(segment, {1002}, id=name) for name, segment in BAD_FRAMES.items()],
    *[pytest.param(segment, {1007}, id=f"no UTF-8: {name}") for name, segment in NOT_UTF_8.items()],
    # These break two rules each, and a server may name either.
    pytest.param(frame(CLOSE, closing(1000, b"\xff")), {1002, 1007}, id="no UTF-8: the reason of a close"),
    *[pytest.param(segment, {1002, 1009}, id=name) for name, segment in TOO_LARGE.items()],
]


@pytest.mark.parametrize(("segment", "codes"), CASES)
async def test_a_frame_that_is_forbidden_ends_its_connection_and_no_other(
    server: Server, segment: bytes, codes: set[int]
) -> None:
    """§7.1.7: with a close frame (uvicorn), or without one (daphne). Nothing of it is published."""
    async with connect(server.ws_url, client_id="other") as other:
        async with open_socket(server, client_id="bad") as bad:
            await bad.write(segment)
            ends = [each.close_code for each in await bad.until_end() if each.opcode == CLOSE]
            assert ends == [] or (len(ends) == 1 and ends[0] in codes)
            await until(lambda: server.connected() == ["other"])
        first = other.welcome["payload"]["offset"] + 1
        assert (await other.ask(ROUTE_UPDATE))["offset"] == first


async def send_each(server: Server, segments: Iterable[bytes]) -> None:
    for segment in segments:
        async with open_socket(server) as bad:
            await bad.write(segment)
            await bad.until_end()
    await until(lambda: server.connected() == [])


async def test_a_frame_that_is_forbidden_leaves_no_traceback_in_the_log(server: Server) -> None:
    before = len(server.log.read_text())
    await send_each(server, [*BAD_FRAMES.values(), *TOO_LARGE.values()])
    assert "Traceback" not in server.log.read_text()[before:]


async def test_text_that_is_no_utf_8_leaves_no_traceback_in_the_log(start: Start) -> None:
    server = start()
    await send_each(server, NOT_UTF_8.values())
    assert "Traceback" not in server.log.read_text()


async def test_a_close_frame_behind_text_that_is_no_utf_8_is_no_fault_of_the_server(
    start: Start,
) -> None:
    server = start()
    await send_each(server, [NOT_UTF_8["a whole message"] + frame(CLOSE, closing(1000))])
    assert "Fatal error" not in server.log.read_text()
