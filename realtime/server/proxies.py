"""Where a client is, when a proxy stands before the server."""

from __future__ import annotations

from typing import Any, cast

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from realtime.asgi import Application
from realtime.conf import kitt_settings


def behind_proxies(application: Application) -> Application:
    """Takes X-Forwarded-For and X-Forwarded-Proto from KITT_TRUSTED_PROXIES, and from nobody else.

    Of several addresses the last one counts that is no trusted proxy's: those before it are the client's own claim.
    """
    trusted = ProxyHeadersMiddleware(cast(Any, application), trusted_hosts=list(kitt_settings().trusted_proxies))
    return cast(Application, trusted)
