"""WebSocket paths, made from the endpoint table."""

from __future__ import annotations

from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.urls import re_path

from realtime.consumers.stream import StreamConsumer
from realtime.origins import OriginAllowList
from realtime.protocol.endpoints import ENDPOINTS


def websocket_application() -> OriginAllowList:
    """Origins are checked first; a path that does not exist is refused before accept."""
    routes = [
        re_path(rf"^{endpoint.path.lstrip('/')}/?$", StreamConsumer.as_asgi(endpoint=endpoint))
        for endpoint in ENDPOINTS.values()
    ]
    return OriginAllowList(URLRouter([*routes, re_path(r"", WebsocketDenier.as_asgi())]))
