"""A page that follows a stream with kitt-client.js, and notes what it is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, WebSocket

MODULE = "/static/kitt/client/kitt-client.js"
TIMEOUT_MS = 20_000
# So that a test does not wait for what is random.
QUICK = {"baseMs": 1, "capMs": 20, "leastMs": 1, "jitterMs": 1}
ROUTE = {"shipment_id": "SH-1"}

CONNECT = """async ([module, endpoint, options]) => {
    const { connect } = await import(module);
    const told = { offsets: [], payloads: [], gaps: [], states: [], order: [] };
    const note = (kind, value) => { told[kind].push(value); told.order.push([kind, value]); };
    if (options.tokens) options.token = async () => options.tokens.shift();
    window.told = told;
    window.stream = connect(endpoint, {
        ...options,
        onMessage: (message) => { note("offsets", message.offset); told.payloads.push(message.payload); },
        onGap: (gap) => note("gaps", gap),
        onState: (state) => note("states", { ...state, error: state.error && String(state.error) }),
    });
}"""

PUBLISH = """async ([type, payload, options]) => {
    try {
        return await stream.publish(type, payload, options);
    } catch (error) {
        const { name, code, message, errors } = error;
        return { error: name, code, message, errors };
    }
}"""

# What a browser does to a page that nobody looks at, at its worst.
FREEZE_TIMERS = """() => {
    for (const id of Array.from({ length: setTimeout(() => {}) + 1000 }, (_, n) => n)) clearTimeout(id);
    window.setTimeout = window.setInterval = () => 0;
}"""


class Tab:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.sockets: list[WebSocket] = []
        self.sent: list[str] = []
        page.on("websocket", self._opened)

    async def connect(self, endpoint: str = "freight", **options: Any) -> None:
        await self.page.evaluate(CONNECT, [MODULE, endpoint, {"clientId": "page", "backoff": QUICK, **options}])

    async def publish(self, payload: dict[str, Any] = ROUTE, type: str = "route_update", **options: Any) -> Any:
        """The stored copy, or {error, code, message, errors}."""
        return await self.page.evaluate(PUBLISH, [type, payload, options])

    async def told(self, kind: str) -> Any:
        return await self.page.evaluate("kind => told[kind]", kind)

    async def states(self) -> list[str]:
        """The names of the states, in their order, each step of a catching up left out."""
        names = [state["name"] for state in await self.told("states")]
        return [name for number, name in enumerate(names) if names[number - 1 : number] != [name]]

    async def until(self, condition: str, argument: Any = None) -> None:
        await self.page.wait_for_function(condition, arg=argument, timeout=TIMEOUT_MS, polling=20)

    async def until_state(self, name: str) -> None:
        await self.until("name => window.stream?.state.name === name", name)

    async def until_offsets(self, offsets: list[int]) -> None:
        """Until as many have come; then they must be these."""
        await self.until("count => told.offsets.length >= count", len(offsets))
        assert await self.told("offsets") == offsets

    async def freeze_timers(self) -> None:
        await self.page.evaluate(FREEZE_TIMERS)

    def _opened(self, socket: WebSocket) -> None:
        self.sockets.append(socket)
        socket.on("framesent", lambda text: self.sent.append(str(text)))


Open = Callable[[str], Awaitable[Tab]]
