"""The consumer of the three endpoints."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import Future
from functools import partial
from typing import ClassVar

from django.utils import timezone

from realtime.asgi import Event
from realtime.conf import kitt_settings
from realtime.connections import Close
from realtime.consumers.guarded import GuardedConsumer
from realtime.consumers.resume import starting_point
from realtime.consumers.rows import new_row, remote_address
from realtime.limits import TokenBucket
from realtime.log.append import Append, Stored
from realtime.node.application import NODE_KEY
from realtime.node.feed import DELIVER, Feed
from realtime.node.process import NodeProcess
from realtime.protocol import close_codes, frames
from realtime.protocol.connect_query import ConnectQuery, parse_query
from realtime.protocol.endpoints import HEARTBEAT, Endpoint
from realtime.protocol.envelope import Message, decode
from realtime.protocol.errors import ProtocolError
from realtime.publish import publish

logger = logging.getLogger(__name__)

SUBPROTOCOL = "kitt.v1"
# How long a welcome waits for its row, so that a client that was welcomed finds itself in /stats.
ROW_PATIENCE_S = 1.0
READY_PATIENCE_S = 3.0


class StreamConsumer(GuardedConsumer):
    """One WebSocket: subscribes to its endpoint's stream, and publishes what its client sends."""

    handlers: ClassVar[dict[str, str]] = {**GuardedConsumer.handlers, DELIVER: "deliver"}

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        settings = kitt_settings()
        self.endpoint = endpoint
        self.uncommitted = asyncio.Semaphore(settings.max_uncommitted)
        self.bucket = TokenBucket(settings.rate_limit, settings.rate_burst)
        self.bad_frames = 0
        self.joined = False

    async def connect(self) -> None:
        self.node: NodeProcess = self.scope[NODE_KEY]
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        try:
            query = parse_query(self.scope["query_string"])
        except ProtocolError as refusal:
            await self.turn_away(close_codes.BAD_QUERY, refusal)
            return
        if self.node.stopping:
            await self.turn_away(close_codes.SERVER_RESTARTING)
        elif len(self.node.sockets) >= kitt_settings().max_connections or not await self.is_ready():
            await self.turn_away(close_codes.OVER_CAPACITY)
        else:
            await self.join(query)

    async def turn_away(self, code: int, refusal: ProtocolError | None = None) -> None:
        logger.info("refused endpoint=%s remote=%s code=%d", self.endpoint.name, remote_address(self.scope), code)
        if refusal is not None:
            await self.send_text(frames.error(refusal, now=timezone.now()))
        await self.close_with(code)

    async def join(self, query: ConnectQuery) -> None:
        self.row = new_row(self.scope, self.node, self.endpoint, query)
        self.joined = True
        self.last_seen = self.last_ping = time.monotonic()
        self.node.sockets.add(self)
        await self.channel_layer.group_add(self.feed.own_sockets, self.channel_name)
        # From here on the layer keeps what is published; `deliver` leaves out what came before.
        self.offset = self.feed.head
        logger.info("connected %s", self.name)
        await self.node.writer.opened(self.row, patience=ROW_PATIENCE_S)
        start = await starting_point(query, self.feed, self.offset)
        await self.welcome(recovered=start.recovered, replayed=self.offset - start.after)
        await self.replay(start.after, self.offset)

    @property
    def feed(self) -> Feed:
        return self.node.feeds.by_endpoint[self.endpoint.name]

    async def is_ready(self) -> bool:
        """Whether this process knows where the streams stand; it does once the database has answered."""
        try:
            async with asyncio.timeout(READY_PATIENCE_S):
                await self.node.feeds.ready.wait()
        except TimeoutError:
            return False
        return True

    async def replay(self, after: int, upto: int) -> None:
        """Send stored messages. Where one is gone, pruned in this moment, the client is told to come back."""
        async for entries in self.feed.history(after, upto):
            for entry in entries:
                await self.send_text(entry.text)
            after = entries[-1].offset
        if after < upto:
            await self.close_with(close_codes.SLOW_CONSUMER)

    async def welcome(self, *, recovered: bool, replayed: int) -> None:
        settings = kitt_settings()
        payload = frames.Welcome(
            connection_id=str(self.row.pk),
            endpoint=self.endpoint.name,
            epoch=self.feed.epoch,
            offset=self.offset,
            recovered=recovered,
            replayed=replayed,
            heartbeat_interval_s=settings.heartbeat_interval,
            stale_after_s=settings.stale_after,
        )
        await self.send_text(frames.welcome(payload, now=timezone.now()))

    @property
    def name(self) -> str:
        """This socket in a log line."""
        row = self.row
        return f"endpoint={row.endpoint} client_id={row.client_id} remote={row.remote_address} connection={row.pk}"

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.closing or not self.joined:
            return
        self.heard()
        try:
            await self.take(text_data)
        except ProtocolError as refusal:
            await self.refuse(refusal)
        except Exception:
            logger.exception("failed %s", self.name)
            await self.refuse(ProtocolError("internal"))

    def heard(self) -> None:
        """Any inbound frame is a sign of life."""
        self.last_seen = time.monotonic()
        self.row.last_heartbeat = timezone.now()
        self.node.writer.heartbeat(self.row.pk, self.row.last_heartbeat)

    async def take(self, text: str | None) -> None:
        if text is None:
            raise ProtocolError("invalid_json", "Binary frames are not taken; send JSON as text.")
        message = await self.decode(text)
        try:
            if not self.bucket.take():
                raise ProtocolError("rate_limited")
            await self.handle(message)
        except ProtocolError as refusal:
            raise about(refusal, message) from None
        self.bad_frames = 0

    async def decode(self, text: str) -> Message:
        limits, now = kitt_settings().inbound_limits, timezone.now()
        if len(text) <= limits.usual:
            return decode(text, self.endpoint, now=now, limits=limits)
        # A packing result of 1 MiB takes tens of milliseconds to check.
        return await asyncio.to_thread(decode, text, self.endpoint, now=now, limits=limits)

    async def handle(self, message: Message) -> None:
        if message.type == HEARTBEAT:
            reply = frames.heartbeat(correlation_id=message.correlation_id, offset=self.feed.head, now=timezone.now())
            await self.send_text(reply)
        else:
            await self.store(message)

    async def store(self, message: Message) -> None:
        """Hand the message over and go on reading; a sender with too many that are not committed yet waits here."""
        await self.uncommitted.acquire()
        future = publish([Append(self.endpoint.name, message, self.row.client_id)])
        future.add_done_callback(lambda done: self.node.mailbox.post(partial(self.settle, message, done)))

    def settle(self, message: Message, done: Future[list[Stored]]) -> None:
        """What is new comes back with the broadcast; only the sender hears of a refusal, or of a repeat."""
        self.uncommitted.release()
        refusal = done.exception()
        if isinstance(refusal, ProtocolError):
            self.node.sockets.start(self.refuse(about(refusal, message)))
        elif done.result()[0].repeated:
            self.node.sockets.start(self.send_text(done.result()[0].text))

    async def refuse(self, refusal: ProtocolError) -> None:
        logger.info(
            "refused frame %s code=%s type=%r fields=%r", self.name, refusal.code, refusal.rejected_type, refusal.paths
        )
        await self.send_text(frames.error(refusal, now=timezone.now()))
        await self.count(refusal)

    async def count(self, refusal: ProtocolError) -> None:
        """Mistakes are answered; a row of them without anything good between ends the connection, as a flood does."""
        settings = kitt_settings()
        if not refusal.retryable:
            self.bad_frames += 1
        if self.bucket.refused >= settings.max_rate_limited:
            await self.close_with(close_codes.RATE_LIMITED)
        elif self.bad_frames >= settings.max_bad_frames:
            await self.close_with(close_codes.TOO_MANY_BAD_FRAMES)

    async def deliver(self, message: Event) -> None:
        """What the feed hands on. A jump in the offsets means that this socket's queue overflowed."""
        for entry in message["entries"]:
            if entry.offset > self.offset + 1:
                await self.replay(self.offset, entry.offset - 1)
            if entry.offset > self.offset:
                self.offset = entry.offset
                await self.send_text(entry.text)

    async def ping(self) -> None:
        await self.send_text(frames.ping(now=timezone.now()))

    async def leave(self) -> None:
        if not self.joined:
            return
        row = self.row
        now = timezone.now()
        self.node.sockets.remove(row.pk)
        self.node.writer.closed(row.pk, Close(now, self.close_code))
        duration = (now - row.connected_at).total_seconds()
        logger.info("disconnected connection=%s code=%d duration=%.3fs", row.pk, self.close_code, duration)
        await self.channel_layer.group_discard(self.feed.own_sockets, self.channel_name)


def about(refusal: ProtocolError, message: Message) -> ProtocolError:
    """The refusal with what its sender needs to know which message it was."""
    refusal.correlation_id = message.correlation_id
    refusal.rejected_type = message.type
    return refusal
