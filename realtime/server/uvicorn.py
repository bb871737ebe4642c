"""uvicorn, with a way to write ready-made frames, and with the orderly stop that long-lived sockets need."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import socket
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, cast

from uvicorn import Config, Server
from websockets.exceptions import InvalidState
from websockets.http11 import Request

from realtime.metrics.counted import WRITE_BUFFER_BYTES
from realtime.node.frame_writer import WRITE_FRAMES
from realtime.node.process import NodeProcess
from realtime.node.scope import NODE_KEY
from realtime.server.light import Gate, Inbox
from realtime.server.slices import SlicedProtocol
from realtime.stopping import end_at_next_signal

logger = logging.getLogger(__name__)

FLUSH_S = 2.0
"""Of the time that a stop may take: for the log and the table, after everything else."""
CUT_AFTER_S = 1.0


MAX_BUFFERED_BYTES = 256 * 1024
"""More than this waiting in a socket's write buffer: it goes on through `send`, which waits for its client."""


class UvicornProtocol(SlicedProtocol):
    """Offers its application, in the scope's extensions, a way around `send`.

    Frames of a server are not masked (RFC 6455 §5.1), so the bytes of a message are the same for every socket: they
    are made once and written as they are. Nothing of ours is ever fragmented, and uvicorn's own control frames are
    written whole, so whole frames may stand between any two of them.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.queue = cast(asyncio.Queue[Any], Inbox())
        self.writable = cast(asyncio.Event, Gate())
        self.writable.set()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        # Nobody asks for it any more, and it takes 2 KB.
        del self.request
        if self.response.status_code == 101:
            extensions = cast(dict[str, object], self.scope["extensions"])
            extensions[WRITE_FRAMES] = self.write_frames
            self.descriptor = descriptor_of(self.transport)

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.accept":
            # It has been sent, and takes 1 KB.
            del self.response
        elif message["type"] == "websocket.http.response.body":
            # Refused in order, which uvicorn logs as an error.
            self.handshake_complete = True

    def send_receive_event_to_app(self) -> None:
        """uvicorn stops reading at each message until the application takes it: two system calls for each.

        Here it may be one message behind.
        """
        was_paused, self.read_paused = self.read_paused, True
        super().send_receive_event_to_app()
        self.read_paused = was_paused
        if not was_paused and cast(Inbox, self.queue).is_behind:
            self.read_paused = True
            self.transport.pause_reading()

    def parse_slice(self) -> None:
        try:
            super().parse_slice()
        except InvalidState:
            # A close frame behind text that was not UTF-8: uvicorn has closed the socket for that text.
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """What came of a frame is given back at once: it hangs in a cycle, up to 2 MB of it."""
        self.conn.reader.discard()
        super().connection_lost(exc)

    async def run_asgi(self) -> None:
        """A client that does not read would never let the transport close: it is cut."""
        await super().run_asgi()
        if self.transport.get_write_buffer_size() > MAX_BUFFERED_BYTES:
            self.transport.abort()

    def write_frames(self, frames: bytes) -> bool:
        """Returns False, and writes nothing, where `send` must do it: the socket is closing, or its client is slow."""
        if not self.handshake_complete or self.close_sent or self.disconnected or self.transport.is_closing():
            return False
        buffered = self.transport.get_write_buffer_size()
        if buffered > MAX_BUFFERED_BYTES:
            return False
        written = 0 if buffered or self.descriptor is None else write_now(self.descriptor, frames)
        if written < len(frames):
            self.transport.write(frames[written:])
            WRITE_BUFFER_BYTES.take(self.transport.get_write_buffer_size())
        return True


def descriptor_of(transport: asyncio.Transport) -> int | None:
    """Of a socket that takes bytes as they are; None where they are encrypted on the way."""
    if transport.get_extra_info("sslcontext") is not None:
        return None
    found: int = transport.get_extra_info("socket").fileno()
    return found


def write_now(descriptor: int, data: bytes) -> int:
    """How many bytes the socket took. Through uvloop's transport it took 6.9 us; this way it takes 5.3."""
    try:
        return os.write(descriptor, data)
    except OSError:
        # It is full, or broken: the transport deals with that.
        return 0


class UvicornServer(Server):
    """Tells every client to come back, with 4200, before uvicorn itself closes what is left with 1012."""

    def __init__(self, config: Config, on_listen: Callable[[], object]) -> None:
        super().__init__(config)
        self.on_listen = on_listen

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.on_listen()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Requests are answered until every client has been sent away: also that this process is not ready."""
        loop, limit = asyncio.get_running_loop(), self.config.timeout_graceful_shutdown or 0
        deadline = loop.time() + limit
        node: NodeProcess = self.lifespan.state[NODE_KEY]
        await node.drain(at_most=limit / 2)
        self.config.timeout_graceful_shutdown = max(0, math.floor(deadline - loop.time() - FLUSH_S))
        cut = loop.call_later(CUT_AFTER_S, self.cut_sockets)
        await super().shutdown(sockets)
        cut.cancel()

    def cut_sockets(self) -> None:
        """Whose client does not read what was written before its close: uvicorn would wait for that."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, UvicornProtocol):
                connection.transport.abort()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A second signal ends it at once. uvicorn's own would be raised again at the end: no exit with 0."""
        self.should_exit = True
        end_at_next_signal()
        limit = threading.Timer(self.config.timeout_graceful_shutdown or 0, exit_at_limit)
        limit.daemon = True
        limit.start()


def exit_at_limit() -> None:
    """Whatever hangs: a database that does not answer, say. What was acknowledged is in the log already."""
    logger.error("the stop took too long: exits without the rest of it")
    os._exit(1)
