"""The outermost ASGI application: starts the node with the first scope and hands it to everything inside."""

from __future__ import annotations

from realtime.asgi import Application, Receive, Scope, Send
from realtime.auth.credentials import CREDENTIAL_KEY, cut_token
from realtime.metrics.counted import REFUSED_CONNECTIONS
from realtime.node.process import NodeProcess
from realtime.node.scope import NODE_KEY
from realtime.server.daphne import end_before_shutdown
from realtime.server.refusal import refuse
from realtime.server.requests import Requests

REFUSAL = "websocket.http.response"


class NodeApplication:
    """Daphne has no lifespan events (daphne#264), so the first request or socket starts the node."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.requests = Requests(application)
        self.node: NodeProcess | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        node = self.started()
        if scope["type"] == "lifespan":
            scope.get("state", {})[NODE_KEY] = node
            await self.live(receive, send)
        elif scope["type"] == "websocket" and node.stopping and REFUSAL in scope.get("extensions", {}):
            REFUSED_CONNECTIONS.add(("", "503"))
            await refuse(send, REFUSAL)
        else:
            # Not a copy: nothing stands outside that could mind, and 10,000 of them take 7 MB.
            scope[NODE_KEY] = node
            token = cut_token(scope)
            if token is not None:
                scope[CREDENTIAL_KEY] = token
            application = self.requests if scope["type"] == "http" else self.application
            await application(scope, receive, send)

    def started(self) -> NodeProcess:
        if self.node is None:
            self.node = NodeProcess()
            self.node.start()
            end_before_shutdown(self.node, self.requests)
        return self.node

    async def live(self, receive: Receive, send: Send) -> None:
        """https://asgi.readthedocs.io/en/latest/specs/lifespan.html"""
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self.started().stop()
                await send({"type": "lifespan.shutdown.complete"})
                return
            await send({"type": "lifespan.startup.complete"})
