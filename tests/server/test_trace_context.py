"""A trace that a sender names reaches everybody who gets its message, however they get it."""

from __future__ import annotations

from kitt_client import Kitt
from tests.clients import ROUTE_UPDATE, connect
from tests.servers import Server

TRACE = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "congo=t61rcWkgMzE"}


async def test_a_trace_reaches_subscribers_at_once_on_a_resume_and_over_rest(server: Server) -> None:
    async with connect(server.ws_url, client_id="a") as sender, connect(server.ws_url, client_id="b") as subscriber:
        own = await sender.ask(ROUTE_UPDATE | TRACE)
        live = await subscriber.receive_type("route_update")
        epoch = sender.welcome["payload"]["epoch"]
    offset = own["offset"]
    async with connect(server.ws_url, query=f"client_id=c&since={offset - 1}&epoch={epoch}") as late:
        resumed = await late.receive_type("route_update")
    read = server.get(f"/api/messages/freight/{offset}")
    assert own == live == resumed == read
    assert read.items() >= TRACE.items()


async def test_the_python_client_sends_a_trace_and_shows_it(server: Server) -> None:
    async with Kitt(server.ws_url, client_id="traced") as kitt:
        with_one = await kitt.publish("freight", "route_update", ROUTE_UPDATE["payload"], **TRACE)
        without = await kitt.publish("freight", "route_update", ROUTE_UPDATE["payload"])
    assert (with_one.traceparent, with_one.tracestate) == (TRACE["traceparent"], TRACE["tracestate"])
    assert (without.traceparent, without.tracestate) == (None, None)
