"""Which web pages may open a WebSocket here."""

from __future__ import annotations

import logging

from channels.security.websocket import WebsocketDenier

from realtime.asgi import Application, Receive, Scope, Send
from realtime.conf import kitt_settings

logger = logging.getLogger(__name__)


class OriginAllowList:
    """Refuses, before accept, a browser whose page is not of KITT_ALLOWED_ORIGINS.

    The same exact `scheme://host[:port]` as in CORS. A client that sends no Origin is no browser, and passes: the
    header protects a browser's user and nobody else.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        self.denier = WebsocketDenier.as_asgi()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origins = [value.decode("latin1") for name, value in scope["headers"] if name == b"origin"]
        if all(is_allowed(origin) for origin in origins):
            await self.application(scope, receive, send)
        else:
            logger.info("refused origin=%r path=%r", origins, scope["path"])
            await self.denier(scope, receive, send)


def is_allowed(origin: str) -> bool:
    allowed = kitt_settings().allowed_origins
    return "*" in allowed or origin.lower() in allowed
