"""The receiving half of a WebSocket: who it is, where in the stream it starts, and what it is sent."""

from __future__ import annotations

import asyncio
import logging
import time

from django.db import Error as DatabaseError
from django.utils import timezone

from realtime.asgi import Event
from realtime.conf import kitt_settings
from realtime.connections import Close
from realtime.consumers.admission import TurnedAwayError, address_of, admit
from realtime.consumers.guarded import GuardedConsumer
from realtime.consumers.resume import starting_point
from realtime.consumers.rows import new_row, remote_address
from realtime.log.read import Head
from realtime.metrics.counted import CONNECTIONS, DISCONNECTS, RECOVERIES, REFUSED_CONNECTIONS, code_label
from realtime.node.editions import Edition
from realtime.node.feed import DELIVER, Feed
from realtime.node.frame_writer import WRITE_FRAMES, Batch, WriteFrames, text_frame
from realtime.node.outgoing import count_frame
from realtime.node.places import IN_ALL, FullError, Place, place_of_address, place_of_client
from realtime.node.process import NodeProcess
from realtime.node.scope import NODE_KEY
from realtime.protocol import close_codes, frames
from realtime.protocol.connect_query import ConnectQuery
from realtime.protocol.endpoints import Endpoint
from realtime.protocol.formats import KITT, first_offered
from realtime.protocol.system_payloads import Welcome

logger = logging.getLogger(__name__)

# How long a welcome waits for its row, so that a client that was welcomed finds itself in /stats.
ROW_PATIENCE_S = 1.0


class GoneError(Exception):
    """The server does not take a frame: the socket is gone, and its disconnect follows."""


class Subscriber(GuardedConsumer):
    """Sends every message of its endpoint that is later than `offset`, in order, each once."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self.endpoint = endpoint
        self.format = KITT
        self.places: list[Place] = []
        self.joined = False
        self.welcomed = False
        # The task that sends from the log what could not be written at once.
        self.catching_up: asyncio.Task[None] | None = None
        self.sending_since: float | None = None
        self.write_frames: WriteFrames | None = None

    async def connect(self) -> None:
        self.node: NodeProcess = self.scope[NODE_KEY]
        offered = first_offered(self.scope["subprotocols"])
        self.format = offered or KITT
        await self.accept(offered.subprotocol if offered else None)
        self.write_frames = self.scope.get("extensions", {}).get(WRITE_FRAMES)
        try:
            async with asyncio.timeout(kitt_settings().connect_timeout):
                await self.come_in()
        except TurnedAwayError as turned_away:
            await self.turn_away(turned_away)
        except TimeoutError:
            await self.turn_away(TurnedAwayError(close_codes.OVER_CAPACITY, why="KITT_CONNECT_TIMEOUT"))

    async def come_in(self) -> None:
        """Raises TurnedAwayError."""
        self.take_place(IN_ALL)
        if address := address_of(self.scope):
            self.take_place(place_of_address(address))
        query, self.identity = await admit(self.scope, self.node, self.endpoint)
        # This process knows where the streams stand once the database has answered.
        await self.node.feeds.ready.wait()
        if self.node.stopping:
            raise TurnedAwayError(close_codes.SERVER_RESTARTING)
        self.take_place(place_of_client(query.client_id))
        await self.join(query)

    def take_place(self, place: Place) -> None:
        """Given back when the socket ends. Raises TurnedAwayError."""
        try:
            self.node.places.take(place)
        except FullError as full:
            raise TurnedAwayError(close_codes.OVER_CAPACITY, why=full) from None
        self.places.append(place)

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

    async def turn_away(self, turned_away: TurnedAwayError) -> None:
        logger.info(
            "refused endpoint=%s remote=%s code=%d %s",
            self.endpoint.name,
            remote_address(self.scope),
            turned_away.code,
            turned_away.why,
        )
        if not self.joined:
            REFUSED_CONNECTIONS.add((self.endpoint.name, code_label(turned_away.code)))
        if turned_away.refusal is not None:
            await self.send_text(frames.error(turned_away.refusal, now=timezone.now()))
        await self.close_with(turned_away.code)

    async def join(self, query: ConnectQuery) -> None:
        self.row = new_row(self.scope, self.node, self.endpoint, query)
        # Nobody reads them again, and they take 1.5 KB.
        self.scope["headers"].clear()
        self.joined = True
        self.last_seen = self.last_ping = time.monotonic()
        # From here on a step of the wall clock neither ends nor prolongs what its token allows.
        self.expires = self.last_seen + self.identity.expires_at - time.time()
        # What is published from here on is later than this head, of this epoch: should the stream begin anew meanwhile,
        # the socket is closed.
        head = self.feed.position
        self.offset = head.offset
        self.node.sockets.add(self)
        CONNECTIONS.add((self.endpoint.name,))
        logger.info("connected %s", self.name)
        await self.node.writer.opened(self.row, patience=ROW_PATIENCE_S)
        self.offset, recovered = await starting_point(query, self.feed, head)
        if query.since is not None:
            RECOVERIES.add((self.endpoint.name, "true" if recovered else "false"))
        await self.welcome(head, recovered=recovered)
        self.welcomed = True
        self.channel_layer.attach(self.channel_name, self.take_from_layer)
        await self.channel_layer.group_add(self.edition.group, self.channel_name)
        self.catch_up()

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

    async def welcome(self, head: Head, *, recovered: bool) -> None:
        settings = kitt_settings()
        payload = Welcome(
            connection_id=str(self.row.pk),
            endpoint=self.endpoint.name,
            epoch=head.epoch,
            offset=max(head.offset, self.offset),
            recovered=recovered,
            replayed=max(0, head.offset - self.offset),
            heartbeat_interval_s=settings.heartbeat_interval,
            stale_after_s=settings.stale_after,
        )
        await self.send_text(frames.welcome(payload, now=timezone.now()))

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

    async def ping(self) -> None:
        await self.send_text(frames.ping(now=timezone.now()))

    async def leave(self) -> None:
        for place in self.places:
            self.node.places.give_back(place)
        if not self.joined:
            return
        self.channel_layer.detach(self.channel_name)
        if self.catching_up is not None:
            self.catching_up.cancel()
        row = self.row
        now = timezone.now()
        self.node.sockets.remove(row.pk)
        self.node.writer.closed(row.pk, Close(now, self.close_code))
        CONNECTIONS.add((self.endpoint.name,), -1)
        DISCONNECTS.add((self.endpoint.name, code_label(self.close_code)))
        duration = (now - row.connected_at).total_seconds()
        logger.info("disconnected connection=%s code=%d duration=%.3fs", row.pk, self.close_code, duration)
        await self.channel_layer.group_discard(self.edition.group, self.channel_name)
