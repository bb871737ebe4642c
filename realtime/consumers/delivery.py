"""What a socket is sent of its stream: at once where it can be, else from the log."""

from __future__ import annotations

import asyncio
import logging
import time

from django.db import Error as DatabaseError

from realtime.asgi import Event
from realtime.consumers.guarded import GuardedConsumer
from realtime.models import Connection
from realtime.node.editions import Edition
from realtime.node.feed import DELIVER, Feed
from realtime.node.frame_writer import Batch, WriteFrames, text_frame
from realtime.node.outgoing import count_frame
from realtime.node.process import NodeProcess
from realtime.protocol import close_codes
from realtime.protocol.endpoints import Endpoint
from realtime.protocol.formats import KITT

logger = logging.getLogger(__name__)


class GoneError(Exception):
    """The server does not take a frame: the socket is gone, and its disconnect follows."""


class Delivery(GuardedConsumer):
    """Sends every message of its endpoint that is later than `offset`, in order, each once."""

    node: NodeProcess
    row: Connection
    offset: int

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self.endpoint = endpoint
        self.format = KITT
        self.welcomed = False
        # The task that sends from the log what could not be written at once.
        self.catching_up: asyncio.Task[None] | None = None
        self.sending_since: float | None = None
        self.write_frames: WriteFrames | None = None

    @property
    def feed(self) -> Feed:
        return self.node.feeds.by_endpoint[self.endpoint.name]

    @property
    def edition(self) -> Edition:
        return self.feed.editions[self.format]

    @property
    def name(self) -> str:
        """This socket in a log line."""
        row = self.row
        return f"endpoint={row.endpoint} client_id={row.client_id} remote={row.remote_address} connection={row.pk}"

    def encode(self, frame: str) -> str:
        return self.format.encode(frame, self.endpoint.name)

    async def send_text(self, text: str) -> None:
        """Past the server's `send` where that is possible: it takes 40 us with its time limit."""
        if self.closing:
            return
        encoded = self.encode(text)
        count_frame(self.endpoint.name, text, encoded)
        if self.write_frames is None or not self.write_frames(text_frame(encoded.encode())):
            await super().send_text(encoded)

    def take_from_layer(self, message: Event) -> None:
        """Write what the feed hands on, if nothing stands before it; else it is sent from the log."""
        if message["type"] != DELIVER:
            logger.warning("ignored a layer message of type %r", message["type"])
            return
        batch: Batch = message["batch"]
        if self.catching_up is not None or self.closing:
            batch.put_off += 1
            return
        if batch.first == self.offset + 1 and self.write_frames is not None and self.write_frames(batch.frames):
            self.offset = batch.last
        else:
            batch.put_off += 1
            self.catch_up()

    def catch_up(self) -> None:
        if self.welcomed and self.offset < self.feed.written and self.catching_up is None:
            self.catching_up = asyncio.ensure_future(self.send_missing())

    async def send_missing(self) -> None:
        """Send everything that the other sockets were sent, more of it meanwhile; as fast as the client takes it."""
        try:
            while self.offset < self.feed.written and not self.closing:
                await self.send_upto(self.feed.written)
        except GoneError as error:
            logger.debug("send failed: %r", error.__cause__)
        except DatabaseError as error:
            logger.warning("%s stays at %d for now: %s", self.name, self.offset, error)
        except Exception:
            # Whatever it was, the client can come back for what it did not get.
            logger.exception("catching up failed")
            await self.close_with(close_codes.OVER_CAPACITY)
        finally:
            self.catching_up = self.sending_since = None

    async def send_upto(self, head: int) -> None:
        """Where a part of it was pruned meanwhile, the client must come back."""
        async for entries in self.feed.history(self.offset, head):
            for entry in entries:
                if self.closing:
                    return
                self.sending_since = time.monotonic()
                text = self.edition.text_of(entry)
                try:
                    await self.send(text_data=text)
                except Exception as error:
                    raise GoneError from error
                self.offset = entry.offset
                count_frame(self.endpoint.name, entry.text, text)
            self.sending_since = None
        if self.offset < head:
            await self.close_with(close_codes.SLOW_CONSUMER)
