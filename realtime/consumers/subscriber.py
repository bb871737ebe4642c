"""The receiving half of a WebSocket: who it is, where in the stream it starts, and what it is sent."""

from __future__ import annotations

import asyncio
import logging
import time
from functools import partial
from typing import ClassVar

from django.utils import timezone

from realtime.asgi import Event
from realtime.conf import kitt_settings
from realtime.connections import Close
from realtime.consumers.guarded import GuardedConsumer
from realtime.consumers.resume import starting_point
from realtime.consumers.rows import new_row, remote_address
from realtime.log.read import Entry, Head
from realtime.node.feed import CATCH_UP, DELIVER, Feed
from realtime.node.frame_writer import WRITE_FRAMES, Batch, WriteFrames
from realtime.node.process import NodeProcess
from realtime.node.scope import NODE_KEY
from realtime.protocol import close_codes, frames
from realtime.protocol.connect_query import ConnectQuery, parse_query
from realtime.protocol.endpoints import Endpoint
from realtime.protocol.errors import ProtocolError

logger = logging.getLogger(__name__)

SUBPROTOCOL = "kitt.v1"
# How long a welcome waits for its row, so that a client that was welcomed finds itself in /stats.
ROW_PATIENCE_S = 1.0
READY_PATIENCE_S = 3.0


class Subscriber(GuardedConsumer):
    """Sends every message of its endpoint that is later than `offset`, in order, each once."""

    handlers: ClassVar[dict[str, str]] = {**GuardedConsumer.handlers, DELIVER: "deliver", CATCH_UP: "catch_up"}

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self.endpoint = endpoint
        self.joined = False

    async def connect(self) -> None:
        self.node: NodeProcess = self.scope[NODE_KEY]
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        try:
            query = parse_query(self.scope["query_string"])
        except ProtocolError as refusal:
            await self.turn_away(close_codes.BAD_QUERY, refusal)
            return
        ready = await self.is_ready()
        if self.node.stopping:
            await self.turn_away(close_codes.SERVER_RESTARTING)
        elif not ready or len(self.node.sockets) >= kitt_settings().max_connections:
            await self.turn_away(close_codes.OVER_CAPACITY)
        else:
            await self.join(query)

    async def is_ready(self) -> bool:
        """Whether this process knows where the streams stand; it does once the database has answered."""
        try:
            async with asyncio.timeout(READY_PATIENCE_S):
                await self.node.feeds.ready.wait()
        except TimeoutError:
            return False
        return True

    async def turn_away(self, code: int, refusal: ProtocolError | None = None) -> None:
        logger.info("refused endpoint=%s remote=%s code=%d", self.endpoint.name, remote_address(self.scope), code)
        if refusal is not None:
            await self.send_text(frames.error(refusal, now=timezone.now()))
        await self.close_with(code)

    async def join(self, query: ConnectQuery) -> None:
        self.row = new_row(self.scope, self.node, self.endpoint, query)
        self.joined = True
        self.last_seen = self.last_ping = time.monotonic()
        await self.channel_layer.group_add(self.feed.own_sockets, self.channel_name)
        # From here on the layer keeps what is published; `deliver` leaves out what came before.
        # With its epoch: should the stream begin anew meanwhile, the two would not belong together.
        head = self.feed.position
        self.offset = head.offset
        self.node.sockets.add(self)
        logger.info("connected %s", self.name)
        await self.node.writer.opened(self.row, patience=ROW_PATIENCE_S)
        self.offset, recovered = await starting_point(query, self.feed, head)
        await self.welcome(head, recovered=recovered)
        await self.replay(head.offset)
        write_frames: WriteFrames | None = self.scope.get("extensions", {}).get(WRITE_FRAMES)
        if write_frames is not None:
            self.channel_layer.attach(self.channel_name, partial(self.deliver_now, write_frames))

    @property
    def feed(self) -> Feed:
        return self.node.feeds.by_endpoint[self.endpoint.name]

    @property
    def name(self) -> str:
        """This socket in a log line."""
        row = self.row
        return f"endpoint={row.endpoint} client_id={row.client_id} remote={row.remote_address} connection={row.pk}"

    async def welcome(self, head: Head, *, recovered: bool) -> None:
        settings = kitt_settings()
        payload = frames.Welcome(
            connection_id=str(self.row.pk),
            endpoint=self.endpoint.name,
            epoch=head.epoch,
            offset=head.offset,
            recovered=recovered,
            replayed=head.offset - self.offset,
            heartbeat_interval_s=settings.heartbeat_interval,
            stale_after_s=settings.stale_after,
        )
        await self.send_text(frames.welcome(payload, now=timezone.now()))

    async def deliver(self, message: Event) -> None:
        """What the feed hands on. A jump in the offsets means that this socket's queue overflowed."""
        for entry in message["batch"].entries:
            if entry.offset > self.offset + 1:
                await self.replay(entry.offset - 1)
            if entry.offset > self.offset:
                await self.send_next(entry)

    def deliver_now(self, write_frames: WriteFrames, message: Event) -> bool:
        """The same without waiting, where the server can write ready-made frames and nothing stands before them."""
        if message["type"] != DELIVER or self.sending or self.closing:
            return False
        batch: Batch = message["batch"]
        if batch.first != self.offset + 1 or not write_frames(batch.frames):
            return False
        self.offset = batch.last
        return True

    async def catch_up(self, event: Event) -> None:
        """The newest messages did not come, and no later one shows it: the node saw that this socket stands still."""
        await self.replay(self.feed.head)

    async def replay(self, upto: int) -> None:
        """Send what is missing up to this offset from the log. Where it was pruned, the client must come back."""
        async for entries in self.feed.history(self.offset, upto):
            for entry in entries:
                await self.send_next(entry)
            if self.closing:
                return
        if self.offset < upto:
            await self.close_with(close_codes.SLOW_CONSUMER)

    async def send_next(self, entry: Entry) -> None:
        self.offset = entry.offset
        await self.send_text(entry.text)

    async def ping(self) -> None:
        await self.send_text(frames.ping(now=timezone.now()))

    async def leave(self) -> None:
        if not self.joined:
            return
        self.channel_layer.detach(self.channel_name)
        row = self.row
        now = timezone.now()
        self.node.sockets.remove(row.pk)
        self.node.writer.closed(row.pk, Close(now, self.close_code))
        duration = (now - row.connected_at).total_seconds()
        logger.info("disconnected connection=%s code=%d duration=%.3fs", row.pk, self.close_code, duration)
        await self.channel_layer.group_discard(self.feed.own_sockets, self.channel_name)
