"""Bounds on the body of an HTTP request. Django itself writes one that comes in chunks to the disk until it ends."""

from __future__ import annotations

import asyncio

import msgspec

from realtime.asgi import Application, Event, Receive, Scope, Send

READ_ON_FACTOR = 4
"""So much more than the limit is read, and not kept, before the answer: a client that still sends does not hear it."""
BODY_TIMEOUT_S = 60.0


class BodyRefusedError(Exception):
    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


class BoundedBodies:
    """`max_bytes` a body, within BODY_TIMEOUT_S; what is over that is answered with a problem (RFC 9457)."""

    def __init__(self, application: Application, max_bytes: int) -> None:
        self.application = application
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.application(scope, Body(receive, self.max_bytes).receive, send)
        except BodyRefusedError as refusal:
            await answer(refusal, send)


class Body:
    def __init__(self, receive: Receive, max_bytes: int) -> None:
        self.receive_more = receive
        self.max_bytes = max_bytes
        self.bytes = 0
        self.complete = False
        self.deadline = asyncio.get_running_loop().time() + BODY_TIMEOUT_S

    async def receive(self) -> Event:
        """Raises BodyRefusedError, when what is over the limit has been passed over."""
        if self.complete:
            # Only the client's disconnect comes now, and that may take its time.
            return await self.receive_more()
        event = await self.next_part()
        while self.bytes > self.max_bytes:
            if self.complete or self.bytes > READ_ON_FACTOR * self.max_bytes:
                raise BodyRefusedError(413, "too_large", f"The body is larger than {self.max_bytes} bytes.")
            await self.next_part()
        return event

    async def next_part(self) -> Event:
        try:
            async with asyncio.timeout_at(self.deadline):
                event = await self.receive_more()
        except TimeoutError:
            raise BodyRefusedError(408, "timeout", f"The body did not come within {BODY_TIMEOUT_S:g} s.") from None
        self.bytes += len(event.get("body", b""))
        self.complete = not event.get("more_body", False)
        return event


async def answer(refusal: BodyRefusedError, send: Send) -> None:
    problem: dict[str, object] = {
        "type": f"urn:kitt:problem:{refusal.code}",
        "title": "Too large" if refusal.status == 413 else "Too slow",
        "status": refusal.status,
        "detail": refusal.detail,
        "code": refusal.code,
        "retryable": refusal.status == 408,
        "errors": [],
    }
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": msgspec.json.encode(problem)})
