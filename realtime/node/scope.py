"""How a request or a socket finds the node that serves it."""

from __future__ import annotations

from realtime.asgi import Scope
from realtime.node.process import NodeProcess

NODE_KEY = "kitt_node"


def node_of(scope: Scope) -> NodeProcess | None:
    """The node that serves this scope; None outside a server, as in Django's test client."""
    node: NodeProcess | None = scope.get(NODE_KEY)
    return node
