"""uvicorn's HTTP, with an end for clients that do not send their request, or do not read their answer."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from realtime.conf import kitt_settings
from realtime.server.unfinished import RequestWait, Unfinished


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's own time limit holds only for a connection on which nothing at all comes after an answer."""

    unfinished: ClassVar = Unfinished()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.stalled: asyncio.TimerHandle | None = None
        self.request_wait = RequestWait(self.unfinished, transport.abort)
        self.request_wait.begin()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.request_wait.begin()

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self.request_wait.go_on()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.request_wait.end()
        if self.cycle is not None and self.cycle.response_complete:
            self.request_wait.begin()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.timeout_keep_alive_task is not None:
            self.request_wait.begin()

    def handle_websocket_upgrade(self) -> None:
        self.request_wait.end()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.stalled = self.loop.call_later(kitt_settings().send_timeout, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.stalled is not None:
            self.stalled.cancel()

    def connection_lost(self, exc: Exception | None) -> None:
        self.request_wait.end()
        if self.stalled is not None:
            self.stalled.cancel()
        super().connection_lost(exc)
