"""The HTTP requests that are being answered, and their end with the server."""

from __future__ import annotations

import asyncio
from typing import cast

from realtime.asgi import Application, Receive, Scope, Send
from realtime.server.refusal import refuse

PATIENCE_S = 2.0
"""For answers, and then for those that were cut off."""


class Requests:
    """Django answers on threads that need the loop: one that is left when the loop stops keeps the process for ever."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.tasks: set[asyncio.Task[None]] = set()
        self.ended = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.ended:
            await refuse(send, "http.response")
            return
        task = cast(asyncio.Task[None], asyncio.current_task())
        self.tasks.add(task)
        try:
            await self.application(scope, receive, send)
        finally:
            self.tasks.discard(task)

    async def end(self) -> None:
        """Answer what was asked; from here on refuse."""
        self.ended = True
        await self.wait()
        for task in self.tasks:
            task.cancel()
        await self.wait()

    async def wait(self) -> None:
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=PATIENCE_S)
