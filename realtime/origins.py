"""Which web pages may open a WebSocket here."""

from __future__ import annotations

import logging

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from realtime.asgi import Application, Receive, Scope, Send
from realtime.conf import kitt_settings
from realtime.metrics.counted import REFUSED_CONNECTIONS

logger = logging.getLogger(__name__)


class OriginAllowList:
    """Refuses, before accept, a browser whose page is neither of KITT_ALLOWED_ORIGINS nor of this server itself.

    The same exact `scheme://host[:port]` as in CORS. A client that sends no Origin is no browser, and passes: the
    header protects a browser's user and nobody else.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        self.denier = WebsocketDenier.as_asgi()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origins = header(scope, b"origin")
        if all(is_listed(origin) for origin in origins) or is_own_origin(scope):
            await self.application(scope, receive, send)
        else:
            REFUSED_CONNECTIONS.add(("", "403"))
            logger.info("refused origin=%r path=%r", origins, scope["path"])
            await self.denier(scope, receive, send)


def is_listed(origin: str) -> bool:
    allowed = kitt_settings().allowed_origins
    return "*" in allowed or origin.lower() in allowed


def is_own_origin(scope: Scope) -> bool:
    """Whether the page is of the host that it connects to, under a name that is this server's.

    Without the name, a page whose own name is made to lead here (DNS rebinding) would be one of ours. Its scheme is
    looked at only where KITT_HTTPS says what it must be: daphne does not tell its own.
    """
    origins, hosts = header(scope, b"origin"), header(scope, b"host")
    if len(origins) != 1 or len(hosts) != 1:
        return False
    scheme, _, origin_host = origins[0].lower().partition("://")
    good_schemes = ("https",) if kitt_settings().https else ("https", "http")
    return scheme in good_schemes and origin_host == hosts[0].lower() and is_our_name(origin_host)


def is_our_name(host: str) -> bool:
    name, _ = split_domain_port(host)
    return bool(name) and validate_host(name, settings.ALLOWED_HOSTS)


def header(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin1") for key, value in scope["headers"] if key == name]
