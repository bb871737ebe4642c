"""Daphne with the time-outs, and with the end, that long-lived sockets need."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine
from typing import Any

from daphne.server import Server
from twisted.internet import defer, reactor

from realtime.asgi import Application, Scope
from realtime.node.process import NodeProcess
from realtime.server.channel import Channel
from realtime.server.pace import PACE_KEY, Pace, paced
from realtime.server.requests import Requests
from realtime.stopping import end_at_next_signal

PING_INTERVAL_S = 20
# Shorter than the interval: daphne does not cancel an older ping's timer, and with 20/30 s a client that missed one
# ping and answered the next two was dropped.
PING_TIMEOUT_S = 15


class DaphneServer(Server):
    def __init__(self, *, application: Application, on_listen: Callable[[], object], **options: Any) -> None:
        self.on_listen = on_listen
        self.failed_to_listen = False
        super().__init__(
            application=paced(application),
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
            # No cut after a day: KITT closes what is silent, and nothing else.
            websocket_timeout=-1,
            **options,
        )

    def create_application(self, protocol: Any, scope: Scope) -> Any:
        if scope["type"] != "websocket":
            return super().create_application(protocol, scope)
        scope[PACE_KEY] = pace = Pace(protocol)
        pace.events = super().create_application(protocol, scope)
        return pace

    def listen_error(self, failure: Any) -> None:
        self.failed_to_listen = True
        super().listen_error(failure)

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        # In place before the first connection: the reactor does not run yet.
        self.http_factory.protocol = Channel
        self.on_listen()


def end_before_shutdown(node: NodeProcess, requests: Requests) -> None:
    """Under daphne, end every socket and request in order before the reactor stops.

    Daphne's own shutdown fails with a KeyError over any HTTP connection that lingers, before it has told a single
    socket; and consumers that still wait when the interpreter goes down make it crash.
    """
    if reactor.running:
        # Twisted's own stub has the arguments wrong.
        reactor.addSystemEventTrigger("before", "shutdown", lambda: as_deferred(end(node, requests)))  # type: ignore[arg-type]


async def end(node: NodeProcess, requests: Requests) -> None:
    end_at_next_signal()
    await node.drain(at_most=math.inf)
    consumers = [socket.task for socket in node.sockets]
    for consumer in consumers:
        consumer.cancel()
    await asyncio.gather(*consumers, requests.end(), return_exceptions=True)


def as_deferred(work: Coroutine[Any, Any, None]) -> defer.Deferred[None]:
    return defer.Deferred.fromFuture(asyncio.ensure_future(work))
