"""How a process that stops turns away who comes."""

from __future__ import annotations

from realtime.asgi import Send


async def refuse(send: Send, kind: str) -> None:
    """503. A balancer asks the next process, and no client notices.

    `kind` is "http.response", or instead of a handshake that a close would follow "websocket.http.response":
    https://asgi.readthedocs.io/en/latest/extensions.html#websocket-denial-response
    """
    headers = [(b"retry-after", b"1"), (b"content-type", b"text/plain")]
    await send({"type": f"{kind}.start", "status": 503, "headers": headers})
    await send({"type": f"{kind}.body", "body": b"This process is stopping."})
