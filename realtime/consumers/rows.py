"""What the connection table keeps of a WebSocket's scope."""

from __future__ import annotations

from django.utils import timezone

from realtime.asgi import Scope
from realtime.models import Connection
from realtime.node.process import NodeProcess
from realtime.protocol.connect_query import ConnectQuery
from realtime.protocol.endpoints import Endpoint


def new_row(scope: Scope, node: NodeProcess, endpoint: Endpoint, query: ConnectQuery) -> Connection:
    now = timezone.now()
    return Connection(
        node=node.node,
        endpoint=endpoint.name,
        client_id=query.client_id,
        remote_address=remote_address(scope),
        user_agent=user_agent(scope),
        connected_at=now,
        last_heartbeat=now,
    )


def remote_address(scope: Scope) -> str:
    """`host:port` of the client; empty where the server has none, as for a UNIX socket."""
    client = scope.get("client")
    return f"{client[0]}:{client[1]}"[:64] if client else ""


def user_agent(scope: Scope) -> str:
    # PostgreSQL refuses NUL in text.
    found = next((value for name, value in scope["headers"] if name == b"user-agent"), b"")
    return found.decode("latin1").replace("\x00", "")[:256]
