"""A consumer that survives what Channels' own lets through: odd events, failing sends, cancellation, double closes."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable
from contextlib import suppress
from typing import ClassVar, cast

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from django.db import Error as DatabaseError
from django.utils import timezone

from realtime.asgi import Event, Receive, Scope, Send
from realtime.conf import kitt_settings
from realtime.protocol import close_codes, frames

logger = logging.getLogger(__name__)


class GuardedConsumer(AsyncJsonWebsocketConsumer):
    """`leave()` is called once, however the socket ends; `close_code` is then the code it ended with."""

    # What may come from the server. Channels would call any method that an event names.
    handlers: ClassVar[dict[str, str]] = {
        "websocket.connect": "websocket_connect",
        "websocket.receive": "websocket_receive",
        "websocket.disconnect": "websocket_disconnect",
    }

    def __init__(self) -> None:
        super().__init__()
        self.closing = False
        self.abandoned = False
        self.close_code = close_codes.ABNORMAL

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.task = cast(asyncio.Task[None], asyncio.current_task())
        self.scope, self.base_send = scope, send
        self.channel_layer = get_channel_layer()
        self.channel_name = await self.channel_layer.new_channel()
        try:
            await self.run(receive)
        except asyncio.CancelledError:
            if self.abandoned:
                return
            # Daphne's way to say that the server stops.
            await self.close_with(close_codes.SERVER_RESTARTING)
            raise
        except Exception as error:
            # In a replay, say. Whatever it was, the client can come back for what it did not get.
            logger.error("consumer failed: %s", error, exc_info=not isinstance(error, DatabaseError))
            await self.close_with(close_codes.OVER_CAPACITY)
        finally:
            self.closing = True
            await self.leave()

    async def run(self, receive: Receive) -> None:
        """Without Channels' two tasks and a wait for each event: what the layer brings goes to a receiver."""
        with suppress(StopConsumer):
            while True:
                await self.dispatch(await receive())

    async def leave(self) -> None:
        """Give back what the socket holds."""

    async def dispatch(self, message: Event) -> None:
        """Without Channels' thread hop before each event: no handler of ours touches the database."""
        handler = self.handlers.get(message["type"])
        if handler is None:
            logger.warning("ignored an event of type %r", message["type"])
        else:
            await getattr(self, handler)(message)

    async def websocket_disconnect(self, message: Event) -> None:
        if not self.closing:
            self.closing = True
            self.close_code = message.get("code") or close_codes.ABNORMAL
        raise StopConsumer

    def encode(self, frame: str) -> str:
        """A frame of `kitt.v1` in the format of this socket."""
        return frame

    async def send_text(self, text: str) -> None:
        """Send, unless the socket is closing. A send that fails means that it is gone: its disconnect follows."""
        if not self.closing:
            await self.guard(self.send(text_data=text))

    async def close_with(self, code: int, over: float = 1.0) -> None:
        """Say why in a `disconnect` frame, because some servers drop the reason of a close; then close.

        `over`: seconds in which all who are closed with 4200-4299 come back.
        """
        if self.closing:
            return
        frame = frames.disconnect(code, spread=random.random(), over=over, now=timezone.now())  # noqa: S311
        self.closing = True
        self.close_code = code
        await self.guard(self.send(text_data=self.encode(frame)))
        await self.guard(self.close(code, close_codes.REASONS[code]))

    async def guard(self, sending: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(kitt_settings().send_timeout):
                await sending
        except TimeoutError:
            self.abandon()
        except Exception as error:
            # The kind differs from server to server: Disconnected, ClientDisconnected, RuntimeError.
            logger.debug("send failed: %r", error)

    def abandon(self) -> None:
        """End a socket whose server waits in vain for its client to read."""
        self.closing = True
        self.close_code = close_codes.SLOW_CONSUMER
        self.abandoned = True
        self.task.cancel()
