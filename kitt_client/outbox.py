"""The messages of one endpoint that wait for their answer. No I/O."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import dataclass, field

from kitt_client.advice import Backoff
from kitt_client.errors import KittError, PublishRefused
from kitt_client.frames import Message, Refusal

# How many ids of answered or given up messages are kept, to tell a late answer from a hole in the stream.
RECENT = 256


@dataclass(slots=True, eq=False)
class Pending:
    """A message on its way. Its answer is a value also where it is an error: nobody may be left to see it raised."""

    id: str
    correlation_id: str
    text: str
    sent: bool = False
    answer: asyncio.Future[Message | KittError] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def is_body_of(self, message: Message) -> bool:
        frame = json.loads(self.text)
        return bool((frame["type"], frame["payload"]) == (message.type, message.payload))


class Outbox:
    """Messages in the order of their publishing; each is sent until it is answered, always with the same `id`.

    An error reply names a correlation_id only. So of messages that share one, the next is sent when the one before
    has its answer.
    """

    def __init__(self, client_id: str, limit: int, backoff: Backoff) -> None:
        self.client_id = client_id
        self.backoff = backoff
        self.pending: dict[str, Pending] = {}
        self.wake = asyncio.Event()
        self.held_until = 0.0
        self.error: KittError | None = None
        self._slots = asyncio.Semaphore(limit)
        self._recent: deque[str] = deque(maxlen=RECENT)
        self._refusals = 0

    async def publish(self, message: Pending) -> Message:
        """Wait for a turn, and then for the answer. Leaves nothing behind when it is cancelled."""
        async with self._slots:
            self._add(message)
            try:
                answer = await message.answer
            finally:
                self._forget(message)
        if isinstance(answer, KittError):
            raise answer
        return answer

    def restart(self) -> None:
        """A new connection: everything is to be sent again."""
        for message in self.pending.values():
            message.sent = False

    def next(self, now: float) -> Pending | None:
        """The message to send now; None where there is none, or it has to wait."""
        message = next((found for found in self.pending.values() if not found.sent), None)
        if message is None or now < self.held_until or self._is_shared(message):
            return None
        return message

    def accept(self, message: Message) -> bool:
        """Whether a message of the stream is one of these, and so may be an answer. If it is, its sender has it."""
        if message.sender != self.client_id:
            return False
        if (pending := self.pending.get(message.id)) is not None:
            # A replay may bring another message of this id before the server has refused ours as a `conflict`.
            if pending.is_body_of(message):
                self._refusals = 0
                self._answer(pending, message)
            return True
        return message.id in self._recent

    def refuse(self, refusal: Refusal, now: float) -> bool:
        """Take an error reply; False where it is about none of these messages."""
        message = self._refused(refusal)
        if message is None:
            return False
        if refusal.retryable:
            # Only a pause in which its burst grows whole again ends a sender's flood: two seconds as KITT is set.
            least = 2 * self.backoff.least if refusal.code == "rate_limited" else 0
            self._hold(message, now, least)
        else:
            self._answer(message, PublishRefused(refusal.code, refusal.message, refusal.errors))
        return True

    def end(self, error: KittError) -> None:
        """Nothing will be sent any more."""
        self.error = error
        for message in list(self.pending.values()):
            self._answer(message, error)

    def _add(self, message: Pending) -> None:
        if self.error is not None:
            raise self.error
        if message.id in self.pending:
            raise ValueError(f"a message with the id {message.id!r} is being published already")
        self.pending[message.id] = message
        self.wake.set()

    def _answer(self, message: Pending, answer: Message | KittError) -> None:
        self._forget(message)
        if not message.answer.done():
            message.answer.set_result(answer)

    def _forget(self, message: Pending) -> None:
        if self.pending.get(message.id) is message:
            del self.pending[message.id]
            self._recent.append(message.id)
            self.wake.set()

    def _hold(self, message: Pending, now: float, least: float) -> None:
        message.sent = False
        if now >= self.held_until:
            self.held_until = now + least + self.backoff.delay(self._refusals)
            self._refusals += 1
        self.wake.set()

    def _refused(self, refusal: Refusal) -> Pending | None:
        sent = [message for message in self.pending.values() if message.sent]
        named = next((message for message in sent if message.correlation_id == refusal.correlation_id), None)
        if named is None and refusal.code == "too_large":
            # The server does not parse what is over its largest limit, so it cannot name it: it is the largest.
            return max(sent, key=lambda message: len(message.text), default=None)
        return named

    def _is_shared(self, message: Pending) -> bool:
        return any(other.sent and other.correlation_id == message.correlation_id for other in self.pending.values())
