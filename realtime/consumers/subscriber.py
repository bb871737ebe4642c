"""How a WebSocket comes in and leaves: who it is, where in the stream it starts, what it takes and gives back."""

from __future__ import annotations

import asyncio
import logging
import time

from django.utils import timezone

from realtime.conf import kitt_settings
from realtime.connections import Close
from realtime.consumers.admission import TurnedAwayError, address_of, admit
from realtime.consumers.delivery import Delivery
from realtime.consumers.resume import starting_point
from realtime.consumers.rows import new_row, remote_address
from realtime.log.read import Head
from realtime.metrics.counted import CONNECTIONS, DISCONNECTS, RECOVERIES, REFUSED_CONNECTIONS, code_label
from realtime.node.frame_writer import WRITE_FRAMES
from realtime.node.places import IN_ALL, FullError, Place, place_of_address, place_of_client
from realtime.node.scope import NODE_KEY
from realtime.protocol import close_codes, frames
from realtime.protocol.connect_query import ConnectQuery
from realtime.protocol.endpoints import Endpoint
from realtime.protocol.formats import KITT, first_offered
from realtime.protocol.system_payloads import Welcome

logger = logging.getLogger(__name__)

# How long a welcome waits for its row, so that a client that was welcomed finds itself in /stats.
ROW_PATIENCE_S = 1.0


class Subscriber(Delivery):
    """Comes in with a welcome and a row in the table, and gives back on leaving what it held."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint)
        self.places: list[Place] = []
        self.joined = False

    async def connect(self) -> None:
        self.node = self.scope[NODE_KEY]
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
