"""uvicorn's WebSocket protocol for clients that flood: each gets its share of the loop's time, and of memory."""

from __future__ import annotations

import asyncio
import time
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame

from realtime.limits import TokenBucket

SLICE_BYTES = 8 * 1024
"""Parsed in one turn of the loop. A read brings up to 250 KB: as 42,000 empty frames they take a third of a second."""
TURN_S = 0.001
"""So long may a socket's messages be taken one after another while others wait."""
MAX_IDLE_FRAMES, IDLE_FRAMES_A_SECOND = 500, 100
"""Pings, pongs and fragments that bring no message to its end; who sends more is read a slice at a time."""
PAUSE_S = 1.0
"""Between two slices of such a client."""
CLOSING_PAUSE_S = 0.1
"""Between two slices of a client that goes on sending although it was told that the socket is closed."""
MAX_WAITING_PONGS_BYTES = 64 * 1024
"""In the write buffer: a client that does not read is not sent pongs either."""


class SlicedProtocol(WebSocketsSansIOProtocol):
    """Parses what it has read slice by slice, and goes on when the application has taken the messages of the last."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.unparsed = b""
        self.next_slice: asyncio.Handle | None = None
        self.idle_frames: TokenBucket | None = None
        self.too_many_idle_frames = False
        self.turn_began = 0.0

    def data_received(self, data: bytes) -> None:
        self.unparsed += data
        if self.next_slice is None and not self.read_paused:
            self.parse_slice()

    def parse_slice(self) -> None:
        self.next_slice = None
        data, self.unparsed = self.unparsed[:SLICE_BYTES], self.unparsed[SLICE_BYTES:]
        super().data_received(data)
        self.go_on()

    def go_on(self) -> None:
        """What has been read is parsed before anything more is read."""
        if self.transport.is_closing() or self.read_paused or self.next_slice is not None:
            return
        pause = self.pause()
        if self.unparsed or pause:
            self.transport.pause_reading()
            self.next_slice = self.loop.call_later(pause, self.parse_slice)
        elif not self.transport.is_reading():
            self.transport.resume_reading()

    def pause(self) -> float:
        """How long the next slice has to wait, in seconds."""
        if self.too_many_idle_frames:
            self.too_many_idle_frames = False
            return PAUSE_S
        return CLOSING_PAUSE_S if self.close_sent and self.unparsed else 0

    async def receive(self) -> Any:
        if self.queue.empty():
            message = await super().receive()
            self.turn_began = time.monotonic()
        else:
            if time.monotonic() - self.turn_began > TURN_S:
                await asyncio.sleep(0)
                self.turn_began = time.monotonic()
            message = await super().receive()
        if self.unparsed:
            self.go_on()
        return message

    async def send(self, message: Any) -> None:
        await super().send(message)
        if self.unparsed:
            # The client's answer to a close may be in there.
            self.go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.next_slice is not None:
            self.next_slice.cancel()
        self.unparsed = b""
        super().connection_lost(exc)

    def handle_cont(self, event: Frame) -> None:
        """Fragments become one piece at once. uvicorn keeps each by itself until the last: empty ones fill memory."""
        if not event.fin:
            self.count_idle_frame()
        pieces = cast(list[bytes | bytearray], self.frames)
        whole = pieces[0] if isinstance(pieces[0], bytearray) else bytearray(pieces[0])
        whole += event.data
        pieces[0] = whole
        if event.fin:
            self.send_receive_event_to_app()

    def handle_ping(self) -> None:
        self.count_idle_frame()
        if self.transport.get_write_buffer_size() > MAX_WAITING_PONGS_BYTES:
            self.conn.data_to_send()
        else:
            super().handle_ping()

    def handle_pong(self, event: Frame) -> None:
        self.count_idle_frame()
        super().handle_pong(event)

    def count_idle_frame(self) -> None:
        if self.idle_frames is None:
            self.idle_frames = TokenBucket(IDLE_FRAMES_A_SECOND, MAX_IDLE_FRAMES)
        if not self.idle_frames.take():
            self.too_many_idle_frames = True
