"""The connection of one endpoint: opened when first needed, opened again as the server advises, closed at the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from kitt_client.advice import ABNORMAL, Backoff, asked_ms, status_may_return, wait_after
from kitt_client.endings import Ended, end_of
from kitt_client.errors import Closed, KittError, Refused
from kitt_client.fanout import Fanout, Hole
from kitt_client.frames import BadFrame, Message
from kitt_client.mailbox import Mailbox
from kitt_client.outbox import Outbox, Pending
from kitt_client.places import Place
from kitt_client.race import race
from kitt_client.session import Session

logger = logging.getLogger("kitt_client")

OPEN_TIMEOUT_S = 10
CLOSE_TIMEOUT_S = 2
TOKEN_TIMEOUT_S = 30
# Twice the largest message of the protocol.
MAX_FRAME_BYTES = 2 * 1024 * 1024


# A text, or what gives a fresh one.
Token = str | Callable[[], Awaitable[str]] | None


class NoToken(Exception):
    """The user's function failed to give one. What it raised is the cause."""


class Link:
    """One task keeps the connection; publishers and subscribers meet it in the outbox and the fanout."""

    def __init__(self, url: str, endpoint: str, client_id: str, token: Token, backoff: Backoff, limit: int) -> None:
        self.url = f"{url}/ws/{endpoint}"
        self.endpoint = endpoint
        self.client_id = client_id
        self.backoff = backoff
        self.outbox = Outbox(client_id, limit, backoff)
        self.fanout = Fanout(endpoint, awaited=lambda: bool(self.outbox.pending))
        self._token = token
        self._failures = 0
        self._task: asyncio.Task[None] | None = None
        self._error: KittError | None = None

    async def publish(self, message: Pending) -> Message:
        self._open()
        # A reader that waits for room learns that an answer is awaited now.
        self.fanout.changed.set()
        return await self.outbox.publish(message)

    def join(self, mailbox: Mailbox) -> None:
        self._open()
        self.fanout.join(mailbox)

    async def close(self) -> None:
        """Ends publishers with Closed and subscribers quietly; returns when the task has ended."""
        self._end(Closed("the Kitt was closed"))
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _open(self) -> None:
        if self._error is not None:
            raise self._error
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"kitt-{self.endpoint}")

    async def _run(self) -> None:
        try:
            while True:
                wait = await self._connection()
                await asyncio.sleep(wait)
        except Refused as refused:
            logger.warning("%s: refused: %s", self.endpoint, refused)
            self._end(refused)
        except Exception as error:
            logger.exception("%s: the client failed", self.endpoint)
            self._end(KittError(f"the client failed: {error!r}"))

    def _end(self, error: KittError) -> None:
        if self._error is None:
            self._error = error
            self.outbox.end(error)
            self.fanout.end(None if isinstance(error, Closed) else error)

    async def _connection(self) -> float:
        """One connection, and how long to wait before the next. Raises Refused where there must be none."""
        started = asyncio.get_running_loop().time()
        try:
            await self._connect_and_serve()
        except InvalidStatus as refusal:
            status = refusal.response.status_code
            if not status_may_return(status):
                raise Refused(status, refusal.response.reason_phrase) from None
            return self._failed(refusal, started, ABNORMAL, asked_ms(refusal.response.headers.get("Retry-After")))
        except Ended as ended:
            return self._failed(ended, started, ended.code, ended.retry_after_ms)
        except (OSError, WebSocketException, BadFrame, Hole, NoToken) as error:
            return self._failed(error, started)
        # A subscriber needs another connection; nothing is wrong.
        return 0.0

    def _failed(
        self, error: Exception, started: float, code: int = ABNORMAL, retry_after_ms: int | None = None
    ) -> float:
        if asyncio.get_running_loop().time() - started > self.backoff.cap:
            self._failures = 0
        wait = wait_after(code, retry_after_ms, self._failures, self.backoff)
        self._failures += 1
        logger.warning("%s: %s; next connection in %.2f s", self.endpoint, error or type(error).__name__, wait)
        return wait

    async def _connect_and_serve(self) -> None:
        query = self.fanout.query()
        socket = await self._connect(query)
        session = Session(socket, self.fanout, self.outbox)
        try:
            await session.run(query)
        except ConnectionClosed:
            raise end_of(socket.close_code, socket.close_reason, session.goodbye, session.complaint) from None
        finally:
            await _hang_up(socket)

    async def _connect(self, query: Place) -> ClientConnection:
        parameters = {"client_id": self.client_id, **query.parameters()}
        return await connect(
            f"{self.url}?{urlencode(parameters)}",
            additional_headers=await self._headers(),
            subprotocols=[Subprotocol("kitt.v1")],
            compression=None,
            open_timeout=OPEN_TIMEOUT_S,
            close_timeout=CLOSE_TIMEOUT_S,
            ping_interval=None,
            max_size=MAX_FRAME_BYTES,
        )

    async def _headers(self) -> dict[str, str]:
        token = self._token
        if callable(token):
            try:
                async with asyncio.timeout(TOKEN_TIMEOUT_S):
                    token = await token()
            except Exception as error:
                raise NoToken(f"no token: {error!r}") from error
        return {"Authorization": f"Bearer {token}"} if token is not None else {}


async def _hang_up(socket: ClientConnection) -> None:
    """Close. What still comes is thrown away, for the server's close frame stands behind it."""
    try:
        with contextlib.suppress(ConnectionClosed):
            await race(socket.close(), _discard(socket))
    finally:
        socket.transport.abort()


async def _discard(socket: ClientConnection) -> None:
    while True:
        await socket.recv()
