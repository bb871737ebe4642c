"""The client."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import quote

from websockets.exceptions import InvalidURI
from websockets.uri import parse_uri

from kitt_client.advice import Backoff
from kitt_client.errors import Closed, PublishRefused, PublishTimeout
from kitt_client.frames import Message, message_frame
from kitt_client.link import MAX_FRAME_BYTES, Link, Token
from kitt_client.mailbox import Mailbox
from kitt_client.outbox import Pending
from kitt_client.places import Place
from kitt_client.subscription import Subscription

NAME = re.compile(r"[^\x00-\x1f\x7f]{1,128}")
# The server refuses more, and with it the whole connection.
MAX_LAST = 1000
CLIENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class Kitt:
    """A client of a KITT server, open inside `async with`.

    `url` is that of the server: ws://localhost:8000. `client_id` names this client, and becomes the `sender` of its
    messages; with a token it is the token's `sub`. `token` is sent as `Authorization: Bearer`: a text, or an async
    function that gives a fresh one for each connection. `queue_size` bounds the messages that wait for each
    subscriber, `max_unanswered` the messages on their way to each endpoint; keep it below the server's burst (40).

    Each endpoint that is used has one connection, which publishers and subscribers share. It is opened when first
    needed, comes back by itself after a loss, and stays until the Kitt closes. Without a subscriber it resumes
    nothing: the server sends it what is new, which is passed over but for the answers to its own messages.
    An endpoint that the server refused stays refused; for another try make another Kitt.
    """

    def __init__(
        self,
        url: str,
        *,
        client_id: str,
        token: Token = None,
        backoff: Backoff | None = None,
        queue_size: int = 256,
        max_unanswered: int = 32,
    ) -> None:
        _require_server_url(url)
        if not CLIENT_ID.fullmatch(client_id):
            raise ValueError("a client_id has 1 to 64 of A-Z a-z 0-9 . _ : -")
        if queue_size < 1 or max_unanswered < 1:
            raise ValueError("queue_size and max_unanswered must be at least 1")
        self.url = url.rstrip("/")
        self.client_id = client_id
        self._token = token
        self._backoff = backoff or Backoff()
        self._queue_size = queue_size
        self._max_unanswered = max_unanswered
        self._links: dict[str, Link] = {}
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._is_open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Closes all connections and waits for them. Publishers get Closed, iterations end."""
        self._is_open = False
        links, self._links = self._links, {}
        await asyncio.gather(*(link.close() for link in links.values()))

    async def publish(
        self,
        endpoint: str,
        type: str,
        payload: Mapping[str, object],
        *,
        id: str | None = None,
        correlation_id: str | None = None,
        timestamp: str | datetime | None = None,
        traceparent: str | None = None,
        tracestate: str | None = None,
        timeout: float | None = 30.0,  # noqa: ASYNC109
    ) -> Message:
        """Publish a message; returns its stored copy when the server has it on disk.

        `id` (a UUID where absent) is what makes it safe to send again: after a lost connection this is done here, and
        after a PublishTimeout or a crash of your program you may do it with the same `id`. `correlation_id` (the `id`
        where absent) joins a request and its results; messages that share one are sent one after another.
        `timestamp` is the time now where absent. `traceparent` and `tracestate` are the W3C's, and reach every
        subscriber. `timeout` in seconds counts everything, waiting for a turn included.

        Raises PublishRefused, PublishTimeout, Refused, Closed; TypeError or ValueError where it cannot be JSON.
        """
        id = id or str(uuid.uuid4())
        correlation_id = correlation_id or id
        # Nothing would name the message in the server's answer to these.
        for name, value in (("id", id), ("correlation_id", correlation_id)):
            if not NAME.fullmatch(value):
                raise ValueError(f"{name} must have 1 to 128 characters, and no control characters")
        if type == "heartbeat":
            raise ValueError("a heartbeat is not stored; heartbeats are sent by themselves")
        text = message_frame(
            type,
            payload,
            id=id,
            correlation_id=correlation_id,
            timestamp=_rfc_3339(timestamp),
            traceparent=traceparent,
            tracestate=tracestate,
        )
        size = len(text.encode())
        if size > MAX_FRAME_BYTES:
            raise PublishRefused("too_large", f"The message has {size} bytes; {MAX_FRAME_BYTES} can be sent.")
        try:
            async with asyncio.timeout(timeout):
                return await self._link(endpoint).publish(Pending(id, correlation_id, text))
        except TimeoutError:
            raise PublishTimeout(id) from None

    def subscribe(
        self, endpoint: str, *, since: int | None = None, epoch: str | None = None, last: int | None = None
    ) -> Subscription:
        """The messages of an endpoint: `async for message in kitt.subscribe("freight")`.

        From now on; or after the offset `since` of `epoch`, which are those of the last message that you have dealt
        with (`since=0` without `epoch` is everything that is stored); or from the newest `last` messages on. Lost
        connections are resumed where they ended. Where messages are lost for good a Gap comes in their place.

        Where the loop is too slow, its queue fills, and then the socket is not read, which pauses all subscribers of
        the endpoint in this Kitt; nothing is dropped.
        """
        if (since is not None and last is not None) or (epoch is not None and since is None):
            raise ValueError("give since, since and epoch, or last")
        if min(since or 0, last or 0) < 0:
            raise ValueError("since and last must not be negative")
        if (last or 0) > MAX_LAST:
            raise ValueError(f"last must be at most {MAX_LAST}")
        return Subscription(self._link(endpoint), Mailbox(Place(since, epoch, last or 0), self._queue_size))

    def _link(self, endpoint: str) -> Link:
        if not self._is_open:
            raise Closed("the Kitt is not open: use it inside `async with`")
        if endpoint not in self._links:
            self._links[endpoint] = Link(
                self.url, quote(endpoint, safe=""), self.client_id, self._token, self._backoff, self._max_unanswered
            )
        return self._links[endpoint]


def _require_server_url(url: str) -> None:
    try:
        parse_uri(url)
    except InvalidURI as error:
        raise ValueError(f"the url must be ws://host or wss://host: {error}") from None
    if "?" in url:
        raise ValueError("the url must have no query")


def _rfc_3339(timestamp: str | datetime | None) -> str:
    if isinstance(timestamp, str):
        return timestamp
    moment = timestamp or datetime.now(UTC)
    if moment.tzinfo is None:
        raise ValueError("a timestamp needs an offset")
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
