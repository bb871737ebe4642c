"""The consumer of the three endpoints: what it takes from its client."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import Future
from functools import partial

from django.utils import timezone

from realtime.conf import kitt_settings
from realtime.consumers.subscriber import Subscriber
from realtime.log.append import Append, Stored
from realtime.metrics.counted import BYTES_IN, MESSAGES_IN, REFUSED_MESSAGES
from realtime.protocol import close_codes, frames
from realtime.protocol.connect_query import ConnectQuery
from realtime.protocol.endpoints import HEARTBEAT, Endpoint
from realtime.protocol.envelope import Message
from realtime.protocol.errors import ProtocolError
from realtime.protocol.sizes import utf8_size
from realtime.publishing.door import publish

logger = logging.getLogger(__name__)


class StreamConsumer(Subscriber):
    """One WebSocket: subscribes to its endpoint's stream, and publishes what its client sends."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self.uncommitted = asyncio.Semaphore(kitt_settings().max_uncommitted)
        self.bad_frames = 0

    async def join(self, query: ConnectQuery) -> None:
        self.sender = (self.endpoint.name, query.client_id)
        self.bucket = self.node.buckets.take(self.sender)
        await super().join(query)

    async def leave(self) -> None:
        if self.joined:
            self.node.buckets.keep(self.sender, self.bucket)
        await super().leave()

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
        BYTES_IN.add((self.endpoint.name,), utf8_size(text))
        message = await self.decode(text)
        try:
            if not self.bucket.take():
                raise ProtocolError("rate_limited")
            MESSAGES_IN.add((self.endpoint.name, message.type))
            await self.handle(message)
        except ProtocolError as refusal:
            raise about(refusal, message) from None
        self.bad_frames = 0

    async def decode(self, text: str) -> Message:
        limits, now = kitt_settings().inbound_limits, timezone.now()
        if len(text) <= limits.usual:
            return self.format.decode(text, self.endpoint, now=now, limits=limits)
        # A packing result of 1 MiB takes tens of milliseconds to check.
        return await asyncio.to_thread(self.format.decode, text, self.endpoint, now=now, limits=limits)

    async def handle(self, message: Message) -> None:
        if message.type == HEARTBEAT:
            reply = frames.heartbeat(correlation_id=message.correlation_id, offset=self.feed.head, now=timezone.now())
            await self.send_text(reply)
        else:
            await self.store(message)

    async def store(self, message: Message) -> None:
        """Hand the message over and go on reading; a sender with too many that are not committed yet waits here."""
        self.identity.require("publish", self.endpoint.name)
        await self.uncommitted.acquire()
        try:
            future = publish([Append(self.endpoint.name, message, self.row.client_id)])
        except BaseException:
            self.uncommitted.release()
            raise
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
        REFUSED_MESSAGES.add((self.endpoint.name, refusal.code))
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


def about(refusal: ProtocolError, message: Message) -> ProtocolError:
    """The refusal with what its sender needs to know which message it was."""
    refusal.correlation_id = message.correlation_id
    refusal.rejected_type = message.type
    return refusal
